//! What came of computing every number of the books again.

use std::fmt;

use serde::Serialize;

/// The most differences that are told one by one; the others are only counted.
pub const MOST_DIFFERENCES: usize = 100;

/// A number that is not what follows from the calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    /// The row.
    #[cfg_attr(feature = "openapi", schema(example = "account acc_0192f0a1b2c37d4e8f90a1b2c3d4e5f6"))]
    pub place: String,
    /// Which of its numbers.
    #[cfg_attr(feature = "openapi", schema(example = "charged"))]
    pub what: String,
    /// What it should be.
    #[cfg_attr(feature = "openapi", schema(example = "1500000"))]
    pub expected: String,
    /// What it is.
    #[cfg_attr(feature = "openapi", schema(example = "1400000"))]
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, what, expected, found } = self;
        write!(f, "{place}: {what}: expected {expected}, found {found}")
    }
}

/// What was read and what was found. Money is in nano-USD, credits in micro-credits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verification {
    /// Whether all was read, and every number is what it should be.
    pub clean: bool,
    /// Whether all was read; else time ran out.
    pub complete: bool,
    /// Calls that were read.
    pub events: u64,
    /// Those of them whose charge cannot be computed again: their price is not on record here.
    pub unpinned: u64,
    /// Sums of a day, an alias and a team.
    pub rollups: u64,
    /// Lives of servers.
    pub instances: u64,
    /// Accounts of credits.
    pub accounts: u64,
    /// Leases of them.
    pub leases: u64,
    /// Lines of the ledger.
    pub transactions: u64,
    /// How many numbers differ.
    pub found: u64,
    /// The first of these.
    pub differences: Vec<Difference>,
}

impl Verification {
    /// Notes a difference.
    pub fn note(&mut self, difference: Difference) {
        self.found += 1;
        if self.differences.len() < MOST_DIFFERENCES {
            self.differences.push(difference);
        }
    }
}
