//! Keeping webhooks, and the queue of what is to be sent to them.

use async_trait::async_trait;

use super::{Expected, Page, StoreError, Window};
use crate::audit::Actor;
use crate::organization::OrganizationId;
use crate::team::TeamId;
use crate::webhook::{
    Attempt, ClaimedDeliveries, Delivery, DeliveryId, NewWebhook, Webhook, WebhookChange, WebhookId,
    WebhookSecret,
};

/// Which webhooks to list, the oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WebhookQuery {
    /// Only those of this team.
    pub team_id: Option<TeamId>,
    /// Only those of teams of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Which part.
    pub window: Window,
}

/// Webhooks.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait WebhookRepository: Send + Sync {
    /// Stores a new webhook.
    ///
    /// # Errors
    /// `UnknownReference` for a team that does not exist; `TooMany`.
    async fn create(&self, new: NewWebhook, secret: WebhookSecret, by: &Actor)
    -> Result<Webhook, StoreError>;

    /// The webhook of an id.
    async fn find(&self, id: &WebhookId) -> Result<Option<Webhook>, StoreError>;

    /// A page of webhooks.
    async fn list(&self, query: &WebhookQuery) -> Result<Page<Webhook>, StoreError>;

    /// Applies a change. What waits is given up where the change switches the webhook off.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn update(
        &self,
        id: &WebhookId,
        change: WebhookChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Webhook, StoreError>;

    /// Deletes a webhook with its deliveries.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn delete(&self, id: &WebhookId, expected: Expected, by: &Actor) -> Result<Webhook, StoreError>;

    /// Gives a webhook another secret; the one before signs, too, for a day.
    ///
    /// # Errors
    /// `NotFound`.
    async fn rotate(&self, id: &WebhookId, secret: WebhookSecret, by: &Actor) -> Result<Webhook, StoreError>;

    /// A page of a webhook's deliveries, the newest first.
    async fn deliveries(&self, id: &WebhookId, window: &Window) -> Result<Page<Delivery>, StoreError>;

    /// Queues a `webhook.test` that only the caller sends: now.
    ///
    /// # Errors
    /// `NotFound`.
    async fn begin_test(&self, id: &WebhookId, by: &Actor) -> Result<ClaimedDeliveries, StoreError>;
}

/// What is to be sent. Any number of servers take from it at a time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait DeliveryQueue: Send + Sync {
    /// Claims what is due: of at most `webhooks` webhooks, none of them one of `busy`, the oldest few of each. Nobody
    /// else is given them before the lease ends.
    async fn claim(&self, webhooks: u32, busy: &[WebhookId]) -> Result<Vec<ClaimedDeliveries>, StoreError>;

    /// Notes what an attempt came to; false where the claim had ended, and nothing was noted. A receiver that is gone
    /// has its webhook switched off.
    async fn note(
        &self,
        claim: &ClaimedDeliveries,
        message: &DeliveryId,
        attempt: Attempt,
    ) -> Result<bool, StoreError>;

    /// Gives up what waits behind too many others, and forgets deliveries that came to an end more than a week ago, a
    /// bounded number at a time; tells how many were forgotten.
    async fn prune(&self) -> Result<usize, StoreError>;
}
