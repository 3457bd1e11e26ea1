//! What calls burned, taken from the leases that they were held on, when they enter the books.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alias_core::clock::Timestamp;
use alias_core::credits::AccountId;
use alias_core::money::MicroCredits;
use alias_core::usage::{Call, UsageEvent};

use super::locked::{Account, Held, is_open};
use super::{Line, alerts};
use crate::connection::AnyConnection;
use crate::error::Failure;

/// The most that an account is ever charged, in micro-credits: beyond that, which only mad numbers reach, the house
/// bears it.
const MOST: i64 = 4_000_000_000_000_000_000;

/// The lease that is charged where nothing was held. It is no instance's, so that no wallet takes it for its own.
pub(crate) const OUTRIGHT: &str = "outright";

/// Charges events to the accounts of their teams, and tells for each how much of its credits that was. The row of the
/// instance that ships them is locked already.
pub(crate) fn charge<'a>(
    conn: &mut AnyConnection,
    events: impl Iterator<Item = &'a UsageEvent>,
    now: Timestamp,
) -> Result<Vec<i64>, Failure> {
    let mut charged = Vec::new();
    let mut accounts: BTreeMap<String, Vec<(usize, &UsageEvent)>> = BTreeMap::new();
    for (place, event) in events.enumerate() {
        charged.push(0);
        if event.settlement.charged > 0 {
            let account = AccountId::of_team(event.call.team_uid).to_string();
            accounts.entry(account).or_default().push((place, event));
        }
    }
    let leases: BTreeSet<String> = accounts
        .values()
        .flatten()
        .filter_map(|(_, event)| Some(event.settlement.lease?.to_string()))
        .collect();
    let mut open: HashMap<String, bool> = HashMap::new();
    for lease in leases {
        let is = is_open(conn, &lease, None)?;
        open.insert(lease, is);
    }
    for (id, events) in accounts {
        // An account that a restored database does not know: the house bears it.
        let Some(account) = Account::lock(conn, &id)? else { continue };
        let Some((_, UsageEvent { call: of, .. })) = events.first() else { continue };
        let mut book = Book { account, of, leases: BTreeMap::new() };
        for (place, event) in events {
            let wanted = event.settlement.charged;
            let taken = match &event.settlement.lease {
                None => book.outright(conn, &id, wanted)?,
                Some(lease) => {
                    let lease = lease.to_string();
                    if open.get(&lease) == Some(&true) { book.held(conn, &id, lease, wanted)? } else { 0 }
                }
            };
            if let Some(of_event) = charged.get_mut(place) {
                *of_event = taken;
            }
        }
        book.close(conn, &id, account.charged, now)?;
    }
    Ok(charged)
}

/// One account while it is charged.
struct Book<'a> {
    account: Account,
    /// A call of the team whose account it is.
    of: &'a Call,
    leases: BTreeMap<String, Held>,
}

impl Book<'_> {
    fn lease(&mut self, conn: &mut AnyConnection, id: &str, instance: String) -> Result<&mut Held, Failure> {
        use std::collections::btree_map::Entry;
        Ok(match self.leases.entry(instance) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(place) => {
                let held = Held::read(conn, id, place.key())?;
                place.insert(held)
            }
        })
    }

    /// Charges what was held, as far as the lease still covers it.
    fn held(
        &mut self,
        conn: &mut AnyConnection,
        id: &str,
        lease: String,
        wanted: i64,
    ) -> Result<i64, Failure> {
        let held = self.lease(conn, id, lease)?;
        let taken = wanted.min(held.free()).max(0);
        held.charged += taken;
        self.account.charged += taken;
        Ok(taken)
    }

    /// Charges what nothing was held for, because nothing limits the team.
    fn outright(&mut self, conn: &mut AnyConnection, id: &str, wanted: i64) -> Result<i64, Failure> {
        let taken = wanted.min(MOST - self.account.granted).max(0);
        let held = self.lease(conn, id, OUTRIGHT.to_owned())?;
        held.granted += taken;
        held.charged += taken;
        self.account.granted += taken;
        self.account.charged += taken;
        Ok(taken)
    }

    fn close(self, conn: &mut AnyConnection, id: &str, before: i64, now: Timestamp) -> Result<(), Failure> {
        let taken = self.account.charged - before;
        if taken == 0 {
            return Ok(());
        }
        self.account.save(conn, id)?;
        for (instance, held) in &self.leases {
            held.save(conn, id, instance)?;
        }
        let after = MicroCredits::new(self.account.allocated - self.account.charged);
        let line = Line { amount: MicroCredits::new(-taken), after, ..Line::of(id) };
        line.enter(conn, now)?;
        alerts::tell(conn, self.of.into(), &self.account, before, now)
    }
}
