//! What `LiteLLM` does with calls that fail: fallbacks of the aliases, with their conditions.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::{Imported, Level};
use super::{strings, wildcards};
use Level::{Exact, Manual, Unsupported};

/// The settings that are read here.
pub(super) const MEMBERS: [&str; 4] =
    ["fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "default_fallbacks"];
/// What `LiteLLM` tries other deployments for: a failure that is not the caller's doing.
pub(super) const OF_FAILURES: [&str; 5] =
    ["unavailable", "timeout", "rate_limited", "server_error", "authentication"];
const CONTEXT: &str = "context_length";
const CONTENT: &str = "content_filter";
/// The name that stands for every model.
const EVERY: &str = "*";

/// Reads them from both sections that may have them.
pub(super) fn read(value: &Value, into: &mut Imported) {
    let of = |member: &str| -> Vec<(String, &Value)> {
        ["router_settings", "litellm_settings"]
            .into_iter()
            .flat_map(|section| entries(&format!("{section}.{member}"), &value[section][member]))
            .collect()
    };
    let (all, windows, policies) =
        (of("fallbacks"), of("context_window_fallbacks"), of("content_policy_fallbacks"));
    let names = |lists: &[(String, &Value)]| -> BTreeSet<String> {
        lists
            .iter()
            .flat_map(|(_, map)| map.as_object().into_iter().flatten())
            .map(|(name, _)| name.clone())
            .collect()
    };
    let (with_window, with_policy) = (names(&windows), names(&policies));
    let other_names = &value["router_settings"]["model_group_alias"];
    let mut add = |lists: &[(String, &Value)], on: &dyn Fn(&str) -> Vec<&'static str>| {
        for (path, map) in lists {
            for (name, to) in map.as_object().into_iter().flatten() {
                one(&format!("{path}.{name}"), name, to, &on(name), other_names, into);
            }
        }
    };
    // What has a list of its own does not come to the general one.
    add(&all, &|name| {
        let mut on = OF_FAILURES.to_vec();
        on.extend((!with_window.contains(name)).then_some(CONTEXT));
        on.extend((!with_policy.contains(name)).then_some(CONTENT));
        on
    });
    add(&windows, &|_| vec![CONTEXT]);
    add(&policies, &|_| vec![CONTENT]);
    let general = names(&all);
    for section in ["router_settings", "litellm_settings"] {
        let to = &value[section]["default_fallbacks"];
        if to.is_array() {
            of_the_others(&format!("{section}.default_fallbacks"), &general, to, other_names, into);
        }
    }
}

/// The maps of a list of them; a map alone is one, too.
fn entries<'a>(path: &str, list: &'a Value) -> Vec<(String, &'a Value)> {
    match list {
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, map)| (format!("{path}[{at}]"), map)).collect()
        }
        Value::Object(_) => vec![(path.to_owned(), list)],
        _ => Vec::new(),
    }
}

/// The fallbacks of one name, or of every name that has none.
fn one(path: &str, name: &str, to: &Value, on: &[&str], other_names: &Value, into: &mut Imported) {
    if name == EVERY {
        of_the_others(path, &BTreeSet::new(), to, other_names, into);
        return;
    }
    let alias = wildcards::named(name).unwrap_or(name);
    if let Some(alias) = into.named(alias) {
        add(path, &alias, to, on, other_names, into);
    } else {
        into.find(Unsupported, path, format!("{name:?} is no model of the list"));
    }
}

/// The same fallbacks for all aliases that have none of their own.
fn of_the_others(path: &str, named: &BTreeSet<String>, to: &Value, other_names: &Value, into: &mut Imported) {
    let has_own = |alias: &String| {
        named.iter().any(|name| wildcards::named(name).unwrap_or(name).eq_ignore_ascii_case(alias))
    };
    let others: Vec<String> = into.aliases.keys().filter(|alias| !has_own(alias)).cloned().collect();
    let on: Vec<&str> = OF_FAILURES.into_iter().chain([CONTEXT, CONTENT]).collect();
    for alias in others {
        add(path, &alias, to, &on, other_names, into);
    }
}

fn add(path: &str, alias: &str, to: &Value, on: &[&str], other_names: &Value, into: &mut Imported) {
    let own = into.aliases[alias]["litellm_model"].clone();
    let written = to.as_array().map_or(0, Vec::len);
    let names: Vec<String> = strings(to).map(str::to_owned).collect();
    if names.len() < written || written == 0 {
        into.find(
            Manual,
            path,
            "only names of models can be fallbacks: what else a fallback says is left out",
        );
    }
    let mut made = Vec::new();
    for name in names {
        let Some((target, is_split)) = resolved(&name, other_names, into) else {
            into.find(Unsupported, path, format!("{name:?} is no model of the list"));
            continue;
        };
        if own == target.as_str() {
            into.find(Manual, path, format!("{name} is the target of {alias} itself: no fallback"));
            continue;
        }
        if is_split {
            into.find(
                Manual,
                path,
                format!("{name} has several targets: the fallback is the first, {target}"),
            );
        }
        match into.fall_back(alias, &target, on) {
            Ok(()) => made.push(target),
            Err(why) => into.find(Unsupported, path, why),
        }
    }
    if !made.is_empty() {
        into.find(Exact, path, format!("{alias} falls back to {} on: {}", made.join(", "), on.join(", ")));
    }
}

/// Where calls of a name go, and whether that is one of several targets.
fn resolved(name: &str, other_names: &Value, into: &Imported) -> Option<(String, bool)> {
    let other = &other_names[name];
    let name = other.as_str().or_else(|| other["model"].as_str()).unwrap_or(name);
    let alias = wildcards::named(name).unwrap_or(name);
    if let Some(known) = into.named(alias).map(|alias| &into.aliases[&alias]) {
        let is_split = known["split"].as_array().is_some_and(|split| !split.is_empty());
        return Some((known["litellm_model"].as_str()?.to_owned(), is_split));
    }
    if let Some(entry) = into.of_prefix(name) {
        return Some((entry["litellm_model"].as_str()?.to_owned(), entry["split"].is_array()));
    }
    let model = name.parse::<alias_core::model_ref::ModelRef>().ok()?;
    alias_core::provider::is_known(model.provider()).then(|| (name.to_owned(), false))
}
