//! Where calls of an alias go besides its target, as `alias create` and `alias update` take it.

use std::path::PathBuf;

use serde_json::{Number, Value, json};

use super::{Body, number};
use crate::document;
use crate::failure::Failure;

/// The word that leaves nothing of what was there.
const NONE: &str = "none";

/// Where else calls go. What is said replaces what was there; none leaves nothing.
#[expect(clippy::doc_markdown, reason = "these texts are shown as help on a terminal")]
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Where calls go")]
pub(super) struct Routing {
    /// Answer to every name that begins with the alias: what follows takes the place of {rest} in the target
    #[arg(long)]
    prefix: bool,
    /// Another target for so many per cent of the callers, like anthropic/claude-3-opus-20240229=5; repeat it, or none
    #[arg(long = "split", value_name = "MODEL=SHARE")]
    splits: Vec<String>,
    /// Another target that is tried out for so many per cent of the callers, and goes back by itself; with --guardrail
    #[arg(long, value_name = "MODEL=SHARE", requires = "guardrails")]
    canary: Option<String>,
    /// How much worse than the others it may be, like error_rate=5 or p95_duration=50; also min_calls, window_seconds
    #[arg(long = "guardrail", value_name = "NAME=NUMBER", requires = "canary")]
    guardrails: Vec<String>,
    /// By what a caller stays with its target
    #[arg(long, value_parser = ["key", "user"])]
    sticky: Option<String>,
    /// What serves calls that the target failed, like azure/gpt-4 or openai/gpt-4-32k=context_length; repeat it, or none
    #[arg(long = "fallback", value_name = "MODEL[=ON,…]")]
    fallbacks: Vec<String>,
    /// Another target for a team or an organization, like team:newclient-prod=azure/gpt-4; repeat it, or none
    #[arg(long = "override", value_name = "WHOSE=MODEL")]
    overrides: Vec<String>,
    /// Copy so many per cent of the calls to another model, like anthropic/claude-3-opus-20240229=10, and show its figures; or none
    #[arg(long, value_name = "MODEL=SHARE")]
    shadow: Option<String>,
    /// File with what becomes of parameters, YAML or JSON, like {temperature: {default: 0.7, max: 1}}; or none
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,
    /// Which name of the model answers say
    #[arg(long, value_parser = ["alias", "upstream"])]
    response_model: Option<String>,
}

impl Routing {
    /// Adds what was said to a body.
    pub(super) fn add_to(self, body: Body) -> Result<Body, Failure> {
        let parameters = match self.parameters {
            Some(file) if file == std::path::Path::new(NONE) => Some(json!({})),
            Some(file) => Some(document::value(&file, &document::text(&file)?)?),
            None => None,
        };
        let shadow = match self.shadow.as_deref() {
            Some(NONE) => Some(Value::Null),
            Some(entry) => {
                Some(split(entry).map_err(|why| Failure::Usage(why.replace("--split", "--shadow")))?)
            }
            None => None,
        };
        Ok(body
            .with("match", self.prefix.then_some("prefix"))
            .with(
                "split",
                with_canary(entries(&self.splits, split)?, self.canary.as_deref(), &self.guardrails)?,
            )
            .with("sticky", self.sticky)
            .with("fallbacks", entries(&self.fallbacks, |entry| Ok(fallback(entry)))?)
            .with("overrides", entries(&self.overrides, other)?)
            .with("shadow", shadow)
            .with("parameters", parameters)
            .with("response_model", self.response_model))
    }
}

/// All entries of a list; an empty list where none are wanted; nothing where nothing was said.
fn entries(said: &[String], read: impl Fn(&str) -> Result<Value, String>) -> Result<Option<Value>, Failure> {
    if said.is_empty() {
        return Ok(None);
    }
    if said.iter().any(|entry| entry == NONE) {
        return match said.len() {
            1 => Ok(Some(json!([]))),
            _ => Err(Failure::Usage("none stands alone".to_owned())),
        };
    }
    let all: Result<Vec<Value>, String> = said.iter().map(|entry| read(entry)).collect();
    all.map(|all| Some(Value::Array(all))).map_err(Failure::Usage)
}

