//! Calls that were refused: which team was refused which alias, and how often.

use actix_web::{HttpResponse, web};
use alias_core::clock::{Clock, Timestamp};
use alias_core::report::{DeniedCalls, MOST_DAYS, Scope};
use alias_core::repository::ReportRepository;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::parameters::span;
use crate::admin::query::{Query, invalid, parsed};
use crate::auth::Admin;
use crate::error::ApiError;

/// The most rows of an answer.
const MOST: u32 = 1_000;
/// The rows of an answer where nothing was said.
const USUAL: u32 = 100;

/// Filters combine with "and".
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeniedParameters {
    /// The first day, in UTC; 30 days in all where absent.
    #[param(example = "2024-10-01")]
    from: Option<String>,
    /// The last day, in UTC; today where absent.
    #[param(example = "2024-10-31")]
    to: Option<String>,
    /// Only calls of this alias.
    alias: Option<String>,
    /// Only calls of this team.
    team: Option<String>,
    /// Only calls of this organization's teams.
    organization: Option<String>,
    /// The most rows, 1 to 1000; 100 where absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
}

impl DeniedParameters {
    fn scope(&self, now: Timestamp) -> Result<Scope, ApiError> {
        for (name, date) in [("from", &self.from), ("to", &self.to)] {
            if date.as_ref().is_some_and(|date| date.parse::<NaiveDate>().is_err()) {
                return Err(invalid(
                    name,
                    "must be a date like 2024-10-14: calls that are refused are counted by day",
                ));
            }
        }
        let (from, to) = span(self.from.as_deref(), self.to.as_deref(), now)?;
        let scope = Scope {
            alias: parsed("alias", self.alias.as_deref())?,
            team: parsed("team", self.team.as_deref())?,
            organization: parsed("organization", self.organization.as_deref())?,
            ..Scope::between(from, to)
        };
        if scope.days() > MOST_DAYS {
            return Err(invalid("from", &format!("at most {MOST_DAYS} days before to")));
        }
        Ok(scope)
    }

    fn limit(&self) -> Result<u32, ApiError> {
        let Some(limit) = &self.limit else { return Ok(USUAL) };
        let limit = limit.parse().ok().filter(|limit| (1..=MOST).contains(limit));
        limit.ok_or_else(|| invalid("limit", &format!("must be 1 to {MOST}")))
    }
}

/// Calls of a team for an alias that were refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeniedCalls)]
pub struct DeniedRow {
    /// The alias.
    #[schema(example = "gpt-4")]
    pub alias: String,
    /// The team.
    #[schema(example = "acme-dev")]
    pub team: String,
    /// How many.
    #[schema(example = 212)]
    pub denied_calls: u64,
    /// The day of the last one, in UTC.
    #[schema(value_type = String, format = Date, example = "2024-10-14")]
    pub last_denied_on: NaiveDate,
}

impl From<DeniedCalls> for DeniedRow {
    fn from(denied: DeniedCalls) -> Self {
        let DeniedCalls { alias, team, calls, last_day } = denied;
        Self { alias, team, denied_calls: calls, last_denied_on: last_day }
    }
}

/// Which teams were refused which aliases.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeniedReport {
    /// Where its time begins.
    pub from: Timestamp,
    /// Where its time ends.
    pub to: Timestamp,
    /// The teams and aliases, those with the most refused calls first.
    pub rows: Vec<DeniedRow>,
    /// Whether there are more than `limit`.
    #[schema(example = false)]
    pub has_more: bool,
}

/// Show which teams were refused which aliases.
///
/// Calls for an alias that the team is not granted, and for one that is disabled, sunset, or in a brown-out. They were
/// never sent upstream, and are in no other report; a name that no alias has is not counted. `GET /api/explain` says why.
///
/// # Errors
/// 400 for wrong parameters and for more than 400 days, 404 for an alias, a team or an organization that never was.
#[utoipa::path(
    get, path = "/api/usage/denied", tag = "usage", operation_id = "report_denied_calls",
    params(DeniedParameters),
    responses((status = 200, description = "The teams and aliases.", body = DeniedReport)),
)]
pub async fn show(
    admin: Admin,
    reports: web::Data<dyn ReportRepository>,
    clock: web::Data<dyn Clock>,
    Query(parameters): Query<DeniedParameters>,
) -> Result<HttpResponse, ApiError> {
    let mut scope = parameters.scope(clock.now())?;
    let limit = parameters.limit()?;
    if let Some(home) = admin.home() {
        admin.reaches(scope.organization.as_ref().unwrap_or(home))?;
        scope.organization = Some(home.clone());
    }
    let mut rows = reports.denied(&scope, limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > most;
    rows.truncate(most);
    let rows = rows.into_iter().map(DeniedRow::from).collect();
    Ok(HttpResponse::Ok().json(DeniedReport { from: scope.from, to: scope.to, rows, has_more }))
}
