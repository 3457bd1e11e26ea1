//! Listening: every connection takes a place, is encrypted where there is a certificate, and is guarded.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_server::{GracefulShutdownSignal, ServerBuilder};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, Server};
use actix_web::middleware::from_fn;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use super::certificate::Certificate;
use super::{DRAIN, Parts, StartError};
use crate::config::Config;
use crate::connection::{Guarded, HEAD_TIME, IDLE_TIME, Places};
use crate::edge::edge;

/// How long encrypting a connection may take.
const HANDSHAKE: Duration = Duration::from_secs(5);

type Connection = Guarded<Either<TcpStream, Box<TlsStream<TcpStream>>>>;

/// Binds all addresses before anything else is touched; of the two defaults, one may be missing.
pub(super) fn bind_all(config: &Config) -> Result<Vec<TcpListener>, StartError> {
    let mut bound = Vec::new();
    for address in &config.listen {
        match bind(*address) {
            Ok(listener) => bound.push(listener),
            Err(why) if config.listen_is_default && address.is_ipv6() => {
                tracing::debug!(%address, %why, "not listening on the IPv6 loopback address");
            }
            Err(why) => return Err(StartError::Listen(*address, why)),
        }
    }
    Ok(bound)
}

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket =
        if address.is_ipv4() { tokio::net::TcpSocket::new_v4() } else { tokio::net::TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(2048)?.into_std()
}

/// Serves what comes in on the listeners.
pub(super) fn serve(
    config: &Config,
    listeners: Vec<TcpListener>,
    parts: Parts,
    certificate: Option<&Arc<Certificate>>,
) -> Result<Server, StartError> {
    let tls = certificate.map(Certificate::server_config).transpose().map_err(StartError::Tls)?;
    let doors = Doors {
        places: Places::new(config.connections.per_address),
        tls: tls.map(|tls| TlsAcceptor::from(Arc::new(tls))),
    };
    let mut server = ServerBuilder::new()
        .workers(config.workers)
        .max_concurrent_connections(config.connections.all.div_ceil(config.workers))
        .shutdown_timeout(DRAIN.as_secs())
        .disable_signals();
    open_files(config.connections.all);
    let stopping = server.graceful_shutdown_signal();
    for listener in listeners {
        let (doors, parts, stopping) = (doors.clone(), parts.clone(), stopping.clone());
        let factory = move || {
            let doors = doors.clone();
            fn_service(move |stream| doors.clone().enter(stream))
                .and_then(http(parts.clone(), stopping.clone()))
        };
        server = server.listen("http", listener, factory).map_err(StartError::Serve)?;
    }
    Ok(server.run())
}

/// Lets this process open as many files as the connections need, with one more each for the upstream.
fn open_files(connections: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = connections as u64 * 2 + 1024;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= wanted) {
        return;
    }
    let current = Some(maximum.map_or(wanted, |most| most.min(wanted)));
    if let Err(why) = setrlimit(Resource::Nofile, Rlimit { current, maximum }) {
        tracing::debug!(%why, "the limit of open files stays as it is");
    }
}

/// The HTTP service of a worker.
fn http(
    parts: Parts,
    stopping: GracefulShutdownSignal,
) -> impl ServiceFactory<
    (Connection, Protocol, Option<SocketAddr>),
    Config = (),
    Response = (),
    Error = DispatchError,
    InitError = (),
> {
    let app = App::new()
        .wrap(from_fn(edge))
        .configure(move |app| parts.configure(app))
        .into_factory()
        .map_err(|why: actix_web::Error| why.error_response());
    HttpService::build()
        .graceful_shutdown_signal(move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        })
        .keep_alive(IDLE_TIME)
        .client_request_timeout(HEAD_TIME)
        .client_disconnect_timeout(Duration::from_secs(1))
        // Else a call goes on upstream when its client has left.
        .h1_allow_half_closed(false)
        .on_connect_ext(|connection: &Connection, data| {
            data.insert(connection.requests().clone());
        })
        .finish(map_config(app, |()| AppConfig::default()))
}

/// What a connection passes before HTTP.
#[derive(Clone)]
struct Doors {
    places: Places,
    tls: Option<TlsAcceptor>,
}

impl Doors {
    async fn enter(
        self,
        stream: TcpStream,
    ) -> Result<(Connection, Protocol, Option<SocketAddr>), DispatchError> {
        let peer = stream.peer_addr()?;
        let Some(place) = self.places.take(peer.ip()) else {
            tracing::debug!(address = %peer.ip(), "an address has too many connections: one more was closed");
            return Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into());
        };
        // Else the end of a stream waits for an acknowledgement, 40 ms and more.
        stream.set_nodelay(true)?;
        let Some(tls) = self.tls else {
            return Ok((Guarded::new(Either::Left(stream), place), Protocol::Http1, Some(peer)));
        };
        let accepted = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await;
        let stream = accepted.map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))??;
        Ok((Guarded::new(Either::Right(Box::new(stream)), place), Protocol::Http1, Some(peer)))
    }
}
