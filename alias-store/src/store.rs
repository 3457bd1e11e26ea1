//! The store's handle, and the one seam where blocking database work leaves the async world.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use alias_core::clock::Clock;
use alias_core::repository::StoreError;
use diesel::connection::{Connection, TransactionManager};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::aliases::LiveTotal;
use crate::connection::{AnyConnection, Manager, Mode, connect};
use crate::error::{Busy, Failure};
use crate::migrate::{MigrationStatus, is_current, migrate, status};
use crate::url::DatabaseUrl;

/// How long a unit of work waits, for its turn and for a connection together.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection to a database server is used.
const LIFETIME: Duration = Duration::from_mins(30);

/// A store in SQLite or PostgreSQL. Clones share its connections.
///
/// It implements every trait of [`alias_core::repository`], and [`alias_core::catalog::CatalogSource`]. Its
/// methods need a Tokio runtime with time enabled and do not block it.
#[derive(Clone)]
pub struct SqlStore {
    url: DatabaseUrl,
    pool: r2d2::Pool<Manager>,
    /// As many as the pool has connections: who waits, waits in async land.
    permits: Arc<Semaphore>,
    /// SQLite has one writer at a time. It is handed on fairly here, instead of by polling a lock.
    writer: Option<Arc<Semaphore>>,
    /// Whether the database was reached, and is at this program's migrations.
    confirmed: Arc<AtomicBool>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) live_total: Arc<LiveTotal>,
}

/// What becomes of a transaction that went well.
pub(crate) enum Verdict<T> {
    /// It counts.
    Commit(T),
    /// There was nothing to change.
    RollBack(T),
}

impl SqlStore {
    /// Opens the database, runs pending migrations, and keeps up to `pool_size` connections (at least 1).
    /// The folder of a SQLite file is made where it is missing, for its owner only.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot be reached, [`StoreError::Corrupt`] if a newer
    /// version has migrated it, or a migration fails.
    pub async fn open(url: &DatabaseUrl, pool_size: u32, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        prepare(url).await?;
        Ok(Self::with_pool(url.clone(), pool_size, writer_of(url), confirmed(true), clock))
    }

    /// Opens a database that is there, changing nothing: for tools that read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be reached or is not there, [`StoreError::Corrupt`] if another version
    /// has migrated it.
    pub async fn attach(url: &DatabaseUrl, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let database = url.clone();
        blocking(move || {
            if let Some(file) = database.file() {
                std::fs::metadata(file).map_err(unavailable)?;
            }
            let mut conn = connect(&database).map_err(unavailable)?;
            is_current(&mut conn, Mode::Write.on(&database))
        })
        .await?;
        Ok(Self::with_pool(url.clone(), 1, None, confirmed(true), clock))
    }

    /// A database that cannot be reached at present: every unit of work is refused as unavailable until
    /// [`SqlStore::confirm`] has succeeded.
    #[must_use]
    pub fn unconfirmed(url: &DatabaseUrl, pool_size: u32, clock: Arc<dyn Clock>) -> Self {
        Self::with_pool(url.clone(), pool_size, writer_of(url), confirmed(false), clock)
    }

    /// Does what [`SqlStore::open`] does for a store that was made without: from then on, all its handles work.
    ///
    /// # Errors
    /// Those of [`SqlStore::open`].
    pub async fn confirm(&self) -> Result<(), StoreError> {
        prepare(&self.url).await?;
        self.confirmed.store(true, Ordering::Release);
        Ok(())
    }

    /// This program's migrations, and which of them the database has. Nothing is changed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be reached.
    pub async fn migrations(url: &DatabaseUrl) -> Result<Vec<MigrationStatus>, StoreError> {
        let database = url.clone();
        blocking(move || {
            if let Some(file) = database.file() {
                std::fs::metadata(file).map_err(unavailable)?;
            }
            let mut conn = connect(&database).map_err(unavailable)?;
            status(&mut conn)
        })
        .await
    }

    /// Another handle on the same database with up to `pool_size` connections of its own, so that a long list
    /// in one lane does not keep another waiting. SQLite's single writer is shared by all lanes.
    #[must_use]
    pub fn lane(&self, pool_size: u32) -> Self {
        let confirmed = Arc::clone(&self.confirmed);
        let clock = Arc::clone(&self.clock);
        let lane = Self::with_pool(self.url.clone(), pool_size, self.writer.clone(), confirmed, clock);
        Self { live_total: Arc::clone(&self.live_total), ..lane }
    }

