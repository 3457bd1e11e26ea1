//! `model_list`: all deployments of a name become one alias.

use serde_json::{Value, json};

use super::super::{Given, Imported, Level, let_strangers_in};
use super::split::{self, Deployment, Shared};
use super::{STAYS, doubles, parameters, prices, strings, wildcards};
use Level::{Exact, Manual, Unsupported};

/// What says which entry it is, and what is read of it on its own.
pub(super) const OF_ENTRIES: [&str; 6] =
    ["model", "custom_llm_provider", "access_groups", "weight", "order", "base_model"];

/// Reads the list of deployments.
pub(super) fn read(list: &[Value], given: &Given, into: &mut Imported) {
    let mut names: Vec<(&str, Vec<(String, &Value)>)> = Vec::new();
    for (at, entry) in list.iter().enumerate() {
        let path = format!("model_list[{at}]");
        let Some(name) = entry["model_name"].as_str() else {
            into.find(Unsupported, path, "it has no model_name");
            continue;
        };
        match names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, entries)) => entries.push((path, entry)),
            None => names.push((name, vec![(path, entry)])),
        }
    }
    let (mut groups, mut others) = (Vec::new(), Vec::new());
    for (name, entries) in names {
        let (mut deployments, mut unread) = (Vec::new(), Vec::new());
        for (path, entry) in entries {
            match target(&path, name, entry, given, into) {
                Some(target) => deployments.push(Deployment { path, entry, target }),
                None => unread.extend(doubles::unread(path, entry)),
            }
        }
        if !deployments.is_empty() {
            groups.push((name, deployments));
        }
        if !unread.is_empty() {
            others.push((name, unread));
        }
    }
    let doubles = doubles::find(&groups, &others);
    for (name, deployments) in groups {
        model_group(name, deployments, into);
    }
    for (path, message) in doubles {
        into.find(Manual, path, message);
    }
}

/// Where a deployment's calls go.
fn target(path: &str, name: &str, entry: &Value, given: &Given, into: &mut Imported) -> Option<String> {
    let said = &entry["litellm_params"];
    let Some(model) = said["model"].as_str() else {
        into.find(Unsupported, path, format!("{name} has no litellm_params.model"));
        return None;
    };
    let at = format!("{path}.litellm_params.model");
    if model.starts_with("os.environ/") {
        let message =
            format!("{model} is known to LiteLLM's environment only: make the alias {name} by hand");
        into.find(Manual, at, message);
        return None;
    }
    if !name.contains('*') && !model.contains('*') {
        let provider = said["custom_llm_provider"].as_str().or(given.provider.as_deref());
        return Some(into.target(&at, model, provider));
    }
    match wildcards::target(name, model) {
        Ok(target) if target.contains('/') => Some(target),
        Ok(target) => Some(into.target(&at, &target, said["custom_llm_provider"].as_str())),
        Err(why) => {
            into.find(Unsupported, format!("{path}.model_name"), format!("{name} -> {model}: {why}"));
            None
        }
    }
}

/// Takes the alias of a name, unless another spelling of it says otherwise.
fn model_group(name: &str, deployments: Vec<Deployment<'_>>, into: &mut Imported) {
    let mut own = Imported::default();
    if let Some(path) = made(name, deployments, &mut own) {
        into.absorb(&path, own);
    }
}

/// Makes the alias of a name; answers where its target is said.
fn made(name: &str, deployments: Vec<Deployment<'_>>, into: &mut Imported) -> Option<String> {
    let (first, later) = split::ordered(deployments);
    let shared = split::shared(&first);
    let leading = first.iter().find(|one| one.target == shared.target)?;
    let at = format!("{}.litellm_params.model", leading.path);
    let alias = wildcards::named(name).unwrap_or(name);
    let mut entry = json!({ "litellm_model": shared.target });
    if alias != name {
        entry["match"] = json!("prefix");
    }
    if !shared.others.is_empty() {
        entry["split"] = shared.split();
    }
    for own in let_strangers_in(&mut entry) {
        into.find(
            Manual,
            at.clone(),
            format!("LiteLLM is not known to have the provider of {own}: check it"),
        );
    }
    if shared.others.is_empty() {
        prices::read(&leading.path, &shared.target, leading.entry, &mut entry, into);
    } else {
        unpriced(&first, into);
    }
    if !into.alias(&at, alias, entry) {
        return Some(at);
    }
    into.find(Exact, at.clone(), format!("{alias} -> {}", shared.target));
    if alias != name {
        let message = format!(
            "names that begin with {alias} have no price of the catalogue: give it one if teams count in USD"
        );
        into.find(Manual, format!("{}.model_name", leading.path), message);
    }
    told(alias, &shared, &first, into);
    if !later.is_empty() {
        in_order(alias, &later, into);
    }
    let entries: Vec<&Value> = first.iter().map(|one| one.entry).collect();
    parameters::read(&leading.path, alias, &entries, into);
    for one in first.iter().chain(&later) {
        groups(&one.path, alias, one.entry, into);
        stays(one, into);
    }
    Some(at)
}

