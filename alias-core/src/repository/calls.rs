//! Finding calls that are in the books.

use async_trait::async_trait;

use super::StoreError;
use crate::usage::{CallId, RecordedCall};

/// The calls that are in the books, one at a time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CallRepository: Send + Sync {
    /// The call of this id.
    async fn find_call(&self, id: CallId) -> Result<Option<RecordedCall>, StoreError>;

    /// The latest call whose request had this id; clients may have chosen the same one for several.
    async fn find_by_request(&self, request_id: &str) -> Result<Option<RecordedCall>, StoreError>;
}
