//! Trials of an alias: a small call, sent on as every call is, and what came back of it.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::{HttpRequest, web};
use alias_core::usage::{CallId, Endpoint};
use alias_router::Trial;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::error::{ApiError, Code};
use crate::room::no_room;

use super::forward::{Incoming, admit_trial, forward};
use super::plane::DataPlane;

/// How many trials run at a time: each costs the house money.
static PLACES: Semaphore = Semaphore::const_new(4);
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one may take.
const TIME: Duration = Duration::from_mins(1);
/// The cap on the answer, in tokens: enough for a model that thinks before it says a word.
const MAX_OUTPUT: u64 = 256;
/// The most bytes of an answer that are read.
const MAX_ANSWER: usize = 1 << 20;
/// The most characters of an answer that are told.
pub(crate) const MAX_REPLY: usize = 500;

/// What a trial came to.
#[derive(Debug)]
pub(crate) struct Tried {
    /// The call, where it was sent.
    pub(crate) call_id: Option<CallId>,
    /// How long it took, from the moment that it had its turn.
    pub(crate) took: Duration,
    /// How long it took until the first word came.
    pub(crate) first: Option<Duration>,
    /// What the model said, cut to [`MAX_REPLY`] characters, or why there is no such thing.
    pub(crate) reply: Result<String, ApiError>,
}

/// Makes the call of a trial: a chat that is streamed, or an embedding.
///
/// # Errors
/// 503 where too many trials run. What goes wrong with the call itself is part of what is returned.
pub(crate) async fn tried(
    plane: web::Data<DataPlane>,
    trial: Trial,
    embedding: bool,
    prompt: &str,
    request: &HttpRequest,
) -> Result<Tried, ApiError> {
    let turn = tokio::time::timeout(PATIENCE, PLACES.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(no_room()) };
    let began = Instant::now();
    let mut tried = Tried { call_id: None, took: Duration::ZERO, first: None, reply: Ok(String::new()) };
    let call = made(plane, trial, embedding, prompt, request, began, &mut tried);
    let reply = tokio::time::timeout(TIME, call).await.unwrap_or_else(|_| Err(too_slow()));
    tried.took = began.elapsed();
    Ok(Tried { reply, ..tried })
}

async fn made(
    plane: web::Data<DataPlane>,
    trial: Trial,
    embedding: bool,
    prompt: &str,
    request: &HttpRequest,
    began: Instant,
    tried: &mut Tried,
) -> Result<String, ApiError> {
    let (endpoint, body) = if embedding {
        (Endpoint::Embeddings, json!({"input": prompt}))
    } else {
        (Endpoint::ChatCompletions, chat(prompt))
    };
    let incoming = Incoming::of(endpoint, request);
    let admitted = admit_trial(&plane, &trial, body.to_string().as_bytes(), incoming).await?;
    tried.call_id = Some(admitted.call_id());
    let taken = plane.room.begin();
    let response = forward(plane, trial.caller, admitted, taken).await?;
    let mut body = response.into_body();
    if embedding {
        return whole(&mut body).await;
    }
    let mut said = Said::default();
    while let Some(bytes) = next(&mut body).await? {
        if said.takes(&bytes)? {
            tried.first.get_or_insert_with(|| began.elapsed());
        }
    }
    Ok(said.reply)
}

fn chat(prompt: &str) -> Value {
    json!({
        "messages": [{"role": "user", "content": prompt}],
        "max_tokens": MAX_OUTPUT,
        "stream": true,
    })
}

fn too_slow() -> ApiError {
    let detail = format!("The answer took more than {} s.", TIME.as_secs());
    ApiError::new(Code::UpstreamTimeout, detail)
}

fn unreadable() -> ApiError {
    ApiError::new(Code::UpstreamInvalidResponse, "The provider's answer could not be understood.")
}

async fn next(body: &mut BoxBody) -> Result<Option<bytes::Bytes>, ApiError> {
    let chunk = poll_fn(|cx| Pin::new(&mut *body).poll_next(cx)).await;
    // Why it broke off is in the log already.
    let broken = |_| ApiError::new(Code::UpstreamInvalidResponse, "The provider's answer broke off.");
    chunk.transpose().map_err(broken)
}

