//! Figures of the last minutes: a ring of parts of the window, of which the oldest is used again.

use std::time::{Duration, Instant};

use alias_core::alias::{ArmFigures, P95, Sum};
use hdrhistogram::Histogram;

/// In how many parts a window is counted: it moves on by one of them at a time.
const PARTS: u32 = 10;
/// All of them, and the one that is being counted.
const SLOTS: usize = PARTS as usize + 1;

/// The unit of times, in microseconds, and the longest time in these: 11 minutes, longer than a call takes.
const UNIT: u64 = 100;
const LONGEST: u64 = 6_600_000;
/// Times are kept to 6 per cent.
const DIGITS: u8 = 1;

/// What became of one call.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ended {
    /// Whether the provider failed it, or refused it.
    pub failed: bool,
    /// How long it took, in microseconds.
    pub duration_us: Option<u64>,
    /// When the first byte of its answer came, in microseconds.
    pub first_byte_us: Option<u64>,
    /// Tokens of its answer.
    pub output_tokens: Option<u64>,
    /// What the provider took, in nano-USD.
    pub cost: Option<u64>,
}

/// What became of some calls.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    calls: u64,
    errors: u64,
    /// Calls that have not ended; those of them that are among the durations, and among the first bytes without one.
    running: u64,
    slow: u64,
    late: u64,
    /// Calls that were not copied.
    skipped: u64,
    output_tokens: Sum,
    cost: Sum,
    durations: Times,
    first_bytes: Times,
}

/// How long calls took. There is nothing in it until there are some.
#[derive(Debug, Clone, Default)]
struct Times(Option<Histogram<u32>>);

impl Times {
    fn all(&mut self) -> Option<&mut Histogram<u32>> {
        if self.0.is_none() {
            self.0 = Histogram::new_with_bounds(1, LONGEST, DIGITS).ok();
        }
        self.0.as_mut()
    }

    fn count(&mut self, micros: u64) {
        if let Some(all) = self.all() {
            all.saturating_record(micros / UNIT);
        }
    }

    fn add(&mut self, other: &Self) {
        if let (Some(other), Some(all)) = (&other.0, self.all()) {
            // Both have the same bounds.
            all.add(other).unwrap_or_default();
        }
    }

    /// Where so many of them are of calls that are still waited for.
    fn p95(&self, waited_for: u64) -> P95 {
        let all = self.0.as_ref().filter(|all| !all.is_empty());
        let calls = all.map_or(0, Histogram::len);
        P95 { micros: all.map(|all| all.value_at_quantile(0.95).saturating_mul(UNIT)), calls, waited_for }
    }
}

impl Tally {
    fn count(&mut self, call: &Ended) {
        self.calls += 1;
        self.errors += u64::from(call.failed);
        if let Some(micros) = call.duration_us {
            self.durations.count(micros);
        }
        if let Some(micros) = call.first_byte_us {
            self.first_bytes.count(micros);
        }
        self.output_tokens =
            call.output_tokens.map_or(self.output_tokens, |more| self.output_tokens.with(more));
        self.cost = call.cost.map_or(self.cost, |more| self.cost.with(more));
    }

    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.skipped += other.skipped;
        self.output_tokens = self.output_tokens.and(other.output_tokens);
        self.cost = self.cost.and(other.cost);
        self.durations.add(&other.durations);
        self.first_bytes.add(&other.first_bytes);
    }

    /// Adds calls that have not ended: how long each has been out, and when its first byte came. What has been out for no
    /// longer than calls take says nothing yet.
    pub(super) fn wait(&mut self, out: impl IntoIterator<Item = (u64, Option<u64>)>) {
        let (usual, usual_first) = (self.durations.p95(0), self.first_bytes.p95(0));
        let exceeds = |micros: u64, usual: P95| usual.micros.is_none_or(|usual| micros > usual);
        for (since, first_byte) in out {
            self.running += 1;
            if exceeds(since, usual) {
                self.durations.count(since);
                self.slow += 1;
            }
            if first_byte.is_some() || exceeds(since, usual_first) {
                self.first_bytes.count(first_byte.unwrap_or(since));
                self.late += u64::from(first_byte.is_none());
            }
        }
    }

    /// How many calls were not copied.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The same as figures.
    pub(super) fn figures(&self) -> ArmFigures {
        ArmFigures {
            calls: self.calls,
            errors: self.errors,
            running: self.running,
            duration: self.durations.p95(self.slow),
            first_byte: self.first_bytes.p95(self.late),
            output_tokens: self.output_tokens,
            cost: self.cost,
        }
    }
}

/// What became of the calls of one target within the window.
pub(super) struct Ring {
    began: Instant,
    part: Duration,
    /// Each with the number of its part since the beginning.
    slots: [Option<(u64, Box<Tally>)>; SLOTS],
}

