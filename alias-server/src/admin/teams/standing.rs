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

/// What a change of a standing is asked with.
type Asked = (
    Admin,
    web::Data<dyn TeamRepository>,
    (web::Data<LiveRouter>, web::Data<dyn Clock>),
    IfMatch,
    Query<NoParameters>,
    Named<TeamId>,
    JsonOrDefault<StatusDraft>,
);

/// Gives a team the standing that the path says.
async fn set(standing: Standing, asked: Asked) -> Result<HttpResponse, ApiError> {
    let (admin, teams, (live, clock), IfMatch(expected), _, Named(team), JsonOrDefault(draft)) = asked;
    let status = Some(draft.parse(Some(standing), clock.now())?);
    let change = TeamChange { status, ..TeamChange::default() };
    Ok(answer(teams.update(&team, change, expected, admin.actor()).await?, &live).await)
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
pub async fn suspend(asked: Asked) -> Result<HttpResponse, ApiError> {
    set(Standing::Suspended, asked).await
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
pub async fn resume(asked: Asked) -> Result<HttpResponse, ApiError> {
    set(Standing::Active, asked).await
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
pub async fn pause(asked: Asked) -> Result<HttpResponse, ApiError> {
    set(Standing::Paused, asked).await
}
