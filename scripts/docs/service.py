"""The servers behind the pages, and the place where one page runs."""

from __future__ import annotations

import contextlib
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from pages import Page

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
# Where scripts/lib/needs.sh installs the libraries of scripts/docs/js.
LIBRARIES = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "model-aliases/node/node_modules"
START_SECONDS = 30
LITELLM_SECONDS = 300
LITELLM_KEY = "sk-litellm-master-key-of-the-documentation"

# What Rust is compiled with, where it is set.
RUST = ("CARGO_TARGET_DIR", "RUSTC_WRAPPER", "RUSTFLAGS", "SCCACHE_DIR", "HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE")

# Every request tells its status where the judge reads it, and no proxy of the environment comes between.
CURL = """#!/usr/bin/env bash
exec {curl} -sS --noproxy '*' --max-time 30 -w '%{{stderr}}curl-status %{{http_code}}\\n' "$@"
"""


def free_port() -> int:
    """A port that nobody listens on, on either of the two addresses, below those that the system gives to others."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as one, socket.socket(socket.AF_INET6) as other:
            try:
                one.bind(("127.0.0.1", port))
                other.bind(("::1", port))
            except OSError:
                continue
        return port


class Server:
    """A process that serves until it is ended."""

    def __init__(self, argv: list[str], environment: dict[str, str], log: Path, ready: str, seconds: int):
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                argv, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, cwd=log.parent
            )
        self.name, self.ready, self.end = argv[0], ready, time.monotonic() + seconds

    def wait(self) -> None:
        """Until it answers. Raises `OSError` where it ends before, or takes too long."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        # Asked at least once: who waits may come long after it was started.
        while self.process.poll() is None:
            try:
                opener.open(self.ready, timeout=2).close()
                return
            except OSError:
                if time.monotonic() > self.end:
                    break
                time.sleep(0.05)
        self.stop()
        raise OSError(f"{self.name} did not start: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Ends it; one that does not end is killed."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Place:
    """Where a page runs: its folder, its ports, and what its blocks printed."""

    def __init__(self, folder: Path, upstream: str, environment: dict[str, str]):
        self.folder, self.stage = folder / "page", folder / "stage"
        self.folder.mkdir(parents=True)
        self.stage.mkdir()
        # Node.js looks for libraries beside the file that it runs.
        (self.stage / "node_modules").symlink_to(LIBRARIES)
        self.world = HERE / "world.sh"
        self.port = free_port()
        self.upstream = upstream
        self.environment = environment | {
            "HOME": str(self.folder),
            "ALIAS_URL": f"http://localhost:{self.port}",
            "ALIAS_LISTEN": f"127.0.0.1:{self.port},[::1]:{self.port}",
            "ALIAS_UPSTREAM_URL": upstream,
        }
        self.server: Server | None = None
        (self.stage / "at").write_text("start")

    def start_server(self, binary: str) -> None:
        """The server that the page calls."""
        server = self.stage / "server"
        server.mkdir()
        self.environment["ALIAS_DATA_DIR"] = str(server / "data")
        argv = [binary, "--log", "warn"]
        ready = f"http://127.0.0.1:{self.port}/health/ready"
        self.server = Server(argv, self.environment, server / "log", ready, START_SECONDS)
        self.server.wait()

    def local(self, text: str) -> str:
        """A text of the page with the addresses that hold here."""
        text = re.sub(r"\b(localhost|127\.0\.0\.1):8003\b", rf"\1:{self.port}", text)
        return text.replace("http://localhost:8002", self.upstream)

    def run(self, text: str, seconds: int) -> None:
        """Runs the page; what it started ends with it."""
        path = self.stage / "page.sh"
        path.write_text(text)
        shell = subprocess.Popen(
            ["bash", str(path)], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=(self.stage / "shell.err").open("wb"), start_new_session=True,
        )
        try:
            shell.wait(seconds)
        except subprocess.TimeoutExpired:
            (self.stage / "shell.err").open("a").write(f"the page took more than {seconds} s\n")
        finally:
            self._end_group(shell)

    @staticmethod
    def _end_group(shell: subprocess.Popen[bytes]) -> None:
        """Ends the shell, and the servers that it left behind; they are of its group."""
        for sent in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, sent)
                for _ in range(100):
                    shell.poll()
                    os.killpg(shell.pid, 0)
                    time.sleep(0.05)
        shell.wait()

    def close(self) -> None:
        """Ends the server."""
        if self.server:
            self.server.stop()

    def stopped(self) -> str | None:
        """The block that the page did not get beyond; none where it got to its end, or nothing had to run."""
        if not (self.stage / "page.sh").exists():
            return None
        at = (self.stage / "at").read_text()
        return None if at == "end" else at

    def output(self, name: str) -> str:
        """What a block printed."""
        return (self.stage / f"{name}.out").read_text()

    def errors(self, name: str) -> list[str]:
        """The lines that it printed as errors."""
        path = self.stage / f"{name}.err"
        return path.read_text().splitlines() if path.exists() else []

    def said(self, name: str) -> list[str]:
        """The end of all that a block printed, for the report."""
        out = self.stage / f"{name}.out"
        lines = (out.read_text().splitlines() if out.exists() else []) + self.errors(name)
        return lines[-20:] + (self.stage / "shell.err").read_text().splitlines()[-5:]

    def server_log(self) -> str:
        """The end of the server's log."""
        return self.server.log.read_text()[-1000:] if self.server else ""

    @staticmethod
    def shown(path: Path) -> str:
        """A page as the report names it."""
        return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)


