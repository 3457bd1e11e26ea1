//! The calls themselves: charge and credits from what each pins, in the order of their beginnings, a day at a time.

use std::collections::HashMap;
use std::sync::Arc;

use alias_core::alias::AliasId;
use alias_core::back_rate;
use alias_core::clock::Timestamp;
use alias_core::credits::AccountId;
use alias_core::money::NanoUsd;
use alias_core::price;
use alias_core::report::Verification;
use alias_core::team::TeamUid;
use alias_core::usage::{Outcome, PriceBasis};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::prices::{Pinned, Prices};
use super::rollups::Days;
use super::times::Timed;
use super::{BATCH, Charges, Known, compare};
use crate::column::{from_json, moment, parse, word};
use crate::connection::AnyConnection;
use crate::credits::OUTRIGHT;
use crate::error::Failure;
use crate::schema::{usage_events as e, usage_rerates as rr};
use crate::usage::rollup::Counted;
use crate::usage::{Detail, Tokens, tokens};

/// What was found on the way through all calls.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// How many calls each instance sent, and the highest of their numbers.
    pub(super) sent: HashMap<String, (i64, i64)>,
    pub(super) charges: Charges,
}

/// What was valued later: by which price, what the provider took, the charge.
type Later = (Option<i64>, Option<i64>, Option<i64>);

#[derive(Queryable)]
struct Row {
    instance_id: String,
    seq: i64,
    started_at: NaiveDateTime,
    alias_id: String,
    alias_version: i32,
    team_uid: String,
    outcome: String,
    stream: bool,
    duration_us: i64,
    first_byte_us: Option<i64>,
    tokens: Tokens,
    provider_cost: Option<i64>,
    charge: Option<i64>,
    job_id: Option<String>,
    credits: i64,
    charged: i64,
    detail: String,
    later: Later,
}

impl Row {
    fn place(&self) -> String {
        format!("call {}/{}", self.instance_id, self.seq)
    }

    /// What is summed of what the provider took, and of the charge.
    fn amounts(&self) -> (Option<i64>, Option<i64>) {
        let (_, cost, charge) = self.later;
        (self.provider_cost.or(cost), self.charge.or(charge))
    }
}

/// Where reading stands.
struct After {
    at: NaiveDateTime,
    instance: String,
    seq: i64,
}

fn batch(conn: &mut AnyConnection, after: Option<&After>) -> Result<Vec<Row>, Failure> {
    let later = rr::table.on(rr::instance_id.eq(e::instance_id).and(rr::seq.eq(e::seq)));
    let mut rows = e::table.left_join(later).into_boxed();
    if let Some(After { at, instance, seq }) = after {
        let within = e::instance_id.gt(instance).or(e::instance_id.eq(instance).and(e::seq.gt(*seq)));
        rows = rows.filter(e::started_at.ge(*at)).filter(e::started_at.gt(*at).or(within));
    }
    Ok(rows
        .order((e::started_at, e::instance_id, e::seq))
        .limit(BATCH)
        .select((
            e::instance_id,
            e::seq,
            e::started_at,
            e::alias_id,
            e::alias_version,
            e::team_uid,
            e::outcome,
            e::stream,
            e::duration_us,
            e::first_byte_us,
            (
                e::input_tokens,
                e::cache_read_tokens,
                e::cache_write_tokens,
                e::output_tokens,
                e::reasoning_tokens,
            ),
            e::provider_cost,
            e::charge,
            e::job_id,
            e::credits,
            e::charged,
            e::detail,
            (rr::price_id.nullable(), rr::provider_cost.nullable(), rr::charge.nullable()),
        ))
        .load(conn)?)
}

