//! How long calls took against what is kept of it. A program of before enters calls without their times: then there are
//! fewer than calls, and as many as the sums say.

use std::collections::HashMap;

use alias_core::report::{Times, Verification};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::BATCH;
use crate::column::count;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::usage_times as t;
use crate::usage::rollup::Sum;
use crate::usage::times::Taken;

/// What is kept of a day, by alias and team: both as they are packed.
pub(super) type OfDay = HashMap<(String, String), (Vec<u8>, Vec<u8>)>;

pub(super) fn of_day(conn: &mut AnyConnection, day: NaiveDate) -> Result<OfDay, Failure> {
    let rows: Vec<(String, String, Vec<u8>, Vec<u8>)> = t::table
        .filter(t::day.eq(day))
        .select((t::alias_id, t::team_uid, t::durations, t::first_tokens))
        .load(conn)?;
    Ok(rows.into_iter().map(|(alias, team, durations, first)| ((alias, team), (durations, first))).collect())
}

/// Compares what is kept of a row of sums with its calls.
pub(super) fn compare(
    report: &mut Verification,
    day: NaiveDate,
    key: &(String, String),
    calls: &Taken,
    kept: Option<(Vec<u8>, Vec<u8>)>,
    sum: &Sum,
) {
    let (durations, first_tokens) = kept.unwrap_or_default();
    let place = || format!("times of {day}, {} and {}", key.0, key.1);
    let timed = count(sum.timed);
    super::compare(report, place, "timed", calls.durations.calls().min(timed), timed);
    let whole = timed == calls.durations.calls();
    for (what, expected, bytes) in
        [("durations", &calls.durations, durations), ("first_tokens", &calls.first_tokens, first_tokens)]
    {
        let Some(found) = Times::from_bytes(&bytes) else {
            super::compare(
                report,
                place,
                what,
                format!("{} calls", expected.calls()),
                "nothing that can be read".into(),
            );
            continue;
        };
        let right = if whole { found == *expected } else { found.is_part_of(expected) };
        if what == "durations" {
            super::compare(report, place, what, timed, found.calls());
        }
        if !right {
            let expected = format!("the times of {} calls", expected.calls());
            super::compare(report, place, what, expected, format!("others, of {} calls", found.calls()));
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
