use proptest::prelude::*;

use super::*;

fn price(text: &str) -> TokenPrice {
    text.parse().unwrap()
}

#[test]
fn what_unknown_tokens_cost_is_known_only_where_images_were_made_that_have_a_price() {
    let tokens_only = PriceList::new(TokenPrice::new(1_000_000), TokenPrice::new(2_000_000));
    let with_images = PriceList { image: Some(ItemPrice::new(40_000_000)), ..tokens_only.clone() };
    assert_eq!(with_images.known_cost(None, 2), Some(NanoUsd::new(80_000_000)));
    assert_eq!((with_images.known_cost(None, 0), tokens_only.known_cost(None, 2)), (None, None));
    let used = TokenUsage { input: 3, ..TokenUsage::default() };
    assert_eq!(tokens_only.known_cost(Some(&used), 2), Some(NanoUsd::new(3_000)));
}

#[test]
fn a_cost_is_rounded_once_half_up() {
    let list = PriceList::new(price("0.5"), price("1.5"));
    let used = TokenUsage { input: 1, output: 1, ..TokenUsage::default() };
    assert_eq!(list.cost(&used, 0), NanoUsd::new(2_000));
    let list = PriceList::new(TokenPrice::new(1), TokenPrice::new(0));
    let tokens = |input| TokenUsage { input, ..TokenUsage::default() };
    assert_eq!(list.cost(&tokens(499), 0), NanoUsd::new(0));
    assert_eq!(list.cost(&tokens(500), 0), NanoUsd::new(1));
}

#[test]
fn every_class_has_its_own_price_and_long_inputs_have_others() {
    let list = PriceList {
        cache_read: Some(price("0.1")),
        reasoning: Some(price("4")),
        image: Some("0.04".parse().unwrap()),
        request: Some("0.001".parse().unwrap()),
        long: Some(LongInput {
            above: 100,
            input: price("2"),
            output: price("6"),
            cache_read: None,
            cache_write: None,
            cache_write_1h: None,
        }),
        ..PriceList::new(price("1"), price("3"))
    };
    let used = TokenUsage { input: 50, cache_read: 50, output: 10, reasoning: 5, ..TokenUsage::default() };
    // 50 × 1 + 50 × 0.1 + 10 × 3 + 5 × 4 micro-USD = 105 µUSD, and two images and the request.
    assert_eq!(list.cost(&used, 2).nanos(), 105_000 + 80_000_000 + 1_000_000);
    let longer = TokenUsage { cache_read: 51, ..used };
    assert_eq!(list.cost(&longer, 0).nanos(), (101 * 2 + 15 * 6) * 1_000 + 1_000_000);
}

#[test]
fn a_cache_that_is_kept_for_an_hour_has_its_own_price_else_that_of_any_cache_and_is_never_free() {
    let used = TokenUsage { cache_write: 10, cache_write_1h: 100, ..TokenUsage::default() };
    let cost = |list: &PriceList| list.cost(&used, 0).nanos();
    let plain = PriceList::new(price("1"), price("3"));
    assert_eq!(cost(&plain), 110_000);
    let written = PriceList { cache_write: Some(price("1.25")), ..plain.clone() };
    assert_eq!(cost(&written), 137_500);
    let kept = PriceList { cache_write_1h: Some(price("2")), ..written };
    assert_eq!(cost(&kept), 212_500);
    assert_eq!(kept.most(110, 0, 0).nanos(), 220_000);
    let long = LongInput {
        above: 109,
        input: price("2"),
        output: price("6"),
        cache_read: None,
        cache_write: Some(price("2.5")),
        cache_write_1h: None,
    };
    assert_eq!(cost(&PriceList { long: Some(long), ..kept.clone() }), 275_000);
    let long = LongInput { cache_write_1h: Some(price("4")), ..long };
    assert_eq!(cost(&PriceList { long: Some(long), ..kept }), 425_000);
}

#[test]
fn a_markup_is_a_percentage_on_top() {
    let markup: Markup = "20".parse().unwrap();
    assert_eq!(markup.on(NanoUsd::new(100)), NanoUsd::new(120));
    assert_eq!("0.0001".parse::<Markup>().unwrap().on(NanoUsd::new(1_000_000)), NanoUsd::new(1_000_001));
    for bad in ["-1", "10001", "0.00001", "x", ""] {
        assert_eq!(bad.parse::<Markup>(), Err(InvalidMarkup), "{bad}");
    }
}

