//! What keeps rate limits going beside the calls: signs of life, and what goes back that nobody needs.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use alias_core::limit::Subject;
use alias_core::repository::StoreError;
use alias_router::limits::Peers;
use tokio_util::sync::CancellationToken;

use super::{Entry, RateLimits};

/// How often idle slots are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// A sign of life every so many looks.
const BEAT: u64 = 4;
/// Old accounts are forgotten every so many looks.
const TIDY: u64 = 240;

impl RateLimits {
    /// Makes this server known to the others: before it serves.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn join(&self) -> Result<(), StoreError> {
        self.beat(&mut Peers::default()).await
    }

    /// Goes by so many servers until the ledger is heard: it cannot be asked yet.
    pub fn assume(&self, servers: u64) {
        self.0.instances.store(servers.max(1), Ordering::Relaxed);
    }

    /// Keeps going until `stop`, then gives everything back.
    pub async fn follow(self, stop: CancellationToken) {
        let (mut peers, mut looks) = (Peers::default(), 0_u64);
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            looks += 1;
            if let Err(why) = self.look(&mut peers, looks).await {
                tracing::warn!(%why, "cannot keep up with rate limits");
                peers.lose_sight();
            }
        }
        if let Err(why) = self.0.ledger.leave(self.0.instance).await {
            tracing::warn!(%why, "cannot give back what was held of rate limits; others take it in half a minute");
        }
    }

    async fn look(&self, peers: &mut Peers, looks: u64) -> Result<(), StoreError> {
        if looks.is_multiple_of(BEAT) {
            self.beat(peers).await?;
        }
        if looks.is_multiple_of(TIDY) {
            self.0.ledger.tidy().await?;
        }
        self.give_back().await
    }

    async fn beat(&self, peers: &mut Peers) -> Result<(), StoreError> {
        let beat = self.0.ledger.beat(self.0.instance).await?;
        let now = self.now();
        self.0.heard.store(now, Ordering::Relaxed);
        if !beat.known {
            self.all().iter().for_each(|entry| entry.counts.lock().forgotten());
        }
        let dead = peers.see(&beat.peers, now);
        let living = beat.peers.len().saturating_sub(dead.len()).max(1);
        self.0.instances.store(u64::try_from(living).unwrap_or(1), Ordering::Relaxed);
        for peer in dead.into_iter().filter(|peer| peer.instance != self.0.instance) {
            tracing::warn!(instance = %peer.instance, "a server is gone; others take over its share of rate limits");
            self.0.ledger.bury(peer).await?;
        }
        Ok(())
    }

    /// Gives back what is idle, forgets who does not call any more, and tells the ledger where it has other numbers.
    async fn give_back(&self) -> Result<(), StoreError> {
        let entries = self.all();
        let idle: Vec<Subject> = entries
            .iter()
            .filter(|entry| entry.counts.lock().holds_idle_slots())
            .map(|entry| entry.subject.clone())
            .collect();
        let recalls: HashMap<Subject, i64> = if idle.is_empty() {
            HashMap::new()
        } else {
            self.0.ledger.recalls(&idle).await?.into_iter().collect()
        };
        let alone = self.0.instances.load(Ordering::Relaxed) <= 1;
        for entry in entries {
            let (mut counts, now) = (entry.counts.lock(), self.now());
            counts.tidy(recalls.get(&entry.subject).copied(), alone, now);
            if counts.starts_asking(false, now) {
                self.start_asking(&entry);
            }
        }
        self.forget();
        Ok(())
    }

    fn all(&self) -> Vec<Arc<Entry>> {
        self.0.entries.read().values().cloned().collect()
    }

    /// Lets go of what is counted of those who do not call any more. What a call still holds stays.
    fn forget(&self) {
        let now = self.now();
        let idle = |entry: &Arc<Entry>| Arc::strong_count(entry) == 1 && entry.counts.lock().is_idle(now);
        if self.0.entries.read().values().any(idle) {
            self.0.entries.write().retain(|_, entry| !idle(entry));
        }
    }
}
