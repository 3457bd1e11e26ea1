//! Those who administer: tokens, accounts, sessions.

mod accounts;
mod sessions;
pub(crate) mod standing;
mod tokens;

use alias_core::access::{Authority, Home};
use alias_core::clock::Timestamp;
use alias_core::identity::Appointment;
use alias_core::organization::OrganizationId;

use crate::column::{parse, word};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::reference;

/// How much later a use is noted again, in microseconds: a write for each would cost more than it tells.
const NOTED_EVERY: i64 = 60_000_000;

/// Whether a use at `now` is worth noting.
fn is_news(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.micros() - last.micros() >= NOTED_EVERY)
}

/// The organization of an appointment: its uid and its id in its own spelling.
fn organization_of(
    conn: &mut AnyConnection,
    appointment: &Appointment,
) -> Result<Option<(String, OrganizationId)>, Failure> {
    let Some(id) = &appointment.organization_id else { return Ok(None) };
    let found = reference::organization(conn, "organization_id", id)?;
    Ok(Some((found.uid.to_string(), found.organization_id)))
}

/// What an identity may do, from its columns: the role, and both ids of its organization.
fn authority(role: &str, uid: Option<String>, id: Option<String>) -> Result<Authority, Failure> {
    let home = match uid.zip(id) {
        Some((uid, id)) => Some(Home {
            uid: parse("organizations.uid", &uid)?,
            organization_id: parse("organizations.organization_id", &id)?,
        }),
        None => None,
    };
    Ok(Authority { role: word("role", role)?, organization: home })
}
