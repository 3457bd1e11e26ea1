//! The bare proxy: what any HTTP proxy on this stack costs. No key, no alias, no look at the body.
//!
//! actix-web in front and hyper-util behind, as in the server, so that the difference between the two is what the
//! server adds.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, error, web};
use bytes::Bytes;
use clap::Parser;
use http::Uri;
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// The largest request body, in bytes: the server's default.
const MAX_BODY: usize = 32 << 20;

/// Passes every request on, until it is ended by a signal.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// Where to listen
    #[arg(long)]
    listen: SocketAddr,
    /// The address where requests go
    #[arg(long)]
    upstream: SocketAddr,
    /// Threads that serve requests
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

type Upstream = Client<HttpConnector, Full<Bytes>>;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let base = format!("http://{}", arguments.upstream);
    let factory = move || {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client: Upstream = Client::builder(TokioExecutor::new()).build(connector);
        App::new()
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .app_data(web::Data::new(client))
            .app_data(web::Data::new(base.clone()))
            .default_service(web::to(forward))
    };
    HttpServer::new(factory)
        .workers(arguments.workers)
        .h1_allow_half_closed(false)
        .tcp_nodelay(true)
        .bind(arguments.listen)?
        .run()
        .await
}

async fn forward(
    request: HttpRequest,
    body: Bytes,
    client: web::Data<Upstream>,
    base: web::Data<String>,
) -> actix_web::Result<HttpResponse> {
    let uri: Uri = format!("{}{}", base.as_str(), request.uri()).parse().map_err(error::ErrorBadRequest)?;
    let mut onward = http::Request::builder().method(request.method().as_str()).uri(uri);
    for (name, value) in request.headers() {
        if !is_of_one_connection(name.as_str()) {
            onward = onward.header(name.as_str(), value.as_bytes());
        }
    }
    let onward = onward.body(Full::new(body)).map_err(error::ErrorBadRequest)?;
    let (head, body) = client.request(onward).await.map_err(error::ErrorBadGateway)?.into_parts();
    let status = StatusCode::from_u16(head.status.as_u16()).map_err(error::ErrorBadGateway)?;
    let mut answer = HttpResponse::build(status);
    for (name, value) in &head.headers {
        if !is_of_one_connection(name.as_str()) {
            answer.append_header((name.as_str(), value.as_bytes()));
        }
    }
    Ok(answer.body(Passed(body)))
}

/// Headers that each of the two connections says anew.
fn is_of_one_connection(name: &str) -> bool {
    matches!(name, "connection" | "content-length" | "host" | "keep-alive" | "transfer-encoding" | "upgrade")
}

/// The upstream's body as actix sends it: frame by frame, its length kept where it is known.
struct Passed(Incoming);

impl MessageBody for Passed {
    type Error = hyper::Error;

    fn size(&self) -> BodySize {
        self.0.size_hint().exact().map_or(BodySize::Stream, BodySize::Sized)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, hyper::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.0).poll_frame(context));
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default())))
    }
}
