//! Calls of unknown price, valued when the price is known: a row beside each, and the sums of their days.

use std::collections::HashMap;

use alias_core::audit::Actor;
use alias_core::back_rate::{self, BackRate, BackRated, LastCall, Value};
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::price::{Pinned, PriceId, PriceList};
use alias_core::provider_model::place;
use alias_core::repository::{BackRateRepository, StoreError};
use alias_core::usage::Outcome;
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::json;

use super::detail::{Detail, Tokens, tokens};
use super::rollup::{self, Sums};
use crate::audit::{Change, entry};
use crate::column::{CHUNK, big, count, from_json, moment, parse, time, word};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::provider_models;
use crate::schema::{usage_events as e, usage_rerates};
use crate::store::SqlStore;

/// How many calls are looked at in one transaction: other writers wait for it.
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

/// The next calls of unknown price.
fn batch(conn: &mut AnyConnection, of: &BackRate, after: Option<&LastCall>) -> Result<Vec<Row>, Failure> {
    let valued = usage_rerates::table
        .filter(usage_rerates::instance_id.eq(e::instance_id))
        .filter(usage_rerates::seq.eq(e::seq));
    let mut rows = e::table
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
        ))
        .load(conn)?)
}

/// What a call comes to, and whether it is complete.
fn value(row: &Row, price: PriceId, prices: &PriceList) -> Result<Option<(Value, bool)>, Failure> {
    let detail: Detail<'_> = from_json("usage_events.detail", &row.detail)?;
    let outcome: Outcome = word("usage_events.outcome", &row.outcome)?;
    let tokens = tokens(row.tokens, &detail);
    let call = Pinned {
        outcome,
        first_byte: row.first_byte_us.is_some(),
        in_job: row.job_id.is_some(),
        tokens: tokens.as_ref(),
        provider_cost: None,
        settlement: detail.settlement.as_ref(),
    };
    Ok(back_rate::value(&call, price, prices).map(|value| (value, outcome == Outcome::Complete)))
}

impl Plan {
    fn take(
        &mut self,
        row: Row,
        model: &ModelRef,
        price_id: PriceId,
        prices: &PriceList,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some((value, complete)) = value(&row, price_id, prices)? else { return Ok(()) };
        self.rated.add(model, price_id, value);
        let day = moment(row.started_at).day();
        let alias = parse("usage_events.alias_id", &row.alias_id)?;
        let team = parse("usage_events.team_uid", &row.team_uid)?;
        let sum = self.sums.entry((day, alias, team)).or_default();
        sum.cost_nano = sum.cost_nano.saturating_add(value.cost.nanos());
        sum.billed_nano = sum.billed_nano.saturating_add(value.charge.nanos());
        sum.unpriced -= i64::from(complete);
        self.rows.push(ValueRow {
            instance_id: row.instance_id,
            seq: row.seq,
            price_id,
            provider_cost: value.cost.nanos(),
            charge: value.charge.nanos(),
            at: time(now),
        });
        Ok(())
    }
}

/// The models of these calls that are asked for.
fn models_of(rows: &[Row], of: &BackRate) -> Result<HashMap<String, ModelRef>, Failure> {
    let mut models = HashMap::new();
    for row in rows {
        if !models.contains_key(&row.litellm_model) {
            let model: ModelRef = parse("usage_events.litellm_model", &row.litellm_model)?;
            models.insert(row.litellm_model.clone(), model);
        }
    }
    let wanted = of.model.as_ref().map(place);
    models.retain(|_, model| wanted.as_ref().is_none_or(|wanted| *wanted == place(model)));
    Ok(models)
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
    let models = models_of(&rows, of)?;
    let facts = provider_models::facts(conn, models.values().cloned())?;
    for row in rows {
        let Some(model) = models.get(&row.litellm_model) else { continue };
        let known = provider_models::fact_of(&facts, model);
        let price = known.as_ref().and_then(|known| Some((known.price_id?, known.prices.as_ref()?)));
        if let Some((id, prices)) = price {
            plan.take(row, model, id, prices, now)?;
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
