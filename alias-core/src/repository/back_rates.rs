//! Valuing calls afterwards.

use async_trait::async_trait;

use super::StoreError;
use crate::audit::Actor;
use crate::back_rate::{BackRate, BackRated, LastCall};

/// The later values of calls.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BackRateRepository: Send + Sync {
    /// Values the next batch of calls after `after`, and raises the sums of their days; each call once, whatever is
    /// repeated. With `dry_run` nothing is changed.
    async fn back_rate(
        &self,
        of: &BackRate,
        after: Option<LastCall>,
        dry_run: bool,
        by: &Actor,
    ) -> Result<BackRated, StoreError>;
}
