//! How long calls took, by day, alias and team: beside the sums, as packed counts that this program adds up.

use std::collections::{BTreeMap, HashMap};

use alias_core::report::Times;
use alias_core::usage::{Outcome, UsageEvent};
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Date, Text};

use super::rollup::{Counted, Key, key_of};
use crate::column::CHUNK;
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::usage_times;

/// How long some completed calls took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// From their admission to their end.
    pub(crate) durations: Times,
    /// Up to the first byte of the answer, of those that were streamed.
    pub(crate) first_tokens: Times,
}

impl Taken {
    /// Takes in a call. What was not answered to the end took as long as its failure.
    pub(crate) fn count(&mut self, call: &Counted) {
        if call.outcome != Outcome::Complete {
            return;
        }
        self.durations.count(call.duration_us);
        if let Some(micros) = call.first_byte_us.filter(|_| call.stream) {
            self.first_tokens.count(micros);
        }
    }

    /// Adds what the columns hold. What they should hold follows from the calls: what cannot be read counts nothing
    /// here, stops no call on its way into the books, and is named where these are verified.
    pub(crate) fn add_packed(&mut self, durations: &[u8], first_tokens: &[u8]) {
        self.durations.add(&Times::from_bytes(durations).unwrap_or_default());
        self.first_tokens.add(&Times::from_bytes(first_tokens).unwrap_or_default());
    }
}

#[derive(Insertable, QueryableByName)]
#[diesel(table_name = usage_times, treat_none_as_default_value = false)]
struct Row {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(sql_type = Text)]
    alias_id: String,
    #[diesel(sql_type = Text)]
    team_uid: String,
    #[diesel(sql_type = Binary)]
    durations: Vec<u8>,
    #[diesel(sql_type = Binary)]
    first_tokens: Vec<u8>,
}

/// The times of completed calls, in the order of the sums.
pub(super) fn of_events<'a>(events: impl Iterator<Item = &'a UsageEvent>) -> BTreeMap<Key, Taken> {
    let mut all: BTreeMap<Key, Taken> = BTreeMap::new();
    for event in events.filter(|event| event.outcome == Outcome::Complete) {
        all.entry(key_of(event)).or_default().count(&Counted::of(event, 0));
    }
    all
}

/// Adds times to those on record. Their sums were raised before in the same transaction: that these rows are locked keeps
/// other writers from what is read here until it is written.
pub(super) fn raise(conn: &mut AnyConnection, all: BTreeMap<Key, Taken>) -> Result<(), Failure> {
    let all: Vec<(Key, Taken)> = all.into_iter().collect();
    for chunk in all.chunks(CHUNK) {
        let mut known: HashMap<Key, Row> = on_record(conn, chunk)?
            .into_iter()
            .map(|row| ((row.day, row.alias_id.clone(), row.team_uid.clone()), row))
            .collect();
        let rows: Vec<Row> = chunk
            .iter()
            .map(|(key, taken)| {
                let mut taken = taken.clone();
                if let Some(row) = known.remove(key) {
                    taken.add_packed(&row.durations, &row.first_tokens);
                }
                let (day, alias_id, team_uid) = key.clone();
                let (durations, first_tokens) = (taken.durations.to_bytes(), taken.first_tokens.to_bytes());
                Row { day, alias_id, team_uid, durations, first_tokens }
            })
            .collect();
        on_each_backend!(conn, c => {
            use diesel::upsert::excluded;
            use usage_times as t;
            diesel::insert_into(t::table)
                .values(&rows)
                .on_conflict((t::day, t::alias_id, t::team_uid))
                .do_update()
                .set((t::durations.eq(excluded(t::durations)), t::first_tokens.eq(excluded(t::first_tokens))))
                .execute(c)
        })?;
    }
    Ok(())
}

/// The rows with these keys.
fn on_record(conn: &mut AnyConnection, keys: &[(Key, Taken)]) -> Result<Vec<Row>, Failure> {
    let places: Vec<String> =
        (0..keys.len()).map(|n| format!("(${}, ${}, ${})", 3 * n + 1, 3 * n + 2, 3 * n + 3)).collect();
    // SQLite goes through the whole table for rows that are `IN` a list; this way it looks each up.
    let text = format!(
        "WITH k (day, alias_id, team_uid) AS (VALUES {}) \
         SELECT t.day, t.alias_id, t.team_uid, t.durations, t.first_tokens FROM k CROSS JOIN usage_times t \
         WHERE t.day = k.day AND t.alias_id = k.alias_id AND t.team_uid = k.team_uid",
        places.join(", ")
    );
    on_each_backend!(conn, c => {
        let mut query = diesel::sql_query(text).into_boxed();
        for ((day, alias_id, team_uid), _) in keys {
            query = query.bind::<Date, _>(*day).bind::<Text, _>(alias_id).bind::<Text, _>(team_uid);
        }
        Ok(query.load(c)?)
    })
}
