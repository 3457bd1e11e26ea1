//! What a call would hit if the catalogue were as a file says.

use alias_core::alias::{AliasName, AliasSpec, MAX_HOPS, Matching};
use alias_core::desired::Content;
use alias_core::model_ref::ModelRef;
use alias_core::name::{Name, NameKind, nearest};
use alias_core::organization::OrganizationId;
use alias_core::team::TeamId;
use serde_json::{Value, json};

use crate::failure::Failure;

/// What was found, and the alias with the groups that hold it.
pub(super) fn resolve(all: &Content, model: &str, team: Option<&str>) -> Result<(Value, Value), Failure> {
    let (name, spec) = serving(all, model)?;
    let active = spec.active;
    let groups: Vec<_> =
        all.access_groups.iter().filter(|(_, group)| group.model_aliases.contains(name)).collect();
    let alias =
        json!({ "alias": name, "access_groups": groups.iter().map(|(name, _)| name).collect::<Vec<_>>() });
    let mut found = json!({
        "alias": name, "litellm_model": null, "version": null, "active": active, "team_id": null,
        "allowed": active, "via_groups": null,
    });
    let mut caller = None;
    if let Some(team) = team {
        let id: TeamId = known(team, "team", all.teams.keys())?;
        let team = all.teams.get(&id).ok_or_else(|| missing("team", team))?;
        let held = team.access_groups.as_slice();
        let through: Vec<_> = groups
            .iter()
            .filter(|(name, group)| group.active && held.contains(name))
            .map(|(name, _)| name)
            .collect();
        found["team_id"] = json!(id);
        found["allowed"] = json!(active && !through.is_empty());
        found["via_groups"] = if through.is_empty() { Value::Null } else { json!(through) };
        caller = Some((id, &team.organization_id));
    }
    let caller = caller.as_ref().map(|(id, organization)| (id, *organization));
    let first = target(spec, name, model, caller)?;
    let (end, why) = followed(all, first, caller)?;
    found["litellm_model"] = json!(end);
    if let Some(why) = why {
        found["allowed"] = json!(false);
        found["leads_nowhere"] = json!(why);
    }
    Ok((found, alias))
}

/// Who calls, where it is known.
type Caller<'a> = Option<(&'a TeamId, &'a OrganizationId)>;

/// Where an alias sends the calls of a name: what it says of the team comes before its target.
fn target(spec: &AliasSpec, name: &AliasName, model: &str, caller: Caller<'_>) -> Result<ModelRef, Failure> {
    let own = caller.and_then(|(team, organization)| spec.routing.override_of(team, organization));
    let own = own.and_then(|place| spec.routing.overrides.get(place)).map(|own| &own.litellm_model);
    filled(own.unwrap_or(&spec.litellm_model), name, model)
}

/// The end of the aliases that a target leads over, or the last one before it goes on nowhere, and why.
fn followed(
    all: &Content,
    mut at: ModelRef,
    caller: Caller<'_>,
) -> Result<(ModelRef, Option<String>), Failure> {
    for _ in 0..MAX_HOPS {
        let Some(model) = at.alias() else { return Ok((at, None)) };
        let Ok((name, spec)) = serving(all, model) else {
            let why = format!("the file has no model alias {model}");
            return Ok((at, Some(why)));
        };
        if !spec.active {
            let why = format!("the alias {name} is disabled");
            return Ok((at, Some(why)));
        }
        at = target(spec, name, model, caller)?;
    }
    let why = at.alias().map(|_| format!("it leads over more than {MAX_HOPS} aliases, or in a circle"));
    Ok((at, why))
}

/// The alias of this name, or the longest prefix that serves it.
fn serving<'a>(all: &'a Content, model: &str) -> Result<(&'a AliasName, &'a AliasSpec), Failure> {
    let serves = |(name, spec): &(&AliasName, &AliasSpec)| {
        let is_prefix = spec.routing.matching == Matching::Prefix;
        let beginning = model.get(..name.as_str().len()).unwrap_or_default();
        name.as_str().eq_ignore_ascii_case(beginning) && is_prefix == (beginning.len() < model.len())
    };
    let longest = all.aliases.iter().filter(serves).max_by_key(|(name, _)| name.as_str().len());
    longest.ok_or_else(|| near(model, "model alias", all.aliases.keys().map(Name::as_str)))
}

/// A target, with what the name has behind the prefix in its place.
fn filled(target: &ModelRef, name: &AliasName, model: &str) -> Result<ModelRef, Failure> {
    if !target.has_rest() {
        return Ok(target.clone());
    }
    let rest = model.get(name.as_str().len()..).unwrap_or_default();
    target.filled(rest).map_err(|_| missing("model alias", model))
}

/// The name in its own spelling.
fn known<'a, K: NameKind + 'a, I: Iterator<Item = &'a Name<K>> + Clone>(
    text: &str,
    kind: &str,
    all: I,
) -> Result<Name<K>, Failure> {
    let found = all.clone().find(|name| name.as_str().eq_ignore_ascii_case(text));
    found.cloned().ok_or_else(|| near(text, kind, all.map(Name::as_str)))
}

/// That there is no such name, and which was probably meant.
fn near<'a>(text: &str, kind: &str, all: impl Iterator<Item = &'a str>) -> Failure {
    match nearest(text, all).first() {
        Some(near) => Failure::Missing(format!("the file has no {kind} {text}: did you mean {near}?")),
        None => missing(kind, text),
    }
}

fn missing(kind: &str, text: &str) -> Failure {
    Failure::Missing(format!("the file has no {kind} {text}"))
}
