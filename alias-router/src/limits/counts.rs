//! All that one instance counts of one team or key: both windows, and the calls at once.

use alias_core::limit::{Ask, Grant, Limit, Limits, Seen, Subject};
use alias_core::usage::InstanceId;

use super::Millis;
use super::allowance::Allowance;
use super::slots::Slots;
use super::taken::{Kind, Line, Link, Standing, Taken, Ticket, TooMuch, Waiter};

/// A window's length.
const MINUTE: Millis = 60_000;
/// How long after a question without an answer the next one is asked.
const AGAIN: Millis = 1_000;

#[derive(Debug, Clone, Copy)]
struct Window {
    number: i64,
    until: Millis,
}

/// What is counted of one team or key.
#[derive(Debug, Default)]
pub struct Counts {
    window: Option<Window>,
    /// The window that the ledger last named, and when it did first.
    named: Option<(i64, Millis)>,
    requests: Allowance,
    tokens: Allowance,
    slots: Slots,
    limits: Limits,
    away: bool,
    asking: bool,
    /// Counts the questions.
    question: u64,
    asked_at: Millis,
    touched: Millis,
    /// What goes back with the next question, of calls and of tokens.
    back: (u64, u64),
}

impl Counts {
    /// Takes one call with this many tokens, of all that limits it or of nothing. `waiter` is what it was told to
    /// wait with before.
    pub fn take(
        &mut self,
        limits: &Limits,
        tokens: u64,
        waiter: Option<Waiter>,
        link: Link,
        now: Millis,
    ) -> Taken {
        self.wait_no_more(waiter);
        self.limits = *limits;
        self.touched = now;
        let link = Link { away: self.away, ..link };
        self.roll(now);
        if let Some(limit) = limits.tpm_limit.filter(|limit| tokens > limit.get()) {
            return Taken::No(TooMuch { kind: Kind::Tokens, limit, again_in: None });
        }
        let mut lacking = self.lacking(tokens, link);
        if lacking.iter().any(Option::is_some) && self.away {
            self.share(link.instances);
            lacking = self.lacking(tokens, link);
        }
        if lacking.iter().all(Option::is_none) {
            return Taken::Now(self.book(tokens));
        }
        for (kind, limit) in lacking.into_iter().flatten() {
            if self.away || self.is_refused(kind, limit, tokens, now) {
                return Taken::No(self.too_much(kind, limit, now));
            }
        }
        self.wait(lacking, tokens, now)
    }

    fn wait(&mut self, lacking: [Option<(Kind, Limit)>; 3], tokens: u64, now: Millis) -> Taken {
        let [slot, request, of_tokens] = lacking;
        let waiter = Waiter {
            question: self.question,
            request: request.is_some(),
            tokens: of_tokens.map(|_| tokens),
            slot: slot.is_some(),
        };
        if waiter.request {
            self.requests.wait_for(1);
        }
        if of_tokens.is_some() {
            self.tokens.wait_for(tokens);
        }
        if waiter.slot {
            self.slots.wait();
        }
        match slot.or(request).or(of_tokens) {
            Some((kind, limit)) => Taken::Wait(waiter, self.too_much(kind, limit, now)),
            None => Taken::Now(self.book(tokens)),
        }
    }

    /// Takes a need back that is in no question yet.
    fn wait_no_more(&mut self, waiter: Option<Waiter>) {
        let Some(waiter) = waiter.filter(|waiter| waiter.question == self.question) else { return };
        if waiter.request {
            self.requests.wait_no_more(1);
        }
        if let Some(tokens) = waiter.tokens {
            self.tokens.wait_no_more(tokens);
        }
        if waiter.slot {
            self.slots.wait_no_more();
        }
    }

