//! The accounts of budgets: opened with the first call of a window, and allowing what the budget's rule says now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alias_core::budget::{BudgetId, BudgetWindow};
use alias_core::clock::Timestamp;
use alias_core::credits::TransactionKind;
use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::subject;
use crate::column::{CHUNK, from_json, parse, time};
use crate::connection::{AnyBackend, AnyConnection, on_each_backend};
use crate::credits::Account;
use crate::error::Failure;
use crate::schema::{budgets as b, credit_accounts as a, credit_transactions as l};

/// A budget's rule.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) id: BudgetId,
    pub(crate) subject: alias_core::budget::Subject,
    pub(crate) limit: i64,
    pub(crate) window: BudgetWindow,
}

/// The rules of budgets, under their ids; deleted ones included: calls that were admitted under them go on.
fn policies(
    conn: &mut AnyConnection,
    ids: &BTreeSet<BudgetId>,
) -> Result<HashMap<BudgetId, Policy>, Failure> {
    type Row = (String, String, String, i64, String);
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut policies = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<Row> = b::table
            .filter(b::budget_id.eq_any(chunk))
            .select((b::budget_id, b::scope, b::subject, b::limit_nanos, b::time_window))
            .load(conn)?;
        for (id, scope, of, limit, window) in rows {
            let id = parse("budgets.budget_id", &id)?;
            let (subject, window) =
                (subject::subject(&scope, &of)?, from_json("budgets.time_window", &window)?);
            policies.insert(id, Policy { id, subject, limit, window });
        }
    }
    Ok(policies)
}

