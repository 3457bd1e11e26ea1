//! The ledger of what limits allow: one account a team or key, which hands out slices of a minute and slots of calls.
//!
//! A store keeps it and an instance asks it; what it answers is settled here, without either.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Limit, Limits};
use crate::key::KeyId;
use crate::team::TeamUid;
use crate::usage::InstanceId;

/// A minute, in microseconds.
pub const MINUTE: i64 = 60_000_000;

/// How long after an instance first saw a window the next one may be opened by its word alone, in milliseconds: a
/// clock that was set back does not stop time.
const SURELY_OVER: u64 = 60_000;

/// Which part of what is left goes to who asks first, so that others find something too.
const PART: u64 = 8;

/// Who is limited.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A team, with all its keys.
    Team(TeamUid),
    /// A key.
    Key(KeyId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Team(uid) => uid.fmt(f),
            Self::Key(id) => id.fmt(f),
        }
    }
}

/// What an instance asks of a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WindowAsk {
    /// Less is of no use.
    pub least: u64,
    /// What is waited for; 0: nothing.
    pub want: u64,
    /// What was taken beyond what was granted: it counts, whatever is left.
    pub owed: u64,
    /// What is given back of what was granted in the window that the instance knows.
    pub back: u64,
}

/// What an instance asks of the slots of calls at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlotsAsk {
    /// How many it holds from now on, before what it is granted.
    pub held: u64,
    /// How many more it has use for; 0: none.
    pub want: u64,
}

/// The window that an instance knows, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its number.
    pub window: i64,
    /// For how long by a clock that is never set, in milliseconds.
    pub for_ms: u64,
}

/// One question of an instance to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Who asks.
    pub instance: InstanceId,
    /// Whose account.
    pub subject: Subject,
    /// What limits it, as the instance knows them.
    pub limits: Limits,
    /// What the instance knows of the windows.
    pub seen: Option<Seen>,
    /// Calls of this minute.
    pub requests: WindowAsk,
    /// Tokens of this minute.
    pub tokens: WindowAsk,
    /// Calls at once.
    pub slots: SlotsAsk,
}

/// A part of a window's allowance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Leased {
    /// How much more the instance may admit in this window.
    pub granted: u64,
    /// What is left for everybody after that.
    pub left: u64,
}

/// Slots of calls at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlotsLeased {
    /// How many more the instance holds.
    pub granted: u64,
    /// What is left for everybody after that.
    pub left: u64,
    /// What the other instances hold.
    pub others: u64,
    /// Counts the refusals of this account's slots: who sees it rise gives back what is idle.
    pub recall: i64,
}

/// What an account answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The present window.
    pub window: i64,
    /// How long it lasts, in milliseconds, from when the account was asked.
    pub ends_in_ms: u64,
    /// Calls of this window.
    pub requests: Leased,
    /// Tokens of this window.
    pub tokens: Leased,
    /// Calls at once.
    pub slots: SlotsLeased,
}

/// What is granted of what is left: all that is wanted, or an eighth of what is left where that is more, and nothing
/// where less is left than is of any use.
pub const fn share(left: u64, least: u64, want: u64) -> u64 {
    if want == 0 || least > left {
        return 0;
    }
    let part = left / PART;
    let slice = if want > part { want } else { part };
    if slice < left { slice } else { left }
}

/// The account of a team or key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The window that the sums are of: minutes since 1970. It never falls.
    pub window: i64,
    /// Calls granted in it.
    pub requests: u64,
    /// Tokens granted in it.
    pub tokens: u64,
    /// Counts the refusals of slots.
    pub recall: i64,
}

impl Account {
    /// Answers a question at the time `now` (microseconds since 1970), while other instances hold `others` slots.
    pub fn serve(&mut self, ask: &Ask, now: i64, others: u64) -> Grant {
        self.move_on(ask.seen, now);
        let known = ask.seen.is_some_and(|seen| seen.window == self.window);
        let Limits { rpm_limit, tpm_limit, max_parallel_requests } = ask.limits;
        Grant {
            window: self.window,
            ends_in_ms: rest_of(self.window, now),
            requests: draw(&mut self.requests, rpm_limit, ask.requests, known),
            tokens: draw(&mut self.tokens, tpm_limit, ask.tokens, known),
            slots: self.slots(max_parallel_requests, ask.slots, others),
        }
    }

    /// Goes to the present window. A clock that was set back opens none, and neither does it stop time: who saw a
    /// window for a minute knows that it is over.
    fn move_on(&mut self, seen: Option<Seen>, now: i64) {
        let over = seen.is_some_and(|seen| seen.window == self.window && seen.for_ms >= SURELY_OVER);
        let present = now.div_euclid(MINUTE).max(self.window.saturating_add(i64::from(over)));
        if present > self.window {
            *self = Self { window: present, requests: 0, tokens: 0, recall: self.recall };
        }
    }

    fn slots(&mut self, limit: Option<Limit>, ask: SlotsAsk, others: u64) -> SlotsLeased {
        let Some(limit) = limit else { return SlotsLeased { others, ..SlotsLeased::default() } };
        let left = limit.get().saturating_sub(others).saturating_sub(ask.held);
        let granted = share(left, 1, ask.want);
        if granted < ask.want {
            self.recall = self.recall.wrapping_add(1);
        }
        SlotsLeased { granted, left: left - granted, others, recall: self.recall }
    }
}

/// How long a window lasts yet; a minute at most, also where the clock was set back.
fn rest_of(window: i64, now: i64) -> u64 {
    let end = window.saturating_add(1).saturating_mul(MINUTE);
    u64::try_from(end.saturating_sub(now).clamp(0, MINUTE) / 1_000).unwrap_or(0)
}

fn draw(sum: &mut u64, limit: Option<Limit>, ask: WindowAsk, known: bool) -> Leased {
    if known {
        *sum = sum.saturating_sub(ask.back);
    }
    *sum = sum.saturating_add(ask.owed);
    let left = limit.map_or(0, Limit::get).saturating_sub(*sum);
    let granted = share(left, ask.least, ask.want);
    *sum = sum.saturating_add(granted);
    Leased { granted, left: left - granted }
}
