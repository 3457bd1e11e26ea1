//! `aliasctl` against a live server: what it prints in every form, what it ends with, and what it says when refused.

mod documents;
mod forms;
mod identities;
mod lifecycle;
mod load;
mod questions;
mod refusals;
mod round_trips;
mod settings;
mod terminal;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::server::{Server, Setup};

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Said {
    /// The answer as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.output).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }

    /// All of it, for a snapshot.
    fn shown(&self) -> String {
        masked(&format!("[{}]\n{}{}", self.code, self.output, self.errors))
    }
}

/// A command that is not run yet.
pub(crate) struct Ctl(Command, String);

/// `aliasctl` without a word of who runs the tests.
pub(crate) fn ctl(arguments: &[&str]) -> Ctl {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aliasctl"));
    command.env_clear().args(arguments);
    Ctl(command, String::new())
}

impl Ctl {
    pub(crate) fn at(self, server: &Server) -> Self {
        let url = format!("http://{}", server.address);
        self.with("ALIAS_URL", &url)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// What is typed.
    pub(crate) fn typed(mut self, text: &str) -> Self {
        text.clone_into(&mut self.1);
        self
    }

    pub(crate) fn run(mut self) -> Said {
        let mut child =
            self.0.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // One that reads nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(self.1.as_bytes());
        let done = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: done.status.code().unwrap(), output: text(done.stdout), errors: text(done.stderr) }
    }
}

/// The head of a request.
fn head_of(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).unwrap(), 1);
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// A request's only answer.
fn answer(stream: &mut TcpStream, status: &str, body: &str) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all((head + body).as_bytes()).unwrap();
}

/// A server that gives these answers, one after the other, and the heads and bodies of the requests for them.
fn answers(all: Vec<(&'static str, String)>) -> (SocketAddr, JoinHandle<Vec<(String, String)>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answered = std::thread::spawn(move || {
        let each = all.into_iter().map(|(status, text)| {
            let (mut stream, _) = listener.accept().unwrap();
            let head = head_of(&mut stream).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            stream.read_exact(&mut body).unwrap();
            answer(&mut stream, status, &text);
            (head, String::from_utf8(body).unwrap())
        });
        each.collect()
    });
    (address, answered)
}

/// A server with what the user guide's onboarding creates.
fn onboarded() -> Server {
    let server = Setup::default().start();
    for (alias, model, description) in [
        ("gpt-4", "openai/gpt-4", "GPT-4 for complex tasks"),
        ("gpt-3.5-turbo", "openai/gpt-3.5-turbo", "Fast model for simple tasks"),
        ("smart", "anthropic/claude-3-opus-20240229", "Smart model for complex tasks"),
    ] {
        let body = json!({"alias": alias, "litellm_model": model, "description": description});
        server.ok("POST", "/api/model-aliases/create", Some(body));
    }
    let group = json!({"group_name": "starter-models", "description": "Models for starter plan", "model_aliases": ["gpt-3.5-turbo"]});
    server.ok("POST", "/api/model-access-groups/create", Some(group));
    let organization = json!({"organization_id": "org_newclient", "name": "New Client Inc"});
    server.ok("POST", "/api/organizations/create", Some(organization));
    let team = json!({
        "organization_id": "org_newclient", "team_id": "newclient-prod", "team_alias": "Production",
        "access_groups": ["starter-models"], "credits_allocated": 1000,
    });
    server.ok("POST", "/api/teams/create", Some(team));
    server
}

/// A text without what is another one in every run: ids, keys, times, addresses.
fn masked(text: &str) -> String {
    let word = |word: &str| -> String {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        for prefix in ["req_", "sk-", "mal_", "grp_", "txn_"] {
            if bare.starts_with(prefix) && bare.len() > 16 {
                return word.replace(bare, &format!("{prefix}…"));
            }
        }
        let is_time = bare.len() == 20 && bare.starts_with("20") && bare.ends_with('Z');
        if is_time { word.replace(bare, "(time)") } else { word.to_owned() }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    let line = |text: &str| {
        if text.starts_with("decided in ") { "decided in (time)".to_owned() } else { line(text) }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
