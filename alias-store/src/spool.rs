//! The local usage queue: every admitted call is recorded exactly once, across any crash, until it is in the books.
//!
//! A folder holds append-only segments of records with checksums. [`Spool::admit`] journals a call before the
//! client sees a first byte, [`Spool::settle`] writes its event before the client sees the last one, and
//! [`shipper::ship_forever`] brings the events to the database. Records are written out by the caller itself, so that
//! a killed process loses none; one thread makes them durable within 10 ms, so that a power loss costs no more than
//! that ([`Durability::Power`]: nothing that was acknowledged). Only durable events are shipped: from memory while they are
//! new, from the segments where they wait or are sent again.
//!
//! At the next start, a call that was journalled and never settled is recorded as interrupted. A record that the last
//! process left torn is cut off. Damage elsewhere is counted and logged; it shows as a gap in the numbers, and what
//! is left goes on under a new instance id.

mod disk;
mod error;
mod identity;
mod journal;
mod late;
mod reader;
mod recent;
mod record;
mod renewal;
mod replay;
mod retention;
mod segment;
pub mod shipper;
mod syncer;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use alias_core::usage::{Call, CallId, InstanceId, UsageEvent};
use parking_lot::{Condvar, Mutex};
use tokio::sync::{Notify, watch};

use self::disk::{Disk, LocalDisk};
pub use self::error::SpoolError;
use self::identity::Identity;
use self::journal::{Beginning, Journal, OpenCall};
use self::reader::Cursor;
use self::replay::Replayed;
use self::syncer::{Progress, Shared};

/// What an acknowledged settlement survives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Durability {
    /// The death of the process; a power loss may cost the last 10 ms.
    #[default]
    Process,
    /// A power loss: the acknowledgement waits for the disk.
    Power,
}

/// How a [`Spool`] keeps its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpoolOptions {
    /// What an acknowledged settlement survives.
    pub durability: Durability,
    /// The size of a segment in bytes, and at least what is set aside for settlements on a full disk.
    pub segment_bytes: u64,
    /// The most bytes of segments with events that are not in the books; beyond, no call is admitted.
    pub max_unshipped_bytes: u64,
    /// How long segments stay after their events are in the books.
    pub retain_for: Duration,
    /// The most bytes of such segments.
    pub retain_bytes: u64,
}

impl Default for SpoolOptions {
    /// Segments of 16 MiB, at most 4 GiB of them unshipped; shipped ones stay for 7 days or 1 GiB.
    fn default() -> Self {
        Self {
            durability: Durability::Process,
            segment_bytes: 16 << 20,
            max_unshipped_bytes: 4 << 30,
            retain_for: Duration::from_hours(7 * 24),
            retain_bytes: 1 << 30,
        }
    }
}

/// The usage queue of one data folder. Dropping it makes everything durable and frees the folder.
#[derive(Debug)]
pub struct Spool {
    shared: Arc<Shared>,
    cursor: Mutex<Option<Cursor>>,
    syncer: Option<JoinHandle<()>>,
    damaged: u64,
    _lock: File,
}

impl Spool {
    /// Opens the folder (created for its owner alone), replays it, and records calls that the last process left open.
    ///
    /// # Errors
    /// [`SpoolError::InUse`] if another process has it, [`SpoolError::Io`] if it cannot be read or written,
    /// [`SpoolError::Content`] if a newer version wrote it.
    pub fn open(folder: &Path, options: SpoolOptions) -> Result<Self, SpoolError> {
        Self::open_on(Arc::new(LocalDisk), folder, options)
    }

