//! What calls were charged to budgets: what each says that a budget bears, as far as its lease covered it, and what has
//! left the windows.

use alias_core::budget::Share;
use alias_core::credits::TransactionKind;
use alias_core::report::Verification;
use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{BATCH, Charges, compare};
use crate::column::from_json;
use crate::connection::AnyConnection;
use crate::credits::OUTRIGHT;
use crate::error::Failure;
use crate::schema::{budget_charges as c, credit_accounts as a, credit_transactions as l, usage_events as e};
use crate::usage::Detail;

type Row = (String, String, String, i64, Option<i64>, Option<String>);

/// Adds what budgets were charged to what their leases must say; false where that was ended before.
pub(super) fn check(
    conn: &mut AnyConnection,
    report: &mut Verification,
    charges: &mut Charges,
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<bool, Failure> {
    let mut after: Option<(String, String)> = None;
    loop {
        if !go_on(report.events) {
            return Ok(false);
        }
        let mut rows = c::table.left_join(e::table.on(e::call_id.eq(c::call_id))).into_boxed();
        if let Some((account, call)) = after.clone() {
            let within = c::account_id.gt(account.clone());
            rows = rows.filter(within.or(c::account_id.eq(account).and(c::call_id.gt(call))));
        }
        let rows: Vec<Row> = rows
            .order((c::account_id, c::call_id))
            .limit(BATCH)
            .select((
                c::account_id,
                c::call_id,
                c::lease,
                c::charged,
                e::charge.nullable(),
                e::detail.nullable(),
            ))
            .load(conn)?;
        let Some((account, call, ..)) = rows.last() else { break };
        after = Some((account.clone(), call.clone()));
        for row in rows {
            charge(report, &row)?;
            let (account, _, lease, taken, ..) = row;
            let sum = charges.entry((account, lease)).or_default();
            *sum = sum.saturating_add(taken);
        }
    }
    expired(conn, report).map(|()| true)
}

/// Compares a row with what its call says.
fn charge(report: &mut Verification, row: &Row) -> Result<(), Failure> {
    let (account, call, lease, charged, of_call, detail) = row;
    let place = || format!("{call} on {account}");
    let detail: Option<Detail<'_>> =
        detail.as_deref().map(|text| from_json("usage_events.detail", text)).transpose()?;
    let said = detail.as_ref().and_then(|detail| {
        let shares: &[Share] = &detail.settlement.as_ref().budgets;
        shares.iter().find(|share| share.account.to_string() == *account)
    });
    let Some(share) = said else {
        compare(report, place, "charged", "nothing".to_owned(), charged.to_string());
        return Ok(());
    };
    let named = share.lease.map_or_else(|| OUTRIGHT.to_owned(), |lease| lease.to_string());
    compare(report, place, "lease", named, lease.clone());
    let most = share.charged.min(of_call.unwrap_or(0));
    if *charged > most {
        compare(report, place, "charged", format!("at most {most}"), charged.to_string());
    }
    Ok(())
}

/// What is noted to have left rolling windows, against the ledger.
fn expired(conn: &mut AnyConnection, report: &mut Verification) -> Result<(), Failure> {
    let noted: Vec<(String, i64, NaiveDateTime)> = a::table
        .filter(a::expired_to.is_not_null())
        .order(a::id)
        .select((a::id, a::expired, a::expired_to.assume_not_null()))
        .load(conn)?;
    for (account, expired, to) in noted {
        let sum: i64 = l::table
            .filter(l::account_id.eq(&account))
            .filter(l::kind.eq(TransactionKind::Spending.as_str()))
            .filter(l::created_at.le(to))
            .select(sql::<BigInt>("CAST(COALESCE(SUM(-amount), 0) AS BIGINT)"))
            .get_result(conn)?;
        compare(report, || format!("account {account}"), "what has left its window", sum, expired);
    }
    Ok(())
}
