//! Backups, restores and moves: everything arrives, as it was, whatever kind of database it goes to.

use std::sync::Arc;

use alias_core::alias::AliasEdit;
use alias_core::repository::{
    AliasRepository, AuditRepository, CreditRepository, StoreError, UsageRepository,
};
use alias_core::testing::FixedClock;
use alias_store::transfer::{backup, copy};
use alias_store::{DatabaseUrl, SqlStore};

use crate::credits::{balance, burning, team_with};
use crate::usage::instance;
use crate::world::{Place, World, alias_name, by, on_each_database, postgres_place, team_id};

/// A bit of everything.
async fn fill(world: &World) {
    let team = team_with(world, 5_000_000).await;
    let alias = world.alias("smart").await.id;
    let odd = serde_json::json!({"description": "Gr\u{fc}\u{df}e, \"quoted\"\\\n\u{1f980}", "active": false});
    let change = serde_json::from_value::<AliasEdit>(odd).unwrap().parse().unwrap();
    AliasRepository::update(&world.store, &alias_name("smart"), change, None, &by()).await.unwrap();
    world.group("all", &["smart"]).await;
    crate::webhooks::create(world, Some("t"), &["team.low_credits"]).await.unwrap();
    world.store.announce(instance(1), 1).await.unwrap();
    for batch in 0..10 {
        let first = batch * 500;
        let calls: Vec<_> =
            (first..first + 500).map(|number| burning(number, alias, team, None, 900)).collect();
        world.store.ship(instance(1), first, &calls).await.unwrap();
        // Fractions that end with zeros, and none at all.
        world.clock.advance(chrono::Duration::microseconds(123_450));
    }
}

async fn catalogue(store: &SqlStore) -> alias_core::catalog::Catalog {
    use alias_core::catalog::{CatalogChange, CatalogSource};
    match store.changes_since(None).await.unwrap() {
        CatalogChange::Full(catalog) => catalog,
        other => panic!("{other:?}"),
    }
}

/// What a copy is as its original.
async fn same(one: &SqlStore, other: &SqlStore) {
    assert_eq!(catalogue(one).await, catalogue(other).await);
    let (a, b) = (one.recompute(|_| true).await.unwrap(), other.recompute(|_| true).await.unwrap());
    assert_eq!(a, b);
    let audit = other.verify().await.unwrap();
    assert_eq!(audit, one.verify().await.unwrap());
}

/// An empty SQLite database, and a PostgreSQL one where there is a server.
fn elsewhere() -> Vec<Place> {
    let mut places = vec![Place::Sqlite(tempfile::tempdir().unwrap())];
    places.extend(postgres_place());
    places
}

on_each_database! {
    async fn a_copy_is_as_its_original_on_either_database(world) {
        fill(world).await;
        for place in elsewhere() {
            let url = place.url();
            let clock = Arc::new(FixedClock::default());
            let opened = SqlStore::open(&url, 1, clock.clone()).await.unwrap();
            drop(opened);
            let copied = copy(&world.place.url(), &url, |_, _| ()).await.unwrap();
            let rows = |table: &str| copied.iter().find(|one| one.table == table).unwrap().rows;
            assert_eq!((rows("usage_events"), rows("team_keys"), rows("jobs")), (5_000, 1, 0));
            let of_file = matches!(place, Place::Sqlite(_));
            let copy_of = World::open(place).await;
            let other = &copy_of.store;
            same(&world.store, other).await;
            // A file compares times as texts: all are written as it writes them itself.
            if of_file {
                assert_eq!(copy_of.count("usage_events WHERE LENGTH(started_at) NOT IN (19, 23, 26)"), 0);
            }
            // It goes on from there.
            let given = serde_json::from_str::<alias_core::credits::TransferDraft>(r#"{"team_id": "t", "amount": 5}"#);
            let (team, transfer) = given.unwrap().parse().unwrap();
            other.transfer(&team, transfer, &by()).await.unwrap();
            assert_eq!(CreditRepository::balance(other, &team_id("t")).await.unwrap().unwrap().used, balance(world).await.used);
            // A second copy would mix two states.
            let refused = copy(&world.place.url(), &url, |_, _| ()).await.unwrap_err();
            assert!(matches!(refused, StoreError::Corrupt(_)), "{refused:?}");
        }
    }

    async fn a_backup_is_one_private_file_that_nothing_overwrites(world) {
        fill(world).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.db");
        backup(&world.place.url(), &file, |_, _| ()).await.unwrap();
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["backup.db"], "one file and no log beside it");
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        let before = std::fs::read(&file).unwrap();
        assert!(backup(&world.place.url(), &file, |_, _| ()).await.is_err());
        assert!(std::fs::read(&file).unwrap() == before, "it is as it was");
        let restored = SqlStore::open(&DatabaseUrl::sqlite(file), 1, Arc::new(FixedClock::default())).await.unwrap();
        same(&world.store, &restored).await;
        // Of a database that is not there, nothing is left.
        let lost = DatabaseUrl::sqlite(folder.path().join("not/there.db"));
        assert!(backup(&lost, &folder.path().join("other.db"), |_, _| ()).await.is_err());
        assert!(!folder.path().join("other.db").exists());
    }
}
