"""Compares what a page shows with what came.

`…` stands for anything: within a text or a line for the rest of what is there, alone as the last element of a list for
more of them, as the only text of a line for any lines. Moments and ids that the server draws are equal to all others of
their kind. An object may have more members than the page shows; a member `…` says so.

>>> json_differences({"a": "sk-…", "t": "2024-10-14T12:00:00Z"}, {"a": "sk-x", "b": 1, "t": "2026-01-01T00:00:00Z"})
[]
>>> json_differences({"a": [1, 2]}, {"a": [1, 3]})
['a[1]: the page says 2, and it is 3']
>>> json_differences([1, "…"], [1, 2, 3])
[]
>>> json_differences({"a": 1}, {})
['a: the page has it, and it is not there']
>>> text_differences("one\\n…\\nlast …\\n", "one\\n2\\n3\\nlast line\\n")
[]
>>> text_differences("one\\n", "two\\n")
['-one', '+two']
"""

from __future__ import annotations

import difflib
import json
import re

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
ID = re.compile(r"\b([a-z]{2,6}_)[0-9a-f]{24,}(_[a-z0-9]+)*\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def json_differences(shown: object, real: object, varies: frozenset[str] = frozenset(), at: str = "") -> list[str]:
    """How a JSON value differs from the one that a page shows, a line for each place."""
    if isinstance(shown, dict) and isinstance(real, dict):
        found = []
        for name, value in ((name, value) for name, value in shown.items() if name != "…"):
            place = f"{at}.{name}" if at else name
            if name not in real:
                found.append(f"{place}: the page has it, and it is not there")
            elif name not in varies:
                found += json_differences(value, real[name], varies, place)
        return found
    if isinstance(shown, list) and isinstance(real, list):
        return _list_differences(shown, real, varies, at)
    if isinstance(shown, str) and isinstance(real, str):
        return [] if matches(shown, real) else [f"{at}: the page says {shown!r}, and it is {real!r}"]
    if type(shown) is type(real) or {type(shown), type(real)} == {int, float}:
        return [] if shown == real else [f"{at}: the page says {shown!r}, and it is {real!r}"]
    return [f"{at}: the page says {_short(shown)}, and it is {_short(real)}"]


def _list_differences(shown: list[object], real: list[object], varies: frozenset[str], at: str) -> list[str]:
    if shown and shown[-1] == "…":
        shown = shown[:-1]
        real = real[: len(shown)]
    if len(shown) != len(real):
        return [f"{at}: the page has {len(shown)} elements, and there are {len(real)}: {_short(real)}"]
    pairs = enumerate(zip(shown, real, strict=True))
    return [line for n, (a, b) in pairs for line in json_differences(a, b, varies, f"{at}[{n}]")]


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:300]


def plain(text: str) -> str:
    """A text with one moment and one id in the place of all."""
    return ID.sub(lambda found: f"{found[1] or ''}<id>", MOMENT.sub("<moment>", text))


def matches(shown: str, real: str) -> bool:
    """Whether a text is the one that a page shows."""
    pattern = ".*".join(re.escape(part) for part in plain(shown).split("…"))
    return re.fullmatch(pattern, plain(real), re.DOTALL) is not None


def text_differences(shown: str, real: str) -> list[str]:
    """How lines differ from those that a page shows, as a diff; nothing where they do not."""
    wanted, found = shown.rstrip("\n").split("\n"), [line.rstrip() for line in real.rstrip("\n").split("\n")]
    if _lines_match(wanted, found):
        return []
    return [line for line in difflib.unified_diff(wanted, found, n=0, lineterm="") if line[:3] not in ("---", "+++", "@@ ")]


def _lines_match(wanted: list[str], found: list[str]) -> bool:
    if not wanted:
        return not found
    if wanted[0].strip() == "…":
        return any(_lines_match(wanted[1:], found[skipped:]) for skipped in range(len(found) + 1))
    return bool(found) and matches(wanted[0].rstrip(), found[0]) and _lines_match(wanted[1:], found[1:])


def documents(text: str) -> list[object]:
    """The JSON documents in what commands printed; what is between them is passed over."""
    found, at, decoder = [], 0, json.JSONDecoder()
    while (start := re.compile(r"^[\[{]", re.MULTILINE).search(text, at) or re.compile(r"[\[{]").search(text, at)) is not None:
        try:
            value, at = decoder.raw_decode(text, start.start())
            found.append(value)
        except ValueError:
            at = start.start() + 1
    return found
