//! Telling that a budget runs out: once in a window when a fifth is left, once when nothing is.

use alias_core::clock::Timestamp;
use alias_core::credits::little_of;
use alias_core::money::NanoUsd;
use alias_core::webhook::EventType;
use diesel::prelude::*;
use serde_json::json;

use super::Policy;
use crate::column::parse;
use crate::connection::AnyConnection;
use crate::credits::Account;
use crate::error::Failure;
use crate::schema::team_keys as k;
use crate::webhooks;
use alias_core::budget::Subject;
use alias_core::team::TeamUid;

/// Queues the message that a charge is worth, if any: `before` is what was charged until then.
pub(crate) fn tell(
    conn: &mut AnyConnection,
    policy: &Policy,
    account: &Account,
    before: i64,
    now: Timestamp,
) -> Result<(), Failure> {
    let left = |charged: i64| account.allocated.saturating_sub(charged);
    let crossed = |bound: i64| left(before) > bound && left(account.charged) <= bound;
    let event = if crossed(0) {
        EventType::BudgetExhausted
    } else if crossed(little_of(policy.limit)) {
        EventType::BudgetLow
    } else {
        return Ok(());
    };
    // One that was deleted meanwhile, or whose subject was, concerns nobody any more.
    let Some(budget) = super::read::one(conn, policy.id, now)? else { return Ok(()) };
    let remaining = left(account.charged);
    let data = json!({
        "budget_id": budget.budget_id,
        "scope": budget.scope,
        "window": budget.window,
        "limit_usd": budget.limit_usd,
        "spent_usd": NanoUsd::new(policy.limit.saturating_sub(remaining)),
        "remaining_usd": NanoUsd::new(remaining),
        "window_ends_at": budget.window_ends_at,
    });
    let team = team_of(conn, &policy.subject)?;
    webhooks::enqueue(conn, event, team.as_ref(), &policy.id.to_string(), &data, now).map(drop)
}

/// The team whose webhooks are told of a budget: of an organization's, an alias's or a tag's, no team is.
fn team_of(conn: &mut AnyConnection, subject: &Subject) -> Result<Option<TeamUid>, Failure> {
    Ok(match subject {
        Subject::Team(team) => Some(*team),
        Subject::Key(key) => {
            let team: Option<String> =
                k::table.find(key.to_string()).select(k::team_uid).first(conn).optional()?;
            team.map(|uid| parse("team_keys.team_uid", &uid)).transpose()?
        }
        Subject::Organization(_) | Subject::Alias(_) | Subject::Tag(_) => None,
    })
}
