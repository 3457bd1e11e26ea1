//! Keeping the audit log.

use async_trait::async_trait;

use super::{Page, StoreError};
use crate::audit::{Actor, AuditEntry, AuditQuery, AuditRecord, ChainReport, Refusal};

/// The audit log: append-only, each record chained to the one before. Writes append their own records.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AuditRepository: Send + Sync {
    /// Appends something that was done and changed nothing that is kept here, such as a test of an alias.
    async fn done(&self, entry: AuditEntry, by: &Actor) -> Result<(), StoreError>;

    /// Appends what was refused to whom: all of it, or nothing.
    async fn refused(&self, refused: &[(Refusal, Actor)]) -> Result<(), StoreError>;

    /// A page of records, the newest first.
    async fn list(&self, query: &AuditQuery) -> Result<Page<AuditRecord>, StoreError>;

    /// Reads the whole chain, in parts, and checks every link.
    async fn verify(&self) -> Result<ChainReport, StoreError>;
}
