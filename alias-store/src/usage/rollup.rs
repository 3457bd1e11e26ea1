//! Sums of usage by day, alias and team.

use std::collections::BTreeMap;

use alias_core::usage::{Denials, Outcome, UsageEvent};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamp};

use crate::column::{CHUNK, big, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::usage_rollups;

/// In the order of their keys, so that two writers take the rows in the same order.
pub(super) type Sums = BTreeMap<(NaiveDate, String, String), Sum>;

/// What is added to one roll-up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sum {
    calls: i64,
    completed: i64,
    denied: i64,
    input_tokens: i64,
    output_tokens: i64,
    completed_tokens: i64,
    cost_nano: i64,
    billed_nano: i64,
    unpriced: i64,
    last_used_at: Option<NaiveDateTime>,
}

#[derive(Insertable)]
#[diesel(table_name = usage_rollups, treat_none_as_default_value = false)]
struct RollupRow {
    day: NaiveDate,
    alias_id: String,
    team_uid: String,
    calls: i64,
    completed: i64,
    denied: i64,
    input_tokens: i64,
    output_tokens: i64,
    completed_tokens: i64,
    cost_nano: i64,
    billed_nano: i64,
    unpriced: i64,
    last_used_at: Option<NaiveDateTime>,
}

impl Sum {
    fn add(&mut self, event: &UsageEvent) {
        let (complete, tokens) = (event.outcome == Outcome::Complete, event.tokens.unwrap_or_default());
        let add = |sum: &mut i64, number: i64| *sum = sum.saturating_add(number);
        add(&mut self.calls, 1);
        add(&mut self.completed, i64::from(complete));
        add(&mut self.input_tokens, big(tokens.all_input()));
        add(&mut self.output_tokens, big(tokens.all_output()));
        add(&mut self.completed_tokens, if complete { big(tokens.total()) } else { 0 });
        add(&mut self.cost_nano, event.provider_cost.unwrap_or_default().nanos());
        add(&mut self.billed_nano, event.charge.unwrap_or_default().nanos());
        add(&mut self.unpriced, i64::from(complete && event.provider_cost.is_none()));
        self.last_used_at = self.last_used_at.max(Some(time(event.call.started_at)));
    }

    fn under(self, (day, alias_id, team_uid): (NaiveDate, String, String)) -> RollupRow {
        let Self { calls, completed, denied, input_tokens, output_tokens, completed_tokens, .. } = self;
        let Self { cost_nano, billed_nano, unpriced, last_used_at, .. } = self;
        RollupRow {
            day,
            alias_id,
            team_uid,
            calls: calls.min(MOST),
            completed: completed.min(MOST),
            denied: denied.min(MOST),
            input_tokens: input_tokens.min(MOST),
            output_tokens: output_tokens.min(MOST),
            completed_tokens: completed_tokens.min(MOST),
            cost_nano: cost_nano.min(MOST),
            billed_nano: billed_nano.min(MOST),
            unpriced: unpriced.min(MOST),
            last_used_at,
        }
    }
}

/// The sums of calls, each under the day on which it began.
pub(super) fn of_events<'a>(events: impl Iterator<Item = &'a UsageEvent>) -> Sums {
    let mut sums = Sums::new();
    for event in events {
        let call = &event.call;
        let key = (call.started_at.day(), call.alias_id.to_string(), call.team_uid.to_string());
        sums.entry(key).or_default().add(event);
    }
    sums
}

/// The sums of refusals.
pub(super) fn of_denials(denials: &[Denials]) -> Sums {
    let mut sums = Sums::new();
    for refused in denials {
        let key = (refused.day, refused.alias_id.to_string(), refused.team_uid.to_string());
        let sum = sums.entry(key).or_default();
        sum.denied = sum.denied.saturating_add(big(refused.count));
    }
    sums
}

/// Adds sums to the roll-ups.
pub(super) fn raise(conn: &mut AnyConnection, sums: Sums) -> Result<(), Failure> {
    let rows: Vec<RollupRow> = sums.into_iter().map(|(key, sum)| sum.under(key)).collect();
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => {
            use usage_rollups as r;
            diesel::insert_into(r::table)
                .values(chunk)
                .on_conflict((r::day, r::alias_id, r::team_uid))
                .do_update()
                .set((
                    r::calls.eq(raised("calls")),
                    r::completed.eq(raised("completed")),
                    r::denied.eq(raised("denied")),
                    r::input_tokens.eq(raised("input_tokens")),
                    r::output_tokens.eq(raised("output_tokens")),
                    r::completed_tokens.eq(raised("completed_tokens")),
                    r::cost_nano.eq(raised("cost_nano")),
                    r::billed_nano.eq(raised("billed_nano")),
                    r::unpriced.eq(raised("unpriced")),
                    r::last_used_at.eq(sql::<Nullable<Timestamp>>(LATER)),
                ))
                .execute(c)
        })?;
    }
    Ok(())
}

/// The most that one column of a day says: 10 million USD, and more tokens than anybody has. What a mad provider
/// reports beyond would stop the books where a sum no longer fits its column.
const MOST: i64 = 10_000_000_000_000_000;

/// A column with what is added to it, at most [`MOST`]: the databases' own functions for the lesser of two differ.
fn raised(column: &str) -> SqlLiteral<BigInt> {
    let (old, new) = (format!("usage_rollups.{column}"), format!("excluded.{column}"));
    sql(&format!("CASE WHEN {old} > {MOST} - {new} THEN {MOST} ELSE {old} + {new} END"))
}

/// The later of two moments of which either may be missing; the databases' own functions differ.
const LATER: &str = "CASE WHEN usage_rollups.last_used_at IS NULL \
     OR excluded.last_used_at > usage_rollups.last_used_at \
     THEN excluded.last_used_at ELSE usage_rollups.last_used_at END";
