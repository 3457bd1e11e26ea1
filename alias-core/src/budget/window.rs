//! Windows of time: for ever, the last so many days, or the days, weeks, months and years of a calendar.
//!
//! A window is a pure function of its rule and a moment. Nothing is set back at its end: the next window is another
//! account, or what has left it is not counted any more.

use std::fmt;
use std::str::FromStr;

use chrono::Duration;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use uuid::Builder;

use super::BudgetId;
use crate::calendar::{Period, TimeZone, bounds};
use crate::clock::Timestamp;
use crate::credits::AccountId;

/// Over what time spending is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BudgetWindow {
    /// From the budget's creation on, for ever.
    Lifetime,
    /// The last so many hours or days, at any moment.
    Rolling {
        /// How long, e.g. `24h` or `30d`.
        #[cfg_attr(feature = "openapi", schema(value_type = String, example = "30d"))]
        duration: Span,
    },
    /// A day, ISO week, month or year of the calendar.
    Calendar {
        /// Which.
        period: Period,
        /// In which time zone it begins.
        #[cfg_attr(feature = "openapi", schema(value_type = String, example = "Europe/Berlin"))]
        time_zone: TimeZone,
    },
}

impl BudgetWindow {
    /// The window that `at` falls into: when it began, and when it ends. A rolling window ends with each moment.
    pub fn around(&self, at: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Self::Lifetime => (None, None),
            Self::Rolling { duration } => (Some(duration.before(at)), None),
            Self::Calendar { period, time_zone } => {
                let (start, end) = bounds(*period, *time_zone, at);
                (Some(start), Some(end))
            }
        }
    }

    /// The account that a call is charged to which was admitted at `at`: each window of a calendar has its own.
    pub fn account(&self, budget: BudgetId, at: Timestamp) -> AccountId {
        match self {
            Self::Lifetime | Self::Rolling { .. } => AccountId::new(budget.uuid()),
            Self::Calendar { period, time_zone } => account_from(budget, bounds(*period, *time_zone, at).0),
        }
    }
}

/// The account of the window that begins then. Everybody computes the same.
fn account_from(budget: BudgetId, start: Timestamp) -> AccountId {
    let digest =
        Sha256::new().chain_update(budget.uuid().as_bytes()).chain_update(start.micros().to_be_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    AccountId::new(Builder::from_custom_bytes(bytes).into_uuid())
}

/// How long a rolling window is: whole hours, up to 366 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    hours: u16,
}

/// The longest rolling window.
const MOST_HOURS: u16 = 366 * 24;

impl Span {
    /// The moment that lies so far before another.
    pub fn before(self, at: Timestamp) -> Timestamp {
        let earlier = at.utc().checked_sub_signed(Duration::hours(self.hours.into()));
        earlier.map_or(Timestamp::from_micros(0), Timestamp::from)
    }
}

/// A text that is not a span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be hours or days from 1h to 366d, for example 24h or 30d")]
pub struct InvalidSpan;

impl FromStr for Span {
    type Err = InvalidSpan;

    fn from_str(text: &str) -> Result<Self, InvalidSpan> {
        let (number, factor) = match (text.strip_suffix('h'), text.strip_suffix('d')) {
            (Some(hours), _) => (hours, 1),
            (_, Some(days)) => (days, 24),
            _ => return Err(InvalidSpan),
        };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidSpan);
        }
        let hours = number.parse::<u16>().ok().and_then(|number| number.checked_mul(factor));
        hours.filter(|hours| (1..=MOST_HOURS).contains(hours)).map(|hours| Self { hours }).ok_or(InvalidSpan)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.hours / 24, self.hours % 24) {
            (days, 0) => write!(f, "{days}d"),
            _ => write!(f, "{}h", self.hours),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
