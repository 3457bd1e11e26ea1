//! What calls burned, taken from the leases that they were held on, when they enter the books.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alias_core::budget::BudgetId;
use alias_core::clock::Timestamp;
use alias_core::credits::{AccountId, TransactionKind};
use alias_core::money::MicroCredits;
use alias_core::usage::{Call, InstanceId, UsageEvent};

use super::locked::{Account, Held, is_open};
use super::{Line, alerts};
use crate::budgets::{self, Policy};
use crate::connection::AnyConnection;
use crate::error::Failure;

/// The most that an account is ever charged, in its smallest unit: beyond that, which only mad numbers reach, the house
/// bears it.
const MOST: i64 = 4_000_000_000_000_000_000;

/// The lease that is charged where nothing was held. It is no instance's, so that no wallet takes it for its own.
pub(crate) const OUTRIGHT: &str = "outright";

/// What events were charged.
#[derive(Debug, Default)]
pub(crate) struct Charged {
    /// To the credits of the team, for each event.
    pub(crate) credits: Vec<i64>,
    /// To budgets.
    pub(crate) budgets: Vec<BudgetCharge>,
}

/// What a call was charged to a budget.
#[derive(Debug)]
pub(crate) struct BudgetCharge {
    pub(crate) account: String,
    pub(crate) call_id: String,
    pub(crate) lease: String,
    pub(crate) charged: i64,
}

/// What an event is to be charged to one account.
#[derive(Debug, Clone, Copy)]
struct Claim<'a> {
    /// The event's place in the batch.
    place: usize,
    call: &'a Call,
    wanted: i64,
    lease: Option<InstanceId>,
    budget: Option<BudgetId>,
}

/// Charges events to the accounts of their teams and budgets. The row of the instance that ships them is locked
/// already.
pub(crate) fn charge<'a>(
    conn: &mut AnyConnection,
    events: impl Iterator<Item = &'a UsageEvent>,
    now: Timestamp,
) -> Result<Charged, Failure> {
    let mut charged = Charged::default();
    let mut accounts: BTreeMap<String, Vec<Claim<'_>>> = BTreeMap::new();
    for (place, event) in events.enumerate() {
        charged.credits.push(0);
        for (account, claim) in claims(place, event) {
            accounts.entry(account.to_string()).or_default().push(claim);
        }
    }
    let open = open_leases(conn, accounts.values().flatten())?;
    for (id, claims) in accounts {
        let Some(mut book) = Book::open(conn, id, &claims, now)? else { continue };
        for claim in claims {
            let taken = book.take(conn, &claim, &open)?;
            if claim.budget.is_some() {
                charged.budgets.extend(book.budget_charge(&claim, taken));
            } else if let Some(of_event) = charged.credits.get_mut(claim.place) {
                *of_event = taken;
            }
        }
        book.close(conn, now)?;
    }
    Ok(charged)
}

fn claims(place: usize, event: &UsageEvent) -> impl Iterator<Item = (AccountId, Claim<'_>)> {
    let (call, settlement) = (&event.call, &event.settlement);
    let team = Claim { place, call, wanted: settlement.charged, lease: settlement.lease, budget: None };
    let budgets = settlement.budgets.iter().map(move |share| {
        let (wanted, lease, budget) = (share.charged, share.lease, Some(share.budget));
        (share.account, Claim { place, call, wanted, lease, budget })
    });
    std::iter::once((AccountId::of_team(call.team_uid), team))
        .chain(budgets)
        .filter(|(_, claim)| claim.wanted > 0)
}

/// Which of the leases that claims name are those of open instances.
fn open_leases<'a>(
    conn: &mut AnyConnection,
    claims: impl Iterator<Item = &'a Claim<'a>>,
) -> Result<HashMap<String, bool>, Failure> {
    let named: BTreeSet<String> = claims.filter_map(|claim| Some(claim.lease?.to_string())).collect();
    let mut open = HashMap::new();
    for lease in named {
        let is = is_open(conn, &lease, None)?;
        open.insert(lease, is);
    }
    Ok(open)
}

