//! Credit for calls: held from the wallet, which is filled from leases of the teams' accounts.
//!
//! While a lease covers a call, nobody is asked: the database sees a slice go out, and what calls were charged come in.

mod keeper;
mod refills;
mod silent;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use alias_core::budget::BudgetId;
use alias_core::credits::AccountId;
use alias_core::repository::{Granted, LeaseRepository, StoreError, Tenure, Wish};
use alias_router::wallet::{Dry, Hold, Wallet};
use alias_store::spool::shipper::Contact;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

pub use keeper::keep;
pub use refills::refill;

/// How long leases are used without a word of the database.
const OFFLINE_LIMIT: Duration = Duration::from_hours(1);
/// How long a call waits for the database to know this instance, and for others to give back what they do not need.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a call looks again while others are asked to give back.
const LOOK: Duration = Duration::from_millis(100);
/// How long a refusal stands: a team without credit does not ask the database with every call.
const REMEMBERED: Duration = Duration::from_millis(250);
/// The most refusals that are remembered.
const MAX_REFUSALS: usize = 10_000;

/// Why there is no credit for a call.
#[derive(Debug, thiserror::Error)]
pub enum NoCredit {
    /// The account does not have as much.
    #[error("the account does not hold as much")]
    Spent,
    /// Whether it has cannot be found out.
    #[error("whether there is credit cannot be found out")]
    Unknown(#[source] Option<StoreError>),
}

/// What a call needs of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The account.
    pub account: AccountId,
    /// The budget whose account it is; `None` for a team's.
    pub budget: Option<BudgetId>,
    /// How much, in the account's smallest unit: micro-credits of a team, nano-USD of a budget.
    pub amount: i64,
}

/// How long a call may still wait, for all that it needs together. The time runs from the first wait on.
#[derive(Debug, Default)]
pub struct Patience(Option<Instant>);

impl Patience {
    fn deadline(&mut self) -> Instant {
        *self.0.get_or_insert_with(|| Instant::now() + PATIENCE)
    }
}

impl Need {
    /// Of a team's account, in micro-credits.
    pub const fn of_team(account: AccountId, amount: i64) -> Self {
        Self { account, budget: None, amount }
    }
}

/// The credit that this instance may spend.
pub struct Credit {
    wallet: Wallet,
    leases: Arc<dyn LeaseRepository>,
    contact: watch::Receiver<Option<Contact>>,
    /// Who the wallet's leases belong to.
    tenure: watch::Sender<Option<Tenure>>,
    /// One question at a time for an account.
    asking: Mutex<HashMap<AccountId, Arc<tokio::sync::Mutex<()>>>>,
    refused: Mutex<HashMap<AccountId, (Instant, i64)>>,
    trips: AtomicU64,
    /// Whether earlier instances of a database with one server were closed.
    alone: AtomicBool,
}

impl fmt::Debug for Credit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credit").field("tenure", &*self.tenure.borrow()).finish_non_exhaustive()
    }
}

impl Credit {
    /// An empty wallet, to be filled from `leases` once `contact` says who this instance is.
    pub fn new(leases: Arc<dyn LeaseRepository>, contact: watch::Receiver<Option<Contact>>) -> Self {
        Self {
            wallet: Wallet::default(),
            leases,
            contact,
            tenure: watch::Sender::new(None),
            asking: Mutex::default(),
            refused: Mutex::default(),
            trips: AtomicU64::new(0),
            alone: AtomicBool::new(false),
        }
    }

    /// The wallet.
    pub fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    /// How often a call had to ask the database.
    pub fn trips(&self) -> u64 {
        self.trips.load(Ordering::Relaxed)
    }

    /// Holds an amount of an account.
    ///
    /// # Errors
    /// [`NoCredit`]; nothing is held then.
    pub async fn hold(&self, need: Need, patience: &mut Patience) -> Result<Hold, NoCredit> {
        if self.is_offline() {
            return Err(NoCredit::Unknown(None));
        }
        match self.wallet.hold(need.account, need.amount) {
            Ok(hold) => Ok(hold),
            Err(dry) => self.ask(need, dry.missing, patience.deadline()).await,
        }
    }

    /// Whether the database has said nothing for so long that others may have taken the leases away.
    fn is_offline(&self) -> bool {
        self.contact.borrow().is_some_and(|contact| contact.at.elapsed() > OFFLINE_LIMIT)
    }

