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
    /// Another address than the server's did not answer.
    Elsewhere {
        /// The address.
        url: String,
        /// What went wrong.
        why: String,
    },
    /// It was to be tried out only, and the server tries no such thing out: this would have been sent.
    Untried(Value),
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
            Self::Unreachable { .. } | Self::Elsewhere { .. } => Exit::Unreachable,
            Self::Untried(_) => Exit::Done,
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
            _ if json => eprintln!("{}", problem(&self.sentence())),
            _ => eprintln!("aliasctl: {}", self.in_words()),
        }
    }

    /// What went wrong, in one sentence.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.sentence(),
            Self::Unreachable { url, why } | Self::Elsewhere { url, why } => {
                format!("cannot reach {url}: {why}")
            }
            Self::Untried(_) => "the server tries no such thing out".to_owned(),
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
            Self::Elsewhere { .. } | Self::Untried(_) | Self::Missing(_) | Self::Failed(_) => {}
        }
        text
    }
}

/// What did not come from the server, in the form of what does (RFC 9457).
pub(crate) fn problem(detail: &str) -> Value {
    serde_json::json!({ "type": "about:blank", "title": "aliasctl failed", "detail": detail })
}

impl Refusal {
    /// Whether the server does not know how to try this out.
    pub(crate) fn cannot_try(&self) -> bool {
        self.text("code") == Some("unknown_parameter")
            && self.text("detail").is_some_and(|why| why.contains("dry_run"))
    }

    /// Whether there is one of this name already.
    pub(crate) fn is_taken(&self) -> bool {
        self.text("code").is_some_and(|code| code.ends_with("_already_exists"))
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.problem.get(member).and_then(Value::as_str)
    }

    /// The faults, where there are several.
    fn faults(&self) -> &[Value] {
        let all = self.problem.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if all.len() > 1 { all } else { &[] }
    }

    fn sentence(&self) -> String {
        match (self.text("title"), self.text("detail")) {
            // Each is told on a line of its own.
            (Some(title), _) if !self.faults().is_empty() => title.to_owned(),
            (Some(title), Some(detail)) if detail.starts_with(title) => detail.to_owned(),
            (Some(title), Some(detail)) => format!("{title}: {detail}"),
            (Some(title), None) => title.to_owned(),
            _ => format!("the server answered with status {}, and not as alias-server does", self.status),
        }
    }

    fn add_to(&self, line: &mut impl FnMut(&str, &str)) {
        for fault in self.faults() {
            let field = fault["field"].as_str().unwrap_or("body");
            let field = field.strip_prefix("document.").unwrap_or(field);
            let message = fault["message"].as_str().unwrap_or_default();
            let bare = message.strip_prefix(field).and_then(|rest| rest.strip_prefix(": "));
            line(field, bare.unwrap_or(message));
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
        Some(match self.status {
            401 => "give the admin key: --admin-key-file FILE, ALIAS_ADMIN_KEY_FILE or ALIAS_ADMIN_KEY",
            403 => "use the key of somebody whose role allows it; aliasctl token list shows who has which",
            409 if self.is_taken() => "take another name, or update what is there",
            409 if self.text("code") == Some("plan_outdated") => {
                "look at the new plan: aliasctl plan -f FILE"
            }
            412 => "read the object again, then repeat the change",
            429 => "wait a minute, then repeat the command",
            500 => "look at the server's log for the request; alias-server doctor looks at its parts",
            _ => return None,
        })
    }
}
