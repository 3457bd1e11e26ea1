//! Looking up who calls an alias.

use async_trait::async_trait;

use super::StoreError;
use crate::alias::{AliasCallers, AliasName};

/// Who calls aliases, by the sums of their calls.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AliasCallersRepository: Send + Sync {
    /// The teams that called the live alias of this name, under any name that it had; `None` where there is none.
    async fn callers(&self, name: &AliasName) -> Result<Option<AliasCallers>, StoreError>;
}
