//! Keeping teams.

use async_trait::async_trait;

use super::{Expected, NameQuery, Page, StoreError, Written};
use crate::audit::Actor;
use crate::key::NewKey;
use crate::organization::{OrganizationId, Standing};
use crate::team::{NewTeam, TeamChange, TeamDetails, TeamId, TeamSummary};

/// Which teams to list, sorted by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TeamQuery {
    /// Only those of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Only those of this standing.
    pub status: Option<Standing>,
    /// The rest.
    pub names: NameQuery,
}

/// Teams.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TeamRepository: Send + Sync {
    /// Stores a new team with its first key.
    ///
    /// # Errors
    /// `AlreadyExists`; `UnknownReference` for an organization or groups that do not exist.
    async fn create(&self, new: NewTeam, key: NewKey, by: &Actor)
    -> Result<Written<TeamDetails>, StoreError>;

    /// The team of an id, ignoring case.
    async fn find(&self, id: &TeamId) -> Result<Option<TeamDetails>, StoreError>;

    /// A page of teams.
    async fn list(&self, query: &TeamQuery) -> Result<Page<TeamSummary>, StoreError>;

    /// Applies a change; groups are replaced where given.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`; `UnknownReference` for groups that do not exist.
    async fn update(
        &self,
        id: &TeamId,
        change: TeamChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<TeamDetails>, StoreError>;

    /// Deletes the team with its keys. Its usage stays.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn delete(
        &self,
        id: &TeamId,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<TeamDetails>, StoreError>;
}
