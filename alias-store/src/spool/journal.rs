//! The spool's state under its lock: what is open, what is written, and the segment that it is written to.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use alias_core::usage::{Call, CallId, UsageEvent};

use super::SpoolOptions;
use super::disk::{self, Disk};
use super::error::SpoolError;
use super::identity::Identity;
use super::late::Late;
use super::recent::Recent;
use super::record::{self, Kind};
use super::segment::{self, Current, Header, SPARE, Sealed, Spare, Start};
use super::syncer::Unsynced;

/// The most bytes that wait for a sync; beyond, nothing is admitted.
const MAX_PENDING: usize = 64 * 1024 * 1024;

/// What an admission and its settlement may need together.
pub(super) const RESERVED: u64 = 8 * 1024;
/// The space that is kept for each budget in a settlement, in bytes.
pub(super) const SHARE: u64 = 256;

/// A call without a settlement.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenCall {
    /// The segment with its admission.
    pub(super) segment: u64,
    /// The space kept for its settlement.
    pub(super) space: u64,
}

/// What a settlement got.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    pub(super) seq: u64,
    /// The count of records written by this process, this one included.
    pub(super) written: u64,
}

/// The state; every method is called with the lock held.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) folder: PathBuf,
    pub(super) options: SpoolOptions,
    pub(super) identity: Identity,
    /// Older segments, in the order of their numbers.
    pub(super) sealed: Vec<Sealed>,
    pub(super) current: Current,
    spare: Option<Spare>,
    pub(super) open: HashMap<CallId, OpenCall>,
    /// Open calls whose admissions are not written yet.
    pub(super) late: Late,
    /// The sum of the open calls' `space`.
    pub(super) promised: u64,
    pub(super) next_seq: u64,
    /// The latest events, until somebody ships them, or too many follow.
    pub(super) recent: Recent,
    /// The last record could not be written.
    unwritable: bool,
    /// Events below are in the books, and those above are not.
    pub(super) shipped: u64,
    /// Bytes of sealed segments with events that are not in the books.
    sealed_unshipped: u64,
    pub(super) sync: Unsynced,
}

/// What a journal starts with.
#[derive(Debug)]
pub(super) struct Beginning {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) folder: PathBuf,
    pub(super) options: SpoolOptions,
    pub(super) identity: Identity,
    pub(super) sealed: Vec<Sealed>,
    /// Calls whose admissions are in `sealed`.
    pub(super) open: HashMap<CallId, OpenCall>,
    pub(super) next_number: u64,
    pub(super) next_seq: u64,
}

impl Journal {
    /// Begins a new segment behind what is there.
    pub(super) fn begin(from: Beginning) -> Result<Self, SpoolError> {
        let Beginning { disk, folder, options, identity, sealed, open, next_number, next_seq } = from;
        let shipped = identity.shipped.min(next_seq);
        let replay_from = open.values().map(|call| call.segment).min().unwrap_or(next_number);
        let header = Header { shipped, replay_from };
        let start = Start { number: next_number, first_seq: next_seq, header };
        let current = Spare::create(&*disk, folder.join(SPARE), options.segment_bytes)?.begin(
            &*disk,
            &folder,
            identity.generation,
            start,
            &[],
        )?;
        let promised = open.values().map(|call| call.space).sum();
        let mut journal = Self {
            disk,
            folder,
            options,
            identity,
            sealed,
            current,
            spare: None,
            open,
            late: Late::default(),
            promised,
            next_seq,
            recent: Recent::default(),
            unwritable: false,
            shipped,
            sealed_unshipped: 0,
            sync: Unsynced::from(next_seq),
        };
        journal.count_unshipped();
        Ok(journal)
    }

    /// Keeps space for a call's admission and settlement, and writes nothing of it; what other calls put off is written
    /// where that is due.
    pub(super) fn reserve(&mut self, call_id: CallId, budgets: usize) -> Result<(), SpoolError> {
        self.check_takes_calls()?;
        self.keep_up();
        let space = RESERVED + SHARE * budgets as u64;
        if !self.has_room(space) {
            return Err(SpoolError::Full);
        }
        self.promised += space;
        let segment = self.current.number;
        if let Some(before) = self.open.insert(call_id, OpenCall { segment, space }) {
            self.promised -= before.space;
        }
        Ok(())
    }

