//! Calendar periods: days, weeks, months and years as the clocks of a time zone show them.
//!
//! Nothing here counts hours. A day is what lies between two midnights, be it 23, 24 or 25 hours long.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// How long a window of the calendar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday, as ISO 8601 has it.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// A text that names no [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be day, week, month or year")]
pub struct InvalidPeriod;

impl Period {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The first day of the period that a day is part of.
    fn first_day(self, day: NaiveDate) -> NaiveDate {
        let first = match self {
            Self::Day => Some(day),
            Self::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
            Self::Month => day.with_day(1),
            Self::Year => day.with_ordinal(1),
        };
        first.unwrap_or(day)
    }

    /// The first day of the next period, from the first of this one.
    fn next(self, first: NaiveDate) -> NaiveDate {
        let next = match self {
            Self::Day => first.succ_opt(),
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
            Self::Year => first.checked_add_months(Months::new(12)),
        };
        next.unwrap_or(NaiveDate::MAX)
    }

    /// The first day of the period before, from the first of this one.
    fn previous(self, first: NaiveDate) -> NaiveDate {
        first.pred_opt().map_or(NaiveDate::MIN, |day| self.first_day(day))
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        match text {
            "day" => Ok(Self::Day),
            "week" => Ok(Self::Week),
            "month" => Ok(Self::Month),
            "year" => Ok(Self::Year),
            _ => Err(InvalidPeriod),
        }
    }
}

/// A time zone of the IANA database, such as `Europe/Berlin`. The default is UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeZone(Tz);

/// A text that names no [`TimeZone`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of a time zone in the IANA database, for example UTC or Europe/Berlin")]
pub struct InvalidTimeZone;

impl TimeZone {
    /// Universal time.
    pub const UTC: Self = Self(Tz::UTC);
}

impl Default for TimeZone {
    fn default() -> Self {
        Self::UTC
    }
}

impl FromStr for TimeZone {
    type Err = InvalidTimeZone;

    fn from_str(text: &str) -> Result<Self, InvalidTimeZone> {
        text.parse().map(Self).map_err(|_| InvalidTimeZone)
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Serialize for TimeZone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl TimeZone {
    /// When a day begins: at midnight; the first of two midnights where the clocks are set back over it, and the
    /// first moment after the gap where they are set forward over it.
    fn midnight(self, day: NaiveDate) -> DateTime<Utc> {
        let local = day.and_time(NaiveTime::MIN);
        let after_gap = || GapInfo::new(&local, &self.0)?.end;
        let at = self.0.from_local_datetime(&local).earliest().or_else(after_gap);
        at.map_or_else(|| local.and_utc(), |at| at.to_utc())
    }
}

/// The first moment of the supported years, and the last.
const YEARS: (i64, i64) = (-62_135_596_800_000_000, 253_402_300_799_999_999);

/// The window of the calendar that a moment is in: `start <= at < end`.
///
/// The windows of a period tile time: each begins where the one before ends. They are clamped to the years 0001 to
/// 9999, and so is the moment, of which the last microsecond is none.
pub fn bounds(period: Period, zone: TimeZone, at: Timestamp) -> (Timestamp, Timestamp) {
    let (first_moment, last_moment) = YEARS;
    let at = Timestamp::from_micros(at.micros().clamp(first_moment, last_moment - 1)).utc();
    let mut first = period.first_day(at.with_timezone(&zone.0).date_naive());
    // Where the clocks are set back over midnight, they show the day before although the new one has begun.
    let mut start = zone.midnight(first);
    while start > at {
        first = period.previous(first);
        start = zone.midnight(first);
    }
    let mut next = period.next(first);
    let mut end = zone.midnight(next);
    while end <= at {
        start = end;
        next = period.next(next);
        end = zone.midnight(next);
    }
    let within = |at: DateTime<Utc>| {
        let micros = at.timestamp_micros().clamp(first_moment, last_moment);
        Timestamp::from_micros(micros)
    };
    (within(start), within(end))
}

#[cfg(test)]
mod tests;
