//! The newest routing table, kept up to date from a source of catalogues.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alias_core::catalog::{Catalog, CatalogChange, CatalogSource, Revision};
use alias_core::repository::StoreError;
use arc_swap::{ArcSwap, Guard};
use tokio::sync::{Mutex, watch};

use crate::table::{RouterPolicy, RoutingTable};

/// Keeps the newest table and publishes newer ones; readers never wait.
///
/// One load is in flight at a time. An older state never replaces a newer one: after the database was restored
/// from a backup, start anew. A new table is built on the task that asked for it (0.3 to 0.6 µs for each alias
/// and key), so a very large catalogue holds up that task's thread for as long.
pub struct LiveRouter {
    source: Arc<dyn CatalogSource>,
    policy: RouterPolicy,
    current: ArcSwap<RoutingTable>,
    loading: Mutex<()>,
    published: watch::Sender<Revision>,
    expired: AtomicBool,
}

impl LiveRouter {
    /// Loads the first table.
    ///
    /// # Errors
    /// Those of the source; [`StoreError::Corrupt`] if it has no whole state to give.
    pub async fn start(source: Arc<dyn CatalogSource>, policy: RouterPolicy) -> Result<Self, StoreError> {
        let first = Arc::clone(&source);
        Self::resume(&*first, source, policy).await
    }

    /// Loads the first table from another source, such as a file, and all later ones from `source`, which need not be
    /// reachable yet.
    ///
    /// # Errors
    /// Those of `first`; [`StoreError::Corrupt`] if it has no whole state to give.
    pub async fn resume(
        first: &dyn CatalogSource,
        source: Arc<dyn CatalogSource>,
        policy: RouterPolicy,
    ) -> Result<Self, StoreError> {
        let CatalogChange::Full(catalog) = first.changes_since(None).await? else {
            return Err(StoreError::Corrupt(Box::new(SourceFault::NoState)));
        };
        let table = RoutingTable::build(&catalog, policy);
        let (published, _) = watch::channel(table.revision());
        let current = ArcSwap::from_pointee(table);
        let expired = AtomicBool::new(false);
        Ok(Self { source, policy, current, loading: Mutex::new(()), published, expired })
    }

    /// Says whether the source was silent for so long that the table must not decide any more.
    pub fn set_expired(&self, expired: bool) {
        self.expired.store(expired, Ordering::Relaxed);
    }

    /// Whether the table must not decide any more, as [`Self::set_expired`] said last.
    pub fn is_expired(&self) -> bool {
        self.expired.load(Ordering::Relaxed)
    }

    /// The newest table, for the decisions of one request. A guard is cheaper than an `Arc` (no shared counter
    /// is touched); drop it before waiting for anything, or make it an `Arc` with [`Guard::into_inner`].
    pub fn table(&self) -> Guard<Arc<RoutingTable>> {
        self.current.load()
    }

    /// The revision of the newest table.
    pub fn revision(&self) -> Revision {
        self.current.load().revision()
    }

    /// Sees to it that the published table has at least the revision `at_least`: call it after a write, with the
    /// revision that the write produced. Those who wait for a load at the same time share it if it shows their
    /// revision; a load that began too early to show it does not satisfy them. Returns the revision published.
    ///
    /// # Errors
    /// Those of the source; [`StoreError::Unavailable`] if it does not show `at_least` yet. The table that was
    /// there stays in force.
    pub async fn refresh(&self, at_least: Revision) -> Result<Revision, StoreError> {
        if self.revision() < at_least {
            let _one_at_a_time = self.loading.lock().await;
            if self.revision() < at_least {
                self.load().await?;
            }
        }
        let shown = self.revision();
        if shown < at_least {
            return Err(StoreError::Unavailable(Box::new(SourceFault::Behind { shown, at_least })));
        }
        Ok(shown)
    }

    /// Waits until the published table has at least the revision `at_least`; false if it has not in time.
    pub async fn wait_for(&self, at_least: Revision, timeout: Duration) -> bool {
        let mut published = self.published.subscribe();
        let reached = published.wait_for(|revision| *revision >= at_least);
        tokio::time::timeout(timeout, reached).await.is_ok_and(|reached| reached.is_ok())
    }

    /// Asks the source for what has changed and publishes it. Returns whether there was something newer.
    ///
    /// # Errors
    /// Those of the source. The table that was there stays in force.
    pub async fn poll(&self) -> Result<bool, StoreError> {
        let _one_at_a_time = self.loading.lock().await;
        self.load().await
    }

    async fn load(&self) -> Result<bool, StoreError> {
        match self.source.changes_since(Some(self.revision())).await? {
            CatalogChange::None => Ok(false),
            // It was restored, or lost what it had said: nothing of it is believed, and nothing confirmed.
            CatalogChange::Full(catalog) if catalog.revision < self.revision() => {
                let (shown, at_least) = (catalog.revision, self.revision());
                Err(StoreError::Unavailable(Box::new(SourceFault::Behind { shown, at_least })))
            }
            CatalogChange::Full(catalog) => Ok(self.publish(&catalog)),
            _ => Err(StoreError::Corrupt(Box::new(SourceFault::StrangeChange))),
        }
    }

    /// Publishes a state that is newer than the present one. Only called while `loading` is held.
    fn publish(&self, catalog: &Catalog) -> bool {
        if catalog.revision <= self.revision() {
            return false;
        }
        let table = RoutingTable::build(catalog, self.policy);
        tracing::debug!(?table, "a new routing table is published");
        self.current.store(Arc::new(table));
        self.published.send_replace(catalog.revision);
        true
    }
}

impl fmt::Debug for LiveRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveRouter").field("table", &*self.table()).finish_non_exhaustive()
    }
}

/// What is wrong with a source that answered.
#[derive(Debug, thiserror::Error)]
enum SourceFault {
    #[error("the source has no state of the catalogue")]
    NoState,
    #[error("the source shows revision {shown} and not yet {at_least}")]
    Behind { shown: Revision, at_least: Revision },
    #[error("the source answered with a kind of change that is not known here")]
    StrangeChange,
}
