//! Changes of aliases that wait for their moment, as rows; and how they become versions when it has come.

use std::collections::HashMap;

use alias_core::alias::{
    AliasName, MOST_SCHEDULED, ModelAlias, Outcome, ScheduleId, ScheduledAction, ScheduledChange,
    VersionAuthor, VersionKind, check_moment,
};
use alias_core::audit::{Actor, AuditEntry};
use alias_core::catalog::Revision;
use alias_core::clock::{Clock, Timestamp};
use alias_core::repository::{AliasScheduleRepository, Expected, StoreError, Written};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::versions::Making;
use super::{KIND, OBJECT, expected_live, live, onward, record::current, remove, save_spec, whom};
use crate::aliases::AliasRow;
use crate::audit::{Change, entry};
use crate::catalog::in_chunks;
use crate::column::{from_json, json, moment, parse, storable, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::replicas;
use crate::schema::{model_aliases, scheduled_changes as s};
use crate::store::SqlStore;

const CHANGE: &str = "scheduled change";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = s, treat_none_as_default_value = false)]
struct Row {
    id: String,
    alias_id: String,
    action: String,
    effective_at: NaiveDateTime,
    actor: String,
    actor_id: Option<String>,
    actor_name: Option<String>,
    reason: Option<String>,
    request_id: Option<String>,
    created_at: NaiveDateTime,
}

impl TryFrom<Row> for ScheduledChange {
    type Error = Failure;

    fn try_from(row: Row) -> Result<Self, Failure> {
        Ok(Self {
            id: parse("scheduled_changes.id", &row.id)?,
            action: from_json("scheduled_changes.action", &row.action)?,
            effective_at: moment(row.effective_at),
            by: VersionAuthor {
                actor: row.actor,
                actor_id: row.actor_id,
                actor_name: row.actor_name,
                reason: row.reason,
                request_id: row.request_id,
            },
            created_at: moment(row.created_at),
        })
    }
}

/// What the audit log says of a change that waits.
#[derive(Serialize)]
struct Recorded<'a> {
    id: ScheduleId,
    effective_at: Timestamp,
    #[serde(flatten)]
    action: &'a ScheduledAction,
}

fn recorded(change: &ScheduledChange) -> Recorded<'_> {
    Recorded { id: change.id, effective_at: change.effective_at, action: &change.action }
}

/// What waits for these aliases, or for all of them, by alias, the next one first.
pub(crate) fn waiting(
    conn: &mut AnyConnection,
    only: Option<&[String]>,
) -> Result<HashMap<String, Vec<ScheduledChange>>, Failure> {
    let rows: Vec<Row> = match only {
        Some(ids) => in_chunks(ids, |ids| {
            let rows = on_each_backend!(conn, c => s::table
                .filter(s::alias_id.eq_any(ids))
                .order((s::effective_at, s::id))
                .select(Row::as_select())
                .load(c))?;
            Ok(rows)
        })?,
        None => s::table.order((s::effective_at, s::id)).select(Row::as_select()).load(conn)?,
    };
    let mut all: HashMap<String, Vec<ScheduledChange>> = HashMap::new();
    for row in rows {
        let alias = row.alias_id.clone();
        // What cannot be read is not made, either: see `settle_next`.
        if let Ok(change) = row.try_into() {
            all.entry(alias).or_default().push(change);
        }
    }
    Ok(all)
}

/// Has what waits for an alias that goes wait no more.
pub(super) fn forget(conn: &mut AnyConnection, alias: &str) -> Result<(), Failure> {
    diesel::delete(s::table.filter(s::alias_id.eq(alias))).execute(conn)?;
    Ok(())
}

/// Has some of what waits for an alias wait no more; an entry of the audit log for each.
pub(super) fn forget_some(
    conn: &mut AnyConnection,
    alias: &ModelAlias,
    is_one: impl Fn(&ScheduledChange) -> bool,
) -> Result<Vec<AuditEntry>, Failure> {
    let id = alias.id.to_string();
    let there = waiting(conn, Some(std::slice::from_ref(&id)))?.remove(&id).unwrap_or_default();
    there.iter().filter(|change| is_one(change)).map(|change| take_out(conn, &alias.alias, change)).collect()
}

