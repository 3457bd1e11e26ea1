//! Brings events from the spool into the books, in batches, however often either side fails.

use std::sync::Arc;
use std::time::Duration;

use alias_core::causes::WithCauses;
use alias_core::repository::{Shipped, StoreError, Tenure, UsageRepository};
use alias_core::usage::{Denials, UsageEvent};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{Spool, SpoolError};

/// The most events of one batch.
pub(super) const BATCH: usize = 1_000;
/// This many events are not kept waiting for more.
const ENOUGH: u64 = 500;
/// How long the first unshipped event waits for others.
const GATHER: Duration = Duration::from_millis(200);
/// How often refusals are reported.
const REPORT: Duration = Duration::from_secs(1);
/// The longest that the books may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The wait after a failure, at first and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// How long the rest may take once the shipper is told to stop.
const LAST_CALL: Duration = Duration::from_secs(5);

/// Ships until `stop`, then what is left within 5 s. Failures are logged and tried again, at least once a second; calls go on
/// meanwhile. `contact` is told of each word of the books. `denials` hands out, and forgets, the refusals counted since it was last asked.
///
/// An event is in the books at most 200 ms, a sync and a transaction after it was settled.
pub async fn ship_forever<D>(
    spool: Arc<Spool>,
    books: Arc<dyn UsageRepository>,
    denials: D,
    contact: watch::Sender<Option<Contact>>,
    stop: CancellationToken,
) where
    D: Fn() -> Vec<Denials> + Send + Sync + 'static,
{
    let mut shipper = Shipper {
        spool,
        books,
        denials,
        contact,
        unreported: Vec::new(),
        next: None,
        unanswered: Vec::new(),
    };
    if stop.run_until_cancelled(shipper.run()).await.is_none()
        && timeout(LAST_CALL, shipper.finish()).await.is_err()
    {
        tracing::warn!("usage was left unshipped: it stays in the spool until the next start");
    }
}

/// The last word of the books to this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// Who this process is to them. They know it, and it is open.
    pub who: Tenure,
    /// When they said so.
    pub at: Instant,
}

struct Shipper<D> {
    spool: Arc<Spool>,
    books: Arc<dyn UsageRepository>,
    denials: D,
    contact: watch::Sender<Option<Contact>>,
    /// Refusals that the books did not take yet.
    unreported: Vec<Denials>,
    /// The next event to ship, once the books have told.
    next: Option<u64>,
    /// The batch from there on that was sent, without an answer: it is sent alike until there is one.
    unanswered: Vec<UsageEvent>,
}

