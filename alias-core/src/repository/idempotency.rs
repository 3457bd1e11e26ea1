//! Keeping the answers that repeated requests get.

use async_trait::async_trait;

use super::StoreError;

/// A request that may be repeated: who sent what, under which key of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    /// Digest of caller, method, path and `Idempotency-Key`.
    pub scope: [u8; 32],
    /// Digest of the body.
    pub body: [u8; 32],
}

/// The answer that a repetition gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Location` and `ETag`, as sent.
    pub headers: Vec<(String, String)>,
    /// The body, without secrets.
    pub body: String,
}

/// What is known about a request that may be a repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The first: go ahead, then record the answer.
    First,
    /// Answered before: this.
    Answered(RecordedAnswer),
    /// The same is under way.
    InProgress,
    /// The same was begun a while ago and never answered: nobody knows whether it was done.
    Unanswered,
    /// The key was used for another body.
    OtherBody,
}

/// Answers to requests with an `Idempotency-Key`, kept for 24 hours.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdempotencyRepository: Send + Sync {
    /// Claims the request. A claim without an answer after 60 s belongs to a process that died, before or after
    /// it did the work: it is `Unanswered` for the rest of the 24 hours, so that nothing is silently done twice.
    async fn begin(&self, request: &IdempotentRequest) -> Result<Attempt, StoreError>;

    /// Records the answer (`None`: it failed on our side; the claim is dropped, a repetition is a first).
    async fn finish(
        &self,
        request: &IdempotentRequest,
        answer: Option<RecordedAnswer>,
    ) -> Result<(), StoreError>;
}
