"""Says what is wrong with a page that was run."""

from __future__ import annotations

import json
import re
from collections import Counter

from compare import documents, json_differences, text_differences
from pages import PROSE, Block, Page
from script import commands
from service import REPOSITORY, Place

STATUS = re.compile(r"^curl-status (\d{3})$", re.MULTILINE)


def judge(page: Page, place: Place) -> tuple[list[str], Counter[str]]:
    """What is wrong with a page that was run, a text for each, and how many blocks were what."""
    wrong: list[str] = []
    counted: Counter[str] = Counter()
    stopped = place.stopped()
    before: int | None = None
    for number, block in enumerate(page.blocks):
        try:
            what, problems = judge_block(page, number, block, before, place)
        except (OSError, ValueError) as why:
            what, problems = "passed", [str(why)]
        if stopped is not None and stopped in (str(number), *(f"{number}.{n}" for n in range(99))):
            problems = ["it ended otherwise than the page says", *problems, *place.said(stopped)]
        wrong += [f"{place.shown(page.path)}:{block.line}: " + "\n    ".join(problems)] if problems else []
        counted[what] += 1
        counted["passed"] += not problems and what != "passed" and not what.startswith("not run")
        before = number if block.runs else before
        if stopped is not None and stopped.split(".")[0] == str(number):
            break
    if stopped == "world":
        wrong.append(f"{place.shown(page.path)}: the world could not be made: " + " ".join(place.said("world")))
    elif stopped == "start":
        wrong.append(f"{place.shown(page.path)}: the server did not start: " + place.server_log())
    return wrong, counted


def judge_block(page: Page, number: int, block: Block, before: int | None, place: Place) -> tuple[str, list[str]]:
    """What a block was, and what is wrong with it."""
    if "not run" in block.marks:
        return f"not run: {block.marks['not run']}", [] if block.marks["not run"] else ["say why it is not run"]
    if "same" in block.marks:
        return "compared", judge_same(block)
    if block.runs:
        if block.language == "console":
            return "compared", judge_console(number, block, place)
        return "run", [] if "background" in block.marks else judge_statuses(number, block, place)
    if "file" in block.marks:
        return "files", []
    if block.language in PROSE and "output" not in block.marks:
        return "prose", []
    if before is None:
        return "lost", ["nothing ran before it; mark it as a file, a request, or `not run` with a reason"]
    real = place.output(str(before))
    if block.language == "json":
        return "compared", judge_json(block, real, place)
    if "output" in block.marks:
        return "compared", text_differences(place.local(block.text), real)
    return "lost", [f"a block in {block.language} is neither run nor compared; mark it"]


def judge_same(block: Block) -> list[str]:
    """Whether the block is a part of the file that it names."""
    path = REPOSITORY / block.marks["same"]
    lines = [line.removeprefix("//!").removeprefix(" ") for line in path.read_text().splitlines() if not line.startswith("//! # ")]
    return [] if block.text in "\n".join(lines) + "\n" else [f"{block.marks['same']} says otherwise"]


def judge_json(block: Block, real: str, place: Place) -> list[str]:
    """How the last JSON document that was printed differs from the one that the page shows."""
    shown = json.loads(place.local(block.text))
    found = documents(real)
    if not found:
        return [f"what ran before it printed no JSON: {real[:300]!r}"]
    varies = frozenset(name.strip() for name in block.marks.get("varies", "").split(","))
    return json_differences(shown, found[-1], varies)


def judge_console(number: int, block: Block, place: Place) -> list[str]:
    """How the screen differs from the one that the page shows."""
    found = []
    for order, (_, shown) in enumerate(commands(place.local(block.text))):
        real = STATUS.sub("", place.output(f"{number}.{order}"))
        found += text_differences(shown, real) if shown.strip() else []
    return found


def judge_statuses(number: int, block: Block, place: Place) -> list[str]:
    """Requests that were answered otherwise than the page says."""
    said = "\n".join(place.errors(str(number)))
    wanted = block.marks.get("status")
    found = [status for status in STATUS.findall(said) if int(status) >= 400]
    if wanted is None and found:
        return [f"a request was answered {found[0]}", place.output(str(number))[:600]]
    if wanted is not None and wanted not in found:
        return [f"no request was answered {wanted}", place.output(str(number))[:600]]
    return []
