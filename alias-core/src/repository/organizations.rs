//! Keeping organizations.

use async_trait::async_trait;

use super::{Expected, NameQuery, Page, StoreError, Written};
use crate::audit::Actor;
use crate::key::NewKey;
use crate::organization::{
    CreatedOrganization, NewOrganization, OrganizationChange, OrganizationDetails, OrganizationId,
    OrganizationSummary,
};
use crate::team::NewTeam;

/// Which organizations to list, sorted by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationQuery {
    /// Only this one.
    pub only: Option<OrganizationId>,
    /// The rest.
    pub names: NameQuery,
}

/// Organizations.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OrganizationRepository: Send + Sync {
    /// Stores a new organization, with a first team and its key where one is given: all, or nothing.
    ///
    /// # Errors
    /// `AlreadyExists`, of the organization or of the team; `UnknownReference` for the team's groups.
    async fn create(
        &self,
        new: NewOrganization,
        team: Option<(NewTeam, NewKey)>,
        by: &Actor,
    ) -> Result<Written<CreatedOrganization>, StoreError>;

    /// The organization of an id, ignoring case.
    async fn find(&self, id: &OrganizationId) -> Result<Option<OrganizationDetails>, StoreError>;

    /// A page of organizations.
    async fn list(&self, query: &OrganizationQuery) -> Result<Page<OrganizationSummary>, StoreError>;

    /// Applies a change.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn update(
        &self,
        id: &OrganizationId,
        change: OrganizationChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<OrganizationDetails>, StoreError>;

    /// Deletes the organization with its teams and their keys. Their usage stays.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn delete(
        &self,
        id: &OrganizationId,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<OrganizationDetails>, StoreError>;
}
