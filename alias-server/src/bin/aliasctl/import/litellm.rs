//! `LiteLLM`'s config.yaml: deployments become aliases, their access groups access groups.

use std::collections::BTreeMap;

use alias_core::price::PriceListDraft;
use alias_core::provider_model::read_litellm;
use serde_json::{Map, Value, json};

use super::{Given, Imported, Level, teams};
use Level::{Exact, Manual, Unsupported};

/// What is said of a deployment and stays with `LiteLLM`, which calls go to.
const STAYS: &str = "stays with LiteLLM, which calls go to";

/// Reads a configuration, or what `LiteLLM`'s lists of teams and keys answer.
pub(super) fn read(value: &Value, given: &Given, into: &mut Imported) {
    if value.is_array() {
        teams::read(value, "", given, into);
        return;
    }
    let list = value.get("model_list").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in list.iter().filter_map(|entry| entry["model_name"].as_str()) {
        *counts.entry(name).or_default() += 1;
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, entry) in list.iter().enumerate() {
        let path = format!("model_list[{at}]");
        let Some(name) = entry["model_name"].as_str() else {
            into.find(Unsupported, path, "it has no model_name");
            continue;
        };
        let before = seen.entry(name).or_default();
        *before += 1;
        if *before == 1 {
            deployment(&path, name, entry, given, into);
            if counts[name] > 1 {
                let message = format!(
                    "LiteLLM balances calls of {name} over {} deployments: the alias points to the first of them",
                    counts[name]
                );
                into.find(Manual, format!("{path}.model_name"), message);
            }
        } else {
            groups(&path, name, entry, into);
        }
    }
    sections(value, given, into);
}

fn deployment(path: &str, name: &str, entry: &Value, given: &Given, into: &mut Imported) {
    let parameters = &entry["litellm_params"];
    let Some(model) = parameters["model"].as_str() else {
        into.find(Unsupported, path, format!("{name} has no litellm_params.model"));
        return;
    };
    let at = format!("{path}.litellm_params.model");
    if name.contains('*') || model.contains('*') {
        let message = format!("{name} stands for many names: make an alias for each that is used");
        into.find(Unsupported, format!("{path}.model_name"), message);
        return;
    }
    if model.starts_with("os.environ/") {
        into.find(
            Manual,
            at,
            format!("{model} is known to LiteLLM's environment only: make the alias {name} by hand"),
        );
        return;
    }
    let provider = parameters["custom_llm_provider"].as_str().or(given.provider.as_deref());
    let target = into.target(&at, model, provider);
    let mut alias = json!({ "litellm_model": target });
    let own = target.split_once('/').is_some_and(|(provider, _)| !alias_core::provider::is_known(provider));
    if own {
        alias["allow_unknown_provider"] = json!(true);
        into.find(
            Manual,
            at.clone(),
            format!("LiteLLM is not known to have the provider of {target}: check it"),
        );
    }
    price(path, &target, entry, &mut alias, into);
    if into.alias(&at, name, alias) {
        into.find(Exact, at, format!("{name} -> {target}"));
        groups(path, name, entry, into);
        stays(path, entry, into);
    }
}

/// Prices that the deployment has of its own.
fn price(path: &str, target: &str, entry: &Value, alias: &mut Value, into: &mut Imported) {
    for of in ["litellm_params", "model_info"] {
        let costs: Map<String, Value> = entry[of]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| name.contains("cost_per_") || name.contains("token_cost"))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if costs.is_empty() {
            continue;
        }
        let at = format!("{path}.{of}.{{{}}}", costs.keys().cloned().collect::<Vec<_>>().join(","));
        // A price that is not there is not known, and not 0.
        let both =
            ["input_cost_per_token", "output_cost_per_token"].iter().all(|name| costs.contains_key(*name));
        let mut map = json!({ target: costs });
        map[target]["litellm_provider"] = json!(target.split('/').next());
        let read = read_litellm(&map.to_string());
        match read.ok().filter(|_| both).and_then(|read| read.models.into_iter().next()?.prices) {
            Some(prices) => {
                alias["pricing"] = json!({ "basis": "fixed", "prices": PriceListDraft::from(&prices) });
                into.find(Exact, at, "the alias has these prices");
            }
            None => into.find(
                Manual,
                at,
                "these prices cannot be read: both input and output per token are needed",
            ),
        }
    }
}

