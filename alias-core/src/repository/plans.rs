//! Trying out changes of the catalogue.

use async_trait::async_trait;

use super::StoreError;
use crate::audit::Actor;
use crate::plan::{Plan, Rehearsal};

/// Changes that are tried out.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PlanRepository: Send + Sync {
    /// Does what the write of the plan does, with all its checks, looks at what came of it, and undoes it.
    ///
    /// # Errors
    /// Those of the write.
    async fn rehearse(&self, plan: &Plan, by: &Actor) -> Result<Rehearsal, StoreError>;
}