fn take_out(
    conn: &mut AnyConnection,
    name: &AliasName,
    change: &ScheduledChange,
) -> Result<AuditEntry, Failure> {
    diesel::delete(s::table.find(change.id.to_string())).execute(conn)?;
    entry("alias.unschedule", OBJECT, name, &recorded(change), &())
}

fn insert(conn: &mut AnyConnection, alias: &ModelAlias, change: &ScheduledChange) -> Result<(), Failure> {
    let by = change.by.clone();
    let row = Row {
        id: change.id.to_string(),
        alias_id: alias.id.to_string(),
        action: json(&change.action)?,
        effective_at: time(change.effective_at),
        actor: by.actor,
        actor_id: by.actor_id,
        actor_name: by.actor_name.as_deref().map(storable),
        reason: by.reason.as_deref().map(storable),
        request_id: by.request_id.as_deref().map(storable),
        created_at: time(change.created_at),
    };
    diesel::insert_into(s::table).values(&row).execute(conn)?;
    Ok(())
}

/// What a change made that waited, for the audit log.
pub(crate) struct Settled {
    /// The service itself, on the word of who scheduled it.
    pub(crate) by: Actor,
    pub(crate) entry: AuditEntry,
}

/// Until when changes come due now; `None` where none does.
///
/// Where many machines write, the database's clock has its say: one whose own is ahead makes no change early.
pub(crate) fn due(conn: &mut AnyConnection, clock: &dyn Clock) -> Result<Option<Timestamp>, Failure> {
    let mut until = clock.now();
    if !any_due(conn, until)? {
        return Ok(None);
    }
    until = until.min(moment(replicas::now(conn, clock)?));
    Ok(any_due(conn, until)?.then_some(until))
}