    /// The connections to the database: all, and those in use.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections, state.connections.saturating_sub(state.idle_connections))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read(|conn| Ok(diesel::r2d2::R2D2Connection::ping(conn)?)).await
    }

    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    fn with_pool(
        url: DatabaseUrl,
        pool_size: u32,
        writer: Option<Arc<Semaphore>>,
        confirmed: Arc<AtomicBool>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let size = pool_size.max(1);
        // A file is opened at once, and each connection to it takes memory while it waits; nor does one grow old. A server
        // takes a while to open one, and may be behind something that ends old ones.
        let (waiting, lifetime) = if url.file().is_some() { (0, None) } else { (1, Some(LIFETIME)) };
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(waiting))
            .max_lifetime(lifetime)
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(LogRefusals))
            .build_unchecked(Manager(url.clone()));
        let permits = usize::try_from(size).unwrap_or(Semaphore::MAX_PERMITS).min(Semaphore::MAX_PERMITS);
        Self {
            url,
            pool,
            permits: Arc::new(Semaphore::new(permits)),
            writer,
            confirmed,
            clock,
            live_total: Arc::default(),
        }
    }

    /// Reads one consistent state.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.unit(Mode::Read, move |conn| work(conn).map(Verdict::RollBack)).await
    }

    /// Runs one unit of work that changes something: all of it, or nothing.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<Verdict<T>, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.unit(Mode::Write, work).await
    }

    async fn unit<T: Send + 'static>(
        &self,
        mode: Mode,
        work: impl FnOnce(&mut AnyConnection) -> Result<Verdict<T>, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        if !self.confirmed.load(Ordering::Acquire) {
            return Err(unavailable(Busy::Unconfirmed));
        }
        let began = Instant::now();
        let turn =
            tokio::time::timeout(PATIENCE, self.turn(mode)).await.map_err(|_| self.waited_for(mode))??;
        let (pool, mode) = (self.pool.clone(), mode.on(&self.url));
        blocking(move || {
            // Moved in whole: who is not awaited any more keeps the turn until the database is done.
            let _turn = turn;
            let left = PATIENCE.saturating_sub(began.elapsed());
            let mut conn = pool.get_timeout(left).map_err(unavailable)?;
            transaction(&mut conn, mode, work)
        })
        .await
    }

    /// What one waited for in vain: the single writer's place, or a connection.
    fn waited_for(&self, mode: Mode) -> StoreError {
        match &self.writer {
            Some(gate) if mode == Mode::Write && gate.available_permits() == 0 => StoreError::Busy,
            _ => unavailable(Busy::Waited(PATIENCE.as_secs())),
        }
    }

    /// Waits for a connection, and for the single writer's place where there is one.
    async fn turn(
        &self,
        mode: Mode,
    ) -> Result<(Option<OwnedSemaphorePermit>, OwnedSemaphorePermit), StoreError> {
        let closed = |_| unavailable(Busy::CutOff);
        let writer = match (&self.writer, mode) {
            (Some(gate), Mode::Write) => Some(Arc::clone(gate).acquire_owned().await.map_err(closed)?),
            _ => None,
        };
        Ok((writer, Arc::clone(&self.permits).acquire_owned().await.map_err(closed)?))
    }
}

impl std::fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlStore")
            .field("url", &self.url)
            .field("pool", &self.pool.max_size())
            .finish_non_exhaustive()
    }
}

fn confirmed(is: bool) -> Arc<AtomicBool> {
    Arc::new(AtomicBool::new(is))
}

/// SQLite has one writer at a time.
fn writer_of(url: &DatabaseUrl) -> Option<Arc<Semaphore>> {
    url.file().map(|_| Arc::new(Semaphore::new(1)))
}

/// Reaches a database, and runs pending migrations.
async fn prepare(url: &DatabaseUrl) -> Result<(), StoreError> {
    let database = url.clone();
    blocking(move || {
        make_folder(&database)?;
        let mut conn = connect(&database).map_err(unavailable)?;
        migrate(&mut conn)
    })
    .await
}

/// Says so when a connection cannot be opened; the pool goes on trying.
#[derive(Debug)]
struct LogRefusals;

impl<E: std::error::Error> r2d2::HandleError<E> for LogRefusals {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "no new connection to the database");
    }
}

pub(crate) fn unavailable(why: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(why))
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|_| unavailable(Busy::CutOff))?;
    done.map_err(StoreError::from)
}

/// Makes the folder of the database's file where there is none yet: for its owner only.
pub(crate) fn make_folder(url: &DatabaseUrl) -> Result<(), StoreError> {
    let Some(folder) = url.file().and_then(|file| file.parent()).filter(|f| !f.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(unavailable)
}

/// Runs `work` in a transaction; whatever fails, nothing stays.
pub(crate) fn transaction<T>(
    conn: &mut AnyConnection,
    mode: Mode,
    work: impl FnOnce(&mut AnyConnection) -> Result<Verdict<T>, Failure>,
) -> Result<T, Failure> {
    type Transactions = <AnyConnection as Connection>::TransactionManager;
    mode.begin(conn)?;
    match work(conn) {
        Ok(Verdict::Commit(value)) => {
            Transactions::commit_transaction(conn)?;
            Ok(value)
        }
        Ok(Verdict::RollBack(value)) => {
            Transactions::rollback_transaction(conn)?;
            Ok(value)
        }
        Err(failure) => {
            // The first failure is the one to tell; a connection that cannot roll back leaves the pool.
            if let Err(why) = Transactions::rollback_transaction(conn) {
                tracing::debug!(%why, "a failed unit of work could not be rolled back");
            }
            Err(failure)
        }
    }
}

#[cfg(test)]
mod tests {
    use alias_core::testing::FixedClock;

    use super::*;

    #[tokio::test]
    async fn who_waited_for_another_change_in_vain_is_told_so_and_not_that_the_database_is_away() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite(folder.path().join("aliases.db"));
        let store = SqlStore::open(&url, 2, Arc::new(FixedClock::default())).await.unwrap();
        assert!(matches!(store.waited_for(Mode::Write), StoreError::Unavailable(_)), "nobody writes");
        let _writes = store.turn(Mode::Write).await.unwrap();
        assert!(matches!(store.waited_for(Mode::Write), StoreError::Busy));
        assert!(matches!(store.waited_for(Mode::Read), StoreError::Unavailable(_)), "reading needs no turn");
    }
}
