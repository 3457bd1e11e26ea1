//! The versions of aliases: who made them and why, what counted when, and going back.

use alias_core::alias::{AliasChange, AliasEdit, VersionKind};
use alias_core::audit::Actor;
use alias_core::repository::{
    AliasHistoryRepository, AliasRepository, GroupRepository, Start, StoreError, TeamRepository, Window,
};

use crate::world::{World, alias_name, by, group_name, on_each_database, team_id, window};

fn edit(json: &str) -> AliasChange {
    serde_json::from_str::<AliasEdit>(json).unwrap().parse().unwrap()
}

async fn update(world: &World, json: &str) {
    world.tick();
    AliasRepository::update(&world.store, &alias_name("smart"), edit(json), None, &by()).await.unwrap();
}

async fn target(world: &World) -> (u32, String) {
    let found = AliasRepository::find(&world.store, &alias_name("smart")).await.unwrap().unwrap().alias;
    (found.version, found.spec.litellm_model.to_string())
}

on_each_database! {
    async fn every_change_is_a_version_with_its_author_its_reason_and_its_difference(world) {
        let alias = world.alias("smart").await;
        world.tick();
        let because = Actor {
            reason: Some("cheaper".into()), request_id: Some("req_1".into()), ..Actor::system()
        };
        let change = edit(r#"{"litellm_model": "openai/b", "tags": ["x"]}"#);
        AliasRepository::update(&world.store, &alias_name("smart"), change, None, &because).await.unwrap();
        update(world, r#"{"active": false}"#).await;
        let history = world.store.history(&alias_name("SMART"), &window(10)).await.unwrap().unwrap();
        assert_eq!((history.id, history.deleted_at, history.page.total), (alias.id, None, 3));
        let all = &history.page.items;
        let kinds: Vec<_> = all.iter().map(|entry| (entry.version.version, entry.version.kind)).collect();
        assert_eq!(kinds, [(3, VersionKind::Update), (2, VersionKind::Update), (1, VersionKind::Create)]);
        assert_eq!(all[0].change, serde_json::json!({"active": {"from": true, "to": false}}));
        assert_eq!(all[1].change, serde_json::json!({
            "litellm_model": {"from": "openai/gpt-4", "to": "openai/b"}, "tags": {"from": [], "to": ["x"]},
        }));
        assert_eq!(all[2].change["litellm_model"]["to"], "openai/gpt-4");
        let author = &all[1].version.by;
        assert_eq!((author.actor.as_str(), author.reason.as_deref(), author.request_id.as_deref()),
            ("system", Some("cheaper"), Some("req_1")));
        assert!(all[0].version.at > all[1].version.at && all[1].version.at > all[2].version.at);
    }

    async fn pages_of_a_history_meet_without_a_gap_and_each_differs_from_the_one_before(world) {
        world.alias("smart").await;
        for number in 0..5 {
            update(world, &format!(r#"{{"description": "{number}"}}"#)).await;
        }
        let (mut seen, mut start) = (Vec::new(), Start::First);
        loop {
            let part = Window { limit: 2, start };
            let page = world.store.history(&alias_name("smart"), &part).await.unwrap().unwrap().page;
            seen.extend(page.items.iter().map(|entry| {
                (entry.version.version, entry.change["description"]["from"].as_str().map(str::to_owned))
            }));
            match page.next {
                Some(next) => start = Start::After(next),
                None => break,
            }
        }
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(seen, [(6, said("3")), (5, said("2")), (4, said("1")), (3, said("0")), (2, said("")), (1, None)]);
    }

    async fn a_rollback_is_a_new_version_that_names_the_one_it_brought_back(world) {
        world.alias("smart").await;
        update(world, r#"{"litellm_model": "openai/b", "active": false}"#).await;
        world.tick();
        let written = world.store.rollback(&alias_name("smart"), 1, Some(2), &by()).await.unwrap();
        assert_eq!((written.revision.0, written.value.alias.spec.active), (3, true));
        assert_eq!(target(world).await, (3, "openai/gpt-4".into()));
        let history = world.store.history(&alias_name("smart"), &window(1)).await.unwrap().unwrap();
        let newest = &history.page.items[0].version;
        assert_eq!((newest.kind, newest.restored_from), (VersionKind::Rollback, Some(1)));
        assert_eq!(world.count("audit_log WHERE action = 'alias.rollback'"), 1);
        // It says so already.
        let same = world.store.rollback(&alias_name("smart"), 1, None, &by()).await.unwrap();
        assert_eq!((same.value.alias.version, same.revision.0, world.count("alias_versions")), (3, 3, 3));
        let refused = world.store.rollback(&alias_name("smart"), 9, None, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NoVersion { asked: 9, current: 3, .. }), "{refused:?}");
        let refused = world.store.rollback(&alias_name("smart"), 2, Some(1), &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { current: 3, .. }), "{refused:?}");
        let refused = world.store.rollback(&alias_name("none"), 1, None, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { .. }), "{refused:?}");
    }

    async fn what_counted_at_a_time_is_found_across_deletions_and_namesakes(world) {
        let mut times = vec![world.clock_now()];
        world.tick();
        let first = world.alias("smart").await;
        times.push(world.clock_now());
        update(world, r#"{"litellm_model": "openai/b"}"#).await;
        times.push(world.clock_now());
        world.tick();
        AliasRepository::delete(&world.store, &alias_name("smart"), None, &by()).await.unwrap();
        times.push(world.clock_now());
        world.tick();
        world.store.restore(&alias_name("smart"), &by()).await.unwrap();
        times.push(world.clock_now());
        world.tick();
        AliasRepository::delete(&world.store, &alias_name("smart"), None, &by()).await.unwrap();
        world.tick();
        let second = world.alias_to("Smart", "openai/c", &[]).await;
        times.push(world.clock_now());
        let mut said = Vec::new();
        for at in times {
            let then = world.store.then(&alias_name("smart"), at).await.unwrap();
            said.push(then.map(|then| (then.details.alias.id, then.version.version, then.details.alias.spec.litellm_model.to_string())));
        }
        let was = |alias: &alias_core::alias::ModelAlias, version: u32, model: &str| Some((alias.id, version, model.to_owned()));
        assert_eq!(said, [
            None, was(&first, 1, "openai/gpt-4"), was(&first, 2, "openai/b"), None, was(&first, 4, "openai/b"),
            was(&second, 1, "openai/c"),
        ]);
    }

    async fn a_restored_alias_has_its_id_its_versions_and_its_place_in_the_groups_that_are_left(world) {
        let alias = world.alias("smart").await;
        for group in ["one", "two"] {
            world.group(group, &["smart"]).await;
        }
        world.organization("acme").await;
        world.team("acme", "a", &["one", "two"], 1).await;
        AliasRepository::delete(&world.store, &alias_name("smart"), None, &by()).await.unwrap();
        GroupRepository::delete(&world.store, &group_name("two"), false, None, &by()).await.unwrap();
        world.tick();
        let back = world.store.restore(&alias_name("SMART"), &by()).await.unwrap().value;
        assert_eq!((back.alias.id, back.alias.version, &back.alias.spec), (alias.id, 3, &alias.spec));
        assert_eq!((back.access_groups, back.teams_with_access), (vec![group_name("one")], 1));
        let team = TeamRepository::find(&world.store, &team_id("a")).await.unwrap().unwrap();
        assert_eq!(team.allowed_model_aliases, [alias_name("smart")]);
        let kinds: Vec<_> = world.store.history(&alias_name("smart"), &window(9)).await.unwrap().unwrap().page.items
            .into_iter().map(|entry| (entry.version.kind, entry.change["deleted"]["to"].as_bool())).collect();
        assert_eq!(kinds, [
            (VersionKind::Restore, Some(false)), (VersionKind::Delete, Some(true)), (VersionKind::Create, None),
        ]);
        // Deleted once more, it leaves the group that it is in now, and comes back to that one only.
        AliasRepository::delete(&world.store, &alias_name("smart"), None, &by()).await.unwrap();
        assert_eq!(world.count("deleted_memberships"), 1);
        let gone = world.store.history(&alias_name("smart"), &window(9)).await.unwrap().unwrap();
        assert_eq!((gone.deleted_at.is_some(), gone.page.total), (true, 4));
    }

    async fn a_restoration_needs_a_free_name_a_deleted_alias_and_less_than_thirty_days(world) {
        let name = alias_name("smart");
        let refused = world.store.restore(&name, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { .. }), "{refused:?}");
        world.alias("smart").await;
        AliasRepository::delete(&world.store, &name, None, &by()).await.unwrap();
        world.alias("Smart").await;
        let refused = world.store.restore(&name, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::AlreadyExists { .. }), "{refused:?}");
        AliasRepository::delete(&world.store, &name, None, &by()).await.unwrap();
        world.clock.advance(chrono::Duration::days(30) + chrono::Duration::milliseconds(1));
        let refused = world.store.restore(&name, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Expired { .. }), "{refused:?}");
        assert_eq!(world.count("alias_versions WHERE kind = 'restore'"), 0);
    }
}
