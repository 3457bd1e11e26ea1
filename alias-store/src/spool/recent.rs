//! The latest events as they were settled: what is shipped right away need not be read back from the disk.

use std::collections::VecDeque;
use std::fmt;

use alias_core::usage::UsageEvent;

use super::journal::Journal;
use super::shipper::BATCH;

/// The most events that are kept: those that come while a batch is on its way. They are 2 or 3 MiB, and in the worst case,
/// with every call under all budgets that one can fall under, ten times that. The rest is read from the segments.
const MOST: usize = 2 * BATCH;

/// The events before a number, without a gap.
#[derive(Default)]
pub(super) struct Recent {
    /// In boxes, so that whoever takes many of them holds the lock for a moment only.
    events: VecDeque<Box<UsageEvent>>,
    end: u64,
}

/// Events that were taken, behind some that nobody asked for. To be dropped without the journal's lock.
pub(super) struct Taken {
    events: VecDeque<Box<UsageEvent>>,
    older: usize,
}

impl Taken {
    pub(super) fn events(self) -> Vec<UsageEvent> {
        self.events.into_iter().skip(self.older).map(|event| *event).collect()
    }
}

impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent").field("events", &self.events.len()).field("end", &self.end).finish()
    }
}

impl Recent {
    pub(super) fn push(&mut self, seq: u64, event: Box<UsageEvent>) {
        if seq != self.end {
            self.events.clear();
        } else if self.events.len() == MOST {
            self.events.pop_front();
        }
        self.events.push_back(event);
        self.end = seq + 1;
    }

    /// The events from `from` on and before `end`, which are forgotten with all that are older. `None` where not all of
    /// them are here; then nothing is forgotten.
    fn take(&mut self, from: u64, end: u64) -> Option<Taken> {
        let first = self.end - self.events.len() as u64;
        let place = |seq: u64| usize::try_from(seq.checked_sub(first)?).ok();
        let (older, end) = (place(from)?, place(end).filter(|end| *end <= self.events.len())?);
        let later = self.events.split_off(end);
        Some(Taken { events: std::mem::replace(&mut self.events, later), older })
    }
}

impl Journal {
    /// The durable events from `from_seq` on, at most `max`, where all of them are in memory; they are only handed out
    /// once.
    pub(super) fn take_recent(&mut self, from_seq: u64, max: usize) -> Option<Taken> {
        let end = self.sync.durable_seq.min(from_seq.saturating_add(max as u64));
        (from_seq < end).then(|| self.recent.take(from_seq, end)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use alias_core::testing::id;

    use super::super::tests::event;
    use super::*;

    fn numbers(taken: Option<Taken>) -> Option<Vec<u64>> {
        let number = |event: &UsageEvent| (0..10_000).find(|n| event.call.call_id == id(*n)).unwrap();
        taken.map(|taken| taken.events().iter().map(number).collect())
    }

    fn recent(events: std::ops::Range<u64>) -> Recent {
        let mut recent = Recent::default();
        for n in events {
            recent.push(n, Box::new(event(n)));
        }
        recent
    }

    #[test]
    fn events_are_handed_out_once_and_only_without_a_gap() {
        let mut recent = recent(5..9);
        assert_eq!(numbers(recent.take(4, 6)), None, "the first of them is not here");
        assert_eq!(numbers(recent.take(8, 10)), None, "the last of them is not here");
        assert_eq!(numbers(recent.take(6, 8)), Some(vec![6, 7]));
        assert_eq!(numbers(recent.take(6, 8)), None, "they were handed out");
        assert_eq!(numbers(recent.take(8, 9)), Some(vec![8]));
        assert_eq!(numbers(recent.take(9, 9)), Some(vec![]));
    }

    #[test]
    fn the_oldest_go_where_there_are_too_many_and_all_where_numbers_begin_anew() {
        let most = MOST as u64;
        let mut recent = recent(0..most + 2);
        assert_eq!(recent.events.len(), MOST);
        assert_eq!(numbers(recent.take(1, 3)), None);
        assert_eq!(numbers(recent.take(2, 4)), Some(vec![2, 3]));
        recent.push(0, Box::new(event(0)));
        assert_eq!(numbers(recent.take(0, 1)), Some(vec![0]));
    }
}
