//! Changes of model aliases that wait for their moment.

use async_trait::async_trait;

use super::{Expected, StoreError, Written};
use crate::alias::{AliasName, ScheduleId, ScheduledAction, ScheduledChange};
use crate::audit::Actor;
use crate::catalog::Revision;
use crate::clock::Timestamp;

/// Scheduled changes of model aliases.
///
/// From its moment on, a change counts for every router that knows of it, by the clock alone; that it becomes a version
/// of the alias follows, by whoever comes first: the next write, or [`AliasScheduleRepository::settle`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AliasScheduleRepository: Send + Sync {
    /// Has a change wait for its moment, which must be yet to come.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the alias is not at the expected version now; `TooMany` from
    /// [`MOST_SCHEDULED`](crate::alias::MOST_SCHEDULED) on.
    async fn schedule(
        &self,
        name: &AliasName,
        action: ScheduledAction,
        effective_at: Timestamp,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<ScheduledChange>, StoreError>;

    /// Takes a change back that waits.
    ///
    /// # Errors
    /// `NotFound` for an alias that is not there, and for a change that it does not have: it was taken back, or its
    /// moment has come.
    async fn unschedule(
        &self,
        name: &AliasName,
        id: ScheduleId,
        by: &Actor,
    ) -> Result<Written<ScheduledChange>, StoreError>;

    /// Makes versions of the changes whose moment has come. Returns the revision that has them; `None` where there
    /// were none.
    async fn settle(&self) -> Result<Option<Revision>, StoreError>;
}
