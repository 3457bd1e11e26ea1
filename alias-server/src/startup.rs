//! From a checked configuration to a running service, and back to nothing.

mod certificate;
mod demo;
mod error;
mod listen;
mod parts;
mod reload;
mod seal;
mod signals;
mod storage;
mod tasks;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;
use alias_core::catalog::CatalogSource;
use alias_core::clock::Clock;
use alias_core::job::JobPolicy;
use alias_core::repository::{AccountRepository, JobRepository, ReportRepository, SessionRepository};
use alias_router::{LiveRouter, RouterPolicy};
use alias_store::spool::{Spool, SpoolOptions, shipper};
use alias_store::{SqlStore, Watch};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::admin::sign_on::SingleSignOn;
use crate::admin::upstream::Lookout;
use crate::arms::{self, Arms};
use crate::auth::setup::SetupToken;
use crate::auth::{Exposure, Gate, Refused};
use crate::books::Books;
use crate::clock::{self, Floor, SteadyClock, SystemClock};
use crate::config::Config;
use crate::credit::{self, Credit};
use crate::explain::RecentRefusals;
use crate::jobs::{self, Jobs};
use crate::jwt::Verifier;
use crate::limits::RateLimits;
use crate::metering::Meter;
use crate::metrics::Metrics;
use crate::mock_provider::{self, MockProvider};
use crate::openai::{DataPlane, Seal};
use crate::refusals::Refusals;
use crate::replicas;
use crate::room::Room;
use crate::schedule;
use crate::snapshot::{Saved, Snapshots};
use crate::spans::{self, Spans};
use crate::upstream::Upstream;
use crate::webhooks::worker::Worker;
use crate::webhooks::{Policy, Sender};

use certificate::Certificate;
pub use certificate::{CertificateError, check_certificate};
pub use error::StartError;
use parts::Parts;
pub use reload::Reload;
use signals::Said;
pub use signals::Signals;
use tasks::Tasks;

/// How long running calls may go on after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(30);
/// How often the catalogue's revision is asked for; covers notifications that were lost.
const POLL: Duration = Duration::from_millis(300);
/// Database connections of metering, and of the catalogue.
const LANE: u32 = 2;

/// Memory for the large bodies of the admin API that are read at a time, in bytes.
const ADMIN_ROOM: usize = 64 << 20;

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
    tasks: Tasks,
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

/// What is done without being asked: refills of teams and scheduled changes of aliases that come due, and canaries that
/// are taken back.
fn come_due(
    tasks: &mut Tasks,
    store: &SqlStore,
    live: &web::Data<LiveRouter>,
    (arms, clock): (&Arms, &Arc<dyn Clock>),
) {
    let stop = tasks.stop.clone();
    tasks.spawn("refills", credit::refill(Arc::new(store.clone()), stop.clone()));
    let kept = Arc::new(store.lane(LANE));
    let reminders = Arc::clone(&kept);
    tasks.spawn("schedule", schedule::settle(kept, reminders, live.clone().into_inner(), stop.clone()));
    let (kept, routes) = (Arc::new(store.lane(LANE)), live.clone().into_inner());
    tasks.spawn("canaries", arms::judge(arms.clone(), kept, routes, Arc::clone(clock), stop));
}

