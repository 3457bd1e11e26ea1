//! Refills: credits that a team is given by itself, once in every period of its calendar.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Number;
use validator::ValidationErrors;

use crate::calendar::{Period, TimeZone, bounds};
use crate::clock::Timestamp;
use crate::money::MicroCredits;
use crate::validation::{clean, error};

/// How often a team is refilled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefillPeriod {
    /// With every day.
    Daily,
    /// With every Monday.
    Weekly,
    /// With the first of every month.
    Monthly,
}

/// What becomes of credits that are left when a refill comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unused {
    /// They stay, and the refill comes on top.
    #[default]
    Keep,
    /// They are taken away first, but for what servers hold for calls.
    Expire,
}

/// A text that is none of a field's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct NoSuchWord(&'static str);

impl RefillPeriod {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    /// The window of the calendar that one refill is for.
    pub fn period(self) -> Period {
        match self {
            Self::Daily => Period::Day,
            Self::Weekly => Period::Week,
            Self::Monthly => Period::Month,
        }
    }
}

impl FromStr for RefillPeriod {
    type Err = NoSuchWord;

    fn from_str(text: &str) -> Result<Self, NoSuchWord> {
        match text {
            "daily" => Ok(Self::Daily),
            "weekly" => Ok(Self::Weekly),
            "monthly" => Ok(Self::Monthly),
            _ => Err(NoSuchWord("daily, weekly or monthly")),
        }
    }
}

impl Unused {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Expire => "expire",
        }
    }
}

impl FromStr for Unused {
    type Err = NoSuchWord;

    fn from_str(text: &str) -> Result<Self, NoSuchWord> {
        match text {
            "keep" => Ok(Self::Keep),
            "expire" => Ok(Self::Expire),
            _ => Err(NoSuchWord("keep or expire")),
        }
    }
}

/// What a team is given, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RefillPolicy {
    /// How much; more than 0.
    pub refill_amount: MicroCredits,
    /// How often.
    pub refill_period: RefillPeriod,
    /// Whose calendar says when a period begins.
    pub time_zone: TimeZone,
    /// What becomes of what is left.
    pub unused: Unused,
}

impl RefillPolicy {
    /// When the period after that of a moment begins.
    pub fn next_after(&self, at: Timestamp) -> Timestamp {
        bounds(self.refill_period.period(), self.time_zone, at).1
    }
}

/// A team's refill as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refill {
    /// The policy.
    pub policy: RefillPolicy,
    /// When it comes next.
    pub next_at: Timestamp,
    /// When it came last, also by an earlier policy.
    pub last_at: Option<Timestamp>,
}

/// A team's refill, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefillDraft {
    /// Whether the team is refilled; true where absent. With false the other fields are left out.
    pub enabled: Option<bool>,
    /// How many credits each time: more than 0, up to 10¹² with up to 6 decimals. Required.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 1000))]
    pub refill_amount: Option<Number>,
    /// How often: `daily`, `weekly` (with Monday) or `monthly`. Required.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<RefillPeriod>))]
    pub refill_period: Option<String>,
    /// The time zone of the IANA database in which periods begin; UTC where absent.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin"))]
    pub time_zone: Option<String>,
    /// What becomes of credits that are left: they stay (`keep`; where absent), or are taken away before (`expire`).
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Unused>))]
    pub unused: Option<String>,
}

impl RefillDraft {
    /// Checks every field; `None` ends the refill.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<Option<RefillPolicy>, ValidationErrors> {
        if self.enabled == Some(false) {
            return self.nothing_else().map(|()| None);
        }
        let mut report = ValidationErrors::new();
        let amount = self.refill_amount.as_ref().map(ToString::to_string);
        let amount = required(&mut report, "refill_amount", "a number of credits, for example 1000", amount);
        if amount == Some(MicroCredits::ZERO) {
            report.add("refill_amount", error("invalid_value", "must be more than 0"));
        }
        let period = required(&mut report, "refill_period", "daily, weekly or monthly", self.refill_period);
        let zone = parsed(&mut report, "time_zone", self.time_zone).unwrap_or_default();
        let unused = parsed(&mut report, "unused", self.unused).unwrap_or_default();
        clean(report)?;
        let policy = |(refill_amount, refill_period)| RefillPolicy {
            refill_amount,
            refill_period,
            time_zone: zone,
            unused,
        };
        Ok(amount.zip(period).map(policy))
    }

    fn nothing_else(&self) -> Result<(), ValidationErrors> {
        let mut report = ValidationErrors::new();
        for (field, given) in [
            ("refill_amount", self.refill_amount.is_some()),
            ("refill_period", self.refill_period.is_some()),
            ("time_zone", self.time_zone.is_some()),
            ("unused", self.unused.is_some()),
        ] {
            if given {
                let why = "says nothing where enabled is false: leave it out, or leave enabled out";
                report.add(field, error("invalid_value", why));
            }
        }
        clean(report)
    }
}

fn required<T: FromStr<Err: Display>>(
    report: &mut ValidationErrors,
    field: &'static str,
    what: &str,
    text: Option<String>,
) -> Option<T> {
    if text.is_none() {
        report.add(field, error("missing_field", format!("{field} is required: {what}")));
    }
    parsed(report, field, text)
}

fn parsed<T: FromStr<Err: Display>>(
    report: &mut ValidationErrors,
    field: &'static str,
    text: Option<String>,
) -> Option<T> {
    text?.parse().map_err(|why: T::Err| report.add(field, error("invalid_value", why.to_string()))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(draft: serde_json::Value) -> Result<Option<RefillPolicy>, ValidationErrors> {
        serde_json::from_value::<RefillDraft>(draft).unwrap().parse()
    }

    #[test]
    fn amount_and_period_say_all_and_the_rest_has_defaults() {
        let policy = read(json!({"refill_amount": 1000.5, "refill_period": "weekly"})).unwrap().unwrap();
        assert_eq!(policy.refill_amount.micros(), 1_000_500_000);
        assert_eq!((policy.time_zone, policy.unused), (TimeZone::default(), Unused::Keep));
        assert_eq!(
            policy.next_after("2024-10-14T00:00:00Z".parse().unwrap()).to_string(),
            "2024-10-21T00:00:00Z"
        );
        assert_eq!(read(json!({"enabled": false})).unwrap(), None);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let names = |draft| {
            let mut names: Vec<_> = read(draft).unwrap_err().into_errors().into_keys().collect();
            names.sort();
            names
        };
        assert_eq!(names(json!({})), ["refill_amount", "refill_period"]);
        let wrong =
            json!({"refill_amount": 0, "refill_period": "yearly", "time_zone": "Berlin", "unused": "burn"});
        assert_eq!(names(wrong), ["refill_amount", "refill_period", "time_zone", "unused"]);
        assert_eq!(names(json!({"refill_amount": -1, "refill_period": "daily"})), ["refill_amount"]);
        assert_eq!(names(json!({"enabled": false, "unused": "keep"})), ["unused"]);
    }
}
