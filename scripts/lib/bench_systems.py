"""The systems that scripts/bench compares: how each is started, loaded, read, and ended."""
import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time

LOOPBACK = "127.0.0.1"
PATIENCE = 30.0  # seconds that a start or a stop may take
CORES = sorted(os.sched_getaffinity(0))
TESTED, OTHERS = ({CORES[0]}, {CORES[1]}) if len(CORES) > 1 else (set(CORES), set(CORES))
MODEL = "bench"  # its stream comes at once; that of MODEL + "-paced" 50 events a second

# The user guide's hybrid set: what a server of a real team holds besides the measured aliases.
GUIDE = {
    "gpt-4": "openai/gpt-4",
    "gpt-3.5-turbo": "openai/gpt-3.5-turbo",
    "claude-3-opus": "anthropic/claude-3-opus-20240229",
    "claude-3-sonnet": "anthropic/claude-3-sonnet-20240229",
    "fast": "openai/gpt-3.5-turbo",
    "smart": "openai/gpt-4",
    "vision": "openai/gpt-4-vision-preview",
}


@dataclasses.dataclass
class Sample:
    """One load run on one system."""

    report: dict  # what the load generator printed
    cpu: float  # seconds
    rss: float  # the most that was resident meanwhile, MiB
    others: float  # the share of the tested core that processes outside the bench took

    def latency(self, byte, percentile):
        return self.report[f"{byte}_byte_ns"][percentile] / 1e3


@dataclasses.dataclass
class Load:
    """One way of loading a system, and the figures it gives."""

    name: str
    figures: list
    connections: int
    requests: int
    rate: int = 0
    stream: bool = False
    prompt_bytes: int = 40
    paced: bool = False


class CoreWatch:
    """How much of the tested core anything but the tested process takes, from now on."""

    def __init__(self, pid):
        self.pid, self.began = pid, time.monotonic()
        self.busy, self.own = core_seconds(), cpu_seconds(pid)

    def others(self):
        """A share from 0 to 1; 0 on a single core, where the load itself cannot be told from strangers."""
        if len(CORES) < 2:
            return 0.0
        strange = core_seconds() - self.busy - (cpu_seconds(self.pid) - self.own)
        return min(max(strange / (time.monotonic() - self.began), 0.0), 1.0)


def core_seconds():
    """Seconds that the tested core spent in processes, or that a hypervisor took from it."""
    name = f"cpu{CORES[0]}"
    fields = next(line.split() for line in pathlib.Path("/proc/stat").read_text().splitlines()
                  if line.split()[0] == name)
    user, nice, system, steal = (int(fields[at]) for at in (1, 2, 3, 8))
    return (user + nice + system + steal) / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """CPU seconds of all threads of a process, dead ones included: nanoseconds fine, where /proc has ticks."""
    return time.clock_gettime(~pid << 3 | 2)  # the kernel's id of another process' CPU clock


