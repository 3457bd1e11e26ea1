//! What becomes of a call that wants to be admitted, and what is said of it.

use alias_core::limit::Limit;

use super::Millis;

/// What a limit is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Calls a minute.
    Requests,
    /// Tokens a minute.
    Tokens,
    /// Calls at once.
    Parallel,
}

/// How this instance stands to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Whether the ledger does not answer about this account.
    pub away: bool,
    /// Whether this instance has given no sign of life for so long that others may take its slots.
    pub silent: bool,
    /// How many instances there are, as far as is known.
    pub instances: u64,
}

/// Why a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch {
    /// Of what.
    pub kind: Kind,
    /// The limit.
    pub limit: Limit,
    /// How long until it is worth asking again, in milliseconds; `None` where this call alone is beyond the limit.
    pub again_in: Option<Millis>,
}

/// What became of a call that wants to be admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is admitted.
    Now(Ticket),
    /// The ledger is to be asked first. What lacks meanwhile is said, for who cannot wait.
    Wait(Waiter, TooMuch),
    /// It is refused.
    No(TooMuch),
}

/// A call that waits for the ledger: to be handed in when it tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiter {
    /// The question that its need goes into.
    pub(super) question: u64,
    pub(super) request: bool,
    pub(super) tokens: Option<u64>,
    pub(super) slot: bool,
}

/// What a call was admitted with: to be handed back when it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    pub(super) window: i64,
    pub(super) request: bool,
    pub(super) tokens: Option<u64>,
    pub(super) slot: bool,
}

impl Ticket {
    /// The number of the window that it is of.
    pub fn window(&self) -> i64 {
        self.window
    }

    /// The tokens that it was admitted with, where these are limited.
    pub fn tokens(&self) -> Option<u64> {
        self.tokens
    }
}

/// One limit's state for the headers of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The limit.
    pub limit: u64,
    /// What is left of it in this window.
    pub remaining: u64,
    /// How long the window lasts, in milliseconds.
    pub reset_in: Millis,
}

/// The state of the windows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Calls.
    pub requests: Option<Line>,
    /// Tokens.
    pub tokens: Option<Line>,
}

impl Standing {
    /// Of two limits on the same call, the one that binds first.
    #[must_use]
    pub fn tightest(self, other: Self) -> Self {
        let tighter = |a: Option<Line>, b: Option<Line>| {
            a.into_iter().chain(b).min_by_key(|line| (line.remaining, line.limit))
        };
        Self { requests: tighter(self.requests, other.requests), tokens: tighter(self.tokens, other.tokens) }
    }
}
