//! What keys are limited to, when they were used, and what becomes of a secret that was never received.

use alias_core::alias::{AliasId, AliasName};
use alias_core::catalog::{CatalogChange, CatalogKey, CatalogSource};
use alias_core::clock::{Clock, Timestamp};
use alias_core::key::{
    CallerId, Entrance, KeyChange, KeyDraft, KeyEdit, KeyId, KeySecret, SECRET_BYTES, TeamKey,
};
use alias_core::repository::{AliasRepository, KeyRepository, StoreError, UsageRepository};
use alias_core::testing;
use alias_core::usage::{Endpoint, UsageEvent};

use crate::usage::{event, instance};
use crate::world::{World, alias_name, by, key, on_each_database, team_id, texts};

/// A team `t` with key 1, and the aliases `a`, `b` and `c`.
async fn prepared(world: &World) -> [AliasId; 3] {
    world.organization("acme").await;
    world.team("acme", "t", &[], 1).await;
    world.tick();
    [world.alias("a").await.id, world.alias("b").await.id, world.alias("c").await.id]
}

fn draft() -> KeyDraft {
    KeyDraft {
        name: Some("ci".into()),
        models: Some(texts(&["b", "A"])),
        endpoints: Some(texts(&["models", "chat_completions"])),
        networks: Some(texts(&["192.0.2.0/24", "10.0.0.0/8"])),
        ..KeyDraft::default()
    }
}

/// Makes the key of this number from a draft.
async fn make(world: &World, draft: KeyDraft, number: u64) -> Result<TeamKey, StoreError> {
    let new = draft.parse(testing::key(number), world.clock.now()).unwrap();
    let made = KeyRepository::create(&world.store, &team_id("t"), new, &by()).await;
    made.map(|written| written.value)
}

async fn catalogued(world: &World, id: &KeyId) -> Option<CatalogKey> {
    let CatalogChange::Full(catalog) = world.store.changes_since(None).await.unwrap() else { panic!() };
    catalog.keys.into_iter().find(|key| key.id == *id)
}

async fn listed(world: &World, id: &KeyId) -> TeamKey {
    let keys = KeyRepository::list(&world.store, &team_id("t")).await.unwrap().unwrap();
    keys.into_iter().find(|key| key.key_id == *id).unwrap()
}

fn edit(json: serde_json::Value, now: Timestamp) -> KeyChange {
    serde_json::from_value::<KeyEdit>(json).unwrap().parse(now).unwrap()
}

fn models(key: &TeamKey) -> Option<Vec<&str>> {
    key.scope.models.as_ref().map(|models| models.iter().map(AliasName::as_str).collect())
}

