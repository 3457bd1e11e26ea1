//! Jobs: calls that belong together, and that cost one credit together.

mod draft;
mod report;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::alias::Metadata;
use crate::clock::Timestamp;
use crate::team::TeamId;

pub use draft::{FinishDraft, JobDraft, MetadataDraft, merged};
pub use report::{CallStatus, JobCallRecord, JobCosts, JobReport};

/// Identifies a job. On the wire it is a UUID, as clients expect it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(Uuid);

impl JobId {
    /// An id of the given UUID, which the caller draws: ids of version 7 sort by age.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_hyphenated())
    }
}

/// A text that is no id of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a UUID, for example 0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6")]
pub struct InvalidJobId;

impl FromStr for JobId {
    type Err = InvalidJobId;

    fn from_str(text: &str) -> Result<Self, InvalidJobId> {
        let hyphenated = Some(text).filter(|text| text.len() == 36);
        hyphenated.and_then(|text| Uuid::try_parse(text).ok()).map(Self).ok_or(InvalidJobId)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// It has no call yet.
    Pending,
    /// It has calls.
    InProgress,
    /// Its client said that it is done.
    Completed,
    /// Its client said that it failed.
    Failed,
    /// Nothing was heard of it for too long.
    Expired,
}

impl JobStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Whether the job takes no more calls.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::InProgress)
    }
}

/// A text that is no status of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be pending, in_progress, completed, failed or expired")]
pub struct InvalidJobStatus;

impl FromStr for JobStatus {
    type Err = InvalidJobStatus;

    fn from_str(text: &str) -> Result<Self, InvalidJobStatus> {
        let all = [Self::Pending, Self::InProgress, Self::Completed, Self::Failed, Self::Expired];
        all.into_iter().find(|status| status.as_str() == text).ok_or(InvalidJobStatus)
    }
}

/// What became of the credit of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobCredit {
    /// None was reserved: its calls pay for themselves.
    None,
    /// It is reserved.
    Reserved,
    /// It was charged.
    Charged,
    /// It went back.
    Released,
}

impl JobCredit {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Reserved => "reserved",
            Self::Charged => "charged",
            Self::Released => "released",
        }
    }
}

/// A checked new job.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// What kind of work it is, in the client's words.
    pub job_type: String,
    /// Whose work it is, in the client's words.
    pub user_id: Option<String>,
    /// The client's own facts.
    pub metadata: Metadata,
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub job_id: JobId,
    /// The id of the team whose it is.
    pub team_id: TeamId,
    /// What kind of work it is.
    pub job_type: String,
    /// Whose work it is.
    pub user_id: Option<String>,
    /// Where it stands.
    pub status: JobStatus,
    /// The client's own facts.
    pub metadata: Metadata,
    /// Why it failed, in the client's words.
    pub error_message: Option<String>,
    /// What became of its credit.
    pub credit: JobCredit,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was heard of last.
    pub active_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// How a job ends, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Finish {
    /// `Completed` or `Failed`.
    pub status: JobStatus,
    /// Facts that are added to the job's.
    pub metadata: Metadata,
    /// Why it failed.
    pub error_message: Option<String>,
}

impl Finish {
    /// An end without more to say.
    pub fn with(status: JobStatus) -> Self {
        Self { status, metadata: Metadata::new(), error_message: None }
    }
}

/// What is known of a job's calls when it ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallsSoFar {
    /// Calls in the books.
    pub total: u64,
    /// Those of them that the job's credit pays for: neither free, nor paying for themselves.
    pub paid: u64,
    /// Those of these that succeeded.
    pub paid_successes: u64,
    /// Calls that are not in the books yet.
    pub pending: u64,
}

/// Which jobs are free, as the operator wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobPolicy {
    /// Whether a job that failed is free although calls of it succeeded.
    pub failed_jobs_with_calls_are_free: bool,
}

impl Default for JobPolicy {
    fn default() -> Self {
        Self { failed_jobs_with_calls_are_free: true }
    }
}

impl JobPolicy {
    /// Whether a job that ends like this costs its credit. One that was completed does, unless all of its calls were
    /// free or paid for themselves.
    pub fn charges(self, end: JobStatus, calls: CallsSoFar) -> bool {
        match end {
            JobStatus::Completed => calls.total == 0 || calls.paid > 0 || calls.pending > 0,
            JobStatus::Failed => {
                !self.failed_jobs_with_calls_are_free && (calls.paid_successes > 0 || calls.pending > 0)
            }
            _ => calls.paid_successes > 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_charged_for_what_it_brought() {
        let calls =
            |total, paid, paid_successes, pending| CallsSoFar { total, paid, paid_successes, pending };
        let (free, strict) = (JobPolicy::default(), JobPolicy { failed_jobs_with_calls_are_free: false });
        for (end, so_far, by_default, by_strict) in [
            (JobStatus::Completed, calls(0, 0, 0, 0), true, true),
            (JobStatus::Completed, calls(3, 1, 0, 0), true, true),
            (JobStatus::Completed, calls(3, 0, 0, 0), false, false),
            (JobStatus::Completed, calls(3, 0, 0, 1), true, true),
            (JobStatus::Failed, calls(3, 3, 3, 0), false, true),
            (JobStatus::Failed, calls(3, 3, 0, 0), false, false),
            (JobStatus::Failed, calls(0, 0, 0, 1), false, true),
            (JobStatus::Expired, calls(3, 3, 1, 0), true, true),
            (JobStatus::Expired, calls(3, 3, 0, 0), false, false),
        ] {
            assert_eq!(free.charges(end, so_far), by_default, "{end:?} {so_far:?}");
            assert_eq!(strict.charges(end, so_far), by_strict, "{end:?} {so_far:?}");
        }
    }

    #[test]
    fn an_id_is_a_uuid_in_its_common_form() {
        let text = "0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6";
        assert_eq!(text.parse::<JobId>().unwrap().to_string(), text);
        for bad in ["", "x", "0192f0a1b2c37d4e8f90a1b2c3d4e5f6", "{0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6}"] {
            assert_eq!(bad.parse::<JobId>(), Err(InvalidJobId), "{bad}");
        }
    }
}
