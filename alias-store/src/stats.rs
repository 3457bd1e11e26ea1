//! Lifetime statistics: sums of the usage roll-ups.

use std::collections::HashMap;

use alias_core::money::NanoUsd;
use alias_core::usage::UsageStats;
use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamp};

use crate::column::{CHUNK, count, moment};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{teams, usage_rollups};

/// The sums over some roll-ups, in the order of [`sums!`].
#[derive(Debug, Queryable)]
struct Sums {
    calls: i64,
    completed: i64,
    denied: i64,
    completed_tokens: i64,
    cost_nano: i64,
    billed_nano: i64,
    unpriced: i64,
    last_used_at: Option<NaiveDateTime>,
}

/// A sum of 64-bit numbers as one: PostgreSQL would make it a decimal.
macro_rules! sum {
    ($column:literal) => {
        sql::<BigInt>(concat!("CAST(COALESCE(SUM(usage_rollups.", $column, "), 0) AS BIGINT)"))
    };
}

type Sum = SqlLiteral<BigInt>;

fn sums() -> (Sum, Sum, Sum, Sum, Sum, Sum, Sum, SqlLiteral<Nullable<Timestamp>>) {
    (
        sum!("calls"),
        sum!("completed"),
        sum!("denied"),
        sum!("completed_tokens"),
        sum!("cost_nano"),
        sum!("billed_nano"),
        sum!("unpriced"),
        sql("MAX(usage_rollups.last_used_at)"),
    )
}

impl From<Sums> for UsageStats {
    fn from(sums: Sums) -> Self {
        let (completed, tokens) = (count(sums.completed), count(sums.completed_tokens));
        Self {
            total_calls: count(sums.calls),
            total_cost_usd: NanoUsd::new(sums.cost_nano),
            avg_tokens_per_call: tokens.saturating_add(completed / 2).checked_div(completed).unwrap_or(0),
            failed_calls: count(sums.calls - sums.completed),
            denied_calls: count(sums.denied),
            total_billed_usd: NanoUsd::new(sums.billed_nano),
            unpriced_calls: count(sums.unpriced),
            last_used_at: sums.last_used_at.map(moment),
        }
    }
}

/// The statistics of aliases, by id; who was never called has no entry.
pub(crate) fn of_aliases(
    conn: &mut AnyConnection,
    ids: &[String],
) -> Result<HashMap<String, UsageStats>, Failure> {
    let mut stats = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(String, Sums)> = on_each_backend!(conn, c => usage_rollups::table
            .filter(usage_rollups::alias_id.eq_any(chunk))
            .group_by(usage_rollups::alias_id)
            .select((usage_rollups::alias_id, sums()))
            .load(c))?;
        stats.extend(rows.into_iter().map(|(id, sums)| (id, UsageStats::from(sums))));
    }
    Ok(stats)
}

/// What a team used.
pub(crate) fn of_team(conn: &mut AnyConnection, uid: &str) -> Result<UsageStats, Failure> {
    let sums: Sums =
        usage_rollups::table.filter(usage_rollups::team_uid.eq(uid)).select(sums()).first(conn)?;
    Ok(sums.into())
}

/// What the present teams of an organization used.
pub(crate) fn of_organization(conn: &mut AnyConnection, uid: &str) -> Result<UsageStats, Failure> {
    let members = teams::table.filter(teams::organization_uid.eq(uid)).select(teams::uid);
    let sums: Sums =
        usage_rollups::table.filter(usage_rollups::team_uid.eq_any(members)).select(sums()).first(conn)?;
    Ok(sums.into())
}
