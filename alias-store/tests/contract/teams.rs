//! Teams: which groups they hold, and what these let them call.

use alias_core::alias::AliasId;
use alias_core::catalog::{CatalogChange, CatalogSource};
use alias_core::organization::{Standing, Status};
use alias_core::repository::{AliasRepository, GroupRepository, StoreError, TeamQuery, TeamRepository};
use alias_core::team::{TeamChange, TeamDraft, TeamEdit};

use crate::world::{World, alias_name, by, group_name, key, on_each_database, team_id, texts};

fn change(json: &str) -> TeamChange {
    serde_json::from_str::<TeamEdit>(json).unwrap().parse().unwrap()
}

/// The default of the team `t`, by name, and as the catalogue has it.
async fn default(world: &World) -> (Option<String>, Option<AliasId>) {
    let team = TeamRepository::find(&world.store, &team_id("t")).await.unwrap().unwrap().team;
    let page = TeamRepository::list(&world.store, &TeamQuery::default()).await.unwrap();
    assert_eq!(page.items[0].team.default_model, team.default_model);
    let CatalogChange::Full(catalog) = world.store.changes_since(None).await.unwrap() else { panic!() };
    let known = catalog.aliases.iter().any(|alias| Some(alias.id) == catalog.teams[0].default_model);
    (team.default_model.map(|name| name.to_string()), catalog.teams[0].default_model.filter(|_| known))
}

