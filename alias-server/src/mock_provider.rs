//! A model provider inside the process: for trials without keys, for tests, and for benches.
//!
//! It speaks the OpenAI-compatible API as LiteLLM does, its two ways of reporting costs included. hyper serves it
//! rather than actix-web: connections are plain tasks of the runtime that is already there, so that it needs no
//! thread, no signal handler and no second system, and costs a bench less than what it measures.

mod answer;
mod stream;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use alias_core::usage::Endpoint;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Interval, interval, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use answer::Asked;

/// The pause between two words of a stream in a trial: slow enough to see that it streams.
const PACE_FOR_PEOPLE: Duration = Duration::from_millis(30);
/// The pause between two events of a [`Style::Fast`] stream that asks to be paced: 50 events a second.
const PACE_OF_BENCHES: Duration = Duration::from_millis(20);
/// The most connections at a time; more wait to be accepted.
const MAX_CONNECTIONS: usize = 1_024;
/// The largest request body, in bytes.
const MAX_BODY: usize = 32 << 20;
/// How long accepting pauses after it failed, for instance for want of file handles.
const AFTER_FAILURE: Duration = Duration::from_millis(10);

/// How the provider answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Reads the request and answers in words that echo it; streams pause for `pace` between words. A model whose name
    /// ends in `failing` fails every call with 503.
    Friendly {
        /// The pause; may be zero.
        pace: Duration,
    },
    /// Answers every call with a constant chat completion of about 600 bytes, and every call with
    /// `"stream":true` with 103 constant events: at once, or 50 a second where a string in the body ends with
    /// `paced` (the name of the model, say). Nothing else of the body is looked at.
    Fast,
}

/// A provider that serves until it is dropped, which also ends its connections.
#[derive(Debug)]
pub struct MockProvider {
    address: SocketAddr,
    _stop: DropGuard,
}

impl MockProvider {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Starts a friendly provider on a free loopback port, paced for people to watch.
///
/// # Errors
/// No port can be listened on.
pub async fn start_for_dev() -> io::Result<MockProvider> {
    start((Ipv4Addr::LOCALHOST, 0).into()).await
}

/// Starts a friendly provider at an address, paced for people to watch.
///
/// # Errors
/// The address cannot be listened on.
pub async fn start(listen: SocketAddr) -> io::Result<MockProvider> {
    start_with(listen, Style::Friendly { pace: PACE_FOR_PEOPLE }).await
}

/// Starts a provider of a style at an address. Port 0 takes a free one. Needs a tokio runtime, and lives on it.
///
/// # Errors
/// The address cannot be listened on.
pub async fn start_with(listen: SocketAddr, style: Style) -> io::Result<MockProvider> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let provider = Arc::new(match style {
        Style::Friendly { pace } => Provider::Friendly { pace },
        Style::Fast => Provider::fast(),
    });
    let stop = CancellationToken::new();
    tokio::spawn(accept_until(stop.clone(), listener, provider));
    Ok(MockProvider { address, _stop: stop.drop_guard() })
}

async fn accept_until(stop: CancellationToken, listener: TcpListener, provider: Arc<Provider>) {
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let accept = async {
        while let Ok(permit) = Arc::clone(&free).acquire_owned().await {
            let Ok((socket, _)) = listener.accept().await else {
                sleep(AFTER_FAILURE).await;
                continue;
            };
            let (stop, provider) = (stop.clone(), Arc::clone(&provider));
            tokio::spawn(async move {
                stop.run_until_cancelled(serve(socket, provider)).await;
                drop(permit);
            });
        }
    };
    stop.run_until_cancelled(accept).await;
}

async fn serve(socket: TcpStream, provider: Arc<Provider>) {
    if socket.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(move |request| {
        let provider = Arc::clone(&provider);
        async move { Ok::<_, Infallible>(provider.answer(request).await) }
    });
    if let Err(why) = http1::Builder::new().serve_connection(TokioIo::new(socket), service).await {
        tracing::debug!(%why, "a connection to the mock provider broke");
    }
}

/// What stands behind all connections.
enum Provider {
    Friendly { pace: Duration },
    Fast { cost: HeaderValue, plain: Bytes, events: Arc<[Bytes]> },
}

