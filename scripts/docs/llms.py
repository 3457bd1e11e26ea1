"""Adds to the built book what programs that read text want: every page as Markdown beside the HTML page, and
`llms.txt` (llmstxt.org), the list of them with the first sentence of each. copy-page.js copies the former.

usage: llms.py BOOK    the folder of the built book
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"

COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
CHAPTER = re.compile(r"\s*(?:- )?\[([^\]]+)\]\(([^)]+\.md)\)")


def prose(text: str) -> list[str]:
    """The paragraphs of a page: no headings, lists, tables or blocks of code.

    >>> prose("<!-- page: x -->\\n# A\\n\\nFirst. Second.\\n\\n```sh\\nx\\n```\\n\\nLast.\\n")
    ['First. Second.', 'Last.']
    """
    text = re.sub(r"^```.*?^```$", "", COMMENT.sub("", text), flags=re.DOTALL | re.MULTILINE)
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return [part for part in parts if part and part[0] not in "#|-*<>!0123456789`" and not part.startswith("Date: ")]


def first_sentence(text: str) -> str:
    """What a page begins with, without the links in it.

    >>> first_sentence("# A\\n\\nIt has [two](b.md) parts, i.e. more. And so on.\\n")
    'It has two parts, i.e. more.'
    """
    found = prose(text)
    return re.split(r"(?<=[a-z0-9`)>][.:]) (?=[A-Z])", LINK.sub(r"\1", found[0]))[0].rstrip(":") if found else ""


def listed(summary: str, read) -> str:
    """`llms.txt` of a table of contents; `read` answers the text of a page.

    >>> print(listed("# Summary\\n\\n[T](i.md)\\n\\n# How-to\\n\\n- [B](b.md)\\n", lambda page: "Why. More."), end="")
    # T
    <BLANKLINE>
    > Why.
    <BLANKLINE>
    ## How-to
    <BLANKLINE>
    - [B](b.md): Why.
    """
    lines: list[str] = []
    for line in summary.splitlines()[1:]:
        if line.startswith("# "):
            lines += ["", f"## {line[2:]}", ""]
        elif chapter := CHAPTER.match(line):
            title, page = chapter.groups()
            sentence = first_sentence(read(page))
            if lines:
                lines.append(f"- [{title}]({page})" + (f": {sentence}" if sentence else ""))
            else:
                lines += [f"# {title}", "", f"> {sentence}"]
    return "\n".join(lines) + "\n"


def main(book: Path) -> int:
    """Writes both."""
    summary = (DOCS / "SUMMARY.md").read_text()
    pages = [chapter.group(2) for chapter in map(CHAPTER.match, summary.splitlines()) if chapter]
    texts = {page: COMMENT.sub("", (DOCS / page).read_text()) for page in pages}
    (book / "llms.txt").write_text(listed(summary, texts.__getitem__))
    for page, text in texts.items():
        (book / page).parent.mkdir(parents=True, exist_ok=True)
        (book / page).write_text(text)
        if Path(page).name == "README.md":
            # The book calls this page of a folder index.html.
            (book / page).with_name("index.md").write_text(text)
    print(f"llms.txt names {len(pages)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
