//! What a call is charged when it ends: in USD, in credits, and how much of these the accounts bear.

use std::sync::Arc;

use alias_core::credits::BudgetMode;
use alias_core::price::{Basis, CallPrice, Pinned, PriceList, Pricing};
use alias_core::usage::{Outcome, UsageEvent, UsageSource};

use super::held::Held;

/// Completes a call's record. One that failed is free; one that its client left pays for what the provider did.
pub(super) fn charge(event: &mut UsageEvent, price: &CallPrice, hold: &mut Held) {
    let billing = &price.billing;
    let Basis { basis, markup, prices } = price.basis(event.provider_cost);
    let cost = price.provider_cost(event.provider_cost, event.tokens.as_ref(), event.settlement.images);
    event.provider_cost = cost;
    let settlement = &mut event.settlement;
    settlement.basis = basis;
    settlement.prices = own_prices(price);
    settlement.markup = markup.millionths();
    settlement.source = source(event.outcome, event.tokens.is_some(), settlement.source);
    settlement.mode = billing.budget_mode;
    settlement.rate = match billing.budget_mode {
        BudgetMode::JobBased => 0,
        BudgetMode::ConsumptionUsd => billing.credits_per_dollar.micros(),
        BudgetMode::ConsumptionTokens => i64::try_from(billing.tokens_per_credit).unwrap_or(i64::MAX),
    };
    let pinned = Pinned::of(event);
    let charge = pinned.charge(prices);
    let burned = pinned.credits(charge);
    event.charge = charge;
    event.settlement.credits = burned.micros();
    (event.settlement.charged, event.settlement.lease) = hold.cover(burned);
    event.settlement.budgets = hold.cover_budgets(charge);
}

/// The alias's own prices, where the version that is recorded does not say them.
fn own_prices(price: &CallPrice) -> Option<Arc<PriceList>> {
    match &price.pricing {
        Pricing::Fixed(prices) if price.unversioned => Some(Arc::clone(prices)),
        _ => None,
    }
}

fn source(outcome: Outcome, counted: bool, so_far: UsageSource) -> UsageSource {
    match (outcome, counted) {
        _ if so_far == UsageSource::Estimated => so_far,
        (_, false) => UsageSource::None,
        (Outcome::Complete, true) => UsageSource::Reported,
        (_, true) => UsageSource::Partial,
    }
}
