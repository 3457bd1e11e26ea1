//! Access groups: members come and go, all or nothing.

use alias_core::group::{GroupChange, GroupDraft, GroupEdit};
use alias_core::repository::{GroupRepository, NameQuery, StoreError, TeamRepository};

use crate::world::{alias_name, by, group_name, on_each_database, team_id, texts};

fn change(json: &str) -> GroupChange {
    serde_json::from_str::<GroupEdit>(json).unwrap().parse().unwrap()
}

fn members(details: &alias_core::group::GroupDetails) -> Vec<&str> {
    details.members.iter().map(|member| member.alias.as_str()).collect()
}

on_each_database! {
    async fn a_created_group_is_read_back_with_members_and_teams(world) {
        world.alias("b").await;
        world.alias("A").await;
        world.group("Starter", &["b", "a"]).await;
        world.organization("acme").await;
        world.team("acme", "t", &["starter"], 1).await;
        let found = GroupRepository::find(&world.store, &group_name("STARTER")).await.unwrap().unwrap();
        assert_eq!((found.group.group_name.as_str(), found.group.version), ("Starter", 1));
        assert_eq!(members(&found), ["A", "b"]);
        assert_eq!(found.members[1].litellm_model.as_str(), "openai/gpt-4");
        assert_eq!(found.teams, [team_id("t")]);
        let page = GroupRepository::list(&world.store, &NameQuery::default()).await.unwrap();
        assert_eq!((page.total, page.items[0].model_count, page.items[0].team_count), (1, 2, 1));
        let again = GroupDraft { group_name: "starter".into(), ..GroupDraft::default() }.parse().unwrap();
        let refused = GroupRepository::create(&world.store, again, &by()).await.unwrap_err();
        assert!(matches!(&refused, StoreError::AlreadyExists { name, .. } if name == "Starter"), "{refused:?}");
    }

    async fn members_are_added_all_or_none(world) {
        world.alias("smart").await;
        world.alias("fast").await;
        world.group("g", &["fast"]).await;
        let group = group_name("g");
        let names = [alias_name("smart"), alias_name("smrt"), alias_name("gone")];
        let refused = world.store.add_models(&group, &names, &by()).await.unwrap_err();
        let StoreError::UnknownReference { names, suggestions, .. } = refused else { panic!("{refused:?}") };
        assert_eq!((names, suggestions), (texts(&["smrt", "gone"]), texts(&["smart"])));
        assert_eq!(world.count("group_aliases"), 1);

        let names = [alias_name("SMART"), alias_name("fast")];
        let added = world.store.add_models(&group, &names, &by()).await.unwrap();
        assert_eq!(added.value.changed, [alias_name("smart")]);
        assert_eq!(added.value.unchanged, [alias_name("fast")]);
        assert_eq!(members(&added.value.details), ["fast", "smart"]);
        assert_eq!(added.value.details.group.version, 2);
        let again = world.store.add_models(&group, &names, &by()).await.unwrap();
        assert_eq!((again.revision, again.value.details.group.version), (added.revision, 2));
    }

    async fn removing_what_is_no_member_is_no_error(world) {
        world.alias("a").await;
        world.alias("b").await;
        world.group("g", &["a"]).await;
        let names = [alias_name("A"), alias_name("b"), alias_name("never")];
        let removed = world.store.remove_models(&group_name("g"), &names, &by()).await.unwrap().value;
        assert_eq!(removed.changed, [alias_name("a")]);
        assert_eq!(removed.unchanged, [alias_name("b"), alias_name("never")]);
        assert!(removed.details.members.is_empty());
        let refused = world.store.remove_models(&group_name("x"), &names, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "access group", .. }));
    }

    async fn an_update_replaces_members_where_it_names_them(world) {
        for alias in ["a", "b", "c"] {
            world.alias(alias).await;
        }
        world.group("g", &["a", "b"]).await;
        let (name, store) = (group_name("g"), &world.store);
        let one = GroupRepository::update(store, &name, change(r#"{"model_aliases": ["c", "B"]}"#), Some(1), &by()).await.unwrap();
        assert_eq!(members(&one.value), ["b", "c"]);
        let two = GroupRepository::update(store, &name, change(r#"{"description": "d", "active": false}"#), Some(2), &by()).await.unwrap();
        assert_eq!(members(&two.value), ["b", "c"]);
        assert_eq!((two.value.group.description.as_str(), two.value.group.active), ("d", false));
        let none = GroupRepository::update(store, &name, change(r#"{"model_aliases": ["c", "b"]}"#), None, &by()).await.unwrap();
        assert_eq!((none.revision, none.value.group.version), (two.revision, 3));
        let refused = GroupRepository::update(store, &name, change(r#"{"active": true}"#), Some(2), &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { current: 3, .. }), "{refused:?}");
        let refused = GroupRepository::update(store, &name, change(r#"{"model_aliases": ["nope"]}"#), None, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::UnknownReference { .. }), "{refused:?}");
        assert_eq!(world.count("group_aliases"), 2);
    }

    async fn deleting_a_group_takes_it_from_its_teams_unless_it_must_be_unused(world) {
        world.alias("a").await;
        world.group("g", &["a"]).await;
        world.organization("acme").await;
        world.team("acme", "t", &["g"], 1).await;
        let (name, store) = (group_name("g"), &world.store);
        let refused = GroupRepository::delete(store, &name, true, None, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::InUse { .. }), "{refused:?}");
        let deleted = GroupRepository::delete(store, &name, false, Some(1), &by()).await.unwrap().value;
        assert_eq!((members(&deleted), &deleted.teams), (vec!["a"], &vec![team_id("t")]));
        let team = TeamRepository::find(store, &team_id("t")).await.unwrap().unwrap();
        assert_eq!((team.access_groups.len(), team.allowed_model_aliases.len(), team.team.version), (0, 0, 2));
        assert_eq!(world.count("group_aliases") + world.count("team_groups"), 0);
        assert_eq!(world.count("model_aliases WHERE deleted_at IS NULL"), 1);
    }
}