on_each_database! {
    async fn a_created_team_is_read_back_with_groups_aliases_and_its_key(world) {
        for alias in ["b", "a", "off", "hidden-by-group"] {
            world.alias(alias).await;
        }
        world.execute("UPDATE model_aliases SET active = FALSE WHERE folded = 'off'");
        world.group("two", &["a", "b", "off"]).await;
        world.group("one", &["a"]).await;
        world.group("idle", &["hidden-by-group"]).await;
        world.execute("UPDATE access_groups SET active = FALSE WHERE folded = 'idle'");
        world.organization("Acme").await;
        let draft: TeamDraft = serde_json::from_str(r#"{"organization_id": "acme", "team_id": "Prod",
            "access_groups": ["Two", "one", "idle"], "credits_allocated": 1.5, "metadata": {"a": 1}}"#).unwrap();
        let written = TeamRepository::create(&world.store, draft.parse().unwrap(), key(1), &by()).await.unwrap();
        let found = TeamRepository::find(&world.store, &team_id("PROD")).await.unwrap().unwrap();
        assert_eq!(found, written.value);
        assert_eq!((found.team.organization_id.as_str(), found.team.team_id.as_str()), ("Acme", "Prod"));
        assert_eq!(found.credits.allocated.micros(), 1_500_000);
        assert_eq!(found.access_groups, [group_name("idle"), group_name("one"), group_name("two")]);
        assert_eq!(found.allowed_model_aliases, [alias_name("a"), alias_name("b")]);
        assert_eq!(found.keys.len(), 1);
        assert_eq!(&found.keys[0].key_id, key(1).secret.id());
        assert_eq!(found.keys[0].virtual_key_masked, key(1).secret.masked());
    }

    async fn a_team_of_nobody_or_with_unknown_groups_is_not_stored(world) {
        world.organization("acme").await;
        world.group("starter", &[]).await;
        let create = |organization: &str, groups: &[&str]| {
            let draft = TeamDraft {
                organization_id: organization.into(),
                team_id: "t".into(),
                access_groups: Some(texts(groups)),
                ..TeamDraft::default()
            };
            TeamRepository::create(&world.store, draft.parse().unwrap(), key(1), Box::leak(Box::new(by())))
        };
        let refused = create("acm", &[]).await.unwrap_err();
        let StoreError::UnknownReference { kind, suggestions, .. } = refused else { panic!("{refused:?}") };
        assert_eq!((kind, suggestions), ("organization", texts(&["acme"])));
        let refused = create("acme", &["started", "starter"]).await.unwrap_err();
        let StoreError::UnknownReference { kind, names, .. } = refused else { panic!("{refused:?}") };
        assert_eq!((kind, names), ("access group", texts(&["started"])));
        assert_eq!(world.count("teams") + world.count("team_keys"), 0);
        create("acme", &["starter"]).await.unwrap();
        let refused = create("acme", &[]).await.unwrap_err();
        assert!(matches!(refused, StoreError::AlreadyExists { kind: "team", .. }), "{refused:?}");
    }

    async fn an_update_replaces_groups_where_it_names_them(world) {
        for group in ["one", "two"] {
            world.group(group, &[]).await;
        }
        world.organization("acme").await;
        world.team("acme", "t", &["one"], 1).await;
        let (id, store) = (team_id("t"), &world.store);
        let one = TeamRepository::update(store, &id, change(r#"{"access_groups": ["TWO"]}"#), Some(1), &by()).await.unwrap();
        assert_eq!(one.value.access_groups, [group_name("two")]);
        let two = TeamRepository::update(store, &id, change(r#"{"access_groups": ["two"]}"#), None, &by()).await.unwrap();
        assert_eq!((two.revision, two.value.team.version), (one.revision, 2));
        let three = TeamRepository::update(store, &id, change(r#"{"team_alias": "T"}"#), Some(2), &by()).await.unwrap();
        assert_eq!((three.value.team.team_alias.as_str(), three.value.access_groups.len()), ("T", 1));
        let refused = TeamRepository::update(store, &id, change(r#"{"access_groups": ["x"]}"#), None, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::UnknownReference { field: "access_groups", .. }), "{refused:?}");
        let refused = TeamRepository::update(store, &id, TeamChange::default(), Some(1), &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { current: 3, .. }), "{refused:?}");
        let group = GroupRepository::find(store, &group_name("two")).await.unwrap().unwrap();
        assert_eq!(group.teams, [id]);
    }

    async fn a_deleted_team_is_gone_with_its_keys_and_a_new_one_inherits_nothing(world) {
        world.group("g", &[]).await;
        world.organization("acme").await;
        let old = world.team("acme", "t", &["g"], 1).await;
        let deleted = TeamRepository::delete(&world.store, &team_id("T"), Some(1), &by()).await.unwrap().value;
        assert_eq!(deleted.team, old.team);
        assert_eq!(world.count("team_keys") + world.count("team_groups"), 0);
        let new = world.team("acme", "t", &[], 2).await;
        assert_ne!(new.team.uid, old.team.uid);
        assert!(new.access_groups.is_empty());
    }

    async fn a_default_model_is_an_alias_that_exists_and_can_be_cleared(world) {
        let (a, b) = (world.alias("alpha").await.id, world.alias("B").await.id);
        world.organization("acme").await;
        let draft = |model: &str| TeamDraft {
            organization_id: "acme".into(),
            team_id: "t".into(),
            default_model: Some(model.into()),
            ..TeamDraft::default()
        };
        let create = async |model| TeamRepository::create(&world.store, draft(model).parse().unwrap(), key(1), &by()).await;
        let refused = create("alpa").await.unwrap_err();
        let StoreError::UnknownReference { kind, field, suggestions, .. } = refused else { panic!("{refused:?}") };
        assert_eq!((kind, field, suggestions), ("model alias", "default_model", texts(&["alpha"])));
        let made = create("ALPHA").await.unwrap().value;
        assert_eq!(made.team.default_model, Some(alias_name("alpha")));
        assert_eq!(default(world).await, (Some("alpha".into()), Some(a)));
        let (id, store) = (team_id("t"), &world.store);
        let update = async |json| TeamRepository::update(store, &id, change(json), None, &by()).await;
        assert_eq!(update(r#"{"default_model": "b"}"#).await.unwrap().value.team.version, 2);
        assert_eq!(default(world).await, (Some("B".into()), Some(b)));
        // The same again, and something else, leave it.
        assert_eq!(update(r#"{"default_model": "B"}"#).await.unwrap().value.team.version, 2);
        assert_eq!(update(r#"{"team_alias": "T"}"#).await.unwrap().value.team.default_model, Some(alias_name("B")));
        let refused = update(r#"{"default_model": "c"}"#).await.unwrap_err();
        assert!(matches!(refused, StoreError::UnknownReference { field: "default_model", .. }), "{refused:?}");
        assert_eq!(update(r#"{"default_model": null}"#).await.unwrap().value.team.version, 4);
        assert_eq!(default(world).await, (None, None));
        assert_eq!(world.count("audit_log WHERE diff LIKE '%default_model%'"), 3);
    }

    async fn a_deleted_default_counts_for_nothing_and_another_alias_of_its_name_does_not_take_its_place(world) {
        world.alias("a").await;
        world.organization("acme").await;
        world.team("acme", "t", &[], 1).await;
        let (id, store) = (team_id("t"), &world.store);
        let update = async |json| TeamRepository::update(store, &id, change(json), None, &by()).await.unwrap();
        update(r#"{"default_model": "a"}"#).await;
        AliasRepository::delete(store, &alias_name("a"), None, &by()).await.unwrap();
        assert_eq!(default(world).await, (None, None));
        world.alias("a").await;
        assert_eq!(default(world).await, (None, None));
        // What a GET shows may be sent back: what is deleted may be restored.
        assert_eq!(update(r#"{"default_model": null, "team_alias": "T"}"#).await.value.team.version, 3);
        assert_eq!(world.count("teams WHERE default_model IS NOT NULL"), 1);
        update(r#"{"default_model": "a"}"#).await;
        assert_eq!(default(world).await.0, Some("a".into()));
    }

    async fn lists_filter_by_organization_standing_and_text(world) {
        for organization in ["acme", "beta"] {
            world.organization(organization).await;
        }
        for (number, (organization, id)) in [("acme", "a-prod"), ("acme", "a-test"), ("beta", "b-prod")].iter().enumerate() {
            world.team(organization, id, &[], number as u64).await;
        }
        let status = Status { status: Standing::Suspended, ..Status::default() };
        let suspend = TeamChange { status: Some(status), ..TeamChange::default() };
        TeamRepository::update(&world.store, &team_id("a-test"), suspend, None, &by()).await.unwrap();
        let list = async |query: TeamQuery| -> Vec<String> {
            let page = TeamRepository::list(&world.store, &query).await.unwrap();
            assert_eq!(page.total, page.items.len() as u64);
            page.items.iter().map(|team| team.team.team_id.to_string()).collect()
        };
        let of = |organization: &str| TeamQuery { organization_id: Some(organization.parse().unwrap()), ..TeamQuery::default() };
        assert_eq!(list(TeamQuery::default()).await, ["a-prod", "a-test", "b-prod"]);
        assert_eq!(list(of("ACME")).await, ["a-prod", "a-test"]);
        assert_eq!(list(of("nobody")).await, [""; 0]);
        assert_eq!(list(TeamQuery { status: Some(Standing::Suspended), ..TeamQuery::default() }).await, ["a-test"]);
        let mut query = of("acme");
        query.names.q = Some("PROD".into());
        query.names.descending = true;
        assert_eq!(list(query).await, ["a-prod"]);
    }
}
