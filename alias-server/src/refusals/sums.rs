//! Refusals of who is unknown, counted by address and reason until the minute is over; bounded, whoever asks.

use std::collections::HashMap;
use std::net::IpAddr;

use parking_lot::Mutex;

use crate::error::Code;

/// The most pairs of an address and a reason in a minute, for what anybody may cause stays in the log for ever; what is
/// beyond counts under no address.
const MAX_SUMS: usize = 1_000;

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Sum {
    pub(super) address: Option<IpAddr>,
    /// Whether it was a call, and not the admin API.
    pub(super) is_call: bool,
    pub(super) code: Code,
}

/// The counts of this minute.
#[derive(Debug, Default)]
pub(super) struct Sums(Mutex<HashMap<Sum, u64>>);

impl Sums {
    /// Counts one.
    pub(super) fn add(&self, sum: Sum) {
        self.put_back([(sum, 1)]);
    }

    /// All counts; they begin anew.
    pub(super) fn take(&self) -> HashMap<Sum, u64> {
        std::mem::take(&mut *self.0.lock())
    }

    /// Adds counts, for instance those that could not be written.
    pub(super) fn put_back(&self, counts: impl IntoIterator<Item = (Sum, u64)>) {
        let mut sums = self.0.lock();
        for (sum, count) in counts {
            let fits = sums.len() < MAX_SUMS || sums.contains_key(&sum);
            let sum = if fits { sum } else { Sum { address: None, ..sum } };
            *sums.entry(sum).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_too_many_addresses_is_counted_all_the_same() {
        let sums = Sums::default();
        let from = |n: u32| Sum {
            address: Some(IpAddr::from(n.to_be_bytes())),
            is_call: true,
            code: Code::InvalidApiKey,
        };
        for n in 0..20_000 {
            sums.add(from(n));
        }
        sums.add(from(1));
        let taken = sums.take();
        assert_eq!(taken.len(), MAX_SUMS + 1);
        assert_eq!(taken[&from(1)], 2);
        assert_eq!(taken[&Sum { address: None, ..from(1) }], 19_000);
        assert_eq!(taken.values().sum::<u64>(), 20_001);
        assert!(sums.take().is_empty());
    }
}
