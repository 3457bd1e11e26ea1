//! The answer to a call of a job: a chat, with what the job's client wants to know beside its members.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody as _};
use alias_core::usage::CallId;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::Answered;
use crate::error::{ApiError, Code};

/// The members of a chat, as they came.
type Chat = BTreeMap<String, Box<RawValue>>;

/// What a chat says, in short.
#[derive(Debug, Serialize)]
pub(in crate::jobs) struct Summary {
    pub(in crate::jobs) call_id: CallId,
    pub(in crate::jobs) response: Value,
    pub(in crate::jobs) metadata: Value,
}

#[derive(Deserialize)]
struct Choice {
    message: Option<Value>,
    finish_reason: Option<Value>,
}

#[derive(Deserialize)]
struct Usage {
    total_tokens: Option<u64>,
}

/// Reads a whole answer: its head, its members, and what it says in short.
pub(in crate::jobs) fn read(answered: Answered) -> Result<(HttpResponse<()>, Chat, Summary), ApiError> {
    let Answered { response, call_id, model, took } = answered;
    let unreadable = || ApiError::new(Code::InternalError, "Something went wrong; the log has the details.");
    let (head, body) = response.into_parts();
    let bytes = body.try_into_bytes().map_err(|_| unreadable())?;
    let chat: Chat = serde_json::from_slice(&bytes).map_err(|why| unreadable().caused_by(why))?;
    let total = chat.get("usage").and_then(|usage| serde_json::from_str::<Usage>(usage.get()).ok());
    let metadata = json!({
        "tokens_used": total.and_then(|usage| usage.total_tokens),
        "latency_ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "model": model,
    });
    let response = said(chat.get("choices").map(|choices| choices.get()).unwrap_or_default());
    Ok((head, chat, Summary { call_id, response, metadata }))
}

/// What the first choice says.
fn said(choices: &str) -> Value {
    let first = serde_json::from_str::<Vec<Choice>>(choices).ok().and_then(|all| all.into_iter().next());
    let (message, finish_reason) =
        first.map_or((None, None), |choice| (choice.message, choice.finish_reason));
    let of_message = |name: &str| message.as_ref().and_then(|message| message.get(name)).cloned();
    let mut response = json!({"content": of_message("content"), "finish_reason": finish_reason});
    if let (Some(tools), Some(members)) = (of_message("tool_calls"), response.as_object_mut()) {
        members.insert("tool_calls".into(), tools);
    }
    response
}

/// Adds the summary to a whole answer. A provider's members of the same names give way.
pub(in crate::jobs) fn union(answered: Answered) -> Result<HttpResponse, ApiError> {
    let (head, mut chat, summary) = read(answered)?;
    let mut add = |name: &str, value: Result<Box<RawValue>, serde_json::Error>| -> Result<(), ApiError> {
        let value = value.map_err(|why| {
            ApiError::new(Code::InternalError, "Something went wrong; the log has the details.")
                .caused_by(why)
        })?;
        chat.insert(name.to_owned(), value);
        Ok(())
    };
    add("call_id", to_raw_value(&summary.call_id))?;
    add("response", to_raw_value(&summary.response))?;
    add("metadata", to_raw_value(&summary.metadata))?;
    let body = serde_json::to_vec(&chat).unwrap_or_default();
    Ok(head.set_body(BoxBody::new(body)))
}
