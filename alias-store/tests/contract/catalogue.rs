//! The catalogue as a whole: its revisions, its audit log, and what routers read.

use std::time::Duration;

use alias_core::alias::{AliasChange, Visibility};
use alias_core::audit::{Actor, ActorKind, Source};
use alias_core::catalog::{CatalogChange, CatalogSource, Revision};
use alias_core::organization::{OrganizationChange, Standing, Status};
use alias_core::repository::{AliasRepository, OrganizationRepository, TeamRepository};

use crate::world::{World, alias_name, by, key, on_each_database, team_id};

pub(crate) async fn full(world: &World) -> alias_core::catalog::Catalog {
    match world.store.changes_since(None).await.unwrap() {
        CatalogChange::Full(catalog) => catalog,
        other => panic!("{other:?}"),
    }
}

on_each_database! {
    async fn who_knows_the_present_revision_is_told_nothing(world) {
        let first = full(world).await;
        assert_eq!(first, alias_core::catalog::Catalog { mark: first.mark.clone(), ..Default::default() });
        assert_eq!(world.store.changes_since(Some(Revision(0).into())).await.unwrap(), CatalogChange::None);
        world.alias("a").await;
        assert_eq!(world.store.changes_since(Some(Revision(1).into())).await.unwrap(), CatalogChange::None);
        let change = world.store.changes_since(Some(Revision(0).into())).await.unwrap();
        assert!(matches!(change, CatalogChange::Delta(delta) if delta.changed.revision == Revision(1)));
        // One of a later time knows another history.
        let change = world.store.changes_since(Some(Revision(7).into())).await.unwrap();
        assert!(matches!(change, CatalogChange::Full(catalog) if catalog.revision == Revision(1)));
    }

    async fn the_catalogue_holds_what_decides_and_nothing_that_is_gone(world) {
        let kept = world.alias("Kept").await;
        world.alias("gone").await;
        world.group("g", &["kept", "gone"]).await;
        AliasRepository::delete(&world.store, &alias_name("gone"), None, &by()).await.unwrap();
        let change = AliasChange { active: Some(false), visibility: Some(Visibility::Hidden), ..AliasChange::default() };
        AliasRepository::update(&world.store, &alias_name("kept"), change, None, &by()).await.unwrap();
        world.organization("acme").await;
        let status = Status { status: Standing::Suspended, ..Status::default() };
        let change = OrganizationChange { status: Some(status), ..OrganizationChange::default() };
        OrganizationRepository::update(&world.store, &"acme".parse().unwrap(), change, None, &by()).await.unwrap();
        let team = world.team("acme", "T", &["g"], 1).await.team;
        let catalog = full(world).await;
        assert_eq!(catalog.aliases.len(), 1);
        let alias = &catalog.aliases[0];
        assert_eq!((alias.id, alias.alias.as_str(), alias.version, alias.active), (kept.id, "Kept", 2, false));
        assert_eq!((alias.visibility, alias.litellm_model.as_str()), (Visibility::Hidden, "openai/gpt-4"));
        assert_eq!((catalog.groups[0].active, &catalog.groups[0].aliases), (true, &vec![kept.id]));
        assert_eq!(catalog.organizations[0].standing.standing, Standing::Suspended);
        assert_eq!((catalog.teams[0].uid, catalog.teams[0].organization), (team.uid, catalog.organizations[0].uid));
        assert_eq!(catalog.teams[0].groups, [catalog.groups[0].id]);
        assert_eq!((catalog.keys[0].team, catalog.keys[0].digest), (team.uid, key(1).secret.digest()));
    }

    async fn an_older_state_is_raised_once_beyond_what_was_known_and_says_so(world) {
        for name in ["a", "b", "c"] {
            world.alias(name).await;
        }
        assert_eq!(world.store.overtake(Revision(3).into()).await.unwrap(), Revision(3), "nothing was lost");
        assert_eq!(full(world).await.revision, Revision(3));
        world.execute("UPDATE catalogue SET revision = 1");
        let other = world.replica().await;
        let (here, there) = tokio::join!(world.store.overtake(Revision(3).into()), other.overtake(Revision(2).into()));
        let revision = full(world).await.revision;
        assert!([1_000_002, 1_000_003].contains(&revision.0), "{revision:?}");
        assert_eq!((here.unwrap(), there.unwrap()), (revision, revision));
        let entries = "audit_log WHERE action = 'catalogue.restored'";
        assert_eq!(world.count(entries), 1);
        assert_eq!(world.sum("revision", entries), i64::try_from(revision.0).unwrap());
        // Who knows any state of before reads everything; who follows from now on reads what is different.
        for known in [1, 2, 3] {
            let change = world.store.changes_since(Some(Revision(known).into())).await.unwrap();
            assert!(matches!(change, CatalogChange::Full(_)), "{known}");
        }
        world.alias("d").await;
        assert!(matches!(world.store.changes_since(Some(revision.into())).await.unwrap(), CatalogChange::Delta(_)));
    }

    async fn who_knows_another_history_of_the_same_revisions_is_told_so_and_once(world) {
        for name in ["a", "b", "c"] {
            world.alias(name).await;
        }
        let known = full(world).await.known();
        assert_eq!(world.store.changes_since(Some(known.clone())).await.unwrap(), CatalogChange::None);
        // Put back to revision 1, and written to: the same revisions again.
        world.execute("UPDATE catalogue SET revision = 1");
        for (name, shown) in [("d", 2), ("e", 3), ("f", 4)] {
            world.alias(name).await;
            let change = world.store.changes_since(Some(known.clone())).await.unwrap();
            match shown {
                2 => assert!(matches!(change, CatalogChange::Full(all) if all.revision == Revision(2))),
                _ => assert_eq!(change, CatalogChange::Diverged, "at revision {shown}"),
            }
        }
        let other = world.replica().await;
        let (here, there) = tokio::join!(world.store.overtake(known.clone()), other.overtake(known.clone()));
        let now = full(world).await;
        assert_eq!((here.unwrap(), there.unwrap(), now.revision), (now.revision, now.revision, Revision(1_000_004)));
        assert_eq!(world.count("audit_log WHERE action = 'catalogue.restored'"), 1);
        // Who knows it still reads everything; who has read it follows, and so does who knows an earlier state of it.
        assert!(matches!(world.store.changes_since(Some(known)).await.unwrap(), CatalogChange::Full(_)));
        world.alias("g").await;
        let now = now.known();
        assert!(matches!(world.store.changes_since(Some(now)).await.unwrap(), CatalogChange::Delta(_)));
    }

    async fn every_write_leaves_one_entry_and_raises_the_revision_by_one(world) {
        let by = Actor {
            kind: ActorKind::AdminKey,
            session: None,
            source: Source::Api,
            address: Some("192.0.2.1".parse().unwrap()),
            request_id: Some("req_1".into()),
            reason: Some("ticket 7".into()),
            seen: None,
        };
        world.alias("a").await;
        world.group("g", &["a"]).await;
        world.organization("acme").await;
        world.team("acme", "t", &["g"], 1).await;
        TeamRepository::delete(&world.store, &team_id("t"), None, &by).await.unwrap();
        assert_eq!(full(world).await.revision, Revision(5));
        for revision in 1..=5 {
            assert_eq!(world.count(&format!("audit_log WHERE revision = {revision}")), 1);
        }
        for (action, object, name) in [
            ("alias.create", "model_alias", "a"), ("group.create", "access_group", "g"),
            ("organization.create", "organization", "acme"), ("team.create", "team", "t"), ("team.delete", "team", "t"),
        ] {
            let which = format!("audit_log WHERE action = '{action}' AND object = '{object}' AND name = '{name}'");
            assert_eq!(world.count(&which), 1, "{which}");
        }
        let which = "audit_log WHERE actor = 'admin_key' AND address = '192.0.2.1' AND request_id = 'req_1' \
                     AND reason = 'ticket 7' AND diff LIKE '%team_id%'";
        assert_eq!(world.count(which), 1);
    }
}

#[test]
fn a_write_wakes_the_other_replicas_on_postgres() {
    let Some((runtime, place)) = crate::world::postgres() else { return };
    runtime.block_on(async {
        let world = World::open(place).await;
        let replica = world.replica().await;
        let watch = replica.watch().unwrap();
        // Once for what was written before it listened; then for the write.
        tokio::time::timeout(Duration::from_secs(10), watch.notified()).await.unwrap();
        world.alias("a").await;
        tokio::time::timeout(Duration::from_secs(10), watch.notified()).await.unwrap();
        let change = replica.changes_since(Some(Revision(0).into())).await.unwrap();
        assert!(matches!(change, CatalogChange::Delta(_)));
    });
}
