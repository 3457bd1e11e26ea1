//! `aliasctl explain`: every check that a call meets, and what mends the ones that it does not pass.

use std::fmt::Write as _;

use comfy_table::Color;
use serde_json::Value;

use super::team::TEAM;
use crate::client::Request;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::column;
use crate::table::cell;
use crate::terminal::{Terminal, painted};

/// A call, or a request of the past.
///
/// Ends with 3 where the call is refused.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The team that calls
    #[arg(long, required_unless_present_any = ["key", "request"], conflicts_with_all = ["key", "request"])]
    team: Option<String>,
    /// The key that calls, by its public id
    #[arg(long, value_name = "KEY", conflicts_with = "request")]
    key: Option<String>,
    /// The name that is called [default: the team's default model]
    #[arg(long, value_name = "ALIAS", conflicts_with = "request")]
    model: Option<String>,
    /// The endpoint, as keys have it [default: that of chats]
    #[arg(long, conflicts_with = "request")]
    endpoint: Option<String>,
    /// Where the request comes from
    #[arg(long, conflicts_with = "request")]
    address: Option<String>,
    /// The id of a request of the past, in place of all others
    #[arg(long, value_name = "ID")]
    request: Option<String>,
}

impl Arguments {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let request = Request::get("/api/explain")
            .with("team", self.team.as_deref())
            .with("key", self.key.as_deref())
            .with("model", self.model.as_deref())
            .with("endpoint", self.endpoint.as_deref())
            .with("address", self.address.as_deref())
            .with("request_id", self.request.as_deref());
        let answer = match &self.team {
            Some(team) => TEAM.about(context, team, request).await?,
            None => context.client.send(request).await?,
        };
        if context.output.is_for_people() {
            crate::output::print(&in_words(&answer, context.terminal))?;
        } else {
            let columns = [column("ALLOWED", "allowed"), column("DECISION", "decision")];
            context.output.object(&answer, &columns)?;
        }
        Ok(if answer["allowed"] == true { Exit::Done } else { Exit::Negative })
    }
}

fn in_words(answer: &Value, terminal: Terminal) -> String {
    let mut text = String::new();
    let mut fixes = Vec::new();
    for step in answer["steps"].as_array().into_iter().flatten() {
        let (mark, color) = if step["ok"] == true { ("✓", Color::Green) } else { ("✗", Color::Red) };
        let _ = writeln!(
            text,
            "{} {:<11} {}",
            painted(mark, color, terminal),
            cell(step, "check"),
            cell(step, "detail")
        );
        let others = step["alternatives"].as_array().into_iter().flatten();
        fixes.extend(std::iter::once(&step["fix"]).chain(others).filter(|fix| !fix.is_null()));
    }
    if answer["allowed"] == true {
        let _ = writeln!(text, "Allowed: goes to {}", cell(answer, "resolves_to"));
        return text;
    }
    let status = answer["status"].as_u64().map(|status| format!("{status} ")).unwrap_or_default();
    let available = cell(answer, "available_models");
    let _ = writeln!(text, "Denied ({status}{}). Available: {available}", cell(answer, "decision"));
    if !fixes.is_empty() {
        text.push_str("\nFix one of:\n");
    }
    for fix in fixes {
        let command = if fix["cli"].is_string() { cell(fix, "cli") } else { cell(fix, "curl") };
        let effect = fix["effect"].as_str().map(|effect| format!("     # {effect}")).unwrap_or_default();
        let _ = writeln!(text, "  {}\n    {command}{effect}", cell(fix, "text"));
    }
    text
}