fn groups(path: &str, name: &str, entry: &Value, into: &mut Imported) {
    for group in strings(&entry["model_info"]["access_groups"]) {
        let at = format!("{path}.model_info.access_groups");
        if into.grant(&at, group, name) {
            into.find(Exact, at, format!("access group {group} holds {name}"));
        }
    }
}

/// What says how `LiteLLM` reaches a deployment: nothing of it is here.
fn stays(path: &str, entry: &Value, into: &mut Imported) {
    let of = |section: &str, taken: &[&str]| -> Vec<String> {
        let members = entry[section].as_object().into_iter().flatten();
        let left = members.filter(|(name, _)| {
            !taken.contains(&name.as_str()) && !name.contains("cost_per_") && !name.contains("token_cost")
        });
        left.map(|(name, _)| name.clone()).collect()
    };
    for (section, taken) in
        [("litellm_params", &["model", "custom_llm_provider"][..]), ("model_info", &["access_groups"][..])]
    {
        let left = of(section, taken);
        if !left.is_empty() {
            into.find(Exact, format!("{path}.{section}.{{{}}}", left.join(",")), STAYS);
        }
    }
}

/// What stands beside the list of models.
fn sections(value: &Value, given: &Given, into: &mut Imported) {
    for (section, member) in
        [("router_settings", "model_group_alias"), ("litellm_settings", "model_alias_map")]
    {
        let map = value[section][member].as_object().cloned().unwrap_or_default();
        for (name, to) in map {
            group_alias(&format!("{section}.{member}.{name}"), &name, &to, given, into);
        }
    }
    for (name, part) in value.as_object().into_iter().flatten() {
        match name.as_str() {
            "model_list" => {}
            "teams" | "keys" => teams::read(part, name, given, into),
            "router_settings" | "litellm_settings" | "general_settings" => settings(name, part, into),
            _ => into.find(Exact, name, STAYS),
        }
    }
}

/// Another name of a model of the list.
fn group_alias(path: &str, name: &str, to: &Value, given: &Given, into: &mut Imported) {
    let (model, hidden) = match to {
        Value::String(model) => (model.as_str(), false),
        other => (other["model"].as_str().unwrap_or_default(), other["hidden"] == true),
    };
    let known = into.aliases.get(model).cloned();
    let mut alias = match known {
        Some(known) => known,
        None if model.contains('/') || given.provider.is_some() => {
            json!({ "litellm_model": into.target(path, model, given.provider.as_deref()) })
        }
        None => {
            into.find(Unsupported, path, format!("{model:?} is no model of the list"));
            return;
        }
    };
    if hidden {
        alias["visibility"] = json!("hidden");
    }
    if !into.alias(path, name, alias.clone()) {
        return;
    }
    let held: Vec<String> =
        into.groups.iter().filter(|(_, held)| held.contains(model)).map(|(group, _)| group.clone()).collect();
    for group in held {
        into.grant(path, &group, name);
    }
    into.find(Exact, path, format!("{name} -> {}", crate::table::cell(&alias, "litellm_model")));
}

fn settings(section: &str, part: &Value, into: &mut Imported) {
    for name in part.as_object().into_iter().flatten().map(|(name, _)| name) {
        let path = format!("{section}.{name}");
        match name.as_str() {
            "model_group_alias" | "model_alias_map" => {}
            "fallbacks" | "context_window_fallbacks" | "content_policy_fallbacks" | "default_fallbacks" => {
                let message = "LiteLLM falls back between its own model names, and calls from here name deployments: check \
                    that the fallbacks of these still apply";
                into.find(Manual, path, message);
            }
            "master_key" => {
                into.find(
                    Manual,
                    path,
                    "give it to alias-server as ALIAS_UPSTREAM_KEY_FILE; it is not in the document",
                );
            }
            "default_team_settings" => {
                into.find(
                    Unsupported,
                    path,
                    "it is about LiteLLM's own teams, and calls from here are of none of them",
                );
            }
            "max_budget" | "budget_duration" => {
                into.find(Manual, path, "budgets are no part of a document: POST /api/budgets");
            }
            _ => into.find(Exact, path, STAYS),
        }
    }
}

/// The texts of a list.
pub(super) fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
