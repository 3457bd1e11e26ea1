//! Keeps the wallet in step with the database: fills it at the start, answers recalls, gives back what is idle.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use alias_core::causes::WithCauses;
use alias_core::credits::AccountId;
use alias_core::repository::{StoreError, Tenure};
use alias_core::usage::InstanceId;
use alias_store::spool::{Spool, SpoolError};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Credit;
use super::silent::Watch;

/// How often others are heard who ran dry.
const LISTEN: Duration = Duration::from_millis(250);
/// How often the other instances' beats are looked at.
const WATCH: Duration = Duration::from_secs(10);
/// How long an account may lie idle before its credit goes back.
const IDLE: Duration = Duration::from_secs(30);
/// The most leases of one unit of work.
const BATCH: usize = 1_000;
/// The wait after a failure.
const AGAIN: Duration = Duration::from_millis(250);

/// Why the wallet could not be filled.
#[derive(Debug, thiserror::Error)]
enum Setback {
    #[error("the database failed")]
    Store(#[from] StoreError),
    #[error("the spool failed")]
    Spool(#[from] SpoolError),
    #[error("a task was cancelled")]
    Task(#[from] tokio::task::JoinError),
}

/// Runs until `stop`; then gives everything back. `shared` says that other instances may use the same database.
pub async fn keep(credit: Arc<Credit>, spool: Arc<Spool>, shared: bool, stop: CancellationToken) {
    let (mut swept, mut looked, mut watch) = (Instant::now(), Instant::now(), Watch::default());
    while !stop.is_cancelled() {
        if let Err(why) = credit.follow(&spool).await {
            tracing::warn!(error = %WithCauses(&why), "no credit can be leased at present");
            stop.run_until_cancelled(sleep(AGAIN)).await;
            continue;
        }
        if shared {
            credit.answer_recalls().await;
        }
        if shared && looked.elapsed() >= WATCH {
            looked = Instant::now();
            watch.look(&*credit.leases).await;
        }
        if swept.elapsed() >= IDLE {
            swept = Instant::now();
            credit.give_back(credit.wallet().sweep()).await;
        }
        if !shared {
            credit.close_others(&spool).await;
        }
        let mut contact = credit.contact.clone();
        contact.mark_unchanged();
        let news = async {
            let known = *credit.tenure.borrow();
            // Only another instance is news here: the contact is renewed with every beat.
            while contact.changed().await.is_ok() {
                if contact.borrow().map(|contact| contact.who) != known {
                    return;
                }
            }
        };
        tokio::select! {
            () = news => {}
            () = sleep(LISTEN) => {}
            () = stop.cancelled() => {}
        }
    }
    credit.give_back(credit.wallet().empty()).await;
}

impl Credit {
    /// Fills the wallet when the instance becomes known, and when it goes on under a new id.
    async fn follow(&self, spool: &Arc<Spool>) -> Result<(), Setback> {
        let Some(who) = self.contact.borrow().map(|contact| contact.who) else { return Ok(()) };
        if *self.tenure.borrow() == Some(who) {
            return Ok(());
        }
        self.tenure.send_replace(None);
        self.wallet.stop();
        let (shipped, leases) = self.leases.leases(who.instance).await?;
        let unshipped = if leases.is_empty() { HashMap::new() } else { charged(spool, who, shipped).await? };
        self.wallet.begin(who.instance, &leases, &unshipped);
        self.alone.store(false, Ordering::Relaxed);
        self.tenure.send_replace(Some(who));
        Ok(())
    }

    /// SQLite has one server: what another id holds was held by this folder before, and nobody else. Closed once what
    /// was settled on it is in the books.
    async fn close_others(&self, spool: &Spool) {
        let Some(who) = *self.tenure.borrow() else { return };
        if self.alone.swap(true, Ordering::Relaxed) || !spool.flush(Duration::from_secs(5)).await {
            return;
        }
        let Ok(instances) = self.leases.instances().await else { return };
        for other in instances.into_iter().filter(|other| other.instance != who.instance) {
            if let Err(why) = self.leases.close(other.instance, None).await {
                tracing::warn!(instance = %other.instance, %why, "an earlier instance could not be closed");
            }
        }
    }

    async fn answer_recalls(&self) {
        let Some(who) = *self.tenure.borrow() else { return };
        match self.leases.recalls(who.instance).await {
            Ok(recalls) => self.give_back(self.wallet.answer_recalls(&recalls)).await,
            Err(why) => tracing::debug!(%why, "cannot hear whether others ran out of credit"),
        }
    }

    /// Has all instances give back what they do not need of an account, this one at once.
    pub async fn gather(&self, account: AccountId) {
        self.give_back(
            self.wallet.give_back(account).map(|returned| (account, returned)).into_iter().collect(),
        )
        .await;
        if let Err(why) = self.leases.recall(account).await {
            tracing::warn!(%why, "the other servers could not be asked for idle credit");
        }
        sleep(LISTEN * 2).await;
    }

    /// Says again what the database does not know to be given back.
    pub(super) async fn give_back_again(&self, who: Tenure, account: AccountId) {
        let Some(returned) = self.wallet.unconfirmed(account) else { return };
        match self.leases.give_back(who, &[(account, returned)]).await {
            Ok(leases) => leases.into_iter().for_each(|lease| self.wallet.learn(who.instance, lease)),
            Err(why) => tracing::warn!(%why, "idle credit could not be given back yet"),
        }
    }

    /// Gives back what was taken out of the wallet. What does not arrive is said again with the next sweep.
    async fn give_back(&self, returned: Vec<(AccountId, i64)>) {
        let Some(who) = (*self.tenure.borrow()).filter(|_| !returned.is_empty()) else { return };
        for chunk in returned.chunks(BATCH) {
            match self.leases.give_back(who, chunk).await {
                Ok(leases) => leases.into_iter().for_each(|lease| self.wallet.learn(who.instance, lease)),
                Err(why) => return tracing::warn!(%why, "idle credit could not be given back yet"),
            }
        }
    }
}

/// What calls were charged on the instance's leases that the books do not have yet.
async fn charged(spool: &Arc<Spool>, who: Tenure, shipped: u64) -> Result<HashMap<AccountId, i64>, Setback> {
    let spool = Arc::clone(spool);
    Ok(tokio::task::spawn_blocking(move || sum(&spool, who.instance, shipped)).await??)
}

fn sum(spool: &Spool, instance: InstanceId, shipped: u64) -> Result<HashMap<AccountId, i64>, SpoolError> {
    let mut sums: HashMap<AccountId, i64> = HashMap::new();
    let mut add = |lease: Option<InstanceId>, account: AccountId, charged: i64| {
        if lease == Some(instance) {
            let sum = sums.entry(account).or_default();
            *sum = sum.saturating_add(charged);
        }
    };
    spool.each_from(shipped, |event| {
        let settlement = &event.settlement;
        add(settlement.lease, AccountId::of_team(event.call.team_uid), settlement.charged);
        for share in &settlement.budgets {
            add(share.lease, share.account, share.charged);
        }
    })?;
    Ok(sums)
}
