//! Calls of unknown price, valued when the price is known: a row beside each, and the sums of their days.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use alias_core::audit::Actor;
use alias_core::back_rate::{self, BackRate, BackRated, LastCall, Value};
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::price::{Pinned, PriceId, PriceList};
use alias_core::repository::{BackRateRepository, StoreError};
use alias_core::usage::Outcome;
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::json;

use super::detail::{Detail, Tokens, tokens};
use super::rollup::{self, Sums};
use crate::audit::{Change, entry};
use crate::column::{CHUNK, big, count, from_json, moment, parse, time, word};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::provider_models;
use crate::schema::{model_prices, provider_models as m, usage_events as e, usage_rerates};
use crate::store::SqlStore;

/// How many calls are valued in one transaction: other writers wait for it.
const BATCH: i64 = 5_000;

#[derive(Queryable)]
struct Row {
    instance_id: String,
    seq: i64,
    started_at: NaiveDateTime,
    alias_id: String,
    team_uid: String,
    litellm_model: String,
    outcome: String,
    first_byte_us: Option<i64>,
    tokens: Tokens,
    job_id: Option<String>,
    detail: String,
    price_id: PriceId,
}

#[derive(Insertable)]
#[diesel(table_name = usage_rerates)]
struct ValueRow {
    instance_id: String,
    seq: i64,
    price_id: PriceId,
    provider_cost: i64,
    charge: i64,
    at: NaiveDateTime,
}

/// What a batch would write, and what it comes to.
#[derive(Default)]
struct Plan {
    rows: Vec<ValueRow>,
    sums: Sums,
    rated: BackRated,
}

/// The next calls of unknown price whose model has one now.
fn batch(conn: &mut AnyConnection, of: &BackRate, after: Option<&LastCall>) -> Result<Vec<Row>, Failure> {
    let valued = usage_rerates::table
        .filter(usage_rerates::instance_id.eq(e::instance_id))
        .filter(usage_rerates::seq.eq(e::seq));
    let mut rows = e::table
        .inner_join(m::table.on(m::folded.eq(sql::<Text>("LOWER(usage_events.litellm_model)"))))
        .inner_join(model_prices::table.on(m::price_id.eq(model_prices::id.nullable())))
        .filter(model_prices::prices.is_not_null())
        .filter(e::provider_cost.is_null())
        .filter(e::charge.is_null())
        .filter(e::input_tokens.is_not_null())
        .filter(not(exists(valued)))
        .into_boxed();
    if let Some(from) = of.from {
        rows = rows.filter(e::started_at.ge(time(from)));
    }
    if let Some(to) = of.to {
        rows = rows.filter(e::started_at.lt(time(to)));
    }
    if let Some(model) = &of.model {
        rows = rows.filter(m::folded.eq(model.as_str().to_ascii_lowercase()));
    }
    if let Some(LastCall { started_at, instance, seq }) = after {
        let (at, instance) = (time(*started_at), instance.to_string());
        let same = e::instance_id.eq(instance.clone()).and(e::seq.gt(big(*seq)));
        rows = rows
            .filter(e::started_at.ge(at))
            .filter(e::started_at.gt(at).or(e::instance_id.gt(instance).or(same)));
    }
    Ok(rows
        .order((e::started_at, e::instance_id, e::seq))
        .limit(BATCH)
        .select((
            e::instance_id,
            e::seq,
            e::started_at,
            e::alias_id,
            e::team_uid,
            e::litellm_model,
            e::outcome,
            e::first_byte_us,
            (
                e::input_tokens,
                e::cache_read_tokens,
                e::cache_write_tokens,
                e::output_tokens,
                e::reasoning_tokens,
            ),
            e::job_id,
            e::detail,
            model_prices::id,
        ))
        .load(conn)?)
}

