//! The admin API over HTTP and mocked storage: every shape is pinned, every refusal known by its code.

mod alias_lists;
mod aliases;
mod groups;
mod keys;
mod organizations;
mod protocol;
mod repetitions;
mod teams;

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::{App, test, web};
use alias_core::catalog::{Catalog, CatalogChange, CatalogSource, Known, Revision};
use alias_core::clock::{Clock, Timestamp};
use alias_core::key::{NamedScope, TeamKey};
use alias_core::money::NanoUsd;
use alias_core::repository::{
    AliasHistoryRepository, AliasRepository, CreditRepository, GroupRepository, IdempotencyRepository,
    KeyRepository, MockAliasHistoryRepository, MockAliasRepository, MockCreditRepository,
    MockGroupRepository, MockIdempotencyRepository, MockKeyRepository, MockModelCatalogRepository,
    MockOrganizationRepository, MockSessionRepository, MockTeamRepository, MockTokenRepository,
    ModelCatalogRepository, OrganizationRepository, StoreError, TeamRepository, Written,
};
use alias_core::testing::FixedClock;
use alias_core::usage::UsageStats;
use alias_router::{LiveRouter, RouterPolicy};
use serde_json::Value;

use crate::auth::{Exposure, Gate};
use crate::books::Books;
use crate::edge::edge;
use crate::extract::BodyLimits;
use crate::routes;

/// The storage behind a request. What a test expects of nothing is not called.
#[derive(Default)]
struct Storage {
    aliases: MockAliasRepository,
    versions: MockAliasHistoryRepository,
    groups: MockGroupRepository,
    organizations: MockOrganizationRepository,
    teams: MockTeamRepository,
    keys: MockKeyRepository,
    answers: MockIdempotencyRepository,
    sessions: MockSessionRepository,
    tokens: MockTokenRepository,
}

/// A catalogue that never changes.
struct Still;

#[async_trait::async_trait]
impl CatalogSource for Still {
    async fn changes_since(&self, known: Option<Known>) -> Result<CatalogChange, StoreError> {
        let all = Catalog { revision: Revision(9), ..Catalog::default() };
        Ok(if known.is_none() { CatalogChange::Full(all) } else { CatalogChange::None })
    }
}

/// An answer as a client sees it.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|why| panic!("{why}: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and code of a refusal.
    fn refusal(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        (self.status, self.json()["code"].as_str().unwrap().to_owned())
    }
}

fn request(method: Method, path: &str) -> test::TestRequest {
    test::TestRequest::with_uri(path)
        .method(method)
        .peer_addr("127.0.0.1:5000".parse().unwrap())
        .insert_header(("host", "localhost:8003"))
        .insert_header(("x-request-id", "req_test"))
}

fn get(path: &str) -> test::TestRequest {
    request(Method::GET, path)
}

/// As the user guide's curl commands send it: no content type of JSON, no key.
fn send(method: Method, path: &str, body: &str) -> test::TestRequest {
    let form = ("content-type", "application/x-www-form-urlencoded");
    request(method, path).insert_header(form).set_payload(body.to_owned())
}

impl Storage {
    /// Serves one request.
    async fn serve(mut self, request: test::TestRequest) -> Answer {
        self.sessions.expect_any_identity().returning(|| Ok(false));
        let mut catalog = MockModelCatalogRepository::new();
        catalog.expect_find().returning(|_| Ok(None));
        let mut credits = MockCreditRepository::new();
        credits.expect_refilled().returning(|_| Ok(None));
        let teams: Arc<dyn TeamRepository> = Arc::new(self.teams);
        let exposure = web::Data::new(Exposure::decide(None, false, &[], vec![]).unwrap());
        let gate = Gate {
            exposure: exposure.clone(),
            tokens: Arc::new(self.tokens),
            sessions: Arc::new(self.sessions),
            teams: Arc::clone(&teams),
            clock: Arc::new(FixedClock::default()),
        };
        let live = LiveRouter::start(Arc::new(Still), RouterPolicy::default()).await.unwrap();
        let app = App::new()
            .wrap(from_fn(edge))
            .app_data(web::Data::new(live))
            .app_data(exposure)
            .app_data(web::Data::new(gate))
            .app_data(web::Data::new(Books::default()))
            .app_data(web::Data::new(BodyLimits { admin: 4096, call: 4096, all: 1 << 20 }))
            .app_data(web::Data::from(Arc::new(FixedClock::default()) as Arc<dyn Clock>))
            .app_data(web::Data::from(Arc::new(self.aliases) as Arc<dyn AliasRepository>))
            .app_data(web::Data::from(Arc::new(self.versions) as Arc<dyn AliasHistoryRepository>))
            .app_data(web::Data::from(Arc::new(self.groups) as Arc<dyn GroupRepository>))
            .app_data(web::Data::from(Arc::new(self.organizations) as Arc<dyn OrganizationRepository>))
            .app_data(web::Data::from(Arc::new(credits) as Arc<dyn CreditRepository>))
            .app_data(web::Data::from(teams))
            .app_data(web::Data::from(Arc::new(self.keys) as Arc<dyn KeyRepository>))
            .app_data(web::Data::from(Arc::new(self.answers) as Arc<dyn IdempotencyRepository>))
            .app_data(web::Data::from(Arc::new(catalog) as Arc<dyn ModelCatalogRepository>))
            .configure(routes::configure);
        let response = test::call_service(&test::init_service(app).await, request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = String::from_utf8(test::read_body(response).await.to_vec()).unwrap();
        Answer { status, headers, text }
    }
}

/// Serves one request that must not reach the storage.
async fn serve(request: test::TestRequest) -> Answer {
    Storage::default().serve(request).await
}

fn written<T>(value: T) -> Written<T> {
    Written { value, revision: Revision(9) }
}

/// The user guide's own moment.
fn noon() -> Timestamp {
    FixedClock::default().now()
}

/// The user guide's own figures.
fn usage() -> UsageStats {
    UsageStats {
        total_calls: 1543,
        total_cost_usd: NanoUsd::new(234_560_000_000),
        avg_tokens_per_call: 850,
        failed_calls: 12,
        denied_calls: 3,
        total_billed_usd: NanoUsd::new(300_100_000_000),
        unpriced_calls: 0,
        last_used_at: Some(noon()),
    }
}

fn team_key(n: u64) -> TeamKey {
    let secret = alias_core::testing::key(n);
    TeamKey {
        key_id: secret.id().clone(),
        name: "default".into(),
        virtual_key_masked: secret.masked(),
        expires_at: None,
        scope: NamedScope::default(),
        limits: alias_core::limit::Limits::default(),
        last_used_at: None,
        created_at: noon(),
    }
}
