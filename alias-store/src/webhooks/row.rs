//! Webhooks and deliveries as rows.

use alias_core::clock::Timestamp;
use alias_core::webhook::{
    Delivery, EventType, NewWebhook, SECRET_BYTES, Signing, Webhook, WebhookId, WebhookSecret,
};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::column::{moment, parse, storable, time, version, word};
use crate::error::Failure;
use crate::schema::{webhook_deliveries, webhooks};

/// The events in one column: words with spaces between them.
pub(super) fn events_column(events: &[EventType]) -> String {
    events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(" ")
}

pub(super) fn events(text: &str) -> Result<Vec<EventType>, Failure> {
    text.split_ascii_whitespace().map(|word| parse("webhooks.events", word)).collect()
}

/// A new webhook's row.
#[derive(Insertable)]
#[diesel(table_name = webhooks)]
pub(super) struct NewRow {
    webhook_id: String,
    team_uid: Option<String>,
    url: String,
    events: String,
    description: String,
    active: bool,
    secret: Vec<u8>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl NewRow {
    pub(super) fn of(
        id: &WebhookId,
        team_uid: Option<String>,
        new: &NewWebhook,
        secret: &WebhookSecret,
        now: Timestamp,
    ) -> Self {
        Self {
            webhook_id: id.to_string(),
            team_uid,
            url: new.webhook_url.to_string(),
            events: events_column(&new.events),
            description: storable(&new.description),
            active: true,
            secret: secret.expose().to_vec(),
            version: 1,
            created_at: time(now),
            updated_at: time(now),
        }
    }
}

/// A webhook's row, without its secrets.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub(super) struct WebhookRow {
    webhook_id: String,
    url: String,
    events: String,
    description: String,
    active: bool,
    disabled_reason: Option<String>,
    old_secret_ends_at: Option<NaiveDateTime>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl WebhookRow {
    /// The webhook, of the team and the organization with these ids.
    pub(super) fn of(self, team: Option<String>, organization: Option<String>) -> Result<Webhook, Failure> {
        Ok(Webhook {
            webhook_id: parse("webhooks.webhook_id", &self.webhook_id)?,
            team_id: team.map(|id| parse("teams.team_id", &id)).transpose()?,
            organization_id: organization
                .map(|id| parse("organizations.organization_id", &id))
                .transpose()?,
            webhook_url: parse("webhooks.url", &self.url)?,
            events: events(&self.events)?,
            description: self.description,
            active: self.active,
            disabled_reason: self.disabled_reason,
            old_secret_ends_at: self.old_secret_ends_at.map(moment),
            version: version("webhooks.version", self.version)?,
            created_at: moment(self.created_at),
            updated_at: moment(self.updated_at),
        })
    }
}

/// What is needed to send to a webhook.
#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub(super) struct SigningRow {
    pub(super) url: String,
    secret: Vec<u8>,
    old_secret: Option<Vec<u8>>,
    old_secret_ends_at: Option<NaiveDateTime>,
}

impl SigningRow {
    /// What messages are signed with now.
    pub(super) fn signing(&self, now: Timestamp) -> Result<Signing, Failure> {
        let holds = self.old_secret_ends_at.is_some_and(|end| moment(end) > now);
        let old = self.old_secret.as_deref().filter(|_| holds).map(secret).transpose()?;
        Ok(Signing { secret: secret(&self.secret)?, old })
    }
}

fn secret(bytes: &[u8]) -> Result<WebhookSecret, Failure> {
    let bytes =
        <[u8; SECRET_BYTES]>::try_from(bytes).map_err(|why| Failure::corrupt("webhooks.secret", why))?;
    Ok(WebhookSecret::new(bytes))
}

/// A delivery's row, without its body.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
pub(super) struct DeliveryRow {
    delivery_id: String,
    event: String,
    subject: String,
    status: String,
    attempts: i32,
    next_attempt_at: NaiveDateTime,
    last_attempt_at: Option<NaiveDateTime>,
    last_status: Option<i32>,
    last_latency_ms: Option<i32>,
    last_error: Option<String>,
    created_at: NaiveDateTime,
    finished_at: Option<NaiveDateTime>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = Failure;

    fn try_from(row: DeliveryRow) -> Result<Self, Failure> {
        let status = row.last_status.map(u16::try_from).transpose();
        Ok(Self {
            delivery_id: parse("webhook_deliveries.delivery_id", &row.delivery_id)?,
            event: parse("webhook_deliveries.event", &row.event)?,
            subject: row.subject,
            status: word("webhook_deliveries.status", &row.status)?,
            attempts: version("webhook_deliveries.attempts", row.attempts)?,
            next_attempt_at: row.finished_at.is_none().then(|| moment(row.next_attempt_at)),
            last_attempt_at: row.last_attempt_at.map(moment),
            last_status: status.map_err(|why| Failure::corrupt("webhook_deliveries.last_status", why))?,
            last_latency_ms: row
                .last_latency_ms
                .map(|number| version("webhook_deliveries.last_latency_ms", number))
                .transpose()?,
            last_error: row.last_error,
            created_at: moment(row.created_at),
            finished_at: row.finished_at.map(moment),
        })
    }
}
