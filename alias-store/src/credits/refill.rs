//! Refills: credits that come by themselves, once in every period, under the account's lock.
//!
//! A refill is a line of the ledger, entered by whoever looks first after its time: a call that runs short, who reads
//! the balance, or the look of a server once a minute. `next_at` moves on in the same transaction, from the value that
//! was read, and never back: so neither several servers nor a clock that runs backwards enter one twice.

use std::sync::Arc;

use alias_core::clock::Timestamp;
use alias_core::credits::{AccountId, Refill, RefillPolicy, TransactionKind, Unused};
use alias_core::money::MicroCredits;
use alias_core::repository::StoreError;
use alias_core::team::{Team, TeamId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::Line;
use super::locked::{self, Account};
use crate::column::{moment, parse, time, word};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::credit_refills as r;
use crate::store::{SqlStore, Verdict};
use crate::teams as team;

/// How many that are due are looked up at a time.
const AT_ONCE: i64 = 500;

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = r)]
struct Row {
    amount: i64,
    period: String,
    time_zone: String,
    unused: String,
    next_at: Option<NaiveDateTime>,
    last_at: Option<NaiveDateTime>,
}

impl Row {
    fn of(conn: &mut AnyConnection, account: &str) -> Result<Option<Self>, Failure> {
        Ok(r::table.find(account).select(Self::as_select()).first(conn).optional()?)
    }

    /// The refill, unless there is no more.
    fn read(&self) -> Result<Option<Refill>, Failure> {
        let Some(next_at) = self.next_at else { return Ok(None) };
        let policy = RefillPolicy {
            refill_amount: MicroCredits::new(self.amount),
            refill_period: word("credit_refills.period", &self.period)?,
            time_zone: parse("credit_refills.time_zone", &self.time_zone)?,
            unused: word("credit_refills.unused", &self.unused)?,
        };
        Ok(Some(Refill { policy, next_at: moment(next_at), last_at: self.last_at.map(moment) }))
    }
}

fn of_account(conn: &mut AnyConnection, account: &str) -> Result<Option<Refill>, Failure> {
    Row::of(conn, account)?.map_or(Ok(None), |row| row.read())
}

/// Enters what is due on an account that is locked; tells whether anything was. Of several periods that passed unseen
/// the last one counts: what was not there could not be spent.
pub(crate) fn enter_due(
    conn: &mut AnyConnection,
    id: &str,
    account: &mut Account,
    now: Timestamp,
) -> Result<bool, Failure> {
    let due = of_account(conn, id)?.filter(|refill| refill.next_at <= now);
    let Some(Refill { policy, next_at, .. }) = due else { return Ok(false) };
    let still = r::table.find(id).filter(r::next_at.eq(time(next_at)));
    let entered = diesel::update(still)
        .set((r::next_at.eq(time(policy.next_after(now))), r::last_at.eq(time(now))))
        .execute(conn)?;
    if entered == 0 {
        return Ok(false);
    }
    if policy.unused == Unused::Expire {
        let left = account.available();
        give(conn, id, account, (TransactionKind::Expiry, -left), now)?;
    }
    let room = MicroCredits::MAX.micros().saturating_sub(account.allocated).max(0);
    give(conn, id, account, (TransactionKind::Refill, policy.refill_amount.micros().min(room)), now)?;
    Ok(true)
}

/// Changes what the account was given, with a line of the ledger, unless it is by nothing.
fn give(
    conn: &mut AnyConnection,
    id: &str,
    account: &mut Account,
    (kind, amount): (TransactionKind, i64),
    now: Timestamp,
) -> Result<(), Failure> {
    if amount == 0 {
        return Ok(());
    }
    account.allocated = account.allocated.saturating_add(amount);
    locked::give(conn, id, amount, account)?;
    let (amount, after) = (MicroCredits::new(amount), MicroCredits::new(account.allocated - account.charged));
    Line { kind, amount, after, ..Line::of(id) }.enter(conn, now).map(drop)
}

/// Locks an account and enters what is due; tells whether anything was.
fn enter_one(conn: &mut AnyConnection, id: &str, now: Timestamp) -> Result<bool, Failure> {
    let Some(mut account) = Account::lock(conn, id)? else { return Ok(false) };
    enter_due(conn, id, &mut account, now)
}

