//! Calls of jobs: sent like every chat, and answered as a chat with what the job's client wants to know beside it.

mod union;

use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::alias::AliasName;
use alias_core::job::{Job, JobId};
use alias_core::repository::{JobCall, StoreError};
use alias_core::usage::{CallId, Endpoint, JobRef};
use alias_router::{Caller, RoutingTable};
use bytes::Bytes;
use serde_json::json;
use utoipa::ToSchema;

use super::{Jobs, TeamCaller};
use crate::admin::path::Named;
use crate::admin::query::{NoParameters, Query};
use crate::error::{ApiError, Code, FieldError, Member};
use crate::extract::read_body;
use crate::metering::Meter;
use crate::openai::DataPlane;
use crate::openai::body::job::JobCallBody;
use crate::openai::forward::{Incoming, admit, forward};
use crate::room::Taken;
use crate::upstream::Departure;

pub(super) use union::{Summary, read, union};

/// The most models that a refusal names.
const MAX_AVAILABLE: usize = 20;

/// A call in a job. Besides these fields it takes all that `/v1/chat/completions` does but `stream`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only the document reads it: the body goes the way of all calls")]
pub struct JobCallDraft {
    /// The alias to call; the team's `default_model` where absent.
    #[schema(example = "gpt-4")]
    model: Option<String>,
    /// Another word for `model`.
    model_group: Option<String>,
    /// The chat so far.
    messages: Vec<serde_json::Value>,
    /// What the call is for, in your own words.
    #[schema(max_length = 200, example = "summary")]
    purpose: Option<String>,
    /// Your own facts about the call.
    #[schema(value_type = Option<Object>)]
    call_metadata: Option<serde_json::Value>,
    /// As `OpenAI`'s API takes it.
    temperature: Option<f64>,
    /// As `OpenAI`'s API takes it.
    max_tokens: Option<u64>,
    /// As `OpenAI`'s API takes it.
    #[schema(value_type = Option<Object>)]
    response_format: Option<serde_json::Value>,
    /// As `OpenAI`'s API takes it.
    tools: Option<Vec<serde_json::Value>>,
    /// As `OpenAI`'s API takes it.
    tool_choice: Option<serde_json::Value>,
    /// As `OpenAI`'s API takes it.
    top_p: Option<f64>,
    /// As `OpenAI`'s API takes it.
    frequency_penalty: Option<f64>,
    /// As `OpenAI`'s API takes it.
    presence_penalty: Option<f64>,
    /// As `OpenAI`'s API takes it.
    stop: Option<serde_json::Value>,
}

/// Call a model as part of a job.
///
/// Answers a `chat.completion`, with `call_id`, `response` and `metadata` beside its members.
///
/// # Errors
/// Those of `/v1/chat/completions`, as problems; 404 for a job that the team does not have, 409 for one that has ended,
/// 422 without a model, where the team has no default.
#[utoipa::path(
    post, path = "/api/jobs/{job}/llm-call", tag = "jobs", operation_id = "call_in_job",
    params(Named<JobId>),
    request_body(content = JobCallDraft, example = json!({
        "model": "gpt-4", "messages": [{"role": "user", "content": "Hello!"}], "purpose": "greeting",
    })),
    responses(
        (status = 200, description = "The answer.", body = Object),
        (status = 409, description = "The job has ended."),
    ),
)]
pub async fn llm_call(
    caller: TeamCaller,
    request: HttpRequest,
    named: Named<JobId>,
    payload: web::Payload,
    plane: web::Data<DataPlane>,
    jobs: web::Data<Jobs>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let sender = Sender::new(caller.0, request, plane, &jobs);
    let job = sender.jobs.existing(sender.caller.team_uid(), named.0).await?;
    let (bytes, taken) = sender.read(payload).await?;
    let body = JobCallBody::parse(&bytes, false, &[])?;
    let answer = sender.send(&job, body, taken).await?;
    union(answer)
}

/// Call a model as part of a job, and get the answer as a stream.
///
/// Events hold a `chat.completion.chunk` each, and the last one `[DONE]`. An error amid the stream is an event with
/// `error`; one before it is a problem.
///
/// # Errors
/// Those of `llm-call`.
#[utoipa::path(
    post, path = "/api/jobs/{job}/llm-call-stream", tag = "jobs", operation_id = "stream_call_in_job",
    params(Named<JobId>),
    request_body(content = JobCallDraft, example = json!({
        "model": "gpt-4", "messages": [{"role": "user", "content": "Hello!"}], "purpose": "greeting",
    })),
    responses(
        (status = 200, description = "The stream.", content_type = "text/event-stream", body = String),
        (status = 409, description = "The job has ended."),
    ),
)]
pub async fn llm_call_stream(
    caller: TeamCaller,
    request: HttpRequest,
    named: Named<JobId>,
    payload: web::Payload,
    plane: web::Data<DataPlane>,
    jobs: web::Data<Jobs>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let sender = Sender::new(caller.0, request, plane, &jobs);
    let job = sender.jobs.existing(sender.caller.team_uid(), named.0).await?;
    let (bytes, taken) = sender.read(payload).await?;
    let body = JobCallBody::parse(&bytes, true, &[])?;
    Ok(sender.send(&job, body, taken).await?.response)
}

