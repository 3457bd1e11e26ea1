//! The data plane on a loopback port, over a catalogue of its own and a real usage spool.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use alias_core::alias::{OnDisconnect, Visibility};
use alias_core::catalog::{
    Catalog, CatalogAlias, CatalogChange, CatalogGroup, CatalogKey, CatalogOrganization, CatalogSource,
    CatalogStanding, CatalogTeam, Known, Revision,
};
use alias_core::clock::{Clock, Timestamp};
use alias_core::credits::{Billing, LimitMode};
use alias_core::money::TokenPrice;
use alias_core::price::{PriceList, Pricing};
use alias_core::repository::{MockLeaseRepository, MockLimitRepository, ServiceSecret, StoreError};
use alias_core::testing::{FixedClock, id, key};
use alias_core::usage::{Endpoint, UsageEvent};
use alias_router::{LiveRouter, RouterPolicy};
use alias_server::config::{Config, Settings};
use alias_server::credit::Credit;
use alias_server::edge::edge;
use alias_server::limits::RateLimits;
use alias_server::metering::Meter;
use alias_server::metrics::Metrics;
use alias_server::openai::{DataPlane, Seal, forward, models};
use alias_server::upstream::Upstream;
use alias_store::spool::{Spool, SpoolOptions};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::provider::Provider;

/// The longest that a test waits for anything.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

struct Source(Mutex<Catalog>);

#[async_trait]
impl CatalogSource for Source {
    async fn changes_since(&self, _: Option<Known>) -> Result<CatalogChange, StoreError> {
        Ok(CatalogChange::Full(self.0.lock().clone()))
    }
}

fn catalog() -> Catalog {
    let alias = |number, name: &str, active, pricing| CatalogAlias {
        id: id(number),
        alias: name.parse().unwrap(),
        version: 3,
        litellm_model: "openai/gpt-4".parse().unwrap(),
        active,
        visibility: Visibility::Listed,
        pricing,
        model: None,
        on_disconnect: OnDisconnect::Cancel,
        tags: vec![],
        created_at: Timestamp::from_micros(1_700_000_000_000_000),
        routing: None,
        scheduled: None,
        next: None,
    };
    let prices = Arc::new(PriceList::new(TokenPrice::new(1_000_000), TokenPrice::new(2_000_000)));
    Catalog {
        mark: None,
        revision: Revision(42),
        aliases: vec![
            alias(1, "smart", true, Pricing::UNSAID),
            alias(2, "org/priced", true, Pricing::Fixed(Arc::clone(&prices))),
            alias(3, "off", false, Pricing::UNSAID),
            alias(4, "other", true, Pricing::UNSAID),
            CatalogAlias {
                on_disconnect: OnDisconnect::Drain,
                visibility: Visibility::Hidden,
                ..alias(5, "drained", true, Pricing::Fixed(prices))
            },
        ],
        groups: vec![CatalogGroup {
            id: id(1),
            name: "starter".parse().unwrap(),
            active: true,
            aliases: vec![id(1), id(2), id(3), id(5)],
        }],
        organizations: vec![CatalogOrganization {
            uid: id(1),
            organization_id: "org_newclient".parse().unwrap(),
            standing: CatalogStanding::default(),
        }],
        teams: vec![CatalogTeam {
            uid: id(1),
            team_id: "newclient-prod".parse().unwrap(),
            organization: id(1),
            groups: vec![id(1)],
            default_model: None,
            standing: CatalogStanding::default(),
            limits: alias_core::limit::Limits::default(),
            billing: Billing { limit_mode: LimitMode::Unlimited, ..Billing::default() },
        }],
        keys: vec![CatalogKey {
            id: key(1).id().clone(),
            digest: key(1).digest(),
            team: id(1),
            expires_at: None,
            scope: None,
            limits: alias_core::limit::Limits::default(),
        }],
        budgets: vec![],
        tombstones: vec![],
    }
}

pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) provider: Provider,
    pub(crate) plane: web::Data<DataPlane>,
    meter: Meter,
    source: Arc<Source>,
    live: Arc<LiveRouter>,
    spool: Arc<Spool>,
    client: Client<HttpConnector, Full<Bytes>>,
    _folder: tempfile::TempDir,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let provider = Provider::start().await;
        Self::with_upstream(&format!("http://{}", provider.address), provider).await
    }

    pub(crate) async fn with_upstream(url: &str, provider: Provider) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            upstream_url: Some(url.into()),
            upstream_key: Some("sk-litellm-1234567890".into()),
            // Within these, a busy machine has to notice that a client leaves.
            upstream_connect_timeout: Some("5s".into()),
            upstream_first_byte_timeout: Some("5s".into()),
            upstream_idle_timeout: Some("5s".into()),
            max_body_call: Some("64KiB".into()),
            ..Settings::default()
        };
        let config = Config::from_settings(settings).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
        let spool = Arc::new(Spool::open(folder.path(), SpoolOptions::default()).unwrap());
        let source = Arc::new(Source(Mutex::new(catalog())));
        let live = LiveRouter::start(Arc::clone(&source) as _, RouterPolicy::default()).await.unwrap();
        let live = Arc::new(live);
        let credit = Credit::new(Arc::new(MockLeaseRepository::new()), watch::channel(None).1);
        let meter = Meter::new(Arc::clone(&spool), Arc::new(credit), Arc::clone(&clock), Metrics::default());
        let upstream = Upstream::new(&config.upstream).unwrap();
        // Nobody is limited here: the ledger is never asked.
        let limits = RateLimits::new(Arc::new(MockLimitRepository::new()));
        let seal = Seal::new(&ServiceSecret::new([7; 32])).unwrap();
        let plane = web::Data::new(DataPlane::new(
            Arc::clone(&live),
            upstream,
            meter.clone(),
            limits,
            &config,
            clock,
            seal,
        ));
        let shared = plane.clone();
        let server = HttpServer::new(move || {
            let mut app = App::new()
                .wrap(from_fn(edge))
                .app_data(web::Data::new(shared.for_worker()))
                .route("/v1/models", web::get().to(models::list))
                .route("/v1/models/{model:.+}", web::get().to(models::find));
            for endpoint in Endpoint::ALL {
                app =
                    app.route(&format!("/v1{}", endpoint.path()), web::post().to(forward::handler(endpoint)));
            }
            app
        })
        .workers(1)
        .h1_allow_half_closed(false)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let address = *server.addrs().first().unwrap();
        tokio::spawn(server.run());
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { address, provider, plane, meter, source, live, spool, client, _folder: folder }
    }

    /// Makes a change of the catalogue and publishes it.
    pub(crate) async fn change(&self, change: impl FnOnce(&mut Catalog)) {
        {
            let mut catalog = self.source.0.lock();
            change(&mut catalog);
            catalog.revision.0 += 1;
        }
        assert!(self.live.poll().await.unwrap());
    }

    /// Sends a chat call of `smart` with these further members.
    pub(crate) async fn chat(&self, more: &str) -> Answer {
        let body = format!(r#"{{"model":"SMART","messages":[{{"role":"user","content":"hi"}}]{more}}}"#);
        self.post("/v1/chat/completions", &[], &body).await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        Answer::read(self.begin(path, headers, body).await).await
    }

    /// Sends a call and waits for the head of its answer only.
    pub(crate) async fn begin(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Response<Incoming> {
        let request = self.request("POST", path, headers).body(Full::from(body.to_owned())).unwrap();
        tokio::time::timeout(PATIENCE, self.client.request(request)).await.unwrap().unwrap()
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.request("GET", path, headers).body(Full::default()).unwrap();
        Answer::read(tokio::time::timeout(PATIENCE, self.client.request(request)).await.unwrap().unwrap())
            .await
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> http::request::Builder {
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        if !headers.iter().any(|(name, _)| ["authorization", "x-api-key"].contains(name)) {
            request = request.header("authorization", format!("Bearer {}", key(1).expose()));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    }

    /// Waits until the server has seen that a client left whose answer it reads on.
    pub(crate) async fn reads_alone(&self) {
        let seen = async {
            while self.meter.standing().without_client == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.unwrap();
    }

    /// The next event of the usage log; the call has ended when this returns.
    pub(crate) async fn event(&self, seq: u64) -> UsageEvent {
        tokio::time::timeout(PATIENCE, self.spool.changed(seq)).await.unwrap();
        self.spool.read_unshipped(seq, 1).unwrap().remove(0)
    }

    /// The number that the next event gets.
    pub(crate) fn events(&self) -> u64 {
        self.spool.next_seq()
    }
}

/// An answer, read as far as it went.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
    /// The body ended as it should, and was not cut.
    pub(crate) whole: bool,
}

impl Answer {
    pub(crate) async fn read(response: Response<Incoming>) -> Self {
        let (head, mut body) = response.into_parts();
        let (mut bytes, mut whole) = (Vec::new(), true);
        while let Some(frame) = tokio::time::timeout(PATIENCE, body.frame()).await.unwrap() {
            let Ok(frame) = frame else {
                whole = false;
                break;
            };
            bytes.extend_from_slice(frame.data_ref().unwrap());
        }
        let body = String::from_utf8(bytes).unwrap();
        Self { status: head.status.as_u16(), headers: head.headers, body, whole }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {}", self.body))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}
