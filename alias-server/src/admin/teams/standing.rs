//! `/api/teams/{team}/suspend`, `resume` and `pause`: whether a team may call at present.

use actix_web::{HttpResponse, web};
use alias_core::clock::Clock;
use alias_core::organization::{Standing, StatusDraft};
use alias_core::repository::TeamRepository;
use alias_core::team::{TeamChange, TeamId};
use alias_router::LiveRouter;

use super::answer;
use super::object::TeamObject;
use crate::admin::edit::IfMatch;
use crate::admin::path::Named;
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::ApiError;
use crate::extract::JsonOrDefault;

/// The change to a standing that the path says.
fn change(draft: StatusDraft, standing: Standing, clock: &dyn Clock) -> Result<TeamChange, ApiError> {
    Ok(TeamChange { status: Some(draft.parse(Some(standing), clock.now())?), ..TeamChange::default() })
}

/// Suspend a team: its calls are refused.
///
/// The body is optional.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    method(post, put), path = "/api/teams/{team}/suspend", tag = "teams", operation_id = "suspend_team",
    params(Named<TeamId>, IfMatch),
    request_body(content = Option<StatusDraft>, example = json!({"reason": "invoice overdue"})),
    responses((status = 200, description = "The team, suspended.", body = TeamObject)),
)]
pub async fn suspend(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    (live, clock): (web::Data<LiveRouter>, web::Data<dyn Clock>),
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    JsonOrDefault(draft): JsonOrDefault<StatusDraft>,
) -> Result<HttpResponse, ApiError> {
    let change = change(draft, Standing::Suspended, &**clock)?;
    Ok(answer(teams.update(&team, change, expected, admin.actor()).await?, &live).await)
}

/// Let a team call again.
///
/// The body is optional.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    method(post, put), path = "/api/teams/{team}/resume", tag = "teams", operation_id = "resume_team",
    params(Named<TeamId>, IfMatch),
    request_body(content = Option<StatusDraft>, example = json!({"reason": "invoice paid"})),
    responses((status = 200, description = "The team, active.", body = TeamObject)),
)]
pub async fn resume(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    (live, clock): (web::Data<LiveRouter>, web::Data<dyn Clock>),
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    JsonOrDefault(draft): JsonOrDefault<StatusDraft>,
) -> Result<HttpResponse, ApiError> {
    let change = change(draft, Standing::Active, &**clock)?;
    Ok(answer(teams.update(&team, change, expected, admin.actor()).await?, &live).await)
}

/// Pause a team: its calls are refused for a while.
///
/// The body is optional; without `pause_until`, the pause lasts until the team is resumed.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    method(post, put), path = "/api/teams/{team}/pause", tag = "teams", operation_id = "pause_team",
    params(Named<TeamId>, IfMatch),
    request_body(content = Option<StatusDraft>, example = json!({"reason": "migration", "pause_until": "2035-10-14T13:00:00Z"})),
    responses((status = 200, description = "The team, paused.", body = TeamObject)),
)]
pub async fn pause(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    (live, clock): (web::Data<LiveRouter>, web::Data<dyn Clock>),
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    JsonOrDefault(draft): JsonOrDefault<StatusDraft>,
) -> Result<HttpResponse, ApiError> {
    let change = change(draft, Standing::Paused, &**clock)?;
    Ok(answer(teams.update(&team, change, expected, admin.actor()).await?, &live).await)
}
