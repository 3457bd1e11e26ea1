//! What a team or an organization used in a month or on a day, in jobs.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use alias_core::clock::Clock;
use alias_core::money::{MicroCredits, NanoUsd};
use alias_core::organization::OrganizationId;
use alias_core::report::{JobSums, Percentiles, Period, Scope};
use alias_core::repository::{OrganizationRepository, ReportRepository, TeamRepository};
use alias_core::team::TeamId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::path::{Named, not_found};
use crate::admin::query::{Query, parsed};
use crate::auth::Admin;
use crate::books::Books;
use crate::error::ApiError;

/// Which time.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InPeriod {
    /// A month or a day, in UTC; the present month where absent.
    #[param(example = "2024-10")]
    period: Option<String>,
}

impl InPeriod {
    fn read(&self, clock: &dyn Clock) -> Result<Period, ApiError> {
        let period = parsed("period", self.period.as_deref())?;
        Ok(period.unwrap_or_else(|| Period::month_of(clock.now().day())))
    }
}

/// Jobs, and what they took. A call that came without a job is a job of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobSummary {
    /// Jobs.
    #[schema(example = 250)]
    pub total_jobs: u64,
    /// Those of which a call was answered to the end.
    #[schema(example = 245)]
    pub successful_jobs: u64,
    /// The others.
    #[schema(example = 5)]
    pub failed_jobs: u64,
    /// Their calls.
    #[schema(example = 250)]
    pub total_calls: u64,
    /// What providers took, in USD.
    #[schema(value_type = f64, example = 45.67)]
    pub total_cost_usd: NanoUsd,
    /// What clients are charged, in USD.
    #[schema(value_type = f64, example = 54.8)]
    pub total_billed_usd: NanoUsd,
    /// What was charged to accounts.
    #[schema(value_type = f64, example = 250)]
    pub credits_used: MicroCredits,
    /// What a job took, in USD.
    #[schema(value_type = f64, example = 0.18268)]
    pub avg_cost_per_job: NanoUsd,
    /// Tokens of all classes.
    #[schema(example = 2_500_000)]
    pub total_tokens: u64,
    /// How long calls took that were answered to the end, from their admission to their end; null where nobody knows.
    pub latency_ms: Option<Percentiles>,
    /// The same up to the first byte of the answer, of those that were streamed.
    pub first_token_ms: Option<Percentiles>,
}

impl From<&JobSums> for JobSummary {
    fn from(sums: &JobSums) -> Self {
        let figures = &sums.figures;
        let jobs = i64::try_from(sums.total).unwrap_or(i64::MAX);
        let half = figures.cost_usd.nanos().saturating_add(jobs / 2);
        Self {
            total_jobs: sums.total,
            successful_jobs: sums.successful,
            failed_jobs: sums.total.saturating_sub(sums.successful),
            total_calls: figures.calls,
            total_cost_usd: figures.cost_usd,
            total_billed_usd: figures.billed_usd,
            credits_used: figures.charged_credits,
            avg_cost_per_job: NanoUsd::new(half.checked_div(jobs).unwrap_or(0)),
            total_tokens: figures.input_tokens.saturating_add(figures.output_tokens),
            latency_ms: figures.latency_ms,
            first_token_ms: figures.first_token_ms,
        }
    }
}

/// The jobs of one part, and what they took.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct PartSummary {
    /// Jobs.
    #[schema(example = 120)]
    pub jobs: u64,
    /// The same.
    #[schema(example = 120)]
    pub count: u64,
    /// Their calls.
    #[schema(example = 120)]
    pub calls: u64,
    /// What providers took, in USD.
    #[schema(value_type = f64, example = 21.4)]
    pub cost_usd: NanoUsd,
    /// What clients are charged, in USD.
    #[schema(value_type = f64, example = 25.68)]
    pub billed_usd: NanoUsd,
    /// What was charged to accounts.
    #[schema(value_type = f64, example = 120)]
    pub credits_used: MicroCredits,
    /// Tokens of all classes.
    #[schema(example = 1_200_000)]
    pub tokens: u64,
}

impl PartSummary {
    fn add(&mut self, sums: &JobSums) {
        let figures = &sums.figures;
        self.jobs += sums.total;
        self.count = self.jobs;
        self.calls += figures.calls;
        self.cost_usd = self.cost_usd + figures.cost_usd;
        self.billed_usd = self.billed_usd + figures.billed_usd;
        let credits = self.credits_used.micros().saturating_add(figures.charged_credits.micros());
        self.credits_used = MicroCredits::new(credits);
        self.tokens += figures.input_tokens + figures.output_tokens;
    }
}

