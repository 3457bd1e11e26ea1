//! Versions of aliases as rows: how one is appended, and how they are read.

use alias_core::alias::{
    AliasSpec, AliasVersion, HistoryEntry, ModelAlias, ScheduleId, VersionAuthor, VersionKind,
};
use alias_core::audit::{Actor, diff};
use alias_core::clock::Timestamp;
use alias_core::repository::{Page, Position, Window};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::record::SpecRecord;
use crate::column::{json as text, moment, parse, storable, time, version, word};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::alias_versions;
use crate::window;

/// How a version comes about.
#[derive(Debug, Clone)]
pub(super) struct Making {
    pub(super) kind: VersionKind,
    pub(super) by: VersionAuthor,
    pub(super) restored_from: Option<u32>,
    /// When it is written.
    pub(super) now: Timestamp,
    /// From when on it counts: now, or since a moment that was settled before.
    pub(super) effective_at: Timestamp,
    /// The change that waited until then.
    pub(super) scheduled: Option<ScheduleId>,
    /// Whether a plan has looked where its calls go on, at the end of all its changes.
    pub(super) planned: bool,
}

impl Making {
    pub(super) fn of(kind: VersionKind, by: &Actor, now: Timestamp) -> Self {
        Self {
            kind,
            by: by.into(),
            restored_from: None,
            now,
            effective_at: now,
            scheduled: None,
            planned: false,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = alias_versions, treat_none_as_default_value = false)]
struct Row {
    alias_id: String,
    version: i32,
    spec: String,
    actor: String,
    reason: Option<String>,
    effective_at: NaiveDateTime,
    created_at: NaiveDateTime,
    alias: String,
    kind: String,
    actor_id: Option<String>,
    actor_name: Option<String>,
    request_id: Option<String>,
    restored_from: Option<i32>,
    schedule_id: Option<String>,
}

impl TryFrom<Row> for AliasVersion {
    type Error = Failure;

    fn try_from(row: Row) -> Result<Self, Failure> {
        let number = |number| version("alias_versions.version", number);
        Ok(Self {
            version: number(row.version)?,
            alias: parse("alias_versions.alias", &row.alias)?,
            kind: word("alias_versions.kind", &row.kind)?,
            spec: AliasSpec::try_from(SpecRecord::read(&row.spec)?)?,
            by: VersionAuthor {
                actor: row.actor,
                actor_id: row.actor_id,
                actor_name: row.actor_name,
                reason: row.reason,
                request_id: row.request_id,
            },
            restored_from: row.restored_from.map(number).transpose()?,
            at: moment(row.created_at),
            effective_at: moment(row.effective_at),
        })
    }
}

/// Appends the version that `alias` is at.
pub(super) fn append(conn: &mut AnyConnection, alias: &ModelAlias, making: Making) -> Result<(), Failure> {
    let by = making.by;
    let row = Row {
        alias_id: alias.id.to_string(),
        version: alias.version.cast_signed(),
        spec: text(&SpecRecord::from(alias.spec.clone()))?,
        actor: by.actor,
        reason: by.reason.as_deref().map(storable),
        effective_at: time(making.effective_at),
        created_at: time(making.now),
        alias: alias.alias.to_string(),
        kind: making.kind.as_str().into(),
        actor_id: by.actor_id,
        actor_name: by.actor_name.as_deref().map(storable),
        request_id: by.request_id.as_deref().map(storable),
        restored_from: making.restored_from.map(u32::cast_signed),
        schedule_id: making.scheduled.map(|id| id.to_string()),
    };
    diesel::insert_into(alias_versions::table).values(&row).execute(conn)?;
    Ok(())
}

/// One version of an alias.
pub(super) fn one(
    conn: &mut AnyConnection,
    alias: &str,
    number: u32,
) -> Result<Option<AliasVersion>, Failure> {
    let row = alias_versions::table
        .filter(alias_versions::alias_id.eq(alias))
        .filter(alias_versions::version.eq(i32::try_from(number).unwrap_or(i32::MAX)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(AliasVersion::try_from).transpose()
}

/// The version of an alias that counted at `at`, and when the next one took its place.
pub(super) fn at(
    conn: &mut AnyConnection,
    alias: &str,
    at: Timestamp,
) -> Result<Option<(AliasVersion, Option<Timestamp>)>, Failure> {
    let of_alias = || alias_versions::table.filter(alias_versions::alias_id.eq(alias.to_owned()));
    let row = of_alias()
        .filter(alias_versions::effective_at.le(time(at)))
        .order(alias_versions::version.desc())
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let until: Option<NaiveDateTime> = of_alias()
        .filter(alias_versions::version.eq(row.version + 1))
        .select(alias_versions::effective_at)
        .first(conn)
        .optional()?;
    Ok(Some((row.try_into()?, until.map(moment))))
}

/// A page of the versions of an alias, from the newest on.
pub(super) fn page(
    conn: &mut AnyConnection,
    alias: &str,
    part: &Window,
) -> Result<Page<HistoryEntry>, Failure> {
    let of_alias = || alias_versions::table.filter(alias_versions::alias_id.eq(alias.to_owned()));
    let total = of_alias().count().get_result(conn)?;
    let mut rows = of_alias().into_boxed();
    if let Some(after) = window::after(part) {
        // A position that was not given out by this list is behind the last version.
        rows = rows.filter(alias_versions::version.lt(after.name.parse::<i32>().unwrap_or_default()));
    }
    let rows: Vec<Row> = rows
        .order(alias_versions::version.desc())
        .limit(window::rows_wanted(part))
        .offset(window::offset(part))
        .select(Row::as_select())
        .load(conn)?;
    // One row more than the page holds: what its last version is compared with.
    let versions = rows.into_iter().map(AliasVersion::try_from).collect::<Result<Vec<_>, _>>()?;
    let said = versions.iter().map(said).collect::<Result<Vec<_>, _>>()?;
    let entries = versions.into_iter().enumerate().map(|(place, version)| {
        let (before, now) = (said.get(place + 1).unwrap_or(&Value::Null), said.get(place));
        let mut change = diff(before, now.unwrap_or(&Value::Null));
        let is_deleted = version.kind == VersionKind::Delete;
        if is_deleted || version.kind == VersionKind::Restore {
            change["deleted"] = json!({ "from": !is_deleted, "to": is_deleted });
        }
        HistoryEntry { change, version }
    });
    window::page(entries.collect(), part, total, Ok, |last: &HistoryEntry| Position {
        value: None,
        name: last.version.version.to_string(),
    })
}

/// What a version says, for comparing.
fn said(version: &AliasVersion) -> Result<Value, Failure> {
    let mut said =
        serde_json::to_value(&version.spec).map_err(|why| Failure::corrupt("a version to compare", why))?;
    if let Some(fields) = said.as_object_mut() {
        fields.insert("alias".into(), json!(version.alias));
    }
    Ok(said)
}
