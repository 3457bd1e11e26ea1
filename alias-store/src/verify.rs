//! Computing every number of the books again, from the calls alone, in one state of the database and bounded memory.

mod accounts;
mod events;
mod instances;
mod ledger;
mod prices;
mod rollups;
mod shares;
mod times;

use std::collections::HashMap;
use std::fmt::Display;
use std::time::{Duration, Instant};

use alias_core::report::{Difference, Verification};
use alias_core::repository::StoreError;
use diesel::connection::SimpleConnection;

use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::store::SqlStore;

/// How many rows are read at a time.
const BATCH: i64 = 5_000;

/// What takes longer than a call may.
const PATIENT: &str =
    "SET LOCAL statement_timeout = '10min'; SET LOCAL idle_in_transaction_session_timeout = '1min'";

/// What calls were charged: by account and lease.
type Charges = HashMap<(String, String), i64>;

impl SqlStore {
    /// Computes every number of the books again from the calls: their charges and credits, the sums of the days, the
    /// leases and accounts, the ledger, and how much each server sent. It reads one state of the database; on SQLite
    /// its log grows meanwhile. `go_on` is told how many calls were read, and ends it by answering false.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database cannot be read.
    pub async fn recompute(
        &self,
        go_on: impl FnMut(u64) -> bool + Send + 'static,
    ) -> Result<Verification, StoreError> {
        self.read(move |conn| all(conn, go_on)).await
    }

    /// The same for at most so long.
    pub(crate) async fn recompute_within(&self, most: Duration) -> Result<Verification, StoreError> {
        let began = Instant::now();
        self.recompute(move |_| began.elapsed() < most).await
    }
}

fn all(conn: &mut AnyConnection, mut go_on: impl FnMut(u64) -> bool) -> Result<Verification, Failure> {
    if let AnyConnection::Postgres(c) = conn {
        c.batch_execute(PATIENT)?;
    }
    let mut report = Verification::default();
    let read = events::check(conn, &mut report, &mut go_on)?;
    if let Some(mut read) = read
        && shares::check(conn, &mut report, &mut read.charges, go_on)?
    {
        instances::check(conn, &mut report, &read)?;
        accounts::check(conn, &mut report, read.charges)?;
        report.complete = true;
    }
    report.clean = report.complete && report.found == 0;
    Ok(report)
}

/// Notes where a number is not what it should be.
fn compare<T: PartialEq + Display>(
    report: &mut Verification,
    place: impl FnOnce() -> String,
    what: &str,
    expected: T,
    found: T,
) {
    if expected != found {
        report.note(Difference {
            place: place(),
            what: what.to_owned(),
            expected: expected.to_string(),
            found: found.to_string(),
        });
    }
}

/// An amount, or that nobody knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known(Option<i64>);

impl Display for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(number) => number.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}
