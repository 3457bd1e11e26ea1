//! What calls of this server cost is in the books a moment after they ended: who reads the books can wait for it.

use std::sync::Arc;
use std::time::Duration;

use alias_store::spool::Spool;

/// How long a reader waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a write waits: without a database it has to be refused in time.
const BEFORE_A_WRITE: Duration = Duration::from_millis(500);

/// The way of this server's calls into the books.
#[derive(Debug, Default)]
pub struct Books(Option<Arc<Spool>>);

impl Books {
    /// The books that this spool is shipped to.
    pub fn of(spool: Arc<Spool>) -> Self {
        Self(Some(spool))
    }

    /// Waits until every call that this server answered before is in the books, for a while: without a database the
    /// numbers are older.
    pub async fn settled(&self) {
        self.settled_within(PATIENCE).await;
    }

    /// The same before something is written whose answer tells of them.
    pub async fn settled_before_a_write(&self) {
        self.settled_within(BEFORE_A_WRITE).await;
    }

    /// The same with another patience; false where it did not last.
    pub async fn settled_within(&self, patience: Duration) -> bool {
        match &self.0 {
            Some(spool) => spool.flush(patience).await,
            None => true,
        }
    }
}
