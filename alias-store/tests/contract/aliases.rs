//! Aliases: stored, found, changed and deleted, with a version of each state.

use alias_core::alias::{AliasChange, AliasDraft, AliasEdit};
use alias_core::group::GroupChange;
use alias_core::repository::{AliasRepository, GroupRepository, StoreError, TeamRepository};

use crate::world::{alias_name, by, group_name, on_each_database, team_id, texts};

fn change(json: &str) -> AliasChange {
    serde_json::from_str::<AliasEdit>(json).unwrap().parse().unwrap()
}

on_each_database! {
    async fn a_created_alias_is_read_back_field_by_field(world) {
        world.group("starter", &[]).await;
        let draft: AliasDraft = serde_json::from_str(r#"{"alias": "GPT-4", "litellm_model": "openai/gpt-4",
            "description": "Zürich\n100% _\\", "display_name": "Four", "pricing_input": 30, "pricing_output": 0.000001,
            "tags": ["fast", "Best"], "visibility": "hidden", "metadata": {"a": {"b": [1, null]}},
            "access_groups": ["STARTER"], "active": false}"#).unwrap();
        let new = draft.parse().unwrap();
        let written = AliasRepository::create(&world.store, new.clone(), &by()).await.unwrap();
        let found = AliasRepository::find(&world.store, &alias_name("gpt-4")).await.unwrap().unwrap();
        assert_eq!(found, written.value);
        assert_eq!(found.alias.spec, new.spec);
        assert_eq!((found.alias.alias.as_str(), found.alias.version), ("GPT-4", 1));
        assert_eq!(found.access_groups[0].as_str(), "starter");
        assert_eq!(found.usage, alias_core::usage::UsageStats::default());
    }

    async fn a_name_is_taken_in_any_case_and_told_in_its_own_spelling(world) {
        world.alias("GPT-4").await;
        let again = AliasDraft::new("gpt-4", "openai/gpt-4").parse().unwrap();
        let refused = AliasRepository::create(&world.store, again, &by()).await.unwrap_err();
        assert!(matches!(&refused, StoreError::AlreadyExists { name, .. } if name == "GPT-4"), "{refused:?}");
        assert_eq!(world.count("audit_log"), 1);
    }

    async fn all_unknown_groups_are_told_with_near_ones_and_nothing_is_stored(world) {
        world.group("starter", &[]).await;
        let draft = AliasDraft {
            access_groups: Some(texts(&["startr", "starter", "other"])),
            ..AliasDraft::new("a", "openai/a")
        };
        let refused = AliasRepository::create(&world.store, draft.parse().unwrap(), &by()).await.unwrap_err();
        let StoreError::UnknownReference { names, suggestions, field, .. } = refused else { panic!("{refused:?}") };
        assert_eq!((names, suggestions, field), (texts(&["startr", "other"]), texts(&["starter"]), "access_groups"));
        assert_eq!(world.count("model_aliases") + world.count("alias_versions"), 0);
        assert_eq!(world.count("audit_log"), 1);
    }

    async fn overrides_of_nobody_are_refused_and_those_of_whom_went_since_stay(world) {
        world.organization("org").await;
        world.team("org", "team", &[], 1).await;
        let draft = |overrides: &str| -> AliasDraft {
            serde_json::from_str(&format!(r#"{{"alias": "a", "litellm_model": "openai/a", "overrides": {overrides}}}"#)).unwrap()
        };
        let create = async |overrides: &str| {
            AliasRepository::create(&world.store, draft(overrides).parse().unwrap(), &by()).await
        };
        let teams = r#"[{"team_id": "taem", "litellm_model": "azure/x"}, {"team_id": "other", "litellm_model": "azure/x"}]"#;
        let StoreError::UnknownReference { kind, field, names, suggestions } = create(teams).await.unwrap_err() else { panic!() };
        assert_eq!((kind, field, names, suggestions), ("team", "overrides", texts(&["taem", "other"]), texts(&["team"])));
        let organizations = r#"[{"organization_id": "rog", "litellm_model": "azure/x"}]"#;
        let StoreError::UnknownReference { kind, field, names, .. } = create(organizations).await.unwrap_err() else { panic!() };
        assert_eq!((kind, field, names), ("organization", "overrides", texts(&["rog"])));
        assert_eq!(world.count("model_aliases"), 0);

        create(r#"[{"team_id": "TEAM", "litellm_model": "azure/x"}, {"organization_id": "Org", "litellm_model": "azure/y"}]"#).await.unwrap();
        let update = async |json: &str| AliasRepository::update(&world.store, &alias_name("a"), change(json), None, &by()).await;
        assert!(matches!(update(&format!(r#"{{"overrides": {teams}}}"#)).await, Err(StoreError::UnknownReference { .. })));
        TeamRepository::delete(&world.store, &team_id("team"), None, &by()).await.unwrap();
        update(r#"{"description": "still served"}"#).await.unwrap();
        update(r#"{"overrides": [{"team_id": "team", "litellm_model": "azure/z"}]}"#).await.unwrap();
        update(r#"{"overrides": []}"#).await.unwrap();
        let late = r#"{"overrides": [{"team_id": "team", "litellm_model": "azure/z"}]}"#;
        assert!(matches!(update(late).await, Err(StoreError::UnknownReference { .. })));
    }

    async fn a_change_appends_a_version_and_keeps_the_old_ones(world) {
        let before = world.alias("a").await;
        world.tick();
        let change = change(r#"{"litellm_model": "openai/b", "tags": ["x"]}"#);
        let after = AliasRepository::update(&world.store, &alias_name("A"), change, Some(1), &by()).await.unwrap().value.alias;
        assert_eq!((after.version, after.spec.litellm_model.as_str(), after.id), (2, "openai/b", before.id));
        assert!(after.updated_at > before.updated_at);
        assert_eq!(after.created_at, before.created_at);
        assert_eq!(world.count("alias_versions WHERE spec LIKE '%openai/gpt-4%' AND version = 1"), 1);
        assert_eq!(world.count("alias_versions WHERE spec LIKE '%openai/b%' AND version = 2"), 1);
        assert_eq!(AliasRepository::find(&world.store, &alias_name("a")).await.unwrap().unwrap().alias, after);
    }

    async fn a_change_of_nothing_keeps_version_and_revision(world) {
        let before = world.alias("a").await;
        world.tick();
        let written = AliasRepository::update(&world.store, &alias_name("a"), change(r#"{"active": true}"#), None, &by()).await.unwrap();
        assert_eq!(written.value.alias, before);
        assert_eq!((written.revision.0, world.count("audit_log"), world.count("alias_versions")), (1, 1, 1));
    }

    async fn a_change_of_another_version_is_refused_and_tells_the_present_one(world) {
        world.alias("a").await;
        let name = alias_name("a");
        AliasRepository::update(&world.store, &name, change(r#"{"active": false}"#), None, &by()).await.unwrap();
        let refused = AliasRepository::update(&world.store, &name, change(r#"{"active": true}"#), Some(1), &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { current: 2, .. }), "{refused:?}");
        let refused = AliasRepository::delete(&world.store, &name, Some(1), &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { current: 2, .. }), "{refused:?}");
        assert!(!AliasRepository::find(&world.store, &name).await.unwrap().unwrap().alias.spec.active);
        assert_eq!(world.count("audit_log"), 2);
    }

    async fn what_is_not_there_cannot_be_changed_or_deleted(world) {
        let name = alias_name("a");
        assert_eq!(AliasRepository::find(&world.store, &name).await.unwrap(), None);
        let refused = AliasRepository::update(&world.store, &name, AliasChange::default(), None, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "model alias", .. }));
        let refused = AliasRepository::delete(&world.store, &name, None, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "model alias", .. }));
    }

    async fn a_deleted_alias_is_gone_from_every_group_and_its_name_starts_anew(world) {
        let old = world.alias("GPT-4").await;
        world.group("one", &["gpt-4"]).await;
        world.group("two", &["gpt-4"]).await;
        world.group("none", &[]).await;
        world.organization("acme").await;
        world.team("acme", "a", &["one", "two"], 1).await;
        world.team("acme", "b", &["two"], 2).await;
        world.team("acme", "c", &["none"], 3).await;
        world.group("inactive", &["gpt-4"]).await;
        world.team("acme", "d", &["inactive"], 4).await;
        let off = GroupChange { active: Some(false), ..GroupChange::default() };
        GroupRepository::update(&world.store, &group_name("inactive"), off, None, &by()).await.unwrap();
        let before = AliasRepository::find(&world.store, &alias_name("gpt-4")).await.unwrap().unwrap();
        let deleted = AliasRepository::delete(&world.store, &alias_name("gpt-4"), None, &by()).await.unwrap().value;
        assert_eq!(deleted.alias, old);
        assert_eq!(deleted.removed_from_access_groups, ["inactive", "one", "two"].map(group_name));
        assert_eq!((before.teams_with_access, deleted.teams_affected), (2, 2));
        assert_eq!(AliasRepository::find(&world.store, &alias_name("gpt-4")).await.unwrap(), None);
        assert_eq!(world.count("group_aliases"), 0);

        let new = world.alias("gpt-4").await;
        assert_ne!(new.id, old.id);
        let found = AliasRepository::find(&world.store, &alias_name("gpt-4")).await.unwrap().unwrap();
        assert_eq!((found.teams_with_access, found.access_groups.len()), (0, 0));
        assert_eq!(world.count("alias_versions"), 3);
        let group = GroupRepository::find(&world.store, &group_name("one")).await.unwrap().unwrap();
        assert_eq!((group.members.len(), group.group.version), (0, 2));
    }

    async fn teams_with_access_are_distinct_and_come_through_active_groups(world) {
        world.alias("a").await;
        for group in ["one", "two", "off"] {
            world.group(group, &["a"]).await;
        }
        world.organization("acme").await;
        world.team("acme", "x", &["one", "two"], 1).await;
        world.team("acme", "y", &["one", "off"], 2).await;
        world.team("acme", "z", &["off"], 3).await;
        world.execute("UPDATE access_groups SET active = FALSE WHERE folded = 'off'");
        world.execute("UPDATE teams SET status = 'suspended' WHERE folded = 'y'");
        let found = AliasRepository::find(&world.store, &alias_name("a")).await.unwrap().unwrap();
        assert_eq!(found.teams_with_access, 2);
    }
}
