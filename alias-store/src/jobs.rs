//! Jobs: created, called in, ended once. The lock order is the account, then the job.

mod calls;
mod credit;
mod expiry;
mod read;

use std::sync::Arc;

use alias_core::alias::Metadata;
use alias_core::clock::Timestamp;
use alias_core::credits::{Billing, BudgetMode};
use alias_core::job::{Finish, Job, JobCredit, JobId, JobPolicy, JobReport, JobStatus, NewJob, merged};
use alias_core::repository::{JobCall, JobQuery, JobRepository, Page, StoreError};
use alias_core::team::{TeamId, TeamUid};
use alias_core::usage::CallId;
use alias_core::validation::MAX_METADATA;
use async_trait::async_trait;
use diesel::prelude::*;
use uuid::Uuid;

use self::credit::Purse;
use crate::column::{big, json, storable, time};
use crate::connection::AnyConnection;
use crate::credits::{self, BillingRow};
use crate::error::Failure;
use crate::schema::{job_calls, jobs, teams};
use crate::store::{SqlStore, Verdict};

pub(crate) use credit::LESSEE;
pub(crate) use read::{count_of_organization, count_of_team};

const KIND: &str = "job";

fn existing(conn: &mut AnyConnection, team: TeamUid, id: JobId) -> Result<Job, Failure> {
    read::one(conn, team, id)?.ok_or_else(|| Failure::not_found(KIND, id))
}

fn finished(job: &Job) -> Failure {
    StoreError::JobFinished { job: job.job_id.to_string(), status: job.status.as_str() }.into()
}

/// The team's public id, and how its calls are counted; `None` for a team that is gone.
fn team_of(conn: &mut AnyConnection, team: TeamUid) -> Result<(String, Billing), Failure> {
    let row: Option<(String, BillingRow)> = teams::table
        .find(team.to_string())
        .select((teams::team_id, BillingRow::as_select()))
        .first(conn)
        .optional()?;
    let (id, billing) = row.ok_or_else(|| Failure::not_found(crate::teams::KIND, team))?;
    Ok((id, billing.read()?))
}

fn create(conn: &mut AnyConnection, team: TeamUid, new: &NewJob, now: Timestamp) -> Result<Job, Failure> {
    let (team_id, billing) = team_of(conn, team)?;
    let pays = billing.budget_mode == BudgetMode::JobBased;
    if pays {
        Purse::lock(conn, team)?.reserve(conn, billing.limit_mode, now)?;
    }
    let credit = if pays { JobCredit::Reserved } else { JobCredit::None };
    let id = JobId::new(Uuid::now_v7());
    diesel::insert_into(jobs::table)
        .values((
            jobs::job_id.eq(id.to_string()),
            jobs::team_uid.eq(team.to_string()),
            jobs::team_id.eq(team_id),
            jobs::job_type.eq(storable(&new.job_type)),
            jobs::user_id.eq(new.user_id.as_deref().map(storable)),
            jobs::status.eq(JobStatus::Pending.as_str()),
            jobs::metadata.eq(json(&new.metadata)?),
            jobs::credit.eq(credit.as_str()),
            jobs::created_at.eq(time(now)),
            jobs::active_at.eq(time(now)),
        ))
        .execute(conn)?;
    existing(conn, team, id)
}

/// Reserves a credit for a job that was created when its calls paid for themselves.
fn reserve_late(conn: &mut AnyConnection, team: TeamUid, id: JobId, now: Timestamp) -> Result<(), Failure> {
    let (_, billing) = team_of(conn, team)?;
    let purse = Purse::lock(conn, team)?;
    let job = existing(conn, team, id)?;
    if job.credit != JobCredit::None || job.status.is_final() {
        return Ok(());
    }
    purse.reserve(conn, billing.limit_mode, now)?;
    let reserved = jobs::credit.eq(JobCredit::Reserved.as_str());
    diesel::update(jobs::table.find(id.to_string())).set(reserved).execute(conn)?;
    Ok(())
}

fn begin_call(
    conn: &mut AnyConnection,
    team: TeamUid,
    id: JobId,
    call: &JobCall,
    now: Timestamp,
) -> Result<(), Failure> {
    let job = existing(conn, team, id)?;
    if call.paid_by_job && job.credit == JobCredit::None {
        reserve_late(conn, team, id, now)?;
    }
    let open = jobs::table.find(id.to_string()).filter(jobs::completed_at.is_null());
    let begun = diesel::update(open)
        .set((jobs::status.eq(JobStatus::InProgress.as_str()), jobs::active_at.eq(time(now))))
        .execute(conn)?;
    if begun == 0 {
        return Err(finished(&existing(conn, team, id)?));
    }
    diesel::insert_into(job_calls::table)
        .values((
            job_calls::call_id.eq(call.call_id.to_string()),
            job_calls::job_id.eq(id.to_string()),
            job_calls::purpose.eq(call.purpose.as_deref().map(storable)),
            job_calls::metadata.eq(json(&call.metadata)?),
            job_calls::started_at.eq(time(now)),
        ))
        .execute(conn)?;
    Ok(())
}

fn add(job: &Job, more: Metadata) -> Result<String, Failure> {
    let too_large = || StoreError::TooLarge { kind: "metadata", most: MAX_METADATA };
    json(&merged(job.metadata.clone(), more).ok_or_else(too_large)?)
}

