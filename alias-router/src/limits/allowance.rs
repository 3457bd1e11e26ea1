//! What one instance holds of a window's allowance, be it of calls or of tokens.

use alias_core::limit::{Leased, WindowAsk};

use super::Millis;

/// How long a refusal of the ledger is believed: what others give back is found soon, and nobody asks all the time.
const BELIEVED: Millis = 250;

/// A slice is asked for ahead only where it is of at least this size: small ones would be missed by the others.
const WORTH_ASKING: u64 = 4;

/// What the ledger hands out of what is left, at least: an eighth.
const PART: u64 = 8;

#[derive(Debug, Default)]
pub(super) struct Allowance {
    /// Granted and not yet taken.
    left: u64,
    /// Taken beyond what was granted, and not yet told.
    owed: u64,
    /// Taken in this window.
    taken: u64,
    /// What the ledger has said is left for all in this window.
    pool: Option<u64>,
    /// Whether the share of a time without the ledger was taken in this window.
    shared: bool,
    refused_until: Millis,
    /// What is waited for, in all, and the least of it.
    waiting: u64,
    least: u64,
}

impl Allowance {
    /// A new window has begun: nothing of the old one counts in it.
    pub(super) fn begin(&mut self) {
        *self = Self { waiting: self.waiting, least: self.least, ..Self::default() };
    }

    pub(super) fn has(&self, limit: u64, amount: u64) -> bool {
        amount <= self.left && self.taken.saturating_add(amount) <= limit
    }

    pub(super) fn take(&mut self, amount: u64) {
        self.left = self.left.saturating_sub(amount);
        self.taken = self.taken.saturating_add(amount);
    }

    /// Gives back what was taken in this window.
    pub(super) fn undo(&mut self, amount: u64) {
        let back = amount.min(self.taken);
        self.taken -= back;
        self.left = self.left.saturating_add(back);
    }

    /// Takes what was used beyond what was asked for, whether it is there or not.
    pub(super) fn overshoot(&mut self, amount: u64) {
        self.owed = self.owed.saturating_add(amount.saturating_sub(self.left));
        self.take(amount);
    }

    /// Whether the ledger has refused so lately that it need not be asked again.
    pub(super) fn is_refused(&self, limit: u64, amount: u64, now: Millis) -> bool {
        now < self.refused_until || self.taken.saturating_add(amount) > limit
    }

    pub(super) fn wait_for(&mut self, amount: u64) {
        self.least = if self.waiting == 0 { amount } else { self.least.min(amount) };
        self.waiting = self.waiting.saturating_add(amount);
    }

    /// Who waited waits no more.
    pub(super) fn wait_no_more(&mut self, amount: u64) {
        self.waiting = self.waiting.saturating_sub(amount);
    }

    pub(super) fn owes(&self) -> bool {
        self.owed > 0
    }

    /// Whether what is held runs low while there is more to have.
    pub(super) fn is_low(&self) -> bool {
        let slice = self.pool.unwrap_or(0) / PART;
        slice >= WORTH_ASKING && self.left < slice / 2
    }

    /// What is held beyond what this instance seems to need, of an allowance that others want, too.
    pub(super) fn excess(&self) -> u64 {
        let all = self.pool.unwrap_or(0).saturating_add(self.left);
        self.left.saturating_sub(self.taken.max(all / PART).saturating_mul(2))
    }

    /// What there is to ask: what is waited for, what is owed, a slice ahead.
    pub(super) fn ask(&mut self, back: u64) -> WindowAsk {
        let back = back.min(self.left);
        self.left -= back;
        // Only what is lacking: a call may be made of what is here and what comes.
        let waited = std::mem::take(&mut self.waiting).saturating_sub(self.left);
        let ahead = u64::from(back == 0 && self.is_low());
        WindowAsk {
            least: if waited == 0 { ahead } else { self.least.saturating_sub(self.left).max(1) },
            want: waited.max(ahead),
            owed: std::mem::take(&mut self.owed),
            back,
        }
    }

    pub(super) fn granted(&mut self, asked: WindowAsk, leased: Leased, now: Millis) {
        self.left = self.left.saturating_add(leased.granted);
        self.pool = Some(leased.left);
        if asked.want > 0 && leased.granted == 0 {
            self.refused_until = now.saturating_add(BELIEVED);
        }
    }

    /// The ledger did not answer: it may have booked what was owed, and is told again all the same.
    pub(super) fn unanswered(&mut self, asked: WindowAsk) {
        self.owed = self.owed.saturating_add(asked.owed);
    }

    /// Once a window, while the ledger is away: a part of what it last said was left, or of the whole limit in a
    /// window of which it has said nothing. The ledger is told as soon as it is back.
    pub(super) fn share(&mut self, limit: u64, instances: u64) {
        if !std::mem::replace(&mut self.shared, true) {
            let part = self.pool.unwrap_or(limit) / instances.max(1);
            self.left = self.left.saturating_add(part);
            self.owed = self.owed.saturating_add(part);
            self.pool = Some(0);
        }
    }

    /// What is left for this instance's callers, as far as it knows.
    pub(super) fn remaining(&self, limit: u64) -> u64 {
        // Of a window of which nothing is known, nothing was taken.
        let known = self.pool.map_or(limit, |pool| pool.saturating_add(self.left));
        known.min(limit.saturating_sub(self.taken))
    }
}
