//! Guardrails of a canary: how much worse than the other targets of its alias it may be before its callers go back.

use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Over how many seconds calls are compared where nothing is said.
pub const USUAL_WINDOW: u32 = 300;
/// How many calls a target needs before it is judged, where nothing is said.
pub const USUAL_MIN_CALLS: u32 = 50;

/// The shortest and the longest window, in seconds.
const WINDOWS: std::ops::RangeInclusive<u32> = 10..=86_400;
/// The fewest and the most calls that a target can need before it is judged.
const MIN_CALLS: std::ops::RangeInclusive<u32> = 1..=1_000_000;

/// What targets of a split are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// How many of the calls the provider failed, or refused.
    ErrorRate,
    /// The time from the admission of a call to its end that 95 of 100 calls keep to.
    P95Duration,
    /// The time to the first byte of the answer that 95 of 100 calls keep to.
    P95FirstByte,
    /// Tokens of the answer, of a call on average.
    OutputTokens,
    /// What the provider takes, of a call on average.
    Cost,
}

impl Measure {
    /// Every one, in the order in which they are judged.
    pub const ALL: [Self; 5] =
        [Self::ErrorRate, Self::P95Duration, Self::P95FirstByte, Self::OutputTokens, Self::Cost];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ErrorRate => "error_rate",
            Self::P95Duration => "p95_duration",
            Self::P95FirstByte => "p95_first_byte",
            Self::OutputTokens => "output_tokens",
            Self::Cost => "cost",
        }
    }
}

/// How much worse a target may be: 0 to 10,000 per cent, in hundredths of a per cent. Serialises as per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tolerance(u32);

impl Tolerance {
    /// The most.
    pub const MAX: u32 = 1_000_000;

    /// So many hundredths of a per cent; `None` beyond [`Tolerance::MAX`].
    pub const fn new(hundredths: u32) -> Option<Self> {
        if hundredths <= Self::MAX { Some(Self(hundredths)) } else { None }
    }

    /// In hundredths of a per cent.
    pub const fn hundredths(self) -> u32 {
        self.0
    }
}

/// A text that is no tolerance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be per cent: 0 to 10000, with at most two decimals")]
pub struct InvalidTolerance;

impl FromStr for Tolerance {
    type Err = InvalidTolerance;

    fn from_str(text: &str) -> Result<Self, InvalidTolerance> {
        let number: Decimal = text.parse().map_err(|_| InvalidTolerance)?;
        let hundredths = number.checked_mul(100.into()).ok_or(InvalidTolerance)?;
        if !hundredths.fract().is_zero() {
            return Err(InvalidTolerance);
        }
        hundredths.to_u32().and_then(Self::new).ok_or(InvalidTolerance)
    }
}

impl Serialize for Tolerance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::money::render(Decimal::new(i64::from(self.0), 2), serializer)
    }
}

impl<'de> Deserialize<'de> for Tolerance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        number.to_string().parse().map_err(serde::de::Error::custom)
    }
}

/// How much worse than the other targets a canary may be. What is not named is not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Guardrails {
    /// How many more of its calls may fail, in percentage points: with 5, it may fail 6 of 100 where the others fail 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 5))]
    pub error_rate: Option<Tolerance>,
    /// How much longer its calls may take, in per cent, by the time that 95 of 100 calls keep to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 50))]
    pub p95_duration: Option<Tolerance>,
    /// How much later the first byte of its answers may come, in per cent, by the time that 95 of 100 calls keep to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub p95_first_byte: Option<Tolerance>,
    /// How many more tokens its answers may have on average, in per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub output_tokens: Option<Tolerance>,
    /// How much more the provider may take for a call on average, in per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cost: Option<Tolerance>,
    /// How many calls a target needs within the window before it is judged: 1 to 1,000,000; 50 where absent.
    #[serde(default = "usual_min_calls")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000, default = 50, example = 50))]
    pub min_calls: u32,
    /// Over how many seconds calls are compared: 10 to 86,400; 300 where absent.
    #[serde(default = "usual_window")]
    #[cfg_attr(feature = "openapi", schema(minimum = 10, maximum = 86_400, default = 300, example = 300))]
    pub window_seconds: u32,
}

fn usual_min_calls() -> u32 {
    USUAL_MIN_CALLS
}

fn usual_window() -> u32 {
    USUAL_WINDOW
}

impl Guardrails {
    /// How much worse a canary may be in this; `None` where it is not compared.
    pub fn tolerance(&self, measure: Measure) -> Option<Tolerance> {
        match measure {
            Measure::ErrorRate => self.error_rate,
            Measure::P95Duration => self.p95_duration,
            Measure::P95FirstByte => self.p95_first_byte,
            Measure::OutputTokens => self.output_tokens,
            Measure::Cost => self.cost,
        }
    }

    /// What is wrong with them, if something is.
    pub(super) fn fault(&self) -> Option<String> {
        let compared = |measure: &Measure| self.tolerance(*measure).is_some();
        if !Measure::ALL.iter().any(compared) {
            let words = Measure::ALL.map(Measure::as_str).join(", ");
            return Some(format!("guardrails must name at least one of {words}"));
        }
        // Nothing can fail more often than always.
        if self.error_rate.is_some_and(|points| points.hundredths() >= 10_000) {
            return Some("error_rate must be less than 100: it is in percentage points".into());
        }
        if !WINDOWS.contains(&self.window_seconds) {
            return Some("window_seconds must be 10 to 86400".into());
        }
        (!MIN_CALLS.contains(&self.min_calls)).then(|| "min_calls must be 1 to 1000000".into())
    }
}
