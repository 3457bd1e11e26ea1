//! Requests to the server: signed in, repeated where that is safe, and answered with what came or why not.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Url};
use secrecy::ExposeSecret;
use serde_json::Value;
use uuid::Uuid;

use crate::arguments::Global;
use crate::failure::{Failure, Refusal};
use crate::nouns::catalog;
use crate::nouns::documents::PLAN;
use crate::settings::Settings;

/// How often a request is sent at most.
const TRIES: u32 = 3;
/// The longest pause before another try.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How large an answer may be.
const MOST_BYTES: usize = 256 << 20;

/// The server, as one command sees it.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    timeout: Duration,
    verbose: u8,
    /// Whether writes are only tried out.
    dry_run: bool,
}

/// A request that is not sent yet.
#[derive(Debug)]
pub(crate) struct Request {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    /// The version that the object must be at.
    expected: Option<u32>,
}

impl Request {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), body: None, expected: None }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>, body: Value) -> Self {
        Self { body: Some(body), ..Self::new(Method::POST, path) }
    }

    pub(crate) fn put(path: impl Into<String>, body: Value) -> Self {
        Self { body: Some(body), ..Self::new(Method::PUT, path) }
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds a parameter where there is a value.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// Only where the object is at this version.
    #[must_use]
    pub(crate) fn at_version(mut self, version: Option<u32>) -> Self {
        self.expected = version;
        self
    }
}

/// What came of one try.
enum Tried {
    Answered(u16, Value),
    Again(Failure, Option<Duration>),
    Failed(Failure),
}

impl Client {
    pub(crate) fn new(settings: &Settings, global: &Global) -> Result<Self, Failure> {
        let bad = |why: String| Failure::Usage(why);
        let base = Url::parse(&settings.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.ok_or_else(|| {
            bad(format!("the url must begin with http:// or https://, not {:?}", settings.url))
        })?;
        let mut headers = HeaderMap::new();
        if let Some(key) = &settings.admin_key {
            let value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()));
            let mut value =
                value.map_err(|_| bad("the admin key has characters that no key has".to_owned()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if let Some(reason) = &global.reason {
            let value = HeaderValue::from_bytes(reason.as_bytes());
            let value = value.map_err(|_| bad("the reason must be one line".to_owned()))?;
            headers.insert("x-alias-reason", value);
        }
        // A second command in one process finds it installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("aliasctl/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .timeout(settings.patience)
            .build()
            .map_err(|why| Failure::Failed(why.to_string()))?;
        Ok(Self { http, base, timeout: settings.patience, verbose: global.verbose, dry_run: global.dry_run })
    }

    /// The address of a path of the server.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base.as_str().trim_end_matches('/'))
    }

    /// The connections, for requests that are measured.
    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn send(&self, request: Request) -> Result<Value, Failure> {
        Ok(self.answer(request).await?.1)
    }

    /// Sends a request and reads its answer, with its status.
    pub(crate) async fn answer(&self, request: Request) -> Result<(u16, Value), Failure> {
        // The same one for all tries, so that a create whose answer was lost is not done twice.
        let key = Uuid::now_v7().to_string();
        let mut pause = Duration::from_millis(200);
        for tried in 1.. {
            match self.attempt(&request, &key).await {
                Tried::Answered(status, body) => return Ok((status, body)),
                Tried::Failed(why) => return Err(why),
                Tried::Again(why, _) if tried == TRIES => return Err(why),
                Tried::Again(_, after) => tokio::time::sleep(after.unwrap_or(pause).min(LONGEST_PAUSE)).await,
            }
            pause *= 4;
        }
        Err(Failure::Failed("no try was made".to_owned()))
    }

    async fn attempt(&self, request: &Request, key: &str) -> Tried {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{}", request.path));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let says_itself = [PLAN, catalog::IMPORT].contains(&request.path.as_str());
        if self.dry_run && request.method != Method::GET && !says_itself {
            url.query_pairs_mut().append_pair("dry_run", "true");
        }
        let mut sent = self.http.request(request.method.clone(), url.clone());
        if request.method == Method::POST {
            sent = sent.header("idempotency-key", key);
        }
        if let Some(version) = request.expected {
            sent = sent.header("if-match", format!("\"{version}\""));
        }
        if let Some(body) = &request.body {
            sent = sent.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        self.tell(&request.method, &url, key);
        match sent.send().await {
            Ok(answer) => self.read(request, answer).await,
            // What never got there can be repeated; so can what changes nothing, and what the key makes single.
            Err(why) if why.is_connect() || request.may_repeat() => {
                Tried::Again(self.unreachable(&why), None)
            }
            Err(why) => Tried::Failed(self.unreachable(&why)),
        }
    }

    async fn read(&self, request: &Request, answer: reqwest::Response) -> Tried {
        let status = answer.status().as_u16();
        let after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        self.tell_answer(status, answer.headers());
        let body = match answer.bytes().await {
            Ok(body) if body.len() <= MOST_BYTES => body,
            Ok(_) => return Tried::Failed(Failure::Failed("the answer is too large".to_owned())),
            Err(why) if request.may_repeat() => return Tried::Again(self.unreachable(&why), None),
            Err(why) => return Tried::Failed(self.unreachable(&why)),
        };
        let value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        if (200..300).contains(&status) {
            return Tried::Answered(status, value);
        }
        let busy = status == 503 || value["code"] == "request_in_progress";
        let refusal = Refusal { status, problem: value, near: Vec::new(), next: None };
        if self.dry_run && refusal.cannot_try() {
            return Tried::Failed(Failure::Untried(request.told()));
        }
        let failure = Failure::Refused(Box::new(refusal));
        if busy && request.may_repeat() {
            Tried::Again(failure, after.map(Duration::from_secs))
        } else {
            Tried::Failed(failure)
        }
    }

    fn unreachable(&self, why: &reqwest::Error) -> Failure {
        let why = if why.is_timeout() {
            format!("no answer within {}", humantime::format_duration(self.timeout))
        } else {
            innermost(why)
        };
        Failure::Unreachable { url: self.base.to_string(), why }
    }

    #[expect(clippy::print_stderr, reason = "asked for with --verbose")]
    fn tell(&self, method: &Method, url: &Url, key: &str) {
        match self.verbose {
            0 => {}
            1 => eprintln!("> {method} {url}"),
            _ => eprintln!("> {method} {url}\n> idempotency-key: {key}"),
        }
    }

    #[expect(clippy::print_stderr, reason = "asked for with --verbose")]
    fn tell_answer(&self, status: u16, headers: &HeaderMap) {
        if self.verbose > 0 {
            eprintln!("< {status}");
        }
        if self.verbose > 1 {
            for (name, value) in headers {
                eprintln!("< {name}: {}", value.to_str().unwrap_or_default());
            }
        }
    }
}

impl Request {
    /// What it asks for, for people and programs, without what is secret.
    fn told(&self) -> Value {
        let mut body = self.body.clone().unwrap_or_default();
        for (name, value) in body.as_object_mut().into_iter().flatten() {
            if ["password", "secret"].iter().any(|word| name.contains(word)) {
                *value = "…".into();
            }
        }
        serde_json::json!({ "method": self.method.as_str(), "path": self.path, "body": body })
    }

    fn may_repeat(&self) -> bool {
        self.method == Method::GET || self.method == Method::POST
    }
}

/// The cause that says most: `Connection refused`, and not that a request failed.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
