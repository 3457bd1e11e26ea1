//! What a body must not do, what it may, and what LiteLLM gets of it.

use alias_core::model_ref::ModelRef;
use serde_json::{Value, json};

use super::*;
use crate::error::Dialect;

mod fields;
mod form;
mod inside;
mod properties;
mod sent;

/// The smallest body that each endpoint takes.
fn minimal(endpoint: Endpoint) -> Value {
    match endpoint {
        Endpoint::Messages => {
            json!({"model": "smart", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]})
        }
        Endpoint::ChatCompletions => {
            json!({"model": "smart", "messages": [{"role": "user", "content": "hi"}]})
        }
        Endpoint::Completions | Endpoint::ImagesGenerations => json!({"model": "smart", "prompt": "hi"}),
        Endpoint::Rerank => json!({"model": "smart", "query": "hi", "documents": ["a", "b"]}),
        _ => json!({"model": "smart", "input": "hi"}),
    }
}

fn with(endpoint: Endpoint, fields: Value) -> String {
    let mut body = minimal(endpoint);
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body.to_string()
}

fn chat(fields: Value) -> String {
    with(Endpoint::ChatCompletions, fields)
}

fn read(endpoint: Endpoint, body: &str) -> Result<CallBody<'_>, ApiError> {
    CallBody::parse(endpoint, body.as_bytes(), &ExtraFields::default())
}

/// The code of a refusal, what it is about, and its message.
fn refusal_of(endpoint: Endpoint, body: &[u8]) -> (String, String, String) {
    let error = CallBody::parse(endpoint, body, &ExtraFields::default()).unwrap_err();
    assert_eq!(error.code().status().as_u16(), 400, "{error}");
    let body = error.body(Dialect::OpenAi, "/", "req");
    let part = |name: &str| body["error"][name].as_str().unwrap_or_default().to_owned();
    (part("code"), part("param"), part("message"))
}

fn refused(body: &str) -> (String, String) {
    let (code, param, _) = refusal_of(Endpoint::ChatCompletions, body.as_bytes());
    (code, param)
}

fn target() -> ModelRef {
    "openai/gpt-4o".parse().unwrap()
}

fn written(endpoint: Endpoint, body: &str) -> String {
    String::from_utf8(read(endpoint, body).unwrap().write_for(&target())).unwrap()
}

fn is(code: &str, param: &str) -> (String, String) {
    (code.into(), param.into())
}
