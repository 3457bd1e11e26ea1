//! A server of our own: the real binary, on a free port, with a folder that goes away.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{self, Answer};

/// How long a start may take.
const START: Duration = Duration::from_mins(1);

/// How long the provider may be silent.
const UPSTREAM_TIMEOUTS: [&str; 2] = ["ALIAS_UPSTREAM_FIRST_BYTE_TIMEOUT", "ALIAS_UPSTREAM_IDLE_TIMEOUT"];

/// The lines that a server logged since it listens.
type Log = Arc<Mutex<Vec<String>>>;

/// A running server and how to start it again.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// What it said before it listened.
    said: String,
    log: Log,
    folder: Option<TempDir>,
    setup: Setup,
}

/// What a server is started with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Setup {
    pub(crate) upstream: Option<SocketAddr>,
    pub(crate) admin_key: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) extra: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// The command that starts it, with the server's own at its end; its data folder is in `DATA`.
    pub(crate) within: Vec<String>,
}

impl Setup {
    /// With this provider behind it.
    pub(crate) fn upstream(address: SocketAddr) -> Self {
        Self { upstream: Some(address), ..Self::default() }
    }

    /// Gives up soon on a provider that is silent.
    pub(crate) fn impatient(mut self) -> Self {
        self.environment.extend(UPSTREAM_TIMEOUTS.map(|name| (name.to_owned(), "2s".to_owned())));
        self
    }

    /// Starts a server with a folder of its own.
    pub(crate) fn start(self) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let (child, address, said, log) =
            spawn(&self, folder.path(), 0).unwrap_or_else(|why| panic!("{why}"));
        Server { child, address, said, log, folder: Some(folder), setup: self }
    }
}

/// The command, not yet started.
pub(crate) fn command(setup: &Setup, folder: &std::path::Path, port: u16) -> Command {
    let binary = env!("CARGO_BIN_EXE_alias-server").to_owned();
    let mut words = setup.within.iter().chain([&binary]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).env_clear().env("DATA", folder.join("data"));
    command.env("ALIAS_LOG_FORMAT", "json").args(["--listen", &format!("127.0.0.1:{port}")]);
    command.arg("--data-dir").arg(folder.join("data"));
    command.args([
        "--upstream-url",
        &setup.upstream.map_or("http://127.0.0.1:9".into(), |a| format!("http://{a}")),
    ]);
    // Longer than a busy machine stands still; tests that wait for it set one of their own.
    command.envs(UPSTREAM_TIMEOUTS.map(|name| (name, "30s"))).envs(setup.environment.iter().cloned());
    if let Some(key) = &setup.admin_key {
        command.env("ALIAS_ADMIN_KEY", key);
    }
    if let Some(database) = &setup.database {
        command.args(["--database-url", database]);
    }
    command.args(&setup.extra).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Starts the process and waits until it says where it listens and answers there.
fn spawn(
    setup: &Setup,
    folder: &std::path::Path,
    port: u16,
) -> Result<(Child, SocketAddr, String, Log), String> {
    let mut child = command(setup, folder, port).spawn().map_err(|why| why.to_string())?;
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = String::new();
    let (address, encrypted) = loop {
        let Some(Ok(line)) = lines.next() else {
            let status = child.wait();
            return Err(format!("the server ended ({status:?}): {said}"));
        };
        if let Some((scheme, address)) = listens(&line) {
            break (
                address.parse::<SocketAddr>().map_err(|why| format!("{line}: {why}"))?,
                scheme == "https",
            );
        }
        said.push_str(&line);
        said.push('\n');
    };
    let log = Log::default();
    let kept = Arc::clone(&log);
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if line.contains("\"ERROR\"") || line.contains("panicked") {
                eprintln!("server: {line}");
            }
            kept.lock().unwrap().push(line);
        }
    });
    let deadline = Instant::now() + START;
    while !encrypted
        && http::send(address, "GET", "/health/live", &[], None).map_or(0, |answer| answer.status) != 200
    {
        if Instant::now() > deadline {
            return Err("the server does not answer".into());
        }
        std::thread::yield_now();
    }
    Ok((child, address, said, log))
}

/// The scheme and address in the line that says where the server listens.
pub(crate) fn listens(line: &str) -> Option<(&str, &str)> {
    let (_, said) = line.split_once("listen\":\"").or_else(|| line.split_once("listen=\""))?;
    said.split('"').next()?.split_once("://")
}

