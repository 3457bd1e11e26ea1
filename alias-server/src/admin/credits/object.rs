//! Credits on the wire.

use alias_core::calendar::TimeZone;
use alias_core::clock::Timestamp;
use alias_core::credits::{
    CreditsAdded, Percentage, Refill, RefillPeriod, Transaction, TransactionId, TransactionKind, Unused,
};
use alias_core::money::MicroCredits;
use alias_core::team::{TeamDetails, TeamId};
use serde::Serialize;
use utoipa::ToSchema;

use super::standing;
use crate::admin::list::PageInfo;
use crate::admin::teams::object::BillingObject;

/// What was added, and what is left.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditsAddedObject {
    /// The team.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// What was added; below 0 where it was taken away.
    #[schema(value_type = f64, example = 500)]
    pub credits_added: MicroCredits,
    /// What is left.
    #[schema(value_type = f64, example = 1250)]
    pub credits_remaining: MicroCredits,
    /// The entry in the ledger.
    #[schema(value_type = String, example = "txn_0193f0c2b1d47a8b9c0d1e2f30415263")]
    pub transaction_id: TransactionId,
}

impl From<CreditsAdded> for CreditsAddedObject {
    fn from(added: CreditsAdded) -> Self {
        let CreditsAdded { team_id, amount, remaining, transaction_id, .. } = added;
        Self { team_id, credits_added: amount, credits_remaining: remaining, transaction_id }
    }
}

/// A team's balance.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceObject {
    /// The team.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// What it was given.
    #[schema(value_type = f64, example = 1000)]
    pub credits_allocated: MicroCredits,
    /// What is left of that; below 0 only where the limit allows it.
    #[schema(value_type = f64, example = 750)]
    pub credits_remaining: MicroCredits,
    /// What it spent.
    #[schema(value_type = f64, example = 250)]
    pub credits_used: MicroCredits,
    /// What servers hold of the remaining credits for calls to come.
    #[schema(value_type = f64, example = 46)]
    pub credits_leased: MicroCredits,
    /// What it spent of what it was given, in per cent.
    #[schema(value_type = f64, example = 25.0)]
    pub percentage_used: Percentage,
    /// `active`, `low` (a fifth or less is left) or `exhausted`.
    #[schema(example = "active")]
    pub status: &'static str,
    /// What it is given by itself; null where it is given nothing.
    pub auto_refill: Option<RefillObject>,
    /// How its calls are counted.
    #[serde(flatten)]
    pub billing: BillingObject,
}

impl BalanceObject {
    pub(super) fn of(team: &TeamDetails, refill: Option<Refill>) -> Self {
        let balance = &team.credits;
        Self {
            team_id: team.team.team_id.clone(),
            credits_allocated: balance.allocated,
            credits_remaining: balance.remaining(),
            credits_used: balance.used,
            credits_leased: balance.leased,
            percentage_used: balance.percentage_used(),
            status: standing(balance),
            auto_refill: refill.map(RefillObject::from),
            billing: team.team.billing.into(),
        }
    }
}

/// What a team is given by itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AutoRefill)]
pub struct RefillObject {
    /// How many credits each time.
    #[schema(value_type = f64, example = 1000)]
    pub refill_amount: MicroCredits,
    /// How often.
    pub refill_period: RefillPeriod,
    /// The time zone in which periods begin.
    #[schema(value_type = String, example = "Europe/Berlin")]
    pub time_zone: TimeZone,
    /// What becomes of credits that are left when the next ones come.
    pub unused: Unused,
    /// When the next ones come.
    pub next_refill_at: Timestamp,
    /// When the last ones came.
    pub last_refill_at: Option<Timestamp>,
}

impl From<Refill> for RefillObject {
    fn from(Refill { policy, next_at, last_at }: Refill) -> Self {
        Self {
            refill_amount: policy.refill_amount,
            refill_period: policy.refill_period,
            time_zone: policy.time_zone,
            unused: policy.unused,
            next_refill_at: next_at,
            last_refill_at: last_at,
        }
    }
}

/// Whether a team is given credits by itself, and which; all else is null where it is not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamAutoRefill)]
pub struct TeamRefillObject {
    /// The team.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// Whether it is.
    pub enabled: bool,
    /// How many credits each time.
    #[schema(value_type = Option<f64>, example = 1000)]
    pub refill_amount: Option<MicroCredits>,
    /// How often.
    pub refill_period: Option<RefillPeriod>,
    /// The time zone in which periods begin.
    #[schema(value_type = Option<String>, example = "Europe/Berlin")]
    pub time_zone: Option<TimeZone>,
    /// What becomes of credits that are left when the next ones come.
    pub unused: Option<Unused>,
    /// When the next ones come.
    pub next_refill_at: Option<Timestamp>,
    /// When the last ones came.
    pub last_refill_at: Option<Timestamp>,
}

impl TeamRefillObject {
    pub(super) fn new(team_id: TeamId, refill: Option<Refill>) -> Self {
        let policy = refill.map(|refill| refill.policy);
        Self {
            team_id,
            enabled: refill.is_some(),
            refill_amount: policy.map(|policy| policy.refill_amount),
            refill_period: policy.map(|policy| policy.refill_period),
            time_zone: policy.map(|policy| policy.time_zone),
            unused: policy.map(|policy| policy.unused),
            next_refill_at: refill.map(|refill| refill.next_at),
            last_refill_at: refill.and_then(|refill| refill.last_at),
        }
    }
}

/// Whether a team has so many credits left.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    /// The team.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// Whether it has, or needs none.
    pub has_sufficient_credits: bool,
    /// What was asked for.
    #[schema(value_type = f64, example = 1)]
    pub credits_needed: MicroCredits,
    /// What is left.
    #[schema(value_type = f64, example = 750)]
    pub credits_remaining: MicroCredits,
}

impl Check {
    pub(super) fn of(team: &TeamDetails, needed: MicroCredits) -> Self {
        let limited = team.team.billing.limit_mode == alias_core::credits::LimitMode::HardLimit;
        let remaining = team.credits.remaining();
        Self {
            team_id: team.team.team_id.clone(),
            has_sufficient_credits: !limited || remaining >= needed,
            credits_needed: needed,
            credits_remaining: remaining,
        }
    }
}

/// An entry of the ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditTransaction)]
pub struct TransactionObject {
    /// Its id.
    #[schema(value_type = String, example = "txn_0193f0c2b1d47a8b9c0d1e2f30415263")]
    pub transaction_id: TransactionId,
    /// What it was.
    #[serde(rename = "type")]
    pub kind: TransactionKind,
    /// By how much the balance changed.
    #[schema(value_type = f64, example = 500)]
    pub amount: MicroCredits,
    /// Why.
    pub description: Option<String>,
    /// The job it was for.
    pub job_id: Option<String>,
    /// When it was entered.
    pub timestamp: Timestamp,
    /// The balance after it.
    #[schema(value_type = f64, example = 1250)]
    pub balance_after: MicroCredits,
}

impl From<Transaction> for TransactionObject {
    fn from(transaction: Transaction) -> Self {
        let Transaction { id, kind, amount, balance_after, description, job_id, at } = transaction;
        Self { transaction_id: id, kind, amount, description, job_id, timestamp: at, balance_after }
    }
}

/// A part of a team's ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditTransactionList)]
pub struct TransactionList {
    /// The team.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// The entries, newest first.
    pub transactions: Vec<TransactionObject>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}
