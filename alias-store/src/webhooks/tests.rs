//! What whoever queues an event relies on.

use std::sync::Arc;

use alias_core::audit::Actor;
use alias_core::clock::Clock;
use alias_core::key::NewKey;
use alias_core::organization::OrganizationDraft;
use alias_core::repository::{
    DeliveryQueue, OrganizationRepository, TeamRepository, WebhookRepository, Window,
};
use alias_core::team::{TeamDraft, TeamUid};
use alias_core::testing::FixedClock;
use alias_core::webhook::{DeliveryStatus, EventType, WebhookDraft, WebhookId, WebhookSecret};
use serde_json::{Value, json};

use super::enqueue;
use super::upkeep::MOST_PENDING;
use crate::store::{SqlStore, Verdict};
use crate::url::DatabaseUrl;

struct World {
    store: SqlStore,
    clock: Arc<FixedClock>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn open() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::new(FixedClock::default()));
        let url = DatabaseUrl::sqlite(folder.path().join("aliases.db"));
        let store = SqlStore::open(&url, 2, Arc::clone(&clock) as Arc<dyn Clock>).await.unwrap();
        let organization = OrganizationDraft {
            organization_id: "acme".into(),
            name: "Acme".into(),
            ..OrganizationDraft::default()
        };
        let new = organization.parse().unwrap();
        OrganizationRepository::create(&store, new, None, &Actor::system()).await.unwrap();
        Self { store, clock, _folder: folder }
    }

    async fn team(&self, id: &str, number: u64) -> TeamUid {
        let draft = TeamDraft { organization_id: "acme".into(), team_id: id.into(), ..TeamDraft::default() };
        let key = NewKey::first(alias_core::testing::key(number));
        let made = TeamRepository::create(&self.store, draft.parse().unwrap(), key, &Actor::system()).await;
        made.unwrap().value.team.uid
    }

    async fn webhook(&self, team: Option<&str>, event: &str) -> WebhookId {
        let draft = WebhookDraft {
            team_id: team.map(str::to_owned),
            webhook_url: "https://a.example/".into(),
            events: vec![event.into()],
            description: None,
        };
        let (new, by) = (draft.parse().unwrap(), Actor::system());
        let made = WebhookRepository::create(&self.store, new, WebhookSecret::new([1; 32]), &by);
        made.await.unwrap().webhook_id
    }

    /// Queues a team's event this often in a transaction that counts, or does not.
    async fn enqueue(&self, team: TeamUid, times: i64, counts: bool) -> usize {
        let now = self.clock.now();
        let work = move |conn: &mut crate::connection::AnyConnection| {
            let mut queued = 0;
            for _ in 0..times {
                let data = json!({"team_id": "one", "credits_remaining": 5});
                queued += enqueue(conn, EventType::TeamLowCredits, Some(&team), "one", &data, now)?;
            }
            Ok(if counts { Verdict::Commit(queued) } else { Verdict::RollBack(queued) })
        };
        self.store.write(work).await.unwrap()
    }

    async fn total(&self, webhook: &WebhookId) -> u64 {
        self.store.deliveries(webhook, &Window::default()).await.unwrap().total
    }
}

#[tokio::test]
async fn an_event_of_a_team_goes_to_its_webhooks_and_to_those_without_a_team_that_want_it() {
    let world = World::open().await;
    let team = world.team("one", 1).await;
    world.team("two", 2).await;
    let own = world.webhook(Some("one"), "team.low_credits").await;
    let all = world.webhook(None, "team.low_credits").await;
    let other = world.webhook(Some("two"), "team.low_credits").await;
    let else_ = world.webhook(Some("one"), "team.credits_exhausted").await;
    assert_eq!(world.enqueue(team, 1, true).await, 2);
    for (webhook, told) in [(own, 1), (all, 1), (other, 0), (else_, 0)] {
        assert_eq!(world.total(&webhook).await, told);
    }
    let claimed = world.store.claim(8, &[]).await.unwrap();
    assert_eq!(claimed.len(), 2);
    let body: Value = serde_json::from_str(&claimed[0].messages[0].body).unwrap();
    let expected = json!({
        "type": "team.low_credits", "timestamp": "2024-10-14T12:00:00Z",
        "data": {"team_id": "one", "credits_remaining": 5},
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn what_was_rolled_back_is_told_to_nobody() {
    let world = World::open().await;
    let team = world.team("one", 1).await;
    let own = world.webhook(Some("one"), "team.low_credits").await;
    assert_eq!(world.enqueue(team, 3, false).await, 3);
    assert_eq!(world.total(&own).await, 0);
    assert!(world.store.claim(8, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn beyond_ten_thousand_waiting_messages_the_oldest_are_given_up_with_the_reason() {
    let world = World::open().await;
    let team = world.team("one", 1).await;
    let own = world.webhook(Some("one"), "team.low_credits").await;
    world.enqueue(team, MOST_PENDING, true).await;
    let oldest = world.store.claim(1, &[]).await.unwrap()[0].messages[0].id;
    world.enqueue(team, 2, true).await;
    let last = Window { limit: 3, start: alias_core::repository::Start::Offset(9_999) };
    let page = world.store.deliveries(&own, &last).await.unwrap();
    assert_eq!(page.total, 10_002);
    let standing: Vec<_> = page.items.iter().map(|delivery| delivery.status).collect();
    assert_eq!(standing, [DeliveryStatus::Pending, DeliveryStatus::Failed, DeliveryStatus::Failed]);
    assert_eq!(page.items[2].delivery_id, oldest);
    assert!(page.items[2].last_error.as_deref().unwrap().contains("10000"));
}

#[tokio::test]
async fn what_many_webhooks_have_too_much_of_is_given_up_by_the_upkeep() {
    let world = World::open().await;
    let team = world.team("one", 1).await;
    let mut all = Vec::new();
    for _ in 0..17 {
        all.push(world.webhook(Some("one"), "team.low_credits").await);
    }
    assert_eq!(world.enqueue(team, MOST_PENDING / 10, true).await, 17_000);
    let crowded = all[0].to_string();
    let now = world.clock.now();
    world
        .store
        .write(move |conn| {
            use crate::schema::webhook_deliveries as rows;
            use diesel::prelude::*;
            diesel::update(rows::table).set(rows::webhook_id.eq(crowded)).execute(conn)?;
            Ok(Verdict::Commit(()))
        })
        .await
        .unwrap();
    world.store.prune().await.unwrap();
    let failed = world
        .store
        .deliveries(&all[0], &Window { limit: 1, start: alias_core::repository::Start::Offset(10_000) });
    let failed = failed.await.unwrap().items.remove(0);
    assert_eq!((failed.status, failed.finished_at), (DeliveryStatus::Failed, Some(now)));
    let last = Window { limit: 1, start: alias_core::repository::Start::Offset(9_999) };
    let waiting = world.store.deliveries(&all[0], &last).await.unwrap().items.remove(0);
    assert_eq!(waiting.status, DeliveryStatus::Pending);
}