impl Server {
    /// A request as an operator; the body is JSON.
    pub(crate) fn admin(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {}", self.setup.admin_key.clone().unwrap_or_default());
        let mut headers = vec![("Content-Type", "application/json")];
        if self.setup.admin_key.is_some() {
            headers.push(("Authorization", &bearer));
        }
        let body = body.map(|body| body.to_string());
        http::send(self.address, method, path, &headers, body.as_deref().map(str::as_bytes))
            .unwrap_or_else(|why| panic!("{method} {path}: {why}"))
    }

    /// A request as an operator that must succeed.
    pub(crate) fn ok(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let answer = http::patiently(|| self.admin(method, path, body.clone()));
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.text());
        answer.json()
    }

    /// A request with a team's key.
    pub(crate) fn team(&self, key: &str, method: &str, path: &str, body: Option<&str>) -> Answer {
        let bearer = format!("Bearer {key}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        http::send(self.address, method, path, &headers, body.map(str::as_bytes))
            .unwrap_or_else(|why| panic!("{method} {path}: {why}"))
    }

    /// A chat of one message.
    pub(crate) fn chat(&self, key: &str, model: &str) -> Answer {
        let body = json!({"model": model, "messages": [{"role": "user", "content": "hi"}]});
        self.team(key, "POST", "/v1/chat/completions", Some(&body.to_string()))
    }

    /// Makes aliases, one group with them, an organization and a team; gives the team's key.
    pub(crate) fn onboard(&self, aliases: &[(&str, &str)]) -> String {
        for (alias, model) in aliases {
            self.ok(
                "POST",
                "/api/model-aliases/create",
                Some(json!({"alias": alias, "litellm_model": model})),
            );
        }
        let names: Vec<&str> = aliases.iter().map(|(alias, _)| *alias).collect();
        self.ok(
            "POST",
            "/api/model-access-groups/create",
            Some(json!({"group_name": "all", "model_aliases": names})),
        );
        self.ok("POST", "/api/organizations/create", Some(json!({"organization_id": "org", "name": "Org"})));
        let team = json!({"organization_id": "org", "team_id": "team", "access_groups": ["all"], "credits_allocated": 1_000_000});
        let team = self.ok("POST", "/api/teams/create", Some(team));
        team["virtual_key"].as_str().unwrap().to_owned()
    }

    /// Waits until the alias counts this many calls, or for as long as for anything.
    pub(crate) fn wait_for_calls(&self, alias: &str, calls: u64) -> Value {
        let deadline = Instant::now() + http::PATIENCE;
        loop {
            let details = self.ok("GET", &format!("/api/model-aliases/{}", http::segment(alias)), None);
            if details["usage_stats"]["total_calls"] == calls || Instant::now() > deadline {
                return details;
            }
            std::thread::yield_now();
        }
    }

    /// SIGKILL, as the kernel's memory killer would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and its end.
    pub(crate) fn terminate(&mut self) {
        let told = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap();
    }

    /// Starts again on the same folder and port, with another database.
    pub(crate) fn restart_on(&mut self, database: &str) {
        self.setup.database = Some(database.to_owned());
        self.restart();
    }

    /// Starts again on the same folder and port.
    pub(crate) fn restart(&mut self) {
        let folder = self.folder().to_owned();
        let (child, address, said, log) =
            spawn(&self.setup, &folder, self.address.port()).unwrap_or_else(|why| panic!("{why}"));
        self.said = said;
        self.child = child;
        self.address = address;
        self.log = log;
    }

    /// Whether the process still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The folder of its data.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.as_ref().unwrap().path()
    }

    /// What it was started with.
    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What it said before it listened.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    /// What it logged since it listens.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many times a test does what it does, unless this variable of the environment says otherwise.
pub(crate) fn times(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The databases to test on: the embedded one, and PostgreSQL where there is one (a new database each).
pub(crate) fn databases() -> Vec<Option<String>> {
    let mut all = vec![None];
    if let Ok(url) = std::env::var("ALIAS_TEST_POSTGRES_URL") {
        all.push(Some(new_database(&url)));
    }
    all
}

fn new_database(url: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("blackbox_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let made = Command::new("psql").args([url, "-qc", &format!("CREATE DATABASE {name}")]).status().unwrap();
    assert!(made.success(), "psql could not create a database");
    let (base, query) =
        url.split_once('?').map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
    let server = base.rsplit_once('/').map_or(base, |(server, _)| server);
    format!("{server}/{name}{query}")
}
