//! Calls at a target that have not ended. Nobody is to wait for the end of one that hangs to know that it does.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::usage::{Outcome, UsageEvent};
use slab::Slab;

use super::{Arm, Counted, Ended};
use crate::error::Code;

/// The calls that are out.
#[derive(Default)]
pub(super) struct Out(Slab<Sent>);

struct Sent {
    at: Instant,
    first_byte: Option<Instant>,
}

impl Out {
    /// Of each, for how long it has been out and when its first byte came, in microseconds.
    pub(super) fn each(&self, now: Instant) -> Vec<(u64, Option<u64>)> {
        let times = |sent: &Sent| {
            let since = |then: Instant| micros(then.saturating_duration_since(sent.at));
            (since(now), sent.first_byte.map(since))
        };
        self.0.iter().map(|(_, sent)| times(sent)).collect()
    }
}

/// A call that is out. Dropped, it was none.
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
    /// A call that begins.
    pub(super) fn begin(Counted(arm): Counted) -> Self {
        let place = arm.out.lock().0.insert(Sent { at: Instant::now(), first_byte: None });
        Self { arm, place }
    }

    /// The first byte of its answer has come.
    pub fn first_byte(&self) {
        if let Some(sent) = self.arm.out.lock().0.get_mut(self.place) {
            sent.first_byte.get_or_insert_with(Instant::now);
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
        let cost = event.provider_cost.filter(|_| complete);
        let ended = Ended {
            failed,
            duration_us: Some(event.duration_us),
            // Where nothing came before the client left, it had been waited for so long at least.
            first_byte_us: Some(event.first_byte_us.unwrap_or(event.duration_us)),
            output_tokens: event.tokens.filter(|_| complete).map(|tokens| tokens.all_output()),
            cost: cost.and_then(|cost| u64::try_from(cost.nanos()).ok()),
        };
        self.count(event.error_code.as_deref().filter(|_| failed), &ended);
    }

    /// What the server itself could not take is not the target's fault, and neither is a proxy that is away: it is so for
    /// all targets.
    fn count(self, code: Option<&str>, ended: &Ended) {
        let is = |of: Code| code == Some(of.word());
        if !is(Code::ServerBusy) && !is(Code::UpstreamUnreachable) {
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
