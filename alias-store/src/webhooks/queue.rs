//! The queue as those see it who send: claims with a lease, and what attempts came to.

use std::sync::Arc;

use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::repository::{DeliveryQueue, StoreError};
use alias_core::webhook::{
    Attempt, ClaimedDeliveries, DeliveryId, DeliveryStatus, EventType, Message, Outcome, Webhook, WebhookId,
};
use async_trait::async_trait;
use diesel::dsl::min;
use diesel::prelude::*;
use serde_json::json;

use super::row::SigningRow;
use super::{KIND, outbox, replace, upkeep};
use crate::audit::{Change, entry};
use crate::column::{parse, time, version};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{webhook_deliveries, webhooks};
use crate::store::{SqlStore, Verdict};

/// How long a claim holds: the messages of one claim are sent one after the other, 10 s each at most.
const LEASE: chrono::Duration = chrono::Duration::seconds(60);
/// The most messages of one webhook in a claim.
const AT_ONCE: i64 = 4;
/// The most webhooks in a claim.
const MOST_WEBHOOKS: u32 = 64;
/// Why the service switches a webhook off.
const GONE: &str = "the receiver answered 410 Gone";

const PENDING: &str = DeliveryStatus::Pending.as_str();

fn later(now: Timestamp, by: chrono::Duration) -> Timestamp {
    Timestamp::from(now.utc() + by)
}

/// Messages that are due and that nobody has claimed.
macro_rules! due {
    ($now:expr) => {
        webhook_deliveries::table
            .filter(webhook_deliveries::status.eq(PENDING))
            .filter(webhook_deliveries::next_attempt_at.le(time($now)))
            .filter(
                webhook_deliveries::claimed_until
                    .is_null()
                    .or(webhook_deliveries::claimed_until.le(time($now)).assume_not_null()),
            )
    };
}

/// The webhooks that have something due, and are on and not busy; who waits longest comes first.
fn waiting(
    conn: &mut AnyConnection,
    most: u32,
    busy: &[String],
    now: Timestamp,
) -> Result<Vec<String>, Failure> {
    let rows: Vec<(String, Option<chrono::NaiveDateTime>)> = due!(now)
        .inner_join(webhooks::table)
        .filter(webhooks::active.eq(true))
        .filter(webhook_deliveries::webhook_id.ne_all(busy))
        .group_by(webhook_deliveries::webhook_id)
        .select((webhook_deliveries::webhook_id, min(webhook_deliveries::next_attempt_at)))
        .order(min(webhook_deliveries::next_attempt_at))
        .limit(i64::from(most.min(MOST_WEBHOOKS)))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, _)| id).collect())
}

/// Claims the oldest messages of a webhook that are due; of two servers that try, one gets each.
fn claim(
    conn: &mut AnyConnection,
    webhook: &str,
    now: Timestamp,
) -> Result<Option<ClaimedDeliveries>, Failure> {
    let rows: Vec<(String, String, i32)> = due!(now)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .order((webhook_deliveries::next_attempt_at, webhook_deliveries::delivery_id))
        .limit(AT_ONCE)
        .select((webhook_deliveries::delivery_id, webhook_deliveries::body, webhook_deliveries::attempts))
        .load(conn)?;
    let until = later(now, LEASE);
    let mut messages = Vec::with_capacity(rows.len());
    for (id, body, attempts) in rows {
        let taken = diesel::update(due!(now).filter(webhook_deliveries::delivery_id.eq(&id)))
            .set(webhook_deliveries::claimed_until.eq(time(until)))
            .execute(conn)?;
        if taken == 1 {
            let id = parse("webhook_deliveries.delivery_id", &id)?;
            messages.push(Message { id, body, attempts: version("webhook_deliveries.attempts", attempts)? });
        }
    }
    if messages.is_empty() {
        return Ok(None);
    }
    let row = webhooks::table.find(webhook).select(SigningRow::as_select()).first(conn)?;
    claimed(parse("webhook_deliveries.webhook_id", webhook)?, &row, messages, until, now).map(Some)
}

fn claimed(
    webhook: WebhookId,
    row: &SigningRow,
    messages: Vec<Message>,
    until: Timestamp,
    now: Timestamp,
) -> Result<ClaimedDeliveries, Failure> {
    Ok(ClaimedDeliveries {
        webhook,
        url: parse("webhooks.url", &row.url)?,
        signing: row.signing(now)?,
        messages,
        until,
    })
}

