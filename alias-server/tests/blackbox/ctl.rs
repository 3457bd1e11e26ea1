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

use std::io::Write;
use std::process::{Command, Stdio};

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
