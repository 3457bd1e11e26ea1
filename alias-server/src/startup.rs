//! From a checked configuration to a running service, and back to nothing.

mod certificate;
mod demo;
mod listen;
mod seal;
mod signals;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;
use alias_core::audit::Actor;
use alias_core::clock::{Clock, Timestamp};
use alias_core::job::JobPolicy;
use alias_core::provider_model::{ModelSource, builtin};
use alias_core::repository::{
    AccountRepository, AliasRepository, AuditRepository, BackRateRepository, CreditRepository, DeliveryQueue,
    GroupRepository, IdempotencyRepository, JobRepository, KeyRepository, LeaseRepository,
    ModelCatalogRepository, OrganizationRepository, ReportRepository, SessionRepository, StoreError,
    TeamRepository, TokenRepository, WebhookRepository,
};
use alias_router::{LiveRouter, RouterPolicy};
use alias_store::spool::{Spool, SpoolError, SpoolOptions, shipper};
use alias_store::{SqlStore, Watch};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::admin::sign_on::SingleSignOn;
use crate::auth::guesses::Guesses;
use crate::auth::setup::SetupToken;
use crate::auth::{Exposure, Gate, Refused};
use crate::books::Books;
use crate::config::Config;
use crate::credit::{self, Credit};
use crate::jobs::{self, Jobs};
use crate::jwt::{KeysError, Verifier};
use crate::limits::RateLimits;
use crate::metering::Meter;
use crate::mock_provider::{self, MockProvider};
use crate::openai::DataPlane;
use crate::refusals::Refusals;
use crate::room::Room;
use crate::upstream::Upstream;
use crate::webhooks::worker::Worker;
use crate::webhooks::{Policy, Sender};
use crate::{extract, routes};

use certificate::Certificate;
pub use certificate::CertificateError;
use signals::Said;
pub use signals::Signals;

/// How long running calls may go on after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(30);
/// How often the catalogue's revision is asked for; covers notifications that were lost.
const POLL: Duration = Duration::from_millis(300);
/// Database connections of metering, and of the catalogue.
const LANE: u32 = 2;

