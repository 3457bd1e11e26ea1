//! One call of the books, by the id of its request.

use alias_core::money::NanoUsd;
use alias_core::repository::{CallRepository, StoreError};
use alias_core::usage::{Call, CallId, RecordedCall};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::detail::{Detail, tokens};
use crate::column::{count, from_json, moment, parse, storable, version, word};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{alias_versions, usage_events as e};
use crate::store::SqlStore;

#[derive(Queryable, Selectable)]
#[diesel(table_name = e)]
struct Row {
    call_id: String,
    started_at: NaiveDateTime,
    endpoint: String,
    stream: bool,
    alias_id: String,
    alias: String,
    alias_version: i32,
    litellm_model: String,
    organization_id: String,
    team_uid: String,
    team_id: String,
    key_id: String,
    request_id: String,
    outcome: String,
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
    detail: String,
    schedule_id: Option<String>,
}

impl TryFrom<Row> for RecordedCall {
    type Error = Failure;

    fn try_from(row: Row) -> Result<Self, Failure> {
        let call = Call {
            call_id: parse("usage_events.call_id", &row.call_id)?,
            started_at: moment(row.started_at),
            endpoint: word("usage_events.endpoint", &row.endpoint)?,
            stream: row.stream,
            alias_id: parse("usage_events.alias_id", &row.alias_id)?,
            alias: parse("usage_events.alias", &row.alias)?,
            alias_version: version("usage_events.alias_version", row.alias_version)?,
            scheduled: row.schedule_id.map(|id| parse("usage_events.schedule_id", &id)).transpose()?,
            litellm_model: parse("usage_events.litellm_model", &row.litellm_model)?,
            organization_id: parse("usage_events.organization_id", &row.organization_id)?,
            team_uid: parse("usage_events.team_uid", &row.team_uid)?,
            team_id: parse("usage_events.team_id", &row.team_id)?,
            key_id: parse("usage_events.key_id", &row.key_id)?,
            request_id: row.request_id,
            job: None,
        };
        let columns = (
            row.input_tokens,
            row.cache_read_tokens,
            row.cache_write_tokens,
            row.output_tokens,
            row.reasoning_tokens,
        );
        let detail: Detail<'_> = from_json("usage_events.detail", &row.detail)?;
        Ok(Self {
            call,
            tokens: tokens(columns, &detail),
            provider_cost: row.provider_cost.map(NanoUsd::new),
            failed: detail.settlement.failed.clone(),
            outcome: word("usage_events.outcome", &row.outcome)?,
            status: u16::try_from(row.status).map_err(|why| Failure::corrupt("usage_events.status", why))?,
            error_code: row.error_code,
            duration_us: count(row.duration_us),
            first_byte_us: row.first_byte_us.map(count),
        })
    }
}

/// The call, with the version that it went by: where that was none yet, the one that it has become.
fn recorded(conn: &mut AnyConnection, mut row: Row) -> Result<RecordedCall, Failure> {
    if let Some(id) = &row.schedule_id {
        let became = alias_versions::table.filter(alias_versions::schedule_id.eq(id));
        let version: Option<i32> = became.select(alias_versions::version).first(conn).optional()?;
        row.alias_version = version.unwrap_or(row.alias_version);
    }
    row.try_into()
}

#[async_trait]
impl CallRepository for SqlStore {
    async fn find_call(&self, id: CallId) -> Result<Option<RecordedCall>, StoreError> {
        self.read(move |conn| {
            let row = e::table
                .filter(e::call_id.eq(id.to_string()))
                .select(Row::as_select())
                .first::<Row>(conn)
                .optional()?;
            row.map(|row| recorded(conn, row)).transpose()
        })
        .await
    }

    async fn find_by_request(&self, request_id: &str) -> Result<Option<RecordedCall>, StoreError> {
        let request_id = storable(request_id);
        self.read(move |conn| {
            let row = e::table
                .filter(e::request_id.eq(request_id))
                .order((e::started_at.desc(), e::seq.desc()))
                .select(Row::as_select())
                .first::<Row>(conn)
                .optional()?;
            row.map(|row| recorded(conn, row)).transpose()
        })
        .await
    }
}
