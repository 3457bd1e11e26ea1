//! The way in: what happened is queued in the transaction that makes it happen.
//!
//! An event is neither lost nor told of a write that was rolled back.

use alias_core::clock::Timestamp;
use alias_core::team::TeamUid;
use alias_core::webhook::{DeliveryId, DeliveryStatus, EventType, WebhookId};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{row, upkeep};
use crate::column::{CHUNK, parse, storable, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{webhook_deliveries, webhooks};

/// Up to how many webhooks are looked after when they are told; beyond, that is left to the next upkeep.
const TRIMMED_WHEN_TOLD: usize = 16;

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

/// Queues what operators tell these teams, or all of them where none are named.
///
/// # Errors
/// Those of the database; the write must then fail, too.
pub(crate) fn notice_published(
    conn: &mut AnyConnection,
    teams: Option<&[String]>,
    subject: &str,
    data: &Value,
    now: Timestamp,
) -> Result<usize, Failure> {
    let event = EventType::NoticePublished;
    let told =
        webhooks::table.filter(webhooks::active.eq(true)).select((webhooks::webhook_id, webhooks::events));
    let Some(teams) = teams else {
        let receivers = wanting(told.load(conn)?, event)?;
        return enqueue_for(conn, &receivers, event, subject, data, now);
    };
    let mut receivers = wanting(told.filter(webhooks::team_uid.is_null()).load(conn)?, event)?;
    for chunk in teams.chunks(CHUNK) {
        receivers.extend(wanting(told.filter(webhooks::team_uid.eq_any(chunk)).load(conn)?, event)?);
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
    for chunk in receivers.chunks(CHUNK) {
        let rows: Vec<QueuedRow> =
            chunk.iter().map(|to| QueuedRow::of(to, event, subject, &body, now)).collect();
        on_each_backend!(conn, c => diesel::insert_into(webhook_deliveries::table).values(&rows).execute(c))?;
    }
    for webhook in receivers.iter().filter(|_| receivers.len() <= TRIMMED_WHEN_TOLD) {
        upkeep::trim(conn, &webhook.to_string(), now)?;
    }
    Ok(receivers.len())
}

/// The body of a message, the same in every attempt.
pub(super) fn body(event: EventType, data: &Value, now: Timestamp) -> String {
    json!({ "type": event.as_str(), "timestamp": now, "data": data }).to_string()
}

/// Queues a message that somebody sends at once; tells which one it is.
pub(super) fn insert_claimed(
    conn: &mut AnyConnection,
    webhook: &WebhookId,
    body: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<DeliveryId, Failure> {
    let row = QueuedRow::of(webhook, EventType::WebhookTest, &webhook.to_string(), body, now);
    let id = parse("webhook_deliveries.delivery_id", &row.delivery_id)?;
    diesel::insert_into(webhook_deliveries::table)
        .values(QueuedRow { claimed_until: Some(time(until)), ..row })
        .execute(conn)?;
    Ok(id)
}

/// A new message, due at once.
#[derive(Insertable)]
#[diesel(table_name = webhook_deliveries)]
struct QueuedRow {
    delivery_id: String,
    webhook_id: String,
    event: &'static str,
    subject: String,
    body: String,
    status: &'static str,
    attempts: i32,
    next_attempt_at: NaiveDateTime,
    claimed_until: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
}

impl QueuedRow {
    fn of(webhook: &WebhookId, event: EventType, subject: &str, body: &str, now: Timestamp) -> Self {
        Self {
            delivery_id: DeliveryId::new(Uuid::now_v7()).to_string(),
            webhook_id: webhook.to_string(),
            event: event.as_str(),
            subject: storable(subject),
            body: storable(body),
            status: DeliveryStatus::Pending.as_str(),
            attempts: 0,
            next_attempt_at: time(now),
            claimed_until: None,
            created_at: time(now),
        }
    }
}
