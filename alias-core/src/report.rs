//! Reports: sums of what calls used, over time and by what they have in common.

mod verification;

use serde::{Deserialize, Serialize};

use crate::alias::AliasName;
use crate::clock::Timestamp;
use crate::credits::Balance;
use crate::money::{MicroCredits, NanoUsd};
use crate::organization::OrganizationId;
use crate::team::TeamId;

pub use verification::{Difference, MOST_DIFFERENCES, Verification};

/// The most days of one report.
pub const MOST_DAYS: i64 = 400;
/// The most days of a report that only single calls can tell.
pub const MOST_DAYS_OF_CALLS: i64 = 31;
/// The most rows of one answer.
pub const MOST_ROWS: u32 = 10_000;

/// How long one row's time is, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A month.
    Month,
}

/// What the calls of one row have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// The alias that was called.
    Alias,
    /// The team that called.
    Team,
    /// The organization of the team.
    Organization,
    /// The provider that they went to.
    Provider,
    /// The provider's model that they went to.
    Model,
    /// The key that was used.
    Key,
    /// The type of the job that they were part of.
    JobType,
    /// Where they came in.
    Endpoint,
    /// How they ended.
    Outcome,
}

macro_rules! words {
    ($type:ident, $what:literal: $($word:literal => $variant:ident),+) => {
        impl $type {
            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(UnknownWord(concat!($what))) }
            }
        }
    };
}

/// A word that is none of those that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {0}")]
pub struct UnknownWord(&'static str);

words!(Interval, "hour, day, month": "hour" => Hour, "day" => Day, "month" => Month);
words!(Grouping, "alias, team, organization, provider, model, key, job_type, endpoint, outcome":
    "alias" => Alias, "team" => Team, "organization" => Organization, "provider" => Provider, "model" => Model,
    "key" => Key, "job_type" => JobType, "endpoint" => Endpoint, "outcome" => Outcome);

/// A month or a day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: chrono::NaiveDate,
    end: chrono::NaiveDate,
    month: bool,
}

/// A text that is no [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a month like 2024-10, or a day like 2024-10-14")]
pub struct InvalidPeriod;

impl Period {
    /// The month of a day.
    pub fn month_of(day: chrono::NaiveDate) -> Self {
        use chrono::Datelike;
        let first = day.with_day(1).unwrap_or(day);
        let end = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
        Self { first, end, month: true }
    }

    /// All calls of it.
    pub fn scope(self) -> Scope {
        Scope::between(midnight(self.first), midnight(self.end))
    }
}

/// The beginning of a day.
pub fn midnight(day: chrono::NaiveDate) -> Timestamp {
    Timestamp::from(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

impl std::str::FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        // Years of four digits: neither databases nor clients know others.
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let read = |text: &str| text.parse::<chrono::NaiveDate>().map_err(|_| InvalidPeriod);
        match text.len() {
            7 if digits(text) => read(&format!("{text}-01")).map(Self::month_of),
            10 if digits(text) => {
                let first = read(text)?;
                Ok(Self { first, end: first.succ_opt().ok_or(InvalidPeriod)?, month: false })
            }
            _ => Err(InvalidPeriod),
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.first.format(if self.month { "%Y-%m" } else { "%Y-%m-%d" }))
    }
}

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
}

impl ReportQuery {
    /// All calls of a scope together.
    pub fn of(scope: Scope) -> Self {
        Self { scope, interval: None, group_by: None, limit: MOST_ROWS, after: None, most_first: false }
    }

    /// Whether the days' sums tell it; else each call is looked at.
    pub fn is_of_days(&self) -> bool {
        let grouped = matches!(
            self.group_by,
            None | Some(Grouping::Alias | Grouping::Team | Grouping::Organization)
        );
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