/// Ends a job that is open, whose team's account is locked: its credit is charged, or goes back.
fn end(
    conn: &mut AnyConnection,
    purse: Purse,
    job: &Job,
    how: Finish,
    policy: JobPolicy,
    now: Timestamp,
) -> Result<(), Failure> {
    let id = job.job_id.to_string();
    let calls = calls::so_far(conn, &id, now)?;
    let metadata = add(job, how.metadata)?;
    let credit = match job.credit {
        JobCredit::Reserved if policy.charges(how.status, calls) => {
            purse.charge(conn, job, now)?;
            JobCredit::Charged
        }
        JobCredit::Reserved => {
            purse.release(conn)?;
            JobCredit::Released
        }
        other => other,
    };
    diesel::update(jobs::table.find(&id))
        .set((
            jobs::status.eq(how.status.as_str()),
            jobs::metadata.eq(metadata),
            jobs::error_message.eq(how.error_message.as_deref().map(storable)),
            jobs::credit.eq(credit.as_str()),
            jobs::paid_successes.eq(big(calls.paid_successes)),
            jobs::completed_at.eq(time(now)),
        ))
        .execute(conn)?;
    Ok(())
}

fn finish(
    conn: &mut AnyConnection,
    team: TeamUid,
    id: JobId,
    how: Finish,
    policy: JobPolicy,
    now: Timestamp,
) -> Result<Job, Failure> {
    let purse = Purse::lock(conn, team)?;
    let job = locked(conn, team, id)?;
    if job.status.is_final() {
        return if job.status == how.status { Ok(job) } else { Err(finished(&job)) };
    }
    end(conn, purse, &job, how, policy, now)?;
    existing(conn, team, id)
}

/// A job, which stays as it is until the unit of work ends: no call begins meanwhile.
fn locked(conn: &mut AnyConnection, team: TeamUid, id: JobId) -> Result<Job, Failure> {
    if let AnyConnection::Postgres(c) = conn {
        let row = jobs::table.find(id.to_string()).select(jobs::job_id).for_update();
        row.first::<String>(c).optional()?;
    }
    existing(conn, team, id)
}

fn report(
    conn: &mut AnyConnection,
    team: TeamUid,
    id: JobId,
    now: Timestamp,
) -> Result<Option<JobReport>, Failure> {
    let Some(job) = read::one(conn, team, id)? else { return Ok(None) };
    let id = id.to_string();
    Ok(Some(JobReport {
        job,
        costs: calls::costs(conn, &id)?,
        calls: calls::list(conn, &id)?,
        credits_remaining: credits::balance(conn, team)?.remaining(),
        pending: calls::pending(conn, &id, now)?,
    }))
}

#[async_trait]
impl JobRepository for SqlStore {
    async fn create(&self, team: TeamUid, new: NewJob) -> Result<Job, StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |conn| create(conn, team, &new, clock.now()).map(Verdict::Commit)).await
    }

    async fn find(&self, team: TeamUid, job: JobId) -> Result<Option<Job>, StoreError> {
        self.read(move |conn| read::one(conn, team, job)).await
    }

    async fn begin_call(&self, team: TeamUid, job: JobId, call: JobCall) -> Result<(), StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |conn| begin_call(conn, team, job, &call, clock.now()).map(Verdict::Commit)).await
    }

    async fn forget_call(&self, call: CallId) -> Result<(), StoreError> {
        self.write(move |conn| {
            diesel::delete(job_calls::table.find(call.to_string())).execute(conn)?;
            Ok(Verdict::Commit(()))
        })
        .await
    }

    async fn pending(&self, job: JobId) -> Result<u64, StoreError> {
        let now = self.clock.now();
        self.read(move |conn| calls::pending(conn, &job.to_string(), now)).await
    }

    async fn finish(
        &self,
        team: TeamUid,
        job: JobId,
        how: Finish,
        policy: JobPolicy,
    ) -> Result<Job, StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |conn| finish(conn, team, job, how, policy, clock.now()).map(Verdict::Commit)).await
    }

    async fn report(&self, team: TeamUid, job: JobId) -> Result<Option<JobReport>, StoreError> {
        let now = self.clock.now();
        self.read(move |conn| report(conn, team, job, now)).await
    }

    async fn add_metadata(&self, team: TeamUid, job: JobId, more: Metadata) -> Result<Job, StoreError> {
        self.write(move |conn| {
            let metadata = add(&locked(conn, team, job)?, more)?;
            diesel::update(jobs::table.find(job.to_string()))
                .set(jobs::metadata.eq(metadata))
                .execute(conn)?;
            existing(conn, team, job).map(Verdict::Commit)
        })
        .await
    }

    async fn list(&self, team: TeamUid, query: &JobQuery) -> Result<Page<Job>, StoreError> {
        let query = query.clone();
        self.read(move |conn| read::page(conn, team, &query)).await
    }

    async fn list_of(&self, team: &TeamId, query: &JobQuery) -> Result<Option<Page<Job>>, StoreError> {
        let (id, query) = (team.clone(), query.clone());
        self.read(move |conn| {
            let team = crate::teams::live(conn, &id)?;
            team.map(|team| read::page(conn, team.uid, &query)).transpose()
        })
        .await
    }

    async fn expire(&self, silent: std::time::Duration) -> Result<u64, StoreError> {
        expiry::expire(self, silent).await
    }
}
