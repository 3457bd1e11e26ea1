//! Segments: the files that hold the records, named by generation and number.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::disk::{self, Disk};
use super::error::SpoolError;
use super::record::{self, Kind};

/// The name of the file that is set aside to become the next segment.
pub(super) const SPARE: &str = "spare";

/// The same for a segment that is carried over to a new instance.
pub(super) const CARRIED: &str = "carried";

/// The first record of a segment; the record's number is that of the segment's first event.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Header {
    /// Events below were in the books.
    pub(super) shipped: u64,
    /// The first segment that a replay must read: none before holds a call that was open, or a record that
    /// was not durable, when this segment began.
    pub(super) replay_from: u64,
}

/// The path of a segment.
pub(super) fn path(folder: &Path, generation: u32, number: u64) -> PathBuf {
    folder.join(format!("{generation:06}-{number:012}.log"))
}

/// The generation and number that a file name says.
pub(super) fn parse_name(name: &str) -> Option<(u32, u64)> {
    let (generation, number) = name.strip_suffix(".log")?.split_once('-')?;
    Some((generation.parse().ok()?, number.parse().ok()?))
}

/// A segment that is no longer written.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub(super) number: u64,
    /// The number of its first event, or of the next one if it has none.
    pub(super) first_seq: u64,
    /// One more than the number of its last event.
    pub(super) end_seq: u64,
    pub(super) bytes: u64,
    /// When it was sealed.
    pub(super) since: SystemTime,
}

/// The segment that is being written.
#[derive(Debug)]
pub(super) struct Current {
    pub(super) number: u64,
    pub(super) first_seq: u64,
    pub(super) file: Arc<File>,
    /// Whole records; the file's position.
    pub(super) bytes: u64,
    /// To where the file can grow on a full disk.
    pub(super) reserved: u64,
    /// A failed write left a part of what it wrote behind that could not be cut off.
    pub(super) torn: bool,
    /// No sync ever covered a record of it.
    pub(super) never_synced: bool,
}

impl Current {
    /// What it is once it is no longer written.
    pub(super) fn sealed(&self, end_seq: u64) -> Sealed {
        Sealed {
            number: self.number,
            first_seq: self.first_seq,
            end_seq,
            bytes: self.bytes,
            since: SystemTime::now(),
        }
    }
}

/// A file with space set aside.
#[derive(Debug)]
pub(super) struct Spare {
    file: File,
    path: PathBuf,
    pub(super) reserved: u64,
}

impl Spare {
    pub(super) fn create(disk: &dyn Disk, path: PathBuf, bytes: u64) -> Result<Self, SpoolError> {
        let made = disk.create(&path).and_then(|file| disk.reserve(&file, bytes).map(|()| file));
        match made {
            Ok(file) => Ok(Self { file, path, reserved: bytes }),
            Err(source) => {
                // An empty file takes nothing away; the next attempt replaces it.
                let _ = fs::remove_file(&path);
                Err(SpoolError::Io { doing: "set space aside", source })
            }
        }
    }

    /// Sets more space aside.
    pub(super) fn grow(&mut self, disk: &dyn Disk, bytes: u64) -> Result<(), SpoolError> {
        disk.reserve(&self.file, bytes).map_err(SpoolError::io("set more space aside"))?;
        self.reserved = bytes;
        Ok(())
    }

    /// Makes it a segment that holds `records`. It gets its name last: a segment is never seen half written.
    pub(super) fn begin(
        self,
        disk: &dyn Disk,
        folder: &Path,
        generation: u32,
        start: Start,
        records: &[u8],
    ) -> Result<Current, SpoolError> {
        let mut head = Vec::with_capacity(128);
        record::write(&mut head, Kind::Header, start.first_seq, &start.header)?;
        let name = path(folder, generation, start.number);
        disk.write(&self.file, &head)
            .and_then(|()| disk.write(&self.file, records))
            .and_then(|()| fs::rename(&self.path, name))
            .map_err(SpoolError::io("begin a segment"))?;
        Ok(Current {
            number: start.number,
            first_seq: start.first_seq,
            file: Arc::new(self.file),
            bytes: (head.len() + records.len()) as u64,
            reserved: self.reserved,
            torn: false,
            never_synced: true,
        })
    }
}

/// What a new segment starts with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub(super) number: u64,
    pub(super) first_seq: u64,
    pub(super) header: Header,
}

/// Removes segments; one that cannot be removed now is removed at the next start.
pub(super) fn remove(folder: &Path, generation: u32, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        let path = path(folder, generation, number);
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(%error, path = %path.display(), "a usage segment could not be removed");
        }
    }
}

/// Gives back what was set aside behind the end of a sealed segment.
pub(super) fn trim(current: &Current) {
    if let Err(error) = disk::cut(&current.file, current.bytes) {
        tracing::warn!(%error, "the end of a usage segment could not be trimmed");
    }
}