/// Starts everything and returns when requests are served.
///
/// # Errors
/// [`StartError`]; nothing is left running then.
pub async fn start(mut config: Config) -> Result<Running, StartError> {
    refuse_early(&config)?;
    let scratch = demo::prepare(&mut config)?;
    let mock = mock(&mut config).await?;
    let certificate = config.tls.clone().map(Certificate::open).transpose()?;
    let tokens = config.jwt.clone().map(Verifier::new).transpose()?.map(Arc::new);
    let sign_on = config.sign_on.clone().map(SingleSignOn::new).transpose().map_err(StartError::SignOn)?;
    make_private(&config.data_dir)?;
    let listeners = listen::bind_all(&config)?;

    let floor = Floor::of(&config.data_dir);
    let steady = Arc::new(floor.start(SystemClock.now()));
    let snapshots = Snapshots::new(&config.data_dir, &config.database, config.snapshot_max_age);
    let (store, saved, asked) = ask(&config, &steady, &snapshots).await?;
    let clock: Arc<dyn Clock> = steady.clone();
    let First { exposure, setup, live, seal, limits } = asked;
    let options = SpoolOptions { durability: config.usage_durability, ..SpoolOptions::default() };
    let spool = Arc::new(Spool::open(&config.data_dir.join("usage"), options)?);
    let upstream = Upstream::new(&config.upstream).map_err(|why| StartError::Upstream(why.to_string()))?;
    let metrics = Metrics::default();
    let traced = config.spans.as_ref().filter(|_| !spans::are_disabled());
    let spans = traced.map(|to| Spans::new(to, &config.upstream.base_url, &metrics));
    let (spans, export) = spans.transpose()?.unzip();
    let (contact, word) = watch::channel(None);
    let credit = Arc::new(Credit::new(Arc::new(store.lane(LANE)), word));
    let meter = Meter::new(Arc::clone(&spool), Arc::clone(&credit), Arc::clone(&clock), metrics.clone());
    let (routes, now, arms) = (live.clone().into_inner(), Arc::clone(&clock), Arms::default());
    let plane = DataPlane::new(routes, upstream, meter, limits.clone(), &config, now, seal)
        .with_tokens(tokens.clone())
        .with_spans(spans)
        .with_arms(arms.clone());

    let mut tasks = Tasks::default();
    let stop = tasks.stop.clone();
    if let Some(export) = export {
        tasks.spawn("traces", export.follow(stop.clone()));
    }
    if let Some(tokens) = tokens {
        tasks.spawn("token keys", tokens.follow(stop.clone()));
    }
    tasks.spawn("clock", clock::follow(Arc::clone(&steady), store.lane(1), floor, stop.clone()));
    let books = web::Data::new(Books::of(Arc::clone(&spool)));
    let (denials, shared) = (plane.clone(), config.database.file().is_none());
    tasks.spawn("credit", credit::keep(Arc::clone(&credit), Arc::clone(&spool), shared, stop.clone()));
    let (books_lane, denials) = (Arc::new(store.lane(LANE)), move || denials.take_denials());
    tasks.spawn("usage", shipper::ship_forever(spool, books_lane, denials, contact, stop.clone()));
    come_due(&mut tasks, &store, &live, (&arms, &clock));
    let watch = store.watch().map_err(StartError::Serve)?;
    let silent = saved.as_ref().map_or(Duration::ZERO, |saved| saved.age);
    let until = (silent, snapshots.max_age());
    let confirmed = (Arc::clone(&clock), metrics.clone());
    tasks.spawn("catalogue", follow(live.clone(), watch, until, confirmed, stop.clone()));
    if shared {
        let (kept, live) = (Arc::new(store.lane(LANE)), live.clone().into_inner());
        tasks.spawn("snapshot", snapshots.follow(kept, live, Arc::clone(&clock), stop.clone()));
    }
    if saved.is_some() {
        tasks.spawn("database", storage::Away::of(&config, &store, &steady).reach(stop.clone()));
    }
    tasks.spawn("rate limits", limits.follow(stop.clone()));
    let refusals = Arc::new(Refusals::new(Arc::new(store.lane(LANE))));
    tasks.spawn("refusals", Arc::clone(&refusals).follow(Arc::clone(&clock), stop.clone()));
    let addresses: Vec<SocketAddr> = listeners.iter().filter_map(|l| l.local_addr().ok()).collect();
    let (lane, followed) = (Arc::new(store.lane(LANE)), live.clone().into_inner());
    tasks.spawn("replicas", replicas::follow(lane, followed, addresses.clone(), stop.clone()));
    let sender = webhooks(&config, &store, &clock, &mut tasks);
    let kept = jobs(&config, &store, &books, &credit, &mut tasks);
    let parts = Parts {
        metrics: web::Data::new(metrics),
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
        looks: web::Data::default(),
        arms: web::Data::new(arms),
        lookout: web::Data::new(Lookout::of(&config)),
        setup,
        recent: web::Data::new(RecentRefusals::new(Arc::clone(&clock))),
        clock: web::Data::from(clock),
        exposure,
    };
    banner(&config, &addresses, &parts);
    if config.dev {
        demo::seed(&store, &live, config.scheme(), &addresses).await?;
    }
    let server = listen::serve(&config, listeners, parts, certificate.as_ref())?;
    if let Some(certificate) = &certificate {
        tasks.spawn("certificate", Arc::clone(certificate).follow(stop));
    }
    let background = Background { tasks, plane, _scratch: scratch, _mock: mock };
    Ok(Running { handle: server.handle(), addresses, server: tokio::spawn(server), certificate, background })
}

/// What the database is asked before anything is served.
struct First {
    exposure: web::Data<Exposure>,
    setup: web::Data<SetupToken>,
    live: web::Data<LiveRouter>,
    seal: Seal,
    limits: RateLimits,
}

