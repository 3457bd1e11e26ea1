"""Checks the links of pages: every page, picture and place in a page that a link leads to has to be there.
Every page of docs/ has to be a chapter of the book.

usage: links.py PAGES...    a folder of HTML and Markdown pages, such as the built book, or one Markdown file
"""

from __future__ import annotations

import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


DOCS = Path(__file__).resolve().parents[2] / "docs"


class Reader(HTMLParser):
    """The links of a page, and the places in it that links may lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id" or (name == "name" and tag == "a"):
                self.places.add(value or "")
            elif name in ("href", "src") and value:
                self.links.append(value)


@cache
def page(path: Path) -> Reader:
    """Reads a page once."""
    reader = Reader()
    reader.feed(path.read_text())
    return reader


def broken(source: Path, link: str) -> bool:
    """Whether a link of a page leads nowhere. What is elsewhere on the net is not asked."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return False
    target = (source.parent / unquote(parts.path)) if parts.path else source
    if target.is_dir() and source.suffix == ".html":
        target = target / "index.html"
    if not target.exists():
        return True
    return bool(parts.fragment) and target.suffix == ".html" and unquote(parts.fragment) not in page(target).places


def markdown_links(path: Path) -> list[str]:
    """The links of a Markdown file; what its code looks like is none."""
    text = re.sub(r"^ *```.*?^ *```$|`[^`\n]+`", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"(?:\]\(|src(?:set)?=\"|href=\")([^)\s\"]+)", text)


def left_out() -> list[str]:
    """The pages that no chapter of the book is, and that so nobody finds."""
    chapters = set(re.findall(r"\]\(([^)]+\.md)\)", (DOCS / "SUMMARY.md").read_text()))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    return sorted(pages - chapters - {"SUMMARY.md"})


def main(sources: list[str]) -> int:
    checked, wrong = 0, 0
    for page_left_out in left_out():
        wrong += 1
        print(f"docs/{page_left_out} is not named in docs/SUMMARY.md")
    for source in map(Path, sources):
        pages = sorted(path for path in source.rglob("*.*") if path.suffix in (".html", ".md")) if source.is_dir() else [source]
        for path in pages:
            # The page for printing holds all others, the 404 page may be shown anywhere; both are made of those checked.
            if path.name in ("print.html", "404.html", "toc.html"):
                continue
            for link in page(path).links if path.suffix == ".html" else markdown_links(path):
                checked += 1
                if broken(path, link):
                    wrong += 1
                    print(f"{path}: {link} leads nowhere")
    print(f"{checked} links checked, {wrong} things wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
