//! The books: calls are entered once, and their sums rise in the same transaction.

mod back_rate;
mod detail;
mod find;
mod key_use;
pub(crate) mod rollup;
mod row;
mod shares;
pub(crate) mod times;
mod used_by;

use std::collections::HashSet;
use std::sync::Arc;

use alias_core::clock::Timestamp;
use alias_core::repository::{Shipped, StoreError, UsageRepository};
use alias_core::usage::{CallId, Denials, InstanceId, UsageEvent};
use async_trait::async_trait;
use diesel::prelude::*;

use self::row::{EnteredRow, EventRow};
use crate::column::{CHUNK, big, count, json, parse, storable, time};
use crate::connection::AnyConnection;
use crate::credits;
use crate::error::{Failure, Named};
use crate::schema::{instances, usage_events, usage_quarantine};
use crate::store::{SqlStore, Verdict};

pub(crate) use detail::{Detail, Tokens, tokens};

const INSTANCE: &str = "instance";

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
    let mut known: HashSet<CallId> = HashSet::new();
    for chunk in events.chunks(CHUNK) {
        let found: Vec<String> = usage_events::table
            .filter(usage_events::call_id.eq_any(chunk.iter().map(|event| String::from(event.call.call_id))))
            .select(usage_events::call_id)
            .load(conn)?;
        for id in found {
            known.insert(parse("usage_events.call_id", &id)?);
        }
    }
    // `insert` also leaves out the second of two in one batch.
    Ok(events.iter().enumerate().filter(|(_, event)| known.insert(event.call.call_id)).collect())
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
    let rows: Vec<EventRow<'_>> = new
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

/// Enters the rows. PostgreSQL takes a copied batch several times faster than an inserted one; to SQLite each row is a
/// call of a function, whose statement stays prepared: it takes longer to parse many rows than to enter them.
fn insert(conn: &mut AnyConnection, rows: &[EventRow<'_>]) -> Result<(), Failure> {
    match conn {
        AnyConnection::Postgres(c) => {
            diesel::copy_from(usage_events::table).from_insertable(rows).execute(c)?;
        }
        AnyConnection::Sqlite(c) => {
            for row in rows {
                EnteredRow(row).execute(c)?;
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
        // An event that cannot be entered is found by halves, and put aside, so that it stops no other.
        let mut parts = vec![(first_seq, events)];
        while let Some((seq, part)) = parts.pop() {
            let shipped = match (self.enter(instance, seq, part).await?, part) {
                (Ok(shipped), _) => shipped,
                (Err(why), [event]) => self.put_aside(instance, seq, event, why).await?,
                (Err(why), []) => return Err(StoreError::Corrupt(why.into())),
                (Err(_), [_, _, ..]) => {
                    let (first, rest) = part.split_at(part.len() / 2);
                    parts.push((seq + first.len() as u64, rest));
                    parts.push((seq, first));
                    continue;
                }
            };
            if shipped != Shipped::Stored {
                return Ok(shipped);
            }
        }
        Ok(Shipped::Stored)
    }

    async fn beat(&self, instance: InstanceId) -> Result<bool, StoreError> {
        self.write(move |conn| credits::beat(conn, &instance.to_string()).map(Verdict::Commit)).await
    }

    async fn add_denials(&self, denials: &[Denials]) -> Result<(), StoreError> {
        let sums = rollup::of_denials(denials);
        self.write(move |conn| rollup::raise(conn, sums).map(Verdict::Commit)).await
    }
}
