//! What webhooks are told of aliases: those without a team all of it, those of a team what the team may see.

use alias_core::alias::{AliasDetails, ModelAlias};
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::webhook::{EventType, WebhookId};
use diesel::prelude::*;
use serde_json::{Map, Value, json};

use super::enqueue;
use super::outbox::{enqueue_for, wanting};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{access_groups, group_aliases, team_groups, webhooks};

/// The field that says how an alias ends.
const DEPRECATION: &str = "deprecation";

pub(crate) fn alias_created(
    conn: &mut AnyConnection,
    after: &AliasDetails,
    now: Timestamp,
) -> Result<(), Failure> {
    tell(conn, EventType::AliasCreated, &after.alias, None, now)
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
        tell(conn, EventType::AliasDisabled, after, None, now)?;
    }
    if after.spec.routing.deprecation.is_some() && changed.iter().any(|field| field == DEPRECATION) {
        changed.retain(|field| field != DEPRECATION);
        tell(conn, EventType::AliasDeprecated, after, None, now)?;
    }
    if changed.is_empty() {
        return Ok(());
    }
    tell(conn, EventType::AliasUpdated, after, Some(("changed", json!(changed))), now)
}

/// A canary was taken out of the split, and why. The change itself is an update besides.
pub(crate) fn alias_rolled_back(
    conn: &mut AnyConnection,
    after: &ModelAlias,
    canary: &ModelRef,
    why: Option<&str>,
    now: Timestamp,
) -> Result<(), Failure> {
    let more = [("canary", json!(canary)), ("reason", json!(why))];
    tell(conn, EventType::AliasRolledBack, after, more, now)
}

/// The alias by its new name; webhooks of teams see that one only.
pub(crate) fn alias_renamed(
    conn: &mut AnyConnection,
    after: &ModelAlias,
    now: Timestamp,
) -> Result<(), Failure> {
    tell(conn, EventType::AliasUpdated, after, Some(("changed", json!(["alias"]))), now)
}

/// To be called while the teams still have the alias.
pub(crate) fn alias_deleted(
    conn: &mut AnyConnection,
    before: &AliasDetails,
    now: Timestamp,
) -> Result<(), Failure> {
    tell(conn, EventType::AliasDeleted, &before.alias, None, now)
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

fn tell(
    conn: &mut AnyConnection,
    event: EventType,
    alias: &ModelAlias,
    more: impl IntoIterator<Item = (&'static str, Value)>,
    now: Timestamp,
) -> Result<(), Failure> {
    let name = alias.alias.as_str();
    let mut all = fields(alias)?;
    all.extend(more.into_iter().map(|(field, value)| (field.to_owned(), value)));
    enqueue(conn, event, None, name, &Value::Object(all), now)?;
    let teams = of_teams(conn, event, alias)?;
    // Nothing here names a provider: descriptions, labels, tags and metadata may, and so may the target.
    let told = alias.spec.routing.deprecation.as_ref();
    let data = json!({
        "deprecated_at": told.map(|told| told.deprecated_at),
        "sunset_at": told.and_then(|told| told.sunset_at),
        "id": alias.id,
        "alias": name,
        "active": alias.spec.active,
        "version": alias.version,
        "created_at": alias.created_at,
        "updated_at": alias.updated_at,
    });
    enqueue_for(conn, &teams, event, name, &data, now)?;
    Ok(())
}

/// The webhooks that want this event and are of teams which hold the alias through an active group.
fn of_teams(
    conn: &mut AnyConnection,
    event: EventType,
    alias: &ModelAlias,
) -> Result<Vec<WebhookId>, Failure> {
    let holding = team_groups::table
        .inner_join(access_groups::table.inner_join(group_aliases::table))
        .filter(group_aliases::alias_id.eq(alias.id.to_string()))
        .filter(access_groups::active.eq(true))
        .select(team_groups::team_uid.nullable());
    let rows = webhooks::table
        .filter(webhooks::active.eq(true))
        .filter(webhooks::team_uid.eq_any(holding))
        .select((webhooks::webhook_id, webhooks::events))
        .load(conn)?;
    wanting(rows, event)
}