/// A team's refill, and the account that gets it.
fn seen(conn: &mut AnyConnection, id: &TeamId) -> Result<Option<(Refill, String)>, Failure> {
    let Some(team) = team::live(conn, id)? else { return Ok(None) };
    let account = AccountId::of_team(team.uid).to_string();
    Ok(of_account(conn, &account)?.map(|refill| (refill, account)))
}

/// A team's refill, after what is due was entered.
pub(super) async fn refilled(store: &SqlStore, team: &TeamId) -> Result<Option<Refill>, StoreError> {
    let (id, now) = (team.clone(), store.clock.now());
    let Some((refill, account)) = store.read(move |conn| seen(conn, &id)).await? else { return Ok(None) };
    if refill.next_at > now {
        return Ok(Some(refill));
    }
    store
        .write(move |conn| {
            enter_one(conn, &account, now)?;
            of_account(conn, &account).map(Verdict::Commit)
        })
        .await
}

/// What a change of a team's refill made of what.
pub(super) struct Configured {
    pub(super) before: Option<Refill>,
    pub(super) after: Option<Refill>,
}

pub(super) fn configure(
    conn: &mut AnyConnection,
    team: &Team,
    policy: Option<RefillPolicy>,
    now: Timestamp,
) -> Result<Configured, Failure> {
    let id = AccountId::of_team(team.uid).to_string();
    // What is due is due by the terms of its time.
    enter_one(conn, &id, now)?;
    let row = Row::of(conn, &id)?;
    let last_at = row.as_ref().and_then(|row| row.last_at).map(moment);
    let before = row.map_or(Ok(None), |row| row.read())?;
    let Some(policy) = policy else {
        diesel::update(r::table.find(&id)).set(r::next_at.eq(None::<NaiveDateTime>)).execute(conn)?;
        return Ok(Configured { before, after: None });
    };
    let same_time = before.filter(|refill| {
        (refill.policy.refill_period, refill.policy.time_zone) == (policy.refill_period, policy.time_zone)
    });
    // A clock that was set back does not make a new policy refill what was refilled.
    let next_at = same_time.map_or_else(
        || policy.next_after(last_at.map_or(now, |last| last.max(now))),
        |refill| refill.next_at,
    );
    save(conn, &id, team, &policy, next_at)?;
    Ok(Configured { before, after: Some(Refill { policy, next_at, last_at }) })
}

fn save(
    conn: &mut AnyConnection,
    id: &str,
    team: &Team,
    policy: &RefillPolicy,
    next_at: Timestamp,
) -> Result<(), Failure> {
    let columns = (
        r::amount.eq(policy.refill_amount.micros()),
        r::period.eq(policy.refill_period.as_str()),
        r::time_zone.eq(policy.time_zone.to_string()),
        r::unused.eq(policy.unused.as_str()),
        r::next_at.eq(time(next_at)),
    );
    on_each_backend!(conn, c => diesel::insert_into(r::table)
        .values((r::account_id.eq(id), r::team_uid.eq(team.uid.to_string()), columns.clone()))
        .on_conflict(r::account_id)
        .do_update()
        .set(columns)
        .execute(c))?;
    Ok(())
}

/// The accounts after this one whose refill is due, by id.
fn due(conn: &mut AnyConnection, after: &str, now: Timestamp) -> Result<Vec<String>, Failure> {
    Ok(r::table
        .filter(r::next_at.le(time(now)))
        .filter(r::account_id.gt(after))
        .order(r::account_id)
        .limit(AT_ONCE)
        .select(r::account_id)
        .load(conn)?)
}

/// Enters every refill that is due. One that cannot be read keeps none of the others waiting.
pub(super) async fn refill_all(store: &SqlStore) -> Result<u64, StoreError> {
    let (mut entered, mut last) = (0, String::new());
    loop {
        let (after, now) = (last.clone(), store.clock.now());
        let accounts = store.read(move |conn| due(conn, &after, now)).await?;
        let Some(end) = accounts.last() else { return Ok(entered) };
        last.clone_from(end);
        for account in accounts {
            let (id, clock) = (account.clone(), Arc::clone(&store.clock));
            match store.write(move |conn| enter_one(conn, &id, clock.now()).map(Verdict::Commit)).await {
                Ok(was_due) => entered += u64::from(was_due),
                Err(why @ StoreError::Corrupt(_)) => {
                    tracing::error!(account, %why, "a refill cannot be read");
                }
                Err(why) => return Err(why),
            }
        }
    }
}
