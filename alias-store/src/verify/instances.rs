//! How much each server sent: its calls, those that the books had already, and those that could not be entered.

use std::collections::HashMap;

use alias_core::report::Verification;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::events::Read;
use super::{BATCH, compare};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::instances as i;

type Row = (String, i64, i64, i64);

pub(super) fn check(conn: &mut AnyConnection, report: &mut Verification, read: &Read) -> Result<(), Failure> {
    let mut sent: HashMap<&str, (i64, i64)> =
        read.sent.iter().map(|(id, numbers)| (id.as_str(), *numbers)).collect();
    let mut after = String::new();
    loop {
        let quarantined = sql::<BigInt>(
            "(SELECT COUNT(*) FROM usage_quarantine WHERE usage_quarantine.instance_id = instances.id)",
        );
        let rows: Vec<Row> = i::table
            .filter(i::id.gt(&after))
            .order(i::id)
            .limit(BATCH)
            .select((i::id, i::shipped_seq, i::repeated, quarantined))
            .load(conn)?;
        let Some((last, ..)) = rows.last() else { break };
        after.clone_from(last);
        for (id, shipped, repeated, quarantined) in &rows {
            report.instances += 1;
            let (calls, highest) = sent.remove(id.as_str()).unwrap_or((0, -1));
            let place = || format!("instance {id}");
            compare(report, place, "shipped_seq", calls + repeated + quarantined, *shipped);
            if highest >= *shipped {
                let most = format!("below {shipped}");
                compare(report, place, "number of its last call", most, highest.to_string());
            }
        }
    }
    for (id, (calls, _)) in sent {
        compare(
            report,
            || format!("instance {id}"),
            "shipped_seq",
            calls.to_string(),
            "no instance".to_owned(),
        );
    }
    Ok(())
}