    /// Gives back the space of a call that was not made.
    pub(super) fn release(&mut self, call_id: CallId) {
        self.late.forget(call_id);
        if let Some(open) = self.open.remove(&call_id) {
            self.promised -= open.space;
        }
    }

    fn check_takes_calls(&mut self) -> Result<(), SpoolError> {
        if self.sync.is_failing() || self.sync.pending.len() > MAX_PENDING || !self.is_writable() {
            return Err(SpoolError::Stalled);
        }
        Ok(())
    }

    /// Whether records can be written, as far as is known. After a failure, a new segment has to show it: a call that
    /// is made and cannot be recorded is given away.
    fn is_writable(&mut self) -> bool {
        if self.unwritable {
            self.unwritable = self.begin_segment(self.next_seq, self.sync.pending.len()).is_err();
        }
        !self.unwritable
    }

    /// Writes down that a call was admitted, and keeps space for its settlement, unless that was reserved.
    pub(super) fn admit(&mut self, call: &Call) -> Result<(), SpoolError> {
        let reserved = self.open.contains_key(&call.call_id);
        if !reserved {
            self.reserve(call.call_id, 0)?;
        }
        self.admit_reserved(&[call]).inspect_err(|_| {
            if !reserved {
                self.release(call.call_id);
            }
        })
    }

    /// Writes down that calls were admitted whose space is reserved, in one go: of all, or of none.
    pub(super) fn admit_reserved(&mut self, calls: &[impl Borrow<Call>]) -> Result<(), SpoolError> {
        let start = self.sync.pending.len();
        for call in calls {
            record::write(&mut self.sync.pending, Kind::Admitted, self.next_seq, call.borrow())
                .inspect_err(|_| self.sync.pending.truncate(start))?;
        }
        self.commit(start, calls.len())?;
        let segment = self.current.number;
        for call_id in calls.iter().map(|call| call.borrow().call_id) {
            self.open.entry(call_id).and_modify(|open| open.segment = segment);
            self.late.forget(call_id);
        }
        Ok(())
    }

    /// Writes a call's event, once.
    pub(super) fn settle(&mut self, event: Box<UsageEvent>) -> Result<Settled, SpoolError> {
        let call_id = event.call.call_id;
        let Some(open) = self.open.get(&call_id).copied() else {
            return Err(SpoolError::NotOpen(call_id));
        };
        let start = self.sync.pending.len();
        record::write(&mut self.sync.pending, Kind::Settled, self.next_seq, &event)?;
        self.commit(start, 1)?;
        self.open.remove(&call_id);
        self.promised -= open.space;
        self.late.forget(call_id);
        let seq = self.next_seq;
        self.next_seq += 1;
        self.recent.push(seq, event);
        self.keep_up();
        Ok(Settled { seq, written: self.sync.written })
    }

    /// Whether `needed` more bytes fit, now and on a disk that is full from now on.
    fn has_room(&mut self, needed: u64) -> bool {
        let needed = self.promised + needed;
        if self.sealed_unshipped + self.current.bytes + needed > self.options.max_unshipped_bytes {
            return false;
        }
        let rest = self.current.reserved.saturating_sub(self.current.bytes);
        let step = self.options.segment_bytes;
        match &mut self.spare {
            Some(spare) if needed <= rest + spare.reserved => true,
            Some(spare) => spare.grow(&*self.disk, spare.reserved + step.max(needed)).is_ok(),
            none => {
                *none = Spare::create(&*self.disk, self.folder.join(SPARE), step.max(needed)).ok();
                none.is_some()
            }
        }
    }

