//! How much a budget allows.

use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::money::{NanoUsd, scaled};

/// The most that may be spent in one window, in whole micro-USD up to 10⁹ USD. Zero allows nothing that costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpendLimit(i64);

impl SpendLimit {
    /// The highest limit: 10⁹ USD.
    pub const MAX: Self = Self(1_000_000_000_000_000_000);

    /// A limit from nano-USD.
    pub const fn new(nanos: i64) -> Self {
        Self(nanos)
    }

    /// The limit in nano-USD.
    pub const fn nanos(self) -> i64 {
        self.0
    }
}

/// A text that is no limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be USD from 0 to 1000000000 with at most 6 decimals, for example 100")]
pub struct InvalidLimit;

impl FromStr for SpendLimit {
    type Err = InvalidLimit;

    fn from_str(text: &str) -> Result<Self, InvalidLimit> {
        let nanos = scaled(text, 6).and_then(|micros| micros.checked_mul(1_000));
        nanos.map(Self).filter(|limit| (Self(0)..=Self::MAX).contains(limit)).ok_or(InvalidLimit)
    }
}

impl Serialize for SpendLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        NanoUsd::new(self.0).serialize(serializer)
    }
}
