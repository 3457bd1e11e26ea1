//! Jobs on the wire.

use alias_core::alias::{AliasName, Metadata};
use alias_core::clock::Timestamp;
use alias_core::job::{CallStatus, Job, JobCallRecord, JobCredit, JobId, JobReport, JobStatus};
use alias_core::money::{MicroCredits, NanoUsd};
use alias_core::team::TeamId;
use alias_core::usage::CallId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::list::PageInfo;

/// A job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobObject {
    /// Its id.
    #[schema(value_type = String, format = "uuid", example = "0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6")]
    pub job_id: JobId,
    /// The team whose it is.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// What kind of work it is.
    #[schema(example = "document_analysis")]
    pub job_type: String,
    /// Whose work it is.
    #[schema(example = "user-42")]
    pub user_id: Option<String>,
    /// Where it stands.
    pub status: JobStatus,
    /// Your own facts.
    #[schema(value_type = Object)]
    pub metadata: Metadata,
    /// Why it failed.
    pub error_message: Option<String>,
    /// Whether its credit was charged.
    pub credit_applied: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was created, or called in last.
    pub last_activity_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

impl From<Job> for JobObject {
    fn from(job: Job) -> Self {
        Self {
            job_id: job.job_id,
            team_id: job.team_id,
            job_type: job.job_type,
            user_id: job.user_id,
            status: job.status,
            metadata: job.metadata,
            error_message: job.error_message,
            credit_applied: job.credit == JobCredit::Charged,
            created_at: job.created_at,
            last_activity_at: job.active_at,
            completed_at: job.completed_at,
        }
    }
}

/// The sums of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct Costs {
    /// Calls that were sent upstream.
    #[schema(example = 3)]
    pub total_calls: u64,
    /// Those of them that were answered to the end.
    #[schema(example = 3)]
    pub successful_calls: u64,
    /// The others.
    #[schema(example = 0)]
    pub failed_calls: u64,
    /// All tokens.
    #[schema(example = 2400)]
    pub total_tokens: u64,
    /// What providers took, in USD.
    #[schema(value_type = f64, example = 0.0234)]
    pub total_cost_usd: NanoUsd,
    /// How long a call took on average.
    #[schema(example = 850)]
    pub avg_latency_ms: u64,
    /// Whether the job's credit was charged.
    pub credit_applied: bool,
    /// What the team has left.
    #[schema(value_type = f64, example = 999)]
    pub credits_remaining: MicroCredits,
}

impl Costs {
    fn of(report: &JobReport) -> Self {
        let JobReport { job, costs, credits_remaining, .. } = report;
        Self {
            total_calls: costs.total_calls,
            successful_calls: costs.successful_calls,
            failed_calls: costs.total_calls.saturating_sub(costs.successful_calls),
            total_tokens: costs.total_tokens,
            total_cost_usd: costs.total_cost,
            avg_latency_ms: costs.avg_latency_ms,
            credit_applied: job.credit == JobCredit::Charged,
            credits_remaining: *credits_remaining,
        }
    }
}

/// A call of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobCallObject {
    /// Its id.
    #[schema(value_type = String, example = "call_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")]
    pub call_id: CallId,
    /// The alias that was called.
    #[schema(value_type = String, example = "gpt-4")]
    pub model: AliasName,
    /// What it was for.
    #[schema(example = "summary")]
    pub purpose: Option<String>,
    /// Your own facts.
    #[schema(value_type = Object)]
    pub call_metadata: Metadata,
    /// How it ended.
    pub status: CallStatus,
    /// All tokens.
    #[schema(example = 800)]
    pub tokens: u64,
    /// What the provider took, in USD; null is unknown.
    #[schema(value_type = Option<f64>, example = 0.0078)]
    pub cost_usd: Option<NanoUsd>,
    /// How long it took.
    #[schema(example = 850)]
    pub latency_ms: u64,
    /// The error that its client read.
    pub error: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
}

impl From<JobCallRecord> for JobCallObject {
    fn from(call: JobCallRecord) -> Self {
        Self {
            call_id: call.call_id,
            model: call.model,
            purpose: call.purpose,
            call_metadata: call.metadata,
            status: call.status,
            tokens: call.tokens,
            cost_usd: call.cost,
            latency_ms: call.latency_ms,
            error: call.error_code,
            created_at: call.started_at,
        }
    }
}

/// A job, and its sums.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobDetails {
    /// The job.
    #[serde(flatten)]
    pub job: JobObject,
    /// Its sums.
    pub costs: Costs,
    /// Whether all of its calls are counted.
    #[serde(rename = "final")]
    pub is_final: bool,
}

impl From<JobReport> for JobDetails {
    fn from(report: JobReport) -> Self {
        let (costs, is_final) = (Costs::of(&report), report.pending == 0);
        Self { job: report.job.into(), costs, is_final }
    }
}

/// What a job cost so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobCostsObject {
    /// The job.
    #[schema(value_type = String, format = "uuid", example = "0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6")]
    pub job_id: JobId,
    /// Where it stands.
    pub status: JobStatus,
    /// Its sums.
    pub costs: Costs,
    /// Its calls, the oldest first; at most 1,000.
    pub calls: Vec<JobCallObject>,
    /// Whether all of its calls are counted.
    #[serde(rename = "final")]
    pub is_final: bool,
}

impl From<JobReport> for JobCostsObject {
    fn from(report: JobReport) -> Self {
        Self {
            job_id: report.job.job_id,
            status: report.job.status,
            costs: Costs::of(&report),
            is_final: report.pending == 0,
            calls: report.calls.into_iter().map(Into::into).collect(),
        }
    }
}

/// What a job that ended came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobEnded {
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// What it cost.
    #[serde(flatten)]
    pub costs: JobCostsObject,
}

impl From<JobReport> for JobEnded {
    fn from(report: JobReport) -> Self {
        Self { completed_at: report.job.completed_at, costs: report.into() }
    }
}

/// A part of a list of jobs.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobList {
    /// The team whose jobs they are.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// The jobs, the newest first.
    pub jobs: Vec<JobObject>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

impl JobList {
    /// A part of a team's list.
    pub fn new(team_id: TeamId, jobs: Vec<Job>, page: PageInfo) -> Self {
        Self { team_id, jobs: jobs.into_iter().map(Into::into).collect(), page }
    }
}
