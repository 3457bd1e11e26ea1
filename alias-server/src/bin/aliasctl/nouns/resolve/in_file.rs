//! What a call would hit if the catalogue were as a file says.

use alias_core::desired::Content;
use alias_core::name::{Name, NameKind, nearest};
use alias_core::team::TeamId;
use serde_json::{Value, json};

use crate::failure::Failure;

/// What was found, and the alias with the groups that hold it.
pub(super) fn resolve(all: &Content, model: &str, team: Option<&str>) -> Result<(Value, Value), Failure> {
    let name = known(model, "model alias", all.aliases.keys())?;
    let spec = all.aliases.get(&name).ok_or_else(|| missing("model alias", model))?;
    let active = spec.active;
    let groups: Vec<_> =
        all.access_groups.iter().filter(|(_, group)| group.model_aliases.contains(&name)).collect();
    let alias =
        json!({ "alias": name, "access_groups": groups.iter().map(|(name, _)| name).collect::<Vec<_>>() });
    let mut found = json!({
        "alias": name, "litellm_model": spec.litellm_model, "version": null, "active": active, "team_id": null,
        "allowed": active, "via_groups": null,
    });
    if let Some(team) = team {
        let id: TeamId = known(team, "team", all.teams.keys())?;
        let held = all.teams.get(&id).map(|team| team.access_groups.as_slice()).unwrap_or_default();
        let through: Vec<_> = groups
            .iter()
            .filter(|(name, group)| group.active && held.contains(name))
            .map(|(name, _)| name)
            .collect();
        found["team_id"] = json!(id);
        found["allowed"] = json!(active && !through.is_empty());
        found["via_groups"] = if through.is_empty() { Value::Null } else { json!(through) };
    }
    Ok((found, alias))
}

/// The name in its own spelling.
fn known<'a, K: NameKind + 'a, I: Iterator<Item = &'a Name<K>> + Clone>(
    text: &str,
    kind: &str,
    all: I,
) -> Result<Name<K>, Failure> {
    let found = all.clone().find(|name| name.as_str().eq_ignore_ascii_case(text));
    found.cloned().ok_or_else(|| {
        let near = nearest(text, all.map(Name::as_str));
        match near.first() {
            Some(near) => Failure::Missing(format!("the file has no {kind} {text}: did you mean {near}?")),
            None => missing(kind, text),
        }
    })
}

fn missing(kind: &str, text: &str) -> Failure {
    Failure::Missing(format!("the file has no {kind} {text}"))
}
