//! What a job came to: its calls, and their sums.

use serde::{Deserialize, Serialize};

use super::Job;
use crate::alias::{AliasName, Metadata};
use crate::clock::Timestamp;
use crate::money::{MicroCredits, NanoUsd};
use crate::usage::CallId;

/// The sums of a job's calls, as far as they are in the books.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobCosts {
    /// Calls that were sent upstream.
    pub total_calls: u64,
    /// Those of them that were answered to the end.
    pub successful_calls: u64,
    /// All their tokens.
    pub total_tokens: u64,
    /// What providers took for them.
    pub total_cost: NanoUsd,
    /// How long they took on average, in milliseconds.
    pub avg_latency_ms: u64,
}

/// Where a call of a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// It was answered to the end.
    Complete,
    /// The provider refused, failed, or broke off.
    Failed,
    /// The client left before the end.
    Disconnected,
    /// The server died meanwhile.
    Interrupted,
}

/// One call of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct JobCallRecord {
    /// Its id.
    pub call_id: CallId,
    /// The alias that was called.
    pub model: AliasName,
    /// What it was for, in the client's words.
    pub purpose: Option<String>,
    /// The client's own facts.
    pub metadata: Metadata,
    /// How it ended.
    pub status: CallStatus,
    /// All its tokens.
    pub tokens: u64,
    /// What the provider took; `None` is unknown.
    pub cost: Option<NanoUsd>,
    /// How long it took, in milliseconds.
    pub latency_ms: u64,
    /// The error that its client read.
    pub error_code: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
}

/// A job, and what it came to so far.
#[derive(Debug, Clone, PartialEq)]
pub struct JobReport {
    /// The job.
    pub job: Job,
    /// Its sums.
    pub costs: JobCosts,
    /// Its calls, the oldest first; at most 1,000.
    pub calls: Vec<JobCallRecord>,
    /// What its team has left.
    pub credits_remaining: MicroCredits,
    /// Calls that are not in the books yet.
    pub pending: u64,
}