/// What a call comes to, and whether it is complete.
fn value(row: &Row, prices: &PriceList) -> Result<Option<(Value, bool)>, Failure> {
    let detail: Detail<'_> = from_json("usage_events.detail", &row.detail)?;
    let outcome: Outcome = word("usage_events.outcome", &row.outcome)?;
    let tokens = tokens(row.tokens, detail.audio);
    let call = Pinned {
        outcome,
        first_byte: row.first_byte_us.is_some(),
        in_job: row.job_id.is_some(),
        tokens: tokens.as_ref(),
        provider_cost: None,
        settlement: detail.settlement.as_ref(),
    };
    Ok(back_rate::value(&call, row.price_id, prices).map(|value| (value, outcome == Outcome::Complete)))
}

impl Plan {
    fn take(&mut self, row: Row, prices: &PriceList, now: Timestamp) -> Result<(), Failure> {
        let Some((value, complete)) = value(&row, prices)? else { return Ok(()) };
        let model: ModelRef = parse("usage_events.litellm_model", &row.litellm_model)?;
        self.rated.add(&model, row.price_id, value);
        let day = moment(row.started_at).day();
        let sum = self.sums.entry((day, row.alias_id, row.team_uid)).or_default();
        sum.cost_nano = sum.cost_nano.saturating_add(value.cost.nanos());
        sum.billed_nano = sum.billed_nano.saturating_add(value.charge.nanos());
        sum.unpriced -= i64::from(complete);
        self.rows.push(ValueRow {
            instance_id: row.instance_id,
            seq: row.seq,
            price_id: row.price_id,
            provider_cost: value.cost.nanos(),
            charge: value.charge.nanos(),
            at: time(now),
        });
        Ok(())
    }
}

fn plan(
    conn: &mut AnyConnection,
    of: &BackRate,
    after: Option<&LastCall>,
    now: Timestamp,
) -> Result<Plan, Failure> {
    let rows = batch(conn, of, after)?;
    let mut plan = Plan::default();
    let full = rows.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
    if let Some(last) = rows.last().filter(|_| full) {
        plan.rated.last = Some(LastCall {
            started_at: moment(last.started_at),
            instance: parse("usage_events.instance_id", &last.instance_id)?,
            seq: count(last.seq),
        });
    }
    let mut known: HashMap<PriceId, Option<PriceList>> = HashMap::new();
    for row in rows {
        let prices = match known.entry(row.price_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(provider_models::price(conn, row.price_id)?),
        };
        if let Some(prices) = prices {
            plan.take(row, prices, now)?;
        }
    }
    Ok(plan)
}

fn write(conn: &mut AnyConnection, rows: &[ValueRow], sums: Sums) -> Result<(), Failure> {
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(usage_rerates::table).values(chunk).execute(c))?;
    }
    rollup::raise(conn, sums)
}

#[async_trait]
impl BackRateRepository for SqlStore {
    async fn back_rate(
        &self,
        of: &BackRate,
        after: Option<LastCall>,
        dry_run: bool,
        by: &Actor,
    ) -> Result<BackRated, StoreError> {
        let of = of.clone();
        if dry_run {
            let now = self.clock.now();
            return self.read(move |conn| Ok(plan(conn, &of, after.as_ref(), now)?.rated)).await;
        }
        self.change_apart(by, move |conn, now| {
            let Plan { rows, sums, rated } = plan(conn, &of, after.as_ref(), now)?;
            if rows.is_empty() {
                return Ok(Change::Nothing(rated));
            }
            write(conn, &rows, sums)?;
            let said = json!({
                "from": of.from, "to": of.to, "calls": rated.events(), "cost_nano_usd": rated.cost().nanos(),
                "billed_nano_usd": rated.billed().nanos(), "models": rated.models().count(),
            });
            let name = of.model.as_ref().map_or_else(|| "every model".to_owned(), ToString::to_string);
            let entry = entry("catalog.back_rate", "usage", name, &(), &said)?;
            Ok(Change::Made(rated, entry))
        })
        .await
    }
}
