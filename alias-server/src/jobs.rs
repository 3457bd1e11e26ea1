//! `/api/jobs`: calls that belong together, counted as one, with a team's key.

pub mod at_once;
pub mod call;
mod caller;
mod closing;
mod list;
pub mod object;
mod service;
mod sweep;

use actix_web::{HttpResponse, web};
use alias_core::job::{FinishDraft, JobDraft, JobId, MetadataDraft};

use self::object::{JobCostsObject, JobDetails, JobEnded, JobObject};
use crate::admin::answer::created;
use crate::admin::idempotency::Once;
use crate::admin::path::Named;
use crate::admin::query::{NoParameters, Query};
use crate::error::ApiError;
use crate::extract::JsonBody;

pub use caller::TeamCaller;
pub use list::{__path_list, __path_list_of_team, JobListParameters, list, list_of_team};
pub use service::Jobs;
pub use sweep::sweep;

/// Create a job.
///
/// In `job_based` mode it reserves one credit: charged when the job is completed, given back when it fails.
///
/// # Errors
/// 403 `insufficient_credits` where the team has none left, and for the id of another team; 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/jobs/create", tag = "jobs", operation_id = "create_job",
    params(Once),
    request_body(content = JobDraft, example = json!({
        "team_id": "acme-prod", "job_type": "document_analysis", "user_id": "user-42", "metadata": {"pages": 3},
    })),
    responses((status = 201, description = "The job.", body = JobObject)),
)]
pub async fn create(
    caller: TeamCaller,
    once: Once,
    jobs: web::Data<Jobs>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<JobDraft>,
) -> Result<HttpResponse, ApiError> {
    let who = caller.name();
    let work = async move {
        let job = jobs.create(&caller.0, draft).await?;
        Ok(created(&format!("/api/jobs/{}", job.job_id), None, None, &JobObject::from(job)))
    };
    once.run_for(&who, work).await
}

/// Show a job, with what it came to so far.
///
/// # Errors
/// 404 for a job that the team does not have.
#[utoipa::path(
    get, path = "/api/jobs/{job}", tag = "jobs", operation_id = "get_job",
    params(Named<JobId>),
    responses((status = 200, description = "The job.", body = JobDetails)),
)]
pub async fn find(
    caller: TeamCaller,
    jobs: web::Data<Jobs>,
    Named(id): Named<JobId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(JobDetails::from(jobs.report(&caller.0, id).await?)))
}

/// Show what a job cost so far, and its calls.
///
/// # Errors
/// 404 for a job that the team does not have.
#[utoipa::path(
    get, path = "/api/jobs/{job}/costs", tag = "jobs", operation_id = "get_job_costs",
    params(Named<JobId>),
    responses((status = 200, description = "Its sums, and its calls.", body = JobCostsObject)),
)]
pub async fn costs(
    caller: TeamCaller,
    jobs: web::Data<Jobs>,
    Named(id): Named<JobId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(JobCostsObject::from(jobs.report(&caller.0, id).await?)))
}

/// Add facts to a job's metadata.
///
/// Those of the same name are replaced, and null takes one away. Works on a job that has ended, too.
///
/// # Errors
/// 404 for a job that the team does not have, 422 for more than 16 KiB in all.
#[utoipa::path(
    patch, path = "/api/jobs/{job}/metadata", tag = "jobs", operation_id = "add_job_metadata",
    params(Named<JobId>),
    request_body(content = MetadataDraft, example = json!({"metadata": {"pages": 4}})),
    responses((status = 200, description = "The job.", body = JobObject)),
)]
pub async fn add_metadata(
    caller: TeamCaller,
    jobs: web::Data<Jobs>,
    Named(id): Named<JobId>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<MetadataDraft>,
) -> Result<HttpResponse, ApiError> {
    let job = jobs.kept().add_metadata(caller.0.team_uid(), id, draft.parse()?).await?;
    Ok(HttpResponse::Ok().json(JobObject::from(job)))
}

/// End a job: it is completed, or it failed.
///
/// Waits up to 2 s for calls that are not in the books yet; `final` says whether all of them are. Repeated with the
/// same status, it answers the same.
///
/// # Errors
/// 404 for a job that the team does not have, 409 for one that ended otherwise, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/jobs/{job}/complete", tag = "jobs", operation_id = "complete_job",
    params(Named<JobId>),
    request_body(content = FinishDraft, example = json!({"status": "completed", "metadata": {"pages": 3}})),
    responses(
        (status = 200, description = "What the job came to.", body = JobEnded),
        (status = 409, description = "The job ended otherwise."),
    ),
)]
pub async fn complete(
    caller: TeamCaller,
    jobs: web::Data<Jobs>,
    Named(id): Named<JobId>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<FinishDraft>,
) -> Result<HttpResponse, ApiError> {
    let report = jobs.finish(caller.0.team_uid(), id, draft.parse()?).await?;
    Ok(HttpResponse::Ok().json(JobEnded::from(report)))
}
