//! `aliasctl alias impact` and `aliasctl group impact`: what would come of a change.

use serde_json::Value;

use super::{Kind, counted, teams_lose};
use crate::client::Request;
use crate::context::Context;
use crate::failure::Failure;
use crate::impact_text;
use crate::output::column;

/// A change of an alias.
#[derive(Debug, clap::Args)]
pub(crate) struct AliasImpact {
    /// Its name
    pub(super) alias: String,
    /// What would be done
    #[arg(value_parser = ["delete", "disable", "enable", "switch"])]
    pub(super) action: String,
    /// Where calls would go; goes with switch
    #[arg(short, long, required_if_eq("action", "switch"))]
    pub(super) model: Option<String>,
}

/// A change of an access group.
#[derive(Debug, clap::Args)]
pub(crate) struct GroupImpact {
    /// Its name
    pub(super) group: String,
    /// What would be done
    #[arg(value_parser = ["delete", "disable", "enable", "add", "remove"])]
    pub(super) action: String,
    /// The aliases; go with add and remove
    pub(super) models: Vec<String>,
}

pub(super) async fn show(
    context: &Context,
    kind: Kind,
    name: &str,
    action: &str,
    more: Option<(&'static str, String)>,
) -> Result<(), Failure> {
    let mut request = Request::get(kind.at(name, "/impact")).with("action", Some(action));
    if let Some((parameter, value)) = more {
        request = request.with(parameter, Some(value));
    }
    let answer: Value = kind.about(context, name, request).await?;
    if context.output.is_for_people() {
        return crate::output::print(&impact_text::impact(&answer));
    }
    context.output.object(&answer, &[column("ACTION", "action"), column("TEAMS", "teams_affected")])
}

/// What would come of it, in a line that a question can be asked with.
pub(super) async fn line(context: &Context, kind: Kind, name: &str, action: &str) -> Result<String, Failure> {
    let request = Request::get(kind.at(name, "/impact")).with("action", Some(action));
    let answer: Value = kind.about(context, name, request).await?;
    let of = |value: &Value| value.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let calls = counted(of(&answer["usage"]["last_7_days"]["calls"]), "call", "calls");
    Ok(format!("{}; it had {calls} in 7 days.", teams_lose(of(&answer["teams_affected"]), "it")))
}
