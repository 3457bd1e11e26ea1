//! What webhooks are told of aliases: those without a team all of it, those of a team what the team may see.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alias_core::alias::{AliasCaller, AliasDetails, ModelAlias};
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::webhook::{EventType, WebhookId};
use diesel::prelude::*;
use serde_json::{Map, Value, json};

use super::enqueue;
use super::outbox::{enqueue_for, wanting};
use crate::aliases::callers;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::plans::used;
use crate::schema::{access_groups, group_aliases, team_groups, teams, webhooks};

/// The field that says how an alias ends.
const DEPRECATION: &str = "deprecation";
/// In microseconds.
const DAY: u64 = 24 * 60 * 60 * 1_000_000;

pub(crate) fn alias_created(
    conn: &mut AnyConnection,
    after: &ModelAlias,
    now: Timestamp,
) -> Result<(), Failure> {
    tell(conn, EventType::AliasCreated, after, Said::default(), now)
}

/// An update that switches an alias off, or deprecates it, and changes nothing else is one event; one that does more has
/// another for the rest.
pub(crate) fn alias_updated(
    conn: &mut AnyConnection,
    before: &ModelAlias,
    after: &ModelAlias,
    now: Timestamp,
) -> Result<(), Failure> {
    let mut changed = differing(before, after)?;
    if before.spec.active && !after.spec.active {
        changed.retain(|field| field != "active");
        tell(conn, EventType::AliasDisabled, after, Said::default(), now)?;
    }
    if after.spec.routing.deprecation.is_some() && changed.iter().any(|field| field == DEPRECATION) {
        changed.retain(|field| field != DEPRECATION);
        let told = Said { still_calling: Some(still_calling(conn, after, now)?), ..Said::default() };
        tell(conn, EventType::AliasDeprecated, after, told, now)?;
    }
    if changed.is_empty() {
        return Ok(());
    }
    tell(conn, EventType::AliasUpdated, after, Said::changed(changed), now)
}

/// A canary was taken out of the split, and why. The change itself is an update besides.
pub(crate) fn alias_rolled_back(
    conn: &mut AnyConnection,
    after: &ModelAlias,
    canary: &ModelRef,
    why: Option<&str>,
    now: Timestamp,
) -> Result<(), Failure> {
    let more = vec![("canary", json!(canary)), ("reason", json!(why))];
    tell(conn, EventType::AliasRolledBack, after, Said { more, ..Said::default() }, now)
}

/// The alias by its new name; webhooks of teams see that one only.
pub(crate) fn alias_renamed(
    conn: &mut AnyConnection,
    after: &ModelAlias,
    now: Timestamp,
) -> Result<(), Failure> {
    tell(conn, EventType::AliasUpdated, after, Said::changed(vec!["alias".into()]), now)
}

/// To be called while the teams still have the alias.
pub(crate) fn alias_deleted(
    conn: &mut AnyConnection,
    before: &AliasDetails,
    now: Timestamp,
) -> Result<(), Failure> {
    tell(conn, EventType::AliasDeleted, &before.alias, Said::default(), now)
}

/// The time of the alias is over at `end`, which is yet to come.
pub(crate) fn sunset_approaching(
    conn: &mut AnyConnection,
    alias: &ModelAlias,
    end: Timestamp,
    now: Timestamp,
) -> Result<(), Failure> {
    let left = (end.micros() - now.micros()).max(1).unsigned_abs();
    let said = Said {
        still_calling: Some(still_calling(conn, alias, now)?),
        days_left: Some(left.div_ceil(DAY)),
        ..Said::default()
    };
    tell(conn, EventType::AliasSunsetApproaching, alias, said, now)
}

/// The teams that called the alias lately, the one that called last first.
fn still_calling(
    conn: &mut AnyConnection,
    alias: &ModelAlias,
    now: Timestamp,
) -> Result<Vec<AliasCaller>, Failure> {
    let all = callers(conn, &alias.alias, now)?.map(|found| found.teams).unwrap_or_default();
    Ok(all.into_iter().filter(|team| team.last_30_days.calls > 0).collect())
}

/// The fields of the content in which the two differ.
fn differing(before: &ModelAlias, after: &ModelAlias) -> Result<Vec<String>, Failure> {
    let (from, to) = (fields(&before.spec)?, fields(&after.spec)?);
    Ok(to.into_iter().filter(|(name, value)| from.get(name) != Some(value)).map(|(name, _)| name).collect())
}

fn fields(value: &impl serde::Serialize) -> Result<Map<String, Value>, Failure> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Ok(Map::new()),
        Err(why) => Err(Failure::corrupt("an event to queue", why)),
    }
}

