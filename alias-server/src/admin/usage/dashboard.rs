//! `/api/stats/dashboard`: the figures of one page.

use actix_web::{HttpResponse, web};
use alias_core::clock::{Clock, Timestamp};
use alias_core::credits::Percentage;
use alias_core::money::{MicroCredits, NanoUsd};
use alias_core::organization::OrganizationId;
use alias_core::report::{Figures, Grouping, Interval, LowTeam, ReportQuery, Scope, midnight};
use alias_core::repository::ReportRepository;
use alias_core::team::TeamId;
use chrono::Days;
use serde::Serialize;
use utoipa::ToSchema;

use super::object::UsageRow;
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::books::Books;
use crate::error::ApiError;

/// How many aliases and teams are shown.
const TOP: u32 = 10;
/// How many teams with little credit are shown.
const LOW: u32 = 20;

/// Sums over a number of days.
#[derive(Debug, Serialize, ToSchema)]
pub struct Totals {
    /// Calls that were sent upstream.
    #[schema(example = 1543)]
    pub calls: u64,
    /// Those that were not answered to the end.
    #[schema(example = 12)]
    pub errors: u64,
    /// Tokens of all classes.
    #[schema(example = 1_311_550)]
    pub tokens: u64,
    /// What providers took, in USD.
    #[schema(value_type = f64, example = 234.56)]
    pub cost_usd: NanoUsd,
    /// What clients are charged, in USD.
    #[schema(value_type = f64, example = 300.1)]
    pub billed_usd: NanoUsd,
    /// What was charged to accounts.
    #[schema(value_type = f64, example = 1531)]
    pub credits_used: MicroCredits,
    /// Completed calls whose cost nobody knows.
    pub unpriced_calls: u64,
}

impl From<Figures> for Totals {
    fn from(figures: Figures) -> Self {
        Self {
            calls: figures.calls,
            errors: figures.failed,
            tokens: figures.input_tokens.saturating_add(figures.output_tokens),
            cost_usd: figures.cost_usd,
            billed_usd: figures.billed_usd,
            credits_used: figures.charged_credits,
            unpriced_calls: figures.unpriced_calls,
        }
    }
}

/// A team that is about to run out of credit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LowTeam)]
pub struct LowTeamObject {
    /// The team.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// Its organization.
    #[schema(value_type = String, example = "org_acme")]
    pub organization_id: OrganizationId,
    /// What it was given.
    #[schema(value_type = f64, example = 1000)]
    pub credits_allocated: MicroCredits,
    /// What is left of that.
    #[schema(value_type = f64, example = 42)]
    pub credits_remaining: MicroCredits,
    /// What it spent of what it was given, in per cent.
    #[schema(value_type = f64, example = 95.8)]
    pub percentage_used: Percentage,
}

impl From<LowTeam> for LowTeamObject {
    fn from(low: LowTeam) -> Self {
        Self {
            team_id: low.team_id,
            organization_id: low.organization_id,
            credits_allocated: low.balance.allocated,
            credits_remaining: low.balance.remaining(),
            percentage_used: low.balance.percentage_used(),
        }
    }
}

/// The figures of one page. Days are UTC's.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dashboard {
    /// Since midnight.
    pub today: Totals,
    /// Today and the six days before.
    pub last_7_days: Totals,
    /// Today and the 29 days before.
    pub last_30_days: Totals,
    /// The aliases with the most calls in 30 days.
    pub top_aliases: Vec<UsageRow>,
    /// The teams with the most calls in 30 days.
    pub top_teams: Vec<UsageRow>,
    /// Each of the 30 days that had calls.
    pub calls_per_day: Vec<UsageRow>,
    /// The teams that have a fifth of their credits left or less.
    pub teams_low_on_credits: Vec<LowTeamObject>,
}

/// Show the figures of the dashboard.
///
/// # Errors
/// 503 where the storage is away.
#[utoipa::path(
    get, path = "/api/stats/dashboard", tag = "usage", operation_id = "get_dashboard",
    responses((status = 200, description = "The figures.", body = Dashboard)),
)]
pub async fn show(
    admin: Admin,
    reports: web::Data<dyn ReportRepository>,
    books: web::Data<Books>,
    clock: web::Data<dyn Clock>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    books.settled().await;
    let (home, now) = (admin.home().cloned(), clock.now());
    let of = |days| ReportQuery::of(Scope { organization: home.clone(), ..last(now, days) });
    let total = async |days| -> Result<Totals, ApiError> {
        let rows = reports.report(&ReportQuery { times: false, ..of(days) }).await?.rows;
        Ok(rows.into_iter().next().map_or_else(Figures::default, |row| row.figures).into())
    };
    let rows = async |query: ReportQuery| -> Result<Vec<UsageRow>, ApiError> {
        Ok(reports.report(&query).await?.rows.into_iter().map(UsageRow::from).collect())
    };
    let top = |group| ReportQuery { group_by: Some(group), limit: TOP, most_first: true, ..of(30) };
    let low = reports.low_on_credits(home.clone(), LOW).await?;
    Ok(HttpResponse::Ok().json(Dashboard {
        today: total(1).await?,
        last_7_days: total(7).await?,
        last_30_days: total(30).await?,
        top_aliases: rows(top(Grouping::Alias)).await?,
        top_teams: rows(top(Grouping::Team)).await?,
        calls_per_day: rows(ReportQuery { interval: Some(Interval::Day), ..of(30) }).await?,
        teams_low_on_credits: low.into_iter().map(LowTeamObject::from).collect(),
    }))
}

/// Today, and so many days in all.
fn last(now: Timestamp, days: u64) -> Scope {
    let today = now.day();
    Scope::between(midnight(today - Days::new(days - 1)), midnight(today + Days::new(1)))
}
