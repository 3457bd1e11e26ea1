//! A job that ends with its one call, also where its client leaves meanwhile.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use alias_core::job::{Finish, JobId, JobReport, JobStatus};
use alias_core::team::TeamUid;
use bytes::Bytes;

use super::Jobs;
use crate::error::ApiError;
use crate::metering::Meter;

/// Ends a job when it is dropped: as failed, until something else is known.
pub(super) struct Closing {
    jobs: Jobs,
    meter: Meter,
    team: TeamUid,
    job: JobId,
    /// How the job ends; `None` when it has ended.
    how: Option<Finish>,
}

impl Closing {
    pub(super) fn of(jobs: Jobs, meter: Meter, team: TeamUid, job: JobId) -> Self {
        let how = Finish {
            error_message: Some("the client left before the answer came".into()),
            ..Finish::with(JobStatus::Failed)
        };
        Self { jobs, meter, team, job, how: Some(how) }
    }

    /// The answer is there, or on its way.
    pub(super) fn answered(&mut self) {
        self.how = Some(Finish::with(JobStatus::Completed));
    }

    /// The call failed.
    pub(super) fn failed(&mut self, why: &str) {
        let error_message = Some(why.chars().filter(|c| !c.is_control()).take(500).collect());
        self.how = Some(Finish { error_message, ..Finish::with(JobStatus::Failed) });
    }

    /// Ends the job now.
    pub(super) async fn end(mut self) -> Result<JobReport, ApiError> {
        let how = self.how.clone().unwrap_or_else(|| Finish::with(JobStatus::Completed));
        let report = self.jobs.finish(self.team, self.job, how).await?;
        self.how = None;
        Ok(report)
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        let Some(how) = self.how.take() else { return };
        let (jobs, team, job) = (self.jobs.clone(), self.team, self.job);
        self.meter.outlive(async move {
            if let Err(why) = jobs.finish(team, job, how).await {
                tracing::warn!(%job, %why, "a job could not be ended yet; it ends when it was silent for long");
            }
        });
    }
}

type Ending = Pin<Box<dyn Future<Output = Result<JobReport, ApiError>>>>;

/// A stream after whose end its job ends. The job has ended when the client sees the end.
pub(super) struct ClosingBody {
    inner: BoxBody,
    closing: Option<Closing>,
    ending: Option<Ending>,
}

impl ClosingBody {
    pub(super) fn new(inner: BoxBody, mut closing: Closing) -> Self {
        // Who leaves a stream that has begun has had something for his credit.
        closing.answered();
        Self { inner, closing: Some(closing), ending: None }
    }
}

impl MessageBody for ClosingBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.inner.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if let Some(ending) = &mut self.ending {
            if let Err(why) = ready!(ending.as_mut().poll(context)) {
                tracing::warn!(%why, "a job could not be ended with its stream; trying again");
            }
            self.ending = None;
            return Poll::Ready(None);
        }
        match ready!(Pin::new(&mut self.inner).poll_next(context)) {
            Some(Ok(bytes)) => Poll::Ready(Some(Ok(bytes))),
            Some(Err(why)) => {
                if let Some(mut closing) = self.closing.take() {
                    closing.failed("the stream broke off");
                }
                Poll::Ready(Some(Err(why)))
            }
            None => {
                self.ending = self.closing.take().map(|closing| -> Ending { Box::pin(closing.end()) });
                if self.ending.is_some() { self.poll_next(context) } else { Poll::Ready(None) }
            }
        }
    }
}
