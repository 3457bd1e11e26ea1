//! The versions of model aliases: reading them, and bringing earlier ones back.

use async_trait::async_trait;

use super::{Expected, StoreError, Window, Written};
use crate::alias::{AliasDetails, AliasHistory, AliasName, AliasThen, Renaming};
use crate::audit::Actor;
use crate::clock::Timestamp;

/// Versions of model aliases.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AliasHistoryRepository: Send + Sync {
    /// A page of versions, from the newest on: of the live alias of this name, else of the one deleted last.
    async fn history(&self, name: &AliasName, window: &Window) -> Result<Option<AliasHistory>, StoreError>;

    /// What the alias that had this name at `at` said then; `None` where none had it.
    async fn then(&self, name: &AliasName, at: Timestamp) -> Result<Option<AliasThen>, StoreError>;

    /// Appends a version with the content of an earlier one; none where the content is the same already.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it is not at the expected version; `NoVersion` if it never had that one.
    async fn rollback(
        &self,
        name: &AliasName,
        version: u32,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError>;

    /// Gives the alias another name. Its old one becomes an alias that leads on to it, where it is kept.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it is not at the expected version; `AlreadyExists` if a live alias has the new name;
    /// `Invalid` if the old one cannot be kept, or others lead to it and it is not.
    async fn rename(
        &self,
        name: &AliasName,
        renaming: &Renaming,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError>;

    /// Brings back the alias of this name that was deleted last: with its id, its versions, and its place in those
    /// of its groups that are still there.
    ///
    /// # Errors
    /// `NotFound` if none was deleted; `AlreadyExists` if a live alias has the name; `Expired` if it is more than
    /// [`RESTORABLE_DAYS`](crate::alias::RESTORABLE_DAYS) ago.
    async fn restore(&self, name: &AliasName, by: &Actor) -> Result<Written<AliasDetails>, StoreError>;
}
