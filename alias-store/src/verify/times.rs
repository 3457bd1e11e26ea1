//! How long calls took against what is kept of it: of each instance, of the calls that are counted there.

use std::collections::HashMap;

use alias_core::report::{Times, Verification};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::BATCH;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{instances as i, usage_times as t};
use crate::usage::times::Taken;

/// Which calls are counted: of each instance, from one number up to another.
pub(super) struct Timed(HashMap<String, (i64, i64)>);

impl Timed {
    pub(super) fn read(conn: &mut AnyConnection) -> Result<Self, Failure> {
        let rows: Vec<(String, i64, i64)> =
            i::table.select((i::id, i::timed_from, i::timed_seq)).load(conn)?;
        Ok(Self(rows.into_iter().map(|(id, from, to)| (id, (from, to))).collect()))
    }

    pub(super) fn has(&self, instance: &str, seq: i64) -> bool {
        self.0.get(instance).is_some_and(|(from, to)| (*from..*to).contains(&seq))
    }
}

/// What is kept of a day, by alias and team: both as they are packed.
pub(super) type OfDay = HashMap<(String, String), (Vec<u8>, Vec<u8>)>;

pub(super) fn of_day(conn: &mut AnyConnection, day: NaiveDate) -> Result<OfDay, Failure> {
    let rows: Vec<(String, String, Vec<u8>, Vec<u8>)> = t::table
        .filter(t::day.eq(day))
        .select((t::alias_id, t::team_uid, t::durations, t::first_tokens))
        .load(conn)?;
    Ok(rows.into_iter().map(|(alias, team, durations, first)| ((alias, team), (durations, first))).collect())
}

/// Compares what is kept of a day, an alias and a team with its calls.
pub(super) fn compare(
    report: &mut Verification,
    day: NaiveDate,
    key: &(String, String),
    calls: &Taken,
    kept: Option<(Vec<u8>, Vec<u8>)>,
) {
    let (durations, first_tokens) = kept.unwrap_or_default();
    let place = || format!("times of {day}, {} and {}", key.0, key.1);
    for (what, expected, bytes) in
        [("durations", &calls.durations, durations), ("first_tokens", &calls.first_tokens, first_tokens)]
    {
        let expected_calls = format!("the times of {} calls", expected.calls());
        match Times::from_bytes(&bytes) {
            Some(found) if found == *expected => {}
            Some(found) => {
                super::compare(
                    report,
                    place,
                    what,
                    expected_calls,
                    format!("others, of {} calls", found.calls()),
                );
            }
            None => {
                super::compare(report, place, what, expected_calls, "nothing that can be read".to_owned());
            }
        }
    }
}

/// What is kept of days on which there are no calls, after the one and before the other.
pub(super) fn strays(
    conn: &mut AnyConnection,
    report: &mut Verification,
    after: Option<NaiveDate>,
    before: Option<NaiveDate>,
) -> Result<(), Failure> {
    let mut rows = t::table.into_boxed();
    if let Some(after) = after {
        rows = rows.filter(t::day.gt(after));
    }
    if let Some(before) = before {
        rows = rows.filter(t::day.lt(before));
    }
    let rows: Vec<(NaiveDate, String, String)> = rows
        .order((t::day, t::alias_id, t::team_uid))
        .limit(BATCH)
        .select((t::day, t::alias_id, t::team_uid))
        .load(conn)?;
    for (day, alias, team) in rows {
        stray(report, day, &(alias, team));
    }
    Ok(())
}

/// Notes times of which there is no call.
pub(super) fn stray(report: &mut Verification, day: NaiveDate, key: &(String, String)) {
    let place = || format!("times of {day}, {} and {}", key.0, key.1);
    super::compare(report, place, "durations", "none".to_owned(), "some".to_owned());
}
