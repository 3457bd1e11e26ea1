//! Between the columns of the tables and the values of the domain.

use std::error::Error;
use std::str::FromStr;

use alias_core::clock::Timestamp;
use alias_core::organization::Status;
use chrono::NaiveDateTime;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// The most values in one `IN` list, and the most rows in one insert.
pub(crate) const CHUNK: usize = 500;

pub(crate) fn time(at: Timestamp) -> NaiveDateTime {
    at.utc().naive_utc()
}

pub(crate) fn moment(at: NaiveDateTime) -> Timestamp {
    Timestamp::from(at.and_utc())
}

/// A value of the domain from its text; `place` names the column.
pub(crate) fn parse<T>(place: &'static str, text: &str) -> Result<T, Failure>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    text.parse().map_err(|why: T::Err| Failure::corrupt(place, why))
}

/// One of an enum's words.
pub(crate) fn word<'a, T: Deserialize<'a>>(place: &'static str, text: &'a str) -> Result<T, Failure> {
    let words: StrDeserializer<'a, WordError> = text.into_deserializer();
    T::deserialize(words).map_err(|why| Failure::corrupt(place, why))
}

pub(crate) fn from_json<T: DeserializeOwned>(place: &'static str, text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|why| Failure::corrupt(place, why))
}

pub(crate) fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|why| Failure::corrupt("a value to store", why))
}

/// A standing from its three columns.
pub(crate) fn status(
    place: &'static str,
    status: &str,
    status_reason: Option<String>,
    pause_until: Option<NaiveDateTime>,
) -> Result<Status, Failure> {
    Ok(Status { status: word(place, status)?, status_reason, pause_until: pause_until.map(moment) })
}

pub(crate) fn version(place: &'static str, number: i32) -> Result<u32, Failure> {
    u32::try_from(number).map_err(|why| Failure::corrupt(place, why))
}

/// A count or an amount as the column keeps it; nothing real comes near its end.
pub(crate) fn big(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count from its column.
pub(crate) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The text without NUL characters, of which PostgreSQL keeps and takes none.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The text that `q` is looked for in: what the row shows, in ASCII lower case.
pub(crate) fn searchable(parts: &[&str]) -> String {
    parts.join("\n").to_ascii_lowercase()
}

/// The LIKE pattern (escape character `\`) of texts that contain `q`, ignoring ASCII case.
pub(crate) fn containing(q: &str) -> String {
    let mut pattern = String::with_capacity(q.len() + 2);
    pattern.push('%');
    for c in storable(&q.to_ascii_lowercase()).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
