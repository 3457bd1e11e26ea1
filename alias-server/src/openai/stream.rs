//! A streamed answer: passed on event by event as it comes, its end released when the call is recorded.

use std::pin::Pin;
use std::time::Duration;

use actix_web::HttpResponse;
use alias_core::usage::{Endpoint, Outcome};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::error::{ApiError, Dialect};
use crate::metering::Metered;
use crate::upstream::{Answer, AnswerBody, UpstreamError};

use super::answer::{ended, failed, unrecorded};
use super::rewrite::Rewriter;
use super::transcript::Transcript;
use super::unread::{Source, watched};

/// How long, and how far, a finished answer is read for its usage when the client has left.
const USAGE_TIME: Duration = Duration::from_secs(2);
/// The last event of the Responses API repeats the whole response.
const USAGE_BYTES: usize = 1 << 20;
/// How long, and how far, an answer is read to its end whose client has left, where its alias says so.
const DRAIN_TIME: Duration = Duration::from_mins(10);
const DRAIN_BYTES: usize = 64 << 20;
/// How long the upstream may take to end a stream after its last event, for its connection to be used again.
const END_TIME: Duration = Duration::from_millis(100);
const END_BYTES: usize = 64 << 10;

/// Begins the client's stream. It ends with the error of `revoked` when that is there first.
///
/// # Errors
/// The upstream's answer is no stream; the call is recorded as failed.
pub(super) async fn relay(
    answer: Answer,
    rewriter: Rewriter,
    mut metered: Metered,
    request_id: String,
    revoked: Pin<Box<dyn Future<Output = ApiError>>>,
) -> Result<HttpResponse, ApiError> {
    let media_type =
        answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("text/event-stream") {
        return Err(failed(metered, UpstreamError::Invalid("it is no stream")).await);
    }
    metered.answered(200);
    let relay = Relay {
        phase: Phase::Passing,
        request_id,
        revoked,
        parts: Some(Parts {
            body: answer.body,
            transcript: Transcript::new(rewriter),
            metered: Some(metered),
        }),
    };
    Ok(HttpResponse::Ok().content_type("text/event-stream").streaming(watched(relay)))
}

/// The client's stream ends without its end: the connection is cut, so that nobody takes the answer for whole.
#[derive(Debug, thiserror::Error)]
#[error("the upstream's stream broke off")]
struct Aborted;

enum Phase {
    /// Events come and go.
    Passing,
    /// The last event is held back until the call is recorded.
    Ending,
    /// The last event is out.
    Over,
    /// An error event is out.
    Broken,
}

/// One stream on its way. Dropping it means that the client left.
struct Relay {
    phase: Phase,
    request_id: String,
    /// Done when the caller may not call any more.
    revoked: Pin<Box<dyn Future<Output = ApiError>>>,
    parts: Option<Parts>,
}

struct Parts {
    body: AnswerBody,
    transcript: Transcript,
    metered: Option<Metered>,
}

impl Source for Relay {
    type Item = Result<Bytes, Aborted>;

    async fn next(&mut self) -> Option<Result<Bytes, Aborted>> {
        let Some(parts) = &mut self.parts else {
            // Let go meanwhile: only what was out to its last event is whole.
            return if matches!(self.phase, Phase::Over) { None } else { Some(Err(Aborted)) };
        };
        match self.phase {
            Phase::Passing => tokio::select! {
                passed = parts.pass() => match passed {
                    Ok(Some(events)) => Some(Ok(events)),
                    Ok(None) => self.end().await,
                    Err((events, why)) => self.break_off(events, why).await,
                },
                error = &mut self.revoked => self.stop(Vec::new(), Outcome::Disconnected, &error).await,
            },
            Phase::Ending => self.end().await,
            Phase::Over => {
                parts.body.drain(END_TIME, END_BYTES).await;
                None
            }
            Phase::Broken => {
                // The error event leaves before the connection is cut.
                tokio::task::yield_now().await;
                Some(Err(Aborted))
            }
        }
    }

    fn let_go(&mut self) {
        let Some(mut parts) = self.parts.take() else { return };
        let Some(metered) = &mut parts.metered else { return };
        if parts.transcript.is_over() || !(parts.transcript.is_finished() || metered.drains()) {
            note(&parts.transcript, metered);
        } else {
            metered.meter().clone().outlive(parts.read_usage());
        }
    }
}

