//! Which version calls went by that were served by a scheduled change before it was one.

use std::collections::{BTreeSet, HashMap};

use alias_core::alias::{ScheduleId, ScheduledChange};
use alias_core::usage::Call;
use diesel::prelude::*;

use crate::catalog::in_chunks;
use crate::column::{parse, time, version};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{alias_versions, scheduled_changes, usage_events};

/// The versions that scheduled changes became.
pub(super) struct Versions(HashMap<ScheduleId, u32>);

impl Versions {
    /// Looks up what the changes became that these calls went by.
    ///
    /// A change that still waits goes on waiting until these calls are in the books: then [`name_version`] finds them.
    pub(super) fn of_calls<'a>(
        conn: &mut AnyConnection,
        calls: impl Iterator<Item = &'a Call>,
    ) -> Result<Self, Failure> {
        // In one order, so that two writers do not wait for each other.
        let ids: BTreeSet<String> =
            calls.filter_map(|call| call.scheduled).map(|id| id.to_string()).collect();
        if ids.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let ids: Vec<String> = ids.into_iter().collect();
        hold(conn, &ids)?;
        let rows: Vec<(Option<String>, i32)> = in_chunks(&ids, |ids| {
            let made = alias_versions::table.filter(alias_versions::schedule_id.eq_any(ids));
            Ok(made.select((alias_versions::schedule_id, alias_versions::version)).load(conn)?)
        })?;
        let read = |(id, number): (Option<String>, i32)| {
            let id = parse("alias_versions.schedule_id", &id.unwrap_or_default())?;
            Ok((id, version("alias_versions.version", number)?))
        };
        Ok(Self(rows.into_iter().map(read).collect::<Result<_, Failure>>()?))
    }

    /// The version that this call went by.
    pub(super) fn of(&self, call: &Call) -> u32 {
        call.scheduled.and_then(|id| self.0.get(&id).copied()).unwrap_or(call.alias_version)
    }
}

/// Has nobody make versions of these changes until this unit of work has ended. SQLite has one writer anyway.
fn hold(conn: &mut AnyConnection, ids: &[String]) -> Result<(), Failure> {
    if let AnyConnection::Postgres(c) = conn {
        for id in ids {
            let one = scheduled_changes::table.find(id).select(scheduled_changes::id);
            one.for_share().first::<String>(c).optional()?;
        }
    }
    Ok(())
}

/// Writes the version that `change` became to the calls that are in the books already and went by it.
pub(crate) fn name_version(
    conn: &mut AnyConnection,
    change: &ScheduledChange,
    version: u32,
) -> Result<(), Failure> {
    let of_it = usage_events::table
        .filter(usage_events::started_at.ge(time(change.effective_at)))
        .filter(usage_events::schedule_id.eq(change.id.to_string()));
    diesel::update(of_it).set(usage_events::alias_version.eq(version.cast_signed())).execute(conn)?;
    Ok(())
}
