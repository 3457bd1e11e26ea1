//! Going back in the life of an alias: reading its versions, and bringing earlier ones back.

use alias_core::alias::{
    AliasDetails, AliasHistory, AliasName, AliasThen, ModelAlias, RESTORABLE_DAYS, Renaming, VersionKind,
};
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::repository::{AliasHistoryRepository, Expected, StoreError, Window, Written};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::versions::{self, Making};
use super::{
    KIND, OBJECT, detailed, details, expected_live, live, onward, recorded, rename, save, save_spec,
};
use crate::audit::{Change, entry};
use crate::column::{moment, parse, time};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::model_aliases;
use crate::store::SqlStore;
use crate::{memberships, webhooks};

/// An alias that is deleted.
#[derive(Debug, Queryable)]
struct Deleted {
    id: String,
    alias: String,
    version: i32,
    created_at: NaiveDateTime,
    /// Since when.
    since: Option<NaiveDateTime>,
}

/// Of the aliases that had this name and are deleted, the one that was deleted last.
fn deleted_last(conn: &mut AnyConnection, name: &AliasName) -> Result<Option<Deleted>, Failure> {
    Ok(model_aliases::table
        .filter(model_aliases::folded.eq(name.folded()))
        .filter(model_aliases::deleted_at.is_not_null())
        .order(model_aliases::deleted_at.desc())
        .select((
            model_aliases::id,
            model_aliases::alias,
            model_aliases::version,
            model_aliases::created_at,
            model_aliases::deleted_at,
        ))
        .first(conn)
        .optional()?)
}

fn history(
    conn: &mut AnyConnection,
    name: &AliasName,
    part: &Window,
) -> Result<Option<AliasHistory>, Failure> {
    let (id, deleted_at) = match (live(conn, name)?, deleted_last(conn, name)?) {
        (Some(alias), _) => (alias.id, None),
        (None, Some(gone)) => (parse("model_aliases.id", &gone.id)?, gone.since.map(moment)),
        (None, None) => return Ok(None),
    };
    Ok(Some(AliasHistory { id, deleted_at, page: versions::page(conn, &id.to_string(), part)? }))
}

/// The alias that had a name at some time: those of the name that are deleted by now come into question, too.
fn then(conn: &mut AnyConnection, name: &AliasName, at: Timestamp) -> Result<Option<AliasThen>, Failure> {
    let rows: Vec<(String, NaiveDateTime)> = model_aliases::table
        .filter(model_aliases::folded.eq(name.folded()))
        .filter(model_aliases::created_at.le(time(at)))
        .filter(model_aliases::deleted_at.is_null().or(model_aliases::deleted_at.gt(time(at))))
        .order(model_aliases::created_at.desc())
        .select((model_aliases::id, model_aliases::created_at))
        .load(conn)?;
    for (id, created_at) in rows {
        let Some((version, until)) = versions::at(conn, &id, at)? else { continue };
        if version.kind == VersionKind::Delete {
            continue;
        }
        let alias = ModelAlias {
            id: parse("model_aliases.id", &id)?,
            alias: version.alias.clone(),
            version: version.version,
            spec: version.spec.clone(),
            created_at: moment(created_at),
            updated_at: version.effective_at,
        };
        return Ok(Some(AliasThen { details: details(conn, alias, at)?, version, until }));
    }
    Ok(None)
}

/// The alias as it is once restored.
fn restored(conn: &mut AnyConnection, gone: &Deleted, now: Timestamp) -> Result<ModelAlias, Failure> {
    let number = crate::column::version("model_aliases.version", gone.version)?;
    let last = versions::one(conn, &gone.id, number)?
        .ok_or_else(|| Failure::corrupt("model_aliases.version", "the current version is not there"))?;
    Ok(ModelAlias {
        id: parse("model_aliases.id", &gone.id)?,
        alias: parse("model_aliases.alias", &gone.alias)?,
        version: number + 1,
        spec: last.spec,
        created_at: moment(gone.created_at),
        updated_at: now,
    })
}

pub(crate) fn roll_back(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &AliasName,
    version: u32,
    expected: Expected,
    by: &Actor,
) -> Result<Change<AliasDetails>, Failure> {
    let before = expected_live(conn, name, expected)?;
    let found = versions::one(conn, &before.id.to_string(), version)?;
    let earlier = found.ok_or_else(|| StoreError::NoVersion {
        kind: KIND,
        name: before.alias.to_string(),
        asked: version,
        current: before.version,
    })?;
    let making = Making { restored_from: Some(version), ..Making::of(VersionKind::Rollback, by, now) };
    let saved = save_spec(conn, before, earlier.spec, making, "alias.rollback")?;
    detailed(conn, saved, now)
}

pub(crate) fn restore(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &AliasName,
    by: &Actor,
) -> Result<Change<AliasDetails>, Failure> {
    if let Some(existing) = live(conn, name)? {
        return Err(Failure::already_exists(KIND, existing.alias));
    }
    let gone = deleted_last(conn, name)?.ok_or_else(|| Failure::not_found(KIND, name))?;
    let until = gone.since.map(|at| restorable_until(moment(at)));
    if let Some(until) = until.filter(|until| *until < now) {
        return Err(StoreError::Expired { kind: KIND, name: gone.alias, until }.into());
    }
    let alias = restored(conn, &gone, now)?;
    // What it leads to may lead here by now. That it is gone is no reason: it may be restored next.
    onward::ends(conn, &alias.alias, &alias.spec)?;
    versions::append(conn, &alias, Making::of(VersionKind::Restore, by, now))?;
    save(conn, &alias)?;
    diesel::update(model_aliases::table.find(&gone.id))
        .set(model_aliases::deleted_at.eq(None::<NaiveDateTime>))
        .execute(conn)?;
    memberships::reenter_groups(conn, &gone.id, now)?;
    let after = details(conn, alias, now)?;
    webhooks::alias_created(conn, &after.alias, now)?;
    let entry = entry("alias.restore", OBJECT, &after.alias.alias, &(), &recorded(&after))?;
    Ok(Change::Made(after, entry))
}

#[async_trait]
impl AliasHistoryRepository for SqlStore {
    async fn history(&self, name: &AliasName, window: &Window) -> Result<Option<AliasHistory>, StoreError> {
        let (name, window) = (name.clone(), window.clone());
        self.read(move |conn| history(conn, &name, &window)).await
    }

    async fn then(&self, name: &AliasName, at: Timestamp) -> Result<Option<AliasThen>, StoreError> {
        let name = name.clone();
        self.read(move |conn| then(conn, &name, at)).await
    }

    async fn rollback(
        &self,
        name: &AliasName,
        version: u32,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError> {
        let (name, actor) = (name.clone(), by.clone());
        self.change(by, move |conn, now| roll_back(conn, now, &name, version, expected, &actor)).await
    }

    async fn rename(
        &self,
        name: &AliasName,
        renaming: &Renaming,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError> {
        let (name, renaming, actor) = (name.clone(), renaming.clone(), by.clone());
        self.change_all(by, move |conn, now| rename(conn, now, &name, &renaming, expected, &actor)).await
    }

    async fn restore(&self, name: &AliasName, by: &Actor) -> Result<Written<AliasDetails>, StoreError> {
        let (name, actor) = (name.clone(), by.clone());
        self.change(by, move |conn, now| restore(conn, now, &name, &actor)).await
    }
}

/// Until when what was deleted at `at` can be brought back.
pub(super) fn restorable_until(at: Timestamp) -> Timestamp {
    Timestamp::from(at.utc() + chrono::Duration::days(RESTORABLE_DAYS))
}
