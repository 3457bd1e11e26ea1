//! Changes of aliases that wait: how they become versions, and what else is written when they are due.

use alias_core::alias::{AliasChange, AliasEdit, AliasId, ScheduledAction, ScheduledChange};
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::credits::BudgetMode;
use alias_core::money::{NanoUsd, TokenPrice};
use alias_core::plan::Plan;
use alias_core::price::PriceList;
use alias_core::repository::{
    AliasHistoryRepository as _, AliasRepository, AliasScheduleRepository as _, AuditRepository,
    BulkRepository as _, CallRepository as _, StoreError, UsageRepository as _,
};
use alias_core::usage::{PriceBasis, Settlement, TokenUsage, UsageEvent, UsageSource};

use crate::catalogue::full;
use crate::usage::{event, instance};
use crate::world::{World, alias_name, by, on_each_database, window};

fn edit(json: &str) -> AliasChange {
    serde_json::from_str::<AliasEdit>(json).unwrap().parse().unwrap()
}

fn update(json: &str) -> ScheduledAction {
    ScheduledAction::Update(Box::new(edit(json)))
}

fn ahead(world: &World, seconds: i64) -> Timestamp {
    Timestamp::from_micros(world.clock_now().micros() + seconds * 1_000_000)
}

async fn schedule(world: &World, name: &str, action: ScheduledAction, at: Timestamp) {
    world.store.schedule(&alias_name(name), action, at, None, &by()).await.unwrap();
}

async fn version(world: &World, name: &str) -> Option<u32> {
    AliasRepository::find(&world.store, &alias_name(name)).await.unwrap().map(|found| found.alias.version)
}

