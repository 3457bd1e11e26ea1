//! Reports: sums of what calls used, over time and by what they have in common.

mod grouping;
mod period;
pub mod times;
mod verification;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::alias::AliasName;
use crate::clock::Timestamp;
use crate::credits::Balance;
use crate::money::{MicroCredits, NanoUsd};
use crate::organization::OrganizationId;
use crate::team::TeamId;

pub use grouping::{Grouping, Interval, UnknownWord};
pub use period::{InvalidPeriod, Period, midnight};
pub use times::{Percentiles, Times};
pub use verification::{Difference, MOST_DIFFERENCES, Verification};

/// The most days of one report.
pub const MOST_DAYS: i64 = 400;
/// The most days of a report that only single calls can tell.
pub const MOST_DAYS_OF_CALLS: i64 = 31;
/// The most rows of one answer.
pub const MOST_ROWS: u32 = 10_000;

/// Which calls a report is about. The end is not part of the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Calls that began at this moment or later.
    pub from: Timestamp,
    /// Calls that began before this moment.
    pub to: Timestamp,
    /// Only calls of this alias.
    pub alias: Option<AliasName>,
    /// Only calls of this team.
    pub team: Option<TeamId>,
    /// Only calls of this organization's teams.
    pub organization: Option<OrganizationId>,
}

impl Scope {
    /// All calls of a time.
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to, alias: None, team: None, organization: None }
    }

    /// Whether it begins and ends with a UTC day, so that the days' sums tell it.
    pub fn is_of_days(&self) -> bool {
        let whole = |at: Timestamp| at.utc().time() == chrono::NaiveTime::MIN;
        whole(self.from) && whole(self.to)
    }

    /// How many days it touches.
    pub fn days(&self) -> i64 {
        (self.to.micros().saturating_sub(self.from.micros())).saturating_add(86_399_999_999) / 86_400_000_000
    }
}

/// A report to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportQuery {
    /// Which calls.
    pub scope: Scope,
    /// A row for each part of the time; the whole time where absent.
    pub interval: Option<Interval>,
    /// A row for each value; all calls together where absent.
    pub group_by: Option<Grouping>,
    /// The most rows.
    pub limit: u32,
    /// The row after which to go on.
    pub after: Option<Place>,
    /// Sorted by calls, those with the most first; such a report has one part.
    pub most_first: bool,
    /// Whether to tell how long calls took.
    pub times: bool,
}

impl ReportQuery {
    /// All calls of a scope together.
    pub fn of(scope: Scope) -> Self {
        Self {
            scope,
            interval: None,
            group_by: None,
            limit: MOST_ROWS,
            after: None,
            most_first: false,
            times: true,
        }
    }

    /// Whether the days' sums tell it; else each call is looked at.
    pub fn is_of_days(&self) -> bool {
        let grouped = match self.group_by {
            None => true,
            Some(group) => matches!(
                group,
                Grouping::Alias | Grouping::AccessGroup | Grouping::Team | Grouping::Organization
            ),
        };
        grouped && self.interval != Some(Interval::Hour) && self.scope.is_of_days()
    }
}

/// A row's place in its report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its time.
    pub period: String,
    /// What its calls have in common, by identity.
    pub key: String,
}

/// Sums over some calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Calls that were sent upstream, however they ended.
    #[cfg_attr(feature = "openapi", schema(example = 1543))]
    pub calls: u64,
    /// Those that were answered to the end.
    #[cfg_attr(feature = "openapi", schema(example = 1531))]
    pub successful: u64,
    /// Those that were not.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub failed: u64,
    /// Input tokens of all classes.
    #[cfg_attr(feature = "openapi", schema(example = 1_000_000))]
    pub input_tokens: u64,
    /// Output tokens of all classes.
    #[cfg_attr(feature = "openapi", schema(example = 311_550))]
    pub output_tokens: u64,
    /// The part of the input that was read from the provider's cache.
    pub cached_tokens: u64,
    /// The part of the output that was spent on reasoning.
    pub reasoning_tokens: u64,
    /// What providers took, in USD.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 234.56))]
    pub cost_usd: NanoUsd,
    /// What clients are charged, in USD.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 300.1))]
    pub billed_usd: NanoUsd,
    /// What the calls burned.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 1531))]
    pub credits: MicroCredits,
    /// The part of it that teams' accounts were charged.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 1531))]
    pub charged_credits: MicroCredits,
    /// The rest, which the house bears.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 0))]
    pub house_credits: MicroCredits,
    /// Completed calls whose cost nobody knows.
    pub unpriced_calls: u64,
    /// Calls whose tokens are estimated.
    pub estimated_calls: u64,
    /// How long calls took that were answered to the end, from their admission to their end; null where nobody knows.
    pub latency_ms: Option<Percentiles>,
    /// The same up to the first byte of the answer, of those that were streamed.
    pub first_token_ms: Option<Percentiles>,
}

/// One row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// Its time: `2024-10-14T12`, `2024-10-14` or `2024-10`; empty where the report has no intervals.
    pub period: String,
    /// What its calls have in common, by identity: an alias's or a team's id of ours, or the word itself.
    pub key: String,
    /// The same as people call it.
    pub name: String,
    /// The sums.
    pub figures: Figures,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The rows, by time, then by key.
    pub rows: Vec<ReportRow>,
    /// How many there are in all.
    pub total: u64,
    /// Where the next part starts; `None` on the last.
    pub next: Option<Place>,
}

/// Jobs and what their calls used. A call that came without a job is a job of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobSums {
    /// Jobs.
    pub total: u64,
    /// Those of which a call was answered to the end.
    pub successful: u64,
    /// The sums over their calls.
    pub figures: Figures,
}

/// What a team or an organization used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageSummary {
    /// All of it.
    pub all: JobSums,
    /// The same by the type of job.
    pub by_job_type: Vec<(String, JobSums)>,
    /// By alias.
    pub by_alias: Vec<(String, JobSums)>,
    /// By team.
    pub by_team: Vec<(String, JobSums)>,
}

/// Calls of a team for an alias that were refused, and so never sent upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedCalls {
    /// The alias, as it is called, or was.
    pub alias: String,
    /// The team, as it is called, or was.
    pub team: String,
    /// How many.
    pub calls: u64,
    /// The day of the last one, in UTC.
    pub last_day: NaiveDate,
}

/// A team that is about to run out of credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowTeam {
    /// The team.
    pub team_id: TeamId,
    /// Its organization.
    pub organization_id: OrganizationId,
    /// What it has.
    pub balance: Balance,
}
