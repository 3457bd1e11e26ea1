//! Reports: sums of usage over time, from the days' sums where these tell it, else from the calls.

mod chosen;
mod denied;
mod dialect;
mod low;
mod query;
mod times;

use std::time::Duration;

use alias_core::money::{MicroCredits, NanoUsd};
use alias_core::organization::OrganizationId;
use alias_core::report::{
    DeniedCalls, Figures, Grouping, JobSums, LowTeam, MOST_ROWS, Place, Report, ReportQuery, ReportRow,
    Scope, UsageSummary, Verification,
};
use alias_core::repository::{ReportRepository, StoreError};
use async_trait::async_trait;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use self::chosen::Chosen;
use self::query::Source;
use crate::column::count;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::store::SqlStore;

/// A report may take longer than a call, and not for ever.
const PATIENT: &str =
    "SET LOCAL statement_timeout = '30s'; SET LOCAL idle_in_transaction_session_timeout = '30s'";

/// The most rows of each part of a summary.
const PARTS: u32 = 1_000;

/// One row of a report, as [`query::text`] selects it.
#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    period: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    calls: i64,
    #[diesel(sql_type = BigInt)]
    completed: i64,
    #[diesel(sql_type = BigInt)]
    input_tokens: i64,
    #[diesel(sql_type = BigInt)]
    output_tokens: i64,
    #[diesel(sql_type = BigInt)]
    cached_tokens: i64,
    #[diesel(sql_type = BigInt)]
    reasoning_tokens: i64,
    #[diesel(sql_type = BigInt)]
    cost_nano: i64,
    #[diesel(sql_type = BigInt)]
    billed_nano: i64,
    #[diesel(sql_type = BigInt)]
    credits: i64,
    #[diesel(sql_type = BigInt)]
    charged: i64,
    #[diesel(sql_type = BigInt)]
    unpriced: i64,
    #[diesel(sql_type = BigInt)]
    estimated: i64,
    #[diesel(sql_type = BigInt)]
    jobs: i64,
    #[diesel(sql_type = BigInt)]
    successful_jobs: i64,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

impl Row {
    fn figures(&self) -> Figures {
        Figures {
            calls: count(self.calls),
            successful: count(self.completed),
            failed: count(self.calls - self.completed),
            input_tokens: count(self.input_tokens),
            output_tokens: count(self.output_tokens),
            cached_tokens: count(self.cached_tokens),
            reasoning_tokens: count(self.reasoning_tokens),
            cost_usd: NanoUsd::new(self.cost_nano),
            billed_usd: NanoUsd::new(self.billed_nano),
            credits: MicroCredits::new(self.credits),
            charged_credits: MicroCredits::new(self.charged),
            house_credits: MicroCredits::new(self.credits.saturating_sub(self.charged)),
            unpriced_calls: count(self.unpriced),
            estimated_calls: count(self.estimated),
            latency_ms: None,
            first_token_ms: None,
        }
    }

    fn jobs(&self) -> JobSums {
        JobSums { total: count(self.jobs), successful: count(self.successful_jobs), figures: self.figures() }
    }
}

pub(crate) fn patient(conn: &mut AnyConnection) -> Result<(), Failure> {
    if let AnyConnection::Postgres(c) = conn {
        c.batch_execute(PATIENT)?;
    }
    Ok(())
}

fn report(conn: &mut AnyConnection, query: &ReportQuery) -> Result<Report, Failure> {
    patient(conn)?;
    let chosen = Chosen::find(conn, &query.scope)?;
    let source = source_of(query);
    let limit = query.limit.clamp(1, MOST_ROWS);
    let mut rows = query::rows(conn, source, query, &chosen, i64::from(limit) + 1)?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let total = rows.first().map_or(0, |row| count(row.total));
    let next = rows.last().filter(|_| more);
    let next = next.map(|row| Place { period: row.period.clone(), key: row.key.clone() });
    let row =
        |row: Row| ReportRow { figures: row.figures(), period: row.period, key: row.key, name: row.name };
    let mut rows: Vec<ReportRow> = rows.into_iter().map(row).collect();
    if query.times {
        times::tell(conn, source, query, &chosen, &mut rows)?;
    }
    Ok(Report { rows, total, next })
}

/// Where the numbers of a report are read from.
fn source_of(query: &ReportQuery) -> Source {
    if query.is_of_days() { Source::Days } else { Source::Calls }
}

fn summary(conn: &mut AnyConnection, scope: &Scope) -> Result<UsageSummary, Failure> {
    patient(conn)?;
    let chosen = Chosen::find(conn, scope)?;
    let mut by = |group_by: Option<Grouping>| -> Result<Vec<(String, JobSums)>, Failure> {
        let query = ReportQuery { group_by, limit: PARTS, ..ReportQuery::of(scope.clone()) };
        let rows = query::rows(conn, Source::Calls, &query, &chosen, i64::from(PARTS))?;
        Ok(rows.into_iter().map(|row| (row.name.clone(), row.jobs())).collect())
    };
    let mut summary = UsageSummary {
        all: by(None)?.pop().map(|(_, all)| all).unwrap_or_default(),
        by_job_type: by(Some(Grouping::JobType))?,
        by_alias: by(Some(Grouping::Alias))?,
        by_team: by(Some(Grouping::Team))?,
    };
    let all = ReportQuery::of(scope.clone());
    times::tell_all(conn, source_of(&all), &all, &chosen, &mut summary.all.figures)?;
    Ok(summary)
}

#[async_trait]
impl ReportRepository for SqlStore {
    async fn report(&self, query: &ReportQuery) -> Result<Report, StoreError> {
        let query = query.clone();
        self.read(move |conn| report(conn, &query)).await
    }

    async fn summary(&self, scope: &Scope) -> Result<UsageSummary, StoreError> {
        let scope = scope.clone();
        self.read(move |conn| summary(conn, &scope)).await
    }

    async fn low_on_credits(
        &self,
        organization: Option<OrganizationId>,
        most: u32,
    ) -> Result<Vec<LowTeam>, StoreError> {
        self.read(move |conn| low::teams(conn, organization.as_ref(), most)).await
    }

    async fn denied(&self, scope: &Scope, most: u32) -> Result<Vec<DeniedCalls>, StoreError> {
        let scope = scope.clone();
        self.read(move |conn| denied::pairs(conn, &scope, most)).await
    }

    async fn verify_books(&self, most: Duration) -> Result<Verification, StoreError> {
        self.recompute_within(most).await
    }
}