class System:
    """Something that answers chat completions. A new one needs a command line and the name of the model."""

    def __init__(self, stack, folder, name, command, environment=None, model=MODEL, share=1.0, headers=()):
        self.stack, self.name, self.model, self.key = stack, name, model, None
        self.share, self.headers = share, headers  # the part of a load that it is sent, and with what
        self.port = free_port()
        self.command = [str(part).format(port=self.port) for part in command]
        self.environment = {k: v.format(port=self.port) for k, v in (environment or {}).items()}
        self.log = folder / f"{name}.log"
        self.process = None
        self.patience = PATIENCE

    def spawn(self):
        self.process = spawn(self.stack, self.command, self.log, TESTED, self.environment)

    def start(self):
        """Starts it, and returns the milliseconds until it answered a chat completion with 200."""
        began = time.monotonic()
        self.spawn()
        body = {"model": self.model, "messages": [{"role": "user", "content": "hi"}]}
        self.wait_for("POST", "/v1/chat/completions", body)
        return (time.monotonic() - began) * 1e3

    def stop(self):
        end(self.process)

    def wait_for(self, method, path, body=None):
        answer = None
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = ask(self.port, method, path, body, self.key, self.headers)
                if answer[0] == 200:
                    return
            time.sleep(0.001)
        self.fail(f"does not answer {method} {path} with 200, but {answer}")

    def measure(self, load, binary):
        before = self.cpu_when_idle()
        requests = max(round(load.requests * self.share), load.connections)
        arguments = [binary, "--address", f"{LOOPBACK}:{self.port}", "--connections", load.connections,
                     "--model", self.model + ("-paced" if load.paced else ""), "--requests", requests,
                     "--prompt-bytes", load.prompt_bytes]
        arguments += ["--rate", max(round(load.rate * self.share), 1)] if load.rate else []
        arguments += ["--stream"] if load.stream else []
        arguments += [part for header in self.headers for part in ("--header", header)]
        environment = os.environ | ({"LOAD_KEY": self.key} if self.key else {})
        watch = CoreWatch(self.process.pid)
        client = subprocess.Popen(list(map(str, arguments)), stdout=subprocess.PIPE, text=True, env=environment)
        self.stack.callback(end, client)
        rss = self.rss()
        while client.poll() is None:
            rss = max(rss, self.rss())
            time.sleep(0.02)
        others = watch.others()
        report = json.loads(client.stdout.read() or "{}")
        if client.returncode != 0 or report.get("errors") or report["requests"] != requests:
            self.fail(f"failed under {load.name}: {report}")
        return Sample(report, self.cpu_when_idle() - before, rss, others)

    def cpu_when_idle(self):
        """CPU seconds, once less than 2 % of a core is used."""
        last = cpu_seconds(self.process.pid)
        for _ in range(600):
            time.sleep(0.05)
            now = cpu_seconds(self.process.pid)
            if now - last < 0.001:
                return now
            last = now
        self.fail("does not become idle within 30 s after a load")

    def rss(self):
        """Resident memory in MiB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        self.fail("has ended")

    def fail(self, why):
        log = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
        sys.exit(f"{self.name} {why}\n{log}")


class AliasServer(System):
    """Our server with its defaults, the guide's data, and one team that may call the measured aliases."""

    def __init__(self, stack, folder, name, binary, upstream, database=None, team=None, budget=None):
        self.team, self.budget = team or {}, budget
        self.admin_key = secrets.token_urlsafe(32)
        environment = {
            "ALIAS_LISTEN": f"{LOOPBACK}:{{port}}",
            "ALIAS_DATA_DIR": str(folder / f"{name} data"),
            "ALIAS_UPSTREAM_URL": f"http://{LOOPBACK}:{upstream}",
            "ALIAS_ADMIN_KEY": self.admin_key,
            "ALIAS_WORKERS": "1",
            "ALIAS_DEFAULT_MAX_OUTPUT_TOKENS": "1000",
        } | ({"ALIAS_DATABASE_URL": database} if database else {})
        super().__init__(stack, folder, name, [binary], environment)
        self.spawn()
        self.wait_for("GET", "/health/ready")
        self.onboard()
        self.stop()

    def onboard(self):
        measured = {MODEL: f"openai/{MODEL}", f"{MODEL}-paced": f"openai/{MODEL}-paced"}
        for alias, target in (GUIDE | measured).items():
            prices = {"pricing_input": 1, "pricing_output": 2} if alias in measured else {}
            self.create("model-aliases", {"alias": alias, "litellm_model": target} | prices)
        self.create("model-access-groups", {"group_name": "bench-models", "model_aliases": list(measured)})
        self.create("organizations", {"organization_id": "org_bench", "name": "Bench"})
        team = {"organization_id": "org_bench", "team_id": "bench", "access_groups": ["bench-models"],
                "credits_allocated": 1_000_000_000}
        self.key = self.create("teams", team | self.team)["virtual_key"]
        if self.budget:
            self.create("budgets", self.budget, "")

    def create(self, things, body, path="/create"):
        status, answer = ask(self.port, "POST", f"/api/{things}{path}", body, self.admin_key)
        if status != 201:
            self.fail(f"refused to create one of the {things}: {status} {answer}")
        return json.loads(answer)