fn split(entry: &str) -> Result<Value, String> {
    let wrong = || format!("--split must be like anthropic/claude-3-opus-20240229=5, not {entry:?}");
    let (model, share) = entry.rsplit_once('=').ok_or_else(wrong)?;
    let share: Number = number(share.trim_end_matches('%')).map_err(|_| wrong())?;
    Ok(json!({ "litellm_model": model, "share": share }))
}

/// The split with a canary and its guardrails, where there is one.
fn with_canary(
    splits: Option<Value>,
    canary: Option<&str>,
    guardrails: &[String],
) -> Result<Option<Value>, Failure> {
    let Some(canary) = canary else { return Ok(splits) };
    let mut arm = split(canary).map_err(|why| Failure::Usage(why.replace("--split", "--canary")))?;
    let mut rails = serde_json::Map::new();
    for entry in guardrails {
        let wrong = || Failure::Usage(format!("--guardrail must be like error_rate=5, not {entry:?}"));
        let (name, most) = entry.split_once('=').ok_or_else(wrong)?;
        rails.insert(name.to_owned(), number(most.trim_end_matches('%')).map_err(|_| wrong())?.into());
    }
    arm["guardrails"] = rails.into();
    let mut all = vec![arm];
    all.extend(splits.and_then(|splits| splits.as_array().cloned()).unwrap_or_default());
    Ok(Some(all.into()))
}

fn fallback(entry: &str) -> Value {
    match entry.split_once('=') {
        Some((model, on)) => json!({ "litellm_model": model, "on": on.split(',').collect::<Vec<_>>() }),
        None => json!({ "litellm_model": entry }),
    }
}

fn other(entry: &str) -> Result<Value, String> {
    let wrong = || {
        format!(
            "--override must be like team:newclient-prod=azure/gpt-4 or org:acme=azure/gpt-4, not {entry:?}"
        )
    };
    let (whose, model) = entry.split_once('=').ok_or_else(wrong)?;
    let member = match whose.split_once(':') {
        Some(("team", _)) => "team_id",
        Some(("org", _)) => "organization_id",
        _ => return Err(wrong()),
    };
    let id = whose.split_once(':').map(|(_, id)| id).unwrap_or_default();
    Ok(json!({ member: id, "litellm_model": model }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_what_the_api_takes() {
        assert_eq!(
            split("openai/gpt-4o=12.5%").unwrap(),
            json!({"litellm_model": "openai/gpt-4o", "share": 12.5})
        );
        assert_eq!(
            fallback("openai/gpt-4-32k=context_length,timeout"),
            json!({"litellm_model": "openai/gpt-4-32k", "on": ["context_length", "timeout"]})
        );
        assert_eq!(
            other("org:acme=azure/gpt-4").unwrap(),
            json!({"organization_id": "acme", "litellm_model": "azure/gpt-4"})
        );
        assert!(split("openai/gpt-4o").is_err() && other("acme=azure/gpt-4").is_err());
        let list = |said: &[&str]| {
            let said: Vec<String> = said.iter().map(|&one| one.to_owned()).collect();
            entries(&said, |entry| Ok(fallback(entry)))
        };
        assert_eq!(list(&[]).unwrap(), None);
        assert_eq!(list(&["none"]).unwrap(), Some(json!([])));
        assert!(list(&["none", "openai/gpt-4"]).is_err());
        let rails = ["error_rate=2.5%".to_owned(), "min_calls=20".to_owned()];
        let canary =
            |rails: &[String]| with_canary(Some(json!([{"share": 1}])), Some("openai/gpt-4o=5"), rails);
        let arm = json!({"litellm_model": "openai/gpt-4o", "share": 5, "guardrails": {"error_rate": 2.5, "min_calls": 20}});
        assert_eq!(canary(&rails).unwrap(), Some(json!([arm, {"share": 1}])));
        assert!(canary(&["error_rate".to_owned()]).is_err());
    }
}
