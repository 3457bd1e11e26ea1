"""What a call costs in counts, which no stranger on the machine moves: instructions of the process, and system calls.

Under valgrind a server runs some 50 times slower, but executes the same instructions. What it does by the clock (looking
for changes, shipping usage in batches) happens more often per call then, so the thread that serves is counted apart.
"""
import contextlib
import dataclasses
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from bench_systems import Load, System

CALLS = 2_000
CONNECTIONS = 4  # under valgrind, more would wait for longer than a client may take
WARM_UP = Load("warm-up", [], CONNECTIONS, 500)
SLOW = 600.0  # seconds that a start may take under valgrind


@dataclasses.dataclass
class Counts:
    """Of one call."""

    serving: float  # instructions of the thread that serves
    process: float  # of all threads
    syscalls: dict


def count(system: System, binary, folder: pathlib.Path, load: Load):
    """Counts what a call costs a system that is not running."""
    serving, process = instructions(system, binary, folder, load)
    return Counts(serving, process, syscalls(system, binary, folder, load))


def instructions(system, binary, folder, load):
    """Instructions a call: of the thread that executed most, and of all."""
    out = folder / f"{system.name}.callgrind"
    plain = system.command
    system.command = ["valgrind", "--quiet", "--tool=callgrind", "--separate-threads=yes", "--fair-sched=yes",
                      f"--callgrind-out-file={out}", *plain]
    system.patience = SLOW
    try:
        system.start()
        system.measure(WARM_UP, binary)
        control(system, "zero")
        system.measure(load, binary)
        control(system, "dump")
        threads = sorted(map(total, folder.glob(f"{out.name}.1-*")))
        return threads[-1] / load.requests, sum(threads) / load.requests
    finally:
        system.command = plain
        system.stop()


def control(system, command):
    subprocess.run(["vgdb", f"--pid={system.process.pid}", command], check=True, capture_output=True, timeout=SLOW)


def total(dump):
    said = re.search(r"^totals: (\d+)", dump.read_text(), re.MULTILINE)
    return int(said[1]) if said else 0


def syscalls(system, binary, folder, load):
    """System calls a call, by name, with at least one in a hundred calls."""
    out = folder / f"{system.name}.strace"
    system.start()
    system.measure(WARM_UP, binary)
    trace = subprocess.Popen(["strace", "--quiet=all", "-c", "-f", "-o", out, "-p", str(system.process.pid)])
    system.stack.callback(stop, trace)
    wait_for_tracer(system.process.pid)
    system.measure(load, binary)
    stop(trace)
    system.stop()
    calls = {}
    for line in out.read_text().splitlines():
        fields = line.split()
        if len(fields) >= 5 and fields[3].isdigit() and fields[-1] != "total":
            calls[fields[-1]] = int(fields[3]) / load.requests
    return {name: number for name, number in sorted(calls.items(), key=lambda one: -one[1]) if number >= 0.01}


def wait_for_tracer(pid):
    status = pathlib.Path(f"/proc/{pid}/task")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if all("TracerPid:\t0\n" not in (task / "status").read_text() for task in status.iterdir()):
                return
        time.sleep(0.01)
    raise SystemExit("strace does not reach the process")


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(30)