/// Who sends a call of a job, and with what.
pub(super) struct Sender {
    pub(super) caller: Caller,
    pub(super) request: HttpRequest,
    pub(super) plane: web::Data<DataPlane>,
    pub(super) jobs: Jobs,
}

/// A call that was answered, or whose stream has begun.
pub(super) struct Answered {
    pub(super) response: HttpResponse,
    pub(super) call_id: CallId,
    pub(super) model: AliasName,
    pub(super) took: Duration,
}

impl Sender {
    pub(super) fn new(
        caller: Caller,
        request: HttpRequest,
        plane: web::Data<DataPlane>,
        jobs: &Jobs,
    ) -> Self {
        Self { caller, request, plane, jobs: jobs.clone() }
    }

    /// Reads the body of a call.
    pub(super) async fn read(&self, payload: web::Payload) -> Result<(Bytes, Taken), ApiError> {
        self.plane.catch_up(self.request.headers()).await?;
        let mut taken = self.plane.room.begin();
        let (headers, most) = (self.request.headers(), self.plane.max_body);
        let bytes = read_body(headers, payload.into_inner(), most, &mut taken).await?;
        Ok((bytes, taken))
    }

    /// Sends a call as part of a job, the way of every call.
    pub(super) async fn send(
        &self,
        job: &Job,
        body: JobCallBody,
        taken: Taken,
    ) -> Result<Answered, ApiError> {
        if job.status.is_final() {
            let (job, status) = (job.job_id.to_string(), job.status.as_str());
            return Err(StoreError::JobFinished { job, status }.into());
        }
        self.check_model(&body)?;
        let reference = JobRef { id: job.job_id.to_string(), kind: job.job_type.clone() };
        let incoming = Incoming::of(Endpoint::ChatCompletions, &self.request).in_job(reference);
        let admitted =
            admit(&self.plane, &self.caller, &body.chat, incoming).await.map_err(ApiError::in_jobs)?;
        let (call_id, model) = (admitted.call_id(), admitted.alias().clone());
        let noted = self.note(call_id, admitted.departure());
        let call = JobCall {
            call_id,
            purpose: body.purpose,
            metadata: body.call_metadata,
            paid_by_job: admitted.is_paid_by_job(),
        };
        self.jobs.begin_call(self.caller.team_uid(), job.job_id, call).await?;
        let start = Instant::now();
        let answer = forward(self.plane.clone(), self.caller.clone(), admitted, taken).await;
        drop(noted);
        Ok(Answered { response: answer?, call_id, model, took: start.elapsed() })
    }

    fn note(&self, call: CallId, departure: Departure) -> Noted {
        Noted { jobs: self.jobs.clone(), meter: self.plane.meter.clone(), call, departure }
    }

    /// Whether the call names a model, or the team has a default.
    pub(super) fn check_model(&self, body: &JobCallBody) -> Result<(), ApiError> {
        let table = self.plane.live.table();
        let known = body.names_model || table.default_model(&self.caller).is_some();
        if known { Ok(()) } else { Err(self.no_model(&table)) }
    }

    fn no_model(&self, table: &RoutingTable) -> ApiError {
        let visible = table.visible_models(&self.caller);
        let names: Vec<&str> = visible.iter().take(MAX_AVAILABLE).map(|alias| alias.alias.as_str()).collect();
        let message = if names.is_empty() {
            "model is required, and your team may call none. Ask your administrator for one.".to_owned()
        } else {
            format!("model is required: one of {}", names.join(", "))
        };
        let error = FieldError::of("model", "missing_field", message);
        ApiError::fields(Code::MissingField, vec![error]).with(Member::AvailableModels, json!(names))
    }
}

/// A call that is noted as a job's. Where it never left, it is forgotten again: nobody waits for its record.
struct Noted {
    jobs: Jobs,
    meter: Meter,
    call: CallId,
    departure: Departure,
}

impl Drop for Noted {
    fn drop(&mut self) {
        if self.departure.has_left() {
            return;
        }
        let (jobs, call) = (self.jobs.clone(), self.call);
        self.meter.outlive(async move {
            if let Err(why) = jobs.kept().forget_call(call).await {
                tracing::warn!(%call, %why, "a call that was not sent counts as pending in its job for an hour");
            }
        });
    }
}