/// Opens accounts of budgets where they are not there yet.
fn open(
    conn: &mut AnyConnection,
    accounts: &BTreeMap<String, Option<BudgetId>>,
    policies: &HashMap<BudgetId, Policy>,
    now: Timestamp,
) -> Result<(), Failure> {
    let of_budgets = accounts.iter().filter_map(|(id, budget)| Some((id, policies.get(budget.as_ref()?)?)));
    let row = |(id, policy): (&String, &Policy)| {
        (
            a::id.eq(id.clone()),
            a::budget_id.eq(policy.id.to_string()),
            a::allocated.eq(policy.limit),
            a::created_at.eq(time(now)),
        )
    };
    let rows: Vec<_> = of_budgets.map(row).collect();
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(a::table)
            .values(chunk)
            .on_conflict(a::id)
            .do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// An account, and the rule of the budget whose it is.
pub(crate) type Locked = (Account, Option<Policy>);

/// [`lock_all`] of one account.
pub(crate) fn lock(
    conn: &mut AnyConnection,
    account: String,
    budget: Option<BudgetId>,
    now: Timestamp,
) -> Result<Option<Locked>, Failure> {
    Ok(lock_all(conn, &BTreeMap::from([(account, budget)]), now)?.into_values().next())
}

/// Accounts of teams, and of the budgets that are named beside them, locked in the order of their ids. That of a budget
/// is opened where it is not there, and comes with what the budget allows now: the limit, and what has left the window
/// since it was opened. What a restored database does not know is left out.
pub(crate) fn lock_all(
    conn: &mut AnyConnection,
    accounts: &BTreeMap<String, Option<BudgetId>>,
    now: Timestamp,
) -> Result<BTreeMap<String, Locked>, Failure> {
    let budgets: BTreeSet<BudgetId> = accounts.values().flatten().copied().collect();
    // Everybody opens all of them, in the order of their ids, before locking any: who waits for one that is being
    // opened holds none that others knew before.
    let seen = policies(conn, &budgets)?;
    open(conn, accounts, &seen, now)?;
    let locked = Account::lock_all(conn, &accounts.keys().map(String::as_str).collect::<Vec<_>>())?;
    // The rules may have changed while the locks were waited for.
    let policies = policies(conn, &budgets)?;
    let mut all = BTreeMap::new();
    for (id, account) in locked {
        let locked = match accounts.get(&id).copied().flatten() {
            None => (account, None),
            Some(budget) => {
                let Some(policy) = policies.get(&budget).cloned() else { continue };
                (allow(conn, account, &policy, &id, now)?, Some(policy))
            }
        };
        all.insert(id, locked);
    }
    Ok(all)
}

/// A locked account with what the rule of its budget allows now.
fn allow(
    conn: &mut AnyConnection,
    locked: Account,
    policy: &Policy,
    id: &str,
    now: Timestamp,
) -> Result<Account, Failure> {
    let allocated = policy.limit.saturating_add(expire(conn, policy.window, id, now)?);
    if allocated != locked.allocated {
        diesel::update(a::table.find(id)).set(a::allocated.eq(allocated)).execute(conn)?;
    }
    Ok(Account { allocated, ..locked })
}

/// What has left the window of a locked account, noted so that it is summed once.
fn expire(conn: &mut AnyConnection, window: BudgetWindow, id: &str, now: Timestamp) -> Result<i64, Failure> {
    let BudgetWindow::Rolling { duration } = window else { return Ok(0) };
    let edge = time(duration.before(now));
    let (so_far, to): (i64, Option<NaiveDateTime>) =
        a::table.find(id).select((a::expired, a::expired_to)).first(conn)?;
    // A clock that was set back brings nothing back into the window.
    if to.is_some_and(|to| to >= edge) {
        return Ok(so_far);
    }
    let (more, last) = spent_between(conn, id, to, edge)?;
    let Some(last) = last else { return Ok(so_far) };
    let expired = so_far.saturating_add(more);
    // Up to the last line that was there, and not to the edge: a clock that is ahead must not pass over lines that
    // come later.
    diesel::update(a::table.find(id)).set((a::expired.eq(expired), a::expired_to.eq(last))).execute(conn)?;
    Ok(expired)
}

/// What was spent after one moment and until another, as the ledger has it, and when the last of it was.
fn spent_between(
    conn: &mut AnyConnection,
    id: &str,
    after: Option<NaiveDateTime>,
    until: NaiveDateTime,
) -> Result<(i64, Option<NaiveDateTime>), Failure> {
    let lines = || {
        let lines = l::table
            .filter(l::account_id.eq(id))
            .filter(l::kind.eq(TransactionKind::Spending.as_str()))
            .filter(l::created_at.le(until))
            .into_boxed::<AnyBackend>();
        match after {
            Some(after) => lines.filter(l::created_at.gt(after)),
            None => lines,
        }
    };
    let sum = sql::<BigInt>("CAST(COALESCE(SUM(-amount), 0) AS BIGINT)");
    let sum: i64 = lines().select(sum).get_result(conn)?;
    let last: Option<NaiveDateTime> =
        lines().select(l::created_at).order(l::created_at.desc()).first(conn).optional()?;
    Ok((sum, last))
}

/// What an account shows: spent in the current window, and held for calls to come.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    pub(super) spent: i64,
    pub(super) held: i64,
}

/// What was spent of a budget in the window that `now` falls into.
pub(super) fn spent(
    conn: &mut AnyConnection,
    id: BudgetId,
    window: BudgetWindow,
    now: Timestamp,
) -> Result<Spent, Failure> {
    type Row = (i64, i64, i64, Option<NaiveDateTime>);
    let account = window.account(id, now).to_string();
    let row: Option<Row> = a::table
        .find(&account)
        .select((a::granted, a::charged, a::expired, a::expired_to))
        .first(conn)
        .optional()?;
    let Some((granted, charged, expired, to)) = row else { return Ok(Spent::default()) };
    let mut left = expired;
    if let BudgetWindow::Rolling { duration } = window {
        let edge = time(duration.before(now));
        if to.is_none_or(|to| to < edge) {
            left = left.saturating_add(spent_between(conn, &account, to, edge)?.0);
        }
    }
    Ok(Spent { spent: charged - left, held: granted - charged })
}
