//! Keeping what calls used.

use async_trait::async_trait;

use super::StoreError;
use crate::usage::{Denials, InstanceId, UsageEvent};

/// What shipping did with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shipped {
    /// The batch is in the books.
    Stored,
    /// The books stood elsewhere (a repeated or reordered batch): nothing was changed; go on from here.
    ContinueFrom(u64),
}

/// Where settled calls go: the append-only log and its roll-ups.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UsageRepository: Send + Sync {
    /// Announces an instance and tells the sequence number that its next batch starts with.
    ///
    /// `boot` counts the starts on the instance's folder. It is compared and set: where the database has seen
    /// a later or equal start (the folder is a copy, or was restored), the answer is `Conflict` and the caller takes a new id.
    async fn announce(&self, instance: InstanceId, boot: u64) -> Result<u64, StoreError>;

    /// Stores the events numbered from `first_seq` on, once: the instance's `shipped_seq` is compared and set in the
    /// same transaction that inserts them and raises the roll-ups.
    async fn ship(
        &self,
        instance: InstanceId,
        first_seq: u64,
        events: &[UsageEvent],
    ) -> Result<Shipped, StoreError>;

    /// Says that the instance lives; answers whether it is open. One that is closed must go on under a new id.
    async fn beat(&self, instance: InstanceId) -> Result<bool, StoreError>;

    /// Adds refusals to the roll-ups.
    async fn add_denials(&self, denials: &[Denials]) -> Result<(), StoreError>;
}
