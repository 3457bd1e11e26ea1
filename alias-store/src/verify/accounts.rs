//! Accounts and leases: every number of them against the calls, and against each other.

use std::collections::HashMap;

use alias_core::report::Verification;
use diesel::prelude::*;

use super::ledger::Ledger;
use super::{BATCH, Charges, compare};
use crate::connection::AnyConnection;
use crate::credits::OUTRIGHT;
use crate::error::Failure;
use crate::schema::{credit_accounts as a, credit_leases as l, instances};

/// Who holds credit and is no server's life: it sends no calls.
fn sends_calls(instance: &str) -> bool {
    instance.starts_with("ins_")
}

/// The leases of one account, summed.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    held: i64,
    charged: i64,
}

type Lease = (String, String, i64, i64, i64, Option<bool>);

pub(super) fn check(
    conn: &mut AnyConnection,
    report: &mut Verification,
    mut unseen: Charges,
) -> Result<(), Failure> {
    let mut ledger = Ledger::default();
    let mut after = String::new();
    loop {
        let rows: Vec<(String, i64, i64, i64, Option<String>)> = a::table
            .filter(a::id.gt(&after))
            .order(a::id)
            .limit(BATCH)
            .select((a::id, a::allocated, a::granted, a::charged, a::budget_id))
            .load(conn)?;
        let (Some((first, ..)), Some((last, ..))) = (rows.first(), rows.last()) else { break };
        let sums = leases(conn, report, &mut unseen, (first, last))?;
        ledger.read(conn, report, (first, last))?;
        for (id, allocated, granted, charged, budget) in &rows {
            report.accounts += 1;
            let place = || format!("account {id}");
            let leased = sums.get(id).copied().unwrap_or_default();
            compare(report, place, "charged", leased.charged, *charged);
            compare(report, place, "granted", leased.held, *granted);
            // The ledger of a budget is of what was spent: what it allows follows from its rule.
            let given = if budget.is_some() { 0 } else { *allocated };
            let balance = given.saturating_sub(*charged);
            let entered = ledger.take(report, id);
            compare(report, place, "sum of its ledger", balance, entered);
        }
        after.clone_from(last);
    }
    for ((account, lease), charged) in unseen {
        let place = || format!("lease of {account} by {lease}");
        compare(report, place, "charged", charged.to_string(), "no lease".to_owned());
    }
    Ok(())
}

/// Checks the leases of the accounts from one id to another, and sums them by account.
fn leases(
    conn: &mut AnyConnection,
    report: &mut Verification,
    unseen: &mut Charges,
    (first, last): (&str, &str),
) -> Result<HashMap<String, Sums>, Failure> {
    let mut sums: HashMap<String, Sums> = HashMap::new();
    let mut after: Option<(String, String)> = None;
    loop {
        let mut rows = l::table
            .left_join(instances::table.on(instances::id.eq(l::instance_id)))
            .filter(l::account_id.ge(first))
            .filter(l::account_id.le(last))
            .into_boxed();
        if let Some((account, instance)) = after.clone() {
            let within = l::account_id.gt(account.clone());
            rows = rows.filter(within.or(l::account_id.eq(account).and(l::instance_id.gt(instance))));
        }
        let rows: Vec<Lease> = rows
            .order((l::account_id, l::instance_id))
            .limit(BATCH)
            .select((
                l::account_id,
                l::instance_id,
                l::granted,
                l::returned,
                l::charged,
                instances::closed.nullable(),
            ))
            .load(conn)?;
        let Some((account, instance, ..)) = rows.last() else { return Ok(sums) };
        after = Some((account.clone(), instance.clone()));
        for row in &rows {
            let by_calls = unseen.remove(&(row.0.clone(), row.1.clone())).unwrap_or(0);
            lease(report, row, by_calls);
            let sum = sums.entry(row.0.clone()).or_default();
            sum.held = sum.held.saturating_add(row.2 - row.3);
            sum.charged = sum.charged.saturating_add(row.4);
        }
    }
}

fn lease(report: &mut Verification, row: &Lease, by_calls: i64) {
    let (account, instance, granted, returned, charged, closed) = row;
    report.leases += 1;
    let place = || format!("lease of {account} by {instance}");
    if sends_calls(instance) || instance == OUTRIGHT {
        compare(report, place, "charged", by_calls, *charged);
    }
    if sends_calls(instance) && closed.is_none() {
        compare(report, place, "instance", instance.clone(), "no instance".to_owned());
    }
    if charged.saturating_add(*returned) > *granted {
        let most = format!("at most {granted}");
        compare(report, place, "charged + returned", most, charged.saturating_add(*returned).to_string());
    }
    if *closed == Some(true) {
        compare(report, place, "what a closed instance holds", 0, granted - returned - charged);
    }
}
