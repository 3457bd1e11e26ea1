//! Lists of jobs: a team's own, and those of any team for who administers.

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::repository::JobQuery;
use alias_core::team::TeamId;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::object::JobList;
use super::{Jobs, TeamCaller};
use crate::admin::list::ListRequest;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{Query, parsed};
use crate::auth::Admin;
use crate::error::ApiError;

/// Which jobs.
#[derive(Debug, Default, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobListParameters {
    /// Only those that stand so: `pending`, `in_progress`, `completed`, `failed` or `expired`.
    #[param(value_type = Option<alias_core::job::JobStatus>)]
    status: Option<String>,
    /// Only those of this type.
    #[param(example = "document_analysis")]
    job_type: Option<String>,
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `next_cursor` of the answer before.
    cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    offset: Option<String>,
}

impl JobListParameters {
    fn parse(&self) -> Result<JobQuery, ApiError> {
        let status = parsed("status", self.status.as_deref())?;
        let window = ListRequest::of(self).window()?;
        Ok(JobQuery { status, job_type: self.job_type.clone(), window })
    }
}

/// List the team's jobs, the newest first.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/jobs", tag = "jobs", operation_id = "list_jobs",
    params(JobListParameters),
    responses((status = 200, description = "A part of the list.", body = JobList)),
)]
pub async fn list(
    caller: TeamCaller,
    request: HttpRequest,
    jobs: web::Data<Jobs>,
    Query(parameters): Query<JobListParameters>,
) -> Result<HttpResponse, ApiError> {
    let page = jobs.kept().list(caller.0.team_uid(), &parameters.parse()?).await?;
    let list = ListRequest::of(&parameters);
    let page_info = list.page_info(&page);
    let body = JobList::new(caller.0.team_id().clone(), page.items, page_info);
    Ok(list.answer(request.path(), body.page.next_cursor.as_deref(), &body))
}

/// List a team's jobs, the newest first.
///
/// # Errors
/// 400 for parameters that are unknown or wrong, 404 for a team that does not exist.
#[utoipa::path(
    get, path = "/api/teams/{team}/jobs", tag = "jobs", operation_id = "list_team_jobs",
    params(Named<TeamId>, JobListParameters),
    responses((status = 200, description = "A part of the list.", body = JobList)),
)]
pub async fn list_of_team(
    _: Admin,
    request: HttpRequest,
    jobs: web::Data<Jobs>,
    Named(team): Named<TeamId>,
    Query(parameters): Query<JobListParameters>,
) -> Result<HttpResponse, ApiError> {
    let page = jobs.kept().list_of(&team, &parameters.parse()?).await?;
    let page = page.ok_or_else(|| not_found::<TeamId>(team.as_str()))?;
    let list = ListRequest::of(&parameters);
    let page_info = list.page_info(&page);
    let body = JobList::new(team, page.items, page_info);
    Ok(list.answer(request.path(), body.page.next_cursor.as_deref(), &body))
}
