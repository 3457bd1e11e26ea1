//! Markups: what is charged on top of a provider's cost.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::PriceList;
use crate::money::{NanoUsd, TokenPrice, render, scaled};

/// A part of the cost that is charged on top of it, in millionths. Serialises as per cent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Markup(i64);

impl Markup {
    /// Nothing on top.
    pub const NONE: Self = Self(0);
    /// A hundredfold.
    pub const MAX: Self = Self(100_000_000);

    /// A markup from millionths of the cost.
    pub const fn new(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The markup in millionths of the cost.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// `cost × (1 + markup)`, rounded half up to nano-USD.
    pub fn on(self, cost: NanoUsd) -> NanoUsd {
        let millionths = i128::from(cost.nanos()) * (1_000_000 + i128::from(self.0));
        NanoUsd::new(i64::try_from((millionths + 500_000).div_euclid(1_000_000)).unwrap_or(i64::MAX))
    }

    /// The prices with the markup on them, each rounded half up: for showing. Charges are computed from costs.
    #[must_use]
    pub fn on_list(self, list: &PriceList) -> PriceList {
        let on = |price: TokenPrice| {
            let millionths = i128::from(price.picos()) * (1_000_000 + i128::from(self.0));
            TokenPrice::new(i64::try_from((millionths + 500_000).div_euclid(1_000_000)).unwrap_or(i64::MAX))
        };
        PriceList { input: on(list.input), output: on(list.output), ..list.clone() }
    }

    /// The same rounded up: for what must not be exceeded.
    pub fn most_on(self, cost: NanoUsd) -> NanoUsd {
        let millionths = i128::from(cost.nanos()) * (1_000_000 + i128::from(self.0));
        NanoUsd::new(i64::try_from((millionths + 999_999).div_euclid(1_000_000)).unwrap_or(i64::MAX))
    }
}

/// A text that is no markup.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a percentage from 0 to 10000 with at most 4 decimals, for example 20")]
pub struct InvalidMarkup;

impl FromStr for Markup {
    type Err = InvalidMarkup;

    fn from_str(text: &str) -> Result<Self, InvalidMarkup> {
        scaled(text, 4).map(Self).filter(|m| (Self::NONE..=Self::MAX).contains(m)).ok_or(InvalidMarkup)
    }
}

impl Serialize for Markup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        render(Decimal::from_i128_with_scale(i128::from(self.0), 4), serializer)
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", Decimal::from_i128_with_scale(i128::from(self.0), 4).normalize())
    }
}
