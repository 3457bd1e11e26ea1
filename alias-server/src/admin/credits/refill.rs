//! Refills of teams: shown, set, ended.

use actix_web::HttpResponse;
use alias_core::credits::{RefillDraft, RefillPolicy};
use alias_core::team::TeamId;

use super::object::TeamRefillObject;
use super::{Sources, settled, team_of};
use crate::admin::answer::{Prefer, deleted};
use crate::admin::path::Named;
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::ApiError;
use crate::extract::JsonBody;

/// Refill a team by itself.
///
/// The team is given so many credits at the start of every day, week or month of its time zone, from the next one on.
/// It replaces what was set before; `{"enabled": false}` ends it. What is left stays, or expires with each refill.
///
/// # Errors
/// 404 for a team that does not exist, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/credits/teams/{team}/configure-auto-refill", tag = "credits",
    operation_id = "configure_team_auto_refill", params(Named<TeamId>),
    request_body(content = RefillDraft, example = json!({
        "enabled": true, "refill_amount": 1000, "refill_period": "monthly", "time_zone": "Europe/Berlin",
        "unused": "expire",
    })),
    responses((status = 200, description = "The refill as it is now.", body = TeamRefillObject)),
)]
pub async fn configure(
    admin: Admin,
    sources: Sources,
    Named(team): Named<TeamId>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<RefillDraft>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(set(&admin, &sources, &team, draft.parse()?).await?))
}

/// End the refill of a team.
///
/// The same as `{"enabled": false}`. What it was given stays.
///
/// # Errors
/// 404 for a team that does not exist.
#[utoipa::path(
    delete, path = "/api/credits/teams/{team}/configure-auto-refill", tag = "credits",
    operation_id = "end_team_auto_refill", params(Named<TeamId>, Prefer),
    responses((status = 200, description = "There is no refill now.", body = TeamRefillObject)),
)]
pub async fn end(
    admin: Admin,
    sources: Sources,
    prefer: Prefer,
    Named(team): Named<TeamId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    Ok(deleted(prefer, None, &set(&admin, &sources, &team, None).await?))
}

async fn set(
    admin: &Admin,
    (credits, teams, _): &Sources,
    team: &TeamId,
    policy: Option<RefillPolicy>,
) -> Result<TeamRefillObject, ApiError> {
    let team = team_of(&***teams, admin, team).await?.team.team_id;
    let refill = credits.configure_refill(&team, policy, admin.actor()).await?;
    Ok(TeamRefillObject::new(team, refill))
}

/// Show the refill of a team.
///
/// # Errors
/// 404 for a team that does not exist.
#[utoipa::path(
    get, path = "/api/credits/teams/{team}/configure-auto-refill", tag = "credits",
    operation_id = "get_team_auto_refill", params(Named<TeamId>),
    responses((status = 200, description = "The refill, or that there is none.", body = TeamRefillObject)),
)]
pub async fn show(
    admin: Admin,
    sources: Sources,
    Named(team): Named<TeamId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let (team, refill) = settled(&sources, &admin, &team).await?;
    Ok(HttpResponse::Ok().json(TeamRefillObject::new(team.team.team_id, refill)))
}
