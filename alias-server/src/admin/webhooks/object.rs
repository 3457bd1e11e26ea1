//! Webhooks as the API shows them, and the parameters of their lists.

use alias_core::repository::{WebhookQuery, Window};
use alias_core::webhook::{Delivery, DeliveryId, DeliveryStatus, Webhook, WebhookId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::list::{ListRequest, PageInfo};
use crate::admin::query::parsed;
use crate::error::ApiError;

/// The fields of a webhook that an update may set.
pub const WRITABLE: &[&str] = &["webhook_url", "events", "description", "active"];

/// A webhook with its secret: the only answer that shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewWebhook)]
pub struct NewWebhookObject {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// What its messages are signed with, this once; null where the answer is repeated.
    #[schema(example = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")]
    pub secret: Option<String>,
}

/// A part of the list of webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookList {
    /// The webhooks.
    pub webhooks: Vec<Webhook>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// What a deletion took away.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeleted {
    /// What happened, in a sentence.
    #[schema(example = "Webhook 'whk_0192f0a1b2c37d4e8f90a1b2c3d4e5f6' deleted successfully")]
    pub message: String,
    /// The webhook that is gone.
    #[schema(value_type = String, example = "whk_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")]
    pub webhook_id: WebhookId,
    /// Always true.
    pub deleted: bool,
}

impl From<Webhook> for WebhookDeleted {
    fn from(webhook: Webhook) -> Self {
        let webhook_id = webhook.webhook_id;
        Self { message: format!("Webhook '{webhook_id}' deleted successfully"), webhook_id, deleted: true }
    }
}

/// A part of the list of a webhook's deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryList {
    /// The deliveries, the newest first.
    pub deliveries: Vec<Delivery>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// What a test came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookTested {
    /// The message: its header `webhook-id`.
    #[schema(value_type = String, example = "msg_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")]
    pub delivery_id: DeliveryId,
    /// `delivered` or `failed`.
    pub status: DeliveryStatus,
    /// What the receiver answered, as an HTTP status; null where it did not.
    #[schema(example = 200)]
    pub response_status: Option<u16>,
    /// How long it took, in milliseconds.
    #[schema(example = 42)]
    pub latency_ms: u32,
    /// Why the message was not taken; null where it was.
    pub error: Option<String>,
}

/// Filters of webhooks.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookListParameters {
    /// Only those of this team.
    pub team_id: Option<String>,
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    pub offset: Option<String>,
}

impl WebhookListParameters {
    /// Checks every parameter.
    ///
    /// # Errors
    /// 400 for the first wrong one.
    pub fn parse(&self) -> Result<WebhookQuery, ApiError> {
        let team_id = parsed("team_id", self.team_id.as_deref())?;
        Ok(WebhookQuery { team_id, organization_id: None, window: ListRequest::of(self).window()? })
    }
}

/// Which part of the deliveries.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryListParameters {
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    pub offset: Option<String>,
}

impl DeliveryListParameters {
    /// Checks every parameter.
    ///
    /// # Errors
    /// 400 for the first wrong one.
    pub fn parse(&self) -> Result<Window, ApiError> {
        ListRequest::of(self).window()
    }
}
