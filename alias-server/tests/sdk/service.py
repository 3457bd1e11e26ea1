"""A process that the tests start on a free loopback port and end by its id."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx


def free_port() -> int:
    """A loopback port that nobody listens on, below those that the system gives to outgoing connections."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def eventually(holds: Callable[[], object], seconds: float, what: str) -> object:
    """The first true answer of `holds`; an assertion failure when it stays false for so many seconds."""
    end = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer:
            return answer
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


class Service:
    """One process with its address and its log."""

    def __init__(self, argv: list[str], environment: dict[str, str], log: Path, url: str, health: str, seconds: float):
        self.url = url
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                argv, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            eventually(lambda: self._answers(health), seconds, f"{url}{health} answers")
        except AssertionError as late:
            self.stop()
            raise AssertionError(f"{argv[0]} did not start: {late}; the end of its log:\n{self.tail()}") from late

    def _answers(self, health: str) -> bool:
        assert self.process.poll() is None, f"ended with {self.process.returncode}"
        try:
            return httpx.get(self.url + health, timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def tail(self) -> str:
        """The end of the log."""
        return self.log.read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        """Ends the process: politely, then by force."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