/// A change of an alias that comes due in a minute, and that a server foresees as its version 2; an edit of the price was written
/// meanwhile, of which that server does not know.
async fn foreseen(world: &World) -> (AliasId, ScheduledChange) {
    let alias = world.alias("smart").await.id;
    let at = ahead(world, 60);
    let action = update(r#"{"litellm_model": "openai/gpt-4o"}"#);
    let change = world.store.schedule(&alias_name("smart"), action, at, None, &by()).await.unwrap().value;
    let price = r#"{"pricing": {"basis": "fixed", "prices": {"input": 7, "output": 7}}}"#;
    world.store.update(&alias_name("smart"), edit(price), None, &by()).await.unwrap();
    (alias, change)
}

/// A call that such a server sent by the change, and charged by the price that it knew.
fn foreseen_call(number: u64, alias: AliasId, change: &ScheduledChange) -> UsageEvent {
    let mut event = event(number, alias);
    event.call.started_at = change.effective_at;
    event.call.alias_version = 2;
    event.call.scheduled = Some(change.id);
    event.tokens = Some(TokenUsage { input: 10, output: 20, ..TokenUsage::default() });
    event.charge = Some(NanoUsd::new(50_000));
    let prices = PriceList::new(TokenPrice::new(1_000_000), TokenPrice::new(2_000_000));
    event.settlement = Settlement {
        source: UsageSource::Reported,
        basis: PriceBasis::Fixed,
        prices: Some(prices.into()),
        mode: BudgetMode::ConsumptionTokens,
        rate: 10,
        credits: 3_000_000,
        ..Settlement::default()
    };
    event
}

async fn recorded_version(world: &World, event: &UsageEvent) -> u32 {
    world.store.find_call(event.call.call_id).await.unwrap().unwrap().call.alias_version
}

on_each_database! {
    async fn a_bulk_write_that_is_refused_while_a_change_is_due_leaves_nothing_but_that_change(world) {
        world.alias("smart").await;
        world.alias("fast").await;
        schedule(world, "smart", update(r#"{"active": false}"#), ahead(world, 60)).await;
        world.clock.advance(chrono::Duration::seconds(61));
        let plans = vec![
            Plan::DeleteAlias { alias: alias_name("fast"), expected: None },
            Plan::DeleteAlias { alias: alias_name("missing"), expected: None },
        ];
        let bulk = world.store.make_all(plans, &by()).await.unwrap().value;
        assert!(matches!(bulk, Err((1, StoreError::NotFound { .. }))), "{bulk:?}");
        assert_eq!((version(world, "fast").await, version(world, "smart").await), (Some(1), Some(2)));
        assert!(AuditRepository::verify(&world.store).await.unwrap().valid);
    }

    async fn who_has_seen_the_catalogue_before_a_change_came_due_has_to_look_again(world) {
        world.alias("smart").await;
        let action = update(r#"{"active": false}"#);
        let at = ahead(world, 60);
        let revision = world.store.schedule(&alias_name("smart"), action, at, None, &by()).await.unwrap().revision;
        assert_eq!(world.store.settle().await.unwrap(), None, "nothing is due");
        world.clock.advance(chrono::Duration::seconds(61));
        let who = Actor { seen: Some(revision), ..by() };
        let written = AliasRepository::delete(&world.store, &alias_name("smart"), None, &who).await;
        assert!(matches!(written, Err(StoreError::Moved { .. })), "{written:?}");
        assert_eq!(version(world, "smart").await, Some(2), "the change is made all the same");
    }

    async fn many_changes_that_come_due_at_once_are_made_in_their_order(world) {
        for number in 0..60 {
            world.alias(&format!("a{number}")).await;
        }
        let at = ahead(world, 60);
        for number in 0..60 {
            schedule(world, &format!("a{number}"), update(r#"{"active": false}"#), at).await;
        }
        schedule(world, "a7", ScheduledAction::Delete, ahead(world, 61)).await;
        world.clock.advance(chrono::Duration::seconds(120));
        assert!(world.store.settle().await.unwrap().is_some());
        assert_eq!(world.store.settle().await.unwrap(), None);
        for number in 0..60 {
            let expected = (number != 7).then_some(2);
            assert_eq!(version(world, &format!("a{number}")).await, expected, "a{number}");
        }
        let history = world.store.history(&alias_name("a7"), &window(10)).await.unwrap().unwrap();
        assert_eq!(history.page.items[0].version.effective_at, ahead(world, 61 - 120), "from its moment on");
    }

    async fn a_moment_that_has_passed_when_its_turn_comes_is_refused(world) {
        world.alias("smart").await;
        let now = world.clock_now();
        let late = world.store.schedule(&alias_name("smart"), ScheduledAction::Delete, now, None, &by()).await;
        assert!(matches!(late, Err(StoreError::Invalid(_))), "{late:?}");
    }

    async fn calls_that_go_by_a_change_before_it_is_a_version_are_recorded_with_the_version_that_it_becomes(world) {
        let (alias, change) = foreseen(world).await;
        let now = full(world).await.aliases.remove(0);
        let then = now.at(change.effective_at).unwrap();
        assert_eq!((now.scheduled, then.version, then.scheduled), (None, 3, Some(change.id)));
        world.clock.advance(chrono::Duration::seconds(61));
        world.store.announce(instance(1), 1).await.unwrap();
        // One is in the books before the change is a version, one comes in after.
        let calls = [0, 1].map(|number| foreseen_call(number, alias, &change));
        world.store.ship(instance(1), 0, &calls[..1]).await.unwrap();
        assert_eq!(recorded_version(world, &calls[0]).await, 2, "nobody knows better");
        assert!(world.store.settle().await.unwrap().is_some());
        assert_eq!(version(world, "smart").await, Some(3), "the edit was first");
        world.store.ship(instance(1), 1, &calls[1..]).await.unwrap();
        for call in &calls {
            assert_eq!(recorded_version(world, call).await, 3);
        }
        let books = world.store.recompute(|_| true).await.unwrap();
        assert_eq!(books.differences, [], "charged by prices that no version says");
        assert!(books.clean && books.events == 2 && books.unpinned == 0, "{books:?}");
    }

    async fn a_call_that_goes_by_a_change_which_is_never_made_keeps_the_version_that_was_foreseen(world) {
        let (alias, change) = foreseen(world).await;
        world.store.announce(instance(1), 1).await.unwrap();
        world.store.unschedule(&alias_name("smart"), change.id, &by()).await.unwrap();
        world.clock.advance(chrono::Duration::seconds(61));
        let call = foreseen_call(0, alias, &change);
        world.store.ship(instance(1), 0, std::slice::from_ref(&call)).await.unwrap();
        assert_eq!(recorded_version(world, &call).await, 2);
        assert_eq!(world.store.recompute(|_| true).await.unwrap().differences, []);
    }

    async fn a_change_that_would_lead_calls_in_a_circle_is_refused_as_it_is_scheduled(world) {
        world.alias("a").await;
        world.alias_to("b", "alias/a", &[]).await;
        let (name, at) = (alias_name("a"), ahead(world, 60));
        for (model, why) in [("alias/b", "leads in a circle: a -> b -> a"), ("alias/missing", "missing")] {
            let action = update(&format!(r#"{{"litellm_model": "{model}"}}"#));
            let said = world.store.schedule(&name, action, at, None, &by()).await.unwrap_err();
            assert!(format!("{said:?}").contains(why), "{said:?}");
        }
        assert_eq!(world.count("scheduled_changes"), 0);
    }

    async fn a_deleted_alias_that_would_lead_calls_in_a_circle_by_now_stays_deleted(world) {
        world.alias("a").await;
        world.alias_to("b", "alias/a", &[]).await;
        AliasRepository::delete(&world.store, &alias_name("b"), None, &by()).await.unwrap();
        // A replacement need not be there yet.
        let told = r#"{"deprecation": {"deprecated_at": "2024-01-01T00:00:00Z", "replacement": "b", "at_sunset": "redirect", "sunset_at": "2030-01-01T00:00:00Z"}}"#;
        world.store.update(&alias_name("a"), edit(told), None, &by()).await.unwrap();
        let said = world.store.restore(&alias_name("b"), &by()).await.unwrap_err();
        assert!(format!("{said:?}").contains("leads in a circle: b -> a -> b"), "{said:?}");
        assert_eq!(version(world, "b").await, None);
        // Where what it leads to is gone as well, there is no circle: one is restored after the other.
        AliasRepository::delete(&world.store, &alias_name("a"), None, &by()).await.unwrap();
        world.store.restore(&alias_name("b"), &by()).await.unwrap();
        let said = world.store.restore(&alias_name("a"), &by()).await.unwrap_err();
        assert!(format!("{said:?}").contains("circle"), "{said:?}");
    }
}
