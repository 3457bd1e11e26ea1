//! Webhooks: who is told of events, and the queue of what they are told.

mod aliases;
mod outbox;
mod queue;
mod read;
mod row;
#[cfg(test)]
mod tests;
mod upkeep;

use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::repository::{Expected, Page, StoreError, WebhookQuery, WebhookRepository, Window};
use alias_core::team::TeamId;
use alias_core::webhook::{
    ClaimedDeliveries, Delivery, MAX_GLOBAL, MAX_OF_TEAM, NewWebhook, ROTATION_GRACE, Webhook, WebhookChange,
    WebhookId, WebhookSecret,
};
use async_trait::async_trait;
use diesel::prelude::*;
use uuid::Uuid;

pub(crate) use self::aliases::{
    alias_created, alias_deleted, alias_renamed, alias_rolled_back, alias_updated, sunset_approaching,
};
pub(crate) use self::outbox::{enqueue, notice_published};
use self::row::NewRow;
use crate::audit::{Change, entry};
use crate::column::{storable, time};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::webhooks;
use crate::store::SqlStore;
use crate::teams;

const KIND: &str = "webhook";
/// What deliveries say that were given up because their webhook was switched off.
const SWITCHED_OFF: &str = "the webhook was switched off";

fn existing(conn: &mut AnyConnection, id: &WebhookId) -> Result<Webhook, Failure> {
    read::one(conn, id)?.ok_or_else(|| Failure::not_found(KIND, id))
}

/// The webhook of an id, at the version that the writer expects.
fn expected(conn: &mut AnyConnection, id: &WebhookId, version: Expected) -> Result<Webhook, Failure> {
    let webhook = existing(conn, id)?;
    crate::reference::check_version(KIND, id, webhook.version, version)?;
    Ok(webhook)
}

/// The uid of the team, if one is named.
fn team_uid(conn: &mut AnyConnection, id: Option<&TeamId>) -> Result<Option<String>, Failure> {
    let Some(id) = id else { return Ok(None) };
    match teams::live(conn, id)? {
        Some(team) => Ok(Some(team.uid.to_string())),
        // Without names that are near: they may be those of another organization.
        None => Err(StoreError::UnknownReference {
            kind: teams::KIND,
            field: "team_id",
            names: vec![id.to_string()],
            suggestions: Vec::new(),
        }
        .into()),
    }
}

/// Each event is written once for every webhook: there is an end to them.
fn check_room(conn: &mut AnyConnection, team: Option<&str>) -> Result<(), Failure> {
    let (there, most): (i64, u32) = match team {
        Some(team) => {
            (webhooks::table.filter(webhooks::team_uid.eq(team)).count().get_result(conn)?, MAX_OF_TEAM)
        }
        None => (webhooks::table.filter(webhooks::team_uid.is_null()).count().get_result(conn)?, MAX_GLOBAL),
    };
    if there < i64::from(most) { Ok(()) } else { Err(StoreError::TooMany { kind: KIND, most }.into()) }
}

fn changed(before: &Webhook, change: WebhookChange) -> Webhook {
    let before = before.clone();
    let active = change.active.unwrap_or(before.active);
    // Whoever switches it on or off means it: the service's own reason is past.
    let disabled_reason =
        before.disabled_reason.filter(|_| change.active.is_none_or(|wanted| wanted == before.active));
    Webhook {
        webhook_url: change.webhook_url.unwrap_or(before.webhook_url),
        events: change.events.unwrap_or(before.events),
        description: change.description.map_or(before.description, |text| storable(&text)),
        active,
        disabled_reason,
        ..before
    }
}

