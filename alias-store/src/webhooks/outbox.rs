//! The way in: what happened is queued in the transaction that makes it happen.
//!
//! An event is neither lost nor told of a write that was rolled back.

use alias_core::clock::Timestamp;
use alias_core::team::TeamUid;
use alias_core::webhook::{DeliveryId, DeliveryStatus, EventType, WebhookId};
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::row;
use crate::column::{parse, storable, time};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{webhook_deliveries, webhooks};

/// The most messages that wait for one webhook; older ones are given up.
pub(super) const MOST_PENDING: i64 = 10_000;
const TOO_MANY: &str = "more than 10000 messages were waiting: the oldest were given up";

/// Queues an event for every webhook without a team that wants it, and for those of `team`, where it is a team's.
///
/// `conn` has to be in the transaction of the write that causes the event, and `now` is that write's time. `data`
/// goes to the team's webhooks as it is: it must hold nothing that a team may not see. Tells how many were queued.
///
/// # Errors
/// Those of the database; the write must then fail, too.
pub(crate) fn enqueue(
    conn: &mut AnyConnection,
    event: EventType,
    team: Option<&TeamUid>,
    subject: &str,
    data: &Value,
    now: Timestamp,
) -> Result<usize, Failure> {
    let told =
        webhooks::table.filter(webhooks::active.eq(true)).select((webhooks::webhook_id, webhooks::events));
    let mut receivers = wanting(told.filter(webhooks::team_uid.is_null()).load(conn)?, event)?;
    if let Some(team) = team {
        let own = told.filter(webhooks::team_uid.eq(team.to_string()));
        receivers.extend(wanting(own.load(conn)?, event)?);
    }
    enqueue_for(conn, &receivers, event, subject, data, now)
}

/// Those of the webhooks, with their events, that want this one.
pub(super) fn wanting(rows: Vec<(String, String)>, event: EventType) -> Result<Vec<WebhookId>, Failure> {
    let mut wanting = Vec::new();
    for (id, events) in rows {
        if row::events(&events)?.contains(&event) {
            wanting.push(parse("webhooks.webhook_id", &id)?);
        }
    }
    Ok(wanting)
}

/// Queues an event for these webhooks.
pub(super) fn enqueue_for(
    conn: &mut AnyConnection,
    receivers: &[WebhookId],
    event: EventType,
    subject: &str,
    data: &Value,
    now: Timestamp,
) -> Result<usize, Failure> {
    let body = body(event, data, now);
    for webhook in receivers {
        insert(conn, webhook, event, subject, &body, now)?;
        trim(conn, webhook, now)?;
    }
    Ok(receivers.len())
}

/// The body of a message, the same in every attempt.
pub(super) fn body(event: EventType, data: &Value, now: Timestamp) -> String {
    json!({ "type": event.as_str(), "timestamp": now, "data": data }).to_string()
}

/// Queues one message, due at once.
pub(super) fn insert(
    conn: &mut AnyConnection,
    webhook: &WebhookId,
    event: EventType,
    subject: &str,
    body: &str,
    now: Timestamp,
) -> Result<DeliveryId, Failure> {
    let id = DeliveryId::new(Uuid::now_v7());
    diesel::insert_into(webhook_deliveries::table)
        .values((
            webhook_deliveries::delivery_id.eq(id.to_string()),
            webhook_deliveries::webhook_id.eq(webhook.to_string()),
            webhook_deliveries::event.eq(event.as_str()),
            webhook_deliveries::subject.eq(storable(subject)),
            webhook_deliveries::body.eq(storable(body)),
            webhook_deliveries::status.eq(DeliveryStatus::Pending.as_str()),
            webhook_deliveries::attempts.eq(0),
            webhook_deliveries::next_attempt_at.eq(time(now)),
            webhook_deliveries::created_at.eq(time(now)),
        ))
        .execute(conn)?;
    Ok(id)
}

/// Gives up what waits behind too many others.
fn trim(conn: &mut AnyConnection, webhook: &WebhookId, now: Timestamp) -> Result<(), Failure> {
    let pending = || {
        webhook_deliveries::table
            .filter(webhook_deliveries::webhook_id.eq(webhook.to_string()))
            .filter(webhook_deliveries::status.eq(DeliveryStatus::Pending.as_str()))
    };
    let newest_beyond: Option<String> = pending()
        .order(webhook_deliveries::delivery_id.desc())
        .offset(MOST_PENDING)
        .select(webhook_deliveries::delivery_id)
        .first(conn)
        .optional()?;
    let Some(newest_beyond) = newest_beyond else { return Ok(()) };
    diesel::update(pending().filter(webhook_deliveries::delivery_id.le(newest_beyond)))
        .set((
            webhook_deliveries::status.eq(DeliveryStatus::Failed.as_str()),
            webhook_deliveries::last_error.eq(TOO_MANY),
            webhook_deliveries::finished_at.eq(time(now)),
        ))
        .execute(conn)?;
    Ok(())
}
