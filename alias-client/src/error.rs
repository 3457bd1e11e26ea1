//! Why there is no answer.

use serde_json::Value;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The address is no http or https URL, or the key has characters that no key has.
    #[error("{0}")]
    Invalid(&'static str),
    /// The server, or the provider behind it, refused.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// There was no answer, or it broke off.
    #[error("no answer from the server")]
    Unreachable(#[source] reqwest::Error),
    /// The answer is not what such a server answers.
    #[error("the answer cannot be read: {0}")]
    Unreadable(&'static str),
}

/// What was said of a refusal.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message} ({status} {code})")]
#[non_exhaustive]
pub struct Refusal {
    /// HTTP status; 0 where an answer was refused that had begun.
    pub status: u16,
    /// A stable word, like `model_access_denied`.
    pub code: String,
    /// What happened, and how to go on.
    pub message: String,
    /// The models that the team may call, where a model was refused.
    pub available_models: Vec<String>,
    /// What to name when asking the operator about it.
    pub request_id: Option<String>,
}

impl Refusal {
    /// Reads both forms of refusals: problems, and OpenAI's.
    pub(crate) fn read(status: u16, body: &Value) -> Self {
        let inner = if body["error"].is_object() { &body["error"] } else { body };
        let text = |name: &str| inner[name].as_str().or_else(|| body[name].as_str()).map(str::to_owned);
        let message = text("message").or_else(|| text("detail")).or_else(|| text("title"));
        let models = inner["available_models"].as_array().or_else(|| body["available_models"].as_array());
        Self {
            status,
            code: text("code").unwrap_or_else(|| "unknown".to_owned()),
            message: message.unwrap_or_else(|| "the server refused, and did not say why".to_owned()),
            available_models: models
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            request_id: text("request_id"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_of_refusals_are_read() {
        let openai = json!({"error": {"message": "no access", "code": "model_access_denied", "available_models": ["fast"]}});
        let problem = json!({"title": "Model access denied", "detail": "no access", "code": "model_access_denied",
            "error": "Model access denied", "message": "no access", "available_models": ["fast"], "request_id": "r"});
        for body in [openai, problem] {
            let refusal = Refusal::read(403, &body);
            assert_eq!(refusal.to_string(), "no access (403 model_access_denied)");
            assert_eq!(refusal.available_models, ["fast"]);
        }
        assert_eq!(Refusal::read(502, &Value::Null).code, "unknown");
    }
}
