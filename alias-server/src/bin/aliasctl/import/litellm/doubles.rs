//! Entries that `LiteLLM` cannot tell apart by the name under which calls come from here.

use serde_json::{Map, Value};

use alias_core::model_ref::REST;

use super::deployments::OF_ENTRIES;
use super::split::Deployment;
use super::{prices, wildcards};

/// All deployments of a name.
type Group<'a> = (&'a str, Vec<Deployment<'a>>);

/// The places of deployments whose calls may reach another, and what to say there.
pub(super) fn find(groups: &[Group<'_>], unread: &[Group<'_>]) -> Vec<(String, String)> {
    let all: Vec<&Group<'_>> = groups.iter().chain(unread).collect();
    let mut found = Vec::new();
    for (name, deployments) in groups {
        for one in deployments {
            let others = others(name, one, &all);
            if !others.is_empty() {
                let message = format!(
                    "calls go to LiteLLM as {}, by which it cannot tell {name} from {}: give the entry a name with a \
                     provider in front there, and the alias this name as its target",
                    one.target,
                    others.join(", ")
                );
                found.push((format!("{}.litellm_params.model", one.path), message));
            }
        }
    }
    found
}

/// The names that a call of this target may reach, and that are reached otherwise. `LiteLLM` looks for an entry of this
/// name, then for a wildcard, then for entries with this model; older versions for the model before the wildcard.
fn others<'a>(name: &str, one: &Deployment<'_>, groups: &[&'a Group<'_>]) -> Vec<&'a str> {
    let own = reached(one, &one.target);
    let differs = |group: &Group<'_>| {
        group.0 != name
            && !group.1.iter().all(|other| reached(other, &filled(group.0, other, &one.target)) == own)
    };
    if let Some(named) = groups.iter().find(|group| group.0 == one.target) {
        return differs(named).then_some(named.0).into_iter().collect();
    }
    let begins = |group: &&&Group<'_>| {
        wildcards::named(group.0).is_some_and(|prefix| one.target.starts_with(prefix) && one.target != prefix)
    };
    let wildcard = groups.iter().filter(begins).max_by_key(|group| group.0.len());
    let same = groups
        .iter()
        .filter(|group| !one.target.contains(REST) && group.1.iter().any(|other| other.target == one.target));
    wildcard.into_iter().chain(same).filter(|group| differs(group)).map(|group| group.0).collect()
}

/// An entry that is not taken over, and that calls may reach all the same.
pub(super) fn unread(path: String, entry: &Value) -> Option<Deployment<'_>> {
    let target = entry["litellm_params"]["model"].as_str()?.replace('*', REST);
    Some(Deployment { path, entry, target })
}

/// Where a call of this target goes that comes to another entry.
fn filled(name: &str, other: &Deployment<'_>, target: &str) -> String {
    let rest = wildcards::named(name).and_then(|prefix| target.strip_prefix(prefix));
    rest.map_or_else(|| other.target.clone(), |rest| other.target.replace(REST, rest))
}

/// What decides where a call arrives, and with what.
fn reached(one: &Deployment<'_>, target: &str) -> (String, Map<String, Value>) {
    let members = one.entry["litellm_params"].as_object().into_iter().flatten();
    let decides = |name: &str| !OF_ENTRIES.contains(&name) && !prices::is_price(name);
    let all = members.filter(|(name, _)| decides(name)).map(|(name, value)| (name.clone(), value.clone()));
    (target.to_owned(), all.collect())
}
