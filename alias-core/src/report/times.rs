//! How long calls took: how many of them fell into each of some spans of time, and what share kept to which time.
//!
//! Spans are twice as long after each power of two, 16 of them between two powers, so that a time is known to
//! 1/32 of itself. Counts of two groups of calls add up to those of both, whatever the order; single times are not kept.

use serde::Serialize;

/// The unit of times, as a power of two of microseconds: 64 µs. What is shorter than 16 units is counted to one unit.
pub const UNIT_BITS: u32 = 6;
/// How many spans there are from one power of two to the next, as a power of two: 16.
pub const PART_BITS: u32 = 4;
/// As a power of two of units, where the last span begins to hold everything: 19 hours.
pub const MOST_BITS: u32 = 30;

/// One more than the number of the last span.
const SPANS: u64 = ((MOST_BITS - PART_BITS) as u64 + 1) << PART_BITS;

/// By how much the unit is doubled for the spans from this many units on.
const fn doubled(units: u64) -> u32 {
    (u64::BITS - units.leading_zeros()).saturating_sub(PART_BITS + 1)
}

/// The number of the span that a time falls into.
fn span_of(micros: u64) -> u64 {
    let units = (micros >> UNIT_BITS).min((1 << MOST_BITS) - 1);
    let doubled = doubled(units);
    (u64::from(doubled) << PART_BITS) + (units >> doubled)
}

/// The middle of a span, in microseconds.
fn middle_of(span: u64) -> u64 {
    let doubled = (span >> PART_BITS).saturating_sub(1);
    let first = (span - (doubled << PART_BITS)) << doubled;
    (first << UNIT_BITS) + (1 << (u64::from(UNIT_BITS) + doubled) >> 1)
}

/// Times that some calls kept to, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Percentiles {
    /// Half of the calls took no longer.
    #[cfg_attr(feature = "openapi", schema(example = 820))]
    pub p50: u64,
    /// 95 of 100 took no longer.
    #[cfg_attr(feature = "openapi", schema(example = 2100))]
    pub p95: u64,
    /// 99 of 100 took no longer.
    #[cfg_attr(feature = "openapi", schema(example = 4300))]
    pub p99: u64,
    /// Of so many calls the time is known.
    #[cfg_attr(feature = "openapi", schema(example = 1531))]
    pub calls: u64,
}

/// How long some calls took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    /// Numbers of spans that have calls, in their order, each with how many.
    spans: Vec<(u64, u64)>,
}

impl Times {
    /// Counts a call that took so many microseconds.
    pub fn count(&mut self, micros: u64) {
        self.add_at(span_of(micros), 1);
    }

    /// Adds calls that were counted elsewhere to the span of this number; numbers that no span has are the last's.
    pub fn add_at(&mut self, span: u64, calls: u64) {
        let span = span.min(SPANS - 1);
        match self.spans.binary_search_by_key(&span, |(number, _)| *number) {
            _ if calls == 0 => {}
            Ok(place) => self.spans[place].1 = self.spans[place].1.saturating_add(calls),
            Err(place) => self.spans.insert(place, (span, calls)),
        }
    }

    /// Adds all of these.
    pub fn add(&mut self, other: &Self) {
        for (span, calls) in &other.spans {
            self.add_at(*span, *calls);
        }
    }

    /// How many calls there are.
    pub fn calls(&self) -> u64 {
        self.spans.iter().fold(0, |sum, (_, calls)| sum.saturating_add(*calls))
    }

    /// What shares of the calls keep to, each to 1/32 of itself and to a millisecond; `None` where there is no call.
    pub fn percentiles(&self) -> Option<Percentiles> {
        let calls = self.calls();
        let at = |percent| self.at(percent, calls);
        Some(Percentiles { p50: at(50)?, p95: at(95)?, p99: at(99)?, calls })
    }

