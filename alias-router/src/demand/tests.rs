use std::sync::Arc;

use alias_core::credits::Billing;
use alias_core::money::TokenPrice;
use alias_core::price::{ModelFacts, PriceList, Pricing};

use super::*;

fn price(budget_mode: BudgetMode) -> CallPrice {
    CallPrice {
        unversioned: false,
        pricing: Pricing::Fixed(Arc::new(PriceList::new(
            TokenPrice::new(1_000_000),
            TokenPrice::new(2_000_000),
        ))),
        model: None,
        billing: Billing { budget_mode, ..Billing::default() },
    }
}

fn model(most_input: Option<u64>, most_output: Option<u64>) -> Arc<ModelFacts> {
    Arc::new(ModelFacts {
        model: "openai/gpt-4".parse().unwrap(),
        price_id: None,
        prices: None,
        max_input_tokens: most_input,
        max_output_tokens: most_output,
        deprecation_date: None,
    })
}

const BOUNDS: Bounds =
    Bounds { input: Some(1_000), output: Some(100), answers: 2, images: 0, no_output: false, in_job: false };

#[test]
fn a_job_is_one_credit_whatever_it_takes_and_its_calls_are_none() {
    let price = price(BudgetMode::JobBased);
    let unbounded = Bounds { input: None, output: None, ..BOUNDS };
    assert_eq!(Demand::of(&price, &unbounded, false).unwrap().hold, Some(MicroCredits::ONE));
    assert_eq!(Demand::of(&price, &Bounds { in_job: true, ..unbounded }, false).unwrap().hold, None);
}

#[test]
fn consumption_holds_the_most_the_call_can_burn() {
    let held = Demand::of(&price(BudgetMode::ConsumptionUsd), &BOUNDS, false).unwrap();
    // 1,000 × 1 µUSD + 200 × 2 µUSD = 0.0014 USD, at ten credits for one.
    assert_eq!(held, Demand { hold: Some(MicroCredits::new(14_000)), charge: None, cap: Some(100) });
    let held = Demand::of(&price(BudgetMode::ConsumptionTokens), &BOUNDS, false).unwrap();
    assert_eq!(held.hold, Some(MicroCredits::new(120_000)));
}

#[test]
fn the_model_itself_bounds_what_the_request_does_not() {
    let price =
        CallPrice { model: Some(model(Some(8_000), Some(50))), ..price(BudgetMode::ConsumptionTokens) };
    assert_eq!(Demand::of(&price, &BOUNDS, false).unwrap().cap, Some(50));
    let open = Bounds { input: None, output: None, answers: 1, ..BOUNDS };
    assert_eq!(Demand::of(&price, &open, false).unwrap().hold, Some(MicroCredits::new(805_000)));
}

#[test]
fn what_has_no_bound_is_refused_under_a_hard_limit_only() {
    let hard = price(BudgetMode::ConsumptionUsd);
    assert_eq!(Demand::of(&hard, &Bounds { input: None, ..BOUNDS }, false), Err(NoBound::Input));
    assert_eq!(Demand::of(&hard, &Bounds { output: None, ..BOUNDS }, false), Err(NoBound::Output));
    let unpriced = CallPrice { pricing: Pricing::UNSAID, ..hard.clone() };
    assert_eq!(Demand::of(&unpriced, &BOUNDS, false), Err(NoBound::Price));
    let soft = Billing { limit_mode: LimitMode::SoftLimit, ..hard.billing };
    assert_eq!(
        Demand::of(&CallPrice { billing: soft, ..unpriced.clone() }, &BOUNDS, false),
        Ok(Demand::NOTHING)
    );
    assert_eq!(
        Demand::of(&CallPrice { pricing: Pricing::Free, ..unpriced }, &BOUNDS, false),
        Ok(Demand::NOTHING)
    );
}

#[test]
fn a_budget_holds_the_most_that_the_client_can_be_charged_whatever_the_credits_do() {
    let in_usd = Demand::of(&price(BudgetMode::ConsumptionUsd), &BOUNDS, true).unwrap();
    let most = in_usd.charge.unwrap();
    assert!(most > NanoUsd::ZERO);
    for mode in [BudgetMode::JobBased, BudgetMode::ConsumptionTokens] {
        assert_eq!(Demand::of(&price(mode), &BOUNDS, true).unwrap().charge, Some(most), "{mode:?}");
    }
    let job = Demand::of(&price(BudgetMode::JobBased), &Bounds { in_job: true, ..BOUNDS }, true).unwrap();
    assert_eq!((job.hold, job.charge, job.cap), (None, Some(most), in_usd.cap));
    let unlimited = Billing { limit_mode: LimitMode::Unlimited, ..Billing::default() };
    let unlimited = CallPrice { billing: unlimited, ..price(BudgetMode::JobBased) };
    assert_eq!(Demand::of(&unlimited, &Bounds { output: None, ..BOUNDS }, true), Err(NoBound::Output));
    let free = CallPrice { pricing: Pricing::Free, ..unlimited };
    assert_eq!(Demand::of(&free, &BOUNDS, true), Ok(Demand::NOTHING));
}
