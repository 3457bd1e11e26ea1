//! A call as a row.

use alias_core::usage::UsageEvent;
use chrono::NaiveDateTime;
use diesel::dsl::SqlTypeOf;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;

use super::Detail;
use crate::column::{big, json, storable, time};
use crate::error::Failure;
use crate::schema::usage_events;

/// A call as the books keep it: times in microseconds, money in nano-USD.
#[derive(Insertable)]
#[diesel(table_name = usage_events, treat_none_as_default_value = false)]
pub(super) struct EventRow<'a> {
    instance_id: &'a str,
    seq: i64,
    call_id: String,
    started_at: NaiveDateTime,
    endpoint: &'static str,
    stream: bool,
    alias_id: String,
    alias: &'a str,
    alias_version: i32,
    litellm_model: &'a str,
    organization_id: &'a str,
    team_uid: String,
    team_id: &'a str,
    key_id: String,
    request_id: String,
    outcome: &'static str,
    status: i32,
    error_code: Option<String>,
    duration_us: i64,
    first_byte_us: Option<i64>,
    input_tokens: Option<i64>,
    cache_read_tokens: Option<i64>,
    cache_write_tokens: Option<i64>,
    output_tokens: Option<i64>,
    reasoning_tokens: Option<i64>,
    provider_cost: Option<i64>,
    charge: Option<i64>,
    job_id: Option<String>,
    credits: i64,
    charged: i64,
    detail: String,
    schedule_id: Option<String>,
}

impl<'a> EventRow<'a> {
    pub(super) fn new(
        instance: &'a str,
        seq: u64,
        event: &'a UsageEvent,
        charged: i64,
    ) -> Result<Self, Failure> {
        let (call, tokens) = (&event.call, event.tokens.as_ref());
        Ok(Self {
            instance_id: instance,
            seq: big(seq),
            call_id: call.call_id.into(),
            started_at: time(call.started_at),
            endpoint: call.endpoint.as_str(),
            stream: call.stream,
            alias_id: call.alias_id.into(),
            alias: call.alias.as_str(),
            alias_version: call.alias_version.cast_signed(),
            litellm_model: call.litellm_model.as_str(),
            organization_id: call.organization_id.as_str(),
            team_uid: call.team_uid.into(),
            team_id: call.team_id.as_str(),
            key_id: storable(&call.key_id.to_string()),
            request_id: storable(&call.request_id),
            outcome: event.outcome.as_str(),
            status: i32::from(event.status),
            error_code: event.error_code.as_deref().map(storable),
            duration_us: big(event.duration_us),
            first_byte_us: event.first_byte_us.map(big),
            input_tokens: tokens.map(|tokens| big(tokens.input)),
            cache_read_tokens: tokens.map(|tokens| big(tokens.cache_read)),
            cache_write_tokens: tokens.map(|tokens| big(tokens.cache_write + tokens.cache_write_1h)),
            output_tokens: tokens.map(|tokens| big(tokens.output)),
            reasoning_tokens: tokens.map(|tokens| big(tokens.reasoning)),
            provider_cost: event.provider_cost.map(alias_core::money::NanoUsd::nanos),
            charge: event.charge.map(alias_core::money::NanoUsd::nanos),
            job_id: call.job.as_ref().map(|job| storable(&job.id)),
            credits: event.settlement.credits,
            charged,
            detail: json(&Detail::of(event))?,
            schedule_id: call.scheduled.map(String::from),
        })
    }
}

/// The insert of one row in SQLite: a statement that is known by its type. What diesel builds of the row is walked
/// through column by column several times for each call, which takes longer than SQLite takes to enter it.
pub(super) struct EnteredRow<'a>(pub(super) &'a EventRow<'a>);

impl QueryId for EnteredRow<'_> {
    type QueryId = EnteredRow<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

/// Writes the insert with these columns, which are to be all that the row has.
macro_rules! insert {
    ($row:expr, $out:ident; $first:ident, $($column:ident),*) => {{
        let EventRow { $first, $($column),* } = $row;
        $out.push_sql(concat!("INSERT INTO usage_events (", stringify!($first), $(", ", stringify!($column),)* ") VALUES ("));
        $out.push_bind_param::<SqlTypeOf<usage_events::$first>, _>($first)?;
        $(
            $out.push_sql(", ");
            $out.push_bind_param::<SqlTypeOf<usage_events::$column>, _>($column)?;
        )*
        $out.push_sql(")");
    }};
}

impl QueryFragment<Sqlite> for EnteredRow<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        insert!(self.0, out;
            instance_id, seq, call_id, started_at, endpoint, stream, alias_id, alias, alias_version, litellm_model,
            organization_id, team_uid, team_id, key_id, request_id, outcome, status, error_code, duration_us,
            first_byte_us, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
            provider_cost, charge, job_id, credits, charged, detail, schedule_id
        );
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for EnteredRow<'_> {}
