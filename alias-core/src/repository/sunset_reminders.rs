//! Reminding of the end of aliases.

use async_trait::async_trait;

use super::StoreError;

/// Reminders of sunsets. Any number of servers may ask for what is due: each reminder is queued once.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SunsetReminderRepository: Send + Sync {
    /// Queues for webhooks the reminders whose moment has come. Returns of how many aliases there were some.
    async fn remind(&self) -> Result<u32, StoreError>;
}