#[test]
fn what_is_written_down_is_read_back_to_the_last_digit() {
    let list = PriceList {
        cache_write: Some(TokenPrice::new(1)),
        cache_write_1h: Some(TokenPrice::new(2)),
        image: Some(ItemPrice::new(1)),
        request: Some(ItemPrice::MAX),
        long: Some(LongInput {
            above: 200_000,
            input: TokenPrice::MAX,
            output: TokenPrice::new(999_999_999_999),
            cache_read: Some(TokenPrice::new(7)),
            cache_write: None,
            cache_write_1h: Some(TokenPrice::new(9)),
        }),
        ..PriceList::new(TokenPrice::new(123_456_789_012), TokenPrice::new(100_000_001))
    };
    for pricing in [
        Pricing::Free,
        Pricing::Catalog { markup: Some(Markup::new(123_456)) },
        Pricing::UNSAID,
        Pricing::Fixed(Arc::new(list)),
    ] {
        let json = serde_json::to_string(&PricingDraft::from(&pricing)).unwrap();
        let back: PricingDraft = serde_json::from_str(&json).unwrap();
        assert_eq!(back.parse().unwrap(), pricing, "{json}");
    }
}

#[test]
fn a_pricing_says_what_is_wrong_with_it() {
    for (json, word) in [
        (r#"{"basis":"fixed"}"#, "needs prices"),
        (r#"{"basis":"fixed","prices":{"input":1}}"#, "output"),
        (r#"{"basis":"free","prices":{"input":1,"output":1}}"#, "leave them out"),
        (r#"{"basis":"catalog","markup_percentage":-1}"#, "markup_percentage"),
        (r#"{"basis":"gratis"}"#, "must be"),
    ] {
        let draft: PricingDraft = serde_json::from_str(json).unwrap();
        let why = draft.parse().unwrap_err();
        assert!(why.to_string().contains(word), "{json}: {why}");
    }
}

fn any_price() -> impl Strategy<Value = TokenPrice> {
    (0..=TokenPrice::MAX.picos()).prop_map(TokenPrice::new)
}

prop_compose! {
    fn any_list()(
        input in any_price(), output in any_price(), cache_read in prop::option::of(any_price()),
        cache_write in prop::option::of(any_price()), cache_write_1h in prop::option::of(any_price()), reasoning in prop::option::of(any_price()),
        audio_input in prop::option::of(any_price()), image in prop::option::of(0..=ItemPrice::MAX.nanos()),
        long in prop::option::of((0..1_000_000_u64, any_price(), any_price(), prop::array::uniform2(prop::option::of(any_price())))),
    ) -> PriceList {
        PriceList {
            input, output, cache_read, cache_write, cache_write_1h, reasoning, audio_input, audio_output: None,
            image: image.map(ItemPrice::new), request: None,
            long: long.map(|(above, input, output, [cache_read, cache_write_1h])| LongInput {
                above, input, output, cache_read, cache_write: None, cache_write_1h,
            }),
        }
    }
}

proptest! {
    #[test]
    fn no_call_costs_more_than_the_most_it_can(
        list in any_list(),
        counts in prop::array::uniform8(0..=1_000_000_000_u64),
        images in 0..=128_u64,
        more in 0..1_000_u64,
        markup in 0..=Markup::MAX.millionths(),
    ) {
        let [input, cache_read, cache_write, cache_write_1h, audio_input, output, reasoning, audio_output] = counts;
        let used = TokenUsage { input, cache_read, cache_write, cache_write_1h, output, reasoning, audio_input, audio_output };
        let (real, most) = (list.cost(&used, images), list.most(used.all_input() + more, used.all_output(), images));
        prop_assert!(real <= most, "{real} > {most}");
        let markup = Markup::new(markup);
        prop_assert!(markup.on(real) <= markup.most_on(most));
        prop_assert!(real >= NanoUsd::ZERO);
    }

    #[test]
    fn costs_of_parts_and_of_the_whole_differ_by_rounding_only(
        list in any_list().prop_map(|list| PriceList { long: None, image: None, ..list }),
        a in 0..=1_000_000_u64, b in 0..=1_000_000_u64,
    ) {
        let of = |input| list.cost(&TokenUsage { input, ..TokenUsage::default() }, 0).nanos();
        prop_assert!((of(a) + of(b) - of(a + b)).abs() <= 1);
    }
}
