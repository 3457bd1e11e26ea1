//! What calls were charged to budgets, a row for each call and budget.

use diesel::prelude::*;

use crate::column::CHUNK;
use crate::connection::{AnyConnection, on_each_backend};
use crate::credits::BudgetCharge;
use crate::error::Failure;
use crate::schema::budget_charges as c;

pub(super) fn enter(conn: &mut AnyConnection, charges: &[BudgetCharge]) -> Result<(), Failure> {
    for chunk in charges.chunks(CHUNK) {
        let row = |charge: &BudgetCharge| {
            (
                c::account_id.eq(charge.account.clone()),
                c::call_id.eq(charge.call_id.clone()),
                c::lease.eq(charge.lease.clone()),
                c::charged.eq(charge.charged),
            )
        };
        let rows: Vec<_> = chunk.iter().map(row).collect();
        on_each_backend!(conn, conn => diesel::insert_into(c::table).values(&rows).execute(conn))?;
    }
    Ok(())
}
