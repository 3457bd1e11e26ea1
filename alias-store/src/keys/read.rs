//! Keys as they are read: a row, and what other tables hold of it.

use std::collections::HashMap;

use alias_core::clock::Timestamp;
use alias_core::key::{KeyId, TeamKey};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::KIND;
use super::scope::{self, ScopeRow};
use crate::column::{CHUNK, moment, parse};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::limits;
use crate::schema::{key_use, team_keys};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = team_keys)]
struct KeyRow {
    key_id: String,
    name: String,
    masked: String,
    expires_at: Option<NaiveDateTime>,
    grace_ends_at: Option<NaiveDateTime>,
    rpm_limit: Option<i32>,
    tpm_limit: Option<i32>,
    max_parallel_requests: Option<i32>,
    created_at: NaiveDateTime,
    #[diesel(embed)]
    scope: ScopeRow,
}

/// When a key stops working, by its own end and that of its grace.
pub(crate) fn end(own: Option<NaiveDateTime>, grace: Option<NaiveDateTime>) -> Option<NaiveDateTime> {
    [own, grace].into_iter().flatten().min()
}

/// Keys with what other tables hold of them.
fn whole(conn: &mut AnyConnection, rows: Vec<KeyRow>) -> Result<Vec<TeamKey>, Failure> {
    let ids: Vec<String> = rows.iter().map(|row| row.key_id.clone()).collect();
    let (mut models, used) = (scope::models(conn, &ids)?, last_uses(conn, &ids)?);
    rows.into_iter()
        .map(|row| {
            let models = models.remove(&row.key_id).unwrap_or_default();
            Ok(TeamKey {
                key_id: parse("team_keys.key_id", &row.key_id)?,
                last_used_at: used.get(&row.key_id).copied(),
                name: row.name,
                virtual_key_masked: row.masked,
                expires_at: end(row.expires_at, row.grace_ends_at).map(moment),
                created_at: moment(row.created_at),
                scope: row.scope.named(models)?,
                limits: limits::read((row.rpm_limit, row.tpm_limit, row.max_parallel_requests))?,
            })
        })
        .collect()
}

/// When keys were last used, of those that were.
fn last_uses(conn: &mut AnyConnection, ids: &[String]) -> Result<HashMap<String, Timestamp>, Failure> {
    let mut all = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(String, NaiveDateTime)> =
            key_use::table.filter(key_use::key_id.eq_any(chunk)).load(conn)?;
        all.extend(rows.into_iter().map(|(id, at)| (id, moment(at))));
    }
    Ok(all)
}

/// The keys of a team that are not revoked, oldest first.
pub(crate) fn of_team(conn: &mut AnyConnection, team_uid: &str) -> Result<Vec<TeamKey>, Failure> {
    let rows: Vec<KeyRow> = team_keys::table
        .filter(team_keys::team_uid.eq(team_uid))
        .filter(team_keys::revoked_at.is_null())
        .order((team_keys::created_at, team_keys::key_id))
        .select(KeyRow::as_select())
        .load(conn)?;
    whole(conn, rows)
}

/// A team's key that is not revoked.
pub(super) fn unrevoked(conn: &mut AnyConnection, team_uid: &str, id: &KeyId) -> Result<TeamKey, Failure> {
    let row: Option<KeyRow> = team_keys::table
        .find(id.as_str())
        .filter(team_keys::team_uid.eq(team_uid))
        .filter(team_keys::revoked_at.is_null())
        .select(KeyRow::as_select())
        .first(conn)
        .optional()?;
    let key = whole(conn, row.into_iter().collect())?.pop();
    key.ok_or_else(|| Failure::not_found(KIND, id))
}

/// A team's key that works.
pub(super) fn live(
    conn: &mut AnyConnection,
    team_uid: &str,
    id: &KeyId,
    now: Timestamp,
) -> Result<TeamKey, Failure> {
    let key = unrevoked(conn, team_uid, id)?;
    if key.is_live(now) { Ok(key) } else { Err(Failure::not_found(KIND, id)) }
}