/// What an embedding is told as.
async fn whole(body: &mut BoxBody) -> Result<String, ApiError> {
    let mut all = Vec::new();
    while let Some(bytes) = next(body).await? {
        if all.len() + bytes.len() > MAX_ANSWER {
            return Err(unreadable());
        }
        all.extend_from_slice(&bytes);
    }
    let answer: Value = serde_json::from_slice(&all).map_err(|_| unreadable())?;
    let vector = answer.pointer("/data/0/embedding").ok_or_else(unreadable)?;
    Ok(match vector.as_array() {
        Some(numbers) => format!("A vector of {} numbers.", numbers.len()),
        None => "A vector.".to_owned(),
    })
}

/// A stream of a chat, as far as it was read.
#[derive(Debug, Default)]
struct Said {
    /// What came of an event that is not at its end yet.
    rest: Vec<u8>,
    reply: String,
    read: usize,
}

impl Said {
    /// Reads on. Returns whether the model said something.
    fn takes(&mut self, bytes: &[u8]) -> Result<bool, ApiError> {
        self.read = self.read.saturating_add(bytes.len());
        if self.read > MAX_ANSWER {
            return Err(unreadable());
        }
        self.rest.extend_from_slice(bytes);
        let mut spoke = false;
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            spoke |= self.line(&line)?;
        }
        Ok(spoke)
    }

    fn line(&mut self, line: &[u8]) -> Result<bool, ApiError> {
        let Some(data) = line.strip_prefix(b"data:") else { return Ok(false) };
        let Ok(event) = serde_json::from_slice::<Value>(data) else { return Ok(false) };
        if let Some(error) = event.get("error") {
            return Err(told(error));
        }
        let Some(delta) = event.pointer("/choices/0/delta") else { return Ok(false) };
        let part = |name: &str| delta.get(name).and_then(Value::as_str).unwrap_or_default();
        let (content, thought) = (part("content"), part("reasoning_content"));
        let room = MAX_REPLY.saturating_sub(self.reply.chars().count());
        self.reply.extend(content.chars().take(room));
        Ok(!content.is_empty() || !thought.is_empty())
    }
}

/// An error that came amid the stream, in the words that clients read.
fn told(error: &Value) -> ApiError {
    let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
    let detail = text("message").unwrap_or_else(|| "The provider's answer broke off.".to_owned());
    ApiError::new(Code::UpstreamInvalidResponse, detail).coded(text("code"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(delta: &Value) -> String {
        format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta}]}))
    }

    #[test]
    fn a_stream_is_read_however_it_is_cut_and_told_up_to_a_bound() {
        let mut said = Said::default();
        let opening = event(&json!({"role": "assistant", "content": ""}));
        assert!(!said.takes(opening.as_bytes()).unwrap());
        let text = event(&json!({"content": "né"}));
        let (a, b) = text.as_bytes().split_at(text.len() - 8);
        assert!(!said.takes(a).unwrap());
        assert!(said.takes(b).unwrap());
        assert!(said.takes(event(&json!({"reasoning_content": "hm"})).as_bytes()).unwrap());
        assert!(said.takes(event(&json!({"content": "x".repeat(MAX_REPLY * 2)})).as_bytes()).unwrap());
        assert!(!said.takes(b"data: [DONE]\n\n").unwrap());
        assert_eq!(said.reply.chars().count(), MAX_REPLY);
        assert!(said.reply.starts_with("né"));
        assert!(said.takes(&vec![b' '; MAX_ANSWER]).is_err());
    }

    #[test]
    fn an_error_amid_the_stream_is_one() {
        let mut said = Said::default();
        let line = format!("data: {}\n\n", json!({"error": {"message": "No.", "code": "upstream_timeout"}}));
        let error = said.takes(line.as_bytes()).unwrap_err();
        assert_eq!((error.word(), error.detail()), ("upstream_timeout", "No."));
    }
}