    async fn ask(&self, need: Need, missing: i64, deadline: Instant) -> Result<Hold, NoCredit> {
        let account = need.account;
        if self.is_refused(account, missing) {
            return Err(NoCredit::Spent);
        }
        let place = Arc::clone(self.asking.lock().entry(account).or_default());
        let _alone = Alone { credit: self, account };
        let turn = tokio::time::timeout_at(deadline, place.lock()).await.map_err(|_| NoCredit::Unknown(None));
        let _one_at_a_time = turn?;
        self.ask_alone(need, deadline).await
    }

    async fn ask_alone(&self, need: Need, deadline: Instant) -> Result<Hold, NoCredit> {
        let account = need.account;
        loop {
            let dry = match self.wallet.hold(account, need.amount) {
                Ok(hold) => return Ok(hold),
                Err(dry) => dry,
            };
            // Who asked before may have had the word that there is none.
            if self.is_refused(account, dry.missing) {
                return Err(NoCredit::Spent);
            }
            if Instant::now() >= deadline {
                return Err(NoCredit::Unknown(None));
            }
            let who = self.known(deadline).await?;
            if dry.instance == Some(who.instance) && !self.top_up(who, need, dry).await? {
                if Instant::now() + LOOK > deadline {
                    self.refuse(account, dry.missing);
                    return Err(NoCredit::Spent);
                }
                tokio::time::sleep(LOOK).await;
            }
        }
    }

    /// Asks for more; tells whether the lease has grown. Where it has not, others were asked to give back.
    async fn top_up(&self, who: Tenure, need: Need, dry: Dry) -> Result<bool, NoCredit> {
        self.trips.fetch_add(1, Ordering::Relaxed);
        let Need { account, budget, .. } = need;
        let wish = Wish { account, budget, known: dry.known, need: dry.missing };
        match self.leases.grant(who, wish).await.map_err(|why| NoCredit::Unknown(Some(why)))? {
            Granted::Lease(lease) if lease.granted < dry.known => {
                // The database was restored, or lost what it had said: the wallet is filled anew from what it knows.
                tracing::warn!(%account, "the database knows less of a lease than was granted: taking it up again");
                self.tenure.send_replace(None);
                Err(NoCredit::Unknown(None))
            }
            Granted::Lease(lease) => {
                self.wallet.learn(who.instance, lease);
                Ok(true)
            }
            Granted::Short { lease, .. } if self.wallet.unconfirmed(account).is_some() => {
                self.wallet.learn(who.instance, lease);
                self.give_back_again(who, account).await;
                Ok(false)
            }
            Granted::Short { lease, others: true, .. } => {
                self.wallet.learn(who.instance, lease);
                Ok(false)
            }
            Granted::Short { lease, .. } => {
                self.wallet.learn(who.instance, lease);
                self.refuse(account, dry.missing);
                Err(NoCredit::Spent)
            }
            Granted::Closed => Err(NoCredit::Unknown(None)),
        }
    }

    /// Who this instance is, once the database knows and the wallet is filled.
    async fn known(&self, deadline: Instant) -> Result<Tenure, NoCredit> {
        let mut tenure = self.tenure.subscribe();
        let left = deadline.saturating_duration_since(Instant::now());
        let known = timeout(left, tenure.wait_for(Option::is_some)).await;
        known.ok().and_then(Result::ok).and_then(|known| *known).ok_or(NoCredit::Unknown(None))
    }

    fn is_refused(&self, account: AccountId, missing: i64) -> bool {
        let refused = self.refused.lock();
        refused.get(&account).is_some_and(|(at, least)| at.elapsed() < REMEMBERED && missing >= *least)
    }

    fn refuse(&self, account: AccountId, amount: i64) {
        let mut refused = self.refused.lock();
        if refused.len() >= MAX_REFUSALS {
            refused.retain(|_, (at, _)| at.elapsed() < REMEMBERED);
        }
        if refused.len() < MAX_REFUSALS {
            refused.insert(account, (Instant::now(), amount));
        }
    }

    /// Credits were added: whoever was refused may ask again.
    pub fn forget_refusal(&self, account: AccountId) {
        self.refused.lock().remove(&account);
    }
}

/// Somebody who asks, or waits for his turn to: the last one clears the place.
struct Alone<'a> {
    credit: &'a Credit,
    account: AccountId,
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        let mut asking = self.credit.asking.lock();
        if asking.get(&self.account).is_some_and(|place| Arc::strong_count(place) <= 2) {
            asking.remove(&self.account);
        }
    }
}

#[cfg(test)]
mod tests;
