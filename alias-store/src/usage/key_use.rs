//! When keys were last used.

use std::collections::BTreeMap;

use alias_core::clock::Timestamp;
use alias_core::usage::UsageEvent;
use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types;

use crate::column::{CHUNK, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::key_use;

#[derive(Insertable)]
#[diesel(table_name = key_use, treat_none_as_default_value = false)]
struct UseRow {
    key_id: String,
    last_used_at: NaiveDateTime,
}

/// Enters the beginnings of calls as uses of their keys. Tokens have none: they are not listed.
pub(super) fn raise<'a>(
    conn: &mut AnyConnection,
    events: impl Iterator<Item = &'a UsageEvent>,
) -> Result<(), Failure> {
    // In the order of their keys, so that two writers take the rows in the same order.
    let mut last: BTreeMap<&str, Timestamp> = BTreeMap::new();
    for call in events.map(|event| &event.call) {
        if let Some(key) = call.key_id.key() {
            let at = last.entry(key.as_str()).or_insert(call.started_at);
            *at = call.started_at.max(*at);
        }
    }
    let row = |(key, at): (&str, Timestamp)| UseRow { key_id: key.to_owned(), last_used_at: time(at) };
    let rows: Vec<UseRow> = last.into_iter().map(row).collect();
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(key_use::table)
            .values(chunk)
            .on_conflict(key_use::key_id)
            .do_update()
            .set(key_use::last_used_at.eq(sql::<sql_types::Timestamp>(LATER)))
            .execute(c))?;
    }
    Ok(())
}

/// The databases' own functions for the later of two moments differ.
const LATER: &str = "CASE WHEN excluded.last_used_at > key_use.last_used_at \
     THEN excluded.last_used_at ELSE key_use.last_used_at END";
