//! What one instance holds of the calls at once.

use alias_core::limit::{SlotsAsk, SlotsLeased};

use super::{Link, Millis};

/// How long a refusal is believed: others give idle slots back meanwhile.
const BELIEVED: Millis = 50;
/// Idle slots go back by themselves after this.
const IDLE: Millis = 5_000;

#[derive(Debug, Default)]
pub(super) struct Slots {
    held: u64,
    /// In use. More than are held only where they were lost, or beyond a share without the ledger.
    used: u64,
    /// What the ledger last said.
    said: Option<SlotsLeased>,
    /// What the ledger has in its books of this instance, as far as is known.
    booked: Option<u64>,
    waiting: u64,
    refused_until: Millis,
    /// Since when some were idle.
    idle_since: Option<Millis>,
}

impl Slots {
    /// Whether there is one more, of a limit.
    pub(super) fn has(&self, limit: u64, link: Link) -> bool {
        self.used < limit.min(self.room(limit, link))
    }

    /// How many calls this instance may have at once.
    fn room(&self, limit: u64, link: Link) -> u64 {
        let instances = link.instances.max(1);
        if link.silent {
            // Others may have been given what is held here.
            return limit / instances;
        }
        match &self.said {
            _ if !link.away => self.held,
            Some(said) => self.held.saturating_add(said.left / instances),
            None => limit / instances,
        }
    }

    pub(super) fn take(&mut self) {
        self.used = self.used.saturating_add(1);
        if self.used >= self.held {
            self.idle_since = None;
        }
    }

    pub(super) fn free(&mut self, now: Millis) {
        self.used = self.used.saturating_sub(1);
        self.idle_since.get_or_insert(now);
    }

    pub(super) fn is_refused(&self, now: Millis) -> bool {
        now < self.refused_until
    }

    /// Whether others hold some: they may give them back.
    pub(super) fn others_hold(&self) -> bool {
        self.said.is_some_and(|said| said.others > 0)
    }

    pub(super) fn wait(&mut self) {
        self.waiting = self.waiting.saturating_add(1);
    }

    pub(super) fn wait_no_more(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// Whether all are in use while there are many more to have.
    pub(super) fn is_low(&self) -> bool {
        self.used >= self.held && self.said.is_some_and(|said| said.left >= 8)
    }

    pub(super) fn is_in_use(&self) -> bool {
        self.used > 0 || self.held > 0
    }

    pub(super) fn holds_idle(&self) -> bool {
        self.held > self.used
    }

    /// What was refused elsewhere, as this instance knows.
    pub(super) fn recall(&self) -> Option<i64> {
        self.said.map(|said| said.recall)
    }

    /// Gives the idle ones back: all where others were refused, else those that were idle for long.
    pub(super) fn give_back(&mut self, recalled: bool, now: Millis) {
        let long = self.idle_since.is_some_and(|since| now.saturating_sub(since) >= IDLE);
        if recalled || long {
            self.held = self.held.min(self.used);
            self.idle_since = None;
        }
    }

    /// The ledger may have given away what is held here, or knows nothing of it.
    pub(super) fn forgotten(&mut self) {
        self.held = self.held.min(self.used);
        self.booked = None;
    }

    /// Whether the ledger has other numbers than this instance.
    pub(super) fn differs(&self) -> bool {
        self.is_in_use() && self.booked.is_none() || self.booked.is_some_and(|booked| booked != self.stands())
    }

    /// What is to be in the books: those in use, too, that were taken without the ledger.
    fn stands(&self) -> u64 {
        self.held.max(self.used)
    }

    pub(super) fn ask(&mut self) -> SlotsAsk {
        let waited = std::mem::take(&mut self.waiting);
        let ahead = u64::from(self.is_low());
        self.held = self.stands();
        SlotsAsk { held: self.held, want: waited.max(ahead) }
    }

    /// Nothing is given back between a question and its answer, so that the books hold what is held.
    pub(super) fn granted(&mut self, asked: SlotsAsk, leased: SlotsLeased, now: Millis) {
        self.held = self.held.saturating_add(leased.granted);
        self.booked = Some(asked.held.saturating_add(leased.granted));
        if leased.granted < asked.want {
            self.refused_until = now.saturating_add(BELIEVED);
        }
        if leased.granted > 0 {
            self.idle_since.get_or_insert(now);
        }
        self.said = Some(leased);
    }

    /// The ledger may or may not have booked it.
    pub(super) fn unanswered(&mut self) {
        self.booked = None;
    }
}
