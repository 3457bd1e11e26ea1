//! The accounts of budgets: opened with the first call of a window, and allowing what the budget's rule says now.

use alias_core::budget::{BudgetId, BudgetWindow};
use alias_core::clock::Timestamp;
use alias_core::credits::TransactionKind;
use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::subject;
use crate::column::{from_json, time};
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

/// The rule of a budget, deleted ones included: calls that were admitted under it go on.
fn policy(conn: &mut AnyConnection, id: BudgetId) -> Result<Option<Policy>, Failure> {
    type Row = (String, String, i64, String);
    let row: Option<Row> = b::table
        .find(id.to_string())
        .select((b::scope, b::subject, b::limit_nanos, b::time_window))
        .first(conn)
        .optional()?;
    row.map(|(scope, of, limit, window)| {
        Ok(Policy {
            id,
            subject: subject::subject(&scope, &of)?,
            limit,
            window: from_json("budgets.time_window", &window)?,
        })
    })
    .transpose()
}

/// Opens the account where it is not there yet.
fn open(conn: &mut AnyConnection, policy: &Policy, account: &str, now: Timestamp) -> Result<(), Failure> {
    on_each_backend!(conn, c => diesel::insert_into(a::table)
        .values((
            a::id.eq(account),
            a::budget_id.eq(policy.id.to_string()),
            a::allocated.eq(policy.limit),
            a::created_at.eq(time(now)),
        ))
        .on_conflict(a::id)
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// The account, locked, with what its budget allows now: the limit, and what has left the window since it was opened.
pub(crate) fn lock(
    conn: &mut AnyConnection,
    budget: BudgetId,
    id: &str,
    now: Timestamp,
) -> Result<Option<(Policy, Account)>, Failure> {
    let Some(seen) = policy(conn, budget)? else { return Ok(None) };
    open(conn, &seen, id, now)?;
    let Some(locked) = Account::lock(conn, id)? else { return Ok(None) };
    // The rule may have changed while the lock was waited for.
    let Some(policy) = policy(conn, budget)? else { return Ok(None) };
    let allocated = policy.limit.saturating_add(expire(conn, policy.window, id, now)?);
    if allocated != locked.allocated {
        diesel::update(a::table.find(id)).set(a::allocated.eq(allocated)).execute(conn)?;
    }
    Ok(Some((policy, Account { allocated, ..locked })))
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