/// Queues a test that belongs to who asks for it.
pub(super) fn begin_test(
    conn: &mut AnyConnection,
    webhook: &Webhook,
    now: Timestamp,
) -> Result<ClaimedDeliveries, Failure> {
    let (id, until) = (webhook.webhook_id, later(now, LEASE));
    let data = json!({ "webhook_id": id, "team_id": webhook.team_id, "message": "This webhook works." });
    let body = outbox::body(EventType::WebhookTest, &data, now);
    let delivery = outbox::insert_claimed(conn, &id, &body, until, now)?;
    let row = webhooks::table.find(id.to_string()).select(SigningRow::as_select()).first(conn)?;
    claimed(id, &row, vec![Message { id: delivery, body, attempts: 0 }], until, now)
}

/// Gives up everything that waits for a webhook.
pub(super) fn give_up(
    conn: &mut AnyConnection,
    webhook: &WebhookId,
    why: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let waiting = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook.to_string()))
        .filter(webhook_deliveries::status.eq(PENDING));
    diesel::update(waiting)
        .set((
            webhook_deliveries::status.eq(DeliveryStatus::Failed.as_str()),
            webhook_deliveries::last_error.eq(why),
            webhook_deliveries::finished_at.eq(time(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes an attempt, if the claim still holds.
fn note(
    conn: &mut AnyConnection,
    claim: Timestamp,
    message: &DeliveryId,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<bool, Failure> {
    let (status, next) = match attempt.outcome {
        Outcome::Delivered => (DeliveryStatus::Delivered, now),
        Outcome::Again(at) => (DeliveryStatus::Pending, at),
        Outcome::GivenUp | Outcome::Gone => (DeliveryStatus::Failed, now),
    };
    let finished = (status != DeliveryStatus::Pending).then(|| time(now));
    let held = webhook_deliveries::table
        .filter(webhook_deliveries::delivery_id.eq(message.to_string()))
        .filter(webhook_deliveries::status.eq(PENDING))
        .filter(webhook_deliveries::claimed_until.eq(time(claim)));
    let noted = diesel::update(held)
        .set((
            webhook_deliveries::status.eq(status.as_str()),
            webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
            webhook_deliveries::next_attempt_at.eq(time(next)),
            webhook_deliveries::claimed_until.eq(None::<chrono::NaiveDateTime>),
            webhook_deliveries::last_attempt_at.eq(time(now)),
            webhook_deliveries::last_status.eq(attempt.status.map(i32::from)),
            webhook_deliveries::last_latency_ms.eq(i32::try_from(attempt.latency_ms).unwrap_or(i32::MAX)),
            webhook_deliveries::last_error.eq(&attempt.error),
            webhook_deliveries::finished_at.eq(finished),
        ))
        .execute(conn)?;
    Ok(noted == 1)
}

#[async_trait]
impl DeliveryQueue for SqlStore {
    async fn claim(&self, most: u32, busy: &[WebhookId]) -> Result<Vec<ClaimedDeliveries>, StoreError> {
        let (busy, clock) =
            (busy.iter().map(ToString::to_string).collect::<Vec<_>>(), Arc::clone(&self.clock));
        let now = clock.now();
        // Reading first: where nothing is due, nobody is kept from writing.
        let waiting = self.read(move |conn| waiting(conn, most, &busy, now)).await?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        self.write(move |conn| {
            let mut all = Vec::with_capacity(waiting.len());
            for webhook in &waiting {
                all.extend(claim(conn, webhook, now)?);
            }
            Ok(Verdict::Commit(all))
        })
        .await
    }

    async fn note(
        &self,
        claim: &ClaimedDeliveries,
        message: &DeliveryId,
        attempt: Attempt,
    ) -> Result<bool, StoreError> {
        let (until, webhook, message) = (claim.until, claim.webhook, *message);
        if attempt.outcome != Outcome::Gone {
            let clock = Arc::clone(&self.clock);
            let work = move |conn: &mut AnyConnection| note(conn, until, &message, &attempt, clock.now());
            return self.write(move |conn| work(conn).map(Verdict::Commit)).await;
        }
        self.change_apart(&Actor::system(), move |conn, now| {
            let before = super::existing(conn, &webhook)?;
            if !note(conn, until, &message, &attempt, now)? {
                return Ok(Change::Nothing(false));
            }
            let off = Webhook { active: false, disabled_reason: Some(GONE.into()), ..before.clone() };
            let after = replace(conn, &before, off, now)?;
            let entry = entry("webhook.disable", KIND, webhook, &before, &after)?;
            Ok(Change::Made(true, entry))
        })
        .await
    }

    async fn prune(&self) -> Result<usize, StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |conn| {
            let now = clock.now();
            upkeep::trim_all(conn, now)?;
            upkeep::forget(conn, now).map(Verdict::Commit)
        })
        .await
    }
}
