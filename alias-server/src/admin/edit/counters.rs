//! Counters, and windows of time, move between a GET and the PUT that sends it back: which earlier readings are believed.

use alias_core::money::MicroCredits;
use serde_json::{Map, Value};

/// The objects that hold counters, by field.
const NESTED: [&str; 2] = ["usage_stats", "usage_summary"];

/// What a balance says: what was given, what was used of that, and what remains.
const BALANCE: [&str; 3] = ["credits_allocated", "credits_used", "credits_remaining"];

/// How what was sent relates to the counters as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Calls were made since it was read, as far as it tells: without new calls, nothing but refusals moves.
    called_since: bool,
    /// The balance that was sent can be one that was read before: it adds up, and is not ahead of the present one.
    balanced: bool,
}

impl Reading {
    /// Compares the number of calls that was sent with the present one.
    pub(super) fn of(sent: &Map<String, Value>, current: &Value) -> Self {
        let calls = |stats: Option<&Value>| stats.and_then(|stats| stats.get("total_calls")?.as_u64());
        let (then, now) = (calls(sent.get("usage_stats")), calls(current.get("usage_stats")));
        let (sent, current) = (BALANCE.map(|field| sent.get(field)), BALANCE.map(|field| current.get(field)));
        Self { called_since: then.is_none() || then < now, balanced: is_earlier_balance(sent, current) }
    }

    /// Whether `field` may have been `sent` by an earlier answer, as it is now `now`.
    pub(super) fn allows(self, field: &str, sent: &Value, now: &Value) -> bool {
        if !NESTED.contains(&field) {
            return match field {
                "usage_count" => self.called_since && at_most(sent, now),
                "last_used_at" => earlier(sent, now),
                "teams" => same_teams(sent, now),
                "scheduled" => are_scheduled(sent),
                "total_credits_allocated" | "spent_usd" | "held_usd" | "remaining_usd" => sent.is_number(),
                "window_starts_at" | "window_ends_at" => sent.is_string(),
                _ => self.balanced && BALANCE.contains(&field),
            };
        }
        let (Some(sent), Some(now)) = (sent.as_object(), now.as_object()) else { return false };
        sent.len() == now.len()
            && now.iter().all(|(member, now)| {
                sent.get(member).is_some_and(|sent| sent == now || self.allows_member(member, sent, now))
            })
    }

    fn allows_member(self, member: &str, sent: &Value, now: &Value) -> bool {
        match member {
            "denied_calls" => at_most(sent, now),
            _ if !self.called_since => false,
            "avg_tokens_per_call" => sent.is_u64(),
            "last_used_at" => earlier(sent, now),
            _ => at_most(sent, now),
        }
    }
}

/// Whether this is a list of changes that wait: some are scheduled and others come due, and no version says so.
fn are_scheduled(sent: &Value) -> bool {
    let id = |change: &Value| change.get("id")?.as_str().map(str::to_owned);
    sent.as_array().is_some_and(|all| all.iter().all(|change| id(change).is_some()))
}

/// Whether these are the same teams, whatever is left of their credits.
fn same_teams(sent: &Value, now: &Value) -> bool {
    let without_balance = |teams: &Value| -> Option<Vec<Value>> {
        let mut teams = teams.as_array()?.clone();
        for team in &mut teams {
            team.as_object_mut()?.remove("credits_remaining")?;
        }
        Some(teams)
    };
    without_balance(sent).is_some_and(|sent| Some(sent) == without_balance(now))
}

fn is_earlier_balance(sent: [Option<&Value>; 3], now: [Option<&Value>; 3]) -> bool {
    let ([Some(given), Some(used), Some(left)], [Some(given_now), Some(used_now), _]) =
        (sent.map(micros), now.map(micros))
    else {
        return false;
    };
    given.checked_sub(used) == Some(left) && given <= given_now && used <= used_now
}

/// An amount of credits, which may be below zero, in micro-credits.
fn micros(credits: Option<&Value>) -> Option<i64> {
    let Some(Value::Number(credits)) = credits else { return None };
    let text = credits.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |digits| (-1, digits));
    digits.parse().ok().map(|credits: MicroCredits| sign * credits.micros())
}

fn earlier(sent: &Value, now: &Value) -> bool {
    sent.is_null() || (sent.is_string() && sent.as_str() <= now.as_str())
}

fn at_most(sent: &Value, now: &Value) -> bool {
    sent.as_f64().zip(now.as_f64()).is_some_and(|(sent, now)| sent <= now)
}
