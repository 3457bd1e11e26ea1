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

use alias_core::catalog::Revision;
use alias_core::clock::{Clock, Timestamp};
use alias_core::replica::LIVE_FOR;
use alias_core::repository::{ReplicaRepository, StoreError};
use alias_router::LiveRouter;
use alias_store::{DatabaseUrl, SqlStore, transfer};
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
    /// How long ago the database was last known to say nothing else.
    pub age: Duration,
    /// How many servers there were.
    pub servers: u64,
    /// A copy of it, which goes away: to open a file changes it.
    _copy: tempfile::TempDir,
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
        let opened = tokio::task::spawn_blocking(move || of.open(now)).await.map_err(io::Error::other)?;
        let (copy, age, servers) = opened?;
        let file = copy.path().join("catalogue.db");
        let store = SqlStore::attach(&DatabaseUrl::sqlite(file), Arc::clone(clock)).await?;
        Ok(Saved { store, age, servers, _copy: copy })
    }

    fn open(&self, now: Timestamp) -> Result<(tempfile::TempDir, Duration, u64), SnapshotError> {
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
        note::forget_copies(&self.folder)?;
        let copy = tempfile::Builder::new().prefix("open-").tempdir_in(&self.folder)?;
        let file = copy.path().join("catalogue.db");
        std::fs::copy(self.folder.join(&note.file), &file)?;
        if note::digest(&file)? != note.sha256 {
            return Err(SnapshotError::Damaged);
        }
        Ok((copy, age, note.servers))
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
            // Whoever has opened one has read it long before the database said anything.
            note::forget_copies(&folder)?;
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
                        error = &why as &dyn std::error::Error,
                        "no snapshot of the catalogue could be written"
                    );
                }
            }
        }
    }
}
