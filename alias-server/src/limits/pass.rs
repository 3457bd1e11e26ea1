//! What an admitted call holds of its limits until it has ended.

use std::sync::Arc;

use actix_web::http::header::HeaderMap;
use alias_router::limits::{Standing, Ticket};

use super::{Entry, RateLimits, headers};

/// A call's hold on its limits. Dropping it gives back what was held; unless it was said that the call was made,
/// as if it had not been.
#[derive(Debug, Default)]
pub struct Pass {
    own: Option<Held>,
    team: Option<Held>,
    /// Set when the call was made: the tokens that it used, if they are known.
    made: Option<Option<u64>>,
}

/// What is held of the limits of one team or key.
pub(super) struct Held {
    limits: RateLimits,
    entry: Arc<Entry>,
    ticket: Ticket,
    standing: Standing,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Held").field(&self.entry.subject).finish()
    }
}

impl Held {
    pub(super) fn new(limits: RateLimits, entry: Arc<Entry>, ticket: Ticket, standing: Standing) -> Self {
        Self { limits, entry, ticket, standing }
    }

    fn end(self, made: Option<Option<u64>>) {
        let Self { limits, entry, ticket, .. } = self;
        let now = limits.now();
        let mut counts = entry.counts.lock();
        match made {
            Some(used) => counts.end(ticket, used, now),
            None => counts.undo(ticket, now),
        }
        if counts.starts_asking(false, now) {
            limits.start_asking(&entry);
        }
    }
}

impl Pass {
    pub(super) fn take(&mut self, held: Held) {
        if self.own.is_none() {
            self.own = Some(held);
        } else {
            self.team = Some(held);
        }
    }

    /// The call was made, and used these tokens; `None` where that is not known: the estimate stands then.
    pub fn used(&mut self, tokens: Option<u64>) {
        self.made = Some(tokens);
    }

    /// The state of the limits, for the headers of the answer.
    pub fn standing(&self) -> Standing {
        let of = |held: &Option<Held>| held.as_ref().map_or_else(Standing::default, |held| held.standing);
        of(&self.own).tightest(of(&self.team))
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        for held in [self.own.take(), self.team.take()].into_iter().flatten() {
            held.end(self.made);
        }
    }
}

/// Adds the headers that say how the limits stand.
pub fn show(standing: &Standing, headers: &mut HeaderMap) {
    for (name, value) in headers::of(standing) {
        if let Ok(value) = value.try_into() {
            headers.insert(actix_web::http::header::HeaderName::from_static(name), value);
        }
    }
}
