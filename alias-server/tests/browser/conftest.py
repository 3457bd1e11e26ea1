"""What every test is given: an open alias-server, and a way to visit somebody else's page in a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path.insert(0, str(HERE.parent / "sdk"))
sys.path.insert(0, str(HERE))

from service import Service, free_port  # noqa: E402

# A proxy of the environment must not come between the tests and the loopback address.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

# As far from the network as it can be kept: only the pages of the tests are fetched.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-background-networking", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


class AliasServer(Service):
    """A running alias-server in open mode, and what is in it."""

    def __init__(self, folder: Path, *more: str):
        folder.mkdir()
        self.port = free_port()
        url = f"http://127.0.0.1:{self.port}"
        binary = os.environ.get("ALIAS_SERVER_BIN", str(REPOSITORY / "target/debug/alias-server"))
        argv = [binary, "--listen", f"127.0.0.1:{self.port}", "--data-dir", str(folder / "data"), *more]
        super().__init__(argv, {}, folder / "server.log", url, "/health/ready", 20)

    def aliases(self) -> list[str]:
        """The names of all aliases."""
        return [alias["alias"] for alias in httpx.get(f"{self.url}/api/model-aliases").json()["aliases"]]

    def create(self, alias: str) -> None:
        """Creates an alias as the user guide does: no credentials, a form's content type."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = f'{{"alias": "{alias}", "litellm_model": "openai/gpt-4"}}'
        assert httpx.post(f"{self.url}/api/model-aliases/create", content=body, headers=headers).status_code == 201


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., AliasServer]]:
    """Starts servers, and ends them with the test."""
    started: list[AliasServer] = []

    def one(*more: str) -> AliasServer:
        started.append(AliasServer(tmp_path / f"server-{len(started)}", *more))
        return started[-1]

    yield one
    for server in started:
        server.stop()


@pytest.fixture
def visit(tmp_path: Path) -> Callable[[str], str]:
    """Opens a page in Chromium, lets its scripts run, and gives the document that they made of it."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    assert browser, "chromium is not installed"

    def one(url: str) -> str:
        flags = [*FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=20000"]
        rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
        argv = [browser, *flags, rules, "--dump-dom", url]
        return subprocess.run(argv, capture_output=True, text=True, timeout=300, check=True).stdout

    return one
