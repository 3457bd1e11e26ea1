"""Compares the code of the dashboard's page Connect with that of the documentation: both show the same.

usage: snippets.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pages

REPOSITORY = Path(__file__).resolve().parents[2]
TEXTS = REPOSITORY / "alias-server/dashboard/src/pages/connect/snippet-texts.ts"
PAGES = [REPOSITORY / "docs/how-to" / name for name in ("clients.md", "frameworks.md")]

SNIPPET = re.compile(r"name: '([^']+)',\n.*?=> `((?:[^`\\]|\\.)*)`", re.DOTALL)
# What the documentation has in the place of what the page knows.
KNOWN = {
    "${base.replace(/\\/v1$/, '')}": "http://localhost:8003",
    "${base}": "http://localhost:8003/v1",
    "${model}": "smart",
    "${key}": "sk-…",
}


def snippets(source: str) -> dict[str, str]:
    """The snippets by their names, as the documentation has to show them.

    >>> snippets("name: 'A',\\n text: ({ base }) => `at ${base}`")
    {'A': 'at http://localhost:8003/v1\\n'}
    """
    found = {}
    for name, text in SNIPPET.findall(source):
        for there, here in KNOWN.items():
            text = text.replace(there, here)
        found[name] = re.sub(r"\\(.)", r"\1", text) + "\n"
    return found


def main() -> int:
    """Says which snippets the documentation does not have."""
    blocks = [block.text for page in PAGES for block in pages.read(page).blocks]
    there = snippets(TEXTS.read_text())
    absent = [name for name, text in there.items() if text not in blocks]
    for name in absent:
        print(f"{name}: no page of {', '.join(page.name for page in PAGES)} has this block:\n{there[name]}")
    print(f"{len(there)} snippets compared, {len(absent)} differ")
    return 1 if absent or not there else 0


if __name__ == "__main__":
    sys.exit(main())
