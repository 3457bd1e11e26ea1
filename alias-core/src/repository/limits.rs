//! Keeping the accounts of rate limits, and who of the instances lives.

use async_trait::async_trait;

use super::StoreError;
use crate::limit::{Ask, Grant, Subject};
use crate::usage::InstanceId;

/// An instance that shares the accounts, and how often it has said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Who.
    pub instance: InstanceId,
    /// Rises with each sign of life.
    pub beat: i64,
}

/// What an instance learns from its sign of life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beat {
    /// Whether it was known before: if not, others may hold its slots now.
    pub known: bool,
    /// All instances, itself among them.
    pub peers: Vec<Peer>,
}

/// The accounts of rate limits. None of this raises the catalogue's revision.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LimitRepository: Send + Sync {
    /// Asks an account: one transaction, which moves it to the present window, books, and answers.
    async fn ask(&self, ask: &Ask) -> Result<Grant, StoreError>;

    /// A sign of life. Where nobody else can share the accounts, everybody else's slots go, and nothing is written
    /// but that.
    async fn beat(&self, instance: InstanceId) -> Result<Beat, StoreError>;

    /// How often slots of these were refused, of those that have an account.
    async fn recalls(&self, subjects: &[Subject]) -> Result<Vec<(Subject, i64)>, StoreError>;

    /// Takes the slots of an instance whose last sign of life is still this one.
    async fn bury(&self, dead: Peer) -> Result<(), StoreError>;

    /// Gives all slots of an instance back: it ends.
    async fn leave(&self, instance: InstanceId) -> Result<(), StoreError>;

    /// Forgets accounts that nobody has used for ten minutes, some at a time.
    async fn tidy(&self) -> Result<(), StoreError>;
}
