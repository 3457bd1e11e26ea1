//! Calls of unknown price are valued once, when there is a price, in every number that tells of them.

use alias_core::alias::AliasId;
use alias_core::back_rate::{BackRate, BackRated};
use alias_core::clock::Timestamp;
use alias_core::money::NanoUsd;
use alias_core::provider_model::{ModelSource, read_litellm};
use alias_core::report::{Grouping, ReportQuery, Scope};
use alias_core::repository::{
    AliasRepository, BackRateRepository, ModelCatalogRepository, ReportRepository, UsageRepository,
};
use alias_core::usage::{Outcome, PriceBasis, Settlement, TokenUsage, UsageEvent, UsageSource};

use crate::usage::{event, instance};
use crate::world::{World, alias_name, by, on_each_database};

/// A complete call of unknown price with a markup of a fifth: 10 tokens of input, 5 of output.
fn unpriced(number: u64, alias: AliasId) -> UsageEvent {
    let mut event = event(number, alias);
    event.tokens = Some(TokenUsage { input: 10, output: 5, ..TokenUsage::default() });
    (event.provider_cost, event.charge) = (None, None);
    event.settlement = Settlement { source: UsageSource::Reported, markup: 200_000, ..Settlement::default() };
    event.settlement.credits = 1_000_000;
    event.settlement.charged = 0;
    event
}

/// Two complete calls, a failed one and one of another model are of unknown price; one is priced, one was never
/// counted.
async fn called(world: &World) {
    let alias = world.alias("a").await.id;
    let failed = UsageEvent { outcome: Outcome::Failed, ..unpriced(2, alias) };
    let mut other = unpriced(3, alias);
    other.call.litellm_model = "openai/gpt-5".parse().unwrap();
    let mut priced = unpriced(4, alias);
    priced.charge = Some(NanoUsd::new(7));
    priced.provider_cost = Some(NanoUsd::new(7));
    priced.settlement.basis = PriceBasis::Reported;
    let uncounted = UsageEvent { tokens: None, ..unpriced(5, alias) };
    let events = [unpriced(0, alias), unpriced(1, alias), failed, other, priced, uncounted];
    world.store.announce(instance(1), 1).await.unwrap();
    world.store.ship(instance(1), 0, &events).await.unwrap();
}

async fn set_price(world: &World, model: &str) {
    let map = format!(
        r#"{{"{model}": {{"litellm_provider": "openai", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}}}}"#
    );
    let models = read_litellm(&map).unwrap().models;
    world.store.import(models, ModelSource::Litellm, false, &by()).await.unwrap();
}

async fn rate(world: &World, of: &BackRate, dry_run: bool) -> BackRated {
    world.store.back_rate(of, None, dry_run, &by()).await.unwrap()
}

/// Cost, charge and unpriced calls, by the days' sums and by the calls themselves.
async fn told(world: &World) -> [(i64, i64, u64); 2] {
    let scope = || Scope::between(Timestamp::from_micros(0), Timestamp::from_micros(1_800_000_000_000_000));
    let mut all = [(0, 0, 0); 2];
    for (group, told) in [Grouping::Alias, Grouping::Endpoint].into_iter().zip(&mut all) {
        let query = ReportQuery { group_by: Some(group), ..ReportQuery::of(scope()) };
        let rows = world.store.report(&query).await.unwrap().rows;
        let figures = &rows[0].figures;
        *told = (figures.cost_usd.nanos(), figures.billed_usd.nanos(), figures.unpriced_calls);
    }
    all
}

async fn assert_verified(world: &World) {
    let report = world.store.recompute(|_| true).await.unwrap();
    let wrong: Vec<_> = report
        .differences
        .iter()
        .filter(|one| one.what.contains("later") || one.place.contains("sums of"))
        .collect();
    assert!(report.complete && wrong.is_empty(), "{wrong:?}");
}