    /// The time that so many of 100 keep to: a whole number of milliseconds, and never none.
    fn at(&self, percent: u128, calls: u64) -> Option<u64> {
        let rank = (u128::from(calls) * percent).div_ceil(100);
        let mut seen = 0;
        let found = self.spans.iter().find(|(_, calls)| {
            seen += u128::from(*calls);
            seen >= rank
        });
        found.map(|(span, _)| ((middle_of(*span) + 500) / 1_000).max(1))
    }

    /// The same as bytes, a few for each span that has calls.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.spans.len() * 3);
        let mut before = 0;
        for (span, calls) in &self.spans {
            write(&mut bytes, span - before);
            write(&mut bytes, *calls);
            before = *span;
        }
        bytes
    }

    /// Reads them again; `None` for what no [`Times`] has written.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let (mut spans, mut before) = (Vec::new(), 0_u64);
        while !bytes.is_empty() {
            let (more, calls) = (read(&mut bytes)?, read(&mut bytes)?);
            let span = before.checked_add(more)?;
            if span >= SPANS || calls == 0 || (more == 0 && !spans.is_empty()) {
                return None;
            }
            spans.push((span, calls));
            before = span;
        }
        Some(Self { spans })
    }
}

/// Seven bits a byte, the lowest first; all but the last byte have the eighth.
fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn read(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            return None;
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn times(of: &[u64]) -> Times {
        let mut times = Times::default();
        for micros in of {
            times.count(*micros);
        }
        times
    }

    /// From under a millisecond to an hour, as often short as long.
    fn micros() -> impl Strategy<Value = u64> {
        (0_u32..32, any::<u32>()).prop_map(|(bits, number)| u64::from(number >> (31 - bits)))
    }

    proptest! {
        #[test]
        fn a_share_is_told_as_exactly_as_is_promised(mut all in prop::collection::vec(micros(), 1..300)) {
            let told = times(&all).percentiles().unwrap();
            prop_assert_eq!(told.calls, all.len() as u64);
            all.sort_unstable();
            for (percent, told) in [(50, told.p50), (95, told.p95), (99, told.p99)] {
                let exact = all[(all.len() * percent).div_ceil(100) - 1];
                let most = exact / 32 + 32 + 1_000;
                prop_assert!(told > 0 && (told * 1_000).abs_diff(exact) <= most, "p{} is {}, told {} ms", percent, exact, told);
            }
        }

        #[test]
        fn parts_add_up_to_the_whole_whatever_the_order(
            all in prop::collection::vec(micros(), 0..200), at in any::<prop::sample::Index>(),
        ) {
            let (one, other) = all.split_at(if all.is_empty() { 0 } else { at.index(all.len()) });
            let (mut sum, mut turned) = (times(one), times(other));
            sum.add(&turned);
            turned.add(&times(one));
            prop_assert_eq!((&sum, &turned), (&times(&all), &times(&all)));
            prop_assert_eq!(sum.calls(), all.len() as u64);
            prop_assert_eq!(Times::from_bytes(&sum.to_bytes()), Some(sum));
        }

        #[test]
        fn no_bytes_are_read_wrong(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Some(times) = Times::from_bytes(&bytes) {
                prop_assert_eq!(Times::from_bytes(&times.to_bytes()), Some(times));
            }
        }
    }

    #[test]
    fn every_span_begins_where_the_one_before_ends() {
        let mut before = 0;
        for span in 0..SPANS {
            let middle = middle_of(span);
            assert_eq!(span_of(middle), span, "{middle}");
            assert!(middle > before, "{span}");
            before = middle;
        }
        assert_eq!((span_of(0), span_of(u64::MAX)), (0, SPANS - 1));
    }

    #[test]
    fn no_calls_have_no_times_and_the_longest_have_one() {
        assert_eq!(Times::default().percentiles(), None);
        let told = times(&[u64::MAX]).percentiles().unwrap();
        assert!(told.p50 > 18 * 3_600_000, "{told:?}");
        let mut many = Times::default();
        many.add_at(u64::MAX, u64::MAX);
        many.add_at(3, u64::MAX);
        assert_eq!(many.percentiles().unwrap().calls, u64::MAX);
    }
}