impl Provider {
    /// The constants of [`Style::Fast`], made by the same code as all other answers.
    fn fast() -> Self {
        let said = ["word"; 54].join(" ");
        let plain = Asked::constant("openai/bench", &said);
        let streamed = Asked::constant("openai/bench", &["word"; 93].join(" "));
        Self::Fast {
            cost: plain.cost_header(),
            plain: Bytes::from(plain.answer().to_string()),
            events: stream::events(&streamed).into(),
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Answer> {
        let path = request.uri().path();
        let path = path.strip_prefix("/v1").unwrap_or(path);
        match (request.method(), path, Endpoint::ALL.into_iter().find(|endpoint| endpoint.path() == path)) {
            (&Method::POST, _, Some(endpoint)) => self.call(endpoint, request.into_body()).await,
            (&Method::GET, "/models", _) => json_answer(StatusCode::OK, &answer::models()),
            (&Method::GET, "/health/liveliness", _) => json_answer(StatusCode::OK, &json!("I'm alive!")),
            _ => refusal(StatusCode::NOT_FOUND, "The mock provider has no such endpoint."),
        }
    }

    async fn call(&self, endpoint: Endpoint, body: Incoming) -> Response<Answer> {
        let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
            return refusal(
                StatusCode::BAD_REQUEST,
                "The request body is too large, or did not arrive whole.",
            );
        };
        let body = body.to_bytes();
        match self {
            Self::Fast { events, .. } if asks_for_stream(&body) => {
                let pace = if contains(&body, b"paced\"") { PACE_OF_BENCHES } else { Duration::ZERO };
                streamed(Arc::clone(events), pace)
            }
            Self::Fast { cost, plain, .. } => whole(StatusCode::OK, plain.clone(), Some(cost.clone())),
            Self::Friendly { pace } => match Asked::read(endpoint, &body) {
                Err(why) => refusal(StatusCode::BAD_REQUEST, &why),
                Ok(asked) if asked.fails() => {
                    let why = "A model whose name ends in `failing` fails every call: to try out what happens then.";
                    refusal(StatusCode::SERVICE_UNAVAILABLE, why)
                }
                Ok(asked) if asked.stream => streamed(stream::events(&asked).into(), *pace),
                Ok(asked) => {
                    let text = Bytes::from(asked.answer().to_string());
                    whole(StatusCode::OK, text, Some(asked.cost_header()))
                }
            },
        }
    }
}

fn asks_for_stream(body: &[u8]) -> bool {
    contains(body, b"\"stream\":true") || contains(body, b"\"stream\": true")
}

fn contains(body: &[u8], what: &[u8]) -> bool {
    memchr::memmem::find(body, what).is_some()
}

fn refusal(status: StatusCode, why: &str) -> Response<Answer> {
    let error = json!({"message": why, "type": "invalid_request_error", "param": null, "code": null});
    json_answer(status, &json!({"error": error}))
}

fn json_answer(status: StatusCode, body: &Value) -> Response<Answer> {
    whole(status, Bytes::from(body.to_string()), None)
}

fn whole(status: StatusCode, body: Bytes, cost: Option<HeaderValue>) -> Response<Answer> {
    let mut response = Response::new(Answer::Whole(Some(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(cost) = cost {
        response.headers_mut().insert("x-litellm-response-cost", cost);
    }
    response
}

fn streamed(events: Arc<[Bytes]>, pace: Duration) -> Response<Answer> {
    let pause = (!pace.is_zero()).then(|| interval(pace));
    let mut response = Response::new(Answer::Events { events, next: 0, pause });
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

/// The body of an answer: a whole document, or one frame an event.
enum Answer {
    Whole(Option<Bytes>),
    Events { events: Arc<[Bytes]>, next: usize, pause: Option<Interval> },
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = match &mut *self {
            Self::Whole(body) => body.take(),
            Self::Events { events, next, pause } => match events.get(*next) {
                None => None,
                Some(event) => {
                    if let Some(pause) = pause {
                        ready!(pause.poll_tick(context));
                    }
                    *next += 1;
                    Some(event.clone())
                }
            },
        };
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_none(),
            Self::Events { events, next, .. } => *next == events.len(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => SizeHint::with_exact(body.as_ref().map_or(0, |body| body.len() as u64)),
            Self::Events { .. } => SizeHint::default(),
        }
    }
}
