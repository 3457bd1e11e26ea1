"""Writes a page as one shell script, whose blocks leave what they print in files."""

from __future__ import annotations

import shlex

from pages import RUN, Block, Page
from service import HERE, Place

# What runs a block of a language, and how its file has to be called for that.
PROGRAMS = {"python": ("python3 {file}", "block.py"), "js": ("node {file}", "block.mjs"), "rust": (f"{shlex.quote(str(HERE / 'rust.sh'))} {{file}}", "main.rs")}
# What stands in the place of the team's key.
KEY = "sk-…"

HEAD = """set -euo pipefail
# The servers that the page started; they end with its group of processes.
services=()
answers() {
  for _ in {1..200}; do
    curl -o /dev/null "$ALIAS_URL/health/ready" 2>/dev/null && return
    curl -k -o /dev/null "${ALIAS_URL/http:/https:}/health/ready" 2>/dev/null && return
    kill -0 "${services[-1]}" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}
"""


def script(page: Page, place: Place) -> str:
    """The page as a script for bash. A block that ends otherwise than it says ends the page."""
    parts = [HEAD]
    if "world" in page.needs:
        parts.append(f"at world; source {shlex.quote(str(place.world))} >{out(place, 'world')} 2>{err(place, 'world')}\n")
    for number, block in enumerate(page.blocks):
        parts.append(step(number, block, place))
    parts.append("at end\n")
    return "at() { printf '%s' \"$1\" >" + shlex.quote(str(place.stage / "at")) + "; }\n" + "".join(parts)


def out(place: Place, name: str) -> str:
    """Where a block's output goes."""
    return shlex.quote(str(place.stage / f"{name}.out"))


def err(place: Place, name: str) -> str:
    """Where its errors go."""
    return shlex.quote(str(place.stage / f"{name}.err"))


def step(number: int, block: Block, place: Place) -> str:
    """A block as a part of the script; nothing for one that is not run."""
    if not {"not run", "output", "same"}.isdisjoint(block.marks):
        return ""
    text, name = place.local(block.text), str(number)
    if "file" in block.marks:
        stored = place.stage / name
        stored.write_text(text)
        target = shlex.quote(block.marks["file"])
        return f'mkdir -p "$(dirname {target})"; cp {shlex.quote(str(stored))} {target}\n'
    if "request" in block.marks:
        text = request(number, block, text, place)
    elif block.language in PROGRAMS:
        program, called = PROGRAMS[block.language]
        stored = place.stage / name / called
        stored.parent.mkdir()
        stored.write_text(text)
        file = shlex.quote(str(stored))
        # Its file is written before the page makes a team.
        text = f'sed -i "s/{KEY}/${{TEAM_KEY:-}}/" {file}\n{program.format(file=file)}\n'
    elif block.language == "console":
        return console(number, block, place)
    elif block.language not in RUN:
        return ""
    else:
        text = text.replace(KEY, "$TEAM_KEY")
    return run(name, text, block, place)


def run(name: str, text: str, block: Block, place: Place) -> str:
    """Commands, in this shell, so that what they set is set for later blocks."""
    to = f">{out(place, name)} 2>{err(place, name)} </dev/null"
    if "background" in block.marks:
        return f"at {name}; {{ {text.strip()}\n}} {to} & services+=($!)\nanswers\n"
    code = block.marks.get("exit", "0")
    if code == "0":
        return f"at {name}; {{\n{text}\n}} {to}\n"
    return f"at {name}; set +e; ( set -e\n{text}\n) {to}; code=$?; set -e; [[ $code == {code} ]]\n"


def request(number: int, block: Block, body: str, place: Place) -> str:
    """A request with the block as its body."""
    method, path = block.marks["request"].split()
    stored = place.stage / f"{number}.json"
    stored.write_text(body)
    return f'curl -X {method} "$ALIAS_URL{path}" -H "Content-Type: application/json" -d @{shlex.quote(str(stored))}\n'


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it prints."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif found and found[-1][0].endswith("\\\n"):
            found[-1] = (found[-1][0] + line, "")
        elif found:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def console(number: int, block: Block, place: Place) -> str:
    """What a person types, command by command; what the screen shows is both outputs."""
    parts = []
    for order, (command, _) in enumerate(commands(place.local(block.text))):
        name, code = f"{number}.{order}", block.marks.get("exit", "0")
        parts.append(
            f"at {name}; set +e; {{ {command.rstrip()}\n}} >{out(place, name)} 2>&1 </dev/null; code=$?; set -e\n"
            f"[[ $code == 0 || $code == {code} ]]\n"
        )
    return "".join(parts)
