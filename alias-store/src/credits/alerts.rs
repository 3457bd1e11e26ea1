//! Telling a team that its credits run out: once when a fifth is left, once when nothing is.

use alias_core::clock::Timestamp;
use alias_core::money::MicroCredits;
use alias_core::usage::Call;
use alias_core::webhook::EventType;
use serde_json::json;

use super::locked::Account;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::webhooks;

/// Queues the message that a charge is worth, if any: `before` is what was charged until then.
pub(super) fn tell(
    conn: &mut AnyConnection,
    of: &Call,
    account: &Account,
    before: i64,
    now: Timestamp,
) -> Result<(), Failure> {
    let allocated = account.allocated;
    let crossed = |left: i64| (allocated - before > left) && (allocated - account.charged <= left);
    let event = if crossed(0) {
        EventType::TeamCreditsExhausted
    } else if crossed(allocated / 5) {
        EventType::TeamLowCredits
    } else {
        return Ok(());
    };
    let data = json!({
        "team_id": of.team_id,
        "organization_id": of.organization_id,
        "credits_allocated": MicroCredits::new(allocated),
        "credits_remaining": MicroCredits::new(allocated - account.charged),
    });
    webhooks::enqueue(conn, event, Some(&of.team_uid), of.team_id.as_str(), &data, now).map(drop)
}
