//! Keeping model aliases.

use async_trait::async_trait;

use super::{Expected, Page, StoreError, Window, Written};
use crate::alias::{AliasChange, AliasDetails, AliasName, ModelAlias, NewAlias};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::group::GroupName;
use crate::team::TeamId;

/// What aliases can be sorted by; ties go by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AliasSort {
    /// By name.
    #[default]
    Alias,
    /// By target.
    LitellmModel,
    /// By number of calls.
    UsageCount,
    /// By creation.
    CreatedAt,
    /// By last change.
    UpdatedAt,
}

/// Which aliases to list. Filters combine with "and".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AliasQuery {
    /// Only enabled, or only disabled ones.
    pub active: Option<bool>,
    /// Only those whose target has this provider.
    pub provider: Option<String>,
    /// Only members of this group.
    pub access_group: Option<GroupName>,
    /// Only those that this team can reach through an active group.
    pub team: Option<TeamId>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those not called since.
    pub unused_since: Option<Timestamp>,
    /// Only those that are on their way out, or only the others.
    pub deprecated: Option<bool>,
    /// Only those with a price, their own or their target's, or only those without. One that leads on to another alias
    /// has that one's, and counts as one with a price.
    pub priced: Option<bool>,
    /// Only those whose target the catalogue of providers' models knows, or only the others; aliases that lead on to
    /// others are known.
    pub in_catalog: Option<bool>,
    /// Only those that an access group holds, or only the others.
    pub in_group: Option<bool>,
    /// Only those with this text in name, target or description, ignoring ASCII case.
    pub q: Option<String>,
    /// What to sort by, each from the first to the last, or (true) from the last to the first: where one ties, the next
    /// decides, and the name at the end.
    pub sort: Vec<(AliasSort, bool)>,
    /// Which part.
    pub window: Window,
}

/// A deleted alias, and what went with it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeletedAlias {
    /// The alias as it was.
    pub alias: ModelAlias,
    /// The groups that held it.
    pub removed_from_access_groups: Vec<GroupName>,
    /// Distinct teams that held an active one of these: those that had access.
    pub teams_affected: u64,
    /// Until when it can be brought back.
    pub restorable_until: Timestamp,
}

/// Model aliases.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AliasRepository: Send + Sync {
    /// Stores a new alias as version 1 and adds it to its groups.
    ///
    /// # Errors
    /// `AlreadyExists` if a live alias has the name, `UnknownReference` for groups that do not exist.
    async fn create(&self, new: NewAlias, by: &Actor) -> Result<Written<AliasDetails>, StoreError>;

    /// The live alias of a name, ignoring case.
    async fn find(&self, name: &AliasName) -> Result<Option<AliasDetails>, StoreError>;

    /// A page of live aliases.
    async fn list(&self, query: &AliasQuery) -> Result<Page<AliasDetails>, StoreError>;

    /// Applies a change and appends a version; a change that changes nothing appends none.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it is not at the expected version.
    async fn update(
        &self,
        name: &AliasName,
        change: AliasChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError>;

    /// Deletes the alias and takes it out of all groups. Its versions and usage stay under its id.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it is not at the expected version.
    async fn delete(
        &self,
        name: &AliasName,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<DeletedAlias>, StoreError>;
}
