//! From a checked configuration to a running service, and back to nothing.

mod demo;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{NormalizePath, TrailingSlash, from_fn};
use actix_web::{App, HttpServer, web};
use alias_core::clock::{Clock, Timestamp};
use alias_core::repository::{
    AliasRepository, GroupRepository, IdempotencyRepository, KeyRepository, OrganizationRepository,
    StoreError, TeamRepository,
};
use alias_router::{LiveRouter, RouterPolicy};
use alias_store::spool::{Spool, SpoolError, SpoolOptions, shipper};
use alias_store::{SqlStore, Watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::auth::{Exposure, Refused};
use crate::config::Config;
use crate::edge::edge;
use crate::metering::Meter;
use crate::mock_provider::{self, MockProvider};
use crate::openai::DataPlane;
use crate::upstream::Upstream;
use crate::{extract, routes};

/// How long running calls may go on after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(30);
/// How often the catalogue's revision is asked for; covers notifications that were lost.
const POLL: Duration = Duration::from_millis(300);
/// Database connections of metering, and of the catalogue.
const LANE: u32 = 2;

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the time comes from")]
    fn now(&self) -> Timestamp {
        chrono::Utc::now().into()
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It would have been open to others, or its key is weak.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The data folder cannot be used.
    #[error("cannot use the data folder {path}: {why}")]
    DataDir {
        /// The folder.
        path: String,
        /// What the system said.
        why: std::io::Error,
    },
    /// The storage cannot be opened.
    #[error("cannot open the storage")]
    Store(#[from] StoreError),
    /// The usage spool cannot be opened.
    #[error("cannot open the usage spool")]
    Spool(#[from] SpoolError),
    /// An address cannot be listened on.
    #[error("cannot listen on {0}: {1}. Is another server running there? Choose another with --listen")]
    Listen(SocketAddr, std::io::Error),
    /// The upstream's URL or the system's certificates cannot be used.
    #[error("cannot set up the upstream: {0}")]
    Upstream(String),
    /// The mock provider or the HTTP server did not start.
    #[error("cannot start serving")]
    Serve(#[source] std::io::Error),
}

/// A service that serves.
pub struct Running {
    addresses: Vec<SocketAddr>,
    server: JoinHandle<std::io::Result<()>>,
    handle: ServerHandle,
    background: Background,
}

/// What runs beside the HTTP server, and ends after it.
struct Background {
    stop: CancellationToken,
    shipper: JoinHandle<()>,
    poller: JoinHandle<()>,
    plane: DataPlane,
    /// Kept for as long as the server runs; its folder goes away with it.
    _scratch: Option<tempfile::TempDir>,
    _mock: Option<MockProvider>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

/// The parts that handlers are given.
#[derive(Clone)]
struct Parts {
    store: web::Data<SqlStore>,
    live: web::Data<LiveRouter>,
    plane: DataPlane,
    exposure: web::Data<Exposure>,
    limits: web::Data<extract::BodyLimits>,
    clock: web::Data<dyn Clock>,
}

impl Parts {
    fn configure(&self, app: &mut web::ServiceConfig) {
        let store = self.store.get_ref();
        app.app_data(self.store.clone())
            .app_data(self.live.clone())
            .app_data(web::Data::new(self.plane.for_worker()))
            .app_data(self.exposure.clone())
            .app_data(self.limits.clone())
            .app_data(self.clock.clone())
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AliasRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn GroupRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn OrganizationRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn TeamRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn KeyRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn IdempotencyRepository>))
            .configure(routes::configure);
    }
}

/// Starts everything and returns when requests are served.
///
/// # Errors
/// [`StartError`]; nothing is left running then.
pub async fn start(mut config: Config) -> Result<Running, StartError> {
    let exposure = Exposure::decide(config.admin_key.as_ref(), &config.listen, config.allowed_hosts.clone())?;
    let scratch = demo::prepare(&mut config)?;
    let mock = if config.dev {
        Some(mock_provider::start_for_dev().await.map_err(StartError::Serve)?)
    } else {
        None
    };
    if let Some(mock) = &mock {
        config.upstream.base_url = format!("http://{}", mock.address());
        config.upstream.key = None;
    }
    make_private(&config.data_dir)?;
    let listeners = listen(&config)?;

    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = SqlStore::open(&config.database, config.pool_size, Arc::clone(&clock)).await?;
    let options = SpoolOptions { durability: config.usage_durability, ..SpoolOptions::default() };
    let spool = Arc::new(Spool::open(&config.data_dir.join("usage"), options)?);
    let policy = RouterPolicy { hide_denied: config.hide_denied };
    let live = web::Data::new(LiveRouter::start(Arc::new(store.lane(LANE)), policy).await?);
    let upstream = Upstream::new(&config.upstream).map_err(|why| StartError::Upstream(why.to_string()))?;
    let meter = Meter::new(Arc::clone(&spool), Arc::clone(&clock));
    let plane = DataPlane::new(live.clone().into_inner(), upstream, meter, &config, Arc::clone(&clock));

    let stop = CancellationToken::new();
    let denials = plane.clone();
    let shipper = tokio::spawn(shipper::ship_forever(
        spool,
        Arc::new(store.lane(LANE)),
        move || denials.take_denials(),
        stop.clone(),
    ));
    let watch = store.watch().map_err(StartError::Serve)?;
    let poller = tokio::spawn(follow(live.clone(), watch, stop.clone()));
    let parts = Parts {
        store: web::Data::new(store.clone()),
        live: live.clone(),
        plane: plane.clone(),
        limits: web::Data::new(config.body_limits),
        clock: web::Data::from(clock),
        exposure: web::Data::new(exposure),
    };
    let addresses: Vec<SocketAddr> = listeners.iter().filter_map(|l| l.local_addr().ok()).collect();
    banner(&config, &addresses, &parts.exposure);
    if config.dev {
        demo::seed(&store, &live, &addresses).await?;
    }
    let server = serve(&config, listeners, parts).map_err(StartError::Serve)?;
    let handle = server.handle();
    let background = Background { stop, shipper, poller, plane, _scratch: scratch, _mock: mock };
    Ok(Running { addresses, server: tokio::spawn(server), handle, background })
}

/// The data folder holds keys' digests and usage: nobody else on the machine reads it.
fn make_private(folder: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let fail = |why| StartError::DataDir { path: folder.display().to_string(), why };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fail)?;
    if let Err(why) = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)) {
        tracing::warn!(folder = %folder.display(), %why, "others on this machine may be able to read the data folder");
    }
    Ok(())
}

