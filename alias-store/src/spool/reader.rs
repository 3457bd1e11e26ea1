//! Reads events back in their order, going on where the last batch ended.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use alias_core::usage::UsageEvent;
use parking_lot::Mutex;

use super::error::SpoolError;
use super::journal::Journal;
use super::record::{self, Kind, MAX_RECORD};
use super::segment;

/// How much is read at once; any record fits.
const CHUNK: u64 = 16 * MAX_RECORD as u64;

/// Where the event `seq` is looked for first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    generation: u32,
    seq: u64,
    number: u64,
    offset: u64,
}

/// A batch that is being read.
struct Batch {
    events: Vec<UsageEvent>,
    /// The number of the next event.
    seq: u64,
    /// The number to stop before.
    end: u64,
}

/// Events from `from_seq` on: at most `max`, only durable ones.
pub(super) fn read(
    journal: &Mutex<Journal>,
    cursor: &Mutex<Option<Cursor>>,
    from_seq: u64,
    max: usize,
) -> Result<Vec<UsageEvent>, SpoolError> {
    let (folder, mut at, end) = {
        let journal = journal.lock();
        let end = journal.sync.durable_seq.min(from_seq.saturating_add(max as u64));
        if from_seq >= end {
            return Ok(Vec::new());
        }
        let generation = journal.identity.generation;
        let known = cursor.lock().filter(|at| at.seq == from_seq && at.generation == generation);
        (journal.folder.clone(), known.map_or_else(|| journal.find(from_seq), Ok)?, end)
    };
    let mut batch = Batch { events: Vec::new(), seq: from_seq, end };
    loop {
        at.offset = batch.read_segment(&segment::path(&folder, at.generation, at.number), at.offset)?;
        at.seq = batch.seq;
        if batch.seq == end {
            break;
        }
        let next = journal.lock().following(at);
        match next {
            Some(next) => at = next,
            None if batch.events.is_empty() => return Err(SpoolError::Gap(batch.seq)),
            None => break,
        }
    }
    *cursor.lock() = Some(at);
    Ok(batch.events)
}

impl Journal {
    /// The first segment that may hold the event.
    fn find(&self, seq: u64) -> Result<Cursor, SpoolError> {
        let sealed = self.sealed.get(self.position(seq));
        let (number, first_seq) = sealed.map_or((self.current.number, self.current.first_seq), |sealed| {
            (sealed.number, sealed.first_seq)
        });
        if seq < first_seq {
            return Err(SpoolError::Gap(seq));
        }
        Ok(Cursor { generation: self.identity.generation, seq, number, offset: 0 })
    }

    /// The beginning of the next segment.
    fn following(&self, at: Cursor) -> Option<Cursor> {
        let next = self.sealed.iter().map(|sealed| sealed.number).chain([self.current.number]);
        next.filter(|_| at.generation == self.identity.generation)
            .find(|number| *number > at.number)
            .map(|number| Cursor { number, offset: 0, ..at })
    }
}

impl Batch {
    /// Takes events from a segment until it ends, is damaged, or the batch is full; tells where it stopped.
    fn read_segment(&mut self, path: &Path, mut offset: u64) -> Result<u64, SpoolError> {
        let failed = SpoolError::io("read a segment");
        let mut file = match File::open(path) {
            // Removed meanwhile: what is missing shows as a gap.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(offset),
            opened => opened.map_err(&failed)?,
        };
        let mut chunk = Vec::new();
        loop {
            chunk.clear();
            file.seek(SeekFrom::Start(offset)).map_err(&failed)?;
            (&file).take(CHUNK).read_to_end(&mut chunk).map_err(&failed)?;
            let used = self.take(&chunk)?;
            offset += used as u64;
            if used == 0 || self.seq == self.end {
                return Ok(offset);
            }
        }
    }

    /// Takes events from a part of a segment; tells how many bytes it used.
    fn take(&mut self, chunk: &[u8]) -> Result<usize, SpoolError> {
        let mut used = 0;
        while self.seq < self.end
            && let Some(record) = record::read(&chunk[used..])
        {
            if record.kind == Kind::Settled && record.seq == self.seq {
                self.events.push(record.content.read()?);
                self.seq += 1;
            }
            used += record.bytes.len();
        }
        Ok(used)
    }
}