fn any_due(conn: &mut AnyConnection, until: Timestamp) -> Result<bool, Failure> {
    let due = s::table.filter(s::effective_at.le(time(until)));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

/// Takes the next change whose moment has come, and makes it a version of its alias. `None` where none is due.
///
/// The version counts from that moment on, and not from now: routers have gone by it since.
pub(crate) fn settle_next(conn: &mut AnyConnection, now: Timestamp) -> Result<Option<Settled>, Failure> {
    let due = s::table.filter(s::effective_at.le(time(now))).order((s::effective_at, s::id));
    let Some(row) = due.select(Row::as_select()).first(conn).optional()? else { return Ok(None) };
    let (id, alias) = (row.id.clone(), row.alias_id.clone());
    diesel::delete(s::table.find(&id)).execute(conn)?;
    let found: Option<AliasRow> = current!().filter(model_aliases::id.eq(&alias)).first(conn).optional()?;
    let before = found.map(ModelAlias::try_from).transpose()?;
    let name = before.as_ref().map_or(alias, |alias| alias.alias.to_string());
    let change = match ScheduledChange::try_from(row) {
        Ok(change) => change,
        Err(why) => {
            // No write of the catalogue may wait for what cannot be read.
            tracing::error!(%id, ?why, "a scheduled change cannot be read: it is not made");
            let entry =
                entry("alias.unschedule", OBJECT, name, &json!({ "id": id, "unreadable": true }), &())?;
            return Ok(Some(Settled { by: Actor::system(), entry }));
        }
    };
    let by = Actor {
        reason: change.by.reason.clone(),
        request_id: change.by.request_id.clone(),
        ..Actor::system()
    };
    let made = before.map(|before| carry_out(conn, before, &change, now)).transpose()?.flatten();
    // What changes nothing makes no version, and is done all the same.
    let entry = made.map_or_else(|| entry("alias.unschedule", OBJECT, &name, &recorded(&change), &()), Ok)?;
    Ok(Some(Settled { by, entry }))
}

fn carry_out(
    conn: &mut AnyConnection,
    before: ModelAlias,
    change: &ScheduledChange,
    now: Timestamp,
) -> Result<Option<AuditEntry>, Failure> {
    let making = |kind| Making {
        kind,
        by: change.by.clone(),
        restored_from: None,
        now,
        effective_at: change.effective_at,
        scheduled: Some(change.id),
        planned: false,
    };
    Ok(match change.action.outcome(&before.alias, &before.spec) {
        Outcome::Says(spec) => {
            made(save_spec(conn, before, *spec, making(VersionKind::Update), "alias.update")?)
        }
        Outcome::Deleted => made(remove(conn, before, making(VersionKind::Delete))?),
        Outcome::Unchanged => None,
    })
}

fn made<T>(change: Change<T>) -> Option<AuditEntry> {
    match change {
        Change::Made(_, entry) => Some(entry),
        Change::Nothing(_) => None,
    }
}

#[async_trait]
impl AliasScheduleRepository for SqlStore {
    async fn schedule(
        &self,
        name: &AliasName,
        action: ScheduledAction,
        effective_at: Timestamp,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<ScheduledChange>, StoreError> {
        action.check().map_err(StoreError::Invalid)?;
        let (name, author) = (name.clone(), VersionAuthor::from(by));
        self.change(by, move |conn, now| {
            check_moment(effective_at, now).map_err(|why| Failure::Refused(StoreError::Invalid(why)))?;
            let alias = expected_live(conn, &name, expected)?;
            let id = alias.id.to_string();
            let there = waiting(conn, Some(std::slice::from_ref(&id)))?.remove(&id).unwrap_or_default();
            let same =
                |change: &&ScheduledChange| change.effective_at == effective_at && change.action == action;
            if let Some(same) = there.iter().find(same) {
                // Asked for again by who did not get the answer.
                return Ok(Change::Nothing(same.clone()));
            }
            if let Outcome::Says(spec) = action.outcome(&alias.alias, &alias.spec) {
                whom::check(conn, Some(&alias.spec), &spec)?;
                onward::check(conn, &alias.alias, Some(&alias.spec), &spec)?;
            }
            if there.len() >= MOST_SCHEDULED as usize {
                return Err(StoreError::TooMany { kind: CHANGE, most: MOST_SCHEDULED }.into());
            }
            let id = ScheduleId::new(Uuid::now_v7());
            let change = ScheduledChange { id, action, effective_at, by: author, created_at: now };
            insert(conn, &alias, &change)?;
            let entry = entry("alias.schedule", OBJECT, &alias.alias, &(), &recorded(&change))?;
            Ok(Change::Made(change, entry))
        })
        .await
    }

    async fn unschedule(
        &self,
        name: &AliasName,
        id: ScheduleId,
        by: &Actor,
    ) -> Result<Written<ScheduledChange>, StoreError> {
        let name = name.clone();
        self.change(by, move |conn, _| {
            let alias = live(conn, &name)?.ok_or_else(|| Failure::not_found(KIND, &name))?;
            let of_alias = s::table.find(id.to_string()).filter(s::alias_id.eq(alias.id.to_string()));
            let row: Option<Row> = of_alias.select(Row::as_select()).first(conn).optional()?;
            let row = row.ok_or_else(|| Failure::not_found(CHANGE, id))?;
            let change = ScheduledChange::try_from(row)?;
            let entry = take_out(conn, &alias.alias, &change)?;
            Ok(Change::Made(change, entry))
        })
        .await
    }

    async fn settle(&self) -> Result<Option<Revision>, StoreError> {
        let mut newest = None;
        loop {
            let now = self.clock.now();
            if !self.read(move |conn| any_due(conn, now)).await? {
                return Ok(newest);
            }
            let Some(revision) = self.settle_some().await? else { return Ok(newest) };
            newest = Some(revision);
        }
    }
}
