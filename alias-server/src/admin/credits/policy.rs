//! Single fields of a team's policy on credits, under the paths that clients of credits know.

use actix_web::{HttpResponse, web};
use alias_core::credits::BillingEdit;
use alias_core::repository::TeamRepository;
use alias_core::team::{TeamChange, TeamId};
use alias_router::LiveRouter;
use serde::Deserialize;
use serde_json::Number;
use utoipa::ToSchema;

use super::team_of;
use crate::admin::answer::{publish, updated};
use crate::admin::edit::IfMatch;
use crate::admin::path::Named;
use crate::admin::query::{NoParameters, Query};
use crate::admin::teams::object::{BillingObject, TeamObject};
use crate::auth::Admin;
use crate::error::ApiError;
use crate::extract::JsonBody;

async fn change(
    admin: &Admin,
    teams: &dyn TeamRepository,
    live: &LiveRouter,
    (team, IfMatch(expected)): (TeamId, IfMatch),
    edit: BillingEdit,
) -> Result<HttpResponse, ApiError> {
    let change = TeamChange { billing: edit.parse()?, ..TeamChange::default() };
    let written = teams.update(&team, change, expected, admin.actor()).await?;
    publish(live, written.revision).await;
    let object = TeamObject::from(written.value);
    Ok(updated(object.facts.version, written.revision, &object))
}

/// A markup.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkupBody {
    /// Per cent on top of the provider's cost.
    #[schema(value_type = f64, required, example = 20)]
    cost_markup_percentage: Option<Number>,
}

/// Set a team's markup.
///
/// It holds for aliases without a price or markup of their own.
///
/// # Errors
/// 404, 412, 422 for a wrong percentage.
#[utoipa::path(
    method(put, patch), path = "/api/teams/{team}/markup", tag = "credits", operation_id = "set_team_markup",
    params(Named<TeamId>, IfMatch),
    request_body(content = MarkupBody, example = json!({"cost_markup_percentage": 20})),
    responses((status = 200, description = "The team as it is now.", body = TeamObject)),
)]
pub async fn set_markup(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    live: web::Data<LiveRouter>,
    expected: IfMatch,
    Named(team): Named<TeamId>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(sent): JsonBody<MarkupBody>,
) -> Result<HttpResponse, ApiError> {
    let percentage = crate::extract::required("cost_markup_percentage", sent.cost_markup_percentage)?;
    let edit = BillingEdit { cost_markup_percentage: Some(percentage), ..BillingEdit::default() };
    change(&admin, &**teams, &live, (team, expected), edit).await
}

/// A budget mode.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetModeBody {
    /// How usage is counted.
    #[schema(value_type = Option<alias_core::credits::BudgetMode>)]
    budget_mode: Option<String>,
    /// What happens when no credits are left.
    #[schema(value_type = Option<alias_core::credits::LimitMode>)]
    limit_mode: Option<String>,
}

/// Set how a team's usage is counted, and what happens when no credits are left.
///
/// # Errors
/// 404, 412, 422 for unknown words.
#[utoipa::path(
    method(put, patch), path = "/api/credits/teams/{team}/budget-mode", tag = "credits", operation_id = "set_team_budget_mode",
    params(Named<TeamId>, IfMatch),
    request_body(content = BudgetModeBody, example = json!({"budget_mode": "consumption_usd"})),
    responses((status = 200, description = "The team as it is now.", body = TeamObject)),
)]
pub async fn set_budget_mode(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    live: web::Data<LiveRouter>,
    expected: IfMatch,
    Named(team): Named<TeamId>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(sent): JsonBody<BudgetModeBody>,
) -> Result<HttpResponse, ApiError> {
    let BudgetModeBody { budget_mode, limit_mode } = sent;
    let edit = BillingEdit { budget_mode, limit_mode, ..BillingEdit::default() };
    change(&admin, &**teams, &live, (team, expected), edit).await
}

/// Rates.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatesBody {
    /// Credits for one USD.
    #[schema(value_type = Option<f64>, example = 10)]
    credits_per_dollar: Option<Number>,
    /// Tokens for one credit.
    #[schema(example = 10_000)]
    tokens_per_credit: Option<u64>,
}

/// Set what a team's credits are worth.
///
/// # Errors
/// 404, 412, 422 for wrong rates.
#[utoipa::path(
    method(put, patch), path = "/api/credits/teams/{team}/conversion-rates", tag = "credits", operation_id = "set_team_conversion_rates",
    params(Named<TeamId>, IfMatch),
    request_body(content = RatesBody, example = json!({"credits_per_dollar": 10, "tokens_per_credit": 10000})),
    responses((status = 200, description = "The team as it is now.", body = TeamObject)),
)]
pub async fn set_conversion_rates(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    live: web::Data<LiveRouter>,
    expected: IfMatch,
    Named(team): Named<TeamId>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(sent): JsonBody<RatesBody>,
) -> Result<HttpResponse, ApiError> {
    let RatesBody { credits_per_dollar, tokens_per_credit } = sent;
    let edit = BillingEdit { credits_per_dollar, tokens_per_credit, ..BillingEdit::default() };
    change(&admin, &**teams, &live, (team, expected), edit).await
}

/// Show what a team's credits are worth.
///
/// # Errors
/// 404 for a team that does not exist.
#[utoipa::path(
    get, path = "/api/credits/teams/{team}/conversion-rates", tag = "credits", operation_id = "get_team_conversion_rates",
    params(Named<TeamId>),
    responses((status = 200, description = "The policy.", body = BillingObject)),
)]
pub async fn show_conversion_rates(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    Named(team): Named<TeamId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let team = team_of(&**teams, &admin, &team).await?;
    Ok(HttpResponse::Ok().json(BillingObject::from(team.team.billing)))
}
