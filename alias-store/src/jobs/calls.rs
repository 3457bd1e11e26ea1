//! The calls of a job: what the books have of them, and what they do not have yet.

use std::collections::HashMap;

use alias_core::alias::Metadata;
use alias_core::clock::Timestamp;
use alias_core::job::{CallsSoFar, JobCallRecord, JobCosts};
use alias_core::money::NanoUsd;
use chrono::NaiveDateTime;
use diesel::dsl::{count_star, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::column::{count, from_json, moment, parse, time, word};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{job_calls, usage_events, usage_rerates as r};
use crate::usage::Detail;

/// The most calls of a job that are listed.
const LISTED: i64 = 1_000;
/// What began longer ago than this and is not in the books was never sent.
const PENDING: chrono::Duration = chrono::Duration::hours(1);

/// The events that meet a condition, counted. Quotes within a provider's or a client's words are escaped in `detail`,
/// so that they cannot pass for its members.
macro_rules! how_many {
    ($condition:literal) => {
        sql::<BigInt>(concat!(
            "CAST(COALESCE(SUM(CASE WHEN ",
            $condition,
            " THEN 1 ELSE 0 END), 0) AS BIGINT)"
        ))
    };
}

macro_rules! sum {
    ($expression:literal) => {
        sql::<BigInt>(concat!("CAST(COALESCE(SUM(", $expression, "), 0) AS BIGINT)"))
    };
}

/// What is known of a job's calls.
pub(super) fn so_far(conn: &mut AnyConnection, job: &str, now: Timestamp) -> Result<CallsSoFar, Failure> {
    let (total, paid, paid_successes): (i64, i64, i64) = usage_events::table
        .filter(usage_events::job_id.eq(job))
        .select((
            count_star(),
            how_many!(r#"detail LIKE '%"mode":"job_based"%' AND detail NOT LIKE '%"basis":"free"%'"#),
            how_many!(
                r#"outcome = 'complete' AND detail LIKE '%"mode":"job_based"%' AND detail NOT LIKE '%"basis":"free"%'"#
            ),
        ))
        .first(conn)?;
    Ok(CallsSoFar {
        total: count(total),
        paid: count(paid),
        paid_successes: count(paid_successes),
        pending: pending(conn, job, now)?,
    })
}

/// How many calls of a job are not in the books yet.
pub(super) fn pending(conn: &mut AnyConnection, job: &str, now: Timestamp) -> Result<u64, Failure> {
    let known = usage_events::table.filter(usage_events::job_id.eq(job)).select(usage_events::call_id);
    let open: i64 = job_calls::table
        .filter(job_calls::job_id.eq(job))
        .filter(job_calls::started_at.gt(time(Timestamp::from(now.utc() - PENDING))))
        .filter(job_calls::call_id.ne_all(known))
        .count()
        .get_result(conn)?;
    Ok(count(open))
}

type Sum = SqlLiteral<BigInt>;

fn sums() -> (Sum, Sum, Sum, Sum, Sum) {
    (
        sum!("1"),
        how_many!("outcome = 'complete'"),
        sum!(
            "COALESCE(input_tokens, 0) + COALESCE(cache_read_tokens, 0) + COALESCE(cache_write_tokens, 0) \
             + COALESCE(output_tokens, 0) + COALESCE(reasoning_tokens, 0)"
        ),
        sum!(
            "COALESCE(provider_cost, (SELECT v.provider_cost FROM usage_rerates v \
             WHERE v.instance_id = usage_events.instance_id AND v.seq = usage_events.seq))"
        ),
        sum!("duration_us"),
    )
}

/// The sums of a job's calls.
pub(super) fn costs(conn: &mut AnyConnection, job: &str) -> Result<JobCosts, Failure> {
    let events = || usage_events::table.filter(usage_events::job_id.eq(job));
    let (total, successful, tokens, cost, duration): (i64, i64, i64, i64, i64) =
        events().select(sums()).first(conn)?;
    // Audio has no columns of its own, and hardly any call has some.
    let audible: Vec<String> = events()
        .filter(usage_events::detail.like(r#"{"audio":[%"#))
        .limit(LISTED)
        .select(usage_events::detail)
        .load(conn)?;
    let audio: u64 = audible.iter().map(|detail| audio(detail)).sum::<Result<u64, Failure>>()?;
    Ok(JobCosts {
        total_calls: count(total),
        successful_calls: count(successful),
        total_tokens: count(tokens).saturating_add(audio),
        total_cost: NanoUsd::new(cost),
        avg_latency_ms: count(duration).checked_div(count(total)).unwrap_or(0) / 1_000,
    })
}

fn audio(detail: &str) -> Result<u64, Failure> {
    let detail: Detail<'_> = from_json("usage_events.detail", detail)?;
    Ok(detail.audio.0.saturating_add(detail.audio.1))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = usage_events)]
struct EventRow {
    call_id: String,
    started_at: NaiveDateTime,
    alias: String,
    outcome: String,
    error_code: Option<String>,
    duration_us: i64,
    input_tokens: Option<i64>,
    cache_read_tokens: Option<i64>,
    cache_write_tokens: Option<i64>,
    output_tokens: Option<i64>,
    reasoning_tokens: Option<i64>,
    provider_cost: Option<i64>,
    instance_id: String,
    seq: i64,
    detail: String,
}

impl EventRow {
    fn record(self, said: Option<(Option<String>, Metadata)>) -> Result<JobCallRecord, Failure> {
        let classes = [
            self.input_tokens,
            self.cache_read_tokens,
            self.cache_write_tokens,
            self.output_tokens,
            self.reasoning_tokens,
        ];
        let tokens: u64 = classes.into_iter().flatten().map(count).sum();
        let (purpose, metadata) = said.unwrap_or_default();
        Ok(JobCallRecord {
            call_id: parse("usage_events.call_id", &self.call_id)?,
            model: parse("usage_events.alias", &self.alias)?,
            purpose,
            metadata,
            status: word("usage_events.outcome", &self.outcome)?,
            tokens: tokens.saturating_add(audio(&self.detail)?),
            cost: self.provider_cost.map(NanoUsd::new),
            latency_ms: count(self.duration_us) / 1_000,
            error_code: self.error_code,
            started_at: moment(self.started_at),
        })
    }
}

/// What calls of a job came to whose price was known only later.
fn valued_later(conn: &mut AnyConnection, job: &str) -> Result<HashMap<(String, i64), i64>, Failure> {
    let call = usage_events::instance_id.eq(r::instance_id).and(usage_events::seq.eq(r::seq));
    let rows: Vec<(String, i64, i64)> = usage_events::table
        .inner_join(r::table.on(call))
        .filter(usage_events::job_id.eq(job))
        .order((usage_events::started_at, usage_events::call_id))
        .limit(LISTED)
        .select((r::instance_id, r::seq, r::provider_cost))
        .load(conn)?;
    Ok(rows.into_iter().map(|(instance, seq, cost)| ((instance, seq), cost)).collect())
}

/// The calls of a job that are in the books, the oldest first.
pub(super) fn list(conn: &mut AnyConnection, job: &str) -> Result<Vec<JobCallRecord>, Failure> {
    let events: Vec<EventRow> = usage_events::table
        .filter(usage_events::job_id.eq(job))
        .order((usage_events::started_at, usage_events::call_id))
        .limit(LISTED)
        .select(EventRow::as_select())
        .load(conn)?;
    let later = valued_later(conn, job)?;
    let said: Vec<(String, Option<String>, String)> = job_calls::table
        .filter(job_calls::job_id.eq(job))
        .order(job_calls::call_id)
        .limit(LISTED)
        .select((job_calls::call_id, job_calls::purpose, job_calls::metadata))
        .load(conn)?;
    let mut said: HashMap<String, (Option<String>, Metadata)> = said
        .into_iter()
        .map(|(id, purpose, metadata)| Ok((id, (purpose, from_json("job_calls.metadata", &metadata)?))))
        .collect::<Result<_, Failure>>()?;
    events
        .into_iter()
        .map(|mut event| {
            let later = later.get(&(event.instance_id.clone(), event.seq)).copied();
            event.provider_cost = event.provider_cost.or(later);
            let said = said.remove(&event.call_id);
            event.record(said)
        })
        .collect()
}
