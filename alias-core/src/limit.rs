//! Rate limits: how many calls and tokens a minute, and how many calls at once, a team or a key may have.

mod ledger;

use std::fmt;

use serde::{Deserialize, Serialize};
use validator::{ValidationError, ValidationErrors};

pub use ledger::{
    Account, Ask, Grant, Leased, MINUTE, Seen, SlotsAsk, SlotsLeased, Subject, WindowAsk, share,
};

use crate::validation::{clean, error};

/// The largest limit.
pub const MAX_LIMIT: u32 = 1_000_000_000;

/// A limit: 1 to [`MAX_LIMIT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64")]
pub struct Limit(u32);

/// A number that is no [`Limit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to {MAX_LIMIT}, or null for no limit")]
pub struct InvalidLimit;

impl TryFrom<i64> for Limit {
    type Error = InvalidLimit;

    fn try_from(number: i64) -> Result<Self, InvalidLimit> {
        u32::try_from(number).ok().filter(|n| (1..=MAX_LIMIT).contains(n)).map(Self).ok_or(InvalidLimit)
    }
}

impl Limit {
    /// The number.
    pub fn get(self) -> u64 {
        u64::from(self.0)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The limits of a team or a key; what is null does not limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// Calls a minute.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, example = 60))]
    pub rpm_limit: Option<Limit>,
    /// Tokens a minute, of input and output together.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, example = 100_000))]
    pub tpm_limit: Option<Limit>,
    /// Calls at once.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, example = 10))]
    pub max_parallel_requests: Option<Limit>,
}

impl Limits {
    /// Whether nothing is limited.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Limits as they are sent: numbers of any size.
#[derive(Debug, Clone, Copy, Default)]
pub struct LimitsDraft {
    /// Calls a minute.
    pub rpm_limit: Option<i64>,
    /// Tokens a minute.
    pub tpm_limit: Option<i64>,
    /// Calls at once.
    pub max_parallel_requests: Option<i64>,
}

impl LimitsDraft {
    /// Reads what was checked field by field.
    ///
    /// # Errors
    /// One entry for each number that is no limit.
    pub fn parse(self) -> Result<Limits, ValidationErrors> {
        let mut report = ValidationErrors::new();
        let limits = Limits {
            rpm_limit: read(&mut report, "rpm_limit", self.rpm_limit),
            tpm_limit: read(&mut report, "tpm_limit", self.tpm_limit),
            max_parallel_requests: read(&mut report, "max_parallel_requests", self.max_parallel_requests),
        };
        clean(report).map(|()| limits)
    }
}

fn read(report: &mut ValidationErrors, field: &'static str, sent: Option<i64>) -> Option<Limit> {
    let read = sent?.try_into();
    read.map_err(|why| report.add(field, wrong(why))).ok()
}

fn wrong(why: InvalidLimit) -> ValidationError {
    error("invalid_value", why.to_string())
}

/// A change of limits: `None` keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LimitsChange {
    /// New limit on calls a minute, or none.
    pub rpm_limit: Option<Option<Limit>>,
    /// New limit on tokens a minute, or none.
    pub tpm_limit: Option<Option<Limit>>,
    /// New limit on calls at once, or none.
    pub max_parallel_requests: Option<Option<Limit>>,
}

impl LimitsChange {
    /// Reads a change as it was sent.
    ///
    /// # Errors
    /// One entry for each number that is no limit.
    pub fn parse(
        rpm_limit: Option<Option<i64>>,
        tpm_limit: Option<Option<i64>>,
        max_parallel_requests: Option<Option<i64>>,
    ) -> Result<Self, ValidationErrors> {
        let sent = LimitsDraft {
            rpm_limit: rpm_limit.flatten(),
            tpm_limit: tpm_limit.flatten(),
            max_parallel_requests: max_parallel_requests.flatten(),
        };
        let read = sent.parse()?;
        Ok(Self {
            rpm_limit: rpm_limit.map(|_| read.rpm_limit),
            tpm_limit: tpm_limit.map(|_| read.tpm_limit),
            max_parallel_requests: max_parallel_requests.map(|_| read.max_parallel_requests),
        })
    }

    /// What these limits become.
    #[must_use]
    pub fn of(self, before: Limits) -> Limits {
        Limits {
            rpm_limit: self.rpm_limit.unwrap_or(before.rpm_limit),
            tpm_limit: self.tpm_limit.unwrap_or(before.tpm_limit),
            max_parallel_requests: self.max_parallel_requests.unwrap_or(before.max_parallel_requests),
        }
    }
}

/// Whether a number that was sent is a limit, for a report.
pub(crate) fn check(sent: i64) -> Result<(), ValidationError> {
    Limit::try_from(sent).map(drop).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_whole_number_from_one_to_a_thousand_millions() {
        for good in [1, 60, 1_000_000_000] {
            assert_eq!(Limit::try_from(good).unwrap().to_string(), good.to_string());
        }
        for bad in [0, -1, 1_000_000_001, i64::MAX, i64::MIN] {
            assert!(Limit::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_wrong_limit_is_named_and_a_change_keeps_what_it_does_not_name() {
        let sent = LimitsDraft { rpm_limit: Some(0), tpm_limit: Some(5), max_parallel_requests: Some(-1) };
        let report = sent.parse().unwrap_err();
        let fields = report.field_errors();
        assert!(fields.contains_key("rpm_limit") && fields.contains_key("max_parallel_requests"));
        assert!(!fields.contains_key("tpm_limit"));
        let before = LimitsDraft { rpm_limit: Some(1), tpm_limit: Some(2), max_parallel_requests: None };
        let change = LimitsChange::parse(None, Some(None), Some(Some(3))).unwrap();
        let after = change.of(before.parse().unwrap());
        assert_eq!((after.rpm_limit.map(Limit::get), after.tpm_limit), (Some(1), None));
        assert_eq!(after.max_parallel_requests.map(Limit::get), Some(3));
    }
}
