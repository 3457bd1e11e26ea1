//! The catalogue as a document: made as it says, in one write, or not at all.

use alias_core::audit::{Actor, AuditQuery, Source};
use alias_core::catalog::{CatalogChange, CatalogSource};
use alias_core::desired::{Document, Options, PlanError, State};
use alias_core::repository::{
    AliasQuery, AliasRepository, Applied, AuditRepository, DesiredRepository, GroupRepository, NameQuery,
    OrganizationQuery, OrganizationRepository, TeamQuery, TeamRepository,
};
use serde_json::{Value, json};

use crate::world::{World, alias_name, group_name, on_each_database, team_id};

fn document(value: Value) -> Document {
    Document::read(value).unwrap()
}

fn onboarding(model: &str) -> Value {
    json!({
        "version": 1, "managed_by": "platform",
        "aliases": {"gpt-4": {"litellm_model": "openai/gpt-4", "tags": ["large"]}, "smart": model},
        "access_groups": {
            "starter": {"model_aliases": ["smart"]},
            "asleep": {"active": false, "model_aliases": ["gpt-4", "smart"]},
        },
        "organizations": {"acme": {"name": "Acme", "metadata": {"plan": "pro"}}},
        "teams": {"acme-prod": {
            "organization_id": "acme", "access_groups": ["asleep", "starter"], "credits_allocated": 12.5,
            "default_model": "smart", "rpm_limit": 60, "budget_mode": "consumption_usd", "credits_per_dollar": 2.5,
        }},
    })
}

fn actor() -> Actor {
    Actor { source: Source::Apply, ..Actor::system() }
}

const PLAIN: Options = Options { prune: false, take_over: false };
const PRUNE: Options = Options { prune: true, take_over: false };

async fn apply(world: &World, value: Value, options: Options) -> (Applied, u64) {
    let written = world.store.apply(&document(value), options, None, &actor()).await.unwrap();
    (written.value, written.revision.0)
}

fn done(applied: Applied) -> alias_core::desired::Plan {
    let Applied::Done(plan) = applied else { panic!("{applied:?}") };
    plan
}

async fn exported(world: &World) -> Value {
    let State { content, .. } = world.store.state().await.unwrap();
    let managed_by = Some("platform".parse().unwrap());
    Document { managed_by, content }.write()
}

async fn revision(world: &World) -> u64 {
    match world.store.changes_since(None).await.unwrap() {
        CatalogChange::Full(catalog) => catalog.revision.0,
        other => panic!("{other:?}"),
    }
}