/// One account while it is charged.
struct Book<'a> {
    id: String,
    account: Account,
    /// What was charged before.
    before: i64,
    /// A call of the team whose account it is.
    of: &'a Call,
    /// The rule of the budget whose account it is.
    budget: Option<Policy>,
    leases: BTreeMap<String, Held>,
}

impl<'a> Book<'a> {
    /// The account, locked. One that a restored database does not know is none: the house bears it.
    fn open(
        conn: &mut AnyConnection,
        id: String,
        claims: &[Claim<'a>],
        now: Timestamp,
    ) -> Result<Option<Self>, Failure> {
        let Some(Claim { call: of, budget, .. }) = claims.first().copied() else { return Ok(None) };
        let (budget, account) = match budget {
            Some(budget) => match budgets::lock(conn, budget, &id, now)? {
                Some((policy, account)) => (Some(policy), account),
                None => return Ok(None),
            },
            None => match Account::lock(conn, &id)? {
                Some(account) => (None, account),
                None => return Ok(None),
            },
        };
        Ok(Some(Self { id, account, before: account.charged, of, budget, leases: BTreeMap::new() }))
    }

    /// Charges what the lease still covers; where nothing was held, all.
    fn take(
        &mut self,
        conn: &mut AnyConnection,
        claim: &Claim<'_>,
        open: &HashMap<String, bool>,
    ) -> Result<i64, Failure> {
        let Some(lease) = claim.lease else { return self.outright(conn, claim.wanted) };
        let lease = lease.to_string();
        if open.get(&lease) != Some(&true) {
            return Ok(0);
        }
        let held = self.lease(conn, lease)?;
        let taken = claim.wanted.min(held.free()).max(0);
        held.charged += taken;
        self.account.charged += taken;
        Ok(taken)
    }

    /// Charges what nothing was held for, because nothing limits it.
    fn outright(&mut self, conn: &mut AnyConnection, wanted: i64) -> Result<i64, Failure> {
        let taken = wanted.min(MOST - self.account.granted).max(0);
        let held = self.lease(conn, OUTRIGHT.to_owned())?;
        held.granted += taken;
        held.charged += taken;
        self.account.granted += taken;
        self.account.charged += taken;
        Ok(taken)
    }

    fn lease(&mut self, conn: &mut AnyConnection, instance: String) -> Result<&mut Held, Failure> {
        use std::collections::btree_map::Entry;
        Ok(match self.leases.entry(instance) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(place) => {
                let held = Held::read(conn, &self.id, place.key())?;
                place.insert(held)
            }
        })
    }

    fn budget_charge(&self, claim: &Claim<'_>, charged: i64) -> Option<BudgetCharge> {
        let lease = claim.lease.map_or_else(|| OUTRIGHT.to_owned(), |lease| lease.to_string());
        let (account, call_id) = (self.id.clone(), claim.call.call_id.to_string());
        (charged > 0).then_some(BudgetCharge { account, call_id, lease, charged })
    }

    fn close(self, conn: &mut AnyConnection, now: Timestamp) -> Result<(), Failure> {
        let taken = self.account.charged - self.before;
        if taken == 0 {
            return Ok(());
        }
        self.account.save(conn, &self.id)?;
        for (instance, held) in &self.leases {
            held.save(conn, &self.id, instance)?;
        }
        let amount = MicroCredits::new(-taken);
        if let Some(policy) = &self.budget {
            // What a budget allows follows from its rule: its ledger is of what was spent.
            let after = MicroCredits::new(-self.account.charged);
            let line = Line { kind: TransactionKind::Spending, amount, after, ..Line::of(&self.id) };
            line.enter(conn, now)?;
            return budgets::tell(conn, policy, &self.account, self.before, now);
        }
        let after = MicroCredits::new(self.account.allocated - self.account.charged);
        Line { amount, after, ..Line::of(&self.id) }.enter(conn, now)?;
        alerts::tell(conn, self.of.into(), &self.account, self.before, now)
    }
}
