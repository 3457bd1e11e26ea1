use super::*;
use proptest::prelude::*;

fn billing(budget_mode: BudgetMode) -> Billing {
    Billing { budget_mode, ..Billing::default() }
}

#[test]
fn the_three_ways_of_counting() {
    let charge = Some(NanoUsd::new(1_234_567));
    assert_eq!(billing(BudgetMode::JobBased).credits(charge, 9), MicroCredits::ONE);
    assert_eq!(billing(BudgetMode::ConsumptionUsd).credits(charge, 9).micros(), 12_346);
    assert_eq!(billing(BudgetMode::ConsumptionTokens).credits(charge, 9).micros(), 900);
}

#[test]
fn the_words_of_one_mode_in_the_other_are_refused_with_its_name() {
    let edit = BillingEdit { budget_mode: Some("hard_limit".into()), ..BillingEdit::default() };
    let report = edit.parse().unwrap_err();
    assert!(report.to_string().contains("limit_mode"), "{report}");
}

proptest! {
    #[test]
    fn no_call_burns_more_than_was_foreseen_and_nothing_overflows(
        charge in 0..=i64::MAX,
        less in 0..=i64::MAX,
        tokens: u64,
        fewer: u64,
        rate in 1..=1_000_000_000_000_i64,
        per in 1..=1_000_000_000_u64,
        mode in prop_oneof![Just(BudgetMode::ConsumptionUsd), Just(BudgetMode::ConsumptionTokens), Just(BudgetMode::JobBased)],
    ) {
        let billing = Billing {
            credits_per_dollar: CreditRate::new(rate), tokens_per_credit: per, ..billing(mode)
        };
        let most = billing.most_credits(NanoUsd::new(charge), tokens);
        let real = billing.credits(Some(NanoUsd::new(less.min(charge))), fewer.min(tokens));
        prop_assert!(real <= most && real >= MicroCredits::ZERO);
    }
}
