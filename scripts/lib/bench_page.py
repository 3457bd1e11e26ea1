"""The page of the documentation that shows a run of the benchmark, and its plots, from the run's JSON.

    scripts/bench --page FILE.json     writes docs/reference/benchmarks.md and docs/images/benchmark-*.svg
"""
import html
import math
import pathlib

DOCS = pathlib.Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = DOCS / "reference/benchmarks.md"

# What is shown as a plot: the load, the figure, the file's name. One that was not measured is left out.
PLOTS = [("16 connections", "CPU per request", "cpu"), ("16 connections", "requests per second", "requests"),
         ("64 connections", "resident memory", "memory"), ("start", "to the first 200", "start"),
         ("serving thread", "instructions", "instructions")]

INTRODUCTION = """\
# Benchmarks

`scripts/bench` wrote this page; run it on your machine and compare ratios, not digits.
It builds in release, starts a mock provider, a proxy on the same libraries that does nothing but pass calls on (the *bare proxy*), this server, and what people would use instead, and loads all of them in turns: every round of one system has a round of each other beside it.
The system under test has one core, the load and everything else another.
CPU is user and system time of the whole process until it is idle again after the load, so what a server puts off is counted too.
Latencies are measured from the time at which a request was due, so a stalled server hides none.
"""

NOTES = """\
`×` and differences are medians over the rounds, each round compared with the same round of the bare proxy; a round in which other processes took more than 5 % of the tested core is left out.
Portkey is sent a tenth of every load and rate, LiteLLM a fiftieth: at the full rate they would only queue.
LiteLLM does more in that time than any of the others; it is here because it stands behind this server.
"""


def write(run, page=PAGE):
    """Writes the page of a run, and its plots beside the other images; returns the files."""
    images = page.parent.parent / "images"
    files = {page: markdown(run)}
    for load, figure, name in PLOTS:
        if one := find(run, load, figure):
            files[images / f"benchmark-{name}.svg"] = plot(one)
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return list(files)


def find(run, load, figure):
    return next((one for one in run["figures"] if (one["load"], one["figure"]) == (load, figure)), None)


def markdown(run):
    versions = ", ".join(f"{name} {version}" for name, version in run.get("versions", {}).items())
    parts = [INTRODUCTION, "| | |\n|---|---|\n" + "\n".join(f"| {name} | {value} |" for name, value in {
        "date": run["date"], "commit": run["commit"], "machine": f"{run['cpu']}, {run['cores']} cores",
        "kernel": run["kernel"], "compiler": run["rustc"], "others": versions or "none",
        "rounds": run["rounds"]}.items()) + "\n", NOTES]
    parts += [f"![{title(one)}](../images/benchmark-{name}.svg)\n" for load, figure, name in PLOTS
              if (one := find(run, load, figure))]
    parts += [section(load, [one for one in run["figures"] if one["load"] == load])
              for load in dict.fromkeys(one["load"] for one in run["figures"])]
    if any(of["disturbed"] for one in run["figures"] for of in one["systems"].values()):
        parts.append("What has an asterisk was disturbed by other processes, and is no result.\n")
    return "\n".join(parts)


def title(one):
    unit = f", {one['unit']}" if one["unit"] else ""
    return f"{one['load']}: {one['figure']}{unit}"


def section(load, rows):
    names = list(rows[0]["systems"])
    lines = [f"## {load[0].upper()}{load[1:]}\n", "| | " + " | ".join(names) + " | goal |",
             "|---|" + "---|" * (len(names) + 1)]
    for one in rows:
        unit = f", {one['unit']}" if one["unit"] else ""
        cells = [cell(one, of) for of in one["systems"].values()]
        lines.append(f"| {one['figure']}{unit} | " + " | ".join(cells) + f" | {one['goal']} |")
    return "\n".join(lines) + "\n"


def cell(one, of):
    mark = " \\*" if of["disturbed"] else ""
    if one["compare"] not in of:
        return number(of["median"]) + mark
    against = of[one["compare"]]["median"]
    beside = f"{against:.2f} ×" if one["compare"] == "ratio" else f"{against:+,.1f}"
    return f"{number(of['median'])} ({beside}){mark}"


def number(value):
    return f"{value:,.{0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2}f}"


def plot(one):
    """Bars from the left, on a logarithmic scale: the slowest of them is hundreds of times the fastest."""
    values = {name: of["median"] for name, of in one["systems"].items() if of["median"] > 0}
    low = 10 ** math.floor(math.log10(min(values.values())) - 0.3)
    high = max(max(values.values()), low * 10)
    width = lambda value: 20 + 380 * (math.log10(value / low) / math.log10(high / low))
    height = 40 + 26 * len(values)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 {height}" font-family="sans-serif" '
             f'font-size="13" fill="#555" role="img"><title>{html.escape(title(one))}</title>',
             f'<text x="8" y="20" font-weight="bold">{html.escape(title(one))} (logarithmic)</text>']
    for at, (name, value) in enumerate(values.items()):
        y, ours = 36 + 26 * at, name.startswith("alias-server")
        parts.append(f'<text x="172" y="{y + 14}" text-anchor="end">{html.escape(name)}</text>'
                     f'<rect x="180" y="{y}" width="{width(value):.0f}" height="18" '
                     f'fill="{"#2563eb" if ours else "#9ca3af"}"/>'
                     f'<text x="{188 + width(value):.0f}" y="{y + 14}">{number(value)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
