//! What must not happen: silent repair, a schema of the future, a password in a message, a failed half.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use alias_core::catalog::CatalogSource;
use alias_core::clock::Clock;
use alias_core::repository::{AliasQuery, AliasRepository, AuditRepository, StoreError};
use alias_core::testing::FixedClock;
use alias_store::{DatabaseUrl, SqlStore};

use crate::world::{Place, World, alias_name, on_each_database};

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}

async fn reopened(world: &World) -> Result<SqlStore, StoreError> {
    SqlStore::open(&world.place.url(), 1, Arc::clone(&world.clock) as Arc<dyn Clock>).await
}

/// Takes back every migration behind the one of this number; answers how many there are.
fn undo(world: &World, last_kept: &str) -> i64 {
    let kind = if matches!(world.place, Place::Sqlite(_)) { "sqlite" } else { "postgres" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind);
    let mut migrations: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    migrations.sort();
    for migration in migrations.iter().rev() {
        let (number, _) = migration.file_name().unwrap().to_str().unwrap().split_once('_').unwrap();
        if number > last_kept {
            world.execute(&std::fs::read_to_string(migration.join("down.sql")).unwrap());
            world.execute(&format!("DELETE FROM __diesel_schema_migrations WHERE version = '{number}'"));
        }
    }
    migrations.len().try_into().unwrap()
}

on_each_database! {
    async fn a_row_that_cannot_be_read_is_reported_and_never_repaired(world) {
        world.alias("a").await;
        world.execute("UPDATE alias_versions SET spec = '{\"litellm_model\": \"no slash\"}'");
        let found = AliasRepository::find(&world.store, &alias_name("a")).await.unwrap_err();
        assert!(matches!(found, StoreError::Corrupt(_)), "{found:?}");
        assert!(chain(&found).contains("alias_versions.spec"), "{}", chain(&found));
        let listed = AliasRepository::list(&world.store, &AliasQuery::default()).await.unwrap_err();
        assert!(matches!(listed, StoreError::Corrupt(_)), "{listed:?}");
        let loaded = world.store.changes_since(None).await.unwrap_err();
        assert!(matches!(loaded, StoreError::Corrupt(_)), "{loaded:?}");
    }

    async fn a_write_that_fails_half_way_leaves_nothing(world) {
        world.execute("DROP TABLE audit_log");
        let draft = alias_core::alias::AliasDraft::new("a", "openai/gpt-4").parse().unwrap();
        let failed = AliasRepository::create(&world.store, draft, &crate::world::by()).await.unwrap_err();
        assert!(matches!(failed, StoreError::Unavailable(_)), "{failed:?}");
        assert_eq!(world.count("model_aliases") + world.count("alias_versions"), 0);
        assert_eq!(world.count("catalogue WHERE revision = 0"), 1);
        world.store.ping().await.unwrap();
    }

    async fn a_database_is_opened_again_as_it_was_but_not_one_of_a_newer_version(world) {
        world.alias("a").await;
        let store = reopened(world).await.unwrap();
        assert!(AliasRepository::find(&store, &alias_name("a")).await.unwrap().is_some());
        world.execute(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999'); \
             UPDATE schema_compatibility SET oldest = '9999'",
        );
        let refused = reopened(world).await.unwrap_err();
        assert!(matches!(refused, StoreError::Corrupt(_)), "{refused:?}");
        assert!(chain(&refused).contains("9999") && chain(&refused).contains("newer"), "{}", chain(&refused));
    }

    async fn a_database_of_a_newer_version_that_says_so_is_used(world) {
        world.alias("a").await;
        world.execute(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('9998'), ('9999'); \
             ALTER TABLE model_aliases ADD COLUMN newer TEXT",
        );
        // What a program must know: a migration that this version does, then one that it does not.
        for (oldest, used) in [("0031", true), ("9998", false), ("0031", true)] {
            world.execute(&format!("UPDATE schema_compatibility SET oldest = '{oldest}'"));
            match (reopened(world).await, used) {
                (Ok(store), true) => {
                    assert!(AliasRepository::find(&store, &alias_name("a")).await.unwrap().is_some());
                }
                (Err(refused), false) => assert!(chain(&refused).contains("newer"), "{}", chain(&refused)),
                (other, _) => panic!("{oldest}: {other:?}"),
            }
        }
        let status = SqlStore::migrations(&world.place.url()).await.unwrap();
        assert!(status.iter().all(|migration| migration.run));
        assert!(status.last().unwrap().name.starts_with("9999"));
    }

    async fn replicas_that_start_together_migrate_once(world) {
        let all = undo(world, "");
        let starts: Vec<_> = (0..4).map(|_| {
            let (url, clock) = (world.place.url(), Arc::clone(&world.clock) as Arc<dyn Clock>);
            tokio::spawn(async move { SqlStore::open(&url, 1, clock).await })
        }).collect();
        for start in starts {
            start.await.unwrap().unwrap();
        }
        assert_eq!(world.count("__diesel_schema_migrations"), all);
    }

    async fn what_the_first_version_wrote_is_kept(world) {
        world.alias("a").await;
        undo(world, "0001");
        assert_eq!(world.count("audit_log WHERE action = 'alias.create'"), 1);
        let store = reopened(world).await.unwrap();
        assert!(AliasRepository::find(&store, &alias_name("a")).await.unwrap().is_some());
        assert_eq!(world.count("audit_log WHERE action = 'alias.create' AND seq IS NULL"), 1);
        assert!(AuditRepository::verify(&store).await.unwrap().valid);
    }

    async fn lanes_have_connections_of_their_own(world) {
        world.alias("a").await;
        let lane = world.store.lane(1);
        assert!(AliasRepository::find(&lane, &alias_name("a")).await.unwrap().is_some());
        lane.ping().await.unwrap();
    }
}

#[test]
fn connections_that_postgres_closed_are_replaced() {
    let Some((runtime, place)) = crate::world::postgres() else { return };
    runtime.block_on(async {
        let world = World::open(place).await;
        let watch = world.store.watch().unwrap();
        let patience = std::time::Duration::from_secs(10);
        tokio::time::timeout(patience, watch.notified()).await.unwrap();
        world.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        world.alias("a").await;
        // Whether it heard of the write or only that it listens again: who is woken asks.
        tokio::time::timeout(patience, watch.notified()).await.unwrap();
        assert!(AliasRepository::find(&world.store, &alias_name("a")).await.unwrap().is_some());
    });
}

#[test]
fn a_database_that_cannot_be_reached_is_unavailable_and_its_password_is_never_told() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for text in [
        "postgres://user:s3cret@127.0.0.1:1/aliases",
        "postgres://user:s3cret@127.0.0.1:notaport/aliases",
        "postgres://user:s3cret@[::1/aliases",
        "postgres://127.0.0.1:1/aliases?user=u&password=s3cret&nonsense=1",
    ] {
        let url: DatabaseUrl = text.parse().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
        let refused = runtime.block_on(SqlStore::open(&url, 1, clock)).unwrap_err();
        assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
        let told = format!("{} {refused:?}", chain(&refused));
        assert!(!told.contains("s3cret"), "{told}");
    }
    assert!(!std::path::Path::new("postgres:").exists(), "no file of that name was made");
}

#[test]
fn both_migration_folders_hold_the_same_names() {
    let names = |database: &str| -> BTreeSet<String> {
        let folder = format!("{}/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(names("sqlite").contains("0001_initial"));
}
