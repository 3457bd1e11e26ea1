//! The ledger: each line's balance goes on from another's, and the lines of an account sum up to its balance.

use std::collections::{BTreeMap, HashMap};

use alias_core::report::Verification;
use diesel::prelude::*;

use super::{BATCH, compare};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::credit_transactions as t;

/// The most breaks of one account that are told.
const BREAKS: usize = 10;

/// The lines of one account.
///
/// Ids tell their order but for the servers' clocks: neighbours may stand the other way round. So every balance that a
/// line begins with has to be one that another line left, in whatever order.
#[derive(Debug, Default)]
struct Lines {
    sum: i64,
    last: i64,
    /// How often a balance was left, less how often one was gone on from; those that are even are not kept.
    open: BTreeMap<i64, i64>,
    breaks: Vec<(String, i64, i64)>,
}

impl Lines {
    fn add(&mut self, id: String, amount: i64, after: i64) {
        let expected = self.last.saturating_add(amount);
        if expected != after && self.breaks.len() < BREAKS {
            self.breaks.push((id, expected, after));
        }
        self.turn(after.saturating_sub(amount), -1);
        self.turn(after, 1);
        (self.sum, self.last) = (self.sum.saturating_add(amount), after);
    }

    fn turn(&mut self, balance: i64, by: i64) {
        let open = self.open.entry(balance).or_default();
        *open += by;
        if *open == 0 {
            self.open.remove(&balance);
        }
    }

    /// Whether the lines make one way from nothing to their sum.
    fn hang_together(&mut self) -> bool {
        self.turn(0, 1);
        self.turn(self.sum, -1);
        self.open.is_empty()
    }
}

/// The lines of some accounts.
#[derive(Debug, Default)]
pub(super) struct Ledger(HashMap<String, Lines>);

impl Ledger {
    /// Reads the lines of the accounts from one id to another.
    pub(super) fn read(
        &mut self,
        conn: &mut AnyConnection,
        report: &mut Verification,
        (first, last): (&str, &str),
    ) -> Result<(), Failure> {
        let mut after: Option<(String, String)> = None;
        loop {
            let mut rows =
                t::table.filter(t::account_id.ge(first)).filter(t::account_id.le(last)).into_boxed();
            if let Some((account, id)) = after.clone() {
                let within = t::account_id.gt(account.clone());
                rows = rows.filter(within.or(t::account_id.eq(account).and(t::id.gt(id))));
            }
            let rows: Vec<(String, String, i64, i64)> = rows
                .order((t::account_id, t::id))
                .limit(BATCH)
                .select((t::account_id, t::id, t::amount, t::balance_after))
                .load(conn)?;
            let Some((account, id, ..)) = rows.last() else { return Ok(()) };
            after = Some((account.clone(), id.clone()));
            for (account, id, amount, balance) in rows {
                report.transactions += 1;
                self.0.entry(account).or_default().add(id, amount, balance);
            }
        }
    }

    /// The sum of an account's lines; notes where they do not hang together.
    pub(super) fn take(&mut self, report: &mut Verification, account: &str) -> i64 {
        let Some(mut lines) = self.0.remove(account) else { return 0 };
        if !lines.hang_together() {
            for (id, expected, found) in &lines.breaks {
                compare(report, || format!("line {id} of {account}"), "balance_after", *expected, *found);
            }
        }
        lines.sum
    }
}
