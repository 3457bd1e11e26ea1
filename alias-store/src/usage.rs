//! The books: calls are entered once, and their sums rise in the same transaction.

mod back_rate;
mod detail;
mod find;
mod key_use;
pub(crate) mod rollup;
mod shares;
pub(crate) mod times;
mod used_by;

use std::collections::HashSet;
use std::sync::Arc;

use alias_core::clock::Timestamp;
use alias_core::repository::{Shipped, StoreError, UsageRepository};
use alias_core::usage::{Denials, InstanceId, UsageEvent};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::column::{CHUNK, big, count, json, storable, time};
use crate::connection::AnyConnection;
use crate::credits;
use crate::error::{Failure, Named};
use crate::schema::{instances, usage_events, usage_quarantine};
use crate::store::{SqlStore, Verdict};

pub(crate) use detail::{Detail, Tokens, tokens};

const INSTANCE: &str = "instance";

/// A call as the books keep it: times in microseconds, money in nano-USD.
#[derive(Insertable)]
#[diesel(table_name = usage_events, treat_none_as_default_value = false)]
struct EventRow {
    instance_id: String,
    seq: i64,
    call_id: String,
    started_at: NaiveDateTime,
    endpoint: &'static str,
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

impl EventRow {
    fn new(instance: &str, seq: u64, event: &UsageEvent, charged: i64) -> Result<Self, Failure> {
        let (call, tokens) = (&event.call, event.tokens.as_ref());
        Ok(Self {
            instance_id: instance.to_owned(),
            seq: big(seq),
            call_id: call.call_id.to_string(),
            started_at: time(call.started_at),
            endpoint: call.endpoint.as_str(),
            stream: call.stream,
            alias_id: call.alias_id.to_string(),
            alias: call.alias.to_string(),
            alias_version: call.alias_version.cast_signed(),
            litellm_model: call.litellm_model.to_string(),
            organization_id: call.organization_id.to_string(),
            team_uid: call.team_uid.to_string(),
            team_id: call.team_id.to_string(),
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
            schedule_id: call.scheduled.map(|id| id.to_string()),
        })
    }
}

/// Where the books of an instance stand.
fn shipped_seq(conn: &mut AnyConnection, instance: &str) -> Result<Option<i64>, Failure> {
    Ok(instances::table.find(instance).select(instances::shipped_seq).first(conn).optional()?)
}

/// Raises `boot` if it is later than the one on record, or enters a new instance.
fn start(conn: &mut AnyConnection, id: &str, boot: i64, now: Timestamp) -> Result<u64, Failure> {
    // A closed instance is over: its folder goes on under a new id.
    let earlier =
        instances::table.find(id).filter(instances::boot.lt(boot)).filter(instances::closed.eq(false));
    let raised = diesel::update(earlier)
        .set((instances::boot.eq(boot), instances::announced_at.eq(time(now))))
        .execute(conn)?;
    match (shipped_seq(conn, id)?, raised) {
        (Some(seq), 1) => Ok(count(seq)),
        (Some(_), _) => {
            let current: i64 = instances::table.find(id).select(instances::boot).first(conn)?;
            let current = u32::try_from(current).unwrap_or(u32::MAX);
            Err(StoreError::Conflict { kind: INSTANCE, name: id.to_owned(), current }.into())
        }
        (None, _) => {
            diesel::insert_into(instances::table)
                .values((
                    instances::id.eq(id),
                    instances::boot.eq(boot),
                    instances::shipped_seq.eq(0_i64),
                    instances::created_at.eq(time(now)),
                    instances::announced_at.eq(time(now)),
                ))
                .execute(conn)
                .named(INSTANCE, id)?;
            Ok(0)
        }
    }
}

/// Those of the events that the books do not have yet, by call id. A restored or copied folder may send a
/// call again under another instance; it counts once.
fn unknown<'a>(
    conn: &mut AnyConnection,
    events: &'a [UsageEvent],
) -> Result<Vec<(usize, &'a UsageEvent)>, Failure> {
    let ids: Vec<String> = events.iter().map(|event| event.call.call_id.to_string()).collect();
    let mut known: HashSet<String> = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        let found: Vec<String> = usage_events::table
            .filter(usage_events::call_id.eq_any(chunk))
            .select(usage_events::call_id)
            .load(conn)?;
        known.extend(found);
    }
    // `insert` also leaves out the second of two in one batch.
    Ok(events
        .iter()
        .enumerate()
        .zip(ids)
        .filter(|(_, id)| known.insert(id.clone()))
        .map(|(e, _)| e)
        .collect())
}

/// Counts what an instance sent that the books had already, so that its numbers still tell how much there must be.
fn note_repeated(conn: &mut AnyConnection, instance: &str, calls: usize) -> Result<(), Failure> {
    if calls > 0 {
        let more = instances::repeated.eq(instances::repeated + big(calls as u64));
        diesel::update(instances::table.find(instance)).set(more).execute(conn)?;
    }
    Ok(())
}

/// Enters a batch in the books: all of it, or nothing.
fn enter(
    conn: &mut AnyConnection,
    id: &str,
    first_seq: u64,
    events: &[UsageEvent],
    now: Timestamp,
) -> Result<Verdict<Shipped>, Failure> {
    if let Some(elsewhere) = advance(conn, id, first_seq, events.len())? {
        return Ok(Verdict::RollBack(elsewhere));
    }
    let new = unknown(conn, events)?;
    let charged = credits::charge(conn, new.iter().map(|(_, event)| *event), now)?;
    let rows: Vec<EventRow> = new
        .iter()
        .zip(&charged.credits)
        .map(|((offset, event), charged)| {
            EventRow::new(id, first_seq.saturating_add(*offset as u64), event, *charged)
        })
        .collect::<Result<_, _>>()?;
    insert(conn, &rows)?;
    shares::enter(conn, &charged.budgets)?;
    let counted = new.iter().zip(&charged.credits).map(|((_, event), charged)| (*event, *charged));
    rollup::raise(conn, rollup::of_events(counted))?;
    used_by::enter(conn, new.iter().map(|(_, event)| *event))?;
    note_repeated(conn, id, events.len() - new.len())?;
    key_use::raise(conn, new.iter().map(|(_, event)| *event))?;
    times::count(conn, id, times::MANY)?;
    Ok(Verdict::Commit(Shipped::Stored))
}

