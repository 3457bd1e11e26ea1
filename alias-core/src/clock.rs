//! Time as a value: the [`Clock`] is handed in, so that tests and replays can set it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

/// A moment in UTC, to the microsecond (PostgreSQL keeps no more). On the wire: RFC 3339 in seconds, `Z`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// A moment from microseconds since 1970; times outside chrono's range become 1970.
    pub fn from_micros(micros: i64) -> Self {
        Self(DateTime::from_timestamp_micros(micros).unwrap_or_default())
    }

    /// Microseconds since 1970.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The beginning of its second, which is what answers show.
    #[must_use]
    pub fn second(self) -> Self {
        Self(self.0.trunc_subsecs(0))
    }

    /// The same moment as a chrono value.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The UTC calendar day, e.g. `2024-10-14`.
    pub fn day(self) -> chrono::NaiveDate {
        self.0.date_naive()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(6))
    }
}

/// Why a text is no [`Timestamp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a moment like 2024-10-14T12:00:00Z, of the years 0001 to 9999")]
pub struct InvalidTimestamp;

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// RFC 3339, with any offset. Its years are those of four digits: databases and clients know no others.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let at = DateTime::parse_from_rfc3339(text).map_err(|_| InvalidTimestamp)?.to_utc();
        if (1..=9999).contains(&at.year()) { Ok(at.into()) } else { Err(InvalidTimestamp) }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples([serde_json::json!("2024-10-14T12:00:00Z")])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Timestamp {}

/// Where the time comes from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Serialises a moment as integer microseconds, for our own records.
pub mod micros {
    use super::Timestamp;
    use serde::Deserialize;

    /// Writes microseconds since 1970.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.micros())
    }

    /// Reads what [`serialize`] wrote.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp::from_micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_shows_seconds_and_the_value_keeps_microseconds() {
        let at = Timestamp::from_micros(1_728_907_200_123_456);
        assert_eq!(serde_json::to_string(&at).unwrap(), "\"2024-10-14T12:00:00Z\"");
        assert_eq!(at.micros(), 1_728_907_200_123_456);
        assert_eq!(at.day().to_string(), "2024-10-14");
    }

    #[test]
    fn moments_are_read_in_any_offset_and_only_of_years_with_four_digits() {
        let read = |text: &str| serde_json::from_value::<Timestamp>(text.into());
        assert_eq!(read("2024-10-14T14:00:00+02:00").unwrap().to_string(), "2024-10-14T12:00:00Z");
        assert_eq!(read("9999-12-31T23:59:59Z").unwrap().to_string(), "9999-12-31T23:59:59Z");
        for bad in ["0000-12-31T00:00:00Z", "9999-12-31T23:59:59-01:00", "+10000-01-01T00:00:00Z", "now", ""]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
        let why = read("0000-12-31T00:00:00Z").unwrap_err().to_string();
        assert!(why.contains("0001 to 9999"), "{why}");
    }
}
