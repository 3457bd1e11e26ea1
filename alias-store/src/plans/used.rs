//! What teams lately spent on aliases, from the days' sums.

use std::collections::{BTreeMap, BTreeSet};

use alias_core::alias::AliasId;
use alias_core::clock::Timestamp;
use alias_core::money::NanoUsd;
use alias_core::plan::{Caller, Spend, Used};
use chrono::{Days, NaiveDate};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::catalog::in_chunks;
use crate::column::{count, parse};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{usage_rollups as r, usage_teams};

/// An alias, a team, and the sums of its calls: how many, their cost and what was charged for them.
type Row = (String, String, i64, i64, i64);

/// The first of so many days, of which today is the last.
pub(crate) fn first_of(days: u64, now: Timestamp) -> NaiveDate {
    let today = now.day();
    today.checked_sub_days(Days::new(days.saturating_sub(1))).unwrap_or(today)
}

/// What was spent on these aliases in the last 7 and 30 days, and by whom.
pub(crate) fn lately(
    conn: &mut AnyConnection,
    now: Timestamp,
    aliases: &[AliasId],
    only: Option<&BTreeSet<String>>,
) -> Result<(Vec<Used>, Vec<Caller>), Failure> {
    let ids: Vec<String> = aliases.iter().map(ToString::to_string).collect();
    let mut all: BTreeMap<(String, String), (Spend, Spend)> = BTreeMap::new();
    for (alias, team, calls, cost, billed) in sums(conn, &ids, first_of(30, now))? {
        all.insert((alias, team), (Spend::default(), spend(calls, cost, billed)));
    }
    for (alias, team, calls, cost, billed) in sums(conn, &ids, first_of(7, now))? {
        all.entry((alias, team)).or_default().0 = spend(calls, cost, billed);
    }
    all.retain(|(_, team), (_, month)| month.calls > 0 && only.is_none_or(|only| only.contains(team)));
    let teams: BTreeSet<String> = all.keys().map(|(_, team)| team.clone()).collect();
    let used = all.into_iter().map(|((alias, team), (last_7_days, last_30_days))| {
        let (alias, team) =
            (parse("usage_rollups.alias_id", &alias)?, parse("usage_rollups.team_uid", &team)?);
        Ok(Used { alias, team, last_7_days, last_30_days })
    });
    Ok((used.collect::<Result<_, Failure>>()?, callers(conn, &teams.into_iter().collect::<Vec<_>>())?))
}

fn spend(calls: i64, cost: i64, billed: i64) -> Spend {
    Spend { calls: count(calls), cost_usd: NanoUsd::new(cost), billed_usd: NanoUsd::new(billed) }
}

fn sums(conn: &mut AnyConnection, aliases: &[String], since: NaiveDate) -> Result<Vec<Row>, Failure> {
    in_chunks(aliases, |ids| {
        Ok(r::table
            .filter(r::alias_id.eq_any(ids))
            .filter(r::day.ge(since))
            .group_by((r::alias_id, r::team_uid))
            .select((
                r::alias_id,
                r::team_uid,
                sql::<BigInt>("CAST(SUM(calls) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(cost_nano) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(billed_nano) AS BIGINT)"),
            ))
            .load(conn)?)
    })
}

/// What the teams are, or were, called.
fn callers(conn: &mut AnyConnection, teams: &[String]) -> Result<Vec<Caller>, Failure> {
    let names: Vec<(String, String)> = in_chunks(teams, |ids| {
        let named = usage_teams::table.filter(usage_teams::team_uid.eq_any(ids));
        Ok(named.select((usage_teams::team_uid, usage_teams::team_id)).load(conn)?)
    })?;
    let caller =
        |(uid, team_id): (String, String)| Ok(Caller { team: parse("usage_teams.team_uid", &uid)?, team_id });
    names.into_iter().map(caller).collect()
}