/// Writes what a webhook says now.
fn save(conn: &mut AnyConnection, after: &Webhook) -> Result<(), Failure> {
    diesel::update(webhooks::table.find(after.webhook_id.to_string()))
        .set((
            webhooks::url.eq(after.webhook_url.as_str()),
            webhooks::events.eq(row::events_column(&after.events)),
            webhooks::description.eq(&after.description),
            webhooks::active.eq(after.active),
            webhooks::disabled_reason.eq(&after.disabled_reason),
            webhooks::version.eq(after.version.cast_signed()),
            webhooks::updated_at.eq(time(after.updated_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes a webhook that differs from what it was, and gives up what waits where it was switched off.
fn replace(
    conn: &mut AnyConnection,
    before: &Webhook,
    after: Webhook,
    now: Timestamp,
) -> Result<Webhook, Failure> {
    let after = Webhook { version: before.version + 1, updated_at: now, ..after };
    save(conn, &after)?;
    if before.active && !after.active {
        let why = after.disabled_reason.as_deref().unwrap_or(SWITCHED_OFF);
        queue::give_up(conn, &after.webhook_id, why, now)?;
    }
    Ok(after)
}

/// Puts another secret in the place of the one that is there, which goes on for a day.
fn resecret(
    conn: &mut AnyConnection,
    before: Webhook,
    secret: &WebhookSecret,
    now: Timestamp,
) -> Result<Webhook, Failure> {
    let ends = Timestamp::from(now.utc() + ROTATION_GRACE);
    let id = before.webhook_id.to_string();
    let old: Vec<u8> = webhooks::table.find(&id).select(webhooks::secret).first(conn)?;
    diesel::update(webhooks::table.find(&id))
        .set((
            webhooks::secret.eq(secret.expose().to_vec()),
            webhooks::old_secret.eq(old),
            webhooks::old_secret_ends_at.eq(time(ends)),
        ))
        .execute(conn)?;
    let after = Webhook { old_secret_ends_at: Some(ends), ..before.clone() };
    replace(conn, &before, after, now)
}

#[async_trait]
impl WebhookRepository for SqlStore {
    async fn create(
        &self,
        new: NewWebhook,
        secret: WebhookSecret,
        by: &Actor,
    ) -> Result<Webhook, StoreError> {
        self.change_apart(by, move |conn, now| {
            let team = team_uid(conn, new.team_id.as_ref())?;
            check_room(conn, team.as_deref())?;
            let id = WebhookId::new(Uuid::now_v7());
            diesel::insert_into(webhooks::table)
                .values(NewRow::of(&id, team, &new, &secret, now))
                .execute(conn)?;
            let after = existing(conn, &id)?;
            let entry = entry("webhook.register", KIND, id, &(), &after)?;
            Ok(Change::Made(after, entry))
        })
        .await
    }

    async fn find(&self, id: &WebhookId) -> Result<Option<Webhook>, StoreError> {
        let id = *id;
        self.read(move |conn| read::one(conn, &id)).await
    }

    async fn list(&self, query: &WebhookQuery) -> Result<Page<Webhook>, StoreError> {
        let query = query.clone();
        self.read(move |conn| read::page(conn, &query)).await
    }

    async fn update(
        &self,
        id: &WebhookId,
        change: WebhookChange,
        version: Expected,
        by: &Actor,
    ) -> Result<Webhook, StoreError> {
        let id = *id;
        self.change_apart(by, move |conn, now| {
            let before = expected(conn, &id, version)?;
            let after = changed(&before, change);
            if after == before {
                return Ok(Change::Nothing(before));
            }
            let after = replace(conn, &before, after, now)?;
            let entry = entry("webhook.update", KIND, id, &before, &after)?;
            Ok(Change::Made(after, entry))
        })
        .await
    }

    async fn delete(&self, id: &WebhookId, version: Expected, by: &Actor) -> Result<Webhook, StoreError> {
        let id = *id;
        self.change_apart(by, move |conn, _| {
            let before = expected(conn, &id, version)?;
            // Its deliveries go with it: the foreign key says so.
            diesel::delete(webhooks::table.find(id.to_string())).execute(conn)?;
            let entry = entry("webhook.delete", KIND, id, &before, &())?;
            Ok(Change::Made(before, entry))
        })
        .await
    }

    async fn rotate(&self, id: &WebhookId, secret: WebhookSecret, by: &Actor) -> Result<Webhook, StoreError> {
        let id = *id;
        self.change_apart(by, move |conn, now| {
            let before = existing(conn, &id)?;
            let after = resecret(conn, before.clone(), &secret, now)?;
            let entry = entry("webhook.rotate_secret", KIND, id, &before, &after)?;
            Ok(Change::Made(after, entry))
        })
        .await
    }

    async fn deliveries(&self, id: &WebhookId, window: &Window) -> Result<Page<Delivery>, StoreError> {
        let (id, window) = (*id, window.clone());
        self.read(move |conn| read::deliveries(conn, &id, &window)).await
    }

    async fn begin_test(&self, id: &WebhookId, by: &Actor) -> Result<ClaimedDeliveries, StoreError> {
        let id = *id;
        self.change_apart(by, move |conn, now| {
            let webhook = existing(conn, &id)?;
            let claim = queue::begin_test(conn, &webhook, now)?;
            let entry = entry("webhook.test", KIND, id, &(), &())?;
            Ok(Change::Made(claim, entry))
        })
        .await
    }
}