/// The parts by name; those that had one name one after the other are one here.
fn parts(all: &[(String, JobSums)]) -> BTreeMap<String, PartSummary> {
    let mut parts: BTreeMap<String, PartSummary> = BTreeMap::new();
    for (name, sums) in all {
        parts.entry(name.clone()).or_default().add(sums);
    }
    parts
}

/// What a team used.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamUsage {
    /// The team.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// The month or the day.
    #[schema(example = "2024-10")]
    pub period: String,
    /// All of it.
    pub summary: JobSummary,
    /// How many jobs there were of each type; `direct` are calls that came without a job.
    #[schema(value_type = Object, example = json!({"document_analysis": 120, "direct": 130}))]
    pub by_job_type: BTreeMap<String, u64>,
    /// By alias.
    #[schema(value_type = Object)]
    pub by_alias: BTreeMap<String, PartSummary>,
}

/// Show what a team used.
///
/// # Errors
/// 400 for a period that is none, 404 for a team that does not exist.
#[utoipa::path(
    get, path = "/api/teams/{team}/usage", tag = "usage", operation_id = "get_team_usage",
    params(Named<TeamId>, InPeriod),
    responses((status = 200, description = "What it used.", body = TeamUsage)),
)]
pub async fn of_team(
    _: Admin,
    teams: web::Data<dyn TeamRepository>,
    reports: web::Data<dyn ReportRepository>,
    books: web::Data<Books>,
    clock: web::Data<dyn Clock>,
    Named(team): Named<TeamId>,
    Query(period): Query<InPeriod>,
) -> Result<HttpResponse, ApiError> {
    let period = period.read(&**clock)?;
    let details = teams.find(&team).await?.ok_or_else(|| not_found::<TeamId>(team.as_str()))?;
    books.settled().await;
    let scope = Scope { team: Some(team), ..period.scope() };
    let used = reports.summary(&scope).await?;
    let by_job_type = parts(&used.by_job_type).into_iter().map(|(name, part)| (name, part.jobs)).collect();
    Ok(HttpResponse::Ok().json(TeamUsage {
        team_id: details.team.team_id,
        period: period.to_string(),
        summary: JobSummary::from(&used.all),
        by_job_type,
        by_alias: parts(&used.by_alias),
    }))
}

/// What an organization's teams used.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationUsage {
    /// The organization.
    #[schema(value_type = String, example = "org_acme")]
    pub organization_id: OrganizationId,
    /// The month or the day.
    #[schema(example = "2024-10")]
    pub period: String,
    /// All of it.
    pub summary: JobSummary,
    /// By team.
    #[schema(value_type = Object)]
    pub by_team: BTreeMap<String, PartSummary>,
    /// By type of job; `direct` are calls that came without a job.
    #[schema(value_type = Object)]
    pub by_job_type: BTreeMap<String, PartSummary>,
    /// By alias.
    #[schema(value_type = Object)]
    pub by_alias: BTreeMap<String, PartSummary>,
}

/// Show what an organization used.
///
/// Teams that are gone count, too.
///
/// # Errors
/// 400 for a period that is none, 404 for an organization that does not exist.
#[utoipa::path(
    get, path = "/api/organizations/{organization}/usage", tag = "usage", operation_id = "get_organization_usage",
    params(Named<OrganizationId>, InPeriod),
    responses((status = 200, description = "What its teams used.", body = OrganizationUsage)),
)]
pub async fn of_organization(
    _: Admin,
    organizations: web::Data<dyn OrganizationRepository>,
    reports: web::Data<dyn ReportRepository>,
    books: web::Data<Books>,
    clock: web::Data<dyn Clock>,
    Named(organization): Named<OrganizationId>,
    Query(period): Query<InPeriod>,
) -> Result<HttpResponse, ApiError> {
    let period = period.read(&**clock)?;
    let details = organizations.find(&organization).await?;
    let details = details.ok_or_else(|| not_found::<OrganizationId>(organization.as_str()))?;
    books.settled().await;
    let scope = Scope { organization: Some(organization), ..period.scope() };
    let used = reports.summary(&scope).await?;
    Ok(HttpResponse::Ok().json(OrganizationUsage {
        organization_id: details.organization.organization_id,
        period: period.to_string(),
        summary: JobSummary::from(&used.all),
        by_team: parts(&used.by_team),
        by_job_type: parts(&used.by_job_type),
        by_alias: parts(&used.by_alias),
    }))
}
