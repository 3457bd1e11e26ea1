//! Several changes of the catalogue as one.

use async_trait::async_trait;

use super::{StoreError, Written};
use crate::audit::Actor;
use crate::plan::{Outcome, Plan};

/// What came of several changes: all of them, or which one was refused and why.
pub type Bulk = Result<Vec<Outcome>, (usize, StoreError)>;

/// Changes that are made together.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BulkRepository: Send + Sync {
    /// Makes all of these changes, one after the other, or none: in one transaction, under one revision, with a record
    /// of the audit log for each. The place of the first that is refused counts from 0.
    ///
    /// # Errors
    /// `Unavailable`; what a single change is refused for is part of the answer.
    async fn make_all(&self, plans: Vec<Plan>, by: &Actor) -> Result<Written<Bulk>, StoreError>;
}
