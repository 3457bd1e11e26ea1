//! Telling a team that its credits run out: once when a fifth is left, once when nothing is.

use alias_core::clock::Timestamp;
use alias_core::credits::little_of;
use alias_core::money::MicroCredits;
use alias_core::organization::OrganizationId;
use alias_core::team::{TeamId, TeamUid};
use alias_core::usage::Call;
use alias_core::webhook::EventType;
use serde_json::json;

use super::locked::Account;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::webhooks;

/// Whose credits they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whose<'a> {
    pub(crate) team_uid: TeamUid,
    pub(crate) team_id: &'a TeamId,
    pub(crate) organization_id: &'a OrganizationId,
}

impl<'a> From<&'a Call> for Whose<'a> {
    fn from(call: &'a Call) -> Self {
        let Call { team_uid, team_id, organization_id, .. } = call;
        Self { team_uid: *team_uid, team_id, organization_id }
    }
}

/// Queues the message that a charge is worth, if any: `before` is what was charged until then.
pub(crate) fn tell(
    conn: &mut AnyConnection,
    of: Whose<'_>,
    account: &Account,
    before: i64,
    now: Timestamp,
) -> Result<(), Failure> {
    let allocated = account.allocated;
    let crossed = |left: i64| (allocated - before > left) && (allocated - account.charged <= left);
    let event = if crossed(0) {
        EventType::TeamCreditsExhausted
    } else if crossed(little_of(account.full)) {
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
