//! Works the queue off: a webhook's messages one after the other, many webhooks at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use alias_core::clock::Clock;
use alias_core::repository::DeliveryQueue;
use alias_core::webhook::{ClaimedDeliveries, Outcome, WebhookId};
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::sender::Sender;

/// How often the queue is looked at.
const POLL: Duration = Duration::from_millis(500);
/// The most webhooks that are sent to at a time.
const AT_ONCE: usize = 32;
/// How often what came to an end long ago is forgotten, and how many steps that takes at most.
const PRUNE: Duration = Duration::from_mins(1);
const PRUNE_STEPS: usize = 20;

/// What takes from the queue and sends.
pub struct Worker {
    queue: Arc<dyn DeliveryQueue>,
    sender: Arc<Sender>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("sender", &self.sender).finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker that has not begun.
    pub fn new(
        queue: Arc<dyn DeliveryQueue>,
        sender: Arc<Sender>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self { queue, sender, clock, stop })
    }

    /// Sends what is due until it is stopped, then ends what it is sending.
    pub async fn run(self: Arc<Self>) {
        let (mut tasks, mut busy) = (JoinSet::new(), HashMap::<Id, WebhookId>::new());
        let mut next_prune = Instant::now();
        while !self.stop.is_cancelled() {
            if Instant::now() >= next_prune {
                next_prune = Instant::now() + PRUNE;
                self.prune().await;
            }
            for claim in self.claim(AT_ONCE - tasks.len().min(AT_ONCE), &busy).await {
                let webhook = claim.webhook;
                let task = tasks.spawn(Arc::clone(&self).deliver(claim));
                busy.insert(task.id(), webhook);
            }
            tokio::select! {
                Some(done) = tasks.join_next_with_id() => {
                    let id = done.map_or_else(|why| why.id(), |(id, ())| id);
                    busy.remove(&id);
                }
                () = tokio::time::sleep(POLL) => {}
                () = self.stop.cancelled() => {}
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn claim(&self, most: usize, busy: &HashMap<Id, WebhookId>) -> Vec<ClaimedDeliveries> {
        let busy: Vec<WebhookId> = busy.values().copied().collect();
        match u32::try_from(most) {
            Ok(most) if most > 0 => self.queue.claim(most, &busy).await.unwrap_or_else(|why| {
                tracing::warn!(%why, "cannot read the queue of webhooks; trying again");
                Vec::new()
            }),
            _ => Vec::new(),
        }
    }

    /// Sends the messages of a claim in their order. What is left at the end belongs to nobody when its lease ends.
    async fn deliver(self: Arc<Self>, claim: ClaimedDeliveries) {
        for message in &claim.messages {
            if self.stop.is_cancelled() {
                return;
            }
            let answer = self.sender.send(&claim.url, &claim.signing, message).await;
            let attempt = answer.judged(message.attempts, jitter(), self.clock.now());
            let outcome = attempt.outcome;
            if outcome == Outcome::GivenUp {
                tracing::warn!(webhook = %claim.webhook, message = %message.id, "a message of a webhook was given up");
            }
            match self.queue.note(&claim, &message.id, attempt).await {
                Ok(true) if outcome != Outcome::Gone => {}
                // The webhook was switched off, deleted, or claimed by another server.
                Ok(_) => return,
                Err(why) => {
                    tracing::warn!(message = %message.id, %why, "what a webhook answered was not noted; it is sent again");
                    return;
                }
            }
        }
    }

    async fn prune(&self) {
        for _ in 0..PRUNE_STEPS {
            match self.queue.prune().await {
                Ok(0) => return,
                Ok(forgotten) => tracing::debug!(forgotten, "old deliveries of webhooks were forgotten"),
                Err(why) => {
                    tracing::warn!(%why, "old deliveries of webhooks cannot be forgotten; trying again");
                    return;
                }
            }
        }
    }
}

/// A random number that spreads what is sent again. Without randomness, nothing is spread.
fn jitter() -> u16 {
    let mut drawn = [0; 2];
    let _ = getrandom::fill(&mut drawn);
    u16::from_be_bytes(drawn)
}