    /// Writes the pending bytes from `start` on, which are so many records; on an error they are taken back.
    fn commit(&mut self, start: usize, records: usize) -> Result<(), SpoolError> {
        let length = (self.sync.pending.len() - start) as u64;
        let over = self.current.bytes + length > self.options.segment_bytes;
        let done = if over || self.current.torn {
            match self.begin_segment(self.next_seq, start) {
                Err(error) if !self.current.torn => {
                    tracing::debug!(%error, "no new usage segment: going on in the present one");
                    self.append(start)
                }
                done => done,
            }
        } else {
            self.append(start).or_else(|error| {
                tracing::warn!(%error, "a usage segment cannot be written: beginning another");
                self.begin_segment(self.next_seq, start)
            })
        };
        self.unwritable = done.is_err();
        match done {
            Ok(()) => self.sync.written += records as u64,
            Err(_) => self.sync.pending.truncate(start),
        }
        done
    }

    fn append(&mut self, start: usize) -> Result<(), SpoolError> {
        let record = &self.sync.pending[start..];
        match self.disk.write(&self.current.file, record) {
            Ok(()) => {
                self.current.bytes += record.len() as u64;
                Ok(())
            }
            Err(source) => {
                self.current.torn = disk::cut(&self.current.file, self.current.bytes).is_err();
                Err(SpoolError::Io { doing: "write a record", source })
            }
        }
    }

    /// Seals the present segment and begins one that holds the pending bytes from `start` on.
    pub(super) fn begin_segment(&mut self, first_seq: u64, start: usize) -> Result<(), SpoolError> {
        let spare = match self.spare.take() {
            Some(spare) => spare,
            None => Spare::create(&*self.disk, self.folder.join(SPARE), self.options.segment_bytes)?,
        };
        let number = self.current.number + 1;
        let header = Header { shipped: self.shipped, replay_from: self.replay_from(number) };
        let start_of = Start { number, first_seq, header };
        let records = &self.sync.pending[start..];
        let next = spare.begin(&*self.disk, &self.folder, self.identity.generation, start_of, records)?;
        let old = std::mem::replace(&mut self.current, next);
        segment::trim(&old);
        self.sealed.push(old.sealed(self.next_seq));
        self.sync.sealed.push((old.number, old.file));
        self.sync.folder_changed = true;
        self.count_unshipped();
        self.renew_spare();
        Ok(())
    }

    /// Sets space aside for everything promised; where that fails, nothing is admitted until it succeeds.
    fn renew_spare(&mut self) {
        let bytes = self.options.segment_bytes.max(self.promised);
        self.spare = Spare::create(&*self.disk, self.folder.join(SPARE), bytes).ok();
    }

    /// Takes over from the journal that this one replaces the calls that have no admission on disk, and keeps space
    /// for them.
    pub(super) fn take_over(&mut self, old: &mut Self) {
        let segment = self.current.number;
        for (call_id, call) in &old.open {
            self.open.entry(*call_id).or_insert(OpenCall { segment, ..*call });
        }
        self.late = std::mem::take(&mut old.late);
        self.promised = self.open.values().map(|call| call.space).sum();
        self.renew_spare();
    }

    /// The first segment that a replay must read if the segment `number` is the last.
    fn replay_from(&self, number: u64) -> u64 {
        let first_open = self.open.values().map(|call| call.segment).min();
        let first_unsynced = self.sync.sealed.first().map_or(self.current.number, |(number, _)| *number);
        first_open.into_iter().chain([first_unsynced]).min().unwrap_or(number)
    }

    /// The books have everything below `up_to`, and nothing from there on.
    pub(super) fn shipped(&mut self, up_to: u64) {
        self.shipped = up_to.min(self.next_seq);
        self.count_unshipped();
    }

    pub(super) fn count_unshipped(&mut self) {
        let shipped = self.shipped;
        self.sealed_unshipped =
            self.sealed.iter().filter(|sealed| sealed.end_seq > shipped).map(|sealed| sealed.bytes).sum();
    }

    /// The position in `sealed` of the first segment that may hold the event `seq`, or any after it.
    pub(super) fn position(&self, seq: u64) -> usize {
        self.sealed.iter().position(|sealed| sealed.end_seq > seq).unwrap_or(self.sealed.len())
    }
}
