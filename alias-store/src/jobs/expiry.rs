//! Jobs of which nothing was heard for too long: each is ended by one server, whichever looks first.

use std::sync::Arc;

use alias_core::clock::Timestamp;
use alias_core::job::{Finish, JobId, JobPolicy, JobStatus};
use alias_core::repository::StoreError;
use alias_core::team::TeamUid;
use diesel::prelude::*;

use super::credit::Purse;
use super::{end, locked};
use crate::column::{parse, time};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::jobs;
use crate::store::{SqlStore, Verdict};

/// The most jobs that are ended at a time.
const AT_ONCE: i64 = 100;
const WHY: &str = "nothing was heard of this job for too long";

fn silent_since(conn: &mut AnyConnection, before: Timestamp) -> Result<Vec<(TeamUid, JobId)>, Failure> {
    let rows: Vec<(String, String)> = jobs::table
        .filter(jobs::completed_at.is_null())
        .filter(jobs::active_at.lt(time(before)))
        .order(jobs::active_at)
        .limit(AT_ONCE)
        .select((jobs::team_uid, jobs::job_id))
        .load(conn)?;
    let both =
        |(team, job): &(String, String)| Ok((parse("jobs.team_uid", team)?, parse("jobs.job_id", job)?));
    rows.iter().map(both).collect()
}

/// Ends the job if it is still silent; tells whether it was.
fn expire_one(
    conn: &mut AnyConnection,
    team: TeamUid,
    job: JobId,
    before: Timestamp,
    now: Timestamp,
) -> Result<bool, Failure> {
    let purse = Purse::lock(conn, team)?;
    let job = locked(conn, team, job)?;
    if job.status.is_final() || job.active_at >= before {
        return Ok(false);
    }
    let how = Finish { error_message: Some(WHY.into()), ..Finish::with(JobStatus::Expired) };
    end(conn, purse, &job, how, JobPolicy::default(), now)?;
    Ok(true)
}

/// Ends what was silent for so long, and tells how much that was.
pub(super) async fn expire(store: &SqlStore, silent: std::time::Duration) -> Result<u64, StoreError> {
    let silent = chrono::Duration::from_std(silent).unwrap_or(chrono::Duration::MAX);
    let utc = store.clock.now().utc();
    let Some(before) = utc.checked_sub_signed(silent).map(Timestamp::from) else { return Ok(0) };
    let mut ended = 0;
    for (team, job) in store.read(move |conn| silent_since(conn, before)).await? {
        let clock = Arc::clone(&store.clock);
        let one = move |conn: &mut AnyConnection| {
            expire_one(conn, team, job, before, clock.now()).map(Verdict::Commit)
        };
        ended += u64::from(store.write(one).await?);
    }
    Ok(ended)
}
