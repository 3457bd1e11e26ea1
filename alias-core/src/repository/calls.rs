//! Finding calls that are in the books.

use async_trait::async_trait;

use super::StoreError;
use crate::usage::RecordedCall;

/// The calls that are in the books, one at a time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CallRepository: Send + Sync {
    /// The latest call whose request had this id; clients may have chosen the same one for several.
    async fn find_by_request(&self, request_id: &str) -> Result<Option<RecordedCall>, StoreError>;
}
