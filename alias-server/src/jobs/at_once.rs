//! A job of one call, in one request: created, called, and ended.

use actix_web::body::BoxBody;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::clock::Timestamp;
use alias_core::job::{Job, JobDraft, JobId, JobReport, JobStatus};
use alias_core::usage::CallId;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::call::{Answered, Sender, Summary, read};
use super::closing::{Closing, ClosingBody};
use super::object::{Costs, JobDetails};
use super::{Jobs, TeamCaller};
use crate::admin::idempotency::Once;
use crate::admin::query::{NoParameters, Query};
use crate::error::{ApiError, Member};
use crate::extract::{note_digest, object, typed};
use crate::openai::DataPlane;
use crate::openai::body::job::JobCallBody;
use crate::room::Taken;

/// The fields that are the job's; the others are the call's.
const OF_JOB: [&str; 4] = ["team_id", "job_type", "user_id", "metadata"];

const JOB_ID: HeaderName = HeaderName::from_static("x-alias-job-id");

/// What a job of one call came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobAtOnce {
    /// The job.
    #[schema(value_type = String, format = "uuid", example = "0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6")]
    pub job_id: JobId,
    /// The call.
    #[schema(value_type = String, example = "call_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")]
    pub call_id: CallId,
    /// Where the job stands: `completed`.
    pub status: JobStatus,
    /// What the model said: `content`, `finish_reason`, and `tool_calls` where there are some.
    #[schema(value_type = Object)]
    pub response: Value,
    /// `tokens_used`, `latency_ms` and `model`.
    #[schema(value_type = Object)]
    pub metadata: Value,
    /// What the job cost.
    pub costs: Costs,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

impl JobAtOnce {
    fn new(summary: Summary, report: JobReport) -> Self {
        let Summary { call_id, response, metadata } = summary;
        let JobDetails { job, costs, .. } = report.into();
        let (job_id, status, completed_at) = (job.job_id, job.status, job.completed_at);
        Self { job_id, call_id, status, response, metadata, costs, completed_at }
    }
}

/// Create a job, call a model, and complete the job.
///
/// Where the call fails, the job does, too; the error has its `job_id`.
///
/// # Errors
/// Those of creating a job, and of calling in it.
#[utoipa::path(
    post, path = "/api/jobs/create-and-call", tag = "jobs", operation_id = "create_job_and_call",
    params(Once),
    request_body(content = Object, description = "The fields of a job, and those of a call in it.", example = json!({
        "job_type": "chat", "model": "gpt-4", "messages": [{"role": "user", "content": "Hello!"}],
    })),
    responses((status = 200, description = "The answer, and what it cost.", body = JobAtOnce)),
)]
pub async fn create_and_call(
    caller: TeamCaller,
    once: Once,
    request: HttpRequest,
    payload: web::Payload,
    plane: web::Data<DataPlane>,
    jobs: web::Data<Jobs>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let (who, sender) = (caller.name(), Sender::new(caller.0, request, plane, &jobs));
    let (bytes, taken) = sender.read(payload).await?;
    note_digest(&sender.request, &bytes);
    let work = async move {
        let (job, body) = created(&sender, &bytes, false).await?;
        drop(bytes);
        let (closing, answered) = called(&sender, &job, body, taken).await?;
        let (_, _, summary) = read(answered)?;
        Ok(HttpResponse::Ok().json(JobAtOnce::new(summary, closing.end().await?)))
    };
    once.run_for(&who, Box::pin(work)).await
}

/// Create a job, call a model, and get the answer as a stream.
///
/// The header `x-alias-job-id` names the job. It has ended when the stream has: completed, or failed where the stream
/// broke off.
///
/// # Errors
/// Those of `create-and-call`.
#[utoipa::path(
    post, path = "/api/jobs/create-and-call-stream", tag = "jobs", operation_id = "create_job_and_stream_call",
    request_body(content = Object, description = "The fields of a job, and those of a call in it.", example = json!({
        "job_type": "chat", "model": "gpt-4", "messages": [{"role": "user", "content": "Hello!"}],
    })),
    responses((status = 200, description = "The stream.", content_type = "text/event-stream", body = String)),
)]
pub async fn create_and_call_stream(
    caller: TeamCaller,
    request: HttpRequest,
    payload: web::Payload,
    plane: web::Data<DataPlane>,
    jobs: web::Data<Jobs>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let sender = Sender::new(caller.0, request, plane, &jobs);
    let (bytes, taken) = sender.read(payload).await?;
    let (job, body) = created(&sender, &bytes, true).await?;
    drop(bytes);
    let (closing, answered) = called(&sender, &job, body, taken).await?;
    let mut response = answered.response.map_body(|_, inner| BoxBody::new(ClosingBody::new(inner, closing)));
    if let Ok(id) = HeaderValue::from_str(&job.job_id.to_string()) {
        response.headers_mut().insert(JOB_ID, id);
    }
    Ok(response)
}

/// The job of a request, and the body of its call.
async fn created(sender: &Sender, bytes: &[u8], stream: bool) -> Result<(Job, JobCallBody), ApiError> {
    let body = JobCallBody::parse(bytes, stream, &OF_JOB)?;
    let draft: JobDraft = typed(object(&body.apart)?)?;
    // Before anything is reserved for it.
    sender.check_model(&body)?;
    Ok((sender.jobs.create(&sender.caller, draft).await?, body))
}

/// Calls, and fails the job where the call fails.
async fn called(
    sender: &Sender,
    job: &Job,
    body: JobCallBody,
    taken: Taken,
) -> Result<(Closing, Answered), ApiError> {
    let (jobs, meter) = (sender.jobs.clone(), sender.plane.meter.clone());
    let mut closing = Closing::of(jobs, meter, sender.caller.team_uid(), job.job_id);
    match sender.send(job, body, taken).await {
        Ok(answered) => {
            closing.answered();
            Ok((closing, answered))
        }
        Err(error) => {
            closing.failed(&error.to_string());
            closing.end().await?;
            Err(error.with(Member::JobId, json!(job.job_id)))
        }
    }
}
