//! Rate limits: the columns that say them, and the accounts that hand out what they allow.

mod accounts;
mod instances;

use alias_core::limit::{Limit, Limits};

use crate::error::Failure;

/// Limits as three columns hold them.
pub(crate) type Columns = (Option<i32>, Option<i32>, Option<i32>);

pub(crate) fn read((rpm, tpm, parallel): Columns) -> Result<Limits, Failure> {
    Ok(Limits { rpm_limit: limit(rpm)?, tpm_limit: limit(tpm)?, max_parallel_requests: limit(parallel)? })
}

fn limit(column: Option<i32>) -> Result<Option<Limit>, Failure> {
    let read = column.map(|number| Limit::try_from(i64::from(number)));
    read.transpose().map_err(|why| Failure::corrupt("a rate limit", why))
}

/// A limit as its column holds it; every limit fits.
pub(crate) fn column(limit: Option<Limit>) -> Option<i32> {
    limit.map(|limit| i32::try_from(limit.get()).unwrap_or(i32::MAX))
}
