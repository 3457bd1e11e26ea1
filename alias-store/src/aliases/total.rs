//! How many aliases there are: counting a hundred thousand takes longer than reading a page of them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::prelude::*;

use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{catalogue, model_aliases};

/// The number of live aliases, kept for the state of the catalogue that they were counted in. Rows that something else writes
/// past the catalogue's revision are seen with the next one, as everywhere.
#[derive(Debug, Default)]
pub(crate) struct LiveTotal(Mutex<Option<Counted>>);

#[derive(Debug, Clone)]
struct Counted {
    /// The state's: no other one has it, also where a database was put back and came to the same revision once more.
    mark: String,
    number: i64,
}

impl LiveTotal {
    /// Their number in the state that `conn` reads.
    pub(crate) fn of(&self, conn: &mut AnyConnection) -> Result<i64, Failure> {
        let mark: String = catalogue::table.select(catalogue::mark).first(conn)?;
        let kept = self.lock().clone();
        if let Some(counted) = kept.filter(|counted| counted.mark == mark) {
            return Ok(counted.number);
        }
        let live = model_aliases::table.filter(model_aliases::deleted_at.is_null());
        let number = live.count().get_result(conn)?;
        *self.lock() = Some(Counted { mark, number });
        Ok(number)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