    /// Which limits leave no room for one more call.
    fn lacking(&self, tokens: u64, link: Link) -> [Option<(Kind, Limit)>; 3] {
        let Limits { rpm_limit, tpm_limit, max_parallel_requests } = self.limits;
        let parallel = max_parallel_requests.filter(|limit| !self.slots.has(limit.get(), link));
        let requests = rpm_limit.filter(|limit| !self.requests.has(limit.get(), 1));
        let tokens = tpm_limit.filter(|limit| !self.tokens.has(limit.get(), tokens));
        [
            parallel.map(|limit| (Kind::Parallel, limit)),
            requests.map(|limit| (Kind::Requests, limit)),
            tokens.map(|limit| (Kind::Tokens, limit)),
        ]
    }

    fn book(&mut self, tokens: u64) -> Ticket {
        let Limits { rpm_limit, tpm_limit, max_parallel_requests } = self.limits;
        let ticket = Ticket {
            window: self.number(),
            request: rpm_limit.is_some(),
            tokens: tpm_limit.map(|_| tokens),
            slot: max_parallel_requests.is_some(),
        };
        if ticket.request {
            self.requests.take(1);
        }
        if ticket.tokens.is_some() {
            self.tokens.take(tokens);
        }
        if ticket.slot {
            self.slots.take();
        }
        ticket
    }

    fn is_refused(&self, kind: Kind, limit: Limit, tokens: u64, now: Millis) -> bool {
        match kind {
            Kind::Requests => self.requests.is_refused(limit.get(), 1, now),
            Kind::Tokens => self.tokens.is_refused(limit.get(), tokens, now),
            Kind::Parallel => self.slots.is_refused(now),
        }
    }

    fn too_much(&self, kind: Kind, limit: Limit, now: Millis) -> TooMuch {
        let again_in = if kind == Kind::Parallel { 1_000 } else { self.reset_in(now) };
        TooMuch { kind, limit, again_in: Some(again_in) }
    }

    /// Whether it may help to wait although slots were refused: other instances give back what is idle.
    pub fn may_get_slots(&self) -> bool {
        self.slots.others_hold() && !self.away
    }

    /// Goes to the window of `now`, as far as this instance can tell without the ledger.
    fn roll(&mut self, now: Millis) {
        let over = self.window.filter(|window| window.until <= now);
        if let Some(Window { number, until }) = over {
            let more = now.saturating_sub(until) / MINUTE + 1;
            let number = number.saturating_add(i64::try_from(more).unwrap_or(i64::MAX));
            self.begin(Window { number, until: until.saturating_add(more * MINUTE) });
        }
    }

    fn begin(&mut self, window: Window) {
        self.window = Some(window);
        self.requests.begin();
        self.tokens.begin();
        self.back = (0, 0);
    }

    fn share(&mut self, instances: u64) {
        if self.window.is_none() {
            let until = self.touched.saturating_add(MINUTE);
            self.begin(Window { number: i64::MIN, until });
        }
        if let Some(limit) = self.limits.rpm_limit {
            self.requests.share(limit.get(), instances);
        }
        if let Some(limit) = self.limits.tpm_limit {
            self.tokens.share(limit.get(), instances);
        }
    }

    fn number(&self) -> i64 {
        self.window.map_or(i64::MIN, |window| window.number)
    }

    fn reset_in(&self, now: Millis) -> Millis {
        self.window.map_or(MINUTE, |window| window.until.saturating_sub(now))
    }

    /// The state of the windows, for headers.
    pub fn standing(&self, limits: &Limits, now: Millis) -> Standing {
        let reset_in = self.reset_in(now);
        let line = |limit: Option<Limit>, allowance: &Allowance| {
            let limit = limit?.get();
            Some(Line { limit, remaining: allowance.remaining(limit), reset_in })
        };
        Standing {
            requests: line(limits.rpm_limit, &self.requests),
            tokens: line(limits.tpm_limit, &self.tokens),
        }
    }

    /// A call has ended that used these tokens, where that is known. What it used beyond what it was admitted with
    /// is taken from the present window; what it did not use is free again in its own.
    pub fn end(&mut self, ticket: Ticket, used: Option<u64>, now: Millis) {
        self.roll(now);
        if let (Some(held), Some(used)) = (ticket.tokens, used) {
            if used > held {
                self.tokens.overshoot(used - held);
            } else if ticket.window == self.number() {
                self.tokens.undo(held - used);
            }
        }
        if ticket.slot {
            self.slots.free(now);
        }
    }

