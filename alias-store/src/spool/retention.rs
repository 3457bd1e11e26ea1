//! How long segments stay after their events are in the books: a restored database catches up from them.

use super::journal::Journal;

impl Journal {
    /// Forgets segments that nobody needs any more and that are too old or too many, and tells their numbers.
    pub(super) fn forget_old_segments(&mut self) -> Vec<u64> {
        let first_open = self.open.values().map(|call| call.segment).min();
        let first_unsynced = self.sync.sealed.first().map(|(number, _)| *number);
        let first_needed = [first_open, first_unsynced].into_iter().flatten().min().unwrap_or(u64::MAX);
        let free = self
            .sealed
            .iter()
            .take_while(|sealed| sealed.end_seq <= self.shipped && sealed.number < first_needed)
            .count();
        let mut bytes: u64 = self.sealed[..free].iter().map(|sealed| sealed.bytes).sum();
        let removable = self.sealed[..free].iter().take_while(|sealed| {
            let age = sealed.since.elapsed().unwrap_or_default();
            let surplus = bytes > self.options.retain_bytes;
            bytes -= sealed.bytes;
            surplus || age > self.options.retain_for
        });
        let count = removable.count();
        self.sealed.drain(..count).map(|sealed| sealed.number).collect()
    }
}
