//! Webhooks: who is told of which alias, each message sent by one server at a time, and an end to all of them.

use std::collections::HashSet;

use alias_core::alias::{AliasChange, AliasEdit};
use alias_core::repository::{
    AliasRepository, DeliveryQueue, StoreError, TeamRepository, WebhookQuery, WebhookRepository, Window,
};
use alias_core::webhook::{
    Attempt, ClaimedDeliveries, Delivery, DeliveryStatus, MAX_OF_TEAM, Outcome, Webhook, WebhookChange,
    WebhookDraft, WebhookEdit, WebhookSecret,
};
use alias_store::SqlStore;
use serde_json::Value;

use crate::world::{World, alias_name, by, on_each_database, team_id, texts, window};

const ALIASES: [&str; 4] = ["alias.created", "alias.updated", "alias.disabled", "alias.deleted"];

pub(crate) async fn create(
    world: &World,
    team: Option<&str>,
    events: &[&str],
) -> Result<Webhook, StoreError> {
    let draft = WebhookDraft {
        team_id: team.map(str::to_owned),
        webhook_url: "https://hooks.example/x".into(),
        events: texts(events),
        description: Some("for a test".into()),
    };
    world.store_webhook(draft).await
}

impl World {
    async fn store_webhook(&self, draft: WebhookDraft) -> Result<Webhook, StoreError> {
        WebhookRepository::create(&self.store, draft.parse().unwrap(), WebhookSecret::new([1; 32]), &by())
            .await
    }

    async fn update_alias(&self, name: &str, json: &str) {
        let change: AliasChange = serde_json::from_str::<AliasEdit>(json).unwrap().parse().unwrap();
        AliasRepository::update(&self.store, &alias_name(name), change, None, &by()).await.unwrap();
    }

    async fn deliveries(&self, webhook: &Webhook) -> Vec<Delivery> {
        self.store.deliveries(&webhook.webhook_id, &Window::default()).await.unwrap().items
    }

    /// The names of the events that wait for a webhook, the oldest first.
    async fn told(&self, webhook: &Webhook) -> Vec<String> {
        self.deliveries(webhook).await.iter().rev().map(|one| one.event.to_string()).collect()
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(chrono::Duration::seconds(seconds));
    }
}

async fn claim(store: &SqlStore) -> Vec<ClaimedDeliveries> {
    store.claim(16, &[]).await.unwrap()
}

async fn note(store: &SqlStore, claim: &ClaimedDeliveries, outcome: Outcome) -> bool {
    let delivered = outcome == Outcome::Delivered;
    let status = if delivered { 204 } else { 500 };
    let error = (!delivered).then(|| "the receiver answered 500".to_owned());
    let attempt = Attempt { status: Some(status), latency_ms: 7, error, outcome };
    store.note(claim, &claim.messages[0].id, attempt).await.unwrap()
}

fn edit(json: &str) -> WebhookChange {
    serde_json::from_str::<WebhookEdit>(json).unwrap().parse().unwrap()
}

