//! Reading what calls used, and computing the books again.

use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::organization::OrganizationId;
use crate::report::{DeniedCalls, LowTeam, Report, ReportQuery, Scope, UsageSummary, Verification};

/// Sums of usage, over time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReportRepository: Send + Sync {
    /// A part of a report.
    ///
    /// # Errors
    /// `NotFound` for an alias, a team or an organization that never was.
    async fn report(&self, query: &ReportQuery) -> Result<Report, StoreError>;

    /// Jobs, and the sums over their calls, by job type, alias and team; of each at most 1,000.
    ///
    /// # Errors
    /// As [`ReportRepository::report`].
    async fn summary(&self, scope: &Scope) -> Result<UsageSummary, StoreError>;

    /// The teams with a limit that have a fifth of their credits left or less, those with the least first.
    async fn low_on_credits(
        &self,
        organization: Option<OrganizationId>,
        most: u32,
    ) -> Result<Vec<LowTeam>, StoreError>;

    /// Teams and the aliases that they were refused, those with the most calls first. Of whole days.
    ///
    /// # Errors
    /// As [`ReportRepository::report`].
    async fn denied(&self, scope: &Scope, most: u32) -> Result<Vec<DeniedCalls>, StoreError>;

    /// Computes every number of the books again, for at most so long.
    async fn verify_books(&self, most: Duration) -> Result<Verification, StoreError>;
}
