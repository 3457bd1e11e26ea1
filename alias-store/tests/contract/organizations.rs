//! Organizations: stored, changed, and deleted with all that is theirs.

use alias_core::organization::{OrganizationChange, OrganizationDraft, Standing, Status};
use alias_core::repository::{OrganizationQuery, OrganizationRepository, StoreError, TeamRepository};
use alias_core::team::TeamDraft;

use crate::world::{by, key, on_each_database, team_id};

on_each_database! {
    async fn a_created_organization_is_read_back_with_its_teams(world) {
        let draft: OrganizationDraft = serde_json::from_str(
            r#"{"organization_id": "Acme", "name": "Acme Inc", "metadata": {"plan": "pro"}}"#).unwrap();
        OrganizationRepository::create(&world.store, draft.clone().parse().unwrap(), None, &by()).await.unwrap();
        world.team("acme", "b", &[], 1).await;
        world.team("ACME", "a", &[], 2).await;
        let id = "aCME".parse().unwrap();
        let found = OrganizationRepository::find(&world.store, &id).await.unwrap().unwrap();
        assert_eq!(found.organization.organization_id.as_str(), "Acme");
        assert_eq!(found.organization.metadata["plan"], "pro");
        let teams: Vec<_> = found.teams.iter().map(|team| team.team.team_id.as_str()).collect();
        assert_eq!(teams, ["a", "b"]);
        let page = OrganizationRepository::list(&world.store, &OrganizationQuery::default()).await.unwrap();
        assert_eq!((page.items[0].team_count, page.items[0].total_credits_allocated.micros()), (2, 0));
        let again = OrganizationDraft { organization_id: "ACME".into(), ..draft }.parse().unwrap();
        let refused = OrganizationRepository::create(&world.store, again, None, &by()).await.unwrap_err();
        assert!(matches!(&refused, StoreError::AlreadyExists { name, .. } if name == "Acme"), "{refused:?}");
    }

    async fn an_organization_and_its_first_team_are_stored_together_or_not_at_all(world) {
        let with_team = |organization: &str, number| {
            let draft = OrganizationDraft { organization_id: organization.into(), name: "x".into(), ..OrganizationDraft::default() };
            let team = TeamDraft { organization_id: organization.into(), team_id: "First".into(), ..TeamDraft::default() };
            (draft.parse().unwrap(), Some((team.parse().unwrap(), key(number))))
        };
        let (new, team) = with_team("acme", 1);
        let written = OrganizationRepository::create(&world.store, new, team, &by()).await.unwrap();
        let stored = TeamRepository::find(&world.store, &team_id("first")).await.unwrap().unwrap();
        assert_eq!(written.value.team.as_ref(), Some(&stored));
        assert_eq!((stored.keys.len(), &written.value.organization.teams[0].team), (1, &stored.team));
        assert_eq!((written.revision.0, world.count("audit_log WHERE diff LIKE '%First%'")), (1, 1));
        let (new, team) = with_team("other", 2);
        let refused = OrganizationRepository::create(&world.store, new, team, &by()).await.unwrap_err();
        assert!(matches!(&refused, StoreError::AlreadyExists { kind: "team", name } if name == "First"), "{refused:?}");
        assert_eq!((world.count("organizations"), world.count("team_keys"), world.count("audit_log")), (1, 1, 1));
    }

    async fn a_change_raises_the_version_and_one_of_nothing_does_not(world) {
        world.organization("acme").await;
        let (id, store) = ("acme".parse().unwrap(), &world.store);
        let status = Status {
            status: Standing::Paused,
            status_reason: Some("unpaid".into()),
            pause_until: Some(alias_core::clock::Timestamp::from_micros(1_800_000_000_123_456)),
        };
        let change = OrganizationChange { status: Some(status.clone()), ..OrganizationChange::default() };
        let one = OrganizationRepository::update(store, &id, change.clone(), Some(1), &by()).await.unwrap();
        assert_eq!((one.value.organization.version, &one.value.organization.status), (2, &status));
        let two = OrganizationRepository::update(store, &id, change.clone(), None, &by()).await.unwrap();
        assert_eq!((two.value.organization.version, two.revision), (2, one.revision));
        let found = OrganizationRepository::find(store, &id).await.unwrap().unwrap();
        assert_eq!(found.organization, one.value.organization);
        let refused = OrganizationRepository::update(store, &id, change, Some(1), &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { current: 2, .. }), "{refused:?}");
    }

    async fn deleting_an_organization_deletes_its_teams_and_their_keys(world) {
        world.group("g", &[]).await;
        for organization in ["acme", "other"] {
            world.organization(organization).await;
        }
        world.team("acme", "t", &["g"], 1).await;
        world.team("other", "u", &["g"], 2).await;
        let id = "acme".parse().unwrap();
        let deleted = OrganizationRepository::delete(&world.store, &id, None, &by()).await.unwrap().value;
        assert_eq!(deleted.teams[0].team.team_id, team_id("t"));
        assert_eq!(TeamRepository::find(&world.store, &team_id("t")).await.unwrap(), None);
        assert_eq!((world.count("teams"), world.count("team_keys"), world.count("team_groups")), (1, 1, 1));
        let refused = OrganizationRepository::delete(&world.store, &id, None, &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "organization", .. }));
    }
}
