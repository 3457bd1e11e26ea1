//! Sums of usage by day, alias and team.

use std::collections::BTreeMap;

use alias_core::clock::Timestamp;
use alias_core::usage::{Denials, Outcome, TokenUsage, UsageEvent, UsageSource};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamp as Moment};

use crate::column::{CHUNK, big, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::usage_rollups;

/// In the order of their keys, so that two writers take the rows in the same order.
pub(super) type Sums = BTreeMap<(NaiveDate, String, String), Sum>;

/// A sum, or a row of sums.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable)]
pub(crate) struct Sum {
    pub(crate) calls: i64,
    pub(crate) completed: i64,
    pub(crate) denied: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
    pub(crate) completed_tokens: i64,
    pub(crate) cost_nano: i64,
    pub(crate) billed_nano: i64,
    pub(crate) unpriced: i64,
    pub(crate) cached_tokens: i64,
    pub(crate) reasoning_tokens: i64,
    pub(crate) credits: i64,
    pub(crate) charged: i64,
    pub(crate) estimated: i64,
    pub(crate) last_used_at: Option<NaiveDateTime>,
}

/// What of a call is summed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) outcome: Outcome,
    pub(crate) tokens: TokenUsage,
    /// Nano-USD.
    pub(crate) cost: Option<i64>,
    /// Nano-USD.
    pub(crate) charge: Option<i64>,
    /// Micro-credits.
    pub(crate) credits: i64,
    /// Micro-credits.
    pub(crate) charged: i64,
    pub(crate) source: UsageSource,
    pub(crate) started_at: Timestamp,
}

impl Counted {
    fn of(event: &UsageEvent, charged: i64) -> Self {
        Self {
            outcome: event.outcome,
            tokens: event.tokens.unwrap_or_default(),
            cost: event.provider_cost.map(alias_core::money::NanoUsd::nanos),
            charge: event.charge.map(alias_core::money::NanoUsd::nanos),
            credits: event.settlement.credits,
            charged,
            source: event.settlement.source,
            started_at: event.call.started_at,
        }
    }
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
    cached_tokens: i64,
    reasoning_tokens: i64,
    credits: i64,
    charged: i64,
    estimated: i64,
    last_used_at: Option<NaiveDateTime>,
}

impl Sum {
    /// The numbers, each with the name of its column.
    pub(crate) fn numbers(&self) -> [(&'static str, i64); 14] {
        [
            ("calls", self.calls),
            ("completed", self.completed),
            ("denied", self.denied),
            ("input_tokens", self.input_tokens),
            ("output_tokens", self.output_tokens),
            ("completed_tokens", self.completed_tokens),
            ("cost_nano", self.cost_nano),
            ("billed_nano", self.billed_nano),
            ("unpriced", self.unpriced),
            ("cached_tokens", self.cached_tokens),
            ("reasoning_tokens", self.reasoning_tokens),
            ("credits", self.credits),
            ("charged", self.charged),
            ("estimated", self.estimated),
        ]
    }

    /// Takes in a call.
    pub(crate) fn add(&mut self, call: &Counted) {
        let (complete, tokens) = (call.outcome == Outcome::Complete, &call.tokens);
        let add = |sum: &mut i64, number: i64| *sum = sum.saturating_add(number);
        add(&mut self.calls, 1);
        add(&mut self.completed, i64::from(complete));
        add(&mut self.input_tokens, big(tokens.all_input()));
        add(&mut self.output_tokens, big(tokens.all_output()));
        add(&mut self.completed_tokens, if complete { big(tokens.total()) } else { 0 });
        add(&mut self.cost_nano, call.cost.unwrap_or(0));
        add(&mut self.billed_nano, call.charge.unwrap_or(0));
        add(&mut self.unpriced, i64::from(complete && call.cost.is_none()));
        add(&mut self.cached_tokens, big(tokens.cache_read));
        add(&mut self.reasoning_tokens, big(tokens.reasoning));
        add(&mut self.credits, call.credits);
        add(&mut self.charged, call.charged);
        add(&mut self.estimated, i64::from(call.source == UsageSource::Estimated));
        self.last_used_at = self.last_used_at.max(Some(time(call.started_at)));
    }

    fn under(self, (day, alias_id, team_uid): (NaiveDate, String, String)) -> RollupRow {
        RollupRow {
            day,
            alias_id,
            team_uid,
            calls: self.calls.min(MOST),
            completed: self.completed.min(MOST),
            denied: self.denied.min(MOST),
            input_tokens: self.input_tokens.min(MOST),
            output_tokens: self.output_tokens.min(MOST),
            completed_tokens: self.completed_tokens.min(MOST),
            cost_nano: self.cost_nano.min(MOST),
            billed_nano: self.billed_nano.min(MOST),
            unpriced: self.unpriced.min(MOST),
            cached_tokens: self.cached_tokens.min(MOST),
            reasoning_tokens: self.reasoning_tokens.min(MOST),
            credits: self.credits.min(MOST),
            charged: self.charged.min(MOST),
            estimated: self.estimated.min(MOST),
            last_used_at: self.last_used_at,
        }
    }
}

/// The sums of calls and of what their accounts were charged, each under the day on which it began.
pub(super) fn of_events<'a>(events: impl Iterator<Item = (&'a UsageEvent, i64)>) -> Sums {
    let mut sums = Sums::new();
    for (event, charged) in events {
        let call = &event.call;
        let key = (call.started_at.day(), call.alias_id.to_string(), call.team_uid.to_string());
        sums.entry(key).or_default().add(&Counted::of(event, charged));
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
                    r::cached_tokens.eq(raised("cached_tokens")),
                    r::reasoning_tokens.eq(raised("reasoning_tokens")),
                    r::credits.eq(raised("credits")),
                    r::charged.eq(raised("charged")),
                    r::estimated.eq(raised("estimated")),
                    r::last_used_at.eq(sql::<Nullable<Moment>>(LATER)),
                ))
                .execute(c)
        })?;
    }
    Ok(())
}

/// The most that one column of a day says: 10 million USD, and more tokens than anybody has. What a mad provider
/// reports beyond would stop the books where a sum no longer fits its column.
pub(crate) const MOST: i64 = 10_000_000_000_000_000;

/// A column with what is added to it, at most [`MOST`]: the databases' own functions for the lesser of two differ.
fn raised(column: &str) -> SqlLiteral<BigInt> {
    let (old, new) = (format!("usage_rollups.{column}"), format!("excluded.{column}"));
    sql(&format!("CASE WHEN {old} > {MOST} - {new} THEN {MOST} ELSE {old} + {new} END"))
}

/// The later of two moments of which either may be missing; the databases' own functions differ.
const LATER: &str = "CASE WHEN usage_rollups.last_used_at IS NULL \
     OR excluded.last_used_at > usage_rollups.last_used_at \
     THEN excluded.last_used_at ELSE usage_rollups.last_used_at END";
