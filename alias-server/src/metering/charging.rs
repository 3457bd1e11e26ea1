//! What a call is charged when it ends: in USD, in credits, and how much of these its team's account bears.

use std::sync::Arc;

use alias_core::credits::BudgetMode;
use alias_core::money::MicroCredits;
use alias_core::price::CallPrice;
use alias_core::usage::{Outcome, UsageEvent, UsageSource};
use alias_router::wallet::Hold;

use crate::credit::Credit;

/// What a call holds. Dropped unsettled, it goes back whole.
pub(super) struct Held {
    pub(super) credit: Arc<Credit>,
    pub(super) hold: Option<Hold>,
    /// What a record that may be written says that was charged.
    pub(super) promised: i64,
}

impl Held {
    /// How much of what the call burned its account bears: all of it where nothing limits the team.
    fn cover(&mut self, credits: MicroCredits) -> i64 {
        match &mut self.hold {
            Some(hold) => self.credit.wallet().cover(hold, credits.micros()),
            None => credits.micros(),
        }
    }

    /// The call is recorded, with this much charged.
    pub(super) fn settle(&mut self, charged: i64) {
        if let Some(hold) = self.hold.take() {
            self.credit.wallet().settle(hold, charged);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.settle(self.promised);
    }
}

/// Completes a call's record. One that failed is free; one that its client left pays for what the provider did.
pub(super) fn charge(event: &mut UsageEvent, price: &CallPrice, hold: &mut Held) {
    let billing = &price.billing;
    let (tokens, images) = (event.tokens.as_ref(), event.settlement.images);
    let said = event.provider_cost;
    event.provider_cost = price.provider_cost(said, tokens, images);
    let charge = price.charge(said, tokens, images);
    let pays = event.outcome != Outcome::Failed;
    event.charge = if pays { charge.amount } else { charge.amount.map(|_| alias_core::money::NanoUsd::ZERO) };
    let settlement = &mut event.settlement;
    settlement.basis = charge.basis;
    settlement.markup = charge.markup.millionths();
    settlement.source = source(event.outcome, tokens.is_some(), settlement.source);
    settlement.mode = billing.budget_mode;
    settlement.rate = match billing.budget_mode {
        BudgetMode::JobBased => 0,
        BudgetMode::ConsumptionUsd => billing.credits_per_dollar.micros(),
        BudgetMode::ConsumptionTokens => i64::try_from(billing.tokens_per_credit).unwrap_or(i64::MAX),
    };
    // What a job pays for is no call's own; and who left before anything came got nothing for a credit.
    let whole = match billing.budget_mode {
        BudgetMode::JobBased => {
            event.call.job.is_none() && (event.outcome == Outcome::Complete || event.first_byte_us.is_some())
        }
        _ => true,
    };
    let burned = if pays && whole && !price.is_free() {
        billing.credits(event.charge, event.tokens.map_or(0, |tokens| tokens.total()))
    } else {
        MicroCredits::ZERO
    };
    settlement.credits = burned.micros();
    settlement.charged = hold.cover(burned);
    settlement.lease = hold.hold.as_ref().map(Hold::instance);
}

fn source(outcome: Outcome, counted: bool, so_far: UsageSource) -> UsageSource {
    match (outcome, counted) {
        _ if so_far == UsageSource::Estimated => so_far,
        (_, false) => UsageSource::None,
        (Outcome::Complete, true) => UsageSource::Reported,
        (_, true) => UsageSource::Partial,
    }
}
