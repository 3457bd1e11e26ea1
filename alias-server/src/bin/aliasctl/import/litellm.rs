//! `LiteLLM`'s config.yaml: model groups become aliases, their access groups access groups.

mod deployments;
mod doubles;
mod fallbacks;
mod parameters;
mod prices;
mod split;
mod wildcards;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Given, Imported, Level, teams};
use Level::{Exact, Manual, Unsupported};

pub(super) use wildcards::named as prefix_named;

/// What is said of a deployment and stays with `LiteLLM`, which calls go to.
const STAYS: &str = "stays with LiteLLM, which calls go to";

/// Reads a configuration, or what `LiteLLM`'s lists of teams and keys answer.
pub(super) fn read(value: &Value, given: &Given, into: &mut Imported) {
    if value.is_array() {
        teams::read(value, "", given, into);
        return;
    }
    into.find_no_list("model_list", &value["model_list"]);
    let list = value["model_list"].as_array().map(Vec::as_slice).unwrap_or_default();
    deployments::read(list, given, into);
    fallbacks::read(value, into);
    sections(value, given, into);
    into.keep_reach();
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
            "include" => {
                into.find(Manual, name, "the models of these files are not in this one: import each of them");
            }
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
    let known = into.named(model);
    let mut alias = match &known {
        Some(known) => into.aliases[known].clone(),
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
    let is_in = |held: &BTreeSet<String>| known.as_ref().is_some_and(|known| held.contains(known));
    let held: Vec<String> =
        into.groups.iter().filter(|(_, held)| is_in(held)).map(|(group, _)| group.clone()).collect();
    for group in held {
        into.grant(path, &group, name);
    }
    into.find(Exact, path, format!("{name} -> {}", crate::table::cell(&alias, "litellm_model")));
}

/// What is said of `LiteLLM` as a whole.
fn settings(section: &str, part: &Value, into: &mut Imported) {
    for name in part.as_object().into_iter().flatten().map(|(name, _)| name) {
        let path = format!("{section}.{name}");
        match name.as_str() {
            "model_group_alias" | "model_alias_map" => {}
            known if fallbacks::MEMBERS.contains(&known) => {}
            "routing_strategy" if into.has_splits() && part["routing_strategy"] != "simple-shuffle" => {
                let message =
                    "LiteLLM chooses a deployment by how they fare; a split here does not: check the shares";
                into.find(Manual, path, message);
            }
            "master_key" => {
                into.find(
                    Manual,
                    path,
                    "give it to alias-server as ALIAS_UPSTREAM_KEY_FILE; it is not in the document",
                );
            }
            "store_model_in_db" if part[name] == true => {
                into.find(Manual, path, "models that LiteLLM keeps in its database are not in this file");
            }
            "default_team_settings" => {
                into.find(
                    Unsupported,
                    path,
                    "it is about LiteLLM's own teams, and calls from here are of none of them",
                );
            }
            "max_budget" | "budget_duration" => {
                into.find(Manual, path, "budgets are no part of a document: aliasctl budget create, for each organization or team");
            }
            _ => into.find(Exact, path, STAYS),
        }
    }
}

/// The texts of a list.
pub(super) fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
