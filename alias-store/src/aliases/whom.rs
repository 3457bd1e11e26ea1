//! Whom overrides are of: teams and organizations that are there when they are named.

use alias_core::alias::AliasSpec;
use alias_core::team::TeamId;

use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::reference;

const FIELD: &str = "overrides";

/// Refuses overrides of whom there is not. Those that the alias has already may stay: a team that is deleted takes no
/// alias along, and the alias can be changed as before.
pub(super) fn check(
    conn: &mut AnyConnection,
    before: Option<&AliasSpec>,
    spec: &AliasSpec,
) -> Result<(), Failure> {
    let said = before.map_or(&[][..], |before| &before.routing.overrides);
    let new = || spec.routing.overrides.iter().filter(|one| !said.iter().any(|old| old.is_of_whom(one)));
    let teams: Vec<TeamId> = new().filter_map(|one| one.team_id.clone()).collect();
    reference::teams(conn, FIELD, &teams)?;
    for id in new().filter_map(|one| one.organization_id.as_ref()) {
        reference::organization(conn, FIELD, id)?;
    }
    Ok(())
}
