//! Usage: entered once, whatever is repeated or reordered, and summed as it is entered.

use alias_core::alias::AliasId;
use alias_core::clock::Timestamp;
use alias_core::money::NanoUsd;
use alias_core::repository::{
    AliasRepository, CallRepository, OrganizationRepository, Shipped, StoreError, TeamRepository,
    UsageRepository,
};
use alias_core::testing;
use alias_core::usage::{Call, Denials, Endpoint, InstanceId, Outcome, TokenUsage, UsageEvent, UsageStats};

use crate::world::{World, alias_name, by, on_each_database, team_id};

pub(crate) fn instance(number: u64) -> InstanceId {
    testing::id(number)
}

/// The complete call with this number: 10 + number tokens, 100 nano-USD taken and 200 charged.
pub(crate) fn event(number: u64, alias_id: AliasId) -> UsageEvent {
    let call = Call {
        call_id: testing::id(number),
        started_at: Timestamp::from_micros(1_728_907_200_000_000 + number.cast_signed()),
        endpoint: Endpoint::ChatCompletions,
        stream: true,
        alias_id,
        alias: alias_name("a"),
        alias_version: 1,
        scheduled: None,
        litellm_model: "openai/gpt-4".parse().unwrap(),
        organization_id: "acme".parse().unwrap(),
        team_uid: testing::id(77),
        team_id: team_id("t"),
        key_id: testing::key(1).id().clone().into(),
        request_id: "req\0_1".into(),
        job: None,
    };
    UsageEvent {
        outcome: Outcome::Complete,
        status: 200,
        error_code: None,
        duration_us: 1_000,
        first_byte_us: Some(500),
        tokens: Some(TokenUsage { input: 4, output: 6, reasoning: number, ..TokenUsage::default() }),
        provider_cost: Some(NanoUsd::new(100)),
        charge: Some(NanoUsd::new(200)),
        ..UsageEvent::interrupted(call)
    }
}

async fn stats(world: &World) -> UsageStats {
    AliasRepository::find(&world.store, &alias_name("a")).await.unwrap().unwrap().usage
}