    fn open_on(disk: Arc<dyn Disk>, folder: &Path, options: SpoolOptions) -> Result<Self, SpoolError> {
        disk::create_folder(folder).map_err(SpoolError::io("create its folder"))?;
        let lock = identity::lock(folder)?;
        let known = Identity::load(folder)?;
        let (identity, orphaned) = match (known, replay::latest_generation(folder)?) {
            (Some(known), _) => (Identity { boot: known.boot + 1, ..known }, false),
            (None, Some(generation)) => (Identity::renewed(generation), true),
            (None, None) => (Identity::renewed(1), false),
        };
        let Replayed { sealed, open: left, next_seq, next_number, shipped, damaged } =
            replay::replay(folder, identity.generation)?;
        let identity = Identity { shipped: identity.shipped.max(shipped), ..identity };
        if !orphaned {
            identity.save(folder)?;
        }
        let open =
            left.iter().map(|(id, (segment, _))| (*id, OpenCall { segment: *segment, space: 0 })).collect();
        let folder = folder.to_owned();
        let mut journal = Journal::begin(Beginning {
            disk,
            folder,
            options,
            identity,
            sealed,
            open,
            next_number,
            next_seq,
        })?;
        for (_, call) in left.into_values() {
            journal.settle(Box::new(UsageEvent::interrupted(call)))?;
        }
        let shared = Arc::new(Shared {
            journal: Mutex::new(journal),
            work: Condvar::new(),
            progress: watch::Sender::new(Progress::default()),
            renewing: Mutex::new(()),
            in_books: watch::Sender::new(0),
            hurry: Notify::new(),
        });
        if orphaned {
            renewal::renew(&shared)?;
        }
        let syncer = thread::Builder::new()
            .name("usage-sync".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || syncer::run(&shared)
            })
            .map_err(SpoolError::io("start its thread"))?;
        Ok(Self { shared, cursor: Mutex::new(None), syncer: Some(syncer), damaged, _lock: lock })
    }

    /// Who this folder is to the database.
    pub fn instance(&self) -> InstanceId {
        self.shared.journal.lock().identity.instance
    }

    /// How often the folder was opened under its id, this time included.
    pub fn boot(&self) -> u64 {
        self.shared.journal.lock().identity.boot
    }

    /// How many damaged places the last start found, beyond a torn tail.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Takes a new instance id, with boot 1 and numbers from 0 on, and carries over everything that the folder holds:
    /// for a folder that turned out to be a copy, and after a [`SpoolError::Gap`]. Blocks while it copies, and needs
    /// as much free space.
    ///
    /// Most of it is in the books under the old id: the books skip call ids that they have. What was shipped is carried
    /// over as well, because the books may be a restored backup. Of a folder copied while in use, calls that were open
    /// then reach the books as interrupted if the copy ships first.
    ///
    /// # Errors
    /// [`SpoolError::Io`], or [`SpoolError::Stalled`] while the disk fails; then nothing changed.
    pub fn renew_instance(&self) -> Result<InstanceId, SpoolError> {
        renewal::renew(&self.shared)
    }

    /// Keeps space for a call that is about to be made, so that a full disk stops calls and never their records.
    /// Follow it with [`Spool::admit`] once the call is on its way, or with [`Spool::release`]. `budgets` is how many
    /// the call falls under: its record is that much longer.
    ///
    /// # Errors
    /// [`SpoolError::Full`] without space for the call and its settlement, [`SpoolError::Stalled`] while the disk
    /// fails or falls behind: the call must not be made.
    pub fn reserve(&self, call_id: CallId, budgets: usize) -> Result<(), SpoolError> {
        self.shared.journal.lock().reserve(call_id, budgets)
    }

    /// Gives back the space of a call that was reserved and not made.
    pub fn release(&self, call_id: CallId) {
        self.shared.journal.lock().release(call_id);
    }

    /// Journals an admitted call: written out when this returns. Takes microseconds, and never waits for the disk.
    ///
    /// # Errors
    /// [`SpoolError::Full`] without space for the call and its settlement, [`SpoolError::Stalled`] while the disk
    /// fails or falls behind, [`SpoolError::Io`] if it cannot be written: the call must not be made.
    pub fn admit(&self, call: &Call) -> Result<(), SpoolError> {
        self.shared.journal.lock().admit(call)?;
        self.shared.work.notify_one();
        Ok(())
    }

    /// Notes that a reserved call is on its way. It is journalled within 2 ms on a quiet disk, and not at all where it is
    /// settled before that. Never waits, and cannot fail: what cannot be written is tried again.
    pub fn admit_soon(&self, call: Call) {
        self.shared.journal.lock().admit_soon(call);
        self.shared.work.notify_one();
    }

    /// Journals a call of [`Spool::admit_soon`] now, if that is still to be done: before its client sees anything.
    ///
    /// # Errors
    /// [`SpoolError::Io`] if it cannot be written: the client must not see anything.
    pub fn admit_now(&self, call_id: CallId) -> Result<(), SpoolError> {
        self.shared.journal.lock().admit_now(call_id)
    }

    /// Records how an admitted call ended, once, and tells the event's number. It is written out when this returns
    /// (with the first poll, so that dropping the future loses nothing), and durable under [`Durability::Power`]. The event is
    /// kept in memory for the shipper; whoever wants to settle again after an error needs a copy.
    ///
    /// # Errors
    /// [`SpoolError::NotOpen`] if it is settled already or was never admitted, [`SpoolError::Io`] if it could not be
    /// written (the call stays open, and can be settled again), [`SpoolError::Stalled`] if it is written but not durable.
    pub async fn settle(&self, event: Box<UsageEvent>) -> Result<u64, SpoolError> {
        let mut progress = self.shared.progress.subscribe();
        let failures = progress.borrow().failures;
        let (settled, durability) = {
            let mut journal = self.shared.journal.lock();
            (journal.settle(event)?, journal.options.durability)
        };
        self.shared.work.notify_one();
        if durability == Durability::Power {
            let reached = progress
                .wait_for(|now| now.written >= settled.written || now.failures > failures)
                .await
                .map_err(|_| SpoolError::Stalled)?;
            if reached.written < settled.written {
                return Err(SpoolError::Stalled);
            }
        }
        Ok(settled.seq)
    }

    /// The events from `from_seq` on, in order: at most `max`, only durable ones. Reads files.
    ///
    /// # Errors
    /// [`SpoolError::Gap`] if the event `from_seq` is no longer kept or is damaged, [`SpoolError::Io`] if the disk
    /// fails, [`SpoolError::Content`] if a newer version wrote it.
    pub fn read_unshipped(&self, from_seq: u64, max: usize) -> Result<Vec<UsageEvent>, SpoolError> {
        reader::read(&self.shared.journal, &self.cursor, from_seq, max)
    }

    /// The same for whoever ships them: events that were settled a moment ago come from memory, and are forgotten there. Those
    /// that have to be sent again are read from files.
    ///
    /// # Errors
    /// Those of [`Spool::read_unshipped`].
    fn take_unshipped(&self, from_seq: u64, max: usize) -> Result<Vec<UsageEvent>, SpoolError> {
        let recent = self.shared.journal.lock().take_recent(from_seq, max);
        match recent {
            Some(taken) => Ok(taken.events()),
            None => self.read_unshipped(from_seq, max),
        }
    }

    /// Shows every event from `from_seq` on that was settled before this was called, in order. Reads files, and waits up
    /// to 2 s for the last of them to be durable.
    ///
    /// # Errors
    /// Those of [`Spool::read_unshipped`]; [`SpoolError::Stalled`] if the disk falls behind.
    pub fn each_from(&self, from_seq: u64, mut show: impl FnMut(&UsageEvent)) -> Result<(), SpoolError> {
        let (end, cursor, mut next) = (self.next_seq(), Mutex::new(None), from_seq);
        let deadline = Instant::now() + Duration::from_secs(2);
        while next < end {
            let events = reader::read(&self.shared.journal, &cursor, next, 1_000)?;
            events.iter().for_each(&mut show);
            next += events.len() as u64;
            if events.is_empty() {
                if Instant::now() > deadline {
                    return Err(SpoolError::Stalled);
                }
                thread::sleep(Duration::from_millis(5));
            }
        }
        Ok(())
    }

    /// The number that the next settlement gets.
    pub fn next_seq(&self) -> u64 {
        self.shared.journal.lock().next_seq
    }

    /// How many events are not in the books yet, as far as is known.
    pub fn unshipped(&self) -> u64 {
        self.next_seq().saturating_sub(*self.shared.in_books.borrow())
    }

    /// The books have every event below `up_to_seq`, and none from there on (it may go back: a restored database).
    /// Older segments become removable.
    pub fn shipped(&self, up_to_seq: u64) {
        self.shared.journal.lock().shipped(up_to_seq);
        self.shared.in_books.send_replace(up_to_seq);
        self.shared.work.notify_one();
    }

    /// Waits until everything that was settled before is in the books; false if it is not in time.
    pub async fn flush(&self, patience: Duration) -> bool {
        let end = self.next_seq();
        let mut in_books = self.shared.in_books.subscribe();
        if *in_books.borrow() >= end {
            return true;
        }
        self.shared.hurry.notify_one();
        let arrived = in_books.wait_for(|seq| *seq >= end);
        tokio::time::timeout(patience, arrived).await.is_ok_and(|arrived| arrived.is_ok())
    }

    /// Waits until somebody waits for the books.
    async fn hurried(&self) {
        self.shared.hurry.notified().await;
    }

    /// Waits until the event `seq` is durable, and so can be read. Can be dropped at any time.
    pub async fn changed(&self, seq: u64) {
        let mut progress = self.shared.progress.subscribe();
        while self.shared.journal.lock().sync.durable_seq <= seq {
            if progress.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.shared.journal.lock().sync.closing = true;
        self.shared.work.notify_one();
        if let Some(syncer) = self.syncer.take()
            && syncer.join().is_err()
        {
            tracing::error!("the usage syncer panicked");
        }
        let journal = self.shared.journal.lock();
        let identity = Identity { shipped: journal.shipped, ..journal.identity.clone() };
        if let Err(error) = identity.save(&journal.folder) {
            tracing::warn!(%error, "the shipped usage could not be noted: the next start reads more");
        }
    }
}
