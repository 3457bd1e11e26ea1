//! Keys: made, rotated and revoked; only digests are kept.

use alias_core::catalog::{CatalogChange, CatalogSource};
use alias_core::clock::{Clock, Timestamp};
use alias_core::key::TeamKey;
use alias_core::repository::{KeyRepository, StoreError};

use crate::world::{World, by, key, on_each_database, team_id};

async fn listed(world: &World) -> Vec<TeamKey> {
    KeyRepository::list(&world.store, &team_id("t")).await.unwrap().unwrap()
}

async fn prepared(world: &World) {
    world.organization("acme").await;
    world.team("acme", "t", &[], 1).await;
    world.tick();
}

on_each_database! {
    async fn keys_are_listed_oldest_first_and_only_their_digests_are_kept(world) {
        prepared(world).await;
        let made = KeyRepository::create(&world.store, &team_id("T"), key(2), &by()).await.unwrap().value;
        let keys = listed(world).await;
        assert_eq!((keys.len(), &keys[1]), (2, &made));
        let CatalogChange::Full(catalog) = world.store.changes_since(None).await.unwrap() else { panic!() };
        assert!(catalog.keys.iter().any(|stored| stored.digest == key(2).secret.digest()));
        let secret = &key(2).secret.expose()[20..40].to_owned();
        assert_eq!(world.count(&format!("audit_log WHERE diff LIKE '%{secret}%'")), 0);
        assert_eq!(KeyRepository::list(&world.store, &team_id("nobody")).await.unwrap(), None);
        let refused = KeyRepository::create(&world.store, &team_id("nobody"), key(3), &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "team", .. }), "{refused:?}");
    }

    async fn a_revoked_key_is_gone_for_ever(world) {
        prepared(world).await;
        let id = key(1).secret.id().clone();
        let before = world.store.revoke(&team_id("t"), &id, &by()).await.unwrap();
        assert_eq!(before.value.key_id, id);
        assert!(listed(world).await.is_empty());
        let CatalogChange::Full(catalog) = world.store.changes_since(None).await.unwrap() else { panic!() };
        assert!(catalog.keys.is_empty());
        let refused = world.store.revoke(&team_id("t"), &id, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "key", .. }), "{refused:?}");
    }

    async fn a_key_of_another_team_cannot_be_revoked_or_rotated(world) {
        prepared(world).await;
        world.team("acme", "u", &[], 2).await;
        let (team, id) = (team_id("t"), key(2).secret.id().clone());
        let refused = world.store.revoke(&team, &id, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "key", .. }), "{refused:?}");
        let now = world.clock.now();
        let refused = world.store.rotate(&team, &id, key(3).secret, now, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "key", .. }), "{refused:?}");
        assert_eq!(world.count("team_keys WHERE revoked_at IS NULL"), 2);
    }

    async fn a_rotated_key_works_until_its_grace_ends(world) {
        prepared(world).await;
        let (team, now) = (team_id("t"), world.clock.now());
        let later = |seconds: i64| Timestamp::from_micros(now.micros() + seconds * 1_000_000);
        world.store.rotate(&team, key(1).secret.id(), key(2).secret, later(60), &by()).await.unwrap();
        let keys = listed(world).await;
        assert_eq!((keys[0].expires_at, keys[1].expires_at), (Some(later(60)), None));
        // A second rotation never gives the old key more time.
        world.store.rotate(&team, key(1).secret.id(), key(3).secret, later(600), &by()).await.unwrap();
        let keys = listed(world).await;
        assert_eq!((keys[0].expires_at, keys[2].expires_at), (Some(later(60)), None), "and its heir is no worse for it");
        world.store.rotate(&team, key(2).secret.id(), key(4).secret, now, &by()).await.unwrap();
        let ids: Vec<_> = listed(world).await.into_iter().map(|stored| stored.key_id).collect();
        assert!(!ids.contains(key(2).secret.id()), "ended at once");
        world.clock.advance(chrono::Duration::seconds(61));
        let refused = world.store.rotate(&team, key(1).secret.id(), key(5).secret, now, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "key", .. }), "{refused:?}");
    }
}
