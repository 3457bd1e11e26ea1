//! Whether the service lives and is ready, what it is, and where to start reading.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::catalog::Revision;
use alias_router::LiveRouter;
use alias_store::SqlStore;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ApiError, Code};
use crate::metrics::{CONTENT_TYPE, Metrics, Standing};
use crate::openai::DataPlane;

const SERVICE: &str = "alias-server";

/// That the process serves.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `healthy`.
    #[schema(example = "healthy")]
    status: &'static str,
    /// Which program this is.
    #[schema(example = "alias-server")]
    service: &'static str,
}

/// That the process lives.
#[derive(Debug, Serialize, ToSchema)]
pub struct Live {
    /// `live`.
    #[schema(example = "live")]
    status: &'static str,
}

/// Whether calls are served, and by what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`, or `degraded` where the storage is away.
    #[schema(example = "ready")]
    status: &'static str,
    /// `ok` or `unavailable`.
    #[schema(example = "ok")]
    storage: &'static str,
    /// The catalogue revision by which calls are decided.
    #[schema(value_type = u64, example = 7)]
    revision: Revision,
}

/// What runs here.
#[derive(Debug, Serialize, ToSchema)]
pub struct Running {
    /// Which program this is.
    #[schema(example = "alias-server")]
    service: &'static str,
    /// Its version.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// Where to go on: paths of this server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Index {
    /// Which program this is.
    #[schema(example = "alias-server")]
    service: &'static str,
    /// The dashboard.
    #[schema(example = "/ui")]
    dashboard: &'static str,
    /// The description of the API.
    #[schema(example = "/openapi.json")]
    openapi: &'static str,
    /// Whether the server serves.
    #[schema(example = "/health")]
    health: &'static str,
    /// The aliases.
    #[schema(example = "/api/model-aliases")]
    model_aliases: &'static str,
    /// Where calls go.
    #[schema(example = "/v1/chat/completions")]
    chat: &'static str,
}

/// `GET /health`: the process serves.
#[utoipa::path(get, path = "/health", tag = "operations", responses((status = 200, description = "It serves.", body = Health)))]
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "healthy", service: SERVICE })
}

/// `GET /health/live`: the process need not be restarted.
#[utoipa::path(get, path = "/health/live", tag = "operations", responses((status = 200, description = "It lives.", body = Live)))]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Live { status: "live" })
}

/// `GET /health/ready`: calls are served. The storage being away makes it `degraded`, not unready: known
/// keys go on working from what was loaded.
#[utoipa::path(get, path = "/health/ready", tag = "operations", responses((status = 200, description = "Calls are served.", body = Readiness)))]
pub async fn ready(store: web::Data<SqlStore>, live: web::Data<LiveRouter>) -> HttpResponse {
    let storage = store.ping().await.is_ok();
    let status = if storage { "ready" } else { "degraded" };
    let storage = if storage { "ok" } else { "unavailable" };
    HttpResponse::Ok().json(Readiness { status, storage, revision: live.revision() })
}

/// `GET /version`: what runs here.
#[utoipa::path(get, path = "/version", tag = "operations", responses((status = 200, description = "What runs here.", body = Running), (status = 401, description = "A key is needed.")))]
pub async fn version() -> HttpResponse {
    HttpResponse::Ok().json(Running { service: SERVICE, version: env!("CARGO_PKG_VERSION") })
}

/// `GET /metrics`: figures, in the text format that Prometheus reads.
///
/// # Errors
/// None that is known.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, description = "The figures.", content_type = "application/openmetrics-text"), (status = 401, description = "A key is needed.")))]
pub async fn figures(
    metrics: web::Data<Metrics>,
    plane: web::Data<DataPlane>,
    live: web::Data<LiveRouter>,
    store: web::Data<SqlStore>,
) -> Result<HttpResponse, ApiError> {
    let (all, busy) = store.connections();
    let standing = Standing {
        revision: live.revision(),
        restorations: live.restorations(),
        publishing: live.publishing(),
        database: (all.into(), busy.into()),
        ..plane.meter.standing()
    };
    let text = metrics.text(&standing).map_err(|why| {
        ApiError::new(Code::InternalError, "The figures could not be written.").caused_by(why)
    })?;
    let table = live.table();
    metrics.forget(|alias| table.alias(alias).is_some());
    Ok(HttpResponse::Ok().content_type(CONTENT_TYPE).body(text))
}

/// `GET /`: the way to everything else.
#[utoipa::path(get, path = "/", tag = "operations", responses((status = 200, description = "Where to go on, as JSON.", body = Index), (status = 303, description = "For a browser: to the dashboard.")))]
pub async fn index(request: HttpRequest) -> HttpResponse {
    let accept =
        request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        return HttpResponse::SeeOther().insert_header((header::LOCATION, "/ui")).finish();
    }
    HttpResponse::Ok().json(Index {
        service: SERVICE,
        dashboard: "/ui",
        openapi: "/openapi.json",
        health: "/health",
        model_aliases: "/api/model-aliases",
        chat: "/v1/chat/completions",
    })
}
