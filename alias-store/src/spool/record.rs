//! Records as bytes: `length u32, crc32 u32, kind u8, number u64, content`, little endian; the checksum covers all after
//! it. The content is `MessagePack` with the names of members, so that other versions understand what they know of it.
//! The first versions wrote JSON, which is still read. No text in it has a NUL, so that none looks like a record.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::SpoolError;

/// The most bytes of one record. Names and ids are bounded far below.
pub(super) const MAX_RECORD: usize = 64 * 1024;

const FRAME: usize = 8;
const PREFIX: usize = 9;

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The first of a segment.
    Header = 1,
    /// A call was admitted.
    Admitted = 2,
    /// A call was settled; the record's number is the event's.
    Settled = 3,
}

impl Kind {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Header, Self::Admitted, Self::Settled].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// A record that was read back whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: Kind,
    /// Of a settlement: its number. Of others: the number that the next settlement gets.
    pub(super) seq: u64,
    pub(super) content: Content<'a>,
    /// The whole record, with its frame.
    pub(super) bytes: &'a [u8],
}

/// What a record says, as it was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content<'a>(pub(super) &'a [u8]);

impl Content<'_> {
    /// What it says, as far as `T` wants to know.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, SpoolError> {
        // No map in `MessagePack` begins with this byte.
        if self.0.starts_with(b"{") {
            serde_json::from_slice(self.0).map_err(SpoolError::content)
        } else {
            rmp_serde::from_slice(self.0).map_err(SpoolError::content)
        }
    }
}

/// Appends a record to `buffer`, which is unchanged on an error.
pub(super) fn write<T: Serialize>(
    buffer: &mut Vec<u8>,
    kind: Kind,
    seq: u64,
    value: &T,
) -> Result<(), SpoolError> {
    let start = buffer.len();
    buffer.extend_from_slice(&[0; FRAME]);
    buffer.push(kind as u8);
    buffer.extend_from_slice(&seq.to_le_bytes());
    if let Err(error) = value.serialize(&mut rmp_serde::Serializer::new(&mut *buffer).with_struct_map()) {
        buffer.truncate(start);
        return Err(SpoolError::content(error));
    }
    seal(buffer, start)
}

/// Appends a record whose content is there already.
pub(super) fn copy(
    buffer: &mut Vec<u8>,
    kind: Kind,
    seq: u64,
    content: Content<'_>,
) -> Result<(), SpoolError> {
    let start = buffer.len();
    buffer.extend_from_slice(&[0; FRAME]);
    buffer.push(kind as u8);
    buffer.extend_from_slice(&seq.to_le_bytes());
    buffer.extend_from_slice(content.0);
    seal(buffer, start)
}

fn seal(buffer: &mut Vec<u8>, start: usize) -> Result<(), SpoolError> {
    let length = buffer.len() - start - FRAME;
    let Some(length) = u32::try_from(length).ok().filter(|_| length <= MAX_RECORD) else {
        buffer.truncate(start);
        return Err(SpoolError::TooLarge(length));
    };
    let checksum = crc32fast::hash(&buffer[start + FRAME..]);
    buffer[start..start + 4].copy_from_slice(&length.to_le_bytes());
    buffer[start + 4..start + FRAME].copy_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// The record that `bytes` starts with; `None` where it is torn, damaged, or nothing is there.
pub(super) fn read(bytes: &[u8]) -> Option<Record<'_>> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (checksum, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if !(PREFIX..=MAX_RECORD).contains(&length) {
        return None;
    }
    let body = rest.get(..length)?;
    if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let (kind, rest) = body.split_first()?;
    let (seq, content) = rest.split_first_chunk::<8>()?;
    Some(Record {
        kind: Kind::from_byte(*kind)?,
        seq: u64::from_le_bytes(*seq),
        content: Content(content),
        bytes: bytes.get(..FRAME + length)?,
    })
}

/// Walks over all whole records of a segment, and over what is damaged between them.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    offset: usize,
    good: usize,
    damaged: u64,
}

impl<'a> Scan<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0, good: 0, damaged: 0 }
    }

    /// Where the last whole record seen so far ends; at the end of the walk, what lies behind is a torn tail.
    pub(super) fn good(&self) -> usize {
        self.good
    }

    /// Damaged places seen so far that whole records follow.
    pub(super) fn damaged(&self) -> u64 {
        self.damaged
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        while self.offset < self.bytes.len() {
            if let Some(record) = read(&self.bytes[self.offset..]) {
                self.damaged += u64::from(self.offset != self.good);
                self.offset += record.bytes.len();
                self.good = self.offset;
                return Some(record);
            }
            // What is no record rarely looks like a length, so that looking at every byte is cheap.
            self.offset += 1;
        }
        None
    }
}
