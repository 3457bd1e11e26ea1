//! How long calls took, by day, alias and team: packed counts that this program adds up, many calls at a time. To add up
//! costs a look and a write for each day, alias and team, so the latest calls wait for that, and are counted by who asks.

use std::collections::{BTreeMap, HashMap};

use alias_core::report::Times;
use alias_core::usage::Outcome;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Date, Text};

use crate::column::{CHUNK, count as number, moment};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{instances, usage_events as e, usage_times};

/// A day, an alias and a team.
type Key = (NaiveDate, String, String);

/// So many calls of an instance wait at most, as a rule, until they are counted: who asks looks at each.
pub(crate) const MANY: i64 = 20_000;
/// So many are counted at once: other writers may wait for it.
const MOST: i64 = 40_000;
/// One at a time counts; who finds another at it leaves the calls for later. A number of our own, for PostgreSQL.
const TURN: i64 = 0x616c_6961_735f_7469;

/// How long some completed calls took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// From their admission to their end.
    pub(crate) durations: Times,
    /// Up to the first byte of the answer, of those that were streamed.
    pub(crate) first_tokens: Times,
}

impl Taken {
    /// Takes in a call that was answered to the end.
    pub(crate) fn count(&mut self, duration_us: i64, first_byte_us: Option<i64>, stream: bool) {
        self.durations.count(number(duration_us));
        if let Some(micros) = first_byte_us.filter(|_| stream) {
            self.first_tokens.count(number(micros));
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

/// Counts the calls of an instance that wait for it, if there are so many.
pub(crate) fn count(conn: &mut AnyConnection, instance: &str, least: i64) -> Result<(), Failure> {
    let here = instances::table.find(instance);
    let (from, shipped): (i64, i64) =
        here.select((instances::timed_seq, instances::shipped_seq)).first(conn)?;
    if shipped - from < least || !is_our_turn(conn)? {
        return Ok(());
    }
    let to = shipped.min(from + MOST);
    let calls: Vec<(NaiveDateTime, String, String, i64, Option<i64>, bool)> = e::table
        .filter(e::instance_id.eq(instance).and(e::seq.ge(from)).and(e::seq.lt(to)))
        .filter(e::outcome.eq(Outcome::Complete.as_str()))
        .select((e::started_at, e::alias_id, e::team_uid, e::duration_us, e::first_byte_us, e::stream))
        .load(conn)?;
    let mut all: BTreeMap<Key, Taken> = BTreeMap::new();
    for (started_at, alias, team, duration, first_byte, stream) in calls {
        let taken = all.entry((moment(started_at).day(), alias, team)).or_default();
        taken.count(duration, first_byte, stream);
    }
    raise(conn, all)?;
    diesel::update(here).set(instances::timed_seq.eq(to)).execute(conn)?;
    Ok(())
}

/// Keeps others from counting until this transaction ends, unless one is at it. On SQLite nobody else writes meanwhile.
fn is_our_turn(conn: &mut AnyConnection) -> Result<bool, Failure> {
    #[derive(QueryableByName)]
    struct Turn {
        #[diesel(sql_type = Bool)]
        ours: bool,
    }
    let AnyConnection::Postgres(c) = conn else { return Ok(true) };
    let turn: Turn = diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS ours")
        .bind::<BigInt, _>(TURN)
        .get_result(c)?;
    Ok(turn.ours)
}

/// Adds times to those on record.
fn raise(conn: &mut AnyConnection, all: BTreeMap<Key, Taken>) -> Result<(), Failure> {
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
    // To SQLite, `$1` would be a name, to be compared with all others.
    let mark = if matches!(conn, AnyConnection::Postgres(_)) { '$' } else { '?' };
    let place = |n: usize| format!("({mark}{}, {mark}{}, {mark}{})", 3 * n + 1, 3 * n + 2, 3 * n + 3);
    let places: Vec<String> = (0..keys.len()).map(place).collect();
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
