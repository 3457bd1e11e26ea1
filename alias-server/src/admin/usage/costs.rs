//! What an organization cost and was charged, over time.

use actix_web::{HttpResponse, web};
use alias_core::clock::Clock;
use alias_core::money::{MicroCredits, NanoUsd};
use alias_core::organization::OrganizationId;
use alias_core::report::{Figures, Grouping, Interval, MOST_DAYS, Report, ReportQuery, Scope};
use alias_core::repository::{OrganizationRepository, ReportRepository};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::object::UsageRow;
use super::parameters::span;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{Query, invalid};
use crate::auth::Admin;
use crate::books::Books;
use crate::error::ApiError;

/// Which time.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// The first day, in UTC; 30 days in all where absent.
    #[param(example = "2024-10-01")]
    start_date: Option<String>,
    /// The last day, in UTC; today where absent.
    #[param(example = "2024-10-31")]
    end_date: Option<String>,
}

impl Between {
    fn read(&self, clock: &dyn Clock) -> Result<Scope, ApiError> {
        for (name, date) in [("start_date", &self.start_date), ("end_date", &self.end_date)] {
            if date.as_ref().is_some_and(|date| date.parse::<chrono::NaiveDate>().is_err()) {
                return Err(invalid(name, "must be a date like 2024-10-14"));
            }
        }
        let (from, to) = span(self.start_date.as_deref(), self.end_date.as_deref(), clock.now())?;
        let scope = Scope::between(from, to);
        if scope.days() > MOST_DAYS {
            return Err(invalid("start_date", &format!("at most {MOST_DAYS} days before end_date")));
        }
        Ok(scope)
    }
}

/// What an organization cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationCosts {
    /// The organization.
    #[schema(value_type = String, example = "org_acme")]
    pub organization_id: OrganizationId,
    /// The first day.
    #[schema(example = "2024-10-01")]
    pub start_date: String,
    /// The last day.
    #[schema(example = "2024-10-31")]
    pub end_date: String,
    /// What providers took, in USD.
    #[schema(value_type = f64, example = 234.56)]
    pub total_cost_usd: NanoUsd,
    /// What it is charged, in USD.
    #[schema(value_type = f64, example = 300.1)]
    pub total_billed_usd: NanoUsd,
    /// The difference, in USD.
    #[schema(value_type = f64, example = 65.54)]
    pub margin_usd: NanoUsd,
    /// What was charged to its teams' accounts.
    #[schema(value_type = f64, example = 1531)]
    pub credits_used: MicroCredits,
    /// By day.
    pub by_day: Vec<UsageRow>,
    /// By team.
    pub by_team: Vec<UsageRow>,
    /// By alias.
    pub by_alias: Vec<UsageRow>,
}

/// Show what an organization cost and was charged.
///
/// # Errors
/// 400 for wrong dates and for more than 400 days, 404 for an organization that does not exist.
#[utoipa::path(
    get, path = "/api/organizations/{organization}/costs", tag = "usage", operation_id = "get_organization_costs",
    params(Named<OrganizationId>, Between),
    responses((status = 200, description = "What it cost.", body = OrganizationCosts)),
)]
pub async fn of_organization(
    _: Admin,
    organizations: web::Data<dyn OrganizationRepository>,
    reports: web::Data<dyn ReportRepository>,
    books: web::Data<Books>,
    clock: web::Data<dyn Clock>,
    Named(organization): Named<OrganizationId>,
    Query(between): Query<Between>,
) -> Result<HttpResponse, ApiError> {
    let scope = between.read(&**clock)?;
    let details = organizations.find(&organization).await?;
    let details = details.ok_or_else(|| not_found::<OrganizationId>(organization.as_str()))?;
    books.settled().await;
    let scope = Scope { organization: Some(organization), ..scope };
    let by = |interval, group_by| ReportQuery { interval, group_by, ..ReportQuery::of(scope.clone()) };
    let all = reports.report(&ReportQuery { times: false, ..by(None, None) }).await?;
    let by_day = reports.report(&by(Some(Interval::Day), None)).await?;
    let by_team = reports.report(&by(None, Some(Grouping::Team))).await?;
    let by_alias = reports.report(&by(None, Some(Grouping::Alias))).await?;
    let all = all.rows.into_iter().next().map_or_else(Figures::default, |row| row.figures);
    let last = scope.to.utc() - chrono::TimeDelta::microseconds(1);
    Ok(HttpResponse::Ok().json(OrganizationCosts {
        organization_id: details.organization.organization_id,
        start_date: scope.from.day().to_string(),
        end_date: last.date_naive().to_string(),
        total_cost_usd: all.cost_usd,
        total_billed_usd: all.billed_usd,
        margin_usd: NanoUsd::new(all.billed_usd.nanos().saturating_sub(all.cost_usd.nanos())),
        credits_used: all.charged_credits,
        by_day: rows(by_day),
        by_team: rows(by_team),
        by_alias: rows(by_alias),
    }))
}

fn rows(report: Report) -> Vec<UsageRow> {
    report.rows.into_iter().map(UsageRow::from).collect()
}
