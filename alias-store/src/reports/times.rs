//! How long the calls of a report's rows took: from what is kept beside the days' sums and the calls that wait to be counted
//! there, or from every call. Either way calls are counted by spans of time; none are sorted.

use std::collections::HashMap;

use alias_core::report::times::{MOST_BITS, PART_BITS, UNIT_BITS};
use alias_core::report::{Figures, ReportQuery, ReportRow};
use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};

use super::chosen::Chosen;
use super::dialect::Dialect;
use super::query::{Source, Value, Writer, bound, filter, grouped};
use crate::column::count;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::usage::times::Taken;

/// What is kept of a day, an alias and a team.
#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = Text)]
    period: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Binary)]
    durations: Vec<u8>,
    #[diesel(sql_type = Binary)]
    first_tokens: Vec<u8>,
}

/// How many calls of a row fall into a span of time.
#[derive(QueryableByName)]
struct Spanned {
    #[diesel(sql_type = Text)]
    period: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = BigInt)]
    span: i64,
    #[diesel(sql_type = BigInt)]
    calls: i64,
}

/// The times of the rows, by their period and key.
type Rows = HashMap<(String, String), Taken>;

/// Has each row say how long its calls took.
pub(super) fn tell(
    conn: &mut AnyConnection,
    source: Source,
    query: &ReportQuery,
    chosen: &Chosen,
    rows: &mut [ReportRow],
) -> Result<(), Failure> {
    let place = |row: &ReportRow| (row.period.clone(), row.key.clone());
    let mut taken: Rows = rows.iter().map(|row| (place(row), Taken::default())).collect();
    // Rows that are sorted by calls may lie anywhere.
    let ends = rows.first().zip(rows.last()).filter(|_| !query.most_first);
    let ends = ends.map(|(first, last)| (place(first), place(last)));
    if !taken.is_empty() {
        read(conn, source, query, chosen, ends, &mut taken)?;
    }
    for row in rows {
        if let Some(taken) = taken.get(&place(row)) {
            say(&mut row.figures, taken);
        }
    }
    Ok(())
}

/// The same for all calls of a scope together.
pub(super) fn tell_all(
    conn: &mut AnyConnection,
    source: Source,
    query: &ReportQuery,
    chosen: &Chosen,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let mut taken = Rows::from([((String::new(), String::new()), Taken::default())]);
    read(conn, source, query, chosen, None, &mut taken)?;
    for taken in taken.values() {
        say(figures, taken);
    }
    Ok(())
}

fn say(figures: &mut Figures, taken: &Taken) {
    figures.latency_ms = taken.durations.percentiles();
    figures.first_token_ms = taken.first_tokens.percentiles();
}

/// The rows of a page: the first and the last, each by its period and key.
type Ends = Option<((String, String), (String, String))>;

fn read(
    conn: &mut AnyConnection,
    source: Source,
    query: &ReportQuery,
    chosen: &Chosen,
    ends: Ends,
    taken: &mut Rows,
) -> Result<(), Failure> {
    let dialect = Dialect::of(conn);
    let text = |source, what: &str, from: &str, only: &str, grouped: &[&str]| {
        let mut writer = Writer::default();
        let (key, _) = dialect.group(query.group_by);
        let period = dialect.period(source, query.interval);
        writer.say(&format!("SELECT * FROM (SELECT {period} AS period, {key} AS key, {what} FROM {from} r"));
        filter(&mut writer, source, query, chosen);
        writer.say(only);
        if !grouped.is_empty() {
            writer.say(&format!(" GROUP BY {}", grouped.join(", ")));
        }
        writer.say(") q");
        within(&mut writer, &ends);
        writer
    };
    // Beside what is kept, only the calls that are not counted there yet.
    let (from, waiting) = match source {
        Source::Days => dialect.waiting(),
        Source::Calls => ("usage_events", ""),
    };
    let grouped = [grouped(query), vec!["3"]].concat();
    let counted = |column: &str, only: &str| {
        let what = format!("{} AS span, COUNT(*) AS calls", span(column));
        let only = format!(" AND r.outcome = 'complete'{only}{waiting}");
        text(Source::Calls, &what, from, &only, &grouped)
    };
    let durations = counted("r.duration_us", "");
    let first_tokens = counted("r.first_byte_us", " AND r.stream AND r.first_byte_us IS NOT NULL");
    if source == Source::Days {
        kept(conn, text(Source::Days, "r.durations, r.first_tokens", "usage_times", "", &[]), taken)?;
    }
    spanned(conn, durations, |row| {
        if let Some(taken) = taken.get_mut(&(row.period, row.key)) {
            taken.durations.add_at(count(row.span), count(row.calls));
        }
    })?;
    spanned(conn, first_tokens, |row| {
        if let Some(taken) = taken.get_mut(&(row.period, row.key)) {
            taken.first_tokens.add_at(count(row.span), count(row.calls));
        }
    })
}

/// From the first to the last row of a page, in the database's own order.
fn within(writer: &mut Writer, ends: &Ends) {
    let Some((first, last)) = ends else { return };
    for (word, sign, (period, key)) in [("WHERE", ">=", first), ("AND", "<=", last)] {
        writer.say(&format!(" {word} (q.period, q.key) {sign} ("));
        writer.bind(Value::Text(period.clone()));
        writer.say(", ");
        writer.bind(Value::Text(key.clone()));
        writer.say(")");
    }
}

/// The number of the span of [`Times`](alias_core::report::Times) that a column of microseconds falls into.
fn span(column: &str) -> String {
    let units = format!("({column} >> {UNIT_BITS})");
    let longer: Vec<String> = (1..MOST_BITS - PART_BITS)
        .map(|doubled| {
            let (end, first) = (1_u64 << (PART_BITS + 1 + doubled), u64::from(doubled) << PART_BITS);
            format!("WHEN {units} < {end} THEN {first} + ({units} >> {doubled})")
        })
        .collect();
    let first = 1 << (PART_BITS + 1);
    format!("CASE WHEN {units} < {first} THEN {units} {} ELSE {} END", longer.join(" "), i64::MAX)
}

/// Rows come one at a time, however many there are.
macro_rules! each {
    ($conn:expr, $writer:expr, $source:expr, $row:ty, $see:expr) => {{
        let (writer, mut see) = ($writer, $see);
        match $conn {
            AnyConnection::Sqlite(c) => {
                for row in bound!(writer, $source).load_iter::<$row, DefaultLoadingMode>(c)? {
                    see(row?);
                }
            }
            AnyConnection::Postgres(c) => {
                for row in bound!(writer, $source).load_iter::<$row, PgRowByRowLoadingMode>(c)? {
                    see(row?);
                }
            }
        }
        Ok(())
    }};
}

fn kept(conn: &mut AnyConnection, writer: Writer, taken: &mut Rows) -> Result<(), Failure> {
    each!(conn, writer, Source::Days, Kept, |row: Kept| {
        if let Some(taken) = taken.get_mut(&(row.period, row.key)) {
            taken.add_packed(&row.durations, &row.first_tokens);
        }
    })
}

fn spanned(conn: &mut AnyConnection, writer: Writer, see: impl FnMut(Spanned)) -> Result<(), Failure> {
    each!(conn, writer, Source::Calls, Spanned, see)
}