/// Binds all addresses before anything else is touched; of the two defaults, one may be missing.
fn listen(config: &Config) -> Result<Vec<TcpListener>, StartError> {
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

fn serve(config: &Config, listeners: Vec<TcpListener>, parts: Parts) -> std::io::Result<Server> {
    let factory = move || {
        let parts = parts.clone();
        App::new()
            .wrap(from_fn(edge))
            .wrap(NormalizePath::new(TrailingSlash::Trim))
            .configure(move |app| parts.configure(app))
    };
    let mut server = HttpServer::new(factory)
        .workers(config.workers)
        .h1_allow_half_closed(false)
        .tcp_nodelay(true)
        .client_request_timeout(Duration::from_secs(5))
        .shutdown_timeout(DRAIN.as_secs())
        .disable_signals();
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

/// Follows the catalogue of the other replicas: woken by their notifications, asking in any case.
async fn follow(live: web::Data<LiveRouter>, watch: Watch, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(why) = live.poll().await {
            tracing::warn!(%why, "cannot read the catalogue; going on with what is known");
        }
        tokio::select! {
            () = watch.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = stop.cancelled() => {}
        }
    }
}

fn banner(config: &Config, addresses: &[SocketAddr], exposure: &Exposure) {
    let addresses = addresses.iter().map(|a| format!("http://{a}")).collect::<Vec<_>>().join(", ");
    tracing::info!(
        listen = addresses,
        mode = exposure.word(),
        store = %config.database,
        upstream = config.upstream.base_url,
        "alias-server {}",
        env!("CARGO_PKG_VERSION")
    );
}

impl Running {
    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Serves until SIGTERM or SIGINT, then ends in order.
    ///
    /// # Errors
    /// What the system says where signals cannot be received or the server fails.
    pub async fn until_signalled(self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let mut hangup = signal(SignalKind::hangup())?;
        loop {
            tokio::select! {
                _ = term.recv() => break,
                _ = int.recv() => break,
                _ = hangup.recv() => tracing::warn!("settings are read at the start only: restart to change them"),
            }
        }
        tracing::info!("stopping: running calls have {} s", DRAIN.as_secs());
        self.stop().await
    }

    /// Ends in order: no new calls, running ones to their end, their records into the books.
    ///
    /// # Errors
    /// What the HTTP server failed with.
    pub async fn stop(self) -> std::io::Result<()> {
        self.handle.stop(true).await;
        let served = self.server.await.map_err(std::io::Error::other)?;
        self.background.plane.settled().await;
        self.background.stop.cancel();
        for task in [self.background.shipper, self.background.poller] {
            if task.await.is_err() {
                tracing::error!("a background task ended in a panic");
            }
        }
        served
    }
}
