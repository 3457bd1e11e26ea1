//! Who calls an alias, by the days' sums.

use std::collections::HashMap;

use alias_core::alias::{AliasCaller, AliasCallers, AliasName, MAX_CALLERS};
use alias_core::clock::Timestamp;
use alias_core::house;
use alias_core::repository::{AliasCallersRepository, StoreError};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamp as Moment};

use super::live;
use crate::column::moment;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::plans::used;
use crate::schema::{usage_rollups as r, usage_teams};
use crate::store::SqlStore;

/// A team, and when it called last.
type Row = (String, Option<NaiveDateTime>);

/// Trials are calls of nobody.
pub(crate) fn callers(
    conn: &mut AnyConnection,
    name: &AliasName,
    now: Timestamp,
) -> Result<Option<AliasCallers>, Failure> {
    let Some(alias) = live(conn, name)? else { return Ok(None) };
    let last = || sql::<Nullable<Moment>>("MAX(last_used_at)");
    let rows: Vec<Row> = r::table
        .filter(r::alias_id.eq(alias.id.to_string()))
        .filter(r::calls.gt(0))
        .filter(r::team_uid.ne(house::TEAM.to_string()))
        .group_by(r::team_uid)
        .order((last().desc(), r::team_uid))
        .limit(i64::try_from(MAX_CALLERS).unwrap_or(i64::MAX))
        .select((r::team_uid, last()))
        .load(conn)?;
    let (spent, _) = used::lately(conn, now, &[alias.id], None)?;
    let spent: HashMap<String, _> = spent.into_iter().map(|used| (used.team.to_string(), used)).collect();
    let uids: Vec<&String> = rows.iter().map(|(uid, _)| uid).collect();
    let named: Vec<(String, String, String)> = usage_teams::table
        .filter(usage_teams::team_uid.eq_any(uids))
        .select((usage_teams::team_uid, usage_teams::team_id, usage_teams::organization_id))
        .load(conn)?;
    let mut named: HashMap<String, (String, String)> =
        named.into_iter().map(|(uid, team, organization)| (uid, (team, organization))).collect();
    let teams = rows.into_iter().filter_map(|(uid, last)| {
        let (team_id, organization_id) = named.remove(&uid)?;
        let used = spent.get(&uid);
        Some(AliasCaller {
            team_id,
            organization_id,
            last_used_at: last.map(moment),
            last_7_days: used.map(|used| used.last_7_days).unwrap_or_default(),
            last_30_days: used.map(|used| used.last_30_days).unwrap_or_default(),
        })
    });
    Ok(Some(AliasCallers { teams: teams.collect(), alias, at: now }))
}

#[async_trait]
impl AliasCallersRepository for SqlStore {
    async fn callers(&self, name: &AliasName) -> Result<Option<AliasCallers>, StoreError> {
        let (name, now) = (name.clone(), self.clock.now());
        self.read(move |conn| callers(conn, &name, now)).await
    }
}
