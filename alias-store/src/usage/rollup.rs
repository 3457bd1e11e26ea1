//! Sums of usage by day, alias and team.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use alias_core::alias::AliasId;
use alias_core::clock::Timestamp;
use alias_core::team::TeamUid;
use alias_core::usage::{Denials, Outcome, TokenUsage, UsageEvent, UsageSource};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamp as Moment};
use diesel::sqlite::Sqlite;

use crate::column::{CHUNK, big, time};
use crate::connection::AnyConnection;
use crate::error::Failure;

/// In the order of their keys, so that two writers take the rows in the same order.
pub(super) type Sums = BTreeMap<Key, Sum>;

/// A day, an alias and a team.
type Key = (NaiveDate, AliasId, TeamUid);

/// How many numbers a sum has.
const NUMBERS: usize = 14;
/// With its key, and when it rose last.
const COLUMNS: usize = NUMBERS + 4;

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

impl Sum {
    /// The numbers, each with the name of its column.
    pub(crate) fn numbers(&self) -> [(&'static str, i64); NUMBERS] {
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

    /// The numbers as they are kept.
    fn kept(&self) -> [i64; NUMBERS] {
        self.numbers().map(|(_, number)| number.min(MOST))
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
}

/// The sums of calls and of what their accounts were charged, each under the day on which it began.
pub(super) fn of_events<'a>(events: impl Iterator<Item = (&'a UsageEvent, i64)>) -> Sums {
    let mut sums = Sums::new();
    for (event, charged) in events {
        let call = &event.call;
        let key = (call.started_at.day(), call.alias_id, call.team_uid);
        sums.entry(key).or_default().add(&Counted::of(event, charged));
    }
    sums
}

/// The sums of refusals.
pub(super) fn of_denials(denials: &[Denials]) -> Sums {
    let mut sums = Sums::new();
    for refused in denials {
        let key = (refused.day, refused.alias_id, refused.team_uid);
        let sum = sums.entry(key).or_default();
        sum.denied = sum.denied.saturating_add(big(refused.count));
    }
    sums
}

/// Adds sums to the roll-ups. PostgreSQL takes many rows at once as arrays, which it need not parse; to SQLite each is a
/// call of a function, whose statement stays prepared.
pub(super) fn raise(conn: &mut AnyConnection, sums: Sums) -> Result<(), Failure> {
    match conn {
        AnyConnection::Postgres(c) => {
            let sums: Vec<_> = sums.into_iter().collect();
            for chunk in sums.chunks(CHUNK) {
                raise_many(c, chunk)?;
            }
        }
        AnyConnection::Sqlite(c) => {
            for (key, sum) in &sums {
                let (day, alias, team) = *key;
                let (numbers, last_used_at) = (sum.kept(), sum.last_used_at);
                Raising { day, alias: alias.into(), team: team.into(), numbers, last_used_at }.execute(c)?;
            }
        }
    }
    Ok(())
}

fn raise_many(conn: &mut PgConnection, sums: &[(Key, Sum)]) -> Result<(), Failure> {
    let places = (1..=COLUMNS).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let Statement { head, tail } = &*RAISING;
    let keys = |of: fn(&Key) -> String| sums.iter().map(|(key, _)| of(key)).collect::<Vec<_>>();
    let days: Vec<NaiveDate> = sums.iter().map(|((day, ..), _)| *day).collect();
    let moments: Vec<_> = sums.iter().map(|(_, sum)| sum.last_used_at).collect();
    let mut raising = diesel::sql_query(format!("{head} SELECT * FROM unnest({places}) {tail}"))
        .into_boxed::<Pg>()
        .bind::<Array<Date>, _>(days)
        .bind::<Array<Text>, _>(keys(|(_, alias, _)| (*alias).into()))
        .bind::<Array<Text>, _>(keys(|(.., team)| (*team).into()));
    let numbers: Vec<_> = sums.iter().map(|(_, sum)| sum.kept()).collect();
    for place in 0..NUMBERS {
        let column: Vec<i64> = numbers.iter().map(|row| row[place]).collect();
        raising = raising.bind::<Array<BigInt>, _>(column);
    }
    raising.bind::<Array<Nullable<Moment>>, _>(moments).execute(conn)?;
    Ok(())
}

/// Adds one sum.
struct Raising {
    day: NaiveDate,
    alias: String,
    team: String,
    numbers: [i64; NUMBERS],
    last_used_at: Option<NaiveDateTime>,
}

impl QueryId for Raising {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Sqlite> for Raising {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let Statement { head, tail } = &*RAISING;
        out.push_sql(head);
        out.push_sql(" VALUES (");
        out.push_bind_param::<Date, _>(&self.day)?;
        for text in [&self.alias, &self.team] {
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(text)?;
        }
        for number in &self.numbers {
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(number)?;
        }
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Moment>, _>(&self.last_used_at)?;
        out.push_sql(") ");
        out.push_sql(tail);
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for Raising {}

/// The most that one column of a day says: 10 million USD, and more tokens than anybody has. What a mad provider
/// reports beyond would stop the books where a sum no longer fits its column.
pub(crate) const MOST: i64 = 10_000_000_000_000_000;

/// The statement that adds rows: what stands before them, and after.
struct Statement {
    head: String,
    tail: String,
}

static RAISING: LazyLock<Statement> = LazyLock::new(|| {
    let names = Sum::default().numbers().map(|(name, _)| name);
    // The databases' own functions for the lesser of two, and the later, differ.
    let raised = names.map(|name| {
        let (old, new) = (format!("usage_rollups.{name}"), format!("excluded.{name}"));
        format!("{name} = CASE WHEN {old} > {MOST} - {new} THEN {MOST} ELSE {old} + {new} END")
    });
    Statement {
        head: format!(
            "INSERT INTO usage_rollups (day, alias_id, team_uid, {}, last_used_at)",
            names.join(", ")
        ),
        tail: format!(
            "ON CONFLICT (day, alias_id, team_uid) DO UPDATE SET {}, \
             last_used_at = CASE WHEN usage_rollups.last_used_at IS NULL \
             OR excluded.last_used_at > usage_rollups.last_used_at \
             THEN excluded.last_used_at ELSE usage_rollups.last_used_at END",
            raised.join(", ")
        ),
    }
});
