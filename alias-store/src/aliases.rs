//! Model aliases: what they say stands in their versions, of which none is ever changed.

mod callers;
mod canary;
mod history;
mod list;
mod onward;
mod record;
mod reminders;
mod rename;
mod schedule;
mod total;
mod versions;
mod whom;

use std::sync::Arc;

use alias_core::alias::{
    AliasChange, AliasDetails, AliasId, AliasName, AliasSpec, ModelAlias, NewAlias, VersionKind,
};
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::repository::{
    AliasQuery, AliasRepository, DeletedAlias, Expected, Page, StoreError, Written,
};
use async_trait::async_trait;
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

pub(crate) use self::callers::callers;
use self::history::restorable_until;
pub(crate) use self::history::{restore, roll_back};
pub(crate) use self::onward::{leading_to, model as final_model, reached};
use self::record::AliasColumns;
pub(crate) use self::record::{AliasRow, SpecRecord, current};
pub(crate) use self::rename::{first, rename};
pub(crate) use self::schedule::{Settled, due, settle_next, waiting};
pub(crate) use self::total::LiveTotal;
use self::versions::Making;
use crate::audit::{Change, entry};
use crate::column::time;
use crate::connection::AnyConnection;
use crate::error::{Failure, Named};
use crate::schema::model_aliases;
use crate::store::SqlStore;
use crate::{memberships, reference, webhooks};

pub(crate) const KIND: &str = "model alias";
const OBJECT: &str = "model_alias";

pub(crate) fn live(conn: &mut AnyConnection, name: &AliasName) -> Result<Option<ModelAlias>, Failure> {
    let row =
        current!().filter(model_aliases::folded.eq(name.folded())).first::<AliasRow>(conn).optional()?;
    row.map(ModelAlias::try_from).transpose()
}

/// The live alias of a name, at the version that the writer expects.
fn expected_live(
    conn: &mut AnyConnection,
    name: &AliasName,
    expected: Expected,
) -> Result<ModelAlias, Failure> {
    let alias = live(conn, name)?.ok_or_else(|| Failure::not_found(KIND, name))?;
    reference::check_version(KIND, &alias.alias, alias.version, expected)?;
    Ok(alias)
}

fn details(conn: &mut AnyConnection, alias: ModelAlias, at: Timestamp) -> Result<AliasDetails, Failure> {
    let mut all = list::surrounded(conn, vec![alias], at)?;
    all.pop().ok_or_else(|| Failure::corrupt("model_aliases", "an alias was lost"))
}

fn insert(conn: &mut AnyConnection, alias: &ModelAlias) -> Result<(), Failure> {
    diesel::insert_into(model_aliases::table)
        .values(AliasColumns::from(alias))
        .execute(conn)
        .named(KIND, alias.alias.as_str())?;
    Ok(())
}

/// Stores the columns of an alias that is there.
fn save(conn: &mut AnyConnection, alias: &ModelAlias) -> Result<(), Failure> {
    diesel::update(model_aliases::table.find(alias.id.to_string()))
        .set(AliasColumns::from(alias))
        .execute(conn)?;
    Ok(())
}

/// Makes `spec` the content of an alias, as its next version, unless it is that already.
fn save_spec(
    conn: &mut AnyConnection,
    before: ModelAlias,
    spec: AliasSpec,
    making: Making,
    action: &'static str,
) -> Result<Change<ModelAlias>, Failure> {
    if spec == before.spec {
        return Ok(Change::Nothing(before));
    }
    // Whoever looked before looked at what may have changed since.
    spec.check(&before.alias).map_err(|why| Failure::Refused(StoreError::Invalid(why)))?;
    let (now, updated_at) = (making.now, making.effective_at);
    // What was scheduled has counted since its moment: it is recorded as it is, and routers end every circle.
    if making.scheduled.is_none() && !making.planned {
        onward::check(conn, &before.alias, Some(&before.spec), &spec)?;
    }
    let after = ModelAlias { spec, version: before.version + 1, updated_at, ..before.clone() };
    versions::append(conn, &after, making)?;
    save(conn, &after)?;
    reminders::plan(conn, before.spec.routing.deprecation.as_ref(), &after, now)?;
    webhooks::alias_updated(conn, &before, &after, now)?;
    let entry = entry(action, OBJECT, &after.alias, &before, &after)?;
    Ok(Change::Made(after, entry))
}

/// What was done to an alias, with what surrounds it.
fn detailed(
    conn: &mut AnyConnection,
    done: Change<ModelAlias>,
    now: Timestamp,
) -> Result<Change<AliasDetails>, Failure> {
    Ok(match done {
        Change::Made(alias, entry) => Change::Made(details(conn, alias, now)?, entry),
        Change::Nothing(alias) => Change::Nothing(details(conn, alias, now)?),
    })
}

pub(crate) fn create(
    conn: &mut AnyConnection,
    now: Timestamp,
    new: NewAlias,
    by: &Actor,
) -> Result<Change<AliasDetails>, Failure> {
    whom::check(conn, None, &new.spec)?;
    onward::check(conn, &new.alias, None, &new.spec)?;
    let made = make(conn, now, new, by)?;
    detailed(conn, made, now)
}