on_each_database! {
    async fn all_of_a_document_is_one_write_and_it_reads_as_it_was_written(world) {
        let before = revision(world).await;
        let (applied, at) = apply(world, onboarding("openai/gpt-4"), PLAIN).await;
        assert_eq!(done(applied).changes.len(), 6);
        assert_eq!((at, revision(world).await), (before + 1, before + 1));
        assert_eq!(exported(world).await, onboarding("openai/gpt-4"));
        let team = TeamRepository::find(&world.store, &team_id("acme-prod")).await.unwrap().unwrap();
        assert_eq!((team.keys.len(), team.credits.allocated.to_string().as_str()), (0, "12.5"));
        let records = AuditRepository::list(&world.store, &AuditQuery::default()).await.unwrap().items;
        let of_apply = records.iter().filter(|record| record.source == "apply").count();
        assert_eq!(of_apply, 7, "a record for each, and one for the group that was put to sleep: {records:?}");
        let (again, at) = apply(world, onboarding("openai/gpt-4"), PRUNE).await;
        assert!(done(again).is_empty() && at == before + 1);
    }

    async fn a_change_touches_what_differs_and_prune_what_is_its_own(world) {
        world.alias("by-hand").await;
        apply(world, onboarding("openai/gpt-4"), PLAIN).await;
        let mut next = onboarding("anthropic/claude-3-opus-20240229");
        next["access_groups"].as_object_mut().unwrap().remove("asleep");
        next["teams"]["acme-prod"]["access_groups"] = json!(["starter"]);
        let plan = done(apply(world, next.clone(), PRUNE).await.0);
        let names: Vec<&str> = plan.changes.iter().map(|change| change.subject.name()).collect();
        assert_eq!(names, ["smart", "acme-prod", "asleep"]);
        let mut there = exported(world).await;
        assert!(there["aliases"].as_object_mut().unwrap().remove("by-hand").is_some(), "it has no mark");
        assert_eq!(there, next);
        let all = done(apply(world, json!({"version": 1, "managed_by": "platform"}), PRUNE).await.0);
        assert_eq!((all.changes.len(), all.access.len()), (5, 1));
        assert_eq!(exported(world).await["aliases"].as_object().unwrap().len(), 1);
    }

    async fn a_plan_that_somebody_overtook_changes_nothing(world) {
        let wanted = document(onboarding("openai/gpt-4"));
        let state = world.store.state().await.unwrap();
        let seen = alias_core::desired::plan(&state, &wanted, PLAIN).unwrap().fingerprint();
        let other = document(onboarding("openai/o1"));
        let by = actor();
        let (one, two) = tokio::join!(
            world.store.apply(&wanted, PLAIN, Some(seen.clone()), &by),
            world.store.apply(&other, PLAIN, None, &by),
        );
        let (one, two) = (one.unwrap().value, two.unwrap().value);
        assert!(matches!(two, Applied::Done(_)));
        let smart = exported(world).await["aliases"]["smart"].clone();
        // Whoever was first: nobody lost a change without being told.
        match one {
            Applied::Done(_) => assert_eq!(smart, "openai/o1"),
            Applied::Outdated(now) => assert!(now.fingerprint() != seen && smart == "openai/o1"),
            Applied::Refused(why) => panic!("{why:?}"),
        }
        let before = revision(world).await;
        let late = world.store.apply(&wanted, PLAIN, Some(seen), &actor()).await.unwrap();
        assert!(matches!(late.value, Applied::Outdated(_)) && revision(world).await == before);
    }

    async fn every_object_says_whose_document_made_it_and_what_nobody_manages_does_not(world) {
        let mut wanted = onboarding("openai/gpt-4");
        wanted["managed_by"] = json!("research");
        apply(world, wanted.clone(), PLAIN).await;
        world.alias("own").await;
        let managers = async || {
            let store = &world.store;
            let alias = AliasRepository::find(store, &alias_name("smart")).await.unwrap().unwrap().managed_by;
            let own = AliasRepository::find(store, &alias_name("own")).await.unwrap().unwrap().managed_by;
            assert_eq!(own, None);
            let all = [
                alias,
                AliasRepository::list(store, &AliasQuery::default()).await.unwrap().items.into_iter().find(|one| one.alias.alias.as_str() == "smart").unwrap().managed_by,
                GroupRepository::find(store, &group_name("starter")).await.unwrap().unwrap().managed_by,
                GroupRepository::list(store, &NameQuery::default()).await.unwrap().items[0].managed_by.clone(),
                OrganizationRepository::find(store, &"acme".parse().unwrap()).await.unwrap().unwrap().managed_by,
                OrganizationRepository::list(store, &OrganizationQuery::default()).await.unwrap().items[0].managed_by.clone(),
                TeamRepository::find(store, &team_id("acme-prod")).await.unwrap().unwrap().managed_by,
                TeamRepository::list(store, &TeamQuery::default()).await.unwrap().items[0].managed_by.clone(),
            ];
            all.map(|manager| manager.map(|manager| manager.to_string()))
        };
        assert_eq!(managers().await, [(); 8].map(|()| Some("research".to_owned())));
        wanted["managed_by"] = json!("platform");
        apply(world, wanted, Options { prune: false, take_over: true }).await;
        assert_eq!(managers().await, [(); 8].map(|()| Some("platform".to_owned())));
    }

    async fn what_is_refused_leaves_nothing_behind(world) {
        apply(world, onboarding("openai/gpt-4"), PLAIN).await;
        let before = (revision(world).await, exported(world).await);
        let mut theirs = onboarding("openai/o1");
        theirs["managed_by"] = json!("research");
        let refused = apply(world, theirs.clone(), PLAIN).await.0;
        assert!(matches!(refused, Applied::Refused(PlanError::ManagedByOthers(faults)) if faults.len() == 1));
        let mut dangling = onboarding("openai/o1");
        dangling["teams"]["acme-prod"]["access_groups"] = json!(["startre"]);
        let refused = apply(world, dangling, PLAIN).await.0;
        assert!(matches!(refused, Applied::Refused(PlanError::Wrong(_))));
        assert_eq!((revision(world).await, exported(world).await), before);
        let taken = done(apply(world, theirs, Options { prune: false, take_over: true }).await.0);
        assert_eq!(taken.changes.len(), 6, "one is changed, and all others are adopted");
        assert!(matches!(apply(world, onboarding("openai/gpt-4"), PLAIN).await.0, Applied::Refused(_)));
    }
}
