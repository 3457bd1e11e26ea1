//! The one way out: calls to LiteLLM, or to anything else that speaks `OpenAI`'s API.

mod body;
mod failure;
pub mod probe;
mod said;
mod sending;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use alias_core::usage::Endpoint;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::trace::Trace;

pub use body::AnswerBody;
pub use failure::{Refusal, UpstreamError};
pub use said::Said;
use sending::CallBytes;
pub use sending::Departure;

/// How long an idle connection is kept. Shorter than the 5 s after which LiteLLM's server closes one, so that
/// no call is written into a connection that is being closed.
const KEEP_IDLE: Duration = Duration::from_secs(4);
/// The most idle connections that are kept.
const MAX_IDLE: usize = 1024;
/// How long one whole answer may take.
const MAX_DURATION: Duration = Duration::from_mins(10);

/// So many headers a call is sent with at most.
const HEADERS: usize = 12;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");
const IDENTITY: HeaderValue = HeaderValue::from_static("identity");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("alias-server/", env!("CARGO_PKG_VERSION")));

type Client = hyper_util::client::legacy::Client<HttpsConnector<HttpConnector>, CallBytes>;

/// Where calls go, and how long they may take.
#[derive(Debug, Clone)]
pub struct UpstreamConfig {
    /// The API's base: `/v1` is added unless it ends in it already.
    pub base_url: String,
    /// The key to present, if any.
    pub key: Option<SecretString>,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long the head of an answer may take, from the moment that the call is sent.
    pub first_byte_timeout: Duration,
    /// How long an answer may be silent.
    pub idle_timeout: Duration,
}

/// Why no upstream can be made of a configuration.
#[derive(Debug, thiserror::Error)]
pub enum InvalidUpstream {
    /// The URL is none, or not one of an API.
    #[error("the URL must look like http://localhost:8002, without user, query and fragment")]
    Url,
    /// The key cannot stand in a header.
    #[error("the key holds characters that a header cannot carry")]
    Key,
    /// The system's certificates cannot be read.
    #[error("the system's certificates cannot be read: {0}")]
    Certificates(#[from] std::io::Error),
    /// The cryptography is not complete.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// The client of the upstream: a pool of connections, no proxies, no redirects, HTTP/1.1.
#[derive(Clone)]
pub struct Upstream {
    client: Client,
    connector: HttpsConnector<HttpConnector>,
    shared: Arc<Shared>,
}

struct Shared {
    targets: Vec<(Endpoint, Uri)>,
    authorization: Option<HeaderValue>,
    first_byte_timeout: Duration,
    idle_timeout: Duration,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("targets", &self.shared.targets).finish_non_exhaustive()
    }
}

/// The answer to a call that the upstream accepted: status 2xx, not coded.
#[derive(Debug)]
pub struct Answer {
    /// Its headers. None of them goes to a client.
    pub headers: HeaderMap,
    /// Its body, unread.
    pub body: AnswerBody,
}

impl Upstream {
    /// A client that has not connected yet.
    ///
    /// # Errors
    /// [`InvalidUpstream`], with what would be right.
    pub fn new(config: &UpstreamConfig) -> Result<Self, InvalidUpstream> {
        let targets = targets(&config.base_url)?;
        let authorization = config.key.as_ref().map(authorization).transpose()?;
        let connector = connector(&config.base_url, config.connect_timeout)?;
        let shared = Shared {
            targets,
            authorization,
            first_byte_timeout: config.first_byte_timeout,
            idle_timeout: config.idle_timeout,
        };
        Ok(Self { client: client(connector.clone()), connector, shared: Arc::new(shared) })
    }

    /// The same upstream with connections of its own: a connection is served by the thread that opened it,
    /// and must not end with another thread's.
    #[must_use]
    pub fn with_own_connections(&self) -> Self {
        Self { client: client(self.connector.clone()), ..self.clone() }
    }

    /// Sends a call and waits for the head of its answer. `departure` is told when the connection takes the call, and
    /// at the latest before the answer is given; never where nothing was sent. A call that met a connection which was
    /// closed before anything was sent is sent again; one that may have arrived never is.
    ///
    /// # Errors
    /// [`UpstreamError`]: nothing connected, nothing came in time, or the upstream refused.
    pub async fn send(
        &self,
        endpoint: Endpoint,
        body: Bytes,
        stream: bool,
        trace: &Trace,
        departure: &Departure,
    ) -> Result<Answer, UpstreamError> {
        let request = self.request(endpoint, CallBytes::new(body, departure.clone()), stream, trace)?;
        let ends = Instant::now() + MAX_DURATION;
        let answered = self.client.request(request);
        let response = tokio::time::timeout(self.shared.first_byte_timeout, answered).await;
        let response = response
            .map_err(|_| UpstreamError::Timeout("its first byte"))?
            .map_err(UpstreamError::sending)?;
        // An answer may come before the body was asked for.
        departure.leave();
        let (head, body) = response.into_parts();
        let mut body = AnswerBody::new(body, self.shared.idle_timeout, ends);
        if !head.status.is_success() {
            return Err(UpstreamError::refused(head.status, &head.headers, &mut body).await);
        }
        match head.headers.get(CONTENT_ENCODING) {
            Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"identity") => {
                Err(UpstreamError::Invalid("it is compressed, which was not asked for"))
            }
            _ => Ok(Answer { headers: head.headers, body }),
        }
    }