on_each_database! {
    async fn the_limits_of_a_key_are_kept_and_reach_the_catalogue(world) {
        let [a, b, c] = prepared(world).await;
        let made = make(world, draft(), 2).await.unwrap();
        assert_eq!(made, listed(world, &made.key_id).await);
        assert_eq!(models(&made), Some(vec!["a", "b"]));
        assert_eq!(serde_json::to_value(&made).unwrap()["networks"], serde_json::json!(["10.0.0.0/8", "192.0.2.0/24"]));
        let scope = catalogued(world, &made.key_id).await.unwrap().scope.unwrap();
        assert!(scope.holds_model(a) && scope.holds_model(b) && !scope.holds_model(c));
        assert!(scope.holds_entrance(Entrance::Models) && !scope.holds_entrance(Entrance::Call(Endpoint::Rerank)));
        assert!(scope.holds_address("10.1.2.3".parse().ok()) && !scope.holds_address("11.1.2.3".parse().ok()));
        assert_eq!(catalogued(world, key(1).secret.id()).await.unwrap().scope, None);
    }

    async fn unknown_models_are_all_told_and_no_key_is_made(world) {
        prepared(world).await;
        let wrong = KeyDraft { models: Some(texts(&["a", "x", "y"])), ..KeyDraft::default() };
        let refused = make(world, wrong, 2).await.unwrap_err();
        let StoreError::UnknownReference { field, names, .. } = refused else { panic!("{refused:?}") };
        assert_eq!((field, names), ("models", texts(&["x", "y"])));
        assert_eq!(world.count("team_keys"), 1);
    }

    async fn a_deleted_model_leaves_a_key_narrower_and_never_wider(world) {
        let [a, ..] = prepared(world).await;
        let only = KeyDraft { models: Some(texts(&["a"])), ..KeyDraft::default() };
        let made = make(world, only, 2).await.unwrap();
        AliasRepository::delete(&world.store, &alias_name("a"), None, &by()).await.unwrap();
        let another = world.alias("a").await.id;
        let scope = catalogued(world, &made.key_id).await.unwrap().scope.unwrap();
        assert!(scope.holds_model(a) && !scope.holds_model(another));
        assert_eq!(models(&listed(world, &made.key_id).await), Some(vec![]));
        // A change of something else does not drop what may be restored.
        let renamed = edit(serde_json::json!({"name": "x"}), world.clock.now());
        KeyRepository::update(&world.store, &team_id("t"), &made.key_id, renamed, &by()).await.unwrap();
        assert!(catalogued(world, &made.key_id).await.unwrap().scope.unwrap().holds_model(a));
    }

    async fn a_rotation_carries_name_end_and_limits_over(world) {
        prepared(world).await;
        let end = Timestamp::from_micros(world.clock.now().micros() + 60_000_000);
        let made = make(world, KeyDraft { expires_at: Some(end), ..draft() }, 2).await.unwrap();
        let now = world.clock.now();
        let much_later = Timestamp::from_micros(now.micros() + 3_600_000_000);
        let rotated = world.store.rotate(&team_id("t"), &made.key_id, testing::key(3), much_later, &by()).await.unwrap().value;
        assert_eq!(rotated.old_ends_at, end, "no later than it would have anyway");
        let new = rotated.new;
        assert_eq!((&new.name, new.expires_at, &new.scope), (&made.name, Some(end), &made.scope));
        assert_eq!(catalogued(world, &new.key_id).await.unwrap().scope, catalogued(world, &made.key_id).await.unwrap().scope);
    }

    async fn a_key_is_changed_and_what_changes_nothing_writes_nothing(world) {
        let [_, _, c] = prepared(world).await;
        let made = make(world, draft(), 2).await.unwrap();
        let (team, id, now) = (team_id("t"), made.key_id.clone(), world.clock.now());
        let update = async |json| KeyRepository::update(&world.store, &team, &id, edit(json, now), &by()).await;
        let after = update(serde_json::json!({"models": ["C"], "networks": null})).await.unwrap();
        assert_eq!((models(&after.value), after.value.scope.networks.as_ref()), (Some(vec!["c"]), None));
        assert_eq!((&after.value.name, after.value.scope.endpoints), (&made.name, made.scope.endpoints));
        let scope = catalogued(world, &id).await.unwrap().scope.unwrap();
        assert!(scope.holds_model(c) && scope.holds_address(None));
        assert_eq!(world.count("audit_log WHERE action = 'key.update'"), 1);
        let again = update(serde_json::json!({"models": ["c"], "networks": null, "name": "ci"})).await.unwrap();
        assert_eq!((again.revision, again.value), (after.revision, after.value));
        let free = update(serde_json::json!({"models": null, "endpoints": null, "expires_at": null})).await.unwrap();
        assert_eq!(models(&free.value), None);
        assert_eq!(catalogued(world, &id).await.unwrap().scope, None);
        let refused = update(serde_json::json!({"models": ["z"], "name": "z"})).await.unwrap_err();
        assert!(matches!(refused, StoreError::UnknownReference { .. }), "{refused:?}");
        assert_eq!(listed(world, &id).await.name, "ci");
    }

    async fn a_key_that_ended_cannot_be_changed_back_to_life(world) {
        prepared(world).await;
        let (team, now) = (team_id("t"), world.clock.now());
        let end = Timestamp::from_micros(now.micros() + 1_000_000);
        let made = make(world, KeyDraft { expires_at: Some(end), ..KeyDraft::default() }, 2).await.unwrap();
        world.clock.advance(chrono::Duration::seconds(1));
        let change = edit(serde_json::json!({"expires_at": null}), now);
        let refused = KeyRepository::update(&world.store, &team, &made.key_id, change, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "key", .. }), "{refused:?}");
    }

    async fn the_last_use_of_a_key_is_when_its_latest_call_began(world) {
        let [a, ..] = prepared(world).await;
        let id = key(1).secret.id().clone();
        assert_eq!(listed(world, &id).await.last_used_at, None);
        let by_token = UsageEvent { call: alias_core::usage::Call { key_id: CallerId::token("ci"), ..event(3, a).call }, ..event(3, a) };
        world.store.announce(instance(1), 1).await.unwrap();
        world.store.announce(instance(2), 1).await.unwrap();
        world.store.ship(instance(1), 0, &[event(5, a), event(9, a), event(7, a), by_token]).await.unwrap();
        assert_eq!(listed(world, &id).await.last_used_at, Some(event(9, a).call.started_at));
        world.store.ship(instance(2), 0, &[event(8, a)]).await.unwrap();
        assert_eq!(listed(world, &id).await.last_used_at, Some(event(9, a).call.started_at));
        assert_eq!(world.count("key_use"), 1);
        assert_eq!(world.count("usage_events WHERE key_id = 'jwt:ci'"), 1);
    }

    async fn a_renewed_key_keeps_its_id_and_forgets_its_secret(world) {
        let [a, ..] = prepared(world).await;
        let made = make(world, draft(), 2).await.unwrap();
        let fresh = KeySecret::renewed(made.key_id.clone(), [7; SECRET_BYTES]);
        let renewed = world.store.renew(&team_id("t"), fresh.clone(), &by()).await.unwrap().value;
        assert_eq!(renewed.virtual_key_masked, fresh.masked());
        assert_eq!(TeamKey { virtual_key_masked: made.virtual_key_masked.clone(), ..renewed }, made);
        assert_eq!(catalogued(world, &made.key_id).await.unwrap().digest, fresh.digest());
        assert_eq!(world.count("audit_log WHERE action = 'key.renew'"), 1);
        // What was used has been received: its secret stays.
        let mut call = event(1, a);
        call.call.key_id = made.key_id.clone().into();
        world.store.announce(instance(1), 1).await.unwrap();
        world.store.ship(instance(1), 0, &[call]).await.unwrap();
        let again = KeySecret::renewed(made.key_id.clone(), [8; SECRET_BYTES]);
        let refused = world.store.renew(&team_id("t"), again, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "key", .. }), "{refused:?}");
        assert_eq!(catalogued(world, &made.key_id).await.unwrap().digest, fresh.digest());
    }

    async fn a_secret_is_renewed_for_ten_minutes_and_not_later(world) {
        prepared(world).await;
        let endless = || KeyDraft { expires_at: None, ..draft() };
        let (young, old) = (make(world, endless(), 2).await.unwrap(), make(world, endless(), 3).await.unwrap());
        let renew = async |key: &TeamKey| {
            let secret = KeySecret::renewed(key.key_id.clone(), [9; SECRET_BYTES]);
            world.store.renew(&team_id("t"), secret, &by()).await
        };
        world.clock.advance(chrono::Duration::seconds(599));
        assert!(renew(&young).await.is_ok());
        world.clock.advance(chrono::Duration::seconds(1));
        assert!(matches!(renew(&old).await, Err(StoreError::NotFound { kind: "key", .. })));
    }
}