impl Ring {
    /// Nothing so far, over a window of this length that begins anew every tenth of it, counted from a moment.
    pub(super) fn of(window: Duration, began: Instant) -> Self {
        Self { began, part: window / PARTS, slots: std::array::from_fn(|_| None) }
    }

    /// Counts a call that has ended.
    pub(super) fn count(&mut self, now: Instant, call: &Ended) {
        self.part(now, |part| part.count(call));
    }

    /// Counts a call that was not copied.
    pub(super) fn skip(&mut self, now: Instant) {
        self.part(now, |part| part.skipped += 1);
    }

    fn part(&mut self, now: Instant, change: impl FnOnce(&mut Tally)) {
        let number = self.number(now);
        let place = usize::try_from(number % SLOTS as u64).unwrap_or_default();
        let Some(slot) = self.slots.get_mut(place) else { return };
        match slot {
            Some((of, tally)) if *of == number => change(tally),
            _ => change(&mut slot.insert((number, Box::default())).1),
        }
    }

    /// Adds what lies within the window.
    pub(super) fn add_to(&self, tally: &mut Tally, now: Instant) {
        self.within(now).for_each(|part| tally.add(part));
    }

    /// Whether nothing lies within the window.
    pub(super) fn is_idle(&self, now: Instant) -> bool {
        self.within(now).next().is_none() && now.saturating_duration_since(self.began) > self.part * PARTS
    }

    fn within(&self, now: Instant) -> impl Iterator<Item = &Tally> {
        let oldest = self.number(now).saturating_sub(u64::from(PARTS));
        self.slots.iter().flatten().filter(move |(of, _)| *of >= oldest).map(|(_, tally)| &**tally)
    }

    fn number(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.began).as_micros();
        u64::try_from(since / self.part.as_micros().max(1)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_window_and_older_ones_are_forgotten() {
        let mut ring = Ring::of(Duration::from_secs(100), Instant::now());
        let at = |seconds: u64| ring_began(&ring) + Duration::from_secs(seconds);
        let (first, later, end, beyond) = (at(0), at(55), at(104), at(300));
        let figures = |ring: &Ring, now| {
            let mut tally = Tally::default();
            ring.add_to(&mut tally, now);
            tally.figures()
        };
        let call = |failed, micros| Ended { failed, duration_us: Some(micros), ..Ended::default() };
        ring.count(first, &call(true, 1_000_000));
        for _ in 0..99 {
            ring.count(later, &call(false, 20_000));
        }
        assert_eq!((figures(&ring, later).calls, figures(&ring, later).errors), (100, 1));
        assert_eq!(figures(&ring, end).errors, 1, "up to a tenth longer");
        assert_eq!(
            (figures(&ring, at_of(&ring, 111)).calls, figures(&ring, at_of(&ring, 111)).errors),
            (99, 0)
        );
        assert!(!ring.is_idle(end) && ring.is_idle(beyond));
        // The places are used again.
        ring.count(beyond, &call(false, 20_000));
        assert_eq!(figures(&ring, beyond).calls, 1);
        let p95 = figures(&ring, beyond).duration.micros.unwrap();
        assert!(p95.abs_diff(20_000) < 20_000 * 7 / 100, "{p95}");
    }

    fn ring_began(ring: &Ring) -> Instant {
        ring.began
    }

    fn at_of(ring: &Ring, seconds: u64) -> Instant {
        ring.began + Duration::from_secs(seconds)
    }

    #[test]
    fn the_longest_times_are_counted_as_the_longest() {
        let mut times = Times::default();
        assert_eq!(times.p95(0), P95::default());
        times.count(u64::MAX);
        assert!(times.p95(0).micros.unwrap() >= LONGEST * UNIT);
    }

    #[test]
    fn calls_that_are_out_count_once_they_take_longer_than_others_took() {
        let mut tally = Tally::default();
        let took =
            |micros| Ended { duration_us: Some(micros), first_byte_us: Some(micros), ..Ended::default() };
        (0..100).for_each(|_| tally.count(&took(1_000_000)));
        let second = tally.figures().duration.micros.unwrap();
        tally.wait([(10_000, None), (900_000, Some(1_000)), (30_000_000, Some(2_000))]);
        let figures = tally.figures();
        assert_eq!((figures.calls, figures.running), (100, 3));
        assert_eq!((figures.duration.calls, figures.first_byte.calls), (101, 102));
        assert_eq!(figures.duration.micros, Some(second), "one in a hundred");
        tally.wait((0..10).map(|_| (30_000_000, None)));
        let waits = tally.figures().first_byte;
        assert!(waits.calls == 112 && waits.micros.unwrap() > 25_000_000, "{waits:?}");
        // Where none has ended, nobody knows what is usual.
        let mut new = Tally::default();
        new.wait([(5_000_000, None)]);
        assert_eq!((new.figures().calls, new.figures().duration.calls), (0, 1));
    }
}
