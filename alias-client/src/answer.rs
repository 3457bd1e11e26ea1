//! What is answered.

use serde_json::Value;

/// The answer to a chat.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// What the model said; empty where it said nothing, as with calls of tools.
    pub content: String,
    /// The alias that was called. A prefix answers by the whole name.
    pub model: String,
    /// Why it ended: `stop`, `length`, `tool_calls`.
    pub finish_reason: Option<String>,
    /// Tokens in and out together, where the provider said how many.
    pub total_tokens: Option<u64>,
    /// All of it, as it came.
    pub body: Value,
}

impl Answer {
    /// Reads a `chat.completion`; `None` where it is none.
    pub(crate) fn read(body: Value) -> Option<Self> {
        let choice = body["choices"].get(0)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some(Self {
            content: text(&choice["message"]["content"]).unwrap_or_default(),
            model: text(&body["model"])?,
            finish_reason: text(&choice["finish_reason"]),
            total_tokens: body["usage"]["total_tokens"].as_u64(),
            body,
        })
    }
}
