//! Keeping keys of teams.

use async_trait::async_trait;

use super::{StoreError, Written};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::key::{KeyChange, KeyId, KeySecret, NewKey, Rotated, TeamKey};
use crate::team::TeamId;

/// Keys of teams.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait KeyRepository: Send + Sync {
    /// Stores a new key of a team.
    ///
    /// # Errors
    /// `NotFound` if there is no such team; `UnknownReference` for models that do not exist.
    async fn create(&self, team: &TeamId, key: NewKey, by: &Actor) -> Result<Written<TeamKey>, StoreError>;

    /// The keys of a team that are not revoked, oldest first; `None` if there is no such team.
    async fn list(&self, team: &TeamId) -> Result<Option<Vec<TeamKey>>, StoreError>;

    /// Stores a key with this secret and everything else as `old` has it, beside `old`, which stops working at
    /// `old_ends` (at once, where that is now), and no later than it would have anyway.
    ///
    /// # Errors
    /// `NotFound` if there is no such team, or it has no such live key.
    async fn rotate(
        &self,
        team: &TeamId,
        old: &KeyId,
        secret: KeySecret,
        old_ends: Timestamp,
        by: &Actor,
    ) -> Result<Written<Rotated>, StoreError>;

    /// Changes a live key; what changes nothing writes nothing.
    ///
    /// # Errors
    /// `NotFound` if there is no such team, or it has no such live key; `UnknownReference` for models that do not
    /// exist.
    async fn update(
        &self,
        team: &TeamId,
        key: &KeyId,
        change: KeyChange,
        by: &Actor,
    ) -> Result<Written<TeamKey>, StoreError>;

    /// Gives a live key that was never used another secret; the one before stops working. `secret` carries the id
    /// of the key.
    ///
    /// # Errors
    /// `NotFound` if there is no such team, it has no such live key, or that was used.
    async fn renew(
        &self,
        team: &TeamId,
        secret: KeySecret,
        by: &Actor,
    ) -> Result<Written<TeamKey>, StoreError>;

    /// Revokes a key for ever.
    ///
    /// # Errors
    /// `NotFound` if there is no such team, or it has no such key.
    async fn revoke(&self, team: &TeamId, key: &KeyId, by: &Actor) -> Result<Written<TeamKey>, StoreError>;
}
