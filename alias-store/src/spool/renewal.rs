//! Carries everything that the folder holds over to a new instance, whose numbers start at 0.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use alias_core::usage::{CallId, InstanceId, UsageEvent};

use super::SpoolOptions;
use super::disk::{self, Disk};
use super::error::SpoolError;
use super::identity::Identity;
use super::journal::{Beginning, Journal, OpenCall};
use super::record::{self, Content, Kind, Record, Scan};
use super::replay;
use super::segment::{self, CARRIED, Header, Sealed, Spare, Start};
use super::syncer::Shared;

/// Takes a new instance id. Calls are admitted and settled meanwhile, but for the copy of the last segment.
pub(super) fn renew(shared: &Shared) -> Result<InstanceId, SpoolError> {
    let _alone = shared.renewing.lock();
    let (mut carry, folder, old, sealed) = {
        let journal = shared.journal.lock();
        let carry = Carry::new(&journal);
        (carry, journal.folder.clone(), journal.identity.generation, journal.sealed.clone())
    };
    let mut done = None;
    for segment in sealed {
        carry.read(&segment::path(&folder, old, segment.number))?;
        done = Some(segment.number);
    }
    let mut journal = shared.journal.lock();
    if journal.sync.is_suspect() {
        return Err(SpoolError::Stalled);
    }
    let all: Vec<u64> =
        journal.sealed.iter().map(|sealed| sealed.number).chain([journal.current.number]).collect();
    for number in all.iter().filter(|number| done < Some(**number)) {
        carry.read(&segment::path(&folder, old, *number))?;
    }
    carry.replace(&mut journal)?;
    let (instance, written) = (journal.identity.instance, journal.sync.written);
    drop(journal);
    shared.progress.send_modify(|progress| progress.written = written);
    segment::remove(&folder, old, all);
    tracing::warn!(%instance, "the usage log goes on under a new instance id");
    Ok(instance)
}

impl Journal {
    /// Takes over the open calls whose admissions are not written yet.
    fn take_unwritten(&mut self, old: &mut Self) {
        self.late = std::mem::take(&mut old.late);
        for (call_id, call) in &old.open {
            if !self.open.contains_key(call_id) {
                self.open.insert(*call_id, OpenCall { segment: self.current.number, ..*call });
                self.promised += call.space;
            }
        }
    }
}

/// The new generation of segments, while it is written.
struct Carry {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    options: SpoolOptions,
    generation: u32,
    settled: HashSet<CallId>,
    /// The admissions of calls that are not settled in what was read.
    admitted: HashMap<CallId, Vec<u8>>,
    sealed: Vec<Sealed>,
    records: Vec<u8>,
    first_seq: u64,
    next_seq: u64,
}

impl Carry {
    fn new(journal: &Journal) -> Self {
        Self {
            disk: Arc::clone(&journal.disk),
            folder: journal.folder.clone(),
            options: journal.options.clone(),
            generation: journal.identity.generation + 1,
            settled: HashSet::new(),
            admitted: HashMap::new(),
            sealed: Vec::new(),
            records: Vec::new(),
            first_seq: 0,
            next_seq: 0,
        }
    }

    fn read(&mut self, path: &Path) -> Result<(), SpoolError> {
        let bytes = fs::read(path).map_err(SpoolError::io("read a segment"))?;
        Scan::new(&bytes).try_for_each(|record| self.take(record))
    }

    /// A call counts once, however often it was written.
    fn take(&mut self, record: Record<'_>) -> Result<(), SpoolError> {
        let Some(call_id) = replay::call_of(&record)? else { return Ok(()) };
        if record.kind == Kind::Admitted {
            if !self.settled.contains(&call_id) {
                self.admitted.insert(call_id, record.content.0.to_vec());
            }
            return Ok(());
        }
        self.admitted.remove(&call_id);
        if !self.settled.insert(call_id) {
            return Ok(());
        }
        record::copy(&mut self.records, Kind::Settled, self.next_seq, record.content)?;
        self.next_seq += 1;
        if self.records.len() as u64 >= self.options.segment_bytes { self.flush() } else { Ok(()) }
    }

    fn number(&self) -> u64 {
        self.sealed.len() as u64 + 1
    }

    /// Writes the gathered records as a segment, durably.
    fn flush(&mut self) -> Result<(), SpoolError> {
        let number = self.number();
        let start =
            Start { number, first_seq: self.first_seq, header: Header { shipped: 0, replay_from: number } };
        let written = Spare::create(&*self.disk, self.folder.join(CARRIED), self.records.len() as u64)?
            .begin(&*self.disk, &self.folder, self.generation, start, &self.records)?;
        self.disk.sync(&written.file).map_err(SpoolError::io("sync a segment"))?;
        self.sealed.push(Sealed {
            since: SystemTime::now(),
            end_seq: self.next_seq,
            number,
            first_seq: self.first_seq,
            bytes: written.bytes,
        });
        self.records.clear();
        self.first_seq = self.next_seq;
        Ok(())
    }

    /// Puts the new generation in the place of the old one.
    fn replace(mut self, journal: &mut Journal) -> Result<(), SpoolError> {
        let open = self.carry_admissions(journal)?;
        if !self.records.is_empty() {
            self.flush()?;
        }
        let identity = Identity::renewed(self.generation);
        let mut fresh = Journal::begin(Beginning {
            next_number: self.number(),
            disk: self.disk,
            folder: self.folder,
            options: self.options,
            identity,
            sealed: self.sealed,
            open,
            next_seq: self.next_seq,
        })?;
        disk::sync_folder(&fresh.folder).map_err(SpoolError::io("sync its folder"))?;
        fresh.identity.save(&fresh.folder)?;
        fresh.take_unwritten(journal);
        fresh.sync.written = journal.sync.written;
        fresh.sync.closing = journal.sync.closing;
        fresh.take_over(journal);
        *journal = fresh;
        Ok(())
    }

    /// Admits the open calls again. A call that is not open has lost its settlement to damage: it was interrupted.
    fn carry_admissions(&mut self, journal: &Journal) -> Result<HashMap<CallId, OpenCall>, SpoolError> {
        let mut open = HashMap::new();
        let segment = self.number();
        for (call_id, content) in std::mem::take(&mut self.admitted) {
            if let Some(call) = journal.open.get(&call_id) {
                record::copy(&mut self.records, Kind::Admitted, self.next_seq, Content(&content))?;
                open.insert(call_id, OpenCall { segment, ..*call });
            } else {
                let event = UsageEvent::interrupted(Content(&content).read()?);
                record::write(&mut self.records, Kind::Settled, self.next_seq, &event)?;
                self.next_seq += 1;
            }
        }
        Ok(open)
    }
}
