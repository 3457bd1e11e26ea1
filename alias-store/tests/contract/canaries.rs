//! Canaries that are taken back: one version, one record and one event, whoever judges at the same moment.

use alias_core::alias::{AliasEdit, ScheduleId, ScheduledAction, VersionKind};
use alias_core::audit::{Actor, AuditQuery};
use alias_core::clock::{Clock as _, Timestamp};
use alias_core::repository::{
    AliasHistoryRepository, AliasRepository, AliasScheduleRepository, AuditRepository, CanaryRepository,
    StoreError, WebhookRepository, Window,
};

use crate::webhooks::create;
use crate::world::{World, alias_name, by, on_each_database, window};

const SPLIT: &str = r#"{"split": [
    {"litellm_model": "openai/new", "share": 5, "guardrails": {"error_rate": 5}},
    {"litellm_model": "openai/other", "share": 10}
]}"#;

async fn split(world: &World) {
    world.alias("smart").await;
    let change = serde_json::from_str::<AliasEdit>(SPLIT).unwrap().parse().unwrap();
    AliasRepository::update(&world.store, &alias_name("smart"), change, None, &by()).await.unwrap();
    world.tick();
}

on_each_database! {
    async fn a_canary_is_taken_back_once_with_its_reason_and_the_rest_of_the_split_stays(world) {
        let webhook = create(world, None, &["alias.rolled_back"]).await.unwrap();
        split(world).await;
        let (name, canary) = (alias_name("smart"), "openai/new".parse().unwrap());
        let why = Actor::guardrail("error_rate: 9 of 10 calls failed".into());
        let judged = |world: &World| {
            let (store, name, why) = (world.store.clone(), name.clone(), why.clone());
            let canary = "openai/new".parse().unwrap();
            async move { store.take_back(&name, &canary, Some(2), &why).await }
        };
        let (one, two) = tokio::join!(judged(world), judged(world));
        let done: Vec<_> = [one, two].into_iter().filter_map(Result::ok).collect();
        assert_eq!(done.len(), 1, "whoever comes second judged an older version");
        let alias = &done[0].value.alias;
        let left: Vec<&str> = alias.spec.routing.split.iter().map(|arm| arm.litellm_model.as_str()).collect();
        assert_eq!((alias.version, left), (3, vec!["openai/other"]));
        let history = world.store.history(&name, &window(1)).await.unwrap().unwrap();
        let entry = &history.page.items[0];
        assert_eq!((entry.version.version, entry.version.kind), (3, VersionKind::Update));
        assert_eq!((entry.version.by.actor.as_str(), entry.version.by.reason.as_deref()),
            ("guardrail", Some("error_rate: 9 of 10 calls failed")));
        assert!(entry.change["split"].is_object());
        let log = AuditRepository::list(&world.store, &AuditQuery::default()).await.unwrap().items;
        let recorded = log.iter().filter(|one| one.action == "alias.take_back_canary").count();
        assert_eq!((recorded, log[0].actor.as_str()), (1, "guardrail"));
        let told = world.store.deliveries(&webhook.webhook_id, &Window::default()).await.unwrap().items;
        assert_eq!(told.iter().map(|one| one.event.as_str()).collect::<Vec<_>>(), ["alias.rolled_back"]);
        // What is not in the split is out of it.
        let again = world.store.take_back(&name, &canary, None, &why).await.unwrap();
        assert_eq!(again.value.alias.version, 3);
    }

    async fn what_waits_and_would_bring_it_back_waits_no_more(world) {
        split(world).await;
        let (name, canary) = (alias_name("smart"), "openai/new".parse().unwrap());
        let at = Timestamp::from_micros(world.clock.now().micros() + 60_000_000);
        let mut waits = vec![];
        for change in [
            r#"{"split": [{"litellm_model": "openai/new", "share": 50}]}"#,
            r#"{"litellm_model": "openai/new", "split": null}"#,
            // Together with the alias's own target it would say nothing valid, and may once that is another.
            r#"{"split": [{"litellm_model": "openai/gpt-4", "share": 5}, {"litellm_model": "openai/new", "share": 5}]}"#,
            r#"{"split": [{"litellm_model": "openai/third", "share": 50}]}"#,
            r#"{"active": false}"#,
        ] {
            let change = serde_json::from_str::<AliasEdit>(change).unwrap().parse().unwrap();
            let action = ScheduledAction::Update(Box::new(change));
            waits.push(world.store.schedule(&name, action, at, None, &by()).await.unwrap().value.id);
        }
        let why = Actor::guardrail("why".into());
        let back = world.store.take_back(&name, &canary, Some(2), &why).await.unwrap().value;
        let left: Vec<ScheduleId> = back.scheduled.iter().map(|change| change.id).collect();
        assert_eq!(left, waits[3..]);
        let log = AuditRepository::list(&world.store, &AuditQuery::default()).await.unwrap().items;
        let undone = log.iter().filter(|one| one.action == "alias.unschedule");
        assert!(undone.clone().all(|one| one.reason.as_deref() == Some("why")));
        assert_eq!(undone.count(), 3);
    }

    async fn what_changed_meanwhile_is_not_taken_back(world) {
        split(world).await;
        let (canary, why) = ("openai/new".parse().unwrap(), Actor::guardrail("why".into()));
        let stale = world.store.take_back(&alias_name("smart"), &canary, Some(1), &why).await;
        assert!(matches!(stale, Err(StoreError::Conflict { .. })));
        let gone = world.store.take_back(&alias_name("gone"), &canary, None, &why).await;
        assert!(matches!(gone, Err(StoreError::NotFound { .. })));
        let found = AliasRepository::find(&world.store, &alias_name("smart")).await.unwrap().unwrap();
        assert_eq!((found.alias.version, found.alias.spec.routing.split.len()), (2, 2));
    }
}
