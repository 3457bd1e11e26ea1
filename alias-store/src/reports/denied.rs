//! Calls that were refused, by team and alias: the days' sums count them.

use alias_core::report::{DeniedCalls, Scope};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::chosen::Chosen;
use super::patient;
use super::query::{Source, Value, Writer, bound, whose};
use crate::column::{count, parse};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = Text)]
    alias: String,
    #[diesel(sql_type = Text)]
    team: String,
    #[diesel(sql_type = BigInt)]
    calls: i64,
    #[diesel(sql_type = Text)]
    last_day: String,
}

/// A team that was only ever refused is in no call: its name is that of the team, if it is there.
const SUMS: &str = "SELECT COALESCE(MAX(a.alias), r.alias_id) AS alias, \
     COALESCE(MAX(live.team_id), MAX(t.team_id), r.team_uid) AS team, \
     CAST(SUM(r.denied) AS BIGINT) AS calls, CAST(MAX(r.day) AS TEXT) AS last_day FROM usage_rollups r \
     LEFT JOIN model_aliases a ON a.id = r.alias_id \
     LEFT JOIN teams live ON live.uid = r.team_uid LEFT JOIN organizations o ON o.uid = live.organization_uid \
     LEFT JOIN usage_teams t ON t.team_uid = r.team_uid";

pub(super) fn pairs(conn: &mut AnyConnection, scope: &Scope, most: u32) -> Result<Vec<DeniedCalls>, Failure> {
    patient(conn)?;
    let chosen = Chosen::find(conn, scope)?;
    let mut writer = Writer::default();
    writer.say(SUMS);
    whose(&mut writer, Source::Days, scope, &chosen, "COALESCE(o.organization_id, t.organization_id)");
    writer.say(" AND r.denied > 0 GROUP BY r.alias_id, r.team_uid ORDER BY calls DESC, r.alias_id, r.team_uid LIMIT ");
    writer.bind(Value::Number(i64::from(most)));
    let rows: Vec<Pair> = on_each_backend!(conn, c => bound!(writer, Source::Days).load(c)?);
    let pair = |Pair { alias, team, calls, last_day }: Pair| {
        let last_day = parse("usage_rollups.day", &last_day)?;
        Ok(DeniedCalls { alias, team, calls: count(calls), last_day })
    };
    rows.into_iter().map(pair).collect()
}
