//! Changes of aliases that wait: how they become versions, and what else is written when they are due.

use alias_core::alias::{AliasChange, AliasEdit, ScheduledAction};
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::plan::Plan;
use alias_core::repository::{
    AliasHistoryRepository as _, AliasRepository, AliasScheduleRepository as _, AuditRepository,
    BulkRepository as _, StoreError,
};

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
}
