"""Reads a page of the documentation: its code blocks, and what comments before them say of them.

A comment `<!-- word -->` or `<!-- word: text -->` before a block is a mark:

  not run: REASON       the block stays as it is
  file: NAME            the block is the content of a file
  output                the block shows what the one before printed (JSON after a command does so anyway)
  request: METHOD PATH  the JSON block is the body of such a request
  background            the command is a server: it goes on in the background, and the page waits until it answers
  exit: NUMBER          how the command ends, where that is not 0
  status: NUMBER        what the requests are answered, where that is an error
  same: FILE            the block is a part of that file of the repository, where a test of its own runs it; its lines may
                        stand behind `//! ` there, between hidden ones
  varies: NAME, NAME    members of the JSON block whose values are different every time

Three comments stand alone: `<!-- page: WORD, WORD -->` says what the page needs (see run.py), `<!-- after: PAGE -->`
names the page beside it that readers have gone through before, which is run first, and `<!-- run: COMMANDS -->` holds
commands that readers do not see.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

COMMENT = re.compile(r"<!--\s*([a-z ]+?)(?::\s*(.*?))?\s*-->", re.DOTALL)
FENCE = re.compile(r"^( *)(`{3,})([a-z]*)\s*$")

RUN = {"sh", "bash", "console", "python", "js", "rust"}
# What is no program and no answer to one: drawings, messages to people, lists of names, answers that other tests check.
PROSE = {"text", "http"}


class Unclear(Exception):
    """A block of which nobody said what becomes of it."""


@dataclass
class Block:
    """A code block, or the hidden commands of a comment."""

    line: int
    language: str
    text: str
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Whether it is a command."""
        if not {"not run", "file", "same"}.isdisjoint(self.marks):
            return False
        return self.language in RUN or "request" in self.marks


@dataclass
class Page:
    """The blocks of a page in their order, and what it needs."""

    path: Path
    needs: set[str]
    blocks: list[Block]

    @property
    def runs(self) -> bool:
        """Whether anything of it is run."""
        return any(block.runs for block in self.blocks)


def read(path: Path) -> Page:
    """Reads a page. Raises `Unclear` for a fence without an end, or a block without a language."""
    page = Page(path, set(), [])
    lines = path.read_text().splitlines()
    marks: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.lstrip().startswith("<!--"):
            at = _comment(page, lines, at, marks)
        elif fence := FENCE.match(line):
            at = _block(page, lines, at, fence, marks)
            marks = {}
        else:
            if line.strip():
                marks = {}
            at += 1
    return page


def _comment(page: Page, lines: list[str], at: int, marks: dict[str, str]) -> int:
    end = at
    while "-->" not in lines[end]:
        end += 1
        if end == len(lines):
            raise Unclear(f"{page.path}:{at + 1}: the comment has no end")
    for word, text in COMMENT.findall("\n".join(lines[at : end + 1])):
        if word == "page":
            page.needs |= {need.strip() for need in text.split(",")}
        elif word == "after":
            before = read(page.path.with_name(text))
            page.needs |= before.needs
            page.blocks += before.blocks
        elif word == "run":
            page.blocks.append(Block(at + 1, "sh", textwrap.dedent(text) + "\n"))
        else:
            marks[word] = text
    return end + 1


def _block(page: Page, lines: list[str], at: int, fence: re.Match[str], marks: dict[str, str]) -> int:
    indent, ticks, language = fence.groups()
    end = at + 1
    while end < len(lines) and lines[end] != indent + ticks:
        end += 1
    if end == len(lines):
        raise Unclear(f"{page.path}:{at + 1}: the block has no end")
    if not language:
        raise Unclear(f"{page.path}:{at + 1}: the block has no language; `text` is what is no program")
    text = "".join(line[len(indent) :] + "\n" for line in lines[at + 1 : end])
    page.blocks.append(Block(at + 1, language, text, dict(marks)))
    return end + 1
