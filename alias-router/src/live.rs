//! The newest routing table, kept up to date from a source of catalogues.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use alias_core::catalog::{CatalogChange, CatalogSource, Known, Revision};
use alias_core::repository::StoreError;
use arc_swap::{ArcSwap, Guard};
use tokio::sync::{Mutex, watch};

use crate::arrange::Arrangement;
use crate::table::{RouterPolicy, RoutingTable};

/// How often a write was followed by a load, and how long these took, in microseconds.
#[derive(Debug, Default)]
struct Publishing {
    times: AtomicU64,
    micros: AtomicU64,
}

/// Keeps the newest table and publishes newer ones; readers never wait.
///
/// One load is in flight at a time. An older state never replaces a newer one: a source that was restored is raised
/// beyond what was known first. What a source says to be different is
/// arranged on the task that asked for it, in well under a millisecond as a rule; a whole catalogue takes 0.3 to
/// 0.6 µs for each alias and key, and holds up that task's thread for as long.
pub struct LiveRouter {
    source: Arc<dyn CatalogSource>,
    policy: RouterPolicy,
    current: ArcSwap<RoutingTable>,
    loading: Mutex<Arrangement>,
    published: watch::Sender<Revision>,
    expired: AtomicBool,
    restorations: AtomicU64,
    publishing: Publishing,
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
        let arrangement = Arrangement::of(&catalog, policy);
        let table = arrangement.table();
        let (published, _) = watch::channel(table.revision());
        let current = ArcSwap::from_pointee(table);
        Ok(Self {
            source,
            policy,
            current,
            loading: Mutex::new(arrangement),
            published,
            expired: AtomicBool::new(false),
            restorations: AtomicU64::new(0),
            publishing: Publishing::default(),
        })
    }

    /// How often the source was found to be older than what it had shown, and was read anew.
    pub fn restorations(&self) -> u64 {
        self.restorations.load(Ordering::Relaxed)
    }

    /// How often [`Self::refresh`] had to wait for a load, and how long that took in all: from a write being committed to
    /// calls here going by it.
    pub fn publishing(&self) -> (u64, Duration) {
        let Publishing { times, micros } = &self.publishing;
        (times.load(Ordering::Relaxed), Duration::from_micros(micros.load(Ordering::Relaxed)))
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
            let began = Instant::now();
            let mut arrangement = self.loading.lock().await;
            if self.revision() < at_least {
                // Boxed: every handler of a write holds this future.
                Box::pin(self.load(&mut arrangement)).await?;
            }
            let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.publishing.times.fetch_add(1, Ordering::Relaxed);
            self.publishing.micros.fetch_add(micros, Ordering::Relaxed);
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
        self.load(&mut *self.loading.lock().await).await
    }

    async fn load(&self, arrangement: &mut Arrangement) -> Result<bool, StoreError> {
        let shown = self.revision();
        // Where much is left of what is gone, a whole catalogue is asked for, even of the same state.
        let wasteful = arrangement.is_wasteful();
        let known = Known { revision: shown, mark: arrangement.mark().cloned() };
        // First with what is known, for only that tells whether the source is of another history.
        let change = match self.source.changes_since(Some(known.clone())).await? {
            change if is_earlier_or_other(&change, shown) => Box::pin(self.restored(known)).await?,
            CatalogChange::None if wasteful => self.whole(&known).await?,
            change => change,
        };
        match change {
            CatalogChange::None => return Ok(false),
            CatalogChange::Full(catalog) if catalog.revision == shown && !wasteful => return Ok(false),
            CatalogChange::Full(catalog) if catalog.revision >= shown => {
                *arrangement = Arrangement::of(&catalog, self.policy);
            }
            CatalogChange::Full(catalog) => {
                let fault = SourceFault::Behind { shown: catalog.revision, at_least: shown };
                return Err(StoreError::Unavailable(Box::new(fault)));
            }
            CatalogChange::Delta(delta) if delta.since <= shown && shown < delta.changed.revision => {
                arrangement.apply(&delta);
            }
            _ => return Err(StoreError::Corrupt(Box::new(SourceFault::StrangeChange))),
        }
        self.publish(arrangement.table());
        Ok(true)
    }

    /// The whole of the state that is known. Where the source shows another by now, the next load sees to that.
    async fn whole(&self, known: &Known) -> Result<CatalogChange, StoreError> {
        Ok(match self.source.changes_since(None).await? {
            CatalogChange::Full(catalog) if catalog.known() == *known => CatalogChange::Full(catalog),
            _ => CatalogChange::None,
        })
    }

    /// What a source says that had shown more before: the whole state, under a revision beyond all that was known.
    /// Nothing is believed of it before it has that.
    async fn restored(&self, known: Known) -> Result<CatalogChange, StoreError> {
        let shown = known.revision;
        let raised = self.source.overtake(known).await?;
        tracing::error!(
            known = shown.0,
            revision = raised.0,
            "the catalogue was restored to an earlier state, or has lost changes: it is read anew; what was changed since \
             that state, revoked keys as well, has to be done again"
        );
        self.restorations.fetch_add(1, Ordering::Relaxed);
        self.source.changes_since(None).await
    }

    /// Publishes a table that is newer than the present one. Only called while `loading` is held.
    fn publish(&self, table: RoutingTable) {
        tracing::debug!(?table, "a new routing table is published");
        let revision = table.revision();
        self.current.store(Arc::new(table));
        self.published.send_replace(revision);
    }
}

/// Whether this is of an earlier state than is shown, or of another history.
fn is_earlier_or_other(change: &CatalogChange, shown: Revision) -> bool {
    match change {
        CatalogChange::Full(catalog) => catalog.revision < shown,
        CatalogChange::Delta(delta) => delta.changed.revision < shown,
        CatalogChange::Diverged => true,
        _ => false,
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
