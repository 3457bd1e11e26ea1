//! Keeping credits: accounts, the leases that instances hold of them, and the ledger.

use async_trait::async_trait;

use super::{Page, StoreError, Window};
use crate::audit::Actor;
use crate::budget::BudgetId;
use crate::credits::{AccountId, Balance, CreditsAdded, Lease, Refill, RefillPolicy, Transaction, Transfer};
use crate::team::TeamId;
use crate::usage::InstanceId;

/// An instance in one of its starts. What an earlier start still has on the way is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure {
    /// The instance.
    pub instance: InstanceId,
    /// Which of its starts.
    pub boot: u64,
}

/// An instance's wish for more of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The account.
    pub account: AccountId,
    /// The budget whose account it is, opened where it is not there yet; `None` for a team's.
    pub budget: Option<BudgetId>,
    /// The lease's `granted` as the instance knows it, in micro-credits: where the database knows more, the last
    /// answer was lost, and nothing is granted but told.
    pub known: i64,
    /// What is needed at least, in micro-credits.
    pub need: i64,
}

/// What came of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    /// The lease as it stands now: grown, or as the lost answer would have told it.
    Lease(Lease),
    /// There is not as much left: the lease as it stands, what is left (in micro-credits), and whether other
    /// instances hold some that they were asked to give back.
    Short {
        /// The lease as it stands.
        lease: Lease,
        /// What could still be leased.
        available: i64,
        /// Whether others hold some.
        others: bool,
    },
    /// The instance is closed, or not announced yet: nothing is granted to it.
    Closed,
}

/// An instance as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceState {
    /// Its id.
    pub instance: InstanceId,
    /// Raised while it lives.
    pub beat: i64,
    /// Whether it is closed.
    pub closed: bool,
    /// What its leases hold that is neither charged nor returned, in micro-credits.
    pub held: i64,
}

/// The leases that instances hold of accounts.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LeaseRepository: Send + Sync {
    /// Grants more of an account to an instance: a sixteenth of what is left, at least what is needed.
    async fn grant(&self, who: Tenure, wish: Wish) -> Result<Granted, StoreError>;

    /// Takes back what instances do not need: `returned` is absolute, and applied where it is larger than what is
    /// known and still covered. Answers the leases as they stand.
    async fn give_back(&self, who: Tenure, returned: &[(AccountId, i64)]) -> Result<Vec<Lease>, StoreError>;

    /// What the books hold of an instance's events, and its leases: one consistent state.
    async fn leases(&self, instance: InstanceId) -> Result<(u64, Vec<Lease>), StoreError>;

    /// The accounts that an instance holds credit of and that another one ran dry of, with how often that was; at most
    /// 1,000.
    async fn recalls(&self, instance: InstanceId) -> Result<Vec<(AccountId, i64)>, StoreError>;

    /// Asks all instances to give back what they do not need of an account.
    async fn recall(&self, account: AccountId) -> Result<(), StoreError>;

    /// Closes an instance for ever: what its leases hold goes back to their accounts, and what it settles later is
    /// the house's. Safe at any moment, even while it lives. With `beat`, only if that is still its beat.
    /// Answers whether it was open.
    async fn close(&self, instance: InstanceId, beat: Option<i64>) -> Result<bool, StoreError>;

    /// Closes an instance at an administrator's word. Answers whether it was open.
    async fn retire(&self, instance: InstanceId, by: &Actor) -> Result<bool, StoreError>;

    /// The instances that are open or hold something, oldest first; at most 10,000.
    async fn instances(&self) -> Result<Vec<InstanceState>, StoreError>;
}

/// Credits as administrators see them.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CreditRepository: Send + Sync {
    /// Gives a team credits, or takes some away.
    ///
    /// # Errors
    /// `NotFound`; `InUse` for taking away more than is neither charged nor leased.
    async fn transfer(
        &self,
        team: &TeamId,
        transfer: Transfer,
        by: &Actor,
    ) -> Result<CreditsAdded, StoreError>;

    /// A team's refill, if it has one; what is due is entered before.
    async fn refilled(&self, team: &TeamId) -> Result<Option<Refill>, StoreError>;

    /// Refills a team by this policy from the next period on, or no more. What is due by the earlier policy is entered
    /// before.
    ///
    /// # Errors
    /// `NotFound`.
    async fn configure_refill(
        &self,
        team: &TeamId,
        policy: Option<RefillPolicy>,
        by: &Actor,
    ) -> Result<Option<Refill>, StoreError>;

    /// Enters every refill that is due, and tells how many that were. Each is entered once, however many servers look.
    async fn refill_all(&self) -> Result<u64, StoreError>;

    /// A team's balance.
    async fn balance(&self, team: &TeamId) -> Result<Option<Balance>, StoreError>;

    /// A page of a team's ledger, newest first.
    async fn transactions(
        &self,
        team: &TeamId,
        window: &Window,
    ) -> Result<Option<Page<Transaction>>, StoreError>;
}