def start_systems(stack, folder, binaries, quick):
    upstream = free_port()
    spawn(stack, [binaries / "examples/mock_upstream", "--listen", f"{LOOPBACK}:{upstream}"], folder / "mock.log",
          OTHERS)
    wait_for_port(upstream)
    bare = [binaries / "examples/bare_proxy", "--listen", LOOPBACK + ":{port}", "--upstream", f"{LOOPBACK}:{upstream}"]
    server = binaries / "alias-server"
    # The first is what all others are compared with.
    systems = [System(stack, folder, "bare proxy", list(map(str, bare)), model=f"openai/{MODEL}"),
               AliasServer(stack, folder, "alias-server SQLite", str(server), upstream)]
    if not quick and (database := start_postgres(stack, folder)):
        systems.append(AliasServer(stack, folder, "alias-server PostgreSQL", str(server), upstream, database))
    return systems, upstream


def start_held(stack, folder, binaries):
    """The same server four times: a team that nothing limits first, then teams whose calls hold and settle credit."""
    upstream = free_port()
    spawn(stack, [binaries / "examples/mock_upstream", "--listen", f"{LOOPBACK}:{upstream}"], folder / "mock.log",
          OTHERS)
    wait_for_port(upstream)
    budget = {"scope": {"team_id": "bench"}, "limit_usd": 1_000_000,
              "window": {"type": "calendar", "period": "month", "time_zone": "Europe/Berlin"}}
    teams = {"unlimited": ({"limit_mode": "unlimited"}, None), "a credit a call": ({}, None),
             "credits in USD": ({"budget_mode": "consumption_usd"}, None),
             "and a budget": ({"budget_mode": "consumption_usd"}, budget)}
    return [AliasServer(stack, folder, name, str(binaries / "alias-server"), upstream, team=team, budget=budget)
            for name, (team, budget) in teams.items()]


def start_postgres(stack, folder):
    """A throw-away PostgreSQL, and its URL; None where it is not installed."""
    programs = postgres_programs()
    if not programs:
        print("PostgreSQL is not installed: left out", file=sys.stderr)
        return None
    data, port = folder / "postgres", free_port()
    data.mkdir()
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    if user:
        shutil.chown(data, user)
        folder.chmod(0o711)
    subprocess.run([programs / "initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-D", data], check=True, user=user,
                   cwd="/", stdout=subprocess.DEVNULL)
    spawn(stack, [programs / "postgres", "-D", data, "-h", LOOPBACK, "-p", port, "-k", ""], folder / "postgres.log", OTHERS,
          user=user, cwd="/", stop=signal.SIGINT)
    wait_for_port(port)
    deadline = time.monotonic() + 30  # it listens before it lets anybody in
    while subprocess.run([programs / "pg_isready", "-q", "-h", LOOPBACK, "-p", str(port)]).returncode != 0:
        if time.monotonic() > deadline:
            raise SystemExit("PostgreSQL does not become ready")
        time.sleep(0.1)
    return f"postgres://postgres@{LOOPBACK}:{port}/postgres"


def postgres_programs():
    """The newest folder that holds initdb and postgres: Debian keeps them off the path."""
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    folders = ([pathlib.Path(on_path).parent] if on_path else []) + folders
    return next((folder for folder in reversed(folders) if all((folder / program).exists() for program in
                                                              ("initdb", "postgres"))), None)


def spawn(stack, command, log, cores, environment=None, stop=signal.SIGTERM, **options):
    """Starts a process on the given cores; the stack ends it, and nothing but it."""
    with open(log, "ab") as output:
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   env=os.environ | (environment or {}),
                                   preexec_fn=lambda: os.sched_setaffinity(0, cores), **options)
    stack.callback(end, process, stop)
    return process


def end(process, how=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port():
    """A loopback port that nobody listens on, below those that the system gives to outgoing connections."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) != 0:
                return port


def wait_for_port(port):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), 1):
            return
        time.sleep(0.005)
    sys.exit(f"nothing listens on port {port}")


def ask(port, method, path, body=None, key=None, more=()):
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        headers |= dict(header.split(": ", 1) for header in more)
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()