/// Enters the rows. PostgreSQL takes a copied batch several times faster than an inserted one.
fn insert(conn: &mut AnyConnection, rows: &[EventRow]) -> Result<(), Failure> {
    match conn {
        AnyConnection::Postgres(c) => {
            diesel::copy_from(usage_events::table).from_insertable(rows).execute(c)?;
        }
        AnyConnection::Sqlite(c) => {
            for chunk in rows.chunks(CHUNK) {
                diesel::insert_into(usage_events::table).values(chunk).execute(c)?;
            }
        }
    }
    Ok(())
}

/// Says that the events from `first_seq` on are in the books, unless these stand elsewhere: then where.
fn advance(
    conn: &mut AnyConnection,
    id: &str,
    first_seq: u64,
    events: usize,
) -> Result<Option<Shipped>, Failure> {
    let next = first_seq.saturating_add(events as u64);
    let here = instances::table.find(id).filter(instances::shipped_seq.eq(big(first_seq)));
    let moved = diesel::update(here).set(instances::shipped_seq.eq(big(next))).execute(conn)?;
    if moved == 1 {
        return Ok(None);
    }
    let stands = shipped_seq(conn, id)?.ok_or_else(|| Failure::not_found(INSTANCE, id))?;
    Ok(Some(Shipped::ContinueFrom(count(stands))))
}

impl SqlStore {
    /// Enters a batch; answers with the reason where an event of it can never be entered.
    async fn enter(
        &self,
        instance: InstanceId,
        first_seq: u64,
        events: &[UsageEvent],
    ) -> Result<Result<Shipped, String>, StoreError> {
        let (id, events, clock) = (instance.to_string(), events.to_vec(), Arc::clone(&self.clock));
        self.write(move |conn| match enter(conn, &id, first_seq, &events, clock.now()) {
            Ok(Verdict::Commit(shipped)) => Ok(Verdict::Commit(Ok(shipped))),
            Ok(Verdict::RollBack(shipped)) => Ok(Verdict::RollBack(Ok(shipped))),
            Err(failure) => match failure.of_the_data() {
                Some(why) => Ok(Verdict::RollBack(Err(why))),
                None => Err(failure),
            },
        })
        .await
    }

    /// Finds the event that cannot be entered, and puts it aside, so that it stops no other.
    async fn enter_one_by_one(
        &self,
        instance: InstanceId,
        first_seq: u64,
        events: &[UsageEvent],
    ) -> Result<Shipped, StoreError> {
        for (seq, event) in (first_seq..).zip(events) {
            let shipped = match self.enter(instance, seq, std::slice::from_ref(event)).await? {
                Ok(shipped) => shipped,
                Err(why) => self.put_aside(instance, seq, event, why).await?,
            };
            if shipped != Shipped::Stored {
                return Ok(shipped);
            }
        }
        Ok(Shipped::Stored)
    }

    async fn put_aside(
        &self,
        instance: InstanceId,
        seq: u64,
        event: &UsageEvent,
        why: String,
    ) -> Result<Shipped, StoreError> {
        tracing::error!(call = %event.call.call_id, why, "a call cannot be entered in the books: it is put aside");
        let (id, clock) = (instance.to_string(), Arc::clone(&self.clock));
        let json = storable(&json(event).map_err(StoreError::from)?);
        self.write(move |conn| {
            if let Some(elsewhere) = advance(conn, &id, seq, 1)? {
                return Ok(Verdict::RollBack(elsewhere));
            }
            diesel::insert_into(usage_quarantine::table)
                .values((
                    usage_quarantine::instance_id.eq(&id),
                    usage_quarantine::seq.eq(big(seq)),
                    usage_quarantine::event.eq(json),
                    usage_quarantine::why.eq(storable(&why)),
                    usage_quarantine::created_at.eq(time(clock.now())),
                ))
                .execute(conn)?;
            Ok(Verdict::Commit(Shipped::Stored))
        })
        .await
    }
}

#[async_trait]
impl UsageRepository for SqlStore {
    async fn announce(&self, instance: InstanceId, boot: u64) -> Result<u64, StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |conn| {
            start(conn, &instance.to_string(), big(boot), clock.now()).map(Verdict::Commit)
        })
        .await
    }

    async fn ship(
        &self,
        instance: InstanceId,
        first_seq: u64,
        events: &[UsageEvent],
    ) -> Result<Shipped, StoreError> {
        match self.enter(instance, first_seq, events).await? {
            Ok(shipped) => Ok(shipped),
            Err(_) => self.enter_one_by_one(instance, first_seq, events).await,
        }
    }

    async fn beat(&self, instance: InstanceId) -> Result<bool, StoreError> {
        self.write(move |conn| credits::beat(conn, &instance.to_string()).map(Verdict::Commit)).await
    }

    async fn add_denials(&self, denials: &[Denials]) -> Result<(), StoreError> {
        let sums = rollup::of_denials(denials);
        self.write(move |conn| rollup::raise(conn, sums).map(Verdict::Commit)).await
    }
}