    fn request(
        &self,
        endpoint: Endpoint,
        body: CallBytes,
        stream: bool,
        trace: &Trace,
    ) -> Result<Request<CallBytes>, UpstreamError> {
        let target = self.shared.targets.iter().find(|(known, _)| *known == endpoint);
        let (_, uri) = target.ok_or(UpstreamError::Invalid("it has no such endpoint"))?;
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        let headers = request.headers_mut();
        // With those of the connection: a map that grows hashes all of them again.
        headers.reserve(HEADERS);
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(ACCEPT, if stream { EVENTS } else { JSON });
        headers.insert(ACCEPT_ENCODING, IDENTITY);
        headers.insert(USER_AGENT, AGENT);
        trace.write(headers);
        if let Some(authorization) = &self.shared.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        Ok(request)
    }
}

fn targets(base: &str) -> Result<Vec<(Endpoint, Uri)>, InvalidUpstream> {
    let base_uri: Uri = base.parse().map_err(|_| InvalidUpstream::Url)?;
    let scheme_fits = matches!(base_uri.scheme_str(), Some("http" | "https"));
    let host_fits = base_uri.authority().is_some_and(|a| !a.host().is_empty() && !a.as_str().contains('@'));
    if !scheme_fits || !host_fits || base.contains(['?', '#']) {
        return Err(InvalidUpstream::Url);
    }
    let base = base.trim_end_matches('/');
    let base = if base.ends_with("/v1") { base.to_owned() } else { format!("{base}/v1") };
    Endpoint::ALL
        .into_iter()
        .map(|endpoint| {
            let uri = format!("{base}{}", endpoint.path()).parse().map_err(|_| InvalidUpstream::Url)?;
            Ok((endpoint, uri))
        })
        .collect()
}

fn authorization(key: &SecretString) -> Result<HeaderValue, InvalidUpstream> {
    let text = format!("Bearer {}", key.expose_secret());
    let mut value = HeaderValue::from_str(&text).map_err(|_| InvalidUpstream::Key)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Certificates are read only where they are needed: there are machines without any.
fn connector(base: &str, timeout: Duration) -> Result<HttpsConnector<HttpConnector>, InvalidUpstream> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(timeout));
    let provider = rustls::crypto::ring::default_provider();
    let builder = HttpsConnectorBuilder::new();
    let builder = if base.starts_with("https:") {
        builder.with_provider_and_native_roots(provider)?
    } else {
        builder.with_tls_config(
            rustls::ClientConfig::builder_with_provider(Arc::new(provider))
                .with_safe_default_protocol_versions()?
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth(),
        )
    };
    Ok(builder.https_or_http().enable_http1().wrap_connector(tcp))
}

fn client(connector: HttpsConnector<HttpConnector>) -> Client {
    hyper_util::client::legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(KEEP_IDLE)
        .pool_max_idle_per_host(MAX_IDLE)
        .build(connector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_gets_v1_once_and_is_refused_where_it_is_no_base() {
        let chat = |base: &str| targets(base).map(|all| all.first().unwrap().1.to_string());
        for base in [
            "http://localhost:8002",
            "http://localhost:8002/",
            "http://localhost:8002/v1",
            "http://localhost:8002/v1/",
        ] {
            assert_eq!(chat(base).unwrap(), "http://localhost:8002/v1/chat/completions", "{base}");
        }
        assert_eq!(chat("https://h/llm").unwrap(), "https://h/llm/v1/chat/completions");
        for wrong in [
            "",
            "localhost:8002",
            "/v1",
            "ftp://h",
            "http://user:secret@h",
            "http://h/?q=1",
            "http://h/#@x",
            "http://",
        ] {
            assert!(chat(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_key_is_never_printed() {
        let config = UpstreamConfig {
            base_url: "http://h".into(),
            key: Some("sk-litellm-SECRET".into()),
            connect_timeout: KEEP_IDLE,
            first_byte_timeout: KEEP_IDLE,
            idle_timeout: KEEP_IDLE,
        };
        let upstream = Upstream::new(&config).unwrap();
        let request = upstream
            .request(
                Endpoint::Rerank,
                CallBytes::new(Bytes::new(), Departure::default()),
                false,
                &Trace::default(),
            )
            .unwrap();
        assert!(!format!("{config:?} {upstream:?} {request:?}").contains("SECRET"));
        assert!(Upstream::new(&UpstreamConfig { key: Some("a\r\nb".into()), ..config }).is_err());
    }
}
