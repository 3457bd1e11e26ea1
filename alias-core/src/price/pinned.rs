//! Charges, computed from what an event pins: when the call ends, and again whenever the books are checked.

use super::PriceList;
use crate::credits::{Billing, BudgetMode, CreditRate};
use crate::money::{MicroCredits, NanoUsd};
use crate::usage::{Outcome, PriceBasis, Settlement, TokenUsage, UsageEvent};

/// What an event says that its charge and its credits follow from.
#[derive(Debug, Clone, Copy)]
pub struct Pinned<'a> {
    /// How the call ended.
    pub outcome: Outcome,
    /// Whether the client got a first byte.
    pub first_byte: bool,
    /// Whether it was part of a job.
    pub in_job: bool,
    /// What was reported or estimated.
    pub tokens: Option<&'a TokenUsage>,
    /// What the provider took.
    pub provider_cost: Option<NanoUsd>,
    /// How it was counted.
    pub settlement: &'a Settlement,
}

impl<'a> Pinned<'a> {
    /// What this event pins.
    pub fn of(event: &'a UsageEvent) -> Self {
        Self {
            outcome: event.outcome,
            first_byte: event.first_byte_us.is_some(),
            in_job: event.call.job.is_some(),
            tokens: event.tokens.as_ref(),
            provider_cost: event.provider_cost,
            settlement: &event.settlement,
        }
    }

    /// What the client is charged; `prices` are those that the event pins, where it pins any.
    pub fn charge(&self, prices: Option<&PriceList>) -> Option<NanoUsd> {
        let by_prices = || prices?.known_cost(self.tokens, self.settlement.images);
        let amount = match self.settlement.basis {
            PriceBasis::Free => Some(NanoUsd::ZERO),
            PriceBasis::Fixed => by_prices(),
            PriceBasis::Catalog(_) => by_prices().map(|cost| self.settlement.markup().on(cost)),
            PriceBasis::Reported => self.provider_cost.map(|cost| self.settlement.markup().on(cost)),
            PriceBasis::Unknown => None,
        };
        if self.outcome == Outcome::Failed { amount.map(|_| NanoUsd::ZERO) } else { amount }
    }

    /// What the call burned whose client is charged `charge`.
    pub fn credits(&self, charge: Option<NanoUsd>) -> MicroCredits {
        let (mode, rate) = (self.settlement.mode, self.settlement.rate);
        // A job pays for its calls, and nobody for an answer of which nothing came.
        let alone = !self.in_job && (self.outcome == Outcome::Complete || self.first_byte);
        let pays = self.outcome != Outcome::Failed
            && self.settlement.basis != PriceBasis::Free
            && (mode != BudgetMode::JobBased || alone);
        if !pays {
            return MicroCredits::ZERO;
        }
        let billing = Billing {
            budget_mode: mode,
            credits_per_dollar: CreditRate::new(rate),
            tokens_per_credit: u64::try_from(rate).unwrap_or(0),
            ..Billing::default()
        };
        billing.credits(charge, self.tokens.map_or(0, TokenUsage::total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::TokenPrice;

    fn pinned<'a>(tokens: &'a TokenUsage, settlement: &'a Settlement) -> Pinned<'a> {
        Pinned {
            outcome: Outcome::Complete,
            first_byte: true,
            in_job: false,
            tokens: Some(tokens),
            provider_cost: Some(NanoUsd::new(1_000)),
            settlement,
        }
    }

    #[test]
    fn a_charge_follows_from_what_the_event_pins() {
        let tokens = TokenUsage { input: 10, output: 5, ..TokenUsage::default() };
        let list = PriceList::new(TokenPrice::new(1_000_000), TokenPrice::new(2_000_000));
        let of = |basis, markup| {
            let settlement = Settlement { basis, markup, ..Settlement::default() };
            pinned(&tokens, &settlement).charge(Some(&list)).map(NanoUsd::nanos)
        };
        assert_eq!(of(PriceBasis::Fixed, 0), Some(20_000));
        assert_eq!(of(PriceBasis::Catalog(1), 200_000), Some(24_000));
        assert_eq!(of(PriceBasis::Reported, 500_000), Some(1_500));
        assert_eq!((of(PriceBasis::Free, 0), of(PriceBasis::Unknown, 0)), (Some(0), None));
        let settlement = Settlement { basis: PriceBasis::Fixed, ..Settlement::default() };
        let failed = Pinned { outcome: Outcome::Failed, ..pinned(&tokens, &settlement) };
        assert_eq!(failed.charge(Some(&list)), Some(NanoUsd::ZERO));
    }

    #[test]
    fn credits_follow_from_the_mode_and_its_rate() {
        let tokens = TokenUsage { input: 10, output: 5, ..TokenUsage::default() };
        let of = |mode, rate, in_job| {
            let settlement = Settlement { mode, rate, basis: PriceBasis::Fixed, ..Settlement::default() };
            let event = Pinned { in_job, ..pinned(&tokens, &settlement) };
            event.credits(Some(NanoUsd::new(500_000_000))).micros()
        };
        assert_eq!(of(BudgetMode::JobBased, 0, false), 1_000_000);
        assert_eq!(of(BudgetMode::JobBased, 0, true), 0);
        assert_eq!(of(BudgetMode::ConsumptionUsd, 10_000_000, true), 5_000_000);
        assert_eq!(of(BudgetMode::ConsumptionTokens, 10, false), 1_500_000);
        let free = Settlement { basis: PriceBasis::Free, ..Settlement::default() };
        assert_eq!(pinned(&tokens, &free).credits(Some(NanoUsd::ZERO)), MicroCredits::ZERO);
    }
}
