//! Taking canaries back.

use async_trait::async_trait;

use super::{Expected, StoreError, Written};
use crate::alias::{AliasDetails, AliasName};
use crate::audit::Actor;
use crate::model_ref::ModelRef;

/// Canaries of aliases: targets of a split that are tried out.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CanaryRepository: Send + Sync {
    /// Takes a target out of the split of an alias, as a version of its own that says why; its callers go where they
    /// went before. Changes that wait for their moment and would bring it back wait no more. A target that is not in the
    /// split is out of it: nothing is changed then.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the alias is not at the expected version.
    async fn take_back(
        &self,
        name: &AliasName,
        target: &ModelRef,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError>;
}