impl Relay {
    async fn end(&mut self) -> Option<Result<Bytes, Aborted>> {
        let parts = self.parts.as_mut()?;
        self.phase = Phase::Ending;
        let (outcome, code) = ended(parts.transcript.has_failed());
        if let Err(why) = parts.settle(outcome, code).await {
            self.phase = Phase::Broken;
            tracing::error!(request_id = self.request_id, %why, "a call cannot be recorded");
            return Some(Ok(self.error_event(Vec::new(), &unrecorded(why))));
        }
        self.phase = Phase::Over;
        Some(Ok(Bytes::from(self.parts.as_mut()?.transcript.take_last())))
    }

    async fn break_off(&mut self, events: Vec<u8>, why: UpstreamError) -> Option<Result<Bytes, Aborted>> {
        let cause = std::error::Error::source(&why).map(ToString::to_string);
        tracing::warn!(request_id = self.request_id, %why, cause, "a stream broke off");
        self.stop(events, Outcome::Failed, &ApiError::from(why)).await
    }

    /// Ends the stream visibly: with an error, and then the connection.
    async fn stop(
        &mut self,
        events: Vec<u8>,
        outcome: Outcome,
        error: &ApiError,
    ) -> Option<Result<Bytes, Aborted>> {
        self.phase = Phase::Broken;
        if let Err(why) = self.parts.as_mut()?.settle(outcome, Some(error.word())).await {
            tracing::error!(request_id = self.request_id, %why, "a call cannot be recorded");
        }
        Some(Ok(self.error_event(events, error)))
    }

    fn error_event(&self, mut events: Vec<u8>, error: &ApiError) -> Bytes {
        let endpoint = self.parts.as_ref().map(|parts| parts.transcript.rewriter().endpoint());
        let (name, data) = match endpoint {
            Some(Endpoint::Messages) => {
                ("event: error\n", error.body(Dialect::Anthropic, "", &self.request_id))
            }
            Some(Endpoint::Responses) => {
                let mut event = error.body(Dialect::OpenAi, "", &self.request_id);
                let mut inner = event.get_mut("error").map(Value::take).unwrap_or_default();
                if let Some(members) = inner.as_object_mut() {
                    members.insert("type".into(), json!("error"));
                }
                ("event: error\n", inner)
            }
            _ => ("", error.body(Dialect::OpenAi, "", &self.request_id)),
        };
        events.extend_from_slice(format!("{name}data: {data}\n\n").as_bytes());
        events.into()
    }
}

impl Parts {
    /// The next events for the client; `None` when only the last one is left.
    async fn pass(&mut self) -> Result<Option<Bytes>, (Vec<u8>, UpstreamError)> {
        while !self.transcript.is_over() {
            let mut events = Vec::new();
            let passed = match self.body.chunk().await {
                Ok(Some(chunk)) => {
                    events.reserve(chunk.len() + 64);
                    self.transcript.feed(&chunk, &mut events)
                }
                Ok(None) => self.transcript.end(&mut events),
                Err(why) => Err(why),
            };
            match passed {
                Err(why) => return Err((events, why)),
                Ok(()) if events.is_empty() => {}
                Ok(()) => return Ok(Some(events.into())),
            }
        }
        Ok(None)
    }

    async fn settle(
        &mut self,
        outcome: Outcome,
        code: Option<&str>,
    ) -> Result<(), alias_store::spool::SpoolError> {
        let Some(mut metered) = self.metered.take() else { return Ok(()) };
        note(&self.transcript, &mut metered);
        metered.settle(outcome, code).await
    }

    /// The client has left. The usage of a finished answer is on its way: it is waited for, as is the whole answer where
    /// the alias says so.
    async fn read_usage(mut self) {
        let drains = self.metered.as_ref().is_some_and(Metered::drains);
        let (time, mut left) = if drains { (DRAIN_TIME, DRAIN_BYTES) } else { (USAGE_TIME, USAGE_BYTES) };
        let read = async {
            let mut events = Vec::new();
            while let Ok(Some(chunk)) = self.body.chunk().await {
                events.clear();
                left = left.saturating_sub(chunk.len());
                if self.transcript.feed(&chunk, &mut events).is_err()
                    || self.transcript.is_over()
                    || left == 0
                {
                    return;
                }
            }
        };
        let meter = self.metered.as_ref().map(|metered| metered.meter().clone());
        let ending = async {
            match &meter {
                Some(meter) => meter.ending().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::time::timeout(time, read) => {}
            () = ending => {}
        }
        if let Err(why) = self.settle(Outcome::Disconnected, None).await {
            tracing::error!(%why, "a call cannot be recorded");
        }
    }
}

/// Tells the meter what has come so far.
fn note(transcript: &Transcript, metered: &mut Metered) {
    metered.report(transcript.rewriter().reported(), None);
    if let Some(tokens) = transcript.estimated_tokens() {
        metered.delivered(tokens, transcript.is_finished());
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.let_go();
    }
}
