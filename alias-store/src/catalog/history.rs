//! Which history the catalogue is of, by the marks that its revisions have.

use alias_core::catalog::{Known, Revision};
use diesel::prelude::*;

use crate::column::big;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::catalogue_marks as marks;

/// Whether what is known is no earlier state of this database at `revision`, and nobody has said so yet: it was put back
/// to an earlier state, and has been written to since. Where the log of marks does not reach back, nobody can tell, and
/// all is read anyway.
pub(crate) fn is_other(conn: &mut AnyConnection, known: &Known, revision: Revision) -> Result<bool, Failure> {
    let Some(mark) = &known.mark else { return Ok(false) };
    let kept = marks::table.find(big(known.revision.0)).select(marks::mark).first::<String>(conn);
    if kept.optional()?.is_none_or(|kept| kept == mark.as_str()) {
        return Ok(false);
    }
    // Beyond a leap, all is read anyway: somebody has noticed before.
    let (from, to) = (big(known.revision.0), big(revision.0));
    let since = marks::table.filter(marks::revision.gt(from).and(marks::revision.le(to)));
    Ok(since.count().get_result::<i64>(conn)? == to - from)
}
