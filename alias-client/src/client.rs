//! Requests to one server, with the key of one team.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response, Url};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::chat::{Chat, NewJob};
use crate::error::{ClientError, Refusal};
use crate::stream::Chunks;

/// How long to wait for the next bytes of an answer: models think.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How large an answer may be, in bytes.
const MOST: usize = 64 << 20;
/// How often the creation of a job is sent at most.
const TRIES: u32 = 3;

/// One server, and the key of one team. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
}

impl Client {
    /// A client of the server at `url`, like `http://localhost:8003`, with the key of a team.
    ///
    /// # Errors
    /// [`ClientError::Invalid`] for what is no http or https address, and for a key that cannot be sent.
    pub fn new(url: &str, key: &str) -> Result<Self, ClientError> {
        let base = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.ok_or(ClientError::Invalid("the address must begin with http:// or https://"))?;
        let key = HeaderValue::from_str(&format!("Bearer {key}"));
        let mut key = key.map_err(|_| ClientError::Invalid("the key has characters that no key has"))?;
        key.set_sensitive(true);
        // Where the program has chosen one already, that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("alias-client/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, key)]))
            .connect_timeout(CONNECT)
            .read_timeout(PATIENCE)
            .build()
            .map_err(ClientError::Unreachable)?;
        Ok(Self { http, base })
    }

    /// The names that the team may call.
    ///
    /// # Errors
    /// [`ClientError::Refused`] for a key that does not work, and those of every request.
    pub async fn models(&self) -> Result<Vec<String>, ClientError> {
        let body = json_of(self.send(Method::GET, "/v1/models", None, None).await?).await?;
        let models = body["data"].as_array().ok_or(ClientError::Unreadable("it is no list of models"))?;
        Ok(models.iter().filter_map(|model| model["id"].as_str().map(str::to_owned)).collect())
    }

    /// Sends a chat and waits for the whole answer. It is sent once: what a call costs is not paid twice.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where the team may not call the model, has no credits, or calls too often, and where
    /// the provider failed; those of every request.
    pub async fn chat(&self, chat: &Chat) -> Result<Answer, ClientError> {
        let answer = self.send(Method::POST, &chat.path(false), Some(&chat.body(false)), None).await?;
        Answer::read(json_of(answer).await?).ok_or(ClientError::Unreadable("it is no chat.completion"))
    }

    /// Sends a chat and answers as soon as the model begins.
    ///
    /// # Errors
    /// Those of [`Self::chat`]; what goes wrong later, [`Chunks::next`] says.
    pub async fn stream(&self, chat: &Chat) -> Result<Chunks, ClientError> {
        let answer = self.send(Method::POST, &chat.path(true), Some(&chat.body(true)), None).await?;
        Ok(Chunks::new(answer))
    }

    /// Creates a job; answers its id. A request whose answer was lost is sent again and creates no second job.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where the team has no credit for it; those of every request.
    pub async fn create_job(&self, job: &NewJob) -> Result<String, ClientError> {
        let key = Uuid::now_v7().to_string();
        let mut tried = 1;
        let answer = loop {
            match self.send(Method::POST, "/api/jobs/create", Some(job.body()), Some(&key)).await {
                Err(ClientError::Unreachable(_)) if tried < TRIES => tried += 1,
                done => break done?,
            }
        };
        let body = json_of(answer).await?;
        body["job_id"].as_str().map(str::to_owned).ok_or(ClientError::Unreadable("it names no job"))
    }

    /// Says that a job is done; answers what it cost.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where there is no such job, or it ended otherwise; those of every request.
    pub async fn complete_job(&self, job_id: &str) -> Result<Value, ClientError> {
        self.end(job_id, &json!({ "status": "completed" })).await
    }

    /// Says that a job failed, and why; such a job costs nothing as a rule. Answers what it cost.
    ///
    /// # Errors
    /// Those of [`Self::complete_job`].
    pub async fn fail_job(&self, job_id: &str, why: &str) -> Result<Value, ClientError> {
        self.end(job_id, &json!({ "status": "failed", "error_message": why })).await
    }

    async fn end(&self, job_id: &str, body: &Value) -> Result<Value, ClientError> {
        let path = format!("/api/jobs/{job_id}/complete");
        let mut ended = json_of(self.send(Method::POST, &path, Some(body), None).await?).await?;
        Ok(ended["costs"].take())
    }

    /// Sends a request; whatever is no success is an error.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        once: Option<&str>,
    ) -> Result<Response, ClientError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        if let Some(key) = once {
            request = request.header("idempotency-key", key);
        }
        let answer = request.send().await.map_err(|why| ClientError::Unreachable(why.without_url()))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status().as_u16();
        // Whoever stands between may refuse without JSON.
        let body = json_of(answer).await.unwrap_or_default();
        Err(ClientError::Refused(Box::new(Refusal::read(status, &body))))
    }
}

/// A whole body, as JSON.
async fn json_of(mut answer: Response) -> Result<Value, ClientError> {
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(ClientError::Unreachable)? {
        bytes.extend_from_slice(&part);
        if bytes.len() > MOST {
            return Err(ClientError::Unreadable("it is too large"));
        }
    }
    serde_json::from_slice(&bytes).map_err(|_| ClientError::Unreadable("it is no JSON"))
}
