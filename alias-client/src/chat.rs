//! What is sent: chats and jobs.

use serde_json::{Map, Value, json};

/// A chat that is not sent yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chat {
    pub(crate) job: Option<String>,
    body: Map<String, Value>,
    messages: Vec<Value>,
}

impl Chat {
    /// A chat with the model behind an alias.
    pub fn of(alias: &str) -> Self {
        Self::default().with("model", alias)
    }

    /// A chat with the team's default model.
    pub fn of_default_model() -> Self {
        Self::default()
    }

    /// Adds what the user says.
    #[must_use]
    pub fn user(self, text: &str) -> Self {
        self.message(json!({ "role": "user", "content": text }))
    }

    /// Adds what the model is told about its part.
    #[must_use]
    pub fn system(self, text: &str) -> Self {
        self.message(json!({ "role": "system", "content": text }))
    }

    /// Adds a message as OpenAI's API has them.
    #[must_use]
    pub fn message(mut self, message: Value) -> Self {
        self.messages.push(message);
        self
    }

    /// Sets another parameter, as OpenAI's API has them: `temperature`, `max_tokens`, `tools`.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: impl Into<Value>) -> Self {
        self.body.insert(parameter.to_owned(), value.into());
        self
    }

    /// Makes the call part of a job.
    #[must_use]
    pub fn in_job(mut self, job_id: &str) -> Self {
        self.job = Some(job_id.to_owned());
        self
    }

    /// Where it is sent to.
    pub(crate) fn path(&self, stream: bool) -> String {
        match &self.job {
            None => "/v1/chat/completions".to_owned(),
            Some(job) => format!("/api/jobs/{job}/llm-call{}", if stream { "-stream" } else { "" }),
        }
    }

    pub(crate) fn body(&self, stream: bool) -> Value {
        let mut body = self.body.clone();
        body.insert("messages".to_owned(), Value::Array(self.messages.clone()));
        // In a job the path says it.
        if stream && self.job.is_none() {
            body.insert("stream".to_owned(), Value::Bool(true));
        }
        Value::Object(body)
    }
}

/// A job that is not created yet: a piece of work that needs several calls.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob(Value);

impl NewJob {
    /// A job of this type, which is yours to choose.
    pub fn of_type(job_type: &str) -> Self {
        Self(json!({ "job_type": job_type }))
    }

    /// Says whose work it is.
    #[must_use]
    pub fn for_user(mut self, user_id: &str) -> Self {
        self.0["user_id"] = json!(user_id);
        self
    }

    /// Adds a fact of your own: all of them have at most 16 KiB of JSON.
    #[must_use]
    pub fn with_metadata(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0["metadata"][name] = value.into();
        self
    }

    pub(crate) fn body(&self) -> &Value {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_goes_where_it_belongs_and_says_what_was_said() {
        let chat = Chat::of("smart").system("Be brief.").user("Hello").with("temperature", 0.2);
        assert_eq!(chat.path(true), "/v1/chat/completions");
        assert_eq!(
            chat.body(true),
            json!({
                "model": "smart", "temperature": 0.2, "stream": true,
                "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
            })
        );
        let chat = chat.in_job("0192");
        assert_eq!(
            (chat.path(false), chat.path(true)),
            ("/api/jobs/0192/llm-call".into(), "/api/jobs/0192/llm-call-stream".into())
        );
        assert!(chat.body(true).get("stream").is_none());
    }
}
