//! Months and days, as people write them.

use super::Scope;
use crate::clock::Timestamp;

/// A month or a day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: chrono::NaiveDate,
    end: chrono::NaiveDate,
    month: bool,
}

/// A text that is no [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a month like 2024-10, or a day like 2024-10-14")]
pub struct InvalidPeriod;

impl Period {
    /// The month of a day.
    pub fn month_of(day: chrono::NaiveDate) -> Self {
        use chrono::Datelike;
        let first = day.with_day(1).unwrap_or(day);
        let end = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
        Self { first, end, month: true }
    }

    /// All calls of it.
    pub fn scope(self) -> Scope {
        Scope::between(midnight(self.first), midnight(self.end))
    }
}

/// The beginning of a day.
pub fn midnight(day: chrono::NaiveDate) -> Timestamp {
    Timestamp::from(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

impl std::str::FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        // Years of four digits: neither databases nor clients know others.
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let read = |text: &str| text.parse::<chrono::NaiveDate>().map_err(|_| InvalidPeriod);
        match text.len() {
            7 if digits(text) => read(&format!("{text}-01")).map(Self::month_of),
            10 if digits(text) => {
                let first = read(text)?;
                Ok(Self { first, end: first.succ_opt().ok_or(InvalidPeriod)?, month: false })
            }
            _ => Err(InvalidPeriod),
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.first.format(if self.month { "%Y-%m" } else { "%Y-%m-%d" }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_month_or_a_day_and_nothing_else() {
        let read = |text: &str| text.parse::<Period>();
        for (text, from, to) in [
            ("2024-10", "2024-10-01T00:00:00Z", "2024-11-01T00:00:00Z"),
            ("2024-12", "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
        ] {
            let period = read(text).unwrap();
            let scope = period.scope();
            assert_eq!(
                (period.to_string(), scope.from.to_string(), scope.to.to_string()),
                (text.into(), from.into(), to.into())
            );
        }
        for bad in ["2024", "2024-13", "2023-02-29", "all", "+024-10", "-024-10-1", "2024-1-01", ""] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
