//! Finds out, at a start, what the folder's segments hold.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use alias_core::usage::{Call, CallId};
use serde::Deserialize;

use super::disk;
use super::error::SpoolError;
use super::record::{self, Kind, MAX_RECORD, Record, Scan};
use super::segment::{self, CARRIED, Header, SPARE, Sealed};

/// What the segments of a generation hold.
#[derive(Debug, Default)]
pub(super) struct Replayed {
    pub(super) sealed: Vec<Sealed>,
    /// Calls without a settlement, and the segments with their admissions.
    pub(super) open: HashMap<CallId, (u64, Call)>,
    pub(super) next_seq: u64,
    pub(super) next_number: u64,
    /// Events below were in the books when the last segment began.
    pub(super) shipped: u64,
    /// Damaged places with whole records behind them.
    pub(super) damaged: u64,
}

/// The part of an admission that tells whose it is.
#[derive(Deserialize)]
struct Admitted {
    call_id: CallId,
}

/// The part of a settlement that tells whose it is.
#[derive(Deserialize)]
struct Settled {
    call: Admitted,
}

/// Whose record it is; `None` for one that is of no call.
pub(super) fn call_of(record: &Record<'_>) -> Result<Option<CallId>, SpoolError> {
    match record.kind {
        Kind::Header => Ok(None),
        Kind::Admitted => record.content.read::<Admitted>().map(|call| Some(call.call_id)),
        Kind::Settled => record.content.read::<Settled>().map(|event| Some(event.call.call_id)),
    }
}

/// The latest generation that has segments.
pub(super) fn latest_generation(folder: &Path) -> Result<Option<u32>, SpoolError> {
    Ok(list(folder)?.into_iter().map(|found| found.generation).max())
}

/// Reads what the generation's segments hold, makes it durable, and removes what is no part of it.
pub(super) fn replay(folder: &Path, generation: u32) -> Result<Replayed, SpoolError> {
    let (mut segments, others): (Vec<_>, Vec<_>) =
        list(folder)?.into_iter().partition(|found| found.generation == generation);
    let unfinished = [SPARE, CARRIED].map(|name| folder.join(name)).into_iter().filter(|path| path.exists());
    for path in others.into_iter().map(|found| found.path).chain(unfinished) {
        fs::remove_file(&path).map_err(SpoolError::io("remove a stale segment"))?;
    }
    segments.sort_by_key(|found| found.number);
    let heads = segments.iter().map(|found| head(&found.path)).collect::<Result<Vec<_>, _>>()?;

    let mut replay = Replay::default();
    replay.found.next_number = segments.last().map_or(1, |found| found.number + 1);
    let latest = heads.iter().rev().flatten().next();
    replay.found.shipped = latest.map_or(0, |(_, header)| header.shipped);
    // A last segment whose beginning is damaged knows nothing: then all are read.
    let from = heads.last().copied().flatten().map_or(0, |(_, header)| header.replay_from);
    let last = segments.len().saturating_sub(1);
    for (at, (found, head)) in segments.iter().zip(&heads).enumerate() {
        match head {
            Some((first_seq, _)) if found.number < from => replay.keep(found, *first_seq),
            _ => replay.read(found, at == last)?,
        }
    }
    disk::sync_folder(folder).map_err(SpoolError::io("sync its folder"))?;
    Ok(replay.finish())
}

struct Found {
    path: PathBuf,
    generation: u32,
    number: u64,
    bytes: u64,
    changed_at: SystemTime,
}

fn list(folder: &Path) -> Result<Vec<Found>, SpoolError> {
    let failed = SpoolError::io("list its folder");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(&failed)? {
        let entry = entry.map_err(&failed)?;
        let Some((generation, number)) = entry.file_name().to_str().and_then(segment::parse_name) else {
            continue;
        };
        let about = entry.metadata().map_err(&failed)?;
        let changed_at = about.modified().map_err(&failed)?;
        found.push(Found { path: entry.path(), generation, number, bytes: about.len(), changed_at });
    }
    Ok(found)
}

/// The number of a segment's first event, and its header; `None` if it does not begin with one.
fn head(path: &Path) -> Result<Option<(u64, Header)>, SpoolError> {
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_RECORD as u64).read_to_end(&mut start))
        .map_err(SpoolError::io("read a segment"))?;
    Ok(record::read(&start)
        .filter(|record| record.kind == Kind::Header)
        .and_then(|record| Some((record.seq, record.content.read().ok()?))))
}

#[derive(Default)]
struct Replay {
    found: Replayed,
    /// Calls settled in what was read: a record that was written twice opens none of them again.
    settled: HashSet<CallId>,
}

impl Replay {
    fn keep(&mut self, found: &Found, first_seq: u64) {
        self.found.sealed.push(Sealed {
            number: found.number,
            first_seq,
            end_seq: first_seq,
            bytes: found.bytes,
            since: found.changed_at,
        });
        self.found.next_seq = self.found.next_seq.max(first_seq);
    }

    /// Reads a segment to its end. A torn tail is cut off where the last process stopped.
    fn read(&mut self, found: &Found, last: bool) -> Result<(), SpoolError> {
        let failed = SpoolError::io("replay a segment");
        let bytes = fs::read(&found.path).map_err(&failed)?;
        let mut scan = Scan::new(&bytes);
        let (mut first_seq, mut records) = (None, 0_u64);
        for record in scan.by_ref() {
            first_seq.get_or_insert(record.seq);
            records += u64::from(record.kind != Kind::Header);
            self.take(found.number, record)?;
        }
        let (good, damaged) = (scan.good(), scan.damaged());
        let torn = bytes.len() - good;
        if damaged > 0 || torn > 0 {
            let path = found.path.display();
            tracing::warn!(%path, damaged, torn, last, "a usage segment has damaged or torn records");
        }
        // A tail that is torn before the last segment was written again in the next, or is lost: then it is a gap.
        self.found.damaged += damaged + u64::from(torn > 0 && !last);
        let Some(first_seq) = first_seq.filter(|_| records > 0) else {
            return fs::remove_file(&found.path).map_err(&failed);
        };
        self.keep(found, first_seq);
        let file = File::options().write(true).open(&found.path).map_err(&failed)?;
        if last {
            disk::cut(&file, good as u64).map_err(&failed)?;
        }
        file.sync_all().map_err(&failed)
    }

    fn take(&mut self, number: u64, record: Record<'_>) -> Result<(), SpoolError> {
        let found = &mut self.found;
        match record.kind {
            Kind::Header => found.next_seq = found.next_seq.max(record.seq),
            Kind::Admitted => {
                let call: Call = record.content.read()?;
                if !self.settled.contains(&call.call_id) {
                    found.open.insert(call.call_id, (number, call));
                }
            }
            Kind::Settled => {
                if let Some(call_id) = call_of(&record)? {
                    found.open.remove(&call_id);
                    self.settled.insert(call_id);
                }
                found.next_seq = found.next_seq.max(record.seq + 1);
            }
        }
        Ok(())
    }

    /// A segment's events end where those of the next one begin.
    fn finish(mut self) -> Replayed {
        let mut end_seq = self.found.next_seq;
        for sealed in self.found.sealed.iter_mut().rev() {
            sealed.end_seq = end_seq;
            end_seq = sealed.first_seq;
        }
        self.found
    }
}
