//! What handlers do with jobs: creating, waiting for what calls cost, ending.

use std::sync::Arc;
use std::time::Duration;

use alias_core::credits::AccountId;
use alias_core::job::{Finish, Job, JobDraft, JobId, JobPolicy, JobReport};
use alias_core::repository::{CreditFault, JobCall, JobRepository, StoreError};
use alias_core::team::TeamUid;
use alias_router::Caller;
use tokio::time::Instant;

use crate::admin::path::not_found;
use crate::books::Books;
use crate::credit::Credit;
use crate::error::{ApiError, Code};

/// How long an end waits for the calls of its job.
const STRAGGLERS: Duration = Duration::from_secs(2);
/// How often it looks whether calls that run elsewhere have ended.
const LOOK: Duration = Duration::from_millis(50);

/// Jobs, and what they need of credits and books.
#[derive(Clone)]
pub struct Jobs {
    kept: Arc<dyn JobRepository>,
    books: Arc<Books>,
    credit: Arc<Credit>,
    policy: JobPolicy,
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jobs").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Jobs {
    /// The jobs of one server.
    pub fn new(
        kept: Arc<dyn JobRepository>,
        books: Arc<Books>,
        credit: Arc<Credit>,
        policy: JobPolicy,
    ) -> Self {
        Self { kept, books, credit, policy }
    }

    /// Where they are kept.
    pub fn kept(&self) -> &dyn JobRepository {
        &*self.kept
    }

    /// Creates a job of the caller's team.
    ///
    /// # Errors
    /// 403 without credit and for another team, 422 for wrong fields.
    pub async fn create(&self, caller: &Caller, draft: JobDraft) -> Result<Job, ApiError> {
        let (team, new) = draft.parse()?;
        if let Some(named) = team.filter(|named| named.folded() != caller.team_id().folded()) {
            let own = caller.team_id();
            let detail = format!("This key is of the team '{own}', not of '{named}'. Leave team_id out.");
            return Err(ApiError::new(Code::Forbidden, detail).about("team_id"));
        }
        let uid = caller.team_uid();
        match self.kept.create(uid, new.clone()).await {
            Err(why) if self.gathers(uid, &why).await => Ok(self.kept.create(uid, new).await?),
            done => Ok(done?),
        }
    }

    /// Notes that a call of a job is about to be sent.
    ///
    /// # Errors
    /// 404, 409 for a job that has ended, 403 where it needs a credit now and there is none.
    pub async fn begin_call(&self, team: TeamUid, job: JobId, call: JobCall) -> Result<(), ApiError> {
        match self.kept.begin_call(team, job, call.clone()).await {
            Err(why) if self.gathers(team, &why).await => Ok(self.kept.begin_call(team, job, call).await?),
            done => Ok(done?),
        }
    }

    /// Whether it was idle credit that was missing: it was asked for then.
    async fn gathers(&self, team: TeamUid, why: &StoreError) -> bool {
        let missing = matches!(why, StoreError::Credits(CreditFault::Spent { others: true }));
        if missing {
            self.credit.gather(AccountId::of_team(team)).await;
        }
        missing
    }

    /// A job of the team.
    ///
    /// # Errors
    /// 404.
    pub async fn existing(&self, team: TeamUid, job: JobId) -> Result<Job, ApiError> {
        self.kept.find(team, job).await?.ok_or_else(|| not_found::<JobId>(&job.to_string()))
    }

    /// What a job came to so far.
    ///
    /// # Errors
    /// 404.
    pub async fn report(&self, caller: &Caller, job: JobId) -> Result<JobReport, ApiError> {
        self.books.settled().await;
        self.reported(caller.team_uid(), job).await
    }

    async fn reported(&self, team: TeamUid, job: JobId) -> Result<JobReport, ApiError> {
        self.kept.report(team, job).await?.ok_or_else(|| not_found::<JobId>(&job.to_string()))
    }

    /// Ends a job, after a while in which its calls may end.
    ///
    /// # Errors
    /// 404, 409 for a job that ended otherwise, 422 for too much metadata.
    pub async fn finish(&self, team: TeamUid, job: JobId, end: Finish) -> Result<JobReport, ApiError> {
        self.existing(team, job).await?;
        self.settled(job).await?;
        self.kept.finish(team, job, end, self.policy).await?;
        self.reported(team, job).await
    }

    async fn settled(&self, job: JobId) -> Result<(), ApiError> {
        let deadline = Instant::now() + STRAGGLERS;
        loop {
            self.books.settled_within(deadline.saturating_duration_since(Instant::now())).await;
            if self.kept.pending(job).await? == 0 || Instant::now() + LOOK > deadline {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}
