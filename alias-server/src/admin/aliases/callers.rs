//! `/api/model-aliases/{alias}/callers`: who calls an alias, and what to tell them.

use actix_web::{HttpResponse, web};
use alias_core::alias::{AliasCaller, AliasCallers, AliasName, AliasStatus};
use alias_core::clock::Timestamp;
use alias_core::plan::Spend;
use alias_core::repository::AliasCallersRepository;
use alias_router::{LiveRouter, RoutingTable};
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::books::Books;
use crate::error::ApiError;

/// Who calls an alias.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AliasCallers)]
pub struct CallersObject {
    /// The alias.
    #[schema(value_type = String, example = "gpt-4")]
    alias: AliasName,
    /// How it stands.
    status: AliasStatus,
    /// When it was deprecated.
    deprecated_at: Option<Timestamp>,
    /// When its time is over.
    sunset_at: Option<Timestamp>,
    /// What to use in its place.
    #[schema(example = "smart")]
    replacement: Option<String>,
    /// How many teams called it in the last 7 days.
    #[schema(example = 1)]
    still_calling: usize,
    /// The teams that ever called it, the one that called last first, at most 1,000.
    callers: Vec<CallerObject>,
    /// A text to send to them: what becomes of the alias, and what to do; or that it is there.
    #[schema(example = "New Model Available: gpt-4\n\nWe've added gpt-4 to your available models.\n")]
    notification: String,
}

/// A team that calls an alias, or has called it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AliasCaller)]
pub struct CallerObject {
    /// What the team is, or was, called.
    #[schema(example = "acme-prod")]
    team_id: String,
    /// Its organization.
    #[schema(example = "org_acme")]
    organization_id: String,
    /// When its last call ended.
    last_used_at: Option<Timestamp>,
    /// Its calls of today and of the 6 whole UTC days before.
    last_7_days: Spend,
    /// Its calls of today and of the 29 whole UTC days before.
    last_30_days: Spend,
}

impl From<AliasCaller> for CallerObject {
    fn from(caller: AliasCaller) -> Self {
        let AliasCaller { team_id, organization_id, last_used_at, last_7_days, last_30_days } = caller;
        Self { team_id, organization_id, last_used_at, last_7_days, last_30_days }
    }
}

impl CallersObject {
    fn of(all: AliasCallers, table: &RoutingTable) -> Self {
        let notification = all.notification(|other| table.is_known_to_all(other, all.at));
        let status = AliasStatus::of(&all.alias.spec, all.at);
        let told = all.alias.spec.routing.deprecation;
        Self {
            alias: all.alias.alias,
            status,
            deprecated_at: told.as_ref().map(|told| told.deprecated_at),
            sunset_at: told.as_ref().and_then(|told| told.sunset_at),
            replacement: told.and_then(|told| told.replacement).map(|other| other.to_string()),
            still_calling: all.teams.iter().filter(|team| team.last_7_days.calls > 0).count(),
            callers: all.teams.into_iter().map(CallerObject::from).collect(),
            notification,
        }
    }
}

/// List the teams that call a model alias.
///
/// Who still calls an alias that is on its way out: when last, and how often in the last 7 and 30 days; and a text for
/// them. Calls under an earlier name of the alias count; those of an old name that leads on to it are that one's.
///
/// # Errors
/// 404 where there is no such alias.
#[utoipa::path(
    get, path = "/api/model-aliases/{alias}/callers", tag = "model aliases", operation_id = "list_alias_callers",
    params(Named<AliasName>),
    responses((status = 200, description = "The teams.", body = CallersObject)),
)]
pub async fn list(
    calls: web::Data<dyn AliasCallersRepository>,
    (books, live): (web::Data<Books>, web::Data<LiveRouter>),
    Query(NoParameters {}): Query<NoParameters>,
    Named(alias): Named<AliasName>,
) -> Result<HttpResponse, ApiError> {
    books.settled().await;
    let all = calls.callers(&alias).await?.ok_or_else(|| not_found::<AliasName>(alias.as_str()))?;
    Ok(HttpResponse::Ok().json(CallersObject::of(all, &live.table())))
}
