//! The catalogue on this machine's own disk, so that a server can start while its database is away.
//!
//! A snapshot is a SQLite file with what deciding about calls needs, and a note beside it that names the file, its
//! digest, the database that it is of, and when that was last known to say nothing else. The note is replaced in one
//! step, so that there is always a whole snapshot or none.

mod note;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use alias_core::catalog::{CatalogChange, CatalogSource, Known, Revision};
use alias_core::causes::WithCauses;
use alias_core::clock::{Clock, Timestamp};
use alias_core::replica::LIVE_FOR;
use alias_core::repository::{ReplicaRepository, StoreError};
use alias_router::LiveRouter;
use alias_store::{DatabaseUrl, SqlStore, transfer};
use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use note::Note;

/// How often it is looked whether there is something newer.
const LOOK: Duration = Duration::from_secs(1);
/// How often the note says anew that nothing has changed.
const CONFIRM: Duration = Duration::from_secs(10);
/// A snapshot is written no more often than this many times as long as one takes.
const REST: u32 = 20;

/// Why there is no snapshot to start from.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// None was ever written.
    #[error("there is no snapshot of the catalogue in the data folder")]
    None,
    /// It is of another database.
    #[error("the snapshot of the catalogue in the data folder is of another database")]
    Foreign,
    /// The database may have changed since.
    #[error("the snapshot of the catalogue is {} old, and may be {} at most (snapshot_max_age)",
        humantime::format_duration(*.0), humantime::format_duration(*.1))]
    Old(Duration, Duration),
    /// It is not as it was written.
    #[error("the snapshot of the catalogue is damaged")]
    Damaged,
    /// The disk failed.
    #[error("the snapshot of the catalogue cannot be read")]
    Io(#[from] io::Error),
    /// It cannot be read as a database.
    #[error("the snapshot of the catalogue cannot be opened")]
    Store(#[from] StoreError),
}

/// Where snapshots are kept, and of which database.
#[derive(Debug, Clone)]
pub struct Snapshots {
    folder: PathBuf,
    database: DatabaseUrl,
    max_age: Duration,
}

/// A snapshot that may be started from.
#[derive(Debug)]
pub struct Saved {
    /// What it holds, to be read.
    pub store: SqlStore,
    /// The catalogue in it, which is read already.
    pub catalogue: Catalogue,
    /// How long ago the database was last known to say nothing else.
    pub age: Duration,
    /// How many servers there were.
    pub servers: u64,
}

/// The catalogue of a snapshot: said once, to the router that starts with it.
#[derive(Debug)]
pub struct Catalogue(Mutex<Option<CatalogChange>>);

#[async_trait]
impl CatalogSource for Catalogue {
    async fn changes_since(&self, _: Option<Known>) -> Result<CatalogChange, StoreError> {
        Ok(self.0.lock().take().unwrap_or(CatalogChange::None))
    }
}

impl Snapshots {
    /// Snapshots of a database, in the folder of this server's data.
    pub fn new(data: &Path, database: &DatabaseUrl, max_age: Duration) -> Self {
        Self { folder: data.join("snapshot"), database: database.clone(), max_age }
    }

    /// How old a snapshot, or the word of the database, may be.
    pub fn max_age(&self) -> Duration {
        self.max_age
    }

    /// The snapshot, if it is whole, of this database, and not too old.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub async fn load(&self, clock: &Arc<dyn Clock>) -> Result<Saved, SnapshotError> {
        let (of, now) = (self.clone(), clock.now());
        let found = tokio::task::spawn_blocking(move || of.find(now)).await.map_err(io::Error::other)?;
        let (file, note, age) = found?;
        // Both take a while for a large one. What is read counts only if the file is as it was written.
        let whole = tokio::task::spawn_blocking({
            let file = file.clone();
            move || note::digest(&file)
        });
        let read = async {
            let store = SqlStore::attach(&DatabaseUrl::frozen(file), Arc::clone(clock)).await?;
            let change = store.changes_since(None).await?;
            Ok::<_, SnapshotError>((store, Catalogue(Mutex::new(Some(change)))))
        };
        let (digest, read) = tokio::join!(whole, read);
        if digest.map_err(io::Error::other)?? != note.sha256 {
            return Err(SnapshotError::Damaged);
        }
        let (store, catalogue) = read?;
        Ok(Saved { store, catalogue, age, servers: note.servers })
    }

    /// The snapshot of this database, if it is not too old, and how old it is.
    fn find(&self, now: Timestamp) -> Result<(PathBuf, Note, Duration), SnapshotError> {
        let note = Note::read(&self.folder)?.ok_or(SnapshotError::None)?;
        if note.database != self.database.to_string() {
            return Err(SnapshotError::Foreign);
        }
        // A clock that is behind the note is no reason to believe it for longer.
        let micros = now.micros().saturating_sub(note.confirmed_at.micros()).unsigned_abs();
        let age = Duration::from_micros(micros);
        if age > self.max_age {
            return Err(SnapshotError::Old(Duration::from_secs(age.as_secs()), self.max_age));
        }
        let file = self.folder.join(&note.file);
        Ok((file, note, age))
    }

    /// Writes a snapshot of what the database says now, in place of the one before.
    async fn save(&self, revision: Revision, servers: u64, now: Timestamp) -> Result<Note, SnapshotError> {
        note::make_folder(&self.folder)?;
        let name = format!("catalogue-{}.db", Uuid::now_v7().as_simple());
        let file = self.folder.join(&name);
        transfer::snapshot(&self.database, &file).await?;
        let (folder, database) = (self.folder.clone(), self.database.to_string());
        let written = tokio::task::spawn_blocking(move || {
            let sha256 = note::digest(&file)?;
            let note = Note { file: name, sha256, database, revision, servers, confirmed_at: now };
            note.write(&folder)?;
            note.forget_others(&folder)?;
            Ok(note)
        });
        written.await.map_err(io::Error::other)?.map_err(SnapshotError::Io)
    }

    /// Says that the snapshot is still what the database says.
    async fn confirm(&self, mut note: Note, now: Timestamp) -> Result<Note, SnapshotError> {
        note.confirmed_at = now;
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || note.write(&folder).map(|()| note));
        written.await.map_err(io::Error::other)?.map_err(SnapshotError::Io)
    }

    /// Keeps the snapshot at what the database says, until `stop`.
    pub async fn follow(
        self,
        kept: Arc<dyn ReplicaRepository>,
        live: Arc<LiveRouter>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) {
        let mut written: Option<Note> = None;
        let (mut rests_until, mut confirmed) = (Instant::now(), Instant::now());
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            let due = written.as_ref().is_none_or(|note| note.revision != live.revision());
            let now = Instant::now();
            if due && now < rests_until || !due && now < confirmed + CONFIRM {
                continue;
            }
            let asked = clock.now();
            // What the database is asked here is also the word that it is there.
            let Ok(replicas) = kept.replicas().await else { continue };
            let same = written.as_ref().is_some_and(|note| note.revision == replicas.newest);
            if replicas.newest != live.revision() || !due && !same {
                continue;
            }
            let servers = replicas.all.iter().filter(|replica| replica.silent_for <= LIVE_FOR).count().max(1);
            let done = match written.take().filter(|_| !due) {
                Some(note) => self.confirm(note, asked).await,
                None => self.save(replicas.newest, servers as u64, asked).await,
            };
            confirmed = Instant::now();
            if due {
                rests_until = confirmed + LOOK.max(now.elapsed() * REST);
            }
            match done {
                Ok(note) => written = Some(note),
                Err(why) => {
                    tracing::warn!(
                        error = %WithCauses(&why),
                        "no snapshot of the catalogue could be written"
                    );
                }
            }
        }
    }
}
