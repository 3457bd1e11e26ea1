//! Reminders of sunsets: each is queued once, whoever asks, and none for an end that was put off.

use alias_core::alias::{AliasChange, AliasEdit};
use alias_core::clock::Timestamp;
use alias_core::repository::{
    AliasHistoryRepository as _, AliasRepository, DeliveryQueue as _, SunsetReminderRepository as _,
    TeamRepository, UsageRepository as _,
};
use alias_core::usage::UsageEvent;
use alias_core::webhook::Webhook;
use serde_json::{Value, json};

use crate::usage::{event, instance};
use crate::webhooks::create;
use crate::world::{World, alias_name, by, on_each_database, team_id};

const EVENT: &str = "alias.sunset_approaching";

fn days_ahead(world: &World, days: i64) -> Timestamp {
    Timestamp::from(world.clock_now().utc() + chrono::Duration::days(days))
}

async fn change(world: &World, fields: Value) {
    let change: AliasChange = serde_json::from_value::<AliasEdit>(fields).unwrap().parse().unwrap();
    AliasRepository::update(&world.store, &alias_name("old"), change, None, &by()).await.unwrap();
}

async fn end_at(world: &World, sunset_at: Timestamp) {
    let told = json!({"deprecated_at": "2024-10-01T00:00:00Z", "sunset_at": sunset_at});
    change(world, json!({ "deprecation": told })).await;
}

/// How many aliases webhooks are reminded of once these days have passed.
async fn pass(world: &World, days: i64) -> u32 {
    world.clock.advance(chrono::Duration::days(days));
    world.store.remind().await.unwrap()
}

/// What was queued for the webhook and not claimed yet.
async fn told(world: &World, webhook: &Webhook) -> Vec<Value> {
    let claims = world.store.claim(16, &[]).await.unwrap();
    let own = claims.into_iter().filter(|claim| claim.webhook == webhook.webhook_id);
    let bodies = own.flat_map(|claim| claim.messages).map(|message| message.body);
    bodies.map(|body| serde_json::from_str::<Value>(&body).unwrap()["data"].take()).collect()
}

