"""Compares what pages say with the sources that they say it of: the version of the book, and environment variables.

usage: facts.py
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "alias-server/src"
PAGES = ("environment.md", "settings.md")

# Variables in the sources: what is read by its name.
READ = re.compile(r"\"((?:ALIAS|ALIASCTL|OTEL|LITELLM|CLICOLOR|XDG)_[A-Z_]+|MASTER_KEY|DATABASE_URL|RUST_LOG|NO_COLOR|COLUMNS)\"")


def variables(text: str) -> set[str]:
    """The variables that a source reads, its tests left out.

    >>> sorted(variables('env("ALIAS_URL"); "NO_COLOR"; "alias_url"\\n#[cfg(test)]\\n"ALIAS_X"'))
    ['ALIAS_URL', 'NO_COLOR']
    """
    return set(READ.findall(text.split("#[cfg(test)]")[0]))


def wrong() -> list[str]:
    """What pages say and is not so."""
    found = []
    version = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    title = tomllib.loads((REPOSITORY / "docs/book.toml").read_text())["book"]["title"]
    if title != f"Model Aliases {version}":
        found.append(f"docs/book.toml: the title has to end with the workspace's version, {version}")
    said = set().union(*(set(re.findall(r"`([A-Z_]+)`", (REPOSITORY / "docs/reference" / page).read_text())) for page in PAGES))
    read = set().union(*(variables(path.read_text()) for path in SOURCES.rglob("*.rs")))
    found += [f"docs/reference/{PAGES[0]} lacks {name}" for name in sorted(read - said)]
    return found


def main() -> int:
    """Says it."""
    print(*wrong(), sep="\n")
    return 1 if wrong() else 0


if __name__ == "__main__":
    sys.exit(main())
