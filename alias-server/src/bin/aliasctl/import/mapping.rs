//! Mappings of models: of a channel of one-api or new-api, or on their own.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Given, Imported, Level, Source};
use Level::{Exact, Manual, Unsupported};

/// What a channel says besides, and nobody misses.
const FIGURES: [&str; 11] = [
    "id",
    "name",
    "status",
    "type",
    "created_time",
    "test_time",
    "response_time",
    "balance",
    "balance_updated_time",
    "used_quota",
    "test_model",
];
/// What of a channel is taken over, or found on its own.
const READ: [&str; 5] = ["models", "model_mapping", "group", "key", "base_url"];

/// Reads channels, or one mapping; `said` is whose they are said to be.
pub(super) fn read(value: &Value, said: Option<Source>, given: &Given, into: &mut Imported) {
    let list = value.as_array().or_else(|| value.get("data").and_then(Value::as_array));
    match list {
        Some(channels) => {
            for (at, entry) in channels.iter().enumerate() {
                channel(&format!("[{at}]"), entry, said, given, into);
            }
        }
        None if value.get("model_mapping").is_some() => channel("", value, said, given, into),
        None => mapping("", value, given.provider.as_deref(), into),
    }
}

fn channel(path: &str, entry: &Value, said: Option<Source>, given: &Given, into: &mut Imported) {
    if entry["status"].as_u64().is_some_and(|status| status != 1) {
        into.find(Manual, format!("{path}.status"), "this channel is disabled there: nothing of it is taken");
        return;
    }
    let of_type = entry["type"].as_u64().and_then(|number| provider(number, said));
    if let (None, None, Some(number)) = (&given.provider, of_type, entry["type"].as_u64()) {
        let message = if of_one_api(number).or(of_new_api(number)).is_some() && said.is_none() {
            format!(
                "channels of type {number} are of another provider in one-api than in new-api: --from says which it is"
            )
        } else {
            format!("channels of type {number} have no LiteLLM provider that is known here")
        };
        into.find(Manual, format!("{path}.type"), message);
    }
    let provider = given.provider.as_deref().or(of_type);
    let at = format!("{path}.model_mapping");
    let map = match &entry["model_mapping"] {
        Value::String(text) if text.trim().is_empty() => Value::Null,
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|why| {
            into.find(Unsupported, at.clone(), format!("it is no JSON: {why}"));
            Value::Null
        }),
        map => map.clone(),
    };
    mapping(&at, &map, provider, into);
    let mut names: BTreeSet<String> =
        map.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    for name in words(&entry["models"]) {
        if names.insert(name.clone()) {
            one(&format!("{path}.models"), &name, &name, provider, into);
        }
    }
    let held: BTreeSet<String> = names.iter().filter_map(|name| into.named(name)).collect();
    for group in words(&entry["group"]) {
        let at = format!("{path}.group");
        if held.is_empty() {
            into.find(Manual, at, format!("no alias is of this channel, and nothing is put into {group}"));
        } else if held.iter().all(|alias| into.grant(&at, &group, alias)) {
            into.find(
                Exact,
                at,
                format!("access group {group} holds {} aliases of this channel", held.len()),
            );
        }
    }
    into.find_left(
        path,
        entry,
        &[&FIGURES[..], &READ].concat(),
        "it is not taken over: look what of it is needed",
    );
    for secret in ["key", "base_url"] {
        if entry[secret].as_str().is_some_and(|text| !text.is_empty()) {
            into.find(
                Manual,
                format!("{path}.{secret}"),
                "say it in LiteLLM's configuration: it reaches the provider",
            );
        }
    }
}

fn mapping(path: &str, map: &Value, provider: Option<&str>, into: &mut Imported) {
    let Some(map) = map.as_object() else {
        if !map.is_null() {
            into.find(Unsupported, path, "a mapping must be an object of names");
        }
        return;
    };
    for (name, to) in map {
        let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match to.as_str() {
            Some(model) => one(&at, name, model, provider, into),
            None => into.find(Unsupported, at, "the name of a model must be a text"),
        }
    }
}

fn one(path: &str, name: &str, model: &str, provider: Option<&str>, into: &mut Imported) {
    if model.starts_with("sk-") {
        into.find(Unsupported, path, "it looks like a secret, and not like a model");
        return;
    }
    let target = into.target(path, model, provider);
    if into.alias(path, name, json!({ "litellm_model": target })) {
        into.find(Exact, path, format!("{name} -> {target}"));
    }
}

/// The words of a list with commas.
fn words(value: &Value) -> Vec<String> {
    let all = value.as_str().unwrap_or_default().split(',').map(str::trim);
    all.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// `LiteLLM`'s word for a type of channels; where nobody says whose they are, only what both mean by it.
fn provider(number: u64, said: Option<Source>) -> Option<&'static str> {
    match said {
        Some(Source::OneApi) => of_one_api(number),
        Some(Source::NewApi) => of_new_api(number),
        _ => of_one_api(number).filter(|provider| of_new_api(number) == Some(provider)),
    }
}

const fn of_both(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "openai",
        3 => "azure",
        14 => "anthropic",
        17 => "dashscope",
        20 => "openrouter",
        24 => "gemini",
        25 => "moonshot",
        33 => "bedrock",
        _ => return None,
    })
}

const fn of_one_api(number: u64) -> Option<&'static str> {
    Some(match number {
        28 => "mistral",
        29 => "groq",
        30 => "ollama",
        35 => "cohere",
        36 => "deepseek",
        39 => "together_ai",
        42 => "vertex_ai",
        45 => "xai",
        _ => return of_both(number),
    })
}

const fn of_new_api(number: u64) -> Option<&'static str> {
    Some(match number {
        4 => "ollama",
        27 => "perplexity",
        34 => "cohere",
        41 => "vertex_ai",
        42 => "mistral",
        43 => "deepseek",
        48 => "xai",
        _ => return of_both(number),
    })
}
