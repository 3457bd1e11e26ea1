//! One thread that makes written records durable, many at a time.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::sync::{Notify, watch};

use super::Durability;
use super::disk::{self, Disk};
use super::error::SpoolError;
use super::journal::Journal;
use super::{late, segment};

/// Nobody waits for a sync under [`Durability::Process`]: records gather for as long, once late admissions are written.
const GATHER: Duration = Duration::from_millis(3);

/// How long an idle syncer sleeps before it looks for segments that became too old.
const IDLE: Duration = Duration::from_hours(1);

/// How long it waits after a failure, at first and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// What is written and not yet known to be durable.
#[derive(Debug)]
pub(super) struct Unsynced {
    /// The records, as they were written.
    pub(super) pending: Vec<u8>,
    /// The records of `pending` that a running sync covers.
    covered: usize,
    /// Segments that were sealed meanwhile.
    pub(super) sealed: Vec<(u64, Arc<File>)>,
    pub(super) folder_changed: bool,
    /// Records written by this process.
    pub(super) written: u64,
    /// Events below are durable.
    pub(super) durable_seq: u64,
    /// Syncs that failed since the last good one. After a failure, no later sync of the same file proves
    /// anything: what is pending goes into a new segment first.
    failed: u32,
    pub(super) closing: bool,
}

impl Unsynced {
    /// Nothing, where all events below `durable_seq` are durable.
    pub(super) fn from(durable_seq: u64) -> Self {
        Self {
            pending: Vec::new(),
            covered: 0,
            sealed: Vec::new(),
            folder_changed: true,
            written: 0,
            durable_seq,
            failed: 0,
            closing: false,
        }
    }

    /// Whether a sync failed, and the next one in a new segment too.
    pub(super) fn is_failing(&self) -> bool {
        self.failed > 1
    }

    /// Whether what is pending may be missing on the disk although it was written.
    pub(super) fn is_suspect(&self) -> bool {
        self.failed > 0
    }
}

/// How far syncing came, for those who wait.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    /// The first so many records of this process are durable.
    pub(super) written: u64,
    /// How many times they could not be made durable, in a new segment either.
    pub(super) failures: u64,
}

/// What the spool and its syncer share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) journal: Mutex<Journal>,
    pub(super) work: Condvar,
    pub(super) progress: watch::Sender<Progress>,
    /// Held by the one that takes a new instance id.
    pub(super) renewing: Mutex<()>,
    /// How far the books are.
    pub(super) in_books: watch::Sender<u64>,
    /// Somebody waits for the books.
    pub(super) hurry: Notify,
}

/// One sync: what to sync, and what it proves.
struct Batch {
    disk: Arc<dyn Disk>,
    files: Vec<Arc<File>>,
    folder: Option<PathBuf>,
    generation: u32,
    number: u64,
    next_seq: u64,
    written: u64,
}

impl Batch {
    fn sync(&self) -> Result<(), SpoolError> {
        for file in &self.files {
            self.disk.sync(file).map_err(SpoolError::io("sync a segment"))?;
        }
        self.folder.as_deref().map_or(Ok(()), disk::sync_folder).map_err(SpoolError::io("sync its folder"))
    }
}

impl Journal {
    /// Whether nothing waits to be written or synced.
    fn is_idle(&self) -> bool {
        self.sync.pending.is_empty() && self.late.is_empty()
    }

    fn begin_sync(&mut self) -> Result<Batch, SpoolError> {
        if self.sync.is_suspect() {
            self.write_again().inspect_err(|_| self.sync.failed += 1)?;
        }
        self.sync.covered = self.sync.pending.len();
        let files = self.sync.sealed.iter().map(|(_, file)| file).chain([&self.current.file]);
        Ok(Batch {
            disk: Arc::clone(&self.disk),
            files: files.map(Arc::clone).collect(),
            folder: std::mem::take(&mut self.sync.folder_changed).then(|| self.folder.clone()),
            generation: self.identity.generation,
            number: self.current.number,
            next_seq: self.next_seq,
            written: self.sync.written,
        })
    }