/// Memory for the large bodies of the admin API that are read at a time, in bytes.
const ADMIN_ROOM: usize = 64 << 20;

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
    /// The listener's certificate cannot be used.
    #[error("cannot use the listener's certificate")]
    Certificate(#[from] CertificateError),
    /// TLS cannot be set up.
    #[error("cannot set up TLS")]
    Tls(#[source] rustls::Error),
    /// The keys of callers' tokens cannot be used.
    #[error("cannot use the keys of jwt_keys_file or jwt_keys_url")]
    Tokens(#[from] KeysError),
    /// Single sign-on cannot be set up.
    #[error("cannot set up single sign-on")]
    SignOn(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The ids of providers cannot be sealed.
    #[error("cannot set up the sealing of providers' ids: {0}")]
    Seal(String),
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
    certificate: Option<Arc<Certificate>>,
    background: Background,
}

/// What runs beside the HTTP server, and ends after it.
struct Background {
    stop: CancellationToken,
    shipper: JoinHandle<()>,
    poller: JoinHandle<()>,
    keeper: JoinHandle<()>,
    refusals: JoinHandle<()>,
    webhooks: JoinHandle<()>,
    jobs: JoinHandle<()>,
    limits: JoinHandle<()>,
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
    gate: web::Data<Gate>,
    guesses: web::Data<Guesses>,
    setup: web::Data<SetupToken>,
    refusals: web::Data<Refusals>,
    webhooks: web::Data<Sender>,
    sign_on: Option<web::Data<SingleSignOn>>,
    limits: web::Data<extract::BodyLimits>,
    room: web::Data<Room>,
    clock: web::Data<dyn Clock>,
    credit: web::Data<Credit>,
    books: web::Data<Books>,
    jobs: web::Data<Jobs>,
    reports: web::Data<dyn ReportRepository>,
}

impl Parts {
    fn configure(&self, app: &mut web::ServiceConfig) {
        let store = self.store.get_ref();
        if let Some(sign_on) = &self.sign_on {
            app.app_data(sign_on.clone());
        }
        app.app_data(self.store.clone())
            .app_data(self.live.clone())
            .app_data(web::Data::new(self.plane.for_worker()))
            .app_data(self.exposure.clone())
            .app_data(self.gate.clone())
            .app_data(self.guesses.clone())
            .app_data(self.setup.clone())
            .app_data(self.refusals.clone())
            .app_data(self.webhooks.clone())
            .app_data(self.limits.clone())
            .app_data(self.room.clone())
            .app_data(self.clock.clone())
            .app_data(self.credit.clone())
            .app_data(self.books.clone())
            .app_data(self.jobs.clone())
            .app_data(self.reports.clone())
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AliasRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn GroupRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn OrganizationRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn TeamRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn CreditRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn LeaseRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn ModelCatalogRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn BackRateRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn KeyRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn IdempotencyRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AccountRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn SessionRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn TokenRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AuditRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn WebhookRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn DeliveryQueue>))
            .configure(routes::configure);
    }
}

/// Starts everything and returns when requests are served.
///
/// # Errors
/// [`StartError`]; nothing is left running then.
pub async fn start(mut config: Config) -> Result<Running, StartError> {
    refuse_early(&config)?;
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
    let certificate = config.tls.clone().map(Certificate::open).transpose()?;
    let tokens = config.jwt.clone().map(Verifier::new).transpose()?.map(Arc::new);
    let sign_on = config.sign_on.clone().map(SingleSignOn::new).transpose().map_err(StartError::SignOn)?;
    make_private(&config.data_dir)?;
    let listeners = listen::bind_all(&config)?;

    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = storage(&config, &clock).await?;
    let exposure = web::Data::new(exposure(&config, &store).await?);
    let setup = web::Data::new(setup_token(&exposure, &store).await?);
    let options = SpoolOptions { durability: config.usage_durability, ..SpoolOptions::default() };
    let spool = Arc::new(Spool::open(&config.data_dir.join("usage"), options)?);
    let policy = RouterPolicy { hide_denied: config.hide_denied };
    let live = web::Data::new(LiveRouter::start(Arc::new(store.lane(LANE)), policy).await?);
    let upstream = Upstream::new(&config.upstream).map_err(|why| StartError::Upstream(why.to_string()))?;
    let seal = seal::agreed(&store).await?;
    let (contact, word) = watch::channel(None);
    let credit = Arc::new(Credit::new(Arc::new(store.lane(LANE)), word));
    let meter = Meter::new(Arc::clone(&spool), Arc::clone(&credit), Arc::clone(&clock));
    let limits = RateLimits::new(Arc::new(store.lane(LANE)));
    limits.join().await?;
    let (routes, now) = (live.clone().into_inner(), Arc::clone(&clock));
    let plane = DataPlane::new(routes, upstream, meter, limits.clone(), &config, now, seal)
        .with_tokens(tokens.clone());

    let stop = CancellationToken::new();
    if let Some(tokens) = tokens {
        tokio::spawn(tokens.follow(stop.clone()));
    }
    let books = web::Data::new(Books::of(Arc::clone(&spool)));
    let (denials, shared) = (plane.clone(), config.database.file().is_none());
    let keeper = keeping(&store, &credit, &spool, shared, &stop);
    let shipper = tokio::spawn(shipper::ship_forever(
        spool,
        Arc::new(store.lane(LANE)),
        move || denials.take_denials(),
        contact,
        stop.clone(),
    ));
    let watch = store.watch().map_err(StartError::Serve)?;
    let poller = tokio::spawn(follow(live.clone(), watch, stop.clone()));
    let limits = tokio::spawn(limits.follow(stop.clone()));
    let refusals = Arc::new(Refusals::new(Arc::new(store.lane(LANE))));
    let summing = tokio::spawn(Arc::clone(&refusals).follow(Arc::clone(&clock), stop.clone()));
    let (sender, webhooks) = webhooks(&config, &store, &clock, &stop);
    let (kept, sweeping) = jobs(&config, &store, &books, &credit, &stop);
    let parts = Parts {
        webhooks: web::Data::from(sender),
        refusals: web::Data::from(refusals),
        sign_on: sign_on.map(web::Data::new),
        store: web::Data::new(store.clone()),
        live: live.clone(),
        credit: web::Data::from(credit),
        books,
        jobs: web::Data::new(kept),
        // Of its own, so that long reports keep nobody else waiting.
        reports: web::Data::from(Arc::new(store.lane(LANE)) as Arc<dyn ReportRepository>),
        plane: plane.clone(),
        limits: web::Data::new(config.body_limits),
        // Of its own, for who signs in has no key yet: he takes none from calls.
        room: web::Data::new(Room::of(ADMIN_ROOM)),
        gate: web::Data::new(gate(&store, &exposure, &clock)),
        guesses: web::Data::default(),
        setup,
        clock: web::Data::from(clock),
        exposure,
    };
    let addresses: Vec<SocketAddr> = listeners.iter().filter_map(|l| l.local_addr().ok()).collect();
    banner(&config, &addresses, &parts);
    if config.dev {
        demo::seed(&store, &live, config.scheme(), &addresses).await?;
    }
    let server = listen::serve(&config, listeners, parts, certificate.as_ref())?;
    if let Some(certificate) = &certificate {
        tokio::spawn(Arc::clone(certificate).follow(stop.clone()));
    }
    let handle = server.handle();
    let background = Background {
        stop,
        shipper,
        poller,
        keeper,
        refusals: summing,
        limits,
        webhooks,
        jobs: sweeping,
        plane,
        _scratch: scratch,
        _mock: mock,
    };
    Ok(Running { addresses, server: tokio::spawn(server), handle, certificate, background })
}

/// Opens the database, and enters the models that come with the server where the catalogue does not have them yet.
async fn storage(config: &Config, clock: &Arc<dyn Clock>) -> Result<SqlStore, StoreError> {
    let store = SqlStore::open(&config.database, config.pool_size, Arc::clone(clock)).await?;
    let (models, by) = (builtin(), Actor::system());
    let planned = store.import(models.clone(), ModelSource::Builtin, true, &by).await?.value;
    if planned.added > 0 {
        store.import(models, ModelSource::Builtin, false, &by).await?;
    }
    Ok(store)
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

/// The task that keeps the wallet filled, and teams refilled.
fn keeping(
    store: &SqlStore,
    credit: &Arc<Credit>,
    spool: &Arc<Spool>,
    shared: bool,
    stop: &CancellationToken,
) -> JoinHandle<()> {
    let kept = credit::keep(Arc::clone(credit), Arc::clone(spool), shared, stop.clone());
    let refilled = credit::refill(Arc::new(store.clone()), stop.clone());
    tokio::spawn(async move {
        tokio::join!(kept, refilled);
    })
}

/// Who sends messages of webhooks, and the task that works their queue off.
fn webhooks(
    config: &Config,
    store: &SqlStore,
    clock: &Arc<dyn Clock>,
    stop: &CancellationToken,
) -> (Arc<Sender>, JoinHandle<()>) {
    let policy = Policy { allow_private: config.webhook_allow_private };
    let sender = Arc::new(Sender::new(policy, Arc::clone(clock)));
    let queue = Arc::new(store.lane(LANE));
    let worker = Worker::new(queue, Arc::clone(&sender), Arc::clone(clock), stop.clone());
    (sender, tokio::spawn(worker.run()))
}

/// The jobs of teams, and the task that ends those of which nothing is heard.
fn jobs(
    config: &Config,
    store: &SqlStore,
    books: &web::Data<Books>,
    credit: &Arc<Credit>,
    stop: &CancellationToken,
) -> (Jobs, JoinHandle<()>) {
    let kept: Arc<dyn JobRepository> = Arc::new(store.clone());
    let policy = JobPolicy { failed_jobs_with_calls_are_free: config.failed_jobs_with_calls_are_free };
    let sweeping = tokio::spawn(jobs::sweep(Arc::clone(&kept), config.job_ttl, stop.clone()));
    (Jobs::new(kept, books.clone().into_inner(), Arc::clone(credit), policy), sweeping)
}

/// Refuses what the settings alone make impossible, before anything is touched. Only who has a database may have
/// accounts, and need no key.
fn refuse_early(config: &Config) -> Result<(), Refused> {
    let may_have_accounts = config.sign_on.is_some() || config.database.file().is_none_or(Path::exists);
    Exposure::decide(config.admin_key.as_ref(), may_have_accounts, &config.listen, Vec::new()).map(drop)
}

/// Whether a key is needed: one is set, or an account or a token exists.
async fn exposure(config: &Config, store: &SqlStore) -> Result<Exposure, StartError> {
    let any_identity = config.sign_on.is_some() || store.any_identity().await?;
    let hosts = config.allowed_hosts.clone();
    Ok(Exposure::decide(config.admin_key.as_ref(), any_identity, &config.listen, hosts)?)
}

/// The token for the first owner, where keys are needed and nobody has an account. Without keys, this machine makes
/// accounts as it likes.
async fn setup_token(exposure: &Exposure, store: &SqlStore) -> Result<SetupToken, StartError> {
    if exposure.is_open() || !AccountRepository::list(store).await?.is_empty() {
        return Ok(SetupToken::default());
    }
    SetupToken::draw().map_err(|why| StartError::Serve(why.into()))
}

fn gate(store: &SqlStore, exposure: &web::Data<Exposure>, clock: &Arc<dyn Clock>) -> Gate {
    Gate {
        exposure: exposure.clone(),
        tokens: Arc::new(store.clone()),
        sessions: Arc::new(store.clone()),
        teams: Arc::new(store.clone()),
        clock: Arc::clone(clock),
    }
}

/// Said to the person who starts the server, whatever the log keeps.
#[expect(clippy::print_stderr, reason = "the token must not be in the log")]
fn invite(base: &str, token: &str) {
    eprintln!(
        "No account exists yet. Make the first owner, once, with:\n  curl -X POST {base}/api/admin-users/setup \
         -H 'Content-Type: application/json' \\\n    -d '{{\"setup_token\": \"{token}\", \"email\": \"you@example.com\", \
         \"password\": \"…\"}}'"
    );
}

fn banner(config: &Config, addresses: &[SocketAddr], parts: &Parts) {
    let exposure = &parts.exposure;
    if let (Some(token), Some(address)) = (parts.setup.expose(), addresses.first()) {
        invite(&format!("{}://{address}", config.scheme()), &token);
    }
    let addresses =
        addresses.iter().map(|a| format!("{}://{a}", config.scheme())).collect::<Vec<_>>().join(", ");
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
    /// What the HTTP server failed with.
    pub async fn until_signalled(self, mut signals: Signals) -> std::io::Result<()> {
        while signals.next().await == Said::LookAgain {
            self.hang_up();
        }
        tracing::info!("stopping: running calls have {} s", DRAIN.as_secs());
        self.stop().await
    }

    /// Takes what may change while the server runs.
    fn hang_up(&self) {
        if let Some(certificate) = &self.certificate {
            certificate.read_again();
        }
        tracing::warn!(
            "settings are read at the start only, but for the certificate: restart to change them"
        );
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
        let Background { shipper, keeper, poller, refusals, webhooks, limits, jobs, .. } = self.background;
        for task in [shipper, keeper, poller, refusals, webhooks, limits, jobs] {
            if task.await.is_err() {
                tracing::error!("a background task ended in a panic");
            }
        }
        served
    }
}
