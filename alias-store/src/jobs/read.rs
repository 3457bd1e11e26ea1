//! Jobs as they are read: one, or a page of a team's.

use alias_core::job::{Job, JobId};
use alias_core::repository::{JobQuery, Page, Position};
use alias_core::team::TeamUid;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::column::{count, from_json, moment, parse, storable, word};
use crate::connection::{AnyBackend, AnyConnection};
use crate::error::Failure;
use crate::schema::{jobs, teams};
use crate::window;

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = jobs)]
struct JobRow {
    job_id: String,
    team_id: String,
    job_type: String,
    user_id: Option<String>,
    status: String,
    metadata: String,
    error_message: Option<String>,
    credit: String,
    created_at: NaiveDateTime,
    active_at: NaiveDateTime,
    completed_at: Option<NaiveDateTime>,
}

impl TryFrom<JobRow> for Job {
    type Error = Failure;

    fn try_from(row: JobRow) -> Result<Self, Failure> {
        Ok(Self {
            job_id: parse("jobs.job_id", &row.job_id)?,
            team_id: parse("jobs.team_id", &row.team_id)?,
            job_type: row.job_type,
            user_id: row.user_id,
            status: word("jobs.status", &row.status)?,
            metadata: from_json("jobs.metadata", &row.metadata)?,
            error_message: row.error_message,
            credit: word("jobs.credit", &row.credit)?,
            created_at: moment(row.created_at),
            active_at: moment(row.active_at),
            completed_at: row.completed_at.map(moment),
        })
    }
}

/// A job of a team.
pub(super) fn one(conn: &mut AnyConnection, team: TeamUid, id: JobId) -> Result<Option<Job>, Failure> {
    let row = jobs::table
        .find(id.to_string())
        .filter(jobs::team_uid.eq(team.to_string()))
        .select(JobRow::as_select())
        .first(conn)
        .optional()?;
    row.map(Job::try_from).transpose()
}

/// A page of a team's jobs, newest first.
pub(super) fn page(conn: &mut AnyConnection, team: TeamUid, query: &JobQuery) -> Result<Page<Job>, Failure> {
    let window = &query.window;
    let matching = || {
        let mut rows = jobs::table.filter(jobs::team_uid.eq(team.to_string())).into_boxed::<AnyBackend>();
        if let Some(status) = query.status {
            rows = rows.filter(jobs::status.eq(status.as_str()));
        }
        if let Some(kind) = &query.job_type {
            rows = rows.filter(jobs::job_type.eq(storable(kind)));
        }
        rows
    };
    let total: i64 = matching().count().get_result(conn)?;
    let mut rows = matching();
    if let Some(after) = window::after(window) {
        rows = rows.filter(jobs::job_id.lt(storable(&after.name)));
    }
    let rows: Vec<JobRow> = rows
        .order(jobs::job_id.desc())
        .select(JobRow::as_select())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let position = |last: &Job| Position { value: None, name: last.job_id.to_string() };
    window::page(rows, window, total, |rows| rows.into_iter().map(TryInto::try_into).collect(), position)
}

/// How many jobs a team ever had.
pub(crate) fn count_of_team(conn: &mut AnyConnection, uid: &str) -> Result<u64, Failure> {
    Ok(count(jobs::table.filter(jobs::team_uid.eq(uid)).count().get_result(conn)?))
}

/// How many jobs the present teams of an organization ever had.
pub(crate) fn count_of_organization(conn: &mut AnyConnection, uid: &str) -> Result<u64, Failure> {
    let members = teams::table.filter(teams::organization_uid.eq(uid)).select(teams::uid);
    Ok(count(jobs::table.filter(jobs::team_uid.eq_any(members)).count().get_result(conn)?))
}