on_each_database! {
    async fn a_webhook_is_read_back_changed_and_deleted_with_its_deliveries(world) {
        world.organization("acme").await;
        world.team("acme", "one", &[], 1).await;
        let made = create(world, Some("ONE"), &["alias.updated", "alias.created"]).await.unwrap();
        let found = WebhookRepository::find(&world.store, &made.webhook_id).await.unwrap().unwrap();
        assert_eq!(found, made);
        assert_eq!((found.team_id, found.organization_id.unwrap().as_str(), found.version), (Some(team_id("one")), "acme", 1));
        let update = async |json: &str, version| WebhookRepository::update(&world.store, &made.webhook_id, edit(json), version, &by()).await;
        let after = update(r#"{"events": ["alias.deleted"], "webhook_url": "https://b.example/"}"#, Some(1)).await.unwrap();
        assert_eq!((after.webhook_url.as_str(), after.events.len(), after.version), ("https://b.example/", 1, 2));
        let refused = update("{}", Some(1)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { current: 2, .. }), "{refused:?}");
        assert_eq!(update(r#"{"events": ["alias.deleted"]}"#, None).await.unwrap().version, 2);
        world.store.begin_test(&made.webhook_id, &by()).await.unwrap();
        WebhookRepository::delete(&world.store, &made.webhook_id, Some(2), &by()).await.unwrap();
        assert_eq!(world.count("webhooks") + world.count("webhook_deliveries"), 0);
        assert_eq!(world.count("audit_log WHERE object = 'webhook'"), 4);
        assert_eq!(world.count("audit_log WHERE diff LIKE '%AQEBAQEB%' OR diff LIKE '%secret\":{%whsec%'"), 0);
        let refused = WebhookRepository::rotate(&world.store, &made.webhook_id, WebhookSecret::new([2; 32]), &by()).await;
        assert!(matches!(refused, Err(StoreError::NotFound { kind: "webhook", .. })));
    }

    async fn lists_filter_by_team_and_organization_and_have_pages(world) {
        for (organization, team, number) in [("acme", "one", 1), ("beta", "two", 2)] {
            world.organization(organization).await;
            world.team(organization, team, &[], number).await;
        }
        for team in [None, Some("one"), Some("two"), Some("one")] {
            create(world, team, &["alias.created"]).await.unwrap();
        }
        let list = async |query: WebhookQuery| {
            let page = WebhookRepository::list(&world.store, &query).await.unwrap();
            (page.total, page.items.len(), page.next.is_some())
        };
        assert_eq!(list(WebhookQuery::default()).await, (4, 4, false));
        assert_eq!(list(WebhookQuery { team_id: Some(team_id("One")), ..WebhookQuery::default() }).await, (2, 2, false));
        assert_eq!(list(WebhookQuery { organization_id: Some("beta".parse().unwrap()), ..WebhookQuery::default() }).await, (1, 1, false));
        assert_eq!(list(WebhookQuery { window: window(3), ..WebhookQuery::default() }).await, (4, 3, true));
    }

    async fn a_team_must_exist_takes_its_webhooks_along_and_has_an_end_to_them(world) {
        world.organization("acme").await;
        world.team("acme", "one", &[], 1).await;
        let refused = create(world, Some("on"), &["alias.created"]).await.unwrap_err();
        assert!(matches!(&refused, StoreError::UnknownReference { field: "team_id", suggestions, .. } if suggestions.is_empty()));
        for _ in 0..MAX_OF_TEAM {
            create(world, Some("one"), &["alias.created"]).await.unwrap();
        }
        let refused = create(world, Some("one"), &["alias.created"]).await.unwrap_err();
        assert!(matches!(refused, StoreError::TooMany { most: MAX_OF_TEAM, .. }), "{refused:?}");
        assert!(create(world, None, &["alias.created"]).await.is_ok());
        TeamRepository::delete(&world.store, &team_id("one"), None, &by()).await.unwrap();
        assert_eq!(world.count("webhooks"), 1);
    }

    async fn every_write_of_an_alias_is_told_to_who_wants_it_and_to_teams_that_hold_it(world) {
        world.organization("acme").await;
        world.group("g", &[]).await;
        world.team("acme", "has", &["g"], 1).await;
        world.team("acme", "not", &[], 2).await;
        let all = create(world, None, &ALIASES).await.unwrap();
        let has = create(world, Some("has"), &ALIASES).await.unwrap();
        let not = create(world, Some("not"), &ALIASES).await.unwrap();
        let deleted = create(world, None, &["alias.deleted"]).await.unwrap();
        world.alias_to("smart", "openai/gpt-4", &["g"]).await;
        world.update_alias("smart", r#"{"litellm_model": "anthropic/claude"}"#).await;
        world.update_alias("smart", r#"{"active": false}"#).await;
        world.update_alias("smart", r#"{"active": false}"#).await;
        world.update_alias("smart", r#"{"active": true}"#).await;
        world.update_alias("smart", r#"{"active": false, "tags": ["x"]}"#).await;
        AliasRepository::delete(&world.store, &alias_name("smart"), None, &by()).await.unwrap();
        let told = ["created", "updated", "disabled", "updated", "disabled", "updated", "deleted"].map(|word| format!("alias.{word}"));
        assert_eq!(world.told(&all).await, told);
        assert_eq!(world.told(&has).await, told);
        assert_eq!(world.told(&not).await, [""; 0]);
        assert_eq!(world.told(&deleted).await, ["alias.deleted"]);
    }

    async fn only_webhooks_without_a_team_are_told_what_stands_behind_an_alias(world) {
        world.organization("acme").await;
        world.group("g", &[]).await;
        world.team("acme", "has", &["g"], 1).await;
        let all = create(world, None, &ALIASES).await.unwrap();
        create(world, Some("has"), &ALIASES).await.unwrap();
        world.alias_to("smart", "openai/gpt-4", &["g"]).await;
        world.update_alias("smart", r#"{"litellm_model": "anthropic/claude", "description": "now anthropic", "tags": ["anthropic"]}"#).await;
        for claim in claim(&world.store).await {
            for message in &claim.messages {
                let body: Value = serde_json::from_str(&message.body).unwrap();
                assert_eq!(body["data"]["alias"], "smart");
                let names_it = message.body.contains("openai") || message.body.contains("anthropic") || message.body.contains("litellm");
                assert_eq!(names_it, claim.webhook == all.webhook_id, "{body}");
            }
        }
    }

    async fn a_write_that_fails_after_its_event_was_queued_leaves_no_event(world) {
        let all = create(world, None, &ALIASES).await.unwrap();
        world.execute("ALTER TABLE audit_log RENAME TO audit_log_elsewhere");
        let draft = alias_core::alias::AliasDraft::new("a", "openai/a").parse().unwrap();
        assert!(AliasRepository::create(&world.store, draft, &by()).await.is_err());
        world.execute("ALTER TABLE audit_log_elsewhere RENAME TO audit_log");
        assert_eq!(world.told(&all).await, [""; 0]);
        world.alias("a").await;
        assert_eq!(world.told(&all).await, ["alias.created"]);
    }

    async fn of_servers_that_claim_at_once_one_gets_each_message_until_its_lease_ends(world) {
        let stores = [world.store.clone(), world.replica().await];
        for _ in 0..4 {
            create(world, None, &ALIASES).await.unwrap();
        }
        for n in 0..4 {
            world.alias(&format!("m{n}")).await;
        }
        let tasks: Vec<_> = (0..8).map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move { claim(&store).await })
        }).collect();
        let mut seen = HashSet::new();
        for task in tasks {
            for claim in task.await.unwrap() {
                for message in claim.messages {
                    assert!(seen.insert(message.id), "two servers have one message");
                }
            }
        }
        assert_eq!(seen.len(), 16);
        assert!(claim(&world.store).await.is_empty());
        world.wait(61);
        let again: usize = claim(&stores[1]).await.iter().map(|claim| claim.messages.len()).sum();
        assert_eq!(again, 16, "who claimed them has died");
    }

    async fn an_attempt_counts_while_its_claim_holds_and_is_repeated_when_it_is_due(world) {
        let webhook = create(world, None, &ALIASES).await.unwrap();
        world.alias("a").await;
        let first = claim(&world.store).await.remove(0);
        assert!(world.store.claim(16, &[webhook.webhook_id]).await.unwrap().is_empty());
        let at = alias_core::clock::Timestamp::from_micros(first.until.micros() + 10_000_000);
        assert!(note(&world.store, &first, Outcome::Again(at)).await);
        let waiting = world.deliveries(&webhook).await.remove(0);
        assert_eq!((waiting.status, waiting.attempts, waiting.last_status, waiting.next_attempt_at), (DeliveryStatus::Pending, 1, Some(500), Some(at)));
        assert_eq!(waiting.last_error.as_deref(), Some("the receiver answered 500"));
        assert!(claim(&world.store).await.is_empty(), "it is not due yet");
        world.wait(70);
        let second = claim(&world.store).await.remove(0);
        assert_eq!((&second.messages[0].id, &second.messages[0].body, second.messages[0].attempts), (&first.messages[0].id, &first.messages[0].body, 1));
        assert!(!note(&world.store, &first, Outcome::Delivered).await, "this claim has ended");
        assert!(note(&world.store, &second, Outcome::Delivered).await);
        let done = world.deliveries(&webhook).await.remove(0);
        assert_eq!((done.status, done.attempts, done.last_error, done.next_attempt_at), (DeliveryStatus::Delivered, 2, None, None));
        assert!(done.finished_at.is_some());
    }

    async fn a_receiver_that_is_gone_is_told_nothing_more_until_it_is_switched_on_again(world) {
        let webhook = create(world, None, &ALIASES).await.unwrap();
        world.alias("a").await;
        world.alias("b").await;
        let claimed = claim(&world.store).await.remove(0);
        assert!(note(&world.store, &claimed, Outcome::Gone).await);
        let off = WebhookRepository::find(&world.store, &webhook.webhook_id).await.unwrap().unwrap();
        assert!(!off.active && off.disabled_reason.is_some() && off.version == 2);
        assert_eq!(world.count("audit_log WHERE action = 'webhook.disable' AND actor = 'system'"), 1);
        world.alias("c").await;
        assert_eq!(world.count("webhook_deliveries WHERE status = 'failed'"), 2);
        assert_eq!(world.count("webhook_deliveries"), 2);
        let on = WebhookRepository::update(&world.store, &webhook.webhook_id, edit(r#"{"active": true}"#), None, &by()).await.unwrap();
        assert_eq!((on.active, on.disabled_reason), (true, None));
        world.alias("d").await;
        assert_eq!(claim(&world.store).await[0].messages.len(), 1);
    }

    async fn after_a_rotation_the_old_secret_signs_for_a_day(world) {
        let webhook = create(world, None, &ALIASES).await.unwrap();
        let rotated = WebhookRepository::rotate(&world.store, &webhook.webhook_id, WebhookSecret::new([2; 32]), &by()).await.unwrap();
        assert_eq!(rotated.version, 2);
        world.alias("a").await;
        let signing = claim(&world.store).await.remove(0).signing;
        assert_eq!((signing.secret.expose(), signing.old.unwrap().expose()), (&[2; 32], &[1; 32]));
        world.wait(24 * 3_600);
        let signing = claim(&world.store).await.remove(0).signing;
        assert_eq!((signing.secret.expose(), signing.old), (&[2; 32], None));
    }

    async fn what_came_to_an_end_a_week_ago_is_forgotten_and_nothing_else(world) {
        let webhook = create(world, None, &ALIASES).await.unwrap();
        world.alias("a").await;
        let claimed = claim(&world.store).await.remove(0);
        note(&world.store, &claimed, Outcome::Delivered).await;
        world.wait(7 * 86_400 - 1);
        world.alias("b").await;
        assert_eq!(world.store.prune().await.unwrap(), 0);
        world.wait(2);
        assert_eq!(world.store.prune().await.unwrap(), 1);
        assert_eq!(world.told(&webhook).await.len(), 1);
    }
}