class Services:
    """What all pages share: programs, the mock provider, and one LiteLLM where a page needs it."""

    def __init__(self, work: Path, litellm: bool):
        self.binary = os.environ["ALIAS_SERVER_BIN"]
        self.shared = work / "shared"
        self.shared.mkdir()
        self.servers: list[Server] = []
        self.with_litellm, self.litellm = litellm, ""
        self.environment = self._environment()

    def _environment(self) -> dict[str, str]:
        programs = self.shared / "bin"
        programs.mkdir()
        (programs / "curl").write_text(CURL.format(curl=shutil.which("curl")))
        (programs / "curl").chmod(0o755)
        for name in ("alias-server", "aliasctl"):
            (programs / name).symlink_to(Path(self.binary).resolve().with_name(name))
        path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
        return {"PATH": path, "LANG": "C.UTF-8", "NO_COLOR": "1", "NO_PROXY": "*", "no_proxy": "*", "TERM": "dumb"}

    def __enter__(self) -> Services:
        # The provider is the one of a server that was started to be tried out; pages call it through servers of their own.
        port = free_port()
        argv = [self.binary, "--dev", "--listen", f"127.0.0.1:{port}", "--log-format", "json"]
        log = self.shared / "provider.log"
        self.servers.append(Server(argv, self.environment, log, f"http://127.0.0.1:{port}/health/ready", START_SECONDS))
        self.servers[0].wait()
        found = re.search(r'"upstream":"(http://[^"]+)"', log.read_text())
        if not found:
            raise OSError(f"the log does not name the upstream: {log.read_text()[-1000:]}")
        self.mock = found[1]
        if self.with_litellm:
            self._start_litellm()
        return self

    def _start_litellm(self) -> None:
        """It takes longer than most pages: those that need it wait for it."""
        port = free_port()
        self.litellm = f"http://127.0.0.1:{port}"
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LITELLM_MASTER_KEY": LITELLM_KEY}
        argv = [str(REPOSITORY / "scripts/litellm"), str(port)]
        ready = f"{self.litellm}/health/liveliness"
        self.servers.append(Server(argv, environment, self.shared / "litellm.log", ready, LITELLM_SECONDS))

    def __exit__(self, *_: object) -> None:
        for server in reversed(self.servers):
            server.stop()

    def place(self, page: Page, folder: Path) -> Place:
        """A place for a page, with its server unless it starts one itself, or runs nothing."""
        environment, upstream = dict(self.environment), self.mock
        if "litellm" in page.needs:
            self.servers[1].wait()
            upstream = self.litellm
            environment |= {"ALIAS_UPSTREAM_KEY": LITELLM_KEY, "LITELLM_MASTER_KEY": LITELLM_KEY}
        if "frameworks" in page.needs:
            environment |= {name: os.environ[name] for name in RUST if name in os.environ}
            environment["CARGO_HOME"] = os.environ.get("CARGO_HOME", str(Path.home() / ".cargo"))
            environment["RUSTUP_HOME"] = os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup"))
        if "key" in page.needs:
            environment["ALIAS_ADMIN_KEY"] = secrets.token_hex(32)
        place = Place(folder, upstream, environment)
        if "alone" not in page.needs and page.runs:
            place.start_server(self.binary)
        return place