    /// A call was not made after all: nothing of it counts.
    pub fn undo(&mut self, ticket: Ticket, now: Millis) {
        self.end(ticket, Some(0), now);
        if ticket.request && ticket.window == self.number() {
            self.requests.undo(1);
        }
    }

    /// Whether the ledger is to be asked now, for what is owed or ahead of need. If so, the caller asks.
    pub fn starts_asking(&mut self, waited_for: bool, now: Millis) -> bool {
        let reason = waited_for || self.away || self.wants_more() || self.must_tell();
        let may = !self.asking && (!self.away || now.saturating_sub(self.asked_at) >= AGAIN);
        if reason && may {
            self.asking = true;
        }
        reason && may
    }

    fn wants_more(&self) -> bool {
        self.limits.rpm_limit.is_some() && self.requests.is_low()
            || self.limits.tpm_limit.is_some() && self.tokens.is_low()
            || self.limits.max_parallel_requests.is_some() && self.slots.is_low()
    }

    fn must_tell(&self) -> bool {
        self.requests.owes() || self.tokens.owes() || self.slots.differs() || self.back != (0, 0)
    }

    /// The question to ask.
    pub fn ask(&mut self, instance: InstanceId, subject: Subject, now: Millis) -> Ask {
        self.roll(now);
        self.asked_at = now;
        self.question += 1;
        let seen = self.named.map(|(window, since)| Seen { window, for_ms: now.saturating_sub(since) });
        let (requests, tokens) = std::mem::take(&mut self.back);
        Ask {
            instance,
            subject,
            limits: self.limits,
            seen,
            requests: self.requests.ask(requests),
            tokens: self.tokens.ask(tokens),
            slots: self.slots.ask(),
        }
    }

    /// Takes the answer to `asked`, which was asked at `sent`.
    pub fn granted(&mut self, asked: &Ask, sent: Millis, grant: &Grant, now: Millis) {
        (self.away, self.asking) = (false, false);
        // The window ends no later than this, however long the answer took.
        let until = sent.saturating_add(grant.ends_in_ms);
        if self.named.is_none_or(|(named, _)| named != grant.window) {
            self.named = Some((grant.window, now));
        }
        match &mut self.window {
            Some(window) if window.number == grant.window => window.until = until,
            _ => self.begin(Window { number: grant.window, until }),
        }
        self.requests.granted(asked.requests, grant.requests, now);
        self.tokens.granted(asked.tokens, grant.tokens, now);
        self.slots.granted(asked.slots, grant.slots, now);
    }

    /// The ledger did not answer.
    pub fn unanswered(&mut self, asked: &Ask) {
        (self.away, self.asking) = (true, false);
        self.requests.unanswered(asked.requests);
        self.tokens.unanswered(asked.tokens);
        self.slots.unanswered();
    }

    /// The ledger takes longer than a call may wait.
    pub fn gone(&mut self) {
        self.away = self.asking;
    }

    /// Gives back what is not needed: slots that are idle for long, or at once where others were refused (`recall`
    /// is what the ledger counts of that); and of the windows, what is held in excess, unless this instance is alone.
    pub fn tidy(&mut self, recall: Option<i64>, alone: bool, now: Millis) {
        self.roll(now);
        let recalled = recall.is_some() && recall != self.slots.recall();
        self.slots.give_back(recalled, now);
        if !alone {
            self.back = (self.requests.excess(), self.tokens.excess());
        }
    }

    /// The ledger has lost, or given away, what this instance held of calls at once.
    pub fn forgotten(&mut self) {
        self.slots.forgotten();
    }

    /// Whether slots are held that nobody uses.
    pub fn holds_idle_slots(&self) -> bool {
        self.slots.holds_idle()
    }

    /// Whether nothing is lost by forgetting it all.
    pub fn is_idle(&self, now: Millis) -> bool {
        !self.asking && !self.slots.is_in_use() && now.saturating_sub(self.touched) > 2 * MINUTE
    }
}