/// Says how the calls are shared.
fn told(alias: &str, shared: &Shared, first: &[Deployment<'_>], into: &mut Imported) {
    let Some(leading) = first.first() else { return };
    let path = format!("{}.model_name", leading.path);
    for (target, why) in &shared.left_out {
        into.find(Manual, path.clone(), format!("{target} is left out of {alias}: {why}"));
    }
    if shared.others.is_empty() {
        if first.len() > 1 {
            let message =
                format!("which of the {} deployments of {alias} serves a call {STAYS}", first.len());
            into.find(Exact, path, message);
        }
        return;
    }
    let arms =
        shared.others.iter().map(|(target, share)| format!("{target} {}.{:02} %", share / 100, share % 100));
    let message = format!(
        "LiteLLM picks one of {} deployments for each call; here each caller stays with its own: {}, the others {}",
        first.len(),
        arms.collect::<Vec<_>>().join(", "),
        shared.target
    );
    into.find(Manual, path, message);
}

/// Deployments that `LiteLLM` calls only where those before them fail.
fn in_order(alias: &str, later: &[Deployment<'_>], into: &mut Imported) {
    for one in later {
        let path = format!("{}.litellm_params.order", one.path);
        match into.fall_back(alias, &one.target, &super::fallbacks::OF_FAILURES) {
            Ok(()) => into.find(Exact, path, format!("{alias} falls back to {}", one.target)),
            Err(why) => into.find(Unsupported, path, why),
        }
    }
}

/// Prices of several targets are not one price.
fn unpriced(deployments: &[Deployment<'_>], into: &mut Imported) {
    for one in deployments {
        for of in ["litellm_params", "model_info"] {
            let members = one.entry[of].as_object().into_iter().flatten();
            let costs: Vec<&str> =
                members.map(|(name, _)| name.as_str()).filter(|name| prices::is_price(name)).collect();
            if !costs.is_empty() {
                let at = format!("{}.{of}.{{{}}}", one.path, costs.join(","));
                into.find(Manual, at, "an alias has one price for all its targets: give it one");
            }
        }
    }
}

fn groups(path: &str, alias: &str, entry: &Value, into: &mut Imported) {
    for group in strings(&entry["model_info"]["access_groups"]) {
        let at = format!("{path}.model_info.access_groups");
        if into.grant(&at, group, alias) {
            into.find(Exact, at, format!("access group {group} holds {alias}"));
        }
    }
}

/// What says how `LiteLLM` reaches a deployment: nothing of it is here.
fn stays(one: &Deployment<'_>, into: &mut Imported) {
    let members = |of: &str| one.entry[of].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let mut is_priced = false;
    for section in ["litellm_params", "model_info"] {
        is_priced |= members(section).any(prices::is_price);
        let is_taken = |name: &str| {
            OF_ENTRIES.contains(&name)
                || prices::is_price(name)
                || (section == "litellm_params" && parameters::OF_CALLS.contains(&name))
        };
        let left: Vec<&str> = members(section).filter(|name| !is_taken(name)).collect();
        if !left.is_empty() {
            into.find(Exact, format!("{}.{section}.{{{}}}", one.path, left.join(",")), STAYS);
        }
    }
    let Some(base) = one.entry["model_info"]["base_model"].as_str().filter(|_| !is_priced) else { return };
    if base != one.target && one.target.split_once('/').is_none_or(|(_, model)| model != base) {
        let message =
            format!("LiteLLM prices {} like {base}; here the alias needs a price of its own", one.target);
        into.find(Manual, format!("{}.model_info.base_model", one.path), message);
    }
}