/// Reads all calls; `None` where that was ended before.
pub(super) fn check(
    conn: &mut AnyConnection,
    report: &mut Verification,
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<Option<Read>, Failure> {
    let (mut read, mut prices, mut days) = (Read::default(), Prices::default(), Days::default());
    let timed = Timed::read(conn)?;
    let mut after = None;
    loop {
        if !go_on(report.events) {
            return Ok(None);
        }
        let rows = batch(conn, after.as_ref())?;
        let Some(last) = rows.last() else { break };
        after = Some(After { at: last.started_at, instance: last.instance_id.clone(), seq: last.seq });
        for row in rows {
            report.events += 1;
            let counted = call(conn, report, &mut prices, &mut read, &row)?;
            let (day, key) = (moment(row.started_at).day(), (row.alias_id, row.team_uid));
            let sums = days.of(conn, report, day, key)?;
            sums.0.add(&counted);
            if counted.outcome == Outcome::Complete && timed.has(&row.instance_id, row.seq) {
                sums.1.count(row.duration_us, row.first_byte_us, row.stream);
            }
        }
    }
    days.end(conn, report)?;
    Ok(Some(read))
}

/// Checks one call, and tells what of it is summed.
fn call(
    conn: &mut AnyConnection,
    report: &mut Verification,
    prices: &mut Prices,
    read: &mut Read,
    row: &Row,
) -> Result<Counted, Failure> {
    let detail: Detail<'_> = from_json("usage_events.detail", &row.detail)?;
    let outcome: Outcome = word("usage_events.outcome", &row.outcome)?;
    let tokens = tokens(row.tokens, &detail);
    let settlement = detail.settlement.as_ref();
    let pinned = price::Pinned {
        outcome,
        first_byte: row.first_byte_us.is_some(),
        in_job: row.job_id.is_some(),
        tokens: tokens.as_ref(),
        provider_cost: row.provider_cost.map(NanoUsd::new),
        settlement,
    };
    parse::<AliasId>("usage_events.alias_id", &row.alias_id)?;
    // What was entered before calls pinned anything says nothing of how it was counted.
    if row.detail == "{}" {
        report.unpinned += 1;
    } else {
        let price = match &settlement.prices {
            Some(own) if settlement.basis == PriceBasis::Fixed => Pinned::Known(Arc::clone(own)),
            _ => prices.of(conn, settlement.basis, &row.alias_id, row.alias_version)?,
        };
        charge(report, &pinned, price, row);
        let burned = pinned.credits(row.charge.map(NanoUsd::new)).micros();
        compare(report, || row.place(), "credits", burned, row.credits);
        compare(report, || row.place(), "credits as recorded with it", settlement.credits, row.credits);
    }
    if row.charged < 0 || row.charged > row.credits.min(settlement.charged) {
        let most = format!("0 to {}", row.credits.min(settlement.charged));
        compare(report, || row.place(), "charged", most, row.charged.to_string());
    }
    let (sent, highest) = read.sent.entry(row.instance_id.clone()).or_default();
    (*sent, *highest) = (*sent + 1, row.seq.max(*highest));
    if row.charged != 0 {
        let team: TeamUid = parse("usage_events.team_uid", &row.team_uid)?;
        let lease = settlement.lease.map_or_else(|| OUTRIGHT.to_owned(), |lease| lease.to_string());
        let sum = read.charges.entry((AccountId::of_team(team).to_string(), lease)).or_default();
        *sum = sum.saturating_add(row.charged);
    }
    later(conn, report, &pinned, prices, row)?;
    let (cost, charge) = row.amounts();
    Ok(Counted {
        outcome,
        tokens: tokens.unwrap_or_default(),
        cost,
        charge,
        credits: row.credits,
        charged: row.charged,
        source: settlement.source,
        started_at: Timestamp::from(row.started_at.and_utc()),
    })
}

/// Compares what was valued later with what follows from the price that it names.
fn later(
    conn: &mut AnyConnection,
    report: &mut Verification,
    pinned: &price::Pinned<'_>,
    prices: &mut Prices,
    row: &Row,
) -> Result<(), Failure> {
    let (Some(id), cost, charge) = row.later else { return Ok(()) };
    let value = match prices.of(conn, PriceBasis::Catalog(id), &row.alias_id, row.alias_version)? {
        Pinned::Known(list) => back_rate::value(pinned, id, &list),
        Pinned::NotNeeded | Pinned::Missing => None,
    };
    let expected =
        |amount: fn(&back_rate::Value) -> NanoUsd| Known(value.as_ref().map(|v| amount(v).nanos()));
    compare(report, || row.place(), "cost valued later", expected(|value| value.cost), Known(cost));
    compare(report, || row.place(), "charge valued later", expected(|value| value.charge), Known(charge));
    Ok(())
}

/// Compares the charge with what follows from the price.
fn charge(report: &mut Verification, pinned: &price::Pinned<'_>, price: Pinned, row: &Row) {
    let found = Known(row.charge);
    let by = |list| Known(pinned.charge(list).map(NanoUsd::nanos));
    match price {
        Pinned::NotNeeded => compare(report, || row.place(), "charge", by(None), found),
        Pinned::Known(list) => compare(report, || row.place(), "charge", by(Some(list.as_ref())), found),
        Pinned::Missing => {
            let basis = format!("{:?}", pinned.settlement.basis);
            compare(report, || row.place(), "price", basis, "none of that number".to_owned());
        }
    }
}
