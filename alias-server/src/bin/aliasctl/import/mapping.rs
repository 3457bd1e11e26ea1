//! Mappings of models: of a channel of one-api or new-api, or on their own.

use serde_json::{Value, json};

use super::{Given, Imported, Level};
use Level::{Exact, Manual, Unsupported};

/// Reads channels, or one mapping.
pub(super) fn read(value: &Value, given: &Given, into: &mut Imported) {
    let list = value.as_array().or_else(|| value.get("data").and_then(Value::as_array));
    match list {
        Some(channels) => {
            for (at, entry) in channels.iter().enumerate() {
                channel(&format!("[{at}]"), entry, given, into);
            }
        }
        None if value.get("model_mapping").is_some() => channel("", value, given, into),
        None => mapping("", value, given.provider.as_deref(), into),
    }
}

fn channel(path: &str, entry: &Value, given: &Given, into: &mut Imported) {
    let of_type = entry["type"].as_u64().and_then(provider);
    if let (None, Some(number)) = (of_type, entry["type"].as_u64()) {
        let message = format!("channels of type {number} have no LiteLLM provider that is known here");
        into.find(Manual, format!("{path}.type"), message);
    }
    let provider = given.provider.as_deref().or(of_type);
    let before: Vec<String> = into.aliases.keys().cloned().collect();
    let at = format!("{path}.model_mapping");
    match &entry["model_mapping"] {
        Value::String(text) if text.trim().is_empty() => {}
        Value::String(text) => match serde_json::from_str(text) {
            Ok(map) => mapping(&at, &map, provider, into),
            Err(why) => into.find(Unsupported, at, format!("it is no JSON: {why}")),
        },
        map => mapping(&at, map, provider, into),
    }
    for name in words(&entry["models"]) {
        if !into.aliases.contains_key(&name) {
            one(&format!("{path}.models"), &name, &name, provider, into);
        }
    }
    let made: Vec<String> = into.aliases.keys().filter(|name| !before.contains(name)).cloned().collect();
    for group in words(&entry["group"]) {
        let at = format!("{path}.group");
        if made.iter().all(|alias| into.grant(&at, &group, alias)) {
            into.find(
                Exact,
                at,
                format!("access group {group} holds {} aliases of this channel", made.len()),
            );
        }
    }
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

/// `LiteLLM`'s word for a type of channels.
const fn provider(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "openai",
        3 => "azure",
        4 => "ollama",
        14 => "anthropic",
        17 => "dashscope",
        20 => "openrouter",
        24 => "gemini",
        25 => "moonshot",
        27 => "perplexity",
        33 => "bedrock",
        34 => "cohere",
        41 => "vertex_ai",
        42 => "mistral",
        43 => "deepseek",
        48 => "xai",
        _ => return None,
    })
}
