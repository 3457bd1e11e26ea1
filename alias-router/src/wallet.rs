//! The wallet: leased credit, held for calls that run and settled when they end, without asking anybody.
//!
//! It is the part of the protocol in docs/explanation/credits.md that runs in memory. What can be held is what the leases cover:
//! `granted - returned - settled - held`. A hold that its lease's instance does not outlive stays good for its call,
//! but what it settles is then the house's: the database says so.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use alias_core::credits::{AccountId, Lease};
use alias_core::usage::InstanceId;
use foldhash::fast::RandomState;
use parking_lot::Mutex;

/// So many threads hold and settle at a time without meeting.
const SHARDS: usize = 64;

/// The credit that one instance may spend. All numbers are micro-credits.
#[derive(Debug)]
pub struct Wallet {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Shard {
    /// Whose leases these are; `None` until the instance is known to the database.
    instance: Option<InstanceId>,
    /// Whether nothing may be held until it has begun anew.
    stopped: bool,
    purses: HashMap<AccountId, Purse, RandomState>,
}

/// A lease as this process sees it.
#[derive(Debug, Clone, Copy, Default)]
struct Purse {
    granted: i64,
    returned: i64,
    /// What the database knows of that.
    confirmed: i64,
    /// What settled calls were charged, in the books or on the way there.
    settled: i64,
    /// What of that was settled when the wallet was stopped.
    before: i64,
    /// What running calls may cost at most.
    held: i64,
    /// Whether anything was held since the last sweep.
    touched: bool,
    /// How many recalls were answered.
    recalls: i64,
}

impl Purse {
    fn free(&self) -> i64 {
        self.granted - self.returned - self.settled - self.held
    }

    /// Takes everything that is free out of the purse; tells what `returned` is then, until the database knows it.
    fn give_back(&mut self) -> Option<i64> {
        self.returned += self.free().max(0);
        self.unconfirmed()
    }

    /// What was given back, where the database does not know it yet.
    fn unconfirmed(&mut self) -> Option<i64> {
        (self.returned > self.confirmed).then_some(self.returned)
    }
}

/// Credit that is held for a call. It must be settled or released: see [`Wallet::settle`].
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Hold {
    account: AccountId,
    instance: InstanceId,
    amount: i64,
}

impl Hold {
    /// On whose lease it is held.
    pub fn instance(&self) -> InstanceId {
        self.instance
    }

    /// How much is held.
    pub fn amount(&self) -> i64 {
        self.amount
    }
}

/// The lease does not cover a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dry {
    /// Whose lease it is; `None` while the instance is not known to the database.
    pub instance: Option<InstanceId>,
    /// What the lease was ever granted, as it is known here.
    pub known: i64,
    /// How much more is needed.
    pub missing: i64,
}

impl Default for Wallet {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), hasher: RandomState::default() }
    }
}

impl Wallet {
    #[expect(clippy::cast_possible_truncation, reason = "any bits of the hash do")]
    fn shard(&self, account: AccountId) -> &Mutex<Shard> {
        let place = self.hasher.hash_one(account) as usize % SHARDS;
        // The place is within the array.
        self.shards.get(place).unwrap_or(&self.shards[0])
    }

    /// Holds nothing more until it has begun anew: to be called before it is read what the leases are. What calls that
    /// run are charged from here on may be in what is read, or not: it counts in any case.
    pub fn stop(&self) {
        for shard in &self.shards {
            let mut shard = shard.lock();
            shard.stopped = true;
            shard.purses.values_mut().for_each(|purse| purse.before = purse.settled);
        }
    }

    /// Begins anew as an instance that holds these leases; `unshipped` is what calls were charged on each that the
    /// database does not know of yet. What the same instance holds for calls that run stays held, and what they were
    /// charged since [`Wallet::stop`] stays charged; what another one held settles nothing here.
    pub fn begin(&self, instance: InstanceId, leases: &[Lease], unshipped: &HashMap<AccountId, i64>) {
        for shard in &self.shards {
            let mut shard = shard.lock();
            let goes_on = shard.stopped && shard.instance == Some(instance);
            let running = |purse: &Purse| Purse {
                settled: purse.settled - purse.before,
                held: purse.held,
                ..Purse::default()
            };
            let purses = std::mem::take(&mut shard.purses).into_iter().filter(|_| goes_on);
            let purses = purses.map(|(account, purse)| (account, running(&purse)));
            let purses = purses.filter(|(_, purse)| purse.held != 0 || purse.settled != 0).collect();
            *shard = Shard { instance: Some(instance), stopped: false, purses };
        }
        for lease in leases {
            let mut shard = self.shard(lease.account).lock();
            let purse = shard.purses.entry(lease.account).or_default();
            (purse.granted, purse.returned, purse.confirmed) =
                (lease.granted, lease.returned, lease.returned);
            purse.settled += lease.charged + unshipped.get(&lease.account).copied().unwrap_or_default();
        }
    }

