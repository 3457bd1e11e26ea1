//! What goes wrong on the other side, and what of it may be repeated: a word and a waiting time, no text.

use std::error::Error;
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::{AnswerBody, Said};
use crate::room::Room;

type BoxError = Box<dyn Error + Send + Sync>;

/// The most bytes of a refusal that are read.
const MAX_REFUSAL: usize = 64 << 10;
/// How long the text of a refusal may take.
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// Why a call was not answered. Its text is for the log; clients read what `error.rs` makes of it.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// There was no connection: nothing was sent.
    #[error("the upstream cannot be reached")]
    Unreachable(#[source] BoxError),
    /// The connection ended between the call and the first byte of its answer.
    #[error("the connection ended after the call was sent")]
    Ambiguous(#[source] BoxError),
    /// Something did not come in time.
    #[error("the upstream took too long for {0}")]
    Timeout(&'static str),
    /// The answer broke off.
    #[error("the answer broke off")]
    Broken(#[source] hyper::Error),
    /// The stream ended before its last event.
    #[error("the stream ended before its last event")]
    Cut,
    /// The answer is large, and so are too many others at present.
    #[error("there is no room for the answer")]
    NoRoom,
    /// The answer is not what was asked for.
    #[error("the answer cannot be used: {0}")]
    Invalid(&'static str),
    /// The answer is an error, by its status.
    #[error("the upstream answered {}: {}", .0.status, .0.said)]
    Refused(Box<Refusal>),
    /// The answer began well and holds an error.
    #[error("the upstream reported an error within its answer: {0}")]
    Reported(Said),
}

/// An answer that is an error.
#[derive(Debug)]
pub struct Refusal {
    /// Its status.
    pub status: u16,
    /// The provider's own code, where it is a plain word.
    pub code: Option<String>,
    /// When to try again, as the upstream says it: seconds, or a date.
    pub retry_after: Option<String>,
    /// Whether the upstream does not have the model at all: the operator's mistake, not the caller's.
    pub not_deployed: bool,
    /// What of it may be logged.
    pub said: Said,
}

impl UpstreamError {
    /// What the client library says about a call that got no answer.
    pub(super) fn sending(error: hyper_util::client::legacy::Error) -> Self {
        let cause = error.source().and_then(|cause| cause.downcast_ref::<hyper::Error>());
        let (unsent, unreadable) =
            cause.map_or((false, false), |cause| (cause.is_canceled(), cause.is_parse()));
        if error.is_connect() || unsent {
            Self::Unreachable(Box::new(error))
        } else if unreadable {
            Self::Invalid("it is not HTTP")
        } else {
            Self::Ambiguous(Box::new(error))
        }
    }

    /// What an answer says whose status is none of success.
    pub(super) async fn refused(status: StatusCode, headers: &HeaderMap, body: &mut AnswerBody) -> Self {
        let read =
            tokio::time::timeout(REFUSAL_TIME, body.all(MAX_REFUSAL, &mut Room::of(MAX_REFUSAL).begin()))
                .await;
        let text = read.ok().and_then(Result::ok).unwrap_or_default();
        let value: Value = serde_json::from_slice(&text).unwrap_or_default();
        let (code, not_deployed) = classified(&value);
        let plain = |text: &&str| {
            text.len() <= 32 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b" ,:".contains(&b))
        };
        Self::Refused(Box::new(Refusal {
            status: status.as_u16(),
            code,
            retry_after: headers
                .get(RETRY_AFTER)
                .and_then(|after| after.to_str().ok())
                .filter(plain)
                .map(str::to_owned),
            not_deployed,
            said: Said::of(error_in(&value)),
        }))
    }
}

fn error_in(body: &Value) -> &Value {
    body.get("error").unwrap_or(body)
}

/// The provider's code, and whether the upstream means that it does not have the model.
fn classified(body: &Value) -> (Option<String>, bool) {
    let error = error_in(body);
    let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
    // LiteLLM names these in the text only; its `code` is the status once more.
    let named = [
        ("ContextWindowExceededError", "context_length_exceeded"),
        ("ContentPolicyViolationError", "content_policy_violation"),
    ];
    let said = error.get("code").and_then(Value::as_str).filter(|code| is_word(code));
    let code = said.or_else(|| named.iter().find(|(sign, _)| message.contains(sign)).map(|(_, code)| *code));
    (code.map(str::to_owned), message.contains("Invalid model name passed in"))
}

fn is_word(code: &str) -> bool {
    (2..=64).contains(&code.len())
        && code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_plain_word_is_taken_for_the_providers_code() {
        let code = |code: Value| classified(&json!({ "error": { "code": code, "message": "m" } })).0;
        assert_eq!(code(json!("context_length_exceeded")).as_deref(), Some("context_length_exceeded"));
        for other in [
            json!("400"),
            json!(400),
            json!("Key sk-1 is bad"),
            json!("x".repeat(65)),
            json!(null),
            json!("é"),
        ] {
            assert_eq!(code(other.clone()), None, "{other}");
        }
    }

    #[test]
    fn what_litellm_says_in_words_becomes_a_code() {
        let of = |message: &str| classified(&json!({ "error": { "code": "400", "message": message } }));
        let (code, _) = of("litellm.ContextWindowExceededError: OpenAIException - too long");
        assert_eq!(code.as_deref(), Some("context_length_exceeded"));
        assert_eq!(of("Invalid model name passed in model=openai/x. Call `/v1/models`"), (None, true));
    }
}
