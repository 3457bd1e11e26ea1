//! What calls were charged to budgets: at most what their clients are charged, and each on a lease.

use alias_core::report::Verification;
use diesel::prelude::*;

use super::{BATCH, Charges, compare};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{budget_charges as c, usage_events as e};

type Row = (String, String, String, i64, Option<i64>);

/// Adds what budgets were charged to what their leases must say.
pub(super) fn check(
    conn: &mut AnyConnection,
    report: &mut Verification,
    charges: &mut Charges,
) -> Result<(), Failure> {
    let mut after: Option<(String, String)> = None;
    loop {
        let mut rows = c::table.left_join(e::table.on(e::call_id.eq(c::call_id))).into_boxed();
        if let Some((account, call)) = after.clone() {
            let within = c::account_id.gt(account.clone());
            rows = rows.filter(within.or(c::account_id.eq(account).and(c::call_id.gt(call))));
        }
        let rows: Vec<Row> = rows
            .order((c::account_id, c::call_id))
            .limit(BATCH)
            .select((c::account_id, c::call_id, c::lease, c::charged, e::charge.nullable()))
            .load(conn)?;
        let Some((account, call, ..)) = rows.last() else { return Ok(()) };
        after = Some((account.clone(), call.clone()));
        for (account, call, lease, charged, of_call) in rows {
            let place = || format!("{call} on {account}");
            match of_call {
                Some(most) if charged <= most => {}
                Some(most) => {
                    compare(report, place, "charged", format!("at most {most}"), charged.to_string());
                }
                None => compare(report, place, "charged", "nothing".to_owned(), charged.to_string()),
            }
            let sum = charges.entry((account, lease)).or_default();
            *sum = sum.saturating_add(charged);
        }
    }
}
