//! Why a command was not done, as it is told: what, why, what next, and the request's id.

use std::fmt::Write as _;

use serde_json::Value;

use crate::exit::Exit;

/// Why a command was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server refused.
    Refused(Box<Refusal>),
    /// There was no answer.
    Unreachable {
        /// The server.
        url: String,
        /// What went wrong.
        why: String,
    },
    /// The command line, or a setting, is wrong.
    Usage(String),
    /// Nobody said yes, and nobody could be asked.
    Unconfirmed(String),
    /// A file does not have it.
    Missing(String),
    /// Something on this machine went wrong, or a file is not as it should be.
    Failed(String),
}

/// What the server said, and what may help.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// HTTP status.
    pub(crate) status: u16,
    /// The body: an `application/problem+json` object where the server is ours.
    pub(crate) problem: Value,
    /// Names that are near the one that was not found.
    pub(crate) near: Vec<String>,
    /// A command that helps.
    pub(crate) next: Option<String>,
}

impl Failure {
    /// What the process ends with.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Refused(refusal) => Exit::of_status(refusal.status),
            Self::Unreachable { .. } => Exit::Unreachable,
            Self::Usage(_) | Self::Unconfirmed(_) => Exit::Usage,
            Self::Missing(_) => Exit::NotFound,
            Self::Failed(_) => Exit::Failed,
        }
    }

    /// Says it on standard error: as it came where JSON was asked for, in words otherwise.
    #[expect(clippy::print_stderr, reason = "this is where errors are told")]
    pub(crate) fn tell(&self, json: bool) {
        match self {
            Self::Refused(refusal) if json => eprintln!("{}", refusal.problem),
            _ if json => {
                eprintln!("{}", serde_json::json!({ "title": "aliasctl failed", "detail": self.sentence() }));
            }
            _ => eprintln!("aliasctl: {}", self.in_words()),
        }
    }

    /// What went wrong, in one sentence.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.sentence(),
            Self::Unreachable { url, why } => format!("cannot reach {url}: {why}"),
            Self::Usage(why) | Self::Unconfirmed(why) | Self::Missing(why) | Self::Failed(why) => why.clone(),
        }
    }

    fn in_words(&self) -> String {
        let mut text = self.sentence();
        let mut line = |label: &str, said: &str| {
            let _ = write!(text, "\n  {label}: {said}");
        };
        match self {
            Self::Refused(refusal) => refusal.add_to(&mut line),
            Self::Unreachable { .. } => {
                line("next", "start alias-server, or say where it is with --url or ALIAS_URL");
            }
            Self::Usage(_) => line("help", "aliasctl --help"),
            Self::Unconfirmed(_) => line("next", "repeat the command with --yes"),
            Self::Missing(_) | Self::Failed(_) => {}
        }
        text
    }
}

impl Refusal {
    fn text(&self, member: &str) -> Option<&str> {
        self.problem.get(member).and_then(Value::as_str)
    }

    fn sentence(&self) -> String {
        match (self.text("title"), self.text("detail")) {
            (Some(title), Some(detail)) if detail.starts_with(title) => detail.to_owned(),
            (Some(title), Some(detail)) => format!("{title}: {detail}"),
            (Some(title), None) => title.to_owned(),
            _ => format!("the server answered with status {}, and not as alias-server does", self.status),
        }
    }

    fn add_to(&self, line: &mut impl FnMut(&str, &str)) {
        if let Some(errors) = self.problem.get("errors").and_then(Value::as_array).filter(|all| all.len() > 1)
        {
            for error in errors {
                line(
                    error["field"].as_str().unwrap_or("body"),
                    error["message"].as_str().unwrap_or_default(),
                );
            }
        }
        let said = self.problem.get("suggestions").and_then(Value::as_array);
        let said = said.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        let near: Vec<String> = if self.near.is_empty() { said.collect() } else { self.near.clone() };
        if !near.is_empty() {
            line("did you mean", &near.join(", "));
        }
        if let Some(next) = self.next.as_deref().or_else(|| self.usual_next()) {
            line("next", next);
        }
        if let Some(id) = self.text("request_id") {
            line("request", id);
        }
    }

    fn usual_next(&self) -> Option<&'static str> {
        match self.status {
            401 => Some("give the admin key: --admin-key-file FILE, ALIAS_ADMIN_KEY_FILE or ALIAS_ADMIN_KEY"),
            412 => Some("read the object again, then repeat the change"),
            _ => None,
        }
    }
}
