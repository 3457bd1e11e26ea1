//! Keeping jobs, and the credits that they reserve.

use async_trait::async_trait;

use super::{Page, StoreError, Window};
use crate::alias::Metadata;
use crate::job::{Finish, Job, JobId, JobPolicy, JobReport, JobStatus, NewJob};
use crate::team::{TeamId, TeamUid};
use crate::usage::CallId;

/// A call that is about to be sent as part of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct JobCall {
    /// Its id.
    pub call_id: CallId,
    /// What it is for.
    pub purpose: Option<String>,
    /// The client's own facts.
    pub metadata: Metadata,
    /// Whether the job's credit pays for it. A job that has none gets one first.
    pub paid_by_job: bool,
}

/// Which jobs of a team to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobQuery {
    /// Only those that stand so.
    pub status: Option<JobStatus>,
    /// Only those of this type.
    pub job_type: Option<String>,
    /// Which part.
    pub window: Window,
}

/// The jobs of teams. A job of another team is not there. None of this raises the catalogue's revision.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait JobRepository: Send + Sync {
    /// Creates a job, and reserves its credit where the team's jobs cost one.
    ///
    /// # Errors
    /// `Credits(Spent {…})` under a hard limit, `NotFound` for a team that is gone.
    async fn create(&self, team: TeamUid, new: NewJob) -> Result<Job, StoreError>;

    /// A job of the team.
    async fn find(&self, team: TeamUid, job: JobId) -> Result<Option<Job>, StoreError>;

    /// Notes that a call is about to be sent.
    ///
    /// # Errors
    /// `NotFound`; `JobFinished`; `Credits(Spent {…})` where the job needs a credit now and there is none.
    async fn begin_call(&self, team: TeamUid, job: JobId, call: JobCall) -> Result<(), StoreError>;

    /// Forgets a call that was never sent.
    async fn forget_call(&self, call: CallId) -> Result<(), StoreError>;

    /// How many calls of a job are not in the books yet. What began more than an hour ago was never sent.
    async fn pending(&self, job: JobId) -> Result<u64, StoreError>;

    /// Ends a job: its credit is charged, or goes back. Repeated with the same status it changes nothing.
    ///
    /// # Errors
    /// `NotFound`; `JobFinished` where it ended otherwise; `TooLarge` for too much metadata.
    async fn finish(
        &self,
        team: TeamUid,
        job: JobId,
        end: Finish,
        policy: JobPolicy,
    ) -> Result<Job, StoreError>;

    /// What a job came to so far.
    async fn report(&self, team: TeamUid, job: JobId) -> Result<Option<JobReport>, StoreError>;

    /// Adds facts to a job's.
    ///
    /// # Errors
    /// `NotFound`; `TooLarge` for too much metadata.
    async fn add_metadata(&self, team: TeamUid, job: JobId, more: Metadata) -> Result<Job, StoreError>;

    /// A page of a team's jobs, newest first.
    async fn list(&self, team: TeamUid, query: &JobQuery) -> Result<Page<Job>, StoreError>;

    /// The same for a team by its id; `None` where there is no such team.
    async fn list_of(&self, team: &TeamId, query: &JobQuery) -> Result<Option<Page<Job>>, StoreError>;

    /// Ends jobs of which nothing was heard for so long; at most 100, answers how many. Safe on many servers at once.
    async fn expire(&self, silent: std::time::Duration) -> Result<u64, StoreError>;
}
