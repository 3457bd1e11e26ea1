//! How a report is divided: by time, and by what calls have in common.

use serde::{Deserialize, Serialize};

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
    /// The access groups that grant the team the alias at present: a call counts in each of them, or in none.
    AccessGroup,
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
words!(Grouping, "alias, access_group, team, organization, provider, model, key, job_type, endpoint, outcome":
    "alias" => Alias, "access_group" => AccessGroup, "team" => Team, "organization" => Organization, "provider" => Provider, "model" => Model,
    "key" => Key, "job_type" => JobType, "endpoint" => Endpoint, "outcome" => Outcome);