/// What is said of an event besides the alias.
#[derive(Default)]
struct Said {
    /// The fields that an update changed.
    changed: Option<Vec<String>>,
    /// Who called the alias in the last 30 days.
    still_calling: Option<Vec<AliasCaller>>,
    /// In how many days its time is over, the one that has begun included.
    days_left: Option<u64>,
    /// What else there is to say, by field.
    more: Vec<(&'static str, Value)>,
}

impl Said {
    fn changed(fields: Vec<String>) -> Self {
        Self { changed: Some(fields), ..Self::default() }
    }

    /// For webhooks without a team.
    fn to_all(&self, fields: &mut Map<String, Value>) {
        if let Some(changed) = &self.changed {
            fields.insert("changed".into(), json!(changed));
        }
        if let Some(teams) = &self.still_calling {
            let team = |team: &AliasCaller| {
                json!({
                    "team_id": team.team_id,
                    "organization_id": team.organization_id,
                    "last_used_at": team.last_used_at,
                    "calls_last_7_days": team.last_7_days.calls,
                    "calls_last_30_days": team.last_30_days.calls,
                })
            };
            fields.insert("still_calling".into(), teams.iter().map(team).collect());
        }
        if let Some(days) = self.days_left {
            fields.insert("days_left".into(), json!(days));
        }
        fields.extend(self.more.iter().map(|(field, value)| ((*field).to_owned(), value.clone())));
    }
}

fn tell(
    conn: &mut AnyConnection,
    event: EventType,
    alias: &ModelAlias,
    said: Said,
    now: Timestamp,
) -> Result<(), Failure> {
    let name = alias.alias.as_str();
    let mut all = fields(alias)?;
    said.to_all(&mut all);
    enqueue(conn, event, None, name, &Value::Object(all), now)?;
    // Nothing here names a provider: descriptions, labels, tags and metadata may, and so may the target.
    let told = alias.spec.routing.deprecation.as_ref();
    let mut data = json!({
        "deprecated_at": told.map(|told| told.deprecated_at),
        "sunset_at": told.and_then(|told| told.sunset_at),
        "id": alias.id,
        "alias": name,
        "active": alias.spec.active,
        "version": alias.version,
        "created_at": alias.created_at,
        "updated_at": alias.updated_at,
    });
    if let Some(days) = said.days_left {
        data["days_left"] = json!(days);
    }
    let teams = of_teams(conn, event, alias)?;
    if said.still_calling.is_none() {
        let teams: Vec<WebhookId> = teams.into_values().flatten().collect();
        return enqueue_for(conn, &teams, event, name, &data, now).map(drop);
    }
    tell_own_calls(conn, teams, event, alias, data, now)
}

/// Each of its own calls, and of nobody else's: by our own ids, for a name may have been another team's before.
fn tell_own_calls(
    conn: &mut AnyConnection,
    teams: BTreeMap<String, Vec<WebhookId>>,
    event: EventType,
    alias: &ModelAlias,
    mut data: Value,
    now: Timestamp,
) -> Result<(), Failure> {
    if teams.is_empty() {
        return Ok(());
    }
    let only: BTreeSet<String> = teams.keys().cloned().collect();
    let (used, _) = used::lately(conn, now, &[alias.id], Some(&only))?;
    let used: HashMap<String, _> = used.into_iter().map(|used| (used.team.to_string(), used)).collect();
    for (team, webhooks) in teams {
        let own = used.get(&team);
        data["calls_last_7_days"] = json!(own.map_or(0, |own| own.last_7_days.calls));
        data["calls_last_30_days"] = json!(own.map_or(0, |own| own.last_30_days.calls));
        enqueue_for(conn, &webhooks, event, alias.alias.as_str(), &data, now)?;
    }
    Ok(())
}

/// The webhooks that want this event and are of teams which hold the alias through an active group, by our own id of
/// the team.
fn of_teams(
    conn: &mut AnyConnection,
    event: EventType,
    alias: &ModelAlias,
) -> Result<BTreeMap<String, Vec<WebhookId>>, Failure> {
    let holding = team_groups::table
        .inner_join(access_groups::table.inner_join(group_aliases::table))
        .filter(group_aliases::alias_id.eq(alias.id.to_string()))
        .filter(access_groups::active.eq(true))
        .select(team_groups::team_uid.nullable());
    let rows: Vec<(String, String, String)> = webhooks::table
        .inner_join(teams::table)
        .filter(webhooks::active.eq(true))
        .filter(webhooks::team_uid.eq_any(holding))
        .select((teams::uid, webhooks::webhook_id, webhooks::events))
        .load(conn)?;
    let mut all: BTreeMap<String, Vec<WebhookId>> = BTreeMap::new();
    for (team, id, events) in rows {
        all.entry(team).or_default().extend(wanting(vec![(id, events)], event)?);
    }
    Ok(all)
}