/// Why a step has to be tried again.
#[derive(Debug, thiserror::Error)]
enum Setback {
    #[error("the books failed")]
    Books(#[from] StoreError),
    #[error("the books did not answer in time")]
    Silence(#[from] tokio::time::error::Elapsed),
    #[error("the spool failed")]
    Spool(#[from] SpoolError),
    #[error("a task of the spool was cancelled")]
    Task(#[from] tokio::task::JoinError),
    #[error("the books stay at event {0}")]
    Stuck(u64),
}

impl<D: Fn() -> Vec<Denials> + Send + Sync> Shipper<D> {
    async fn run(&mut self) {
        let mut reported = Instant::now();
        let mut backoff = BACKOFF.0;
        loop {
            let done = self.step(reported + REPORT).await;
            let done = if done.is_ok() && reported.elapsed() >= REPORT {
                reported = Instant::now();
                self.report_and_beat().await
            } else {
                done
            };
            match done {
                Ok(()) => backoff = BACKOFF.0,
                Err(setback) => {
                    warn(&setback);
                    sleep(backoff).await;
                    backoff = (backoff * 2).min(BACKOFF.1);
                }
            }
        }
    }

    /// Ships what is there; waits for more until `until`.
    async fn step(&mut self, until: Instant) -> Result<(), Setback> {
        let next = self.next().await?;
        let wait = until.saturating_duration_since(Instant::now());
        if timeout(wait, self.spool.changed(next)).await.is_err() {
            return Ok(());
        }
        // Running out of time is the usual way on: few events came meanwhile.
        tokio::select! {
            () = self.spool.changed(next + ENOUGH - 1) => {}
            () = self.spool.hurried() => {}
            () = sleep(GATHER) => {}
        }
        self.ship(next).await
    }

    /// Ships everything that is settled, and the last refusals.
    async fn finish(&mut self) {
        let mut backoff = BACKOFF.0;
        loop {
            match self.finish_step().await {
                Ok(true) => return,
                Ok(false) => backoff = BACKOFF.0,
                Err(setback) => {
                    warn(&setback);
                    sleep(backoff).await;
                    backoff = (backoff * 2).min(BACKOFF.1);
                }
            }
        }
    }

    /// Whether nothing was left to do.
    async fn finish_step(&mut self) -> Result<bool, Setback> {
        let next = self.next().await?;
        if next < self.spool.next_seq() {
            self.spool.changed(next).await;
            self.ship(next).await?;
            return Ok(false);
        }
        self.report().await?;
        Ok(true)
    }

    /// The next event to ship; asks the books if that is not known.
    async fn next(&mut self) -> Result<u64, Setback> {
        if let Some(next) = self.next {
            return Ok(next);
        }
        let mut next = match self.announce().await {
            // The folder is a copy of one that went on, or an answer to an announcement was lost.
            Err(Setback::Books(StoreError::Conflict { .. })) => self.renew().await?,
            announced => announced?,
        };
        if next > self.spool.next_seq() {
            tracing::error!(next, "the books have usage that this folder never had");
            next = self.renew().await?;
        }
        self.spool.shipped(next);
        self.go_on_from(next);
        self.is_known();
        Ok(next)
    }

    fn go_on_from(&mut self, next: u64) {
        self.next = Some(next);
        self.unanswered.clear();
    }

    async fn announce(&self) -> Result<u64, Setback> {
        Ok(timeout(PATIENCE, self.books.announce(self.spool.instance(), self.spool.boot())).await??)
    }

    /// Goes on under a new instance id; tells where it starts.
    async fn renew(&mut self) -> Result<u64, Setback> {
        self.next = None;
        self.blocking(Spool::renew_instance).await?;
        self.announce().await
    }

    /// Ships one batch.
    async fn ship(&mut self, from: u64) -> Result<(), Setback> {
        let again = !self.unanswered.is_empty();
        if !again {
            self.unanswered = match self.blocking(move |spool| spool.take_unshipped(from, BATCH)).await {
                Err(Setback::Spool(SpoolError::Gap(seq))) => {
                    tracing::error!(
                        seq,
                        "usage is missing in the spool: the rest goes on under a new instance"
                    );
                    return self.start_over().await;
                }
                taken => taken?,
            };
        }
        if self.unanswered.is_empty() {
            return Ok(());
        }
        let end = from + self.unanswered.len() as u64;
        let next = match self.send(from).await? {
            Shipped::Stored => end,
            Shipped::ContinueFrom(next) if next == from => return Err(Setback::Stuck(next)),
            // Ours, stored by an attempt whose answer was lost; or a restored database that has less.
            Shipped::ContinueFrom(next) if next < from || (next <= end && again) => next,
            Shipped::ContinueFrom(next) => {
                tracing::error!(next, "another process ships under this instance id");
                return self.start_over().await;
            }
        };
        self.spool.shipped(next);
        self.go_on_from(next);
        Ok(())
    }

    async fn start_over(&mut self) -> Result<(), Setback> {
        let next = self.renew().await?;
        self.go_on_from(next);
        self.is_known();
        Ok(())
    }

    async fn send(&mut self, first_seq: u64) -> Result<Shipped, Setback> {
        let books = self.books.ship(self.spool.instance(), first_seq, &self.unanswered);
        let sent = timeout(PATIENCE, books).await?;
        if matches!(sent, Err(StoreError::NotFound { .. })) {
            // A restored or recreated database does not know this instance: it is announced again.
            self.next = None;
        }
        Ok(sent?)
    }

    async fn report_and_beat(&mut self) -> Result<(), Setback> {
        self.report().await?;
        if timeout(PATIENCE, self.books.beat(self.spool.instance())).await?? {
            self.is_known();
            return Ok(());
        }
        tracing::warn!(instance = %self.spool.instance(), "this instance was closed: going on under a new id");
        self.start_over().await
    }

    /// The books know this instance, and it is open.
    fn is_known(&self) {
        let who = Tenure { instance: self.spool.instance(), boot: self.spool.boot() };
        self.contact.send_replace(Some(Contact { who, at: Instant::now() }));
    }

    /// Reports refusals. Where an answer is lost, they may count twice: they are statistics, not money.
    async fn report(&mut self) -> Result<(), Setback> {
        if self.unreported.is_empty() {
            self.unreported = (self.denials)();
        }
        if !self.unreported.is_empty() {
            timeout(PATIENCE, self.books.add_denials(&self.unreported)).await??;
            self.unreported.clear();
        }
        Ok(())
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Spool) -> Result<T, SpoolError> + Send + 'static,
    ) -> Result<T, Setback> {
        let spool = Arc::clone(&self.spool);
        Ok(tokio::task::spawn_blocking(move || work(&spool)).await??)
    }
}

fn warn(setback: &Setback) {
    tracing::warn!(error = %WithCauses(setback), "usage waits in the spool");
}
