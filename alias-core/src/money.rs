//! Money in integers: prices in pico-USD per token, amounts in nano-USD, credits in micro-credits.
//!
//! JSON numbers are only a rendering of these, to at most six decimals; nothing is ever computed from a
//! float. Arithmetic saturates at the ends of `i64`, which no sum of real calls reaches
//! (9.2 × 10⁹ USD, 9.2 × 10¹² credits).

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize, Serializer};

/// An amount of money in nano-USD (10⁻⁹ USD). Serialises as USD, rounded half up to six decimals.
///
/// ```
/// use alias_core::money::NanoUsd;
///
/// let calls = ["0.1", "0.2"].map(|usd| NanoUsd::from_usd(usd).unwrap_or_default());
/// let total: NanoUsd = calls.into_iter().sum();
/// assert_eq!(total.nanos(), 300_000_000);
/// assert_eq!(NanoUsd::from_usd("-1"), None);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NanoUsd(i64);

/// The most that one call is believed to cost, in USD.
const MOST_USD: u32 = 10_000;

impl NanoUsd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount from nano-USD.
    pub const fn new(nanos: i64) -> Self {
        Self(nanos)
    }

    /// The amount in nano-USD.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// An amount from pico-USD, rounded half up; saturates.
    pub fn from_picos(picos: i128) -> Self {
        Self(i64::try_from((picos + 500).div_euclid(1_000)).unwrap_or(i64::MAX))
    }

    /// An amount from pico-USD, rounded up; saturates.
    pub fn from_picos_up(picos: i128) -> Self {
        Self(i64::try_from((picos + 999).div_euclid(1_000)).unwrap_or(i64::MAX))
    }

    /// An amount that a provider states in USD as a decimal, e.g. `0.00012` or `1.2e-4`, rounded half up.
    /// Negative, absurd (over ten thousand USD for one call) and unreadable amounts are `None`.
    pub fn from_usd(text: &str) -> Option<Self> {
        let usd = decimal(text)?;
        if usd.is_sign_negative() || usd > Decimal::from(MOST_USD) {
            return None;
        }
        let nanos = (usd * Decimal::from(1_000_000_000)).round_dp_with_strategy(0, HALF_UP).to_i64()?;
        Some(Self(nanos))
    }
}

impl std::ops::Add for NanoUsd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for NanoUsd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |a, b| a + b)
    }
}

impl Serialize for NanoUsd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let usd = Decimal::from_i128_with_scale(i128::from(self.0), 9).round_dp_with_strategy(6, HALF_UP);
        render(usd, serializer)
    }
}

/// A number of credits in micro-credits (10⁻⁶). Serialises as credits; whole ones as integers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MicroCredits(i64);

impl MicroCredits {
    /// None.
    pub const ZERO: Self = Self(0);
    /// The most that can be given at once: 10¹² credits.
    pub const MAX: Self = Self(1_000_000_000_000_000_000);

    /// One.
    pub const ONE: Self = Self(1_000_000);

    /// A number of credits from a wide number of micro-credits; saturates at [`MicroCredits::MAX`], either way.
    pub fn from_wide(micros: i128) -> Self {
        let most = i128::from(Self::MAX.0);
        Self(i64::try_from(micros.clamp(-most, most)).unwrap_or(Self::MAX.0))
    }

    /// A number of credits from micro-credits.
    pub const fn new(micros: i64) -> Self {
        Self(micros)
    }

    /// The number in micro-credits.
    pub const fn micros(self) -> i64 {
        self.0
    }
}

impl fmt::Display for MicroCredits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Decimal::from_i128_with_scale(i128::from(self.0), 6).normalize())
    }
}

impl std::ops::Neg for MicroCredits {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

/// A text that is not an amount of credits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a number of credits from 0 to 1000000000000 with at most 6 decimals, for example 1000")]
pub struct InvalidCredits;

impl FromStr for MicroCredits {
    type Err = InvalidCredits;

    fn from_str(text: &str) -> Result<Self, InvalidCredits> {
        scaled(text, 6).map(Self).filter(|c| (Self::ZERO..=Self::MAX).contains(c)).ok_or(InvalidCredits)
    }
}

impl Serialize for MicroCredits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        render(Decimal::from_i128_with_scale(i128::from(self.0), 6), serializer)
    }
}

/// A price in pico-USD (10⁻¹²) per token, which is micro-USD per million tokens.
/// Serialises as USD per million tokens, as price lists print it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenPrice(i64);

impl TokenPrice {
    /// The highest price: 10⁶ USD per million tokens.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// A price from pico-USD per token.
    pub const fn new(picos: i64) -> Self {
        Self(picos)
    }

