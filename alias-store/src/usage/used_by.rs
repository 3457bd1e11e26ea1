//! Whose calls there ever were: what a team was called and whose it was, after it is gone, too.

use std::collections::BTreeMap;

use alias_core::usage::UsageEvent;
use diesel::prelude::*;

use crate::column::CHUNK;
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::usage_teams;

#[derive(Insertable)]
#[diesel(table_name = usage_teams, treat_none_as_default_value = false)]
struct TeamRow {
    team_uid: String,
    team_id: String,
    organization_id: String,
}

/// Enters the teams of calls, where they are new.
pub(super) fn enter<'a>(
    conn: &mut AnyConnection,
    events: impl Iterator<Item = &'a UsageEvent>,
) -> Result<(), Failure> {
    // In the order of their keys, so that two writers take the rows in the same order.
    let calls: BTreeMap<_, _> = events.map(|event| (event.call.team_uid, &event.call)).collect();
    let rows: Vec<TeamRow> = calls
        .into_values()
        .map(|call| TeamRow {
            team_uid: call.team_uid.to_string(),
            team_id: call.team_id.to_string(),
            organization_id: call.organization_id.to_string(),
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(usage_teams::table)
            .values(chunk)
            .on_conflict(usage_teams::team_uid)
            .do_nothing()
            .execute(c))?;
    }
    Ok(())
}
