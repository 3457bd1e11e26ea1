//! What a call holds of its team's credits and of the budgets that it falls under: of all, or of none.

use std::sync::Arc;

use alias_core::budget::{BudgetId, Share};
use alias_core::clock::Timestamp;
use alias_core::credits::AccountId;
use alias_core::money::{MicroCredits, NanoUsd};
use alias_core::usage::InstanceId;
use alias_router::BudgetEntry;
use alias_router::wallet::Hold;

use super::NotAdmitted;
use crate::credit::{Credit, Need, NoCredit, Patience};

/// What a call holds. Dropped unsettled, it goes back whole.
pub(super) struct Held {
    credit: Arc<Credit>,
    credits: Option<Kept>,
    budgets: Vec<OfBudget>,
    /// Whether a record may be written that says what was charged.
    pub(super) recorded: bool,
}

/// A hold, and what of it the call is charged.
struct Kept {
    hold: Hold,
    charged: i64,
}

impl Kept {
    fn of(hold: Hold) -> Self {
        Self { hold, charged: 0 }
    }

    /// Charges what the hold, and what is free beside it, covers.
    fn cover(&mut self, credit: &Credit, cost: i64) -> (i64, Option<InstanceId>) {
        self.charged = credit.wallet().cover(&mut self.hold, cost);
        (self.charged, Some(self.hold.instance()))
    }
}

/// A budget that the call falls under, in the window that it was admitted in.
struct OfBudget {
    budget: BudgetId,
    account: AccountId,
    /// `None` where the budget limits nothing.
    kept: Option<Kept>,
}

impl Held {
    /// Nothing so far.
    pub(super) fn nothing(credit: Arc<Credit>) -> Self {
        Self { credit, credits: None, budgets: Vec::new(), recorded: false }
    }

    /// Holds credits of the team.
    pub(super) async fn credits(&mut self, need: Need, patience: &mut Patience) -> Result<(), NoCredit> {
        self.credits = Some(Kept::of(self.credit.hold(need, patience).await?));
        Ok(())
    }

    /// Holds the most that the call can be charged on every budget that refuses, in the order of their accounts.
    ///
    /// # Errors
    /// The first budget that does not cover it. What is held already goes back with this.
    pub(super) async fn budgets(
        &mut self,
        budgets: impl Iterator<Item = &Arc<BudgetEntry>>,
        at: Timestamp,
        most: Option<NanoUsd>,
        patience: &mut Patience,
    ) -> Result<(), NotAdmitted> {
        let mut budgets: Vec<_> = budgets.map(|budget| (budget.account(at), budget)).collect();
        budgets.sort_unstable_by_key(|(account, _)| *account);
        for (account, entry) in budgets {
            let budget = entry.id();
            let kept = match most.filter(|_| entry.is_hard()) {
                Some(most) => {
                    let need = Need { account, budget: Some(budget), amount: most.nanos() };
                    let over = |why| NotAdmitted::Budget { budget: Arc::clone(entry), why };
                    Some(Kept::of(self.credit.hold(need, patience).await.map_err(over)?))
                }
                None => None,
            };
            self.budgets.push(OfBudget { budget, account, kept });
        }
        Ok(())
    }

    /// How many budgets the call falls under.
    pub(super) fn fallen_under(&self) -> usize {
        self.budgets.len()
    }

    /// How much of what the call burned the team's account bears, and on whose lease: all of it where nothing limits
    /// the team.
    pub(super) fn cover(&mut self, credits: MicroCredits) -> (i64, Option<InstanceId>) {
        match &mut self.credits {
            Some(kept) => kept.cover(&self.credit, credits.micros()),
            None => (credits.micros(), None),
        }
    }

    /// How much of the charge each budget bears. Nobody knows what an unknown charge takes of them.
    pub(super) fn cover_budgets(&mut self, charge: Option<NanoUsd>) -> Vec<Share> {
        let Some(charge) = charge.filter(|charge| *charge > NanoUsd::ZERO) else { return Vec::new() };
        let mut shares = Vec::with_capacity(self.budgets.len());
        for OfBudget { budget, account, kept } in &mut self.budgets {
            let (charged, lease) = match kept {
                Some(kept) => kept.cover(&self.credit, charge.nanos()),
                None => (charge.nanos(), None),
            };
            shares.push(Share { budget: *budget, account: *account, charged, lease });
        }
        shares
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let of_budgets = self.budgets.drain(..).filter_map(|of| of.kept);
        for Kept { hold, charged } in self.credits.take().into_iter().chain(of_budgets) {
            self.credit.wallet().settle(hold, if self.recorded { charged } else { 0 });
        }
    }
}