/// The database, or what stands in for it, and what it says at first.
async fn ask(
    config: &Config,
    steady: &Arc<SteadyClock>,
    snapshots: &Snapshots,
) -> Result<(SqlStore, Option<Saved>, First), StartError> {
    let (store, saved) = storage::open(config, steady, snapshots).await?;
    match first(config, &store, saved.as_ref()).await {
        Ok(said) => Ok((store, saved, said)),
        // It went away between its first word and these.
        Err(StartError::Store(away)) if saved.is_none() => {
            let (store, saved) = storage::without(config, steady, snapshots, away).await?;
            let said = first(config, &store, saved.as_ref()).await?;
            Ok((store, saved, said))
        }
        Err(why) => Err(why),
    }
}

/// Asks the database; while it is away, what it last said counts.
async fn first(config: &Config, store: &SqlStore, saved: Option<&Saved>) -> Result<First, StartError> {
    let known = saved.map_or(store, |saved| &saved.store);
    let exposure = web::Data::new(exposure(config, known).await?);
    let setup = web::Data::new(setup_token(&exposure, known).await?);
    let policy = RouterPolicy { hide_denied: config.hide_denied };
    let catalogue = saved.map_or(store as &dyn CatalogSource, |saved| &saved.catalogue);
    let live = web::Data::new(LiveRouter::resume(catalogue, Arc::new(store.lane(LANE)), policy).await?);
    let seal = seal::agreed(known).await?;
    let limits = RateLimits::new(Arc::new(store.lane(LANE)));
    match saved {
        Some(saved) => limits.assume(saved.servers),
        None => limits.join().await?,
    }
    Ok(First { exposure, setup, live, seal, limits })
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

/// Follows the catalogue of the other replicas: woken by their notifications, asking in any case. Who was not heard for
/// too long may have revoked keys meanwhile: what is known decides no more then.
async fn follow(
    live: web::Data<LiveRouter>,
    watch: Watch,
    (mut silent, max_age): (Duration, Duration),
    (time, metrics): (Arc<dyn Clock>, Metrics),
    stop: CancellationToken,
) {
    // The time that the machine slept counts, too.
    let mut heard = clock::running();
    while !stop.is_cancelled() {
        live.set_expired(silent + clock::running().saturating_sub(heard) > max_age);
        match live.poll().await {
            Ok(_) => {
                (heard, silent) = (clock::running(), Duration::ZERO);
                metrics.confirmed(time.now());
            }
            Err(why) => tracing::warn!(%why, "cannot read the catalogue; going on with what is known"),
        }
        live.set_expired(silent + clock::running().saturating_sub(heard) > max_age);
        tokio::select! {
            () = watch.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Who sends messages of webhooks; a task works their queue off.
fn webhooks(config: &Config, store: &SqlStore, clock: &Arc<dyn Clock>, tasks: &mut Tasks) -> Arc<Sender> {
    let policy = Policy { allow_private: config.webhook_allow_private };
    let sender = Arc::new(Sender::new(policy, Arc::clone(clock)));
    let queue = Arc::new(store.lane(LANE));
    let worker = Worker::new(queue, Arc::clone(&sender), Arc::clone(clock), tasks.stop.clone());
    tasks.spawn("webhooks", worker.run());
    sender
}

/// The jobs of teams; a task ends those of which nothing is heard.
fn jobs(
    config: &Config,
    store: &SqlStore,
    books: &web::Data<Books>,
    credit: &Arc<Credit>,
    tasks: &mut Tasks,
) -> Jobs {
    let kept: Arc<dyn JobRepository> = Arc::new(store.clone());
    let policy = JobPolicy { failed_jobs_with_calls_are_free: config.failed_jobs_with_calls_are_free };
    tasks.spawn("jobs", jobs::sweep(Arc::clone(&kept), config.job_ttl, tasks.stop.clone()));
    Jobs::new(kept, books.clone().into_inner(), Arc::clone(credit), policy)
}

/// The provider that a trial calls.
async fn mock(config: &mut Config) -> Result<Option<MockProvider>, StartError> {
    if !config.dev {
        return Ok(None);
    }
    let mock = mock_provider::start_for_dev().await.map_err(StartError::Serve)?;
    config.upstream.base_url = format!("http://{}", mock.address());
    config.upstream.key = None;
    Ok(Some(mock))
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
    pub async fn until_signalled(self, mut signals: Signals, settings: &Reload) -> std::io::Result<()> {
        while signals.next().await == Said::LookAgain {
            if let Some(certificate) = &self.certificate {
                certificate.read_again();
            }
            settings.again();
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
        self.background.tasks.end().await;
        served
    }
}
