//! Days, weeks, months and years of a calendar in a time zone, as parts of time that follow one another without a gap.
//!
//! They are pure functions of a moment: who asks twice, or with a clock that was set back, is told the same.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, Datelike as _, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta,
    TimeZone as _, Utc,
};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::Timestamp;

/// A part of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From Monday on (ISO 8601).
    Week,
    /// From the first of the month on.
    Month,
    /// From the first of January on.
    Year,
}

/// A text that is not a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be day, week, month or year")]
pub struct InvalidPeriod;

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        Ok(match text {
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "year" => Self::Year,
            _ => return Err(InvalidPeriod),
        })
    }
}

impl Period {
    /// The first day of the part of the calendar that holds `day`.
    fn first_day(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
            Self::Month => day.with_day(1),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        }
    }

    /// The first day of the next part.
    fn next_first_day(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.checked_add_days(Days::new(1)),
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
            Self::Year => first.checked_add_months(Months::new(12)),
        }
    }
}

/// A time zone of the IANA database, e.g. `Europe/Berlin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeZone(Tz);

impl TimeZone {
    /// Universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The moment when a day begins here: midnight, or the first moment after it where the clocks skip midnight. Of
    /// a midnight that comes twice, the first.
    fn begins(self, day: NaiveDate) -> Option<Timestamp> {
        let midnight = NaiveDateTime::new(day, NaiveTime::MIN);
        match self.0.from_local_datetime(&midnight) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.to_utc().into()),
            LocalResult::None => self.after_gap(midnight),
        }
    }

    /// The first moment after the gap that a local time falls into. Gaps begin and end with whole minutes, and the
    /// longest, a skipped day, has 24 hours.
    fn after_gap(self, local: NaiveDateTime) -> Option<Timestamp> {
        (1..=24 * 60 + 60).find_map(|minutes| {
            let later = local.checked_add_signed(TimeDelta::minutes(minutes))?;
            self.0.from_local_datetime(&later).earliest().map(|at| at.to_utc().into())
        })
    }
}

/// A text that names no time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time zone of the IANA database, for example Europe/Berlin or UTC")]
pub struct InvalidTimeZone;

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
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The part of the calendar that a moment falls into: when it began, and when the next one begins. Beyond the years
/// that calendars count, all of time is one.
pub fn bounds(period: Period, zone: TimeZone, at: Timestamp) -> (Timestamp, Timestamp) {
    let ever = || (DateTime::<Utc>::MIN_UTC.into(), DateTime::<Utc>::MAX_UTC.into());
    around(period, zone, at).unwrap_or_else(ever)
}

fn around(period: Period, zone: TimeZone, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let local = at.utc().with_timezone(&zone.0).date_naive();
    let first = period.first_day(local)?;
    let next = period.next_first_day(first)?;
    let (starts, ends) = (zone.begins(first)?, zone.begins(next)?);
    if at < ends {
        return Some((starts, ends));
    }
    // Where clocks are set back over midnight, the day before comes again after the next part has begun.
    Some((ends, zone.begins(period.next_first_day(next)?)?))
}

#[cfg(test)]
mod tests;
