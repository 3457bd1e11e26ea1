//! `Bifrost`'s config.json: the aliases and deployments of its providers' keys.

use std::collections::BTreeSet;

use alias_core::model_ref::REST;
use serde_json::{Value, json};

use super::{Imported, Level};
use Level::{Exact, Manual, Unsupported};

/// Where keys say what models are called at the provider.
const MAPS: [&str; 5] = [
    "/aliases",
    "/azure_key_config/deployments",
    "/bedrock_key_config/deployments",
    "/vertex_key_config/deployments",
    "/replicate_key_config/deployments",
];

/// What of a key is taken over, or found on its own.
const READ: [&str; 6] = ["id", "name", "enabled", "models", "aliases", "blacklisted_models"];
/// What reaches the provider, and is no part of a catalogue.
const IN_LITELLM: &str = "it says how the provider is reached: say it in LiteLLM's configuration";

pub(super) fn read(value: &Value, into: &mut Imported) {
    for (name, provider) in value["providers"].as_object().into_iter().flatten() {
        let word = litellm(name);
        if !alias_core::provider::is_known(word) {
            into.find(
                Unsupported,
                format!("providers.{name}"),
                format!("LiteLLM is not known to have a provider {name:?}"),
            );
            continue;
        }
        for (at, key) in provider["keys"].as_array().into_iter().flatten().enumerate() {
            of_key(&format!("providers.{name}.keys[{at}]"), word, key, into);
        }
        into.find_no_list(format!("providers.{name}.keys"), &provider["keys"]);
        into.find_left(&format!("providers.{name}"), provider, &["keys"], IN_LITELLM);
    }
    for (name, _) in value.as_object().into_iter().flatten().filter(|(name, _)| *name != "providers") {
        let (level, message) = match name.as_str() {
            "governance" => {
                (Manual, "virtual keys, customers and budgets: make organizations, teams and budgets of them")
            }
            "mcp" | "plugins" => (Unsupported, "there is nothing like it here"),
            _ => (Exact, "concerns Bifrost itself"),
        };
        into.find(level, name.clone(), message);
    }
}

fn of_key(path: &str, provider: &str, key: &Value, into: &mut Imported) {
    if key["enabled"] == false {
        into.find(Manual, format!("{path}.enabled"), "this key is disabled there: nothing of it is taken");
        return;
    }
    let mut mapped = BTreeSet::new();
    for place in MAPS {
        for (alias, to) in key.pointer(place).and_then(Value::as_object).into_iter().flatten() {
            mapped.insert(alias.as_str());
            let at = format!("{path}{}.{alias}", place.replace('/', "."));
            let Some(model) = to.as_str() else {
                into.find(Unsupported, at, "the name of a model must be a text");
                continue;
            };
            one(&at, alias, &format!("{provider}/{model}"), into);
        }
    }
    for model in super::litellm::strings(&key["models"]) {
        if model == "*" {
            all(&format!("{path}.models"), provider, into);
        } else if !mapped.contains(model) {
            one(&format!("{path}.models"), model, &format!("{provider}/{model}"), into);
        }
    }
    if super::says_something(&key["blacklisted_models"]) {
        let message = "these are not to be called there: see that no alias leads to them";
        into.find(Manual, format!("{path}.blacklisted_models"), message);
    }
    into.find_left(path, key, &READ, IN_LITELLM);
}

fn one(path: &str, name: &str, target: &str, into: &mut Imported) {
    if into.alias(path, name, json!({ "litellm_model": target })) {
        into.find(Exact, path, format!("{name} -> {target}"));
    }
}

/// Every model of a provider: Bifrost's clients call them with the provider in front.
fn all(path: &str, provider: &str, into: &mut Imported) {
    let prefix = format!("{provider}/");
    let entry = json!({ "litellm_model": format!("{prefix}{REST}"), "match": "prefix" });
    if into.alias(path, &prefix, entry) {
        into.find(Exact, path, format!("{prefix} -> {prefix}{REST}"));
    }
}

/// `LiteLLM`'s word for a provider.
fn litellm(name: &str) -> &str {
    match name {
        "vertex" => "vertex_ai",
        other => other,
    }
}
