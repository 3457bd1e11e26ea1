//! Deliveries: what is to be sent, what became of it, and when it is tried again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{EventType, Signing, WebhookId, WebhookUrl};
use crate::clock::Timestamp;
use crate::id::{Id, IdKind};

/// Marks ids of messages (`msg_…`).
#[derive(Debug)]
pub struct DeliveryKind;

impl IdKind for DeliveryKind {
    const PREFIX: &'static str = "msg_";
}

/// The identity of a message: its header `webhook-id`, the same in every attempt.
pub type DeliveryId = Id<DeliveryKind>;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It is to be sent, or sent again.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It is given up.
    Failed,
}

impl DeliveryStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// A delivery as it is read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// The message: its header `webhook-id`.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, example = "msg_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")
    )]
    pub delivery_id: DeliveryId,
    /// What happened.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "alias.updated"))]
    pub event: EventType,
    /// What it happened to: the name of an alias, a team or a webhook.
    #[cfg_attr(feature = "openapi", schema(example = "gpt-4"))]
    pub subject: String,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How often it was sent.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub attempts: u32,
    /// When it is sent next; null where it is not.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was last sent.
    pub last_attempt_at: Option<Timestamp>,
    /// What the receiver answered last, as an HTTP status.
    #[cfg_attr(feature = "openapi", schema(example = 200))]
    pub last_status: Option<u16>,
    /// How long that took, in milliseconds.
    pub last_latency_ms: Option<u32>,
    /// Why it was not taken.
    pub last_error: Option<String>,
    /// When it happened.
    pub created_at: Timestamp,
    /// When it was delivered or given up.
    pub finished_at: Option<Timestamp>,
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its identity.
    pub id: DeliveryId,
    /// The body, the same in every attempt.
    pub body: String,
    /// How often it was sent before.
    pub attempts: u32,
}

/// Messages of one webhook that nobody else sends until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDeliveries {
    /// The webhook.
    pub webhook: WebhookId,
    /// Where they go.
    pub url: WebhookUrl,
    /// What they are signed with.
    pub signing: Signing,
    /// The oldest first.
    pub messages: Vec<Message>,
    /// Until when they are claimed; names the claim.
    pub until: Timestamp,
}

/// What one attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What the receiver answered.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub latency_ms: u32,
    /// Why the message was not taken.
    pub error: Option<String>,
    /// What follows.
    pub outcome: Outcome,
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing: the message was taken.
    Delivered,
    /// Another attempt, at that time.
    Again(Timestamp),
    /// Nothing more is tried.
    GivenUp,
    /// The receiver wants nothing more at all (410).
    Gone,
}

/// When a message is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryRule;

impl RetryRule {
    /// The waits after the first attempt, the second, and so on, in seconds: those of the Standard Webhooks.
    pub const WAITS: [u32; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    /// The longest wait that a receiver may ask for (`Retry-After`), in seconds.
    pub const LONGEST: u32 = 86_400;

    /// How long to wait after this many attempts; `None` where it is enough.
    ///
    /// `jitter` is a random number, which spreads the wait by up to a fifth more. A receiver that asks for a longer
    /// wait gets it, within bounds.
    pub fn wait(attempts: u32, jitter: u16, asked_for: Option<u32>) -> Option<Duration> {
        let place = usize::try_from(attempts.checked_sub(1)?).ok()?;
        let base = u64::from(*Self::WAITS.get(place)?) * 1_000;
        let spread = base / 5 * u64::from(jitter) / u64::from(u16::MAX);
        let asked = u64::from(asked_for.unwrap_or(0).min(Self::LONGEST)) * 1_000;
        Some(Duration::from_millis((base + spread).max(asked)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_day_and_end_after_the_tenth_attempt() {
        let wait = |attempts| RetryRule::wait(attempts, 0, None).map(|wait| wait.as_secs());
        assert_eq!((wait(1), wait(2), wait(9), wait(10)), (Some(5), Some(300), Some(86_400), None));
        assert_eq!(wait(0), None);
        let longest = RetryRule::wait(1, u16::MAX, None).unwrap();
        assert_eq!(longest, Duration::from_secs(6));
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_within_bounds_and_never_for_less() {
        let wait = |asked| RetryRule::wait(2, 0, Some(asked)).map(|wait| wait.as_secs());
        assert_eq!((wait(1), wait(900), wait(u32::MAX)), (Some(300), Some(900), Some(86_400)));
        assert_eq!(RetryRule::wait(10, 0, Some(5)), None);
    }
}