    /// Holds an amount of an account for a call.
    ///
    /// # Errors
    /// [`Dry`]: the lease does not cover it.
    pub fn hold(&self, account: AccountId, amount: i64) -> Result<Hold, Dry> {
        let mut shard = self.shard(account).lock();
        let Some(instance) = shard.instance.filter(|_| !shard.stopped) else {
            return Err(Dry { instance: None, known: 0, missing: amount });
        };
        let purse = shard.purses.entry(account).or_default();
        purse.touched = true;
        let missing = amount - purse.free();
        if missing > 0 {
            return Err(Dry { instance: Some(instance), known: purse.granted, missing });
        }
        purse.held += amount;
        Ok(Hold { account, instance, amount })
    }

    /// How much of what a call really cost its account can be charged: what was held, and what is free beside that.
    /// The hold covers as much from now on.
    pub fn cover(&self, hold: &mut Hold, cost: i64) -> i64 {
        if cost > hold.amount {
            let mut shard = self.shard(hold.account).lock();
            if shard.instance == Some(hold.instance)
                && let Some(purse) = shard.purses.get_mut(&hold.account)
            {
                let more = (cost - hold.amount).min(purse.free()).max(0);
                purse.held += more;
                hold.amount += more;
            }
        }
        cost.clamp(0, hold.amount)
    }

    /// The call is recorded, with this much charged: the rest of the hold is free again.
    pub fn settle(&self, hold: Hold, charged: i64) {
        let mut shard = self.shard(hold.account).lock();
        if shard.instance == Some(hold.instance)
            && let Some(purse) = shard.purses.get_mut(&hold.account)
        {
            purse.held -= hold.amount;
            purse.settled += charged.clamp(0, hold.amount);
        }
    }

    /// The call was never made: all that was held is free again.
    pub fn release(&self, hold: Hold) {
        self.settle(hold, 0);
    }

    /// The database's word on a lease of `instance`. What was given back here and is not there yet stays given back.
    pub fn learn(&self, instance: InstanceId, lease: Lease) {
        let mut shard = self.shard(lease.account).lock();
        if shard.instance == Some(instance) {
            let purse = shard.purses.entry(lease.account).or_default();
            purse.granted = purse.granted.max(lease.granted);
            purse.returned = purse.returned.max(lease.returned);
            purse.confirmed = purse.confirmed.max(lease.returned);
        }
    }

    /// Takes what is free out of the purses that others ran dry of, each recall once; tells the `returned` of each.
    pub fn answer_recalls(&self, recalls: &[(AccountId, i64)]) -> Vec<(AccountId, i64)> {
        let mut given = Vec::new();
        for (account, recalls) in recalls {
            let mut shard = self.shard(*account).lock();
            let Some(purse) = shard.purses.get_mut(account).filter(|purse| purse.recalls != *recalls) else {
                continue;
            };
            purse.recalls = *recalls;
            given.extend(purse.give_back().map(|returned| (*account, returned)));
        }
        given
    }

    /// Takes what is free out of the purses that nobody held of since the last sweep; tells the `returned` of each.
    /// What the database does not know yet of earlier ones is told again.
    pub fn sweep(&self) -> Vec<(AccountId, i64)> {
        let idle = |purse: &mut Purse| !std::mem::take(&mut purse.touched);
        self.take(|purse| if idle(purse) { purse.give_back() } else { purse.unconfirmed() })
    }

    /// Takes everything that is free of an account out of its purse; tells its `returned`.
    pub fn give_back(&self, account: AccountId) -> Option<i64> {
        self.shard(account).lock().purses.get_mut(&account).and_then(Purse::give_back)
    }

    /// Takes everything that is free out of all purses; tells the `returned` of each.
    pub fn empty(&self) -> Vec<(AccountId, i64)> {
        self.take(Purse::give_back)
    }

    fn take(&self, of: impl Fn(&mut Purse) -> Option<i64>) -> Vec<(AccountId, i64)> {
        let mut given = Vec::new();
        for shard in &self.shards {
            for (account, purse) in &mut shard.lock().purses {
                given.extend(of(purse).map(|returned| (*account, returned)));
            }
        }
        given
    }

    /// What was given back of an account, where the database does not know it yet.
    pub fn unconfirmed(&self, account: AccountId) -> Option<i64> {
        self.shard(account).lock().purses.get_mut(&account).and_then(Purse::unconfirmed)
    }

    /// What is free of an account at present.
    pub fn free(&self, account: AccountId) -> i64 {
        self.shard(account).lock().purses.get(&account).map_or(0, Purse::free)
    }
}

#[cfg(test)]
mod tests;
