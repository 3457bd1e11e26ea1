//! Keeping access groups.

use async_trait::async_trait;

use super::{Expected, NameQuery, Page, StoreError, Written};
use crate::alias::AliasName;
use crate::audit::Actor;
use crate::group::{GroupChange, GroupDetails, GroupName, GroupSummary, MembersChanged, NewGroup};

/// Access groups.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait GroupRepository: Send + Sync {
    /// Stores a new group with its first members, all or nothing.
    ///
    /// # Errors
    /// `AlreadyExists`; `UnknownReference` for aliases that do not exist.
    async fn create(&self, new: NewGroup, by: &Actor) -> Result<Written<GroupDetails>, StoreError>;

    /// The group of a name, ignoring case.
    async fn find(&self, name: &GroupName) -> Result<Option<GroupDetails>, StoreError>;

    /// A page of groups.
    async fn list(&self, query: &NameQuery) -> Result<Page<GroupSummary>, StoreError>;

    /// Applies a change; members are replaced where given.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`; `UnknownReference` for aliases that do not exist.
    async fn update(
        &self,
        name: &GroupName,
        change: GroupChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<GroupDetails>, StoreError>;

    /// Adds members, all or nothing; members that are there already are no error.
    ///
    /// # Errors
    /// `NotFound`; `UnknownReference` for aliases that do not exist.
    async fn add_models(
        &self,
        name: &GroupName,
        aliases: &[AliasName],
        by: &Actor,
    ) -> Result<Written<MembersChanged>, StoreError>;

    /// Takes members out; names that are no members, or no aliases, are no error.
    ///
    /// # Errors
    /// `NotFound`.
    async fn remove_models(
        &self,
        name: &GroupName,
        aliases: &[AliasName],
        by: &Actor,
    ) -> Result<Written<MembersChanged>, StoreError>;

    /// Deletes the group; teams lose it. With `if_unused`, only where no team holds it.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`; `InUse`.
    async fn delete(
        &self,
        name: &GroupName,
        if_unused: bool,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<GroupDetails>, StoreError>;
}
