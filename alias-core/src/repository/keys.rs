//! Keeping keys of teams.

use async_trait::async_trait;

use super::{StoreError, Written};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::key::{KeyId, NewKey, TeamKey};
use crate::team::TeamId;

/// Keys of teams.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait KeyRepository: Send + Sync {
    /// Stores a new key of a team.
    ///
    /// # Errors
    /// `NotFound` if there is no such team.
    async fn create(&self, team: &TeamId, key: NewKey, by: &Actor) -> Result<Written<TeamKey>, StoreError>;

    /// The keys of a team that are not revoked, oldest first; `None` if there is no such team.
    async fn list(&self, team: &TeamId) -> Result<Option<Vec<TeamKey>>, StoreError>;

    /// Stores `new` beside the key `old`, which stops working at `old_ends` (at once, where that is now).
    ///
    /// # Errors
    /// `NotFound` if there is no such team, or it has no such live key.
    async fn rotate(
        &self,
        team: &TeamId,
        old: &KeyId,
        new: NewKey,
        old_ends: Timestamp,
        by: &Actor,
    ) -> Result<Written<TeamKey>, StoreError>;

    /// Revokes a key for ever.
    ///
    /// # Errors
    /// `NotFound` if there is no such team, or it has no such key.
    async fn revoke(&self, team: &TeamId, key: &KeyId, by: &Actor) -> Result<Written<TeamKey>, StoreError>;
}
