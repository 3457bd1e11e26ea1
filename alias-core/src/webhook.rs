//! Webhooks: addresses of others that are told of events, with a signature (Standard Webhooks).

mod address;
mod delivery;
mod draft;
mod event;
mod secret;
mod url;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::id::{Id, IdKind};
use crate::organization::OrganizationId;
use crate::team::TeamId;

pub use self::address::{Place, place};
pub use self::delivery::{
    Attempt, ClaimedDeliveries, Delivery, DeliveryId, DeliveryStatus, Message, Outcome, RetryRule,
};
pub use self::draft::{NewWebhook, WebhookChange, WebhookDraft, WebhookEdit};
pub use self::event::{EventType, UnknownEvent};
pub use self::secret::{SECRET_BYTES, Signing, WebhookSecret};
pub use self::url::{InvalidWebhookUrl, MAX_URL, WebhookUrl};

/// The most webhooks without a team, and the most of one team: each event is written once for every one of them.
pub const MAX_GLOBAL: u32 = 100;
/// The most webhooks of one team.
pub const MAX_OF_TEAM: u32 = 20;
/// For how long the secret before a rotation signs, too.
pub const ROTATION_GRACE: chrono::Duration = chrono::Duration::hours(24);

/// Marks ids of webhooks (`whk_…`).
#[derive(Debug)]
pub struct WebhookKind;

impl IdKind for WebhookKind {
    const PREFIX: &'static str = "whk_";
}

/// The identity of a webhook.
pub type WebhookId = Id<WebhookKind>;

/// A webhook as it is read: everything but its secret.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// Its identity.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, example = "whk_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")
    )]
    pub webhook_id: WebhookId,
    /// The team whose events it is told of; null where it is told of everybody's.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "newclient-prod"))]
    pub team_id: Option<TeamId>,
    /// The organization of the team.
    #[serde(skip)]
    pub organization_id: Option<OrganizationId>,
    /// Where events are sent.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, example = "https://hooks.newclient.example/aliases")
    )]
    pub webhook_url: WebhookUrl,
    /// The events that it is told of.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Vec<String>, example = json!(["alias.updated", "team.low_credits"]))
    )]
    pub events: Vec<EventType>,
    /// What it is for.
    pub description: String,
    /// Whether anything is sent.
    pub active: bool,
    /// Why the service itself switched it off; null where it did not.
    pub disabled_reason: Option<String>,
    /// Until when the secret before the last rotation signs, too.
    pub old_secret_ends_at: Option<Timestamp>,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