on_each_database! {
    async fn calls_of_unknown_price_are_valued_once_and_every_sum_follows(world) {
        called(world).await;
        assert_eq!(rate(world, &BackRate::default(), false).await.events(), 0, "there is no price yet");
        assert_eq!(told(world).await, [(7, 7, 4); 2]);
        set_price(world, "gpt-4").await;
        let planned = rate(world, &BackRate::default(), true).await;
        assert_eq!(told(world).await, [(7, 7, 4); 2], "a dry run changes nothing");
        let records = world.count("audit_log WHERE action = 'catalog.back_rate'");
        let done = rate(world, &BackRate::default(), false).await;
        assert_eq!(done, planned);
        assert_eq!(world.count("audit_log WHERE action = 'catalog.back_rate'"), records + 1);
        // Each took 10 × 1 + 5 × 2 µUSD; a fifth is on top for clients, and failures are free to them.
        assert_eq!((done.events(), done.cost().nanos(), done.billed().nanos()), (3, 60_000, 48_000));
        assert_eq!(told(world).await, [(60_007, 48_007, 2); 2]);
        assert_verified(world).await;
        assert_eq!(rate(world, &BackRate::default(), false).await, BackRated::default(), "each is valued once");
        assert_eq!(told(world).await, [(60_007, 48_007, 2); 2]);
        set_price(world, "gpt-5").await;
        assert_eq!(rate(world, &BackRate::default(), false).await.events(), 1);
        assert_verified(world).await;
        let usage = AliasRepository::find(&world.store, &alias_name("a")).await.unwrap().unwrap().usage;
        assert_eq!(usage.total_calls, 6, "no call is counted again");
        assert_eq!(world.count("usage_events WHERE provider_cost IS NULL"), 5, "what calls recorded stays");
    }

    async fn only_the_calls_of_a_time_and_a_model_are_valued_where_these_are_said(world) {
        called(world).await;
        set_price(world, "gpt-4").await;
        let at = |number: i64| Some(Timestamp::from_micros(1_728_907_200_000_000 + number));
        let of = |from, to, model: Option<&str>| BackRate { from, to, model: model.map(|m| m.parse().unwrap()) };
        for (of, events) in [
            (of(at(1), None, None), 2),
            (of(at(1), at(2), None), 1),
            (of(None, at(1), None), 1),
            (of(None, None, Some("openai/GPT-4")), 3),
            (of(None, None, Some("openai/gpt-5")), 0),
        ] {
            assert_eq!(rate(world, &of, true).await.events(), events, "{of:?}");
        }
    }

    async fn what_was_valued_later_and_is_tampered_with_is_found(world) {
        called(world).await;
        set_price(world, "gpt-4").await;
        rate(world, &BackRate::default(), false).await;
        assert_verified(world).await;
        world.execute("UPDATE usage_rerates SET provider_cost = provider_cost + 1 WHERE seq = 0");
        let report = world.store.recompute(|_| true).await.unwrap();
        let said: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|line| line.contains("cost valued later: expected 20000, found 20001")), "{said:?}");
    }

    async fn many_calls_are_valued_in_batches_that_miss_none_and_repeat_none(world) {
        let alias = world.alias("a").await.id;
        world.store.announce(instance(1), 1).await.unwrap();
        let events: Vec<UsageEvent> = (0..5_200).map(|number| unpriced(number, alias)).collect();
        for (first, batch) in (0_u64..).step_by(1_000).zip(events.chunks(1_000)) {
            world.store.ship(instance(1), first, batch).await.unwrap();
        }
        set_price(world, "gpt-4").await;
        for dry_run in [true, false] {
            let of = BackRate::default();
            let mut all = rate(world, &of, dry_run).await;
            assert_eq!(all.events(), 5_000);
            let last = all.last.clone();
            all.follow(world.store.back_rate(&of, last, dry_run, &by()).await.unwrap());
            assert_eq!((all.events(), all.last), (5_200, None));
        }
        assert_eq!(world.count("usage_rerates"), 5_200);
        assert_verified(world).await;
    }
}
