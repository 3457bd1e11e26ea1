//! The upstream: whether it answers, takes our key, and knows what aliases point to.

use std::collections::BTreeSet;
use std::time::Duration;

use alias_core::alias::AliasDetails;
use reqwest::{Client, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{Line, named, told};
use crate::upstream::UpstreamConfig;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a request came to.
enum Came {
    Answer(StatusCode, Value),
    Nothing(String),
}

pub(super) async fn lines(config: &UpstreamConfig, aliases: &[AliasDetails]) -> Vec<Line> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = match Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build()
    {
        Ok(client) => client,
        Err(why) => return vec![Line::bad("upstream", told(&why), "see that this machine has certificates")],
    };
    let base = config.base_url.trim_end_matches('/');
    let base = base.strip_suffix("/v1").unwrap_or(base);
    let key = config.key.as_ref().map(ExposeSecret::expose_secret);
    let models = match get(&client, &format!("{base}/v1/models"), key).await {
        Came::Nothing(why) => {
            let fix = "start it, or set upstream_url";
            return vec![Line::bad("upstream", format!("{base}: {why}"), fix)];
        }
        Came::Answer(status, _) if matches!(status.as_u16(), 401 | 403) => {
            let fix = "set upstream_key_file to its key (LiteLLM's master key, or one of its virtual keys)";
            return vec![Line::bad("upstream", format!("{base} does not take our key ({status})"), fix)];
        }
        Came::Answer(status, _) if !status.is_success() => {
            let fix = "see that this is LiteLLM, or speaks OpenAI's API";
            return vec![Line::doubtful("upstream", format!("{base}/v1/models answers {status}"), fix)];
        }
        Came::Answer(_, models) => models,
    };
    let known = match get(&client, &format!("{base}/model/info"), key).await {
        Came::Answer(status, info) if status.is_success() => deployments(&info),
        _ => BTreeSet::new(),
    };
    let names = texts(&models, &["/id"]);
    let mut all = vec![Line::good("upstream", format!("{base} answers, and lists {} models", names.len()))];
    all.extend(targets(aliases, &known, &names));
    all
}

/// Whether what aliases point to is there, as far as the upstream tells.
fn targets(aliases: &[AliasDetails], known: &BTreeSet<String>, names: &BTreeSet<String>) -> Option<Line> {
    if aliases.is_empty() {
        return None;
    }
    let any = known.iter().any(|name| name.contains('*'));
    let is_known = |alias: &AliasDetails| {
        let target = &alias.alias.spec.litellm_model;
        known.contains(target.as_str()) || names.contains(target.as_str()) || names.contains(target.model())
    };
    let unknown: Vec<String> = aliases
        .iter()
        .filter(|alias| alias.alias.spec.litellm_model.alias().is_none() && !is_known(alias))
        .map(|alias| format!("{} -> {}", alias.alias.alias, alias.alias.spec.litellm_model))
        .collect();
    Some(if unknown.is_empty() {
        Line::good("aliases", format!("the upstream knows the targets of all {} active ones", aliases.len()))
    } else if any {
        Line::good("aliases", format!("{} are not named there, and may fall under a wildcard", unknown.len()))
    } else {
        let said = format!("the upstream does not name: {}", named(&unknown));
        Line::doubtful("aliases", said, "add them to LiteLLM's model_list, or point the aliases elsewhere")
    })
}

/// The models that `LiteLLM` routes to, by its own names for them and by theirs.
fn deployments(info: &Value) -> BTreeSet<String> {
    texts(info, &["/model_name", "/litellm_params/model"])
}

fn texts(list: &Value, places: &[&str]) -> BTreeSet<String> {
    let items = list["data"].as_array().into_iter().flatten();
    items
        .flat_map(|item| places.iter().filter_map(|place| item.pointer(place)?.as_str()))
        .map(str::to_owned)
        .collect()
}

async fn get(client: &Client, url: &str, key: Option<&str>) -> Came {
    let mut request = client.get(url);
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    match request.send().await {
        Ok(answer) => {
            let status = answer.status();
            let body = answer.bytes().await.unwrap_or_default();
            Came::Answer(status, serde_json::from_slice(&body).unwrap_or_default())
        }
        Err(why) => Came::Nothing(told(&why)),
    }
}
