"""Runs every code block of the documentation against a server, and compares what comes with what the page shows.

usage: run.py [--keep FOLDER] [PAGE...]    all pages of docs/ and README.md where none is named

Needs ALIAS_SERVER_BIN, the alias-server to run, with aliasctl beside it, and the Python of scripts/test.
Each page runs in an empty folder of its own, from its first block to its last, in one shell, with a server of its own.
What a page needs stands in its `<!-- page: … -->`:

  world       what the guide's examples are about: aliases, groups, organizations and teams; see world.sh
  key         a server with an admin key, in $ALIAS_ADMIN_KEY
  litellm     a real LiteLLM behind the server, in place of the mock provider
  frameworks  the libraries of scripts/frameworks.txt, and Rust; left out where this Python does not have them
  alone       no server: the page starts it
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pages
from judge import judge
from script import script
from service import Services

REPOSITORY = Path(__file__).resolve().parents[2]
NEEDS = {"world", "key", "litellm", "frameworks", "alone"}
HAS_FRAMEWORKS = importlib.util.find_spec("langchain_openai") is not None
# What a page takes at most, in seconds.
PAGE_SECONDS = 600
# What Rust is compiled with takes longer.
FRAMEWORKS_SECONDS = 900


def all_pages() -> list[Path]:
    """The documentation, but what only decides or tells what was."""
    found = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
    return [path for path in found if "adr" not in path.parts]


def run_page(page: pages.Page, services: Services, folder: Path) -> tuple[list[str], Counter[str]]:
    """Runs a page in an empty folder. What is wrong with it, a text for each, and how many blocks were what."""
    unknown = page.needs - NEEDS
    if unknown:
        return [f"{page.path}: there is no need {unknown}"], Counter()
    try:
        place = services.place(page, folder)
    except OSError as why:
        return [f"{page.path}: {why}"], Counter()
    try:
        if page.runs:
            place.run(script(page, place), FRAMEWORKS_SECONDS if "frameworks" in page.needs else PAGE_SECONDS)
        return judge(page, place)
    finally:
        place.close()


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("pages", nargs="*", type=Path)
    options.add_argument("--keep", type=Path, help="where the folders of the pages stay, to look at")
    chosen = options.parse_args()
    work = chosen.keep or Path(tempfile.mkdtemp())
    work.mkdir(parents=True, exist_ok=True)
    try:
        wrong, counted = run_all(chosen.pages or all_pages(), work.resolve())
    finally:
        if not chosen.keep:
            shutil.rmtree(work, ignore_errors=True)
    print(*wrong, sep="\n")
    for what, number in sorted(counted.items()):
        if what.startswith("not run: "):
            print(f"{number:4} {what}")
    passed = counted["passed"]
    print(f"test result: {passed} passed; {len(wrong)} failed; {counted['compared']} answers compared")
    return 1 if wrong else 0


def run_all(chosen: list[Path], work: Path) -> tuple[list[str], Counter[str]]:
    """Runs pages, several at a time."""
    wrong: list[str] = []
    counted: Counter[str] = Counter()
    read = []
    for path in chosen:
        try:
            page = pages.read(path.resolve())
        except pages.Unclear as why:
            wrong.append(str(why))
            continue
        if "frameworks" in page.needs and not HAS_FRAMEWORKS:
            print(f"{path.name} is left out: this Python has no frameworks")
        else:
            read.append(page)
    with Services(work, any("litellm" in page.needs for page in read)) as services:
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
            names = ("-".join(page.path.parts[-2:]).removesuffix(".md") for page in read)
            # Those that wait for LiteLLM come last.
            jobs = sorted(zip(read, names, strict=True), key=lambda job: "litellm" in job[0].needs)
            for found, number in pool.map(lambda job: run_page(job[0], services, work / job[1]), jobs):
                wrong += found
                counted += number
    return wrong, counted


if __name__ == "__main__":
    sys.exit(main())
