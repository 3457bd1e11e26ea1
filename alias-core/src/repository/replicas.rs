//! Keeping which servers run.

use async_trait::async_trait;

use super::StoreError;
use crate::replica::{ReplicaId, ReplicaReport, Replicas};

/// The servers over one database.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReplicaRepository: Send + Sync {
    /// Notes what a server says of itself, and forgets those that were silent for an hour.
    async fn report(&self, report: &ReplicaReport) -> Result<(), StoreError>;

    /// Forgets a server that ends.
    async fn leave(&self, replica: ReplicaId) -> Result<(), StoreError>;

    /// All servers that are known, and the newest revision.
    async fn replicas(&self) -> Result<Replicas, StoreError>;
}