    /// Puts what is pending into a new segment, under the same numbers.
    fn write_again(&mut self) -> Result<(), SpoolError> {
        let needless = self.current.never_synced.then_some(self.current.number);
        self.begin_segment(self.sync.durable_seq, 0)?;
        self.sync.sealed.clear();
        if let Some(number) = needless {
            self.sealed.retain(|sealed| sealed.number != number);
            self.count_unshipped();
            segment::remove(&self.folder, self.identity.generation, [number]);
        }
        Ok(())
    }

    fn end_sync(&mut self, batch: &Batch, done: &Result<(), SpoolError>) {
        if batch.generation != self.identity.generation {
            return;
        }
        let unsynced = &mut self.sync;
        if done.is_err() {
            unsynced.failed += 1;
            unsynced.folder_changed = true;
            return;
        }
        unsynced.failed = 0;
        unsynced.pending.drain(..unsynced.covered);
        unsynced.covered = 0;
        unsynced.sealed.retain(|(number, _)| *number >= batch.number);
        unsynced.durable_seq = batch.next_seq;
        if self.current.number == batch.number {
            self.current.never_synced = false;
        }
    }
}

/// Makes everything durable that is written by now, and tells those who wait.
fn sync(shared: &Shared) -> Result<(), SpoolError> {
    let done = sync_batch(shared);
    if done.is_err() && shared.journal.lock().sync.is_failing() {
        shared.progress.send_modify(|progress| progress.failures += 1);
    }
    done
}

fn sync_batch(shared: &Shared) -> Result<(), SpoolError> {
    let batch = shared.journal.lock().begin_sync()?;
    let done = batch.sync();
    shared.journal.lock().end_sync(&batch, &done);
    if done.is_ok() {
        shared.progress.send_modify(|progress| progress.written = progress.written.max(batch.written));
    }
    done
}

/// Writes late admissions and syncs, until the spool closes and nothing is left, or nothing more can be done.
pub(super) fn run(shared: &Shared) {
    let mut backoff = BACKOFF.0;
    while let Some((closing, durability)) = next_work(shared) {
        let Err(error) = work(shared, durability == Durability::Process && !closing) else {
            backoff = BACKOFF.0;
            continue;
        };
        let journal = shared.journal.lock();
        let first = journal.sync.is_suspect() && !journal.sync.is_failing();
        drop(journal);
        if first {
            tracing::error!(%error, "usage could not be synced: writing it to a new segment");
            continue;
        }
        tracing::error!(%error, "usage is not durable: trying again");
        if closing {
            return;
        }
        std::thread::sleep(backoff);
        backoff = (backoff * 2).min(BACKOFF.1);
    }
}

/// Syncs what is written even where a late admission cannot be.
fn work(shared: &Shared, gather: bool) -> Result<(), SpoolError> {
    let pause = |time| {
        if gather {
            std::thread::sleep(time);
        }
    };
    pause(late::PATIENCE);
    let written = shared.journal.lock().admit_late();
    pause(GATHER);
    sync(shared).and(written)
}

/// Waits until something is to be synced, and removes old segments meanwhile. `None`: the spool closed.
fn next_work(shared: &Shared) -> Option<(bool, Durability)> {
    loop {
        let mut journal = shared.journal.lock();
        if journal.is_idle() && !journal.sync.closing {
            shared.work.wait_for(&mut journal, IDLE);
        }
        let old = journal.forget_old_segments();
        let (closing, durability) = (journal.sync.closing, journal.options.durability);
        let (folder, generation, idle) =
            (journal.folder.clone(), journal.identity.generation, journal.is_idle());
        drop(journal);
        segment::remove(&folder, generation, old);
        if !idle {
            return Some((closing, durability));
        }
        if closing {
            return None;
        }
    }
}