on_each_database! {
    async fn a_sunset_is_told_of_30_7_and_1_days_before_it_and_never_twice(world) {
        world.alias("old").await;
        let webhook = create(world, None, &[EVENT]).await.unwrap();
        end_at(world, days_ahead(world, 40)).await;
        assert_eq!((pass(world, 9).await, pass(world, 1).await, pass(world, 0).await), (0, 1, 0));
        // A change of something else plans nothing again.
        change(world, json!({"description": "on its way out"})).await;
        assert_eq!((pass(world, 22).await, pass(world, 1).await), (0, 1));
        assert_eq!((pass(world, 6).await, pass(world, 1).await, pass(world, 3).await), (1, 0, 0));
        let all = told(world, &webhook).await;
        let days: Vec<&Value> = all.iter().map(|data| &data["days_left"]).collect();
        assert_eq!(days, [30, 7, 1]);
        assert_eq!(all[0]["alias"], "old");
        assert_eq!(world.count("sunset_reminders"), 0);
    }

    async fn of_many_servers_that_ask_at_once_one_tells(world) {
        world.alias("old").await;
        let webhook = create(world, None, &[EVENT]).await.unwrap();
        end_at(world, days_ahead(world, 40)).await;
        world.clock.advance(chrono::Duration::days(10));
        let servers = [world.replica().await, world.replica().await, world.replica().await];
        let asked = servers.map(|server| tokio::spawn(async move { server.remind().await.unwrap() }));
        let mut reminded = 0;
        for server in asked {
            reminded += server.await.unwrap();
        }
        assert_eq!((reminded, told(world, &webhook).await.len()), (1, 1));
    }

    async fn an_end_that_is_put_off_taken_back_or_near_is_told_of_when_there_is_time(world) {
        world.alias("old").await;
        let webhook = create(world, None, &[EVENT]).await.unwrap();
        end_at(world, days_ahead(world, 40)).await;
        end_at(world, days_ahead(world, 50)).await;
        assert_eq!((pass(world, 10).await, pass(world, 10).await), (0, 1));
        change(world, json!({ "deprecation": null })).await;
        assert_eq!(pass(world, 25).await, 0);
        // Deprecated with little time: what is past already is not told.
        end_at(world, days_ahead(world, 5)).await;
        assert_eq!((pass(world, 0).await, pass(world, 4).await), (0, 1));
        // Nobody was there for a month: the last one is told, alone.
        end_at(world, days_ahead(world, 60)).await;
        assert_eq!((pass(world, 55).await, pass(world, 0).await), (1, 0));
        // Nor for longer than the alias had.
        assert_eq!(pass(world, 30).await, 0);
        let days: Vec<Value> = told(world, &webhook).await.iter().map(|data| data["days_left"].clone()).collect();
        assert_eq!(days, [30, 1, 5]);
    }

    async fn what_serves_nothing_is_not_told_of_and_what_is_restored_is(world) {
        world.alias("old").await;
        create(world, None, &[EVENT]).await.unwrap();
        end_at(world, days_ahead(world, 40)).await;
        change(world, json!({"active": false})).await;
        assert_eq!(pass(world, 10).await, 0);
        change(world, json!({"active": true})).await;
        AliasRepository::delete(&world.store, &alias_name("old"), None, &by()).await.unwrap();
        world.clock.advance(chrono::Duration::days(20));
        world.store.restore(&alias_name("old"), &by()).await.unwrap();
        assert_eq!(pass(world, 3).await, 1);
    }

    async fn who_still_calls_is_named_to_operators_and_each_team_learns_of_its_own_calls(world) {
        world.organization("acme").await;
        let alias = world.alias("old").await.id;
        world.group("gone", &["old"]).await;
        let one = world.team("acme", "one", &["gone"], 1).await.team.uid;
        let two = world.team("acme", "two", &["gone"], 2).await.team.uid;
        let call = |number: u64, team, name: &str| {
            let mut event: UsageEvent = event(number, alias);
            (event.call.team_uid, event.call.team_id) = (team, team_id(name));
            event
        };
        let calls = [call(0, one, "one"), call(1, one, "one"), call(2, two, "two")];
        world.store.announce(instance(1), 1).await.unwrap();
        world.store.ship(instance(1), 0, &calls).await.unwrap();
        let all = create(world, None, &["alias.deprecated"]).await.unwrap();
        let own = create(world, Some("one"), &["alias.deprecated", EVENT]).await.unwrap();
        end_at(world, days_ahead(world, 8)).await;
        let calling = told(world, &all).await[0]["still_calling"].clone();
        let calling: Vec<_> = calling.as_array().unwrap().iter()
            .map(|team| (team["team_id"].as_str().unwrap(), team["calls_last_7_days"].as_u64().unwrap())).collect();
        assert_eq!(calling.len(), 2);
        assert!(calling.contains(&("one", 2)) && calling.contains(&("two", 1)), "{calling:?}");
        world.clock.advance(chrono::Duration::minutes(5));
        assert_eq!(pass(world, 1).await, 1);
        let own = told(world, &own).await;
        let last = own.last().unwrap();
        assert_eq!((&last["days_left"], &last["calls_last_30_days"]), (&json!(7), &json!(2)));
        assert!(!own.iter().any(|data| data.to_string().contains("two") || data.get("still_calling").is_some()), "{own:?}");
    }

    async fn a_team_that_has_the_name_of_one_that_is_gone_is_told_of_its_own_calls(world) {
        world.organization("acme").await;
        let alias = world.alias("old").await.id;
        world.group("gone", &["old"]).await;
        let first = world.team("acme", "one", &["gone"], 1).await.team.uid;
        let mut call: UsageEvent = event(0, alias);
        (call.call.team_uid, call.call.team_id) = (first, team_id("one"));
        world.store.announce(instance(1), 1).await.unwrap();
        world.store.ship(instance(1), 0, &[call]).await.unwrap();
        TeamRepository::delete(&world.store, &team_id("one"), None, &by()).await.unwrap();
        world.team("acme", "one", &["gone"], 2).await;
        let own = create(world, Some("one"), &["alias.deprecated"]).await.unwrap();
        end_at(world, days_ahead(world, 8)).await;
        let own = told(world, &own).await;
        assert_eq!((&own[0]["calls_last_7_days"], &own[0]["calls_last_30_days"]), (&json!(0), &json!(0)));
    }

    async fn an_alias_that_cannot_be_read_keeps_nobody_else_from_being_told_of(world) {
        world.alias("old").await;
        let broken = world.alias("broken").await.id;
        let webhook = create(world, None, &[EVENT]).await.unwrap();
        end_at(world, days_ahead(world, 40)).await;
        let told_of = json!({"deprecated_at": "2024-10-01T00:00:00Z", "sunset_at": days_ahead(world, 40)});
        let edit: AliasEdit = serde_json::from_value(json!({ "deprecation": told_of })).unwrap();
        let name = alias_name("broken");
        AliasRepository::update(&world.store, &name, edit.parse().unwrap(), None, &by()).await.unwrap();
        world.execute(&format!("UPDATE alias_versions SET spec = 'no spec' WHERE alias_id = '{broken}'"));
        assert_eq!((pass(world, 10).await, pass(world, 0).await), (1, 0));
        assert_eq!(told(world, &webhook).await[0]["alias"], "old");
        assert_eq!(world.count("sunset_reminders"), 4, "those that are yet to come");
    }
}
