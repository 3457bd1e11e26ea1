//! Teams and keys as `LiteLLM` lists them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::litellm::{prefix_named, strings};
use super::{Given, Imported, Level, alone};
use Level::{Exact, Manual, Unsupported};

/// The words by which `LiteLLM` means every model.
const ALL: [&str; 3] = ["all-proxy-models", "all-team-models", "*"];
/// The group that holds every alias.
const ALL_GROUP: &str = "all-models";

/// What a team here has, too.
const TAKEN: [&str; 4] = ["team_alias", "rpm_limit", "tpm_limit", "max_parallel_requests"];
/// What else of a team is read, found on its own, or only told by a list.
const READ: [&str; 17] = [
    "team_id",
    "organization_id",
    "organization_alias",
    "models",
    "blocked",
    "max_budget",
    "budget_duration",
    "model_aliases",
    "keys",
    "spend",
    "created_at",
    "updated_at",
    "budget_reset_at",
    "model_id",
    "model_spend",
    "members_count",
    "keys_count",
];
/// What a key has that a key here can have, too.
const OF_KEYS: [&str; 8] = [
    "models",
    "aliases",
    "rpm_limit",
    "tpm_limit",
    "max_parallel_requests",
    "max_budget",
    "budget_duration",
    "expires",
];

/// Reads a list of teams, or of keys.
pub(super) fn read(list: &Value, place: &str, given: &Given, into: &mut Imported) {
    into.find_no_list(place, list);
    for (at, entry) in list.as_array().into_iter().flatten().enumerate() {
        let path = format!("{place}[{at}]");
        if ["token", "key", "key_alias", "key_name"].iter().any(|member| entry.get(member).is_some()) {
            key(&path, entry, into);
        } else {
            team(&path, entry, given, into);
        }
    }
}

fn key(path: &str, entry: &Value, into: &mut Imported) {
    let name = entry["key_alias"].as_str().or_else(|| entry["key_name"].as_str()).unwrap_or("without a name");
    let message = match entry["team_id"].as_str() {
        Some(team) => {
            format!("LiteLLM's secrets cannot be taken over: aliasctl key create {team} (key {name})")
        }
        None => format!("the key {name} is of no team: make a team for it, and aliasctl key create"),
    };
    into.find(Manual, path, message);
    let left: Vec<&str> =
        OF_KEYS.into_iter().filter(|member| super::says_something(&entry[*member])).collect();
    if !left.is_empty() {
        into.find(Manual, format!("{path}.{{{}}}", left.join(",")), "say it of the new key");
    }
}

fn team(path: &str, entry: &Value, given: &Given, into: &mut Imported) {
    let Some(id) = entry["team_id"].as_str() else {
        into.find(Unsupported, path, "it has no team_id");
        return;
    };
    let organization = entry["organization_id"].as_str().unwrap_or(&given.organization).to_owned();
    let name = entry["organization_alias"].as_str().unwrap_or(&organization);
    let of_it = json!({ "name": name });
    let mut made = json!({ "organization_id": organization });
    for member in TAKEN {
        if !entry[member].is_null() {
            made[member] = entry[member].clone();
        }
    }
    let is_there =
        |all: &BTreeMap<String, Value>, name: &str| all.keys().any(|known| known.eq_ignore_ascii_case(name));
    let checked = alone("organizations", &organization, &of_it).and_then(|_| alone("teams", id, &made));
    let why = match checked {
        Err(why) => why,
        Ok(_) if is_there(&into.teams, id) => "it is there already: names are equal ignoring case".to_owned(),
        Ok(_) => String::new(),
    };
    if !why.is_empty() {
        into.find(Unsupported, path, format!("no team {id:?}: {why}"));
        return;
    }
    if !is_there(&into.organizations, &organization) {
        into.organizations.insert(organization.clone(), of_it);
    }
    made["access_groups"] = json!(granted(path, id, entry, into));
    into.teams.insert(id.to_owned(), made);
    into.find(Exact, path, format!("team {id} of {organization}"));
    into.find(Manual, format!("{path}.keys"), format!("it has no key yet: aliasctl key create {id}"));
    if let Some(most) = entry["max_budget"].as_number() {
        let window =
            entry["budget_duration"].as_str().map(|time| format!(" --rolling {time}")).unwrap_or_default();
        let message =
            format!("budgets are no part of a document: aliasctl budget create {most} --team {id}{window}");
        into.find(Manual, format!("{path}.max_budget"), message);
    }
    if super::says_something(&entry["model_aliases"]) {
        let message =
            "names of models for this team alone: make aliases of them in a group that only it holds";
        into.find(Manual, format!("{path}.model_aliases"), message);
    }
    into.find_left(
        path,
        entry,
        &[&TAKEN[..], &READ].concat(),
        "it is not taken over: look what of it is needed",
    );
    if entry["blocked"] == true {
        into.find(
            Manual,
            format!("{path}.blocked"),
            format!("it is blocked there: aliasctl team suspend {id}"),
        );
    }
}

/// The groups that grant what the team could call.
fn granted(path: &str, id: &str, entry: &Value, into: &mut Imported) -> Vec<String> {
    let at = format!("{path}.models");
    let models: Vec<String> = strings(&entry["models"]).map(str::to_owned).collect();
    if models.is_empty() || models.iter().any(|model| ALL.contains(&model.as_str())) {
        let every: Vec<String> = into.aliases.keys().cloned().collect();
        for alias in &every {
            into.grant(&at, ALL_GROUP, alias);
        }
        let message = format!(
            "every model of LiteLLM, also later ones: here {id} holds the group {ALL_GROUP}, which is of the {} of today",
            every.len()
        );
        into.find(Manual, at, message);
        return if every.is_empty() { Vec::new() } else { vec![ALL_GROUP.to_owned()] };
    }
    let own = format!("{}-models", id.to_ascii_lowercase());
    let mut groups = Vec::new();
    for model in models {
        if into.groups.contains_key(&model.to_ascii_lowercase()) {
            groups.push(model.to_ascii_lowercase());
        } else if let Some(alias) = known(&at, &model, into) {
            into.grant(&at, &own, &alias);
            groups.push(own.clone());
        } else {
            into.find(
                Unsupported,
                at.clone(),
                format!("{model:?} is neither a model of the list nor an access group"),
            );
        }
    }
    groups.sort();
    groups.dedup();
    groups
}

/// The alias that a model of a team's list is. One that only a prefix serves becomes an alias: the prefix would grant
/// more.
fn known(path: &str, model: &str, into: &mut Imported) -> Option<String> {
    let name = prefix_named(model).unwrap_or(model);
    if let Some(known) = into.named(name) {
        return Some(known);
    }
    let entry = into.of_prefix(model)?;
    let message = format!("{model} -> {}", crate::table::cell(&entry, "litellm_model"));
    let made = into.alias(path, model, entry);
    made.then(|| {
        into.find(Exact, path, message);
        model.to_owned()
    })
}
