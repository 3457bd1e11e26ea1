//! Valuing calls afterwards whose price nobody knew, at the price that the catalogue has now.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::model_ref::ModelRef;
use crate::money::NanoUsd;
use crate::price::{Pinned, PriceId, PriceList};
use crate::provider_model::place;
use crate::usage::{InstanceId, PriceBasis, Settlement};

/// Which calls to value: those that have tokens, and neither a cost nor a charge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackRate {
    /// Only calls that began then or later.
    pub from: Option<Timestamp>,
    /// Only calls that began before.
    pub to: Option<Timestamp>,
    /// Only calls of this model, however it is written.
    pub model: Option<ModelRef>,
}

/// What a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// What the provider took.
    pub cost: NanoUsd,
    /// What its client would have been charged; credits are not taken for it.
    pub charge: NanoUsd,
}

/// What a call comes to by this price; `None` where its price was known, or its tokens are not.
pub fn value(call: &Pinned<'_>, price: PriceId, prices: &PriceList) -> Option<Value> {
    if call.settlement.basis != PriceBasis::Unknown || call.provider_cost.is_some() {
        return None;
    }
    let settlement = Settlement { basis: PriceBasis::Catalog(price), ..call.settlement.clone() };
    let charge = Pinned { settlement: &settlement, ..*call }.charge(Some(prices))?;
    Some(Value { cost: prices.cost(call.tokens?, settlement.images), charge })
}

/// The calls of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ValuedModel {
    /// The model.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "openai/gpt-4o"))]
    pub model: ModelRef,
    /// The price that they are valued by.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 17))]
    pub price_id: PriceId,
    /// How many.
    #[cfg_attr(feature = "openapi", schema(example = 1_204))]
    pub events: u64,
    /// What its provider took for them.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 3.41))]
    pub cost_usd: NanoUsd,
    /// What clients would have been charged for them.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 4.092))]
    pub billed_usd: NanoUsd,
}

/// Which call was the last that was looked at; the next batch follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastCall {
    /// When it began.
    pub started_at: Timestamp,
    /// Who sent it.
    pub instance: InstanceId,
    /// Its number there.
    pub seq: u64,
}

/// What calls came to, of one batch or of several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackRated {
    models: BTreeMap<(String, PriceId), ValuedModel>,
    /// The last call of the batch; `None` where no more follow.
    pub last: Option<LastCall>,
}

impl BackRated {
    /// Takes in a call.
    pub fn add(&mut self, model: &ModelRef, price_id: PriceId, value: Value) {
        let one = ValuedModel {
            model: model.clone(),
            price_id,
            events: 1,
            cost_usd: value.cost,
            billed_usd: value.charge,
        };
        self.add_model(one);
    }

    /// Takes in the batch that follows.
    pub fn follow(&mut self, next: Self) {
        next.models.into_values().for_each(|model| self.add_model(model));
        self.last = next.last;
    }

    fn add_model(&mut self, more: ValuedModel) {
        let key = (place(&more.model), more.price_id);
        match self.models.get_mut(&key) {
            Some(known) => {
                known.events = known.events.saturating_add(more.events);
                known.cost_usd = known.cost_usd + more.cost_usd;
                known.billed_usd = known.billed_usd + more.billed_usd;
            }
            None => {
                self.models.insert(key, more);
            }
        }
    }

    /// The models of the calls, by reference.
    pub fn models(&self) -> impl Iterator<Item = &ValuedModel> {
        self.models.values()
    }

    /// How many calls.
    pub fn events(&self) -> u64 {
        self.models().map(|model| model.events).sum()
    }

    /// What their providers took.
    pub fn cost(&self) -> NanoUsd {
        self.models().map(|model| model.cost_usd).sum()
    }

    /// What clients would have been charged.
    pub fn billed(&self) -> NanoUsd {
        self.models().map(|model| model.billed_usd).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::TokenPrice;
    use crate::usage::{Outcome, TokenUsage};

    fn of(outcome: Outcome, basis: PriceBasis, cost: Option<i64>) -> Option<(i64, i64)> {
        let tokens = TokenUsage { input: 10, output: 5, ..TokenUsage::default() };
        let settlement = Settlement { basis, markup: 200_000, ..Settlement::default() };
        let call = Pinned {
            outcome,
            first_byte: true,
            in_job: false,
            tokens: Some(&tokens),
            provider_cost: cost.map(NanoUsd::new),
            settlement: &settlement,
        };
        let prices = PriceList::new(TokenPrice::new(1_000_000), TokenPrice::new(2_000_000));
        value(&call, 7, &prices).map(|value| (value.cost.nanos(), value.charge.nanos()))
    }

    #[test]
    fn a_call_of_unknown_price_is_valued_with_the_markup_that_it_pins() {
        assert_eq!(of(Outcome::Complete, PriceBasis::Unknown, None), Some((20_000, 24_000)));
        assert_eq!(of(Outcome::Failed, PriceBasis::Unknown, None), Some((20_000, 0)), "failures are free");
        assert_eq!(of(Outcome::Complete, PriceBasis::Unknown, Some(1)), None);
        assert_eq!(of(Outcome::Complete, PriceBasis::Free, None), None);
        assert_eq!(of(Outcome::Complete, PriceBasis::Catalog(1), None), None);
    }

    #[test]
    fn batches_add_up_by_model_and_price() {
        let mut all = BackRated::default();
        let one = Value { cost: NanoUsd::new(2), charge: NanoUsd::new(3) };
        for (model, price) in [("openai/a", 1), ("openai/A", 1), ("openai/a", 2)] {
            let mut batch = BackRated::default();
            batch.add(&model.parse().unwrap(), price, one);
            all.follow(batch);
        }
        let models: Vec<(PriceId, u64)> = all.models().map(|model| (model.price_id, model.events)).collect();
        assert_eq!(models, [(1, 2), (2, 1)]);
        assert_eq!((all.events(), all.cost().nanos(), all.billed().nanos()), (3, 6, 9));
    }
}
