//! Keeping notices, and finding those that a team is shown.

use async_trait::async_trait;

use super::{Expected, Page, StoreError, Window};
use crate::alias::AliasName;
use crate::audit::Actor;
use crate::notice::{NewNotice, Notice, NoticeChange, NoticeId, NoticeKind};
use crate::team::{TeamId, TeamUid};

/// Which notices to list, the newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NoticeQuery {
    /// Only those about the alias that has this name.
    pub alias: Option<AliasName>,
    /// Only those of this kind.
    pub kind: Option<NoticeKind>,
    /// Which part.
    pub window: Window,
}

/// Notices.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NoticeRepository: Send + Sync {
    /// Publishes a notice, and queues it for the webhooks of those that it is for. `by` is who wrote it.
    ///
    /// # Errors
    /// `UnknownReference` for an alias, a team or an organization that does not exist; `TooMany`.
    async fn create(&self, new: NewNotice, by: &Actor) -> Result<Notice, StoreError>;

    /// How many teams a new notice would be for. Nothing is written.
    ///
    /// # Errors
    /// `UnknownReference`.
    async fn reach_of(&self, new: &NewNotice) -> Result<u64, StoreError>;

    /// The notice of an id, and how many teams it is for now.
    async fn find(&self, id: &NoticeId) -> Result<Option<(Notice, u64)>, StoreError>;

    /// A page of notices, those that have expired included.
    async fn list(&self, query: &NoticeQuery) -> Result<Page<Notice>, StoreError>;

    /// A page of the notices that this team is shown now, the newest first.
    async fn shown_to(&self, team: &TeamUid, window: &Window) -> Result<Page<Notice>, StoreError>;

    /// The same by the team's id; `None` where there is no such team.
    async fn shown_to_team(&self, team: &TeamId, window: &Window)
    -> Result<Option<Page<Notice>>, StoreError>;

    /// Applies a change. Webhooks are not told again.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`; `UnknownReference`.
    async fn update(
        &self,
        id: &NoticeId,
        change: NoticeChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Notice, StoreError>;

    /// Takes a notice back: nobody is shown it any more.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn delete(&self, id: &NoticeId, expected: Expected, by: &Actor) -> Result<Notice, StoreError>;
}
