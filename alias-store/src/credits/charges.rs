//! What calls burned, taken from the leases that they were held on, when they enter the books.

use std::collections::{BTreeMap, BTreeSet};

use alias_core::budget::BudgetId;
use alias_core::clock::Timestamp;
use alias_core::credits::{AccountId, TransactionKind};
use alias_core::money::MicroCredits;
use alias_core::usage::{Call, InstanceId, UsageEvent};

use super::locked::{Account, Held, is_open};
use super::{Line, alerts};
use crate::budgets::{self, Locked, Policy};
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
    let mut books = lock(conn, accounts, now)?;
    read_leases(conn, &mut books, &open)?;
    for book in &mut books {
        for claim in std::mem::take(&mut book.claims) {
            let taken = book.take(&claim, &open);
            if claim.budget.is_some() {
                charged.budgets.extend(book.budget_charge(&claim, taken));
            } else if let Some(of_event) = charged.credits.get_mut(claim.place) {
                *of_event = taken;
            }
        }
    }
    close(conn, books, now)?;
    Ok(charged)
}

/// The accounts, locked. One that a restored database does not know is none: the house bears it.
fn lock<'a>(
    conn: &mut AnyConnection,
    mut accounts: BTreeMap<String, Vec<Claim<'a>>>,
    now: Timestamp,
) -> Result<Vec<Book<'a>>, Failure> {
    let whose = |claims: &Vec<Claim<'_>>| claims.first().and_then(|claim| claim.budget);
    let named = accounts.iter().map(|(id, claims)| (id.clone(), whose(claims))).collect();
    let locked = budgets::lock_all(conn, &named, now)?;
    Ok(locked
        .into_iter()
        .filter_map(|(id, locked)| {
            let claims = accounts.remove(&id)?;
            Book::of(id, locked, claims)
        })
        .collect())
}

/// Reads what may be charged. The locks of the accounts keep it from changing.
fn read_leases(
    conn: &mut AnyConnection,
    books: &mut [Book<'_>],
    open: &BTreeSet<String>,
) -> Result<(), Failure> {
    let ids: Vec<&str> = books.iter().map(|book| book.id.as_str()).collect();
    let instances: Vec<&str> = open.iter().map(String::as_str).chain([OUTRIGHT]).collect();
    let mut leases = Held::read_all(conn, &ids, &instances)?;
    for book in books {
        let held = leases.remove(&book.id).unwrap_or_default();
        book.leases = held.into_iter().map(|(instance, held)| (instance, Lease::of(held))).collect();
    }
    Ok(())
}

/// Writes what was charged, and tells those whose credits run out.
fn close(conn: &mut AnyConnection, mut books: Vec<Book<'_>>, now: Timestamp) -> Result<(), Failure> {
    books.retain(|book| book.taken() != 0);
    if books.is_empty() {
        return Ok(());
    }
    let accounts: Vec<_> = books.iter().map(|book| (book.id.as_str(), &book.account)).collect();
    Account::save_all(conn, &accounts)?;
    let leases: Vec<_> = books.iter().flat_map(Book::charged_leases).collect();
    Held::save_all(conn, &leases)?;
    Line::enter_all(conn, books.iter().map(Book::line).collect(), now)?;
    books.iter().try_for_each(|book| book.tell(conn, now))
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

/// Those of the leases that claims name that are of open instances.
fn open_leases<'a>(
    conn: &mut AnyConnection,
    claims: impl Iterator<Item = &'a Claim<'a>>,
) -> Result<BTreeSet<String>, Failure> {
    let mut named: BTreeSet<String> = claims.filter_map(|claim| Some(claim.lease?.to_string())).collect();
    for lease in named.clone() {
        if !is_open(conn, &lease, None)? {
            named.remove(&lease);
        }
    }
    Ok(named)
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
    /// What is to be charged to it.
    claims: Vec<Claim<'a>>,
    leases: BTreeMap<String, Lease>,
}

/// A lease while it is charged, and as it was before.
#[derive(Debug, Default)]
struct Lease {
    before: Held,
    now: Held,
}

impl Lease {
    fn of(held: Held) -> Self {
        Self { before: held, now: held }
    }
}

impl<'a> Book<'a> {
    fn of(id: String, (account, budget): Locked, claims: Vec<Claim<'a>>) -> Option<Self> {
        let (of, before, leases) = (claims.first()?.call, account.charged, BTreeMap::new());
        Some(Self { id, account, before, of, budget, claims, leases })
    }

    /// Charges what the lease still covers; where nothing was held, all.
    fn take(&mut self, claim: &Claim<'_>, open: &BTreeSet<String>) -> i64 {
        let Some(lease) = claim.lease else { return self.outright(claim.wanted) };
        let lease = lease.to_string();
        if !open.contains(&lease) {
            return 0;
        }
        let held = &mut self.leases.entry(lease).or_default().now;
        let taken = claim.wanted.min(held.free()).max(0);
        held.charged += taken;
        self.account.charged += taken;
        taken
    }

    /// Charges what nothing was held for, because nothing limits it.
    fn outright(&mut self, wanted: i64) -> i64 {
        let taken = wanted.min(MOST - self.account.granted).max(0);
        let held = &mut self.leases.entry(OUTRIGHT.to_owned()).or_default().now;
        held.granted += taken;
        held.charged += taken;
        self.account.granted += taken;
        self.account.charged += taken;
        taken
    }

    fn budget_charge(&self, claim: &Claim<'_>, charged: i64) -> Option<BudgetCharge> {
        let lease = claim.lease.map_or_else(|| OUTRIGHT.to_owned(), |lease| lease.to_string());
        let (account, call_id) = (self.id.clone(), claim.call.call_id.to_string());
        (charged > 0).then_some(BudgetCharge { account, call_id, lease, charged })
    }

    /// The leases that were charged, each with whose it is.
    fn charged_leases(&self) -> impl Iterator<Item = (&str, &str, &Held)> {
        let charged = self.leases.iter().filter(|(_, lease)| lease.now != lease.before);
        charged.map(|(instance, lease)| (self.id.as_str(), instance.as_str(), &lease.now))
    }

    fn taken(&self) -> i64 {
        self.account.charged - self.before
    }

    fn line(&self) -> Line<'_> {
        let (amount, charged) = (MicroCredits::new(-self.taken()), self.account.charged);
        if self.budget.is_some() {
            // What a budget allows follows from its rule: its ledger is of what was spent.
            let (kind, after) = (TransactionKind::Spending, MicroCredits::new(-charged));
            return Line { kind, amount, after, ..Line::of(&self.id) };
        }
        Line { amount, after: MicroCredits::new(self.account.allocated - charged), ..Line::of(&self.id) }
    }

    fn tell(&self, conn: &mut AnyConnection, now: Timestamp) -> Result<(), Failure> {
        match &self.budget {
            Some(policy) => budgets::tell(conn, policy, &self.account, self.before, now),
            None => alerts::tell(conn, self.of.into(), &self.account, self.before, now),
        }
    }
}