/// Makes an alias of which it is known that whom it names is there, or will be, and that its calls go round in no circle.
pub(crate) fn make(
    conn: &mut AnyConnection,
    now: Timestamp,
    new: NewAlias,
    by: &Actor,
) -> Result<Change<ModelAlias>, Failure> {
    if let Some(existing) = live(conn, &new.alias)? {
        return Err(Failure::already_exists(KIND, existing.alias));
    }
    let groups = reference::groups(conn, "access_groups", &new.access_groups)?;
    let alias = ModelAlias {
        id: AliasId::new(Uuid::now_v7()),
        alias: new.alias,
        version: 1,
        spec: new.spec,
        created_at: now,
        updated_at: now,
    };
    insert(conn, &alias)?;
    reminders::plan(conn, None, &alias, now)?;
    versions::append(conn, &alias, Making::of(VersionKind::Create, by, now))?;
    let id = alias.id.to_string();
    memberships::enter_groups(conn, &id, &groups, now)?;
    let access_groups = list::groups_of(conn, std::slice::from_ref(&id))?.remove(&id).unwrap_or_default();
    webhooks::alias_created(conn, &alias, now)?;
    let recorded = Recorded { alias: &alias, access_groups: &access_groups };
    let entry = entry("alias.create", OBJECT, &alias.alias, &(), &recorded)?;
    Ok(Change::Made(alias, entry))
}

pub(crate) fn update(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &AliasName,
    change: AliasChange,
    expected: Expected,
    by: &Actor,
) -> Result<Change<AliasDetails>, Failure> {
    let before = expected_live(conn, name, expected)?;
    let spec = change.applied_to(&before.spec);
    whom::check(conn, Some(&before.spec), &spec)?;
    let saved = save_spec(conn, before, spec, Making::of(VersionKind::Update, by, now), "alias.update")?;
    detailed(conn, saved, now)
}

/// Makes `spec` the content of an alias, as [`make`] does.
pub(crate) fn set(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &AliasName,
    spec: AliasSpec,
    by: &Actor,
) -> Result<Change<ModelAlias>, Failure> {
    let before = expected_live(conn, name, None)?;
    let making = Making { planned: true, ..Making::of(VersionKind::Update, by, now) };
    save_spec(conn, before, spec, making, "alias.update")
}

pub(crate) fn delete(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &AliasName,
    expected: Expected,
    by: &Actor,
) -> Result<Change<DeletedAlias>, Failure> {
    let alias = expected_live(conn, name, expected)?;
    remove(conn, alias, Making::of(VersionKind::Delete, by, now))
}

/// Deletes an alias.
fn remove(
    conn: &mut AnyConnection,
    alias: ModelAlias,
    making: Making,
) -> Result<Change<DeletedAlias>, Failure> {
    let (now, since) = (making.now, making.effective_at);
    let before = details(conn, alias, now)?;
    // Before the teams lose it: they are told.
    webhooks::alias_deleted(conn, &before, now)?;
    let id = before.alias.id.to_string();
    let teams_affected = memberships::leave_groups(conn, &id, now)?;
    schedule::forget(conn, &id)?;
    let after = ModelAlias { version: before.alias.version + 1, updated_at: since, ..before.alias.clone() };
    versions::append(conn, &after, making)?;
    save(conn, &after)?;
    diesel::update(model_aliases::table.find(&id))
        .set(model_aliases::deleted_at.eq(time(since)))
        .execute(conn)?;
    let entry = entry("alias.delete", OBJECT, &before.alias.alias, &recorded(&before), &())?;
    let deleted = DeletedAlias {
        alias: before.alias,
        removed_from_access_groups: before.access_groups,
        teams_affected,
        restorable_until: restorable_until(since),
    };
    Ok(Change::Made(deleted, entry))
}

#[async_trait]
impl AliasRepository for SqlStore {
    async fn create(&self, new: NewAlias, by: &Actor) -> Result<Written<AliasDetails>, StoreError> {
        let actor = by.clone();
        self.change(by, move |conn, now| create(conn, now, new, &actor)).await
    }

    async fn find(&self, name: &AliasName) -> Result<Option<AliasDetails>, StoreError> {
        let (name, now) = (name.clone(), self.clock.now());
        self.read(move |conn| live(conn, &name)?.map(|alias| details(conn, alias, now)).transpose()).await
    }

    async fn list(&self, query: &AliasQuery) -> Result<Page<AliasDetails>, StoreError> {
        let (query, now) = (query.clone(), self.clock.now());
        let live = Arc::clone(&self.live_total);
        self.read(move |conn| list::page(conn, &query, &live, now)).await
    }

    async fn update(
        &self,
        name: &AliasName,
        change: AliasChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError> {
        let (name, actor) = (name.clone(), by.clone());
        self.change(by, move |conn, now| update(conn, now, &name, change, expected, &actor)).await
    }

    async fn delete(
        &self,
        name: &AliasName,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<DeletedAlias>, StoreError> {
        let (name, actor) = (name.clone(), by.clone());
        self.change(by, move |conn, now| delete(conn, now, &name, expected, &actor)).await
    }
}

/// What the audit log says of an alias that comes or goes.
#[derive(Serialize)]
struct Recorded<'a> {
    #[serde(flatten)]
    alias: &'a ModelAlias,
    access_groups: &'a [alias_core::group::GroupName],
}

fn recorded(details: &AliasDetails) -> Recorded<'_> {
    Recorded { alias: &details.alias, access_groups: &details.access_groups }
}
