//! Rate limits of calls: what each team and key was leased of them, and the ledger that is asked for more.
//!
//! A call that is not limited costs a branch, and one that is takes a short lock for its key and for its team. The
//! database is asked when what was leased runs low, as a rule before anybody has to wait. See `docs/reference/limits.md`.

mod headers;
mod keeper;
mod pass;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use alias_core::limit::{Limits, Subject};
use alias_core::repository::LimitRepository;
use alias_core::usage::InstanceId;
use alias_router::Caller;
use alias_router::limits::{Counts, Kind, Link, Millis, SILENT_AFTER, Taken, Waiter};
use parking_lot::{Mutex, RwLock};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout_at};
use uuid::Uuid;

use crate::error::ApiError;

use headers::refused;
use pass::Held;
pub use pass::{Pass, show};

/// How long a call waits for the ledger.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a call waits before it tries again for slots that others may give back.
const PAUSE: Duration = Duration::from_millis(60);

/// The rate limits of one server. Clones share what is counted.
#[derive(Clone)]
pub struct RateLimits(Arc<Shared>);

struct Shared {
    ledger: Arc<dyn LimitRepository>,
    /// This life of the server, to the ledger.
    instance: InstanceId,
    entries: RwLock<HashMap<Subject, Arc<Entry>>>,
    began: Instant,
    /// When the ledger last took a sign of life.
    heard: AtomicU64,
    /// How many instances live, as far as is known.
    instances: AtomicU64,
    runtime: Handle,
}

/// What is counted of one team or key, and who waits for it.
struct Entry {
    subject: Subject,
    counts: Mutex<Counts>,
    answered: Notify,
}

impl std::fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RateLimits").field("instance", &self.0.instance).finish_non_exhaustive()
    }
}

impl RateLimits {
    /// Rate limits by this ledger. Questions are asked on the runtime that this is called on, so that they do not end
    /// with the thread that served a client.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn new(ledger: Arc<dyn LimitRepository>) -> Self {
        Self(Arc::new(Shared {
            ledger,
            instance: InstanceId::new(Uuid::now_v7()),
            entries: RwLock::default(),
            began: Instant::now(),
            heard: AtomicU64::new(0),
            instances: AtomicU64::new(1),
            runtime: Handle::current(),
        }))
    }

    /// Admits a call by the limits of its key and of its team; `estimate` is asked only where tokens are limited.
    /// What it returns is kept until the call has ended.
    ///
    /// # Errors
    /// 429 `rate_limit_exceeded`; nothing was taken then.
    pub async fn admit(&self, caller: &Caller, estimate: impl FnOnce() -> u64) -> Result<Pass, ApiError> {
        let (own, team) = (caller.own_limits(), caller.team_limits());
        if own.are_none() && team.are_none() {
            return Ok(Pass::default());
        }
        let of_tokens = own.tpm_limit.is_some() || team.tpm_limit.is_some();
        let tokens = if of_tokens { estimate() } else { 0 };
        let until = Instant::now() + PATIENCE;
        let mut pass = Pass::default();
        if let (false, Some(key)) = (own.are_none(), caller.id().key()) {
            pass.take(self.take(Subject::Key(key.clone()), own, tokens, until).await?);
        }
        if !team.are_none() {
            pass.take(self.take(Subject::Team(caller.team_uid()), team, tokens, until).await?);
        }
        Ok(pass)
    }

    async fn take(
        &self,
        subject: Subject,
        limits: &Limits,
        tokens: u64,
        until: Instant,
    ) -> Result<Held, ApiError> {
        let entry = self.entry(&subject);
        let mut waiter = None;
        loop {
            let answered = entry.answered.notified();
            tokio::pin!(answered);
            let patient = Instant::now() < until;
            let (taken, standing, others_hold) = {
                let mut counts = entry.counts.lock();
                let taken = self.try_take(&entry, &mut counts, limits, tokens, waiter);
                // Before the lock goes, so that no answer is missed.
                if !matches!(taken, Taken::Now(_)) {
                    answered.as_mut().enable();
                }
                (taken, counts.standing(limits, self.now()), counts.may_get_slots())
            };
            match taken {
                Taken::Now(ticket) => {
                    return Ok(Held::new(self.clone(), Arc::clone(&entry), ticket, standing));
                }
                Taken::Wait(again, _) if patient => {
                    waiter = Some(again);
                    if timeout_at(until.into(), answered).await.is_err() {
                        entry.counts.lock().gone();
                    }
                }
                Taken::No(why) if patient && why.kind == Kind::Parallel && others_hold => sleep(PAUSE).await,
                Taken::Wait(_, why) | Taken::No(why) => return Err(refused(&subject, why, &standing)),
            }
        }
    }

    /// Takes, and has the ledger asked where that is needed or will be.
    fn try_take(
        &self,
        entry: &Arc<Entry>,
        counts: &mut Counts,
        limits: &Limits,
        tokens: u64,
        waiter: Option<Waiter>,
    ) -> Taken {
        let now = self.now();
        let taken = counts.take(limits, tokens, waiter, self.link(now), now);
        if counts.starts_asking(matches!(taken, Taken::Wait(..)), now) {
            self.start_asking(entry);
        }
        taken
    }

    fn entry(&self, subject: &Subject) -> Arc<Entry> {
        if let Some(entry) = self.0.entries.read().get(subject) {
            return Arc::clone(entry);
        }
        let new = || {
            let (counts, answered) = (Mutex::default(), Notify::new());
            Arc::new(Entry { subject: subject.clone(), counts, answered })
        };
        Arc::clone(self.0.entries.write().entry(subject.clone()).or_insert_with(new))
    }

    fn now(&self) -> Millis {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn link(&self, now: Millis) -> Link {
        Link {
            away: false,
            silent: now.saturating_sub(self.0.heard.load(Ordering::Relaxed)) >= SILENT_AFTER,
            instances: self.0.instances.load(Ordering::Relaxed),
        }
    }

    /// Asks the ledger, until there is nothing to ask: who called this has marked the entry as asking.
    fn start_asking(&self, entry: &Arc<Entry>) {
        let (limits, entry) = (self.clone(), Arc::clone(entry));
        self.0.runtime.spawn(async move { while limits.ask(&entry).await {} });
    }

    /// One question; answers whether there is another.
    async fn ask(&self, entry: &Entry) -> bool {
        let sent = self.now();
        let asked = entry.counts.lock().ask(self.0.instance, entry.subject.clone(), sent);
        let answer = self.0.ledger.ask(&asked).await;
        let more = {
            let (mut counts, now) = (entry.counts.lock(), self.now());
            match answer {
                Ok(grant) => counts.granted(&asked, sent, &grant, now),
                Err(why) => {
                    tracing::warn!(%why, subject = %entry.subject, "cannot ask for rate limits; going on with this server's part");
                    counts.unanswered(&asked);
                }
            }
            counts.starts_asking(false, now)
        };
        entry.answered.notify_waiters();
        more
    }
}
