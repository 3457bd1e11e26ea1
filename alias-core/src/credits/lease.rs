//! Leases: slices of an account that one instance may spend without asking.

use crate::id::Id;
use crate::team::TeamUid;

/// Marks ids of accounts (`acc_…`).
#[derive(Debug)]
pub struct AccountKind;

impl crate::id::IdKind for AccountKind {
    const PREFIX: &'static str = "acc_";
}

/// Identifies an account of credits.
pub type AccountId = Id<AccountKind>;

impl AccountId {
    /// The account of a team.
    pub fn of_team(team: TeamUid) -> Self {
        Self::new(team.uuid())
    }
}

/// What one instance holds of an account, in micro-credits. Every number only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The account.
    pub account: AccountId,
    /// What the instance was ever given.
    pub granted: i64,
    /// What it gave back of that.
    pub returned: i64,
    /// What was charged of that, as far as the database knows.
    pub charged: i64,
}

impl Lease {
    /// A lease of nothing.
    pub const fn none(account: AccountId) -> Self {
        Self { account, granted: 0, returned: 0, charged: 0 }
    }
}
