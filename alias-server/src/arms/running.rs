//! Calls at a target that have not ended. Nobody is to wait for the end of one that hangs to know that it does.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::usage::{Outcome, UsageEvent};
use slab::Slab;

use super::{Arm, Counted, Ended};
use crate::error::Code;
use crate::upstream::Departure;

/// The calls that are out.
#[derive(Default)]
pub(super) struct Out(Slab<Times>);

struct Times {
    departure: Departure,
    first_byte: Option<Instant>,
}

impl Out {
    /// Of each that was sent within the window, for how long it has been out and when its first byte came, in
    /// microseconds. Counted for longer, a few long calls would be many.
    pub(super) fn each(&self, now: Instant, window: Duration) -> Vec<(u64, Option<u64>)> {
        let of = |times: &Times| {
            // Before, it waits for a connection or for something of our own: no target is slow for that.
            let sent = times.departure.at()?;
            let since = |then: Instant| micros(then.saturating_duration_since(sent));
            let is_within = now.saturating_duration_since(sent) <= window;
            is_within.then(|| (since(now), times.first_byte.map(since)))
        };
        self.0.iter().filter_map(|(_, times)| of(times)).collect()
    }
}

/// A call that is out, from its being sent on. Dropped, it was none.
pub struct Running {
    arm: Arc<Arm>,
    place: usize,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Running").field(&self.arm.target).finish()
    }
}

impl Running {
    /// A call that is about to be sent, with this departure.
    pub(crate) fn begin(Counted(arm): Counted, departure: Departure) -> Self {
        let place = arm.out.lock().0.insert(Times { departure, first_byte: None });
        Self { arm, place }
    }

    /// The first byte of its answer has come.
    pub fn first_byte(&self) {
        if let Some(times) = self.arm.out.lock().0.get_mut(self.place) {
            times.first_byte.get_or_insert_with(Instant::now);
        }
    }

    /// The target failed it, and another takes it over. How long that one takes is not this one's time.
    pub fn failed(self, code: &str) {
        self.count(Some(code), &Ended { failed: true, ..Ended::default() });
    }

    /// It ended.
    pub fn end(self, event: &UsageEvent) {
        let complete = event.outcome == Outcome::Complete;
        let failed = event.outcome == Outcome::Failed;
        let code = event.error_code.as_deref().filter(|_| failed);
        // A refusal comes fast: it does not say how long an answer takes, unless nobody waited for it any longer.
        let is_time = !failed || code == Some(Code::UpstreamTimeout.word());
        let took = is_time.then_some(event.duration_us);
        let cost = event.provider_cost.filter(|_| complete);
        let ended = Ended {
            failed,
            duration_us: took,
            // Where nothing came before the client left, it had been waited for so long at least.
            first_byte_us: took.map(|took| event.first_byte_us.unwrap_or(took)),
            output_tokens: event.tokens.filter(|_| complete).map(|tokens| tokens.all_output()),
            cost: cost.and_then(|cost| u64::try_from(cost.nanos()).ok()),
        };
        self.count(code, &ended);
    }

    fn count(self, code: Option<&str>, ended: &Ended) {
        if !code.is_some_and(Code::is_no_targets_fault) {
            Counted(Arc::clone(&self.arm)).add(ended);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.arm.out.lock().0.try_remove(self.place);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
