"""Draws the badges of README.md from Cargo.toml: they are files of ours, so that no page fetches anything from elsewhere.

usage: badges.py [--check]    with --check, ends with 1 where a badge says something else than Cargo.toml
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGES = REPOSITORY / "docs/images"

BADGE = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{name}: {value}">
<rect width="{width}" height="20" rx="3" fill="#24292f"/><rect x="{left}" width="{right}" height="20" rx="3" fill="#0b6e4f"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="6" y="14">{name}</text><text x="{at}" y="14">{value}</text></g>
</svg>
"""


def badges() -> dict[str, str]:
    """The badges by their files."""
    package = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())["workspace"]["package"]
    return {
        "badge-version.svg": badge("version", package["version"]),
        "badge-license.svg": badge("license", package["license"]),
        "badge-rust.svg": badge("rust", f"{package['rust-version']} or newer"),
    }


def badge(name: str, value: str) -> str:
    """One, with room for its words."""
    left, right = 12 + 7 * len(name), 12 + 7 * len(value)
    return BADGE.format(name=name, value=value, left=left, right=right, width=left + right, at=left + 6)


def main(check: bool) -> int:
    """Writes them, or compares them."""
    wrong = 0
    for name, drawn in badges().items():
        path = IMAGES / name
        if not check:
            path.write_text(drawn)
        elif not path.exists() or path.read_text() != drawn:
            wrong += 1
            print(f"{path.relative_to(REPOSITORY)} is not what Cargo.toml says: run scripts/docs/badges.py")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