on_each_database! {
    async fn an_event_that_cannot_be_entered_is_put_aside_and_stops_no_other(world) {
        let alias = world.alias("a").await.id;
        world.execute("CREATE UNIQUE INDEX poison ON usage_events (status) WHERE status = 418");
        world.store.announce(instance(1), 1).await.unwrap();
        let teapot = |number| UsageEvent { status: 418, ..event(number, alias) };
        let batch = [event(0, alias), teapot(1), event(2, alias), teapot(3), event(4, alias)];
        assert_eq!(world.store.ship(instance(1), 0, &batch).await.unwrap(), Shipped::Stored);
        assert_eq!(world.count("usage_events"), 4);
        assert_eq!(world.count("usage_quarantine WHERE seq = 3"), 1);
        assert_eq!(stats(world).await.total_calls, 4);
        assert_eq!(world.store.ship(instance(1), 5, &[event(5, alias)]).await.unwrap(), Shipped::Stored);
        assert_eq!(world.store.ship(instance(1), 0, &batch).await.unwrap(), Shipped::ContinueFrom(6));
    }

    async fn the_latest_call_of_a_request_is_found_by_its_id(world) {
        let alias = world.alias("a").await.id;
        let called = |number: u64, request: &str| {
            let mut event = event(number, alias);
            event.call.request_id = request.into();
            event
        };
        let failed = UsageEvent { outcome: Outcome::Failed, status: 502, error_code: Some("x".into()), ..called(2, "mine") };
        world.store.announce(instance(1), 1).await.unwrap();
        world.store.ship(instance(1), 0, &[called(0, "other"), called(1, "mine"), failed.clone()]).await.unwrap();
        let found = world.store.find_by_request("mine").await.unwrap().unwrap();
        assert_eq!(found.call, failed.call);
        assert_eq!((found.outcome, found.status, found.error_code.as_deref()), (Outcome::Failed, 502, Some("x")));
        assert_eq!((found.duration_us, found.first_byte_us), (1_000, Some(500)));
        assert_eq!((found.tokens, found.provider_cost), (failed.tokens, failed.provider_cost));
        let by_call = world.store.find_call(failed.call.call_id).await.unwrap();
        assert_eq!(by_call.as_ref(), Some(&found));
        assert_eq!(world.store.find_by_request("no\0such").await.unwrap(), None);
    }

    async fn repeated_and_reordered_batches_change_nothing(world) {
        let alias = world.alias("a").await.id;
        let batch: Vec<_> = (0..5).map(|n| event(n, alias)).collect();
        let ship = async |first: u64, events: &[UsageEvent]| world.store.ship(instance(1), first, events).await.unwrap();
        assert_eq!(world.store.announce(instance(1), 1).await.unwrap(), 0);
        assert_eq!(ship(3, &batch[3..]).await, Shipped::ContinueFrom(0));
        assert_eq!(ship(0, &batch[..3]).await, Shipped::Stored);
        assert_eq!(ship(0, &batch[..3]).await, Shipped::ContinueFrom(3));
        assert_eq!(ship(0, &batch).await, Shipped::ContinueFrom(3));
        assert_eq!(ship(3, &batch[3..]).await, Shipped::Stored);
        assert_eq!(world.store.announce(instance(1), 2).await.unwrap(), 5);
        assert_eq!((world.count("usage_events"), stats(world).await.total_calls), (5, 5));
        assert_eq!(world.count("catalogue WHERE revision = 1"), 1);
        assert_eq!(world.count("audit_log"), 1);
    }

    async fn statistics_are_the_sums_of_the_events(world) {
        let alias = world.alias("a").await.id;
        world.organization("acme").await;
        let uid = world.team("acme", "t", &[], 1).await.team.uid;
        let of = |number, change: fn(&mut UsageEvent)| {
            let mut event = event(number, alias);
            event.call.team_uid = uid;
            change(&mut event);
            event
        };
        let events = [
            of(0, |_| {}),
            of(1, |e| e.provider_cost = None),
            of(2, |e| (e.outcome, e.tokens, e.provider_cost, e.charge) = (Outcome::Failed, None, None, None)),
            of(3, |e| e.outcome = Outcome::Disconnected),
            of(86_400_000_000, |e| { e.outcome = Outcome::Interrupted; e.tokens = None; }),
        ];
        world.store.announce(instance(1), 1).await.unwrap();
        world.store.ship(instance(1), 0, &events[..2]).await.unwrap();
        world.store.ship(instance(1), 2, &events[2..]).await.unwrap();
        let day = events[0].call.started_at.day();
        let refused = Denials { day, alias_id: alias, team_uid: uid, count: 4 };
        world.store.add_denials(&[refused.clone(), refused]).await.unwrap();
        let expected = UsageStats {
            total_calls: 5,
            total_cost_usd: NanoUsd::new(300),
            avg_tokens_per_call: 11,
            failed_calls: 3,
            denied_calls: 8,
            total_billed_usd: NanoUsd::new(800),
            unpriced_calls: 1,
            last_used_at: Some(events[4].call.started_at),
        };
        assert_eq!(stats(world).await, expected);
        let team = TeamRepository::find(&world.store, &team_id("t")).await.unwrap().unwrap();
        assert_eq!(team.usage, expected);
        let organization = OrganizationRepository::find(&world.store, &"acme".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(organization.usage, expected);
        assert_eq!(world.count("usage_rollups"), 2);
        let sums = "usage_rollups WHERE (SELECT SUM(calls) FROM usage_rollups) = (SELECT COUNT(*) FROM usage_events) \
            AND (SELECT SUM(cost_nano) FROM usage_rollups) = (SELECT SUM(provider_cost) FROM usage_events) \
            AND (SELECT SUM(input_tokens + output_tokens) FROM usage_rollups) = \
                (SELECT SUM(input_tokens + output_tokens + reasoning_tokens + cache_read_tokens + cache_write_tokens) FROM usage_events)";
        assert_eq!(world.count(sums), 2);
    }

    async fn sums_of_more_days_aliases_and_teams_than_one_statement_takes_are_raised(world) {
        let batch: Vec<_> = (0..1_201).map(|number| event(number, testing::id(number % 601))).collect();
        world.store.announce(instance(1), 1).await.unwrap();
        for (first, calls, all) in [(0, &batch[..601], 601), (601, &batch[601..], 1_201)] {
            world.store.ship(instance(1), first, calls).await.unwrap();
            assert_eq!(world.count("usage_rollups"), 601);
            assert_eq!(world.sum("calls", "usage_rollups"), all);
        }
        assert_eq!(world.count("usage_rollups WHERE calls = 2 AND billed_nano > 0 AND last_used_at IS NOT NULL"), 600);
    }

    async fn absurd_sums_stop_neither_the_books_nor_the_statistics(world) {
        let alias = world.alias("a").await.id;
        let mad = |number| {
            let most = i64::MAX.cast_unsigned();
            let tokens = TokenUsage { input: most, output: most, ..TokenUsage::default() };
            let sum = Some(NanoUsd::new(i64::MAX));
            UsageEvent { tokens: Some(tokens), provider_cost: sum, charge: sum, ..event(number, alias) }
        };
        world.store.announce(instance(1), 1).await.unwrap();
        for number in 0..3 {
            let batch = [mad(2 * number), mad(2 * number + 1)];
            assert_eq!(world.store.ship(instance(1), 2 * number, &batch).await.unwrap(), Shipped::Stored);
        }
        let stats = stats(world).await;
        assert_eq!((stats.total_calls, stats.total_cost_usd), (6, NanoUsd::new(10_000_000_000_000_000)));
    }

    async fn a_call_that_two_instances_send_counts_once(world) {
        let alias = world.alias("a").await.id;
        for number in [1, 2] {
            world.store.announce(instance(number), 1).await.unwrap();
        }
        world.store.ship(instance(1), 0, &[event(0, alias), event(1, alias)]).await.unwrap();
        let again = [event(1, alias), event(2, alias), event(2, alias)];
        assert_eq!(world.store.ship(instance(2), 0, &again).await.unwrap(), Shipped::Stored);
        assert_eq!((world.count("usage_events"), stats(world).await.total_calls), (3, 3));
        assert_eq!(world.store.announce(instance(2), 2).await.unwrap(), 3);
    }

    async fn an_instance_that_starts_from_a_copied_folder_is_refused(world) {
        world.store.announce(instance(1), 4).await.unwrap();
        for boot in [4, 3] {
            let refused = world.store.announce(instance(1), boot).await.unwrap_err();
            assert!(matches!(refused, StoreError::Conflict { current: 4, .. }), "{refused:?}");
        }
        assert_eq!(world.store.announce(instance(1), 6).await.unwrap(), 0);
        let refused = world.store.ship(instance(9), 0, &[]).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "instance", .. }), "{refused:?}");
    }

    async fn usage_outlives_what_was_used_and_a_new_alias_starts_at_zero(world) {
        let alias = world.alias("a").await.id;
        world.store.announce(instance(1), 1).await.unwrap();
        world.store.ship(instance(1), 0, &[event(0, alias)]).await.unwrap();
        AliasRepository::delete(&world.store, &alias_name("a"), None, &by()).await.unwrap();
        world.alias("A").await;
        assert_eq!(stats(world).await, UsageStats::default());
        assert_eq!((world.count("usage_events"), world.count("usage_rollups")), (1, 1));
    }

    async fn two_shippers_of_one_instance_store_each_event_once(world) {
        let alias = world.alias("a").await.id;
        world.store.announce(instance(1), 1).await.unwrap();
        let stores = [world.store.clone(), world.replica().await];
        let tasks: Vec<_> = stores.into_iter().map(|store| tokio::spawn(async move {
            let events: Vec<_> = (0..60).map(|n| event(n, alias)).collect();
            let mut next = 0;
            while next < 60 {
                let end = (next + 7).min(60);
                next = match store.ship(instance(1), next as u64, &events[next..end]).await.unwrap() {
                    Shipped::Stored => end,
                    Shipped::ContinueFrom(at) => usize::try_from(at).unwrap(),
                };
            }
        })).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!((world.count("usage_events"), stats(world).await.total_calls), (60, 60));
    }
}
