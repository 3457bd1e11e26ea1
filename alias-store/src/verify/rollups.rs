//! The sums of the days against the calls of each day, in both directions.

use std::collections::BTreeMap;

use alias_core::report::Verification;
use chrono::NaiveDate;
use diesel::prelude::*;

use super::times;
use super::{BATCH, compare};
use crate::column::moment;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::usage_rollups as r;
use crate::usage::rollup::{MOST, Sum};
use crate::usage::times::Taken;

/// The sums of one day at a time: calls come in the order of their beginnings.
#[derive(Debug, Default)]
pub(super) struct Days {
    day: Option<NaiveDate>,
    sums: BTreeMap<(String, String), (Sum, Taken)>,
}

impl Days {
    /// What a call of this day is added to: the sums of its alias and team, and the times.
    pub(super) fn of(
        &mut self,
        conn: &mut AnyConnection,
        report: &mut Verification,
        day: NaiveDate,
        key: (String, String),
    ) -> Result<&mut (Sum, Taken), Failure> {
        if self.day != Some(day) {
            self.close(conn, report)?;
            // Days without a call have sums of refusals only.
            between(conn, report, self.day, Some(day))?;
            self.day = Some(day);
        }
        Ok(self.sums.entry(key).or_default())
    }

    /// There are no more calls.
    pub(super) fn end(mut self, conn: &mut AnyConnection, report: &mut Verification) -> Result<(), Failure> {
        self.close(conn, report)?;
        between(conn, report, self.day, None)
    }

    /// Compares the day's sums with those on record.
    fn close(&mut self, conn: &mut AnyConnection, report: &mut Verification) -> Result<(), Failure> {
        let Some(day) = self.day else { return Ok(()) };
        let mut sums = std::mem::take(&mut self.sums);
        let mut times = times::of_day(conn, day)?;
        let on_day = |row: r::BoxedQuery<'static, crate::connection::AnyBackend>| row.filter(r::day.eq(day));
        each(conn, on_day, |day, key, found| {
            let (expected, taken) = sums.remove(&key).unwrap_or_default();
            report.rollups += 1;
            times::compare(report, day, &key, &taken, times.remove(&key));
            row(report, day, &key, expected, &found);
        })?;
        for (key, (expected, taken)) in sums {
            times::compare(report, day, &key, &taken, times.remove(&key));
            row(report, day, &key, expected, &Sum::default());
        }
        for (key, _) in times {
            times::stray(report, day, &key);
        }
        Ok(())
    }
}

/// Days of which there are no calls: their sums say so.
fn between(
    conn: &mut AnyConnection,
    report: &mut Verification,
    after: Option<NaiveDate>,
    before: Option<NaiveDate>,
) -> Result<(), Failure> {
    let within = |mut rows: r::BoxedQuery<'static, crate::connection::AnyBackend>| {
        if let Some(after) = after {
            rows = rows.filter(r::day.gt(after));
        }
        if let Some(before) = before {
            rows = rows.filter(r::day.lt(before));
        }
        rows
    };
    each(conn, within, |day, key, found| {
        report.rollups += 1;
        row(report, day, &key, Sum::default(), &found);
    })?;
    times::strays(conn, report, after, before)
}

type Row = (NaiveDate, String, String, Sum);
type Rows = r::BoxedQuery<'static, crate::connection::AnyBackend>;

/// Goes through some rows, a batch at a time.
fn each(
    conn: &mut AnyConnection,
    chosen: impl Fn(Rows) -> Rows,
    mut see: impl FnMut(NaiveDate, (String, String), Sum),
) -> Result<(), Failure> {
    let mut after: Option<(NaiveDate, String, String)> = None;
    loop {
        let mut rows = chosen(r::table.into_boxed());
        if let Some((day, alias, team)) = after.clone() {
            let within = r::alias_id.gt(alias.clone()).or(r::alias_id.eq(alias).and(r::team_uid.gt(team)));
            rows = rows.filter(r::day.ge(day)).filter(r::day.gt(day).or(within));
        }
        let rows: Vec<Row> = rows
            .order((r::day, r::alias_id, r::team_uid))
            .limit(BATCH)
            .select((
                r::day,
                r::alias_id,
                r::team_uid,
                (
                    r::calls,
                    r::completed,
                    r::denied,
                    r::input_tokens,
                    r::output_tokens,
                    r::completed_tokens,
                    r::cost_nano,
                    r::billed_nano,
                    r::unpriced,
                    r::cached_tokens,
                    r::reasoning_tokens,
                    r::credits,
                    r::charged,
                    r::estimated,
                    r::last_used_at,
                ),
            ))
            .load(conn)?;
        let Some((day, alias, team, _)) = rows.last() else { return Ok(()) };
        after = Some((*day, alias.clone(), team.clone()));
        for (day, alias, team, sum) in rows {
            see(day, (alias, team), sum);
        }
    }
}

/// Compares one row. Refusals are counted by themselves, so that no call tells them.
fn row(report: &mut Verification, day: NaiveDate, key: &(String, String), expected: Sum, found: &Sum) {
    let place = || format!("sums of {day}, {} and {}", key.0, key.1);
    for ((what, expected), (_, found)) in expected.numbers().into_iter().zip(found.numbers()) {
        if what != "denied" {
            compare(report, place, what, expected.min(MOST), found);
        }
    }
    let at = |sum: &Sum| sum.last_used_at.map_or("never".to_owned(), |at| moment(at).utc().to_rfc3339());
    compare(report, place, "last_used_at", at(&expected), at(found));
}