    /// The price in pico-USD per token.
    pub const fn picos(self) -> i64 {
        self.0
    }
}

impl TokenPrice {
    /// What so many tokens cost, in pico-USD.
    pub fn of(self, tokens: u64) -> i128 {
        i128::from(self.0) * i128::from(tokens)
    }
}

/// A text that is not a price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be USD per million tokens from 0 to 1000000 with at most 6 decimals, for example 2.5")]
pub struct InvalidPrice;

impl FromStr for TokenPrice {
    type Err = InvalidPrice;

    fn from_str(text: &str) -> Result<Self, InvalidPrice> {
        scaled(text, 6).map(Self).filter(|p| (Self(0)..=Self::MAX).contains(p)).ok_or(InvalidPrice)
    }
}

impl Serialize for TokenPrice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        render(Decimal::from_i128_with_scale(i128::from(self.0), 6), serializer)
    }
}

/// A price for one thing, an image or a request, in nano-USD. Serialises as USD, with up to nine decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemPrice(i64);

impl ItemPrice {
    /// The highest price: 10⁴ USD.
    pub const MAX: Self = Self(10_000_000_000_000);

    /// A price from nano-USD.
    pub const fn new(nanos: i64) -> Self {
        Self(nanos)
    }

    /// The price in nano-USD.
    pub const fn nanos(self) -> i64 {
        self.0
    }
}

/// A text that is not a price for one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be USD from 0 to 10000 with at most 9 decimals, for example 0.04")]
pub struct InvalidItemPrice;

impl FromStr for ItemPrice {
    type Err = InvalidItemPrice;

    fn from_str(text: &str) -> Result<Self, InvalidItemPrice> {
        scaled(text, 9).map(Self).filter(|p| (Self(0)..=Self::MAX).contains(p)).ok_or(InvalidItemPrice)
    }
}

impl Serialize for ItemPrice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        render(Decimal::from_i128_with_scale(i128::from(self.0), 9), serializer)
    }
}

const HALF_UP: rust_decimal::RoundingStrategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;

fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// `text × 10^digits` as an integer; `None` where that loses something.
pub(crate) fn scaled(text: &str, digits: u32) -> Option<i64> {
    let value = decimal(text)?.checked_mul(Decimal::from(10_i64.pow(digits)))?;
    value.is_integer().then(|| value.to_i64()).flatten()
}

/// A JSON number: an integer where the value is whole. The float exists only as its printed digits.
pub(crate) fn render<S: Serializer>(value: Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    match value.is_integer().then(|| value.to_i64()).flatten() {
        Some(whole) => serializer.serialize_i64(whole),
        None => serializer.serialize_f64(value.to_f64().unwrap_or_default()),
    }
}

impl fmt::Display for NanoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", Decimal::from_i128_with_scale(i128::from(self.0), 9).normalize())
    }
}

impl<'de> Deserialize<'de> for NanoUsd {
    /// From nano-USD: only our own records (the usage spool) are read back.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self)
    }
}

/// Serialises an optional amount as integer nano-USD, for our own records.
pub mod nanos {
    use super::NanoUsd;
    use serde::Serialize;

    /// Writes nano-USD, or null.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: serde::Serializer>(
        amount: &Option<NanoUsd>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        amount.map(NanoUsd::nanos).serialize(serializer)
    }

    /// Reads what [`serialize`] wrote.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<NanoUsd>, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn amounts_are_exact_and_render_as_json_numbers() {
        assert_eq!(NanoUsd::from_usd("234.56").unwrap().nanos(), 234_560_000_000);
        assert_eq!(json(NanoUsd::new(234_560_000_000)), "234.56");
        assert_eq!(json(NanoUsd::new(0)), "0");
        assert_eq!(json(NanoUsd::new(1_500)), "2e-6");
        assert_eq!(NanoUsd::from_usd("1.5e-07").unwrap().nanos(), 150);
        for bad in ["-1", "NaN", "1e400", "", "1e9", "x"] {
            assert_eq!(NanoUsd::from_usd(bad), None, "{bad}");
        }
    }

    #[test]
    fn credits_are_kept_exactly_or_refused() {
        for (text, shown) in
            [("1000", "1000"), ("1.5", "1.5"), ("1e3", "1000"), ("2147483648", "2147483648"), ("0", "0")]
        {
            assert_eq!(json(text.parse::<MicroCredits>().unwrap()), shown);
        }
        for bad in ["-1", "9223372036854775807", "1e400", "0.0000001", "many", ""] {
            assert_eq!(bad.parse::<MicroCredits>(), Err(InvalidCredits), "{bad}");
        }
    }
}
