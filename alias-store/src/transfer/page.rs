//! Rows on their way: pages of JSON arrays, made by the one database and taken apart by the other.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::column::{Column, Kind};
use crate::connection::AnyConnection;
use crate::error::Failure;

/// How many rows travel at a time.
const PAGE: i64 = 2_000;
/// The cursor of the page that is read.
const CURSOR: &str = "copied";

/// Some rows as one JSON array of arrays.
pub(super) struct Page {
    pub(super) rows: u64,
    pub(super) json: String,
}

/// The pages of one table.
pub(super) struct Pages {
    /// The next ones, on SQLite: those after this row.
    query: String,
    after: i64,
}

#[derive(QueryableByName)]
struct Numbered {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Pages {
    /// Those rows of a table for which the condition holds.
    pub(super) fn of(
        source: &mut AnyConnection,
        (table, condition): (&str, &str),
        columns: &[Column],
    ) -> Result<Self, Failure> {
        let values: Vec<String> = columns.iter().map(|column| column.as_json(source)).collect();
        let values = values.join(", ");
        let query = match source {
            AnyConnection::Sqlite(_) => format!(
                "SELECT rowid AS number, json_array({values}) AS line FROM {table} \
                 WHERE rowid > ? AND {condition} ORDER BY rowid LIMIT {PAGE}"
            ),
            AnyConnection::Postgres(c) => {
                let rows =
                    format!("SELECT json_build_array({values})::text AS line FROM {table} WHERE {condition}");
                sql_query(format!("DECLARE {CURSOR} NO SCROLL CURSOR FOR {rows}")).execute(c)?;
                format!("FETCH {PAGE} FROM {CURSOR}")
            }
        };
        Ok(Self { query, after: i64::MIN })
    }

    pub(super) fn next(&mut self, source: &mut AnyConnection) -> Result<Option<Page>, Failure> {
        let lines: Vec<String> = match source {
            AnyConnection::Sqlite(c) => {
                let rows: Vec<Numbered> = sql_query(&self.query).bind::<BigInt, _>(self.after).load(c)?;
                self.after = rows.last().map_or(self.after, |row| row.number);
                rows.into_iter().map(|row| row.line).collect()
            }
            AnyConnection::Postgres(c) => {
                let rows: Vec<Line> = sql_query(&self.query).load(c)?;
                rows.into_iter().map(|row| row.line).collect()
            }
        };
        let json = || format!("[{}]", lines.join(","));
        Ok((!lines.is_empty()).then(|| Page { rows: lines.len() as u64, json: json() }))
    }

    /// Gives back what reading them took.
    pub(super) fn end(source: &mut AnyConnection) -> Result<(), Failure> {
        if let AnyConnection::Postgres(c) = source {
            sql_query(format!("CLOSE {CURSOR}")).execute(c)?;
        }
        Ok(())
    }
}

impl Column {
    /// The value as JSON: numbers exactly, times as text, bytes in hexadecimal.
    fn as_json(&self, source: &AnyConnection) -> String {
        let name = format!("\"{}\"", self.name);
        match (source, self.kind) {
            (AnyConnection::Sqlite(_), Kind::Bytes) => {
                format!("CASE WHEN {name} IS NOT NULL THEN hex({name}) END")
            }
            (AnyConnection::Postgres(_), Kind::Bytes) => format!("encode({name}, 'hex')"),
            // As the other kind of database writes it, which compares times as texts.
            (AnyConnection::Postgres(_), Kind::Moment) => format!(
                "to_char({name}, 'YYYY-MM-DD HH24:MI:SS' || CASE \
                 WHEN EXTRACT(MICROSECONDS FROM {name})::bigint % 1000000 = 0 THEN '' \
                 WHEN EXTRACT(MICROSECONDS FROM {name})::bigint % 1000 = 0 THEN '.MS' ELSE '.US' END)"
            ),
            (AnyConnection::Postgres(_), Kind::Day) => format!("to_char({name}, 'YYYY-MM-DD')"),
            _ => name,
        }
    }

    /// The value of the array's element at this place.
    fn taken_apart(&self, target: &AnyConnection, place: usize) -> String {
        match (target, self.kind) {
            (AnyConnection::Sqlite(_), Kind::Bytes) => format!("unhex(json_extract(value, '$[{place}]'))"),
            (AnyConnection::Sqlite(_), _) => format!("json_extract(value, '$[{place}]')"),
            (AnyConnection::Postgres(_), Kind::Text) => format!("(value->>{place})"),
            (AnyConnection::Postgres(_), Kind::Number) => format!("(value->>{place})::bigint"),
            (AnyConnection::Postgres(_), Kind::Flag) => format!("(value->>{place})::boolean"),
            (AnyConnection::Postgres(_), Kind::Moment) => format!("(value->>{place})::timestamp"),
            (AnyConnection::Postgres(_), Kind::Day) => format!("(value->>{place})::date"),
            (AnyConnection::Postgres(_), Kind::Bytes) => format!("decode(value->>{place}, 'hex')"),
        }
    }
}

/// Enters a page.
pub(super) fn insert(
    target: &mut AnyConnection,
    table: &str,
    columns: &[Column],
    json: &str,
) -> Result<(), Failure> {
    let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let values: Vec<String> =
        columns.iter().enumerate().map(|(place, column)| column.taken_apart(target, place)).collect();
    let (names, values) = (names.join(", "), values.join(", "));
    match target {
        AnyConnection::Sqlite(c) => {
            let query = format!("INSERT INTO {table} ({names}) SELECT {values} FROM json_each(?)");
            sql_query(query).bind::<Text, _>(json).execute(c)?;
        }
        AnyConnection::Postgres(c) => {
            let query = format!(
                "INSERT INTO {table} ({names}) SELECT {values} FROM json_array_elements($1::json) AS value"
            );
            sql_query(query).bind::<Text, _>(json).execute(c)?;
        }
    }
    Ok(())
}
