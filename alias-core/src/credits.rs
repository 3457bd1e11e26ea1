//! Credits: how a team's calls are counted, and what happens when none are left.

mod lease;
mod ledger;
mod policy;
mod refill;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::money::{MicroCredits, NanoUsd, render};

pub use lease::{AccountId, AccountKind, Lease};
pub use ledger::{CreditsAdded, Transaction, TransactionId, TransactionKind, Transfer, TransferDraft};
pub use policy::{Billing, BillingChange, BillingEdit, BudgetMode, CreditRate, InvalidRate, LimitMode};
pub use refill::{NoSuchWord, Refill, RefillDraft, RefillPeriod, RefillPolicy, Unused};

/// What an account holds: `remaining = allocated - used`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// What was ever given, less what was taken back.
    pub allocated: MicroCredits,
    /// What was charged.
    pub used: MicroCredits,
    /// What the servers hold of it at present for calls to come; part of what remains.
    pub leased: MicroCredits,
    /// What was left when credits were last given.
    pub full: MicroCredits,
}

impl Balance {
    /// Whether little is left: a fifth, or less, of what was there when credits were last given.
    pub fn is_low(&self) -> bool {
        self.remaining().micros() <= little_of(self.full.micros())
    }

    /// What is left to be charged; below zero only where the limit mode allows it.
    pub fn remaining(&self) -> MicroCredits {
        MicroCredits::new(self.allocated.micros().saturating_sub(self.used.micros()))
    }
}

/// The part of a full account that is little.
pub fn little_of(full: i64) -> i64 {
    full / 5
}

/// A share in hundredths of a per cent. Serialises as per cent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percentage(i64);

impl Serialize for Percentage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        render(Decimal::from_i128_with_scale(i128::from(self.0), 2), serializer)
    }
}

impl Balance {
    /// The part of what was given that was charged; all of nothing where something was charged.
    pub fn percentage_used(&self) -> Percentage {
        let (used, allocated) = (i128::from(self.used.micros()), i128::from(self.allocated.micros()));
        let share = (used * 20_000 + allocated).checked_div(allocated * 2);
        let share = share.unwrap_or(if used == 0 { 0 } else { 10_000 });
        Percentage(i64::try_from(share).unwrap_or(i64::MAX))
    }
}

impl Billing {
    /// The credits that a completed call burns whose client is charged `charge` and that used so many tokens.
    /// Rounded once, half up, to micro-credits. In `job_based` mode it is the job that costs a credit: a call that
    /// came without one is a job of its own.
    pub fn credits(&self, charge: Option<NanoUsd>, tokens: u64) -> MicroCredits {
        match self.budget_mode {
            BudgetMode::JobBased => MicroCredits::ONE,
            BudgetMode::ConsumptionUsd => {
                let micros = self.scaled(charge.unwrap_or_default());
                MicroCredits::from_wide((micros + 500_000_000).div_euclid(1_000_000_000))
            }
            BudgetMode::ConsumptionTokens => {
                let each = i128::from(self.tokens_per_credit.max(1));
                MicroCredits::from_wide((i128::from(tokens) * 2_000_000 + each).div_euclid(2 * each))
            }
        }
    }

    /// The most credits that a call can burn which costs its client at most `charge` and uses at most so many
    /// tokens. Rounded up.
    pub fn most_credits(&self, charge: NanoUsd, tokens: u64) -> MicroCredits {
        match self.budget_mode {
            BudgetMode::JobBased => MicroCredits::ONE,
            BudgetMode::ConsumptionUsd => {
                MicroCredits::from_wide((self.scaled(charge) + 999_999_999).div_euclid(1_000_000_000))
            }
            BudgetMode::ConsumptionTokens => {
                let each = i128::from(self.tokens_per_credit.max(1));
                MicroCredits::from_wide((i128::from(tokens) * 1_000_000 + each - 1).div_euclid(each))
            }
        }
    }

    /// `charge × credits_per_dollar`, in 10⁻¹⁵ credits.
    fn scaled(&self, charge: NanoUsd) -> i128 {
        i128::from(charge.nanos()) * i128::from(self.credits_per_dollar.micros())
    }
}

#[cfg(test)]
mod tests;
