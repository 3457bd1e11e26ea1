//! Where calls of an alias go besides its target, and what names it answers to.

mod check;
mod guardrails;
mod parameters;

use serde::{Deserialize, Serialize};

use super::Deprecation;
use crate::model_ref::ModelRef;
use crate::organization::OrganizationId;
use crate::team::TeamId;

pub use guardrails::{Guardrails, InvalidTolerance, Measure, Tolerance, USUAL_MIN_CALLS, USUAL_WINDOW};
pub use parameters::{ParameterRule, ParameterRules};

/// The most targets that an alias is split over, its own not counted.
pub const MAX_SPLIT: usize = 8;
/// The most fallbacks.
pub const MAX_FALLBACKS: usize = 8;
/// The most overrides.
pub const MAX_OVERRIDES: usize = 100;

/// What names an alias answers to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// Its own name.
    #[default]
    Exact,
    /// Every longer name that begins with its own, unless another alias has it, or a longer beginning of it. What
    /// follows takes the place of `{rest}` in the target. Such an alias is in no list of models.
    Prefix,
}

/// By what it is settled which of several targets serves a caller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sticky {
    /// By the key.
    #[default]
    Key,
    /// By the user that the call names (`user`, or `metadata.user_id`); by the key where it names none.
    User,
}

/// What the `model` of an answer says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResponseModel {
    /// The name that the client called.
    #[default]
    Alias,
    /// What the provider said.
    Upstream,
}

/// A part of all callers, in hundredths of a per cent: 1 to 10,000. Serialises as per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Portion(u16);

impl Portion {
    /// All of them.
    pub const ALL: u16 = 10_000;

    /// A portion of so many hundredths of a per cent; `None` where that is nothing, or more than all.
    pub fn new(hundredths: u16) -> Option<Self> {
        (1..=Self::ALL).contains(&hundredths).then_some(Self(hundredths))
    }

    /// In hundredths of a per cent.
    pub fn hundredths(self) -> u16 {
        self.0
    }
}

/// A text that is no portion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be per cent: more than 0, at most 100, with at most two decimals")]
pub struct InvalidPortion;

impl std::str::FromStr for Portion {
    type Err = InvalidPortion;

    fn from_str(text: &str) -> Result<Self, InvalidPortion> {
        use rust_decimal::prelude::ToPrimitive as _;
        let number: rust_decimal::Decimal = text.parse().map_err(|_| InvalidPortion)?;
        let hundredths = number.checked_mul(100.into()).ok_or(InvalidPortion)?;
        if !hundredths.fract().is_zero() {
            return Err(InvalidPortion);
        }
        hundredths.to_u16().and_then(Self::new).ok_or(InvalidPortion)
    }
}

impl Serialize for Portion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::money::render(rust_decimal::Decimal::new(i64::from(self.0), 2), serializer)
    }
}

impl<'de> Deserialize<'de> for Portion {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        number.to_string().parse().map_err(serde::de::Error::custom)
    }
}

/// Another target for a part of the callers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SplitTarget {
    /// Where their calls go.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "anthropic/claude-3-opus-20240229"))]
    pub litellm_model: ModelRef,
    /// How many of them, in per cent.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 5))]
    pub share: Portion,
    /// How much worse than the other targets it may be: this one is the canary, and is taken out of the split when it is
    /// worse. One target of an alias can have them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrails: Option<Guardrails>,
}

impl Override {
    /// Whether both are of the same team or organization.
    pub fn is_of_whom(&self, other: &Self) -> bool {
        self.team_id == other.team_id && self.organization_id == other.organization_id
    }
}

/// What may happen to a call that another target is to serve in the place of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Condition {
    /// There is no connection, or it was lost before an answer began.
    Unavailable,
    /// No answer began in time.
    Timeout,
    /// The provider limits the rate of calls.
    RateLimited,
    /// The provider failed, or answered what cannot be understood.
    ServerError,
    /// The provider refused the credentials.
    Authentication,
    /// The input is too long for the model.
    ContextLength,
    /// The provider's rules on content refused the call.
    ContentFilter,
    /// The credits or budgets do not cover the most that the call can cost.
    OutOfBudget,
}

impl Condition {
    /// What a fallback serves where nothing is said: what is nobody's fault but the provider's, and passes.
    pub const USUAL: [Self; 4] = [Self::Unavailable, Self::Timeout, Self::RateLimited, Self::ServerError];

    /// Every one, in order.
    pub const ALL: [Self; 8] = [
        Self::Unavailable,
        Self::Timeout,
        Self::RateLimited,
        Self::ServerError,
        Self::Authentication,
        Self::ContextLength,
        Self::ContentFilter,
        Self::OutOfBudget,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::Authentication => "authentication",
            Self::ContextLength => "context_length",
            Self::ContentFilter => "content_filter",
            Self::OutOfBudget => "out_of_budget",
        }
    }
}

/// A target that serves a call which others failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// Where the call goes.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "azure/gpt-4-deployment-name"))]
    pub litellm_model: ModelRef,
    /// After what; `unavailable`, `timeout`, `rate_limited` and `server_error` where absent.
    #[serde(default = "usual")]
    pub on: Vec<Condition>,
}

fn usual() -> Vec<Condition> {
    Condition::USUAL.into()
}

/// Another target for all calls of one team, or of all teams of one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The team; or say `organization_id`. What is said of a team comes before what is said of its organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "newclient-prod"))]
    pub team_id: Option<TeamId>,
    /// The organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "org_newclient"))]
    pub organization_id: Option<OrganizationId>,
    /// Where their calls go.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "azure/gpt-4-deployment-name"))]
    pub litellm_model: ModelRef,
}

/// A model that is called beside the target, for a part of the calls, and whose answers nobody reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    /// Where the copies go.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "anthropic/claude-3-opus-20240229"))]
    pub litellm_model: ModelRef,
    /// How many of the calls are copied, in per cent.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 10))]
    pub share: Portion,
}

/// All of that, as a version of an alias pins it. Most aliases say nothing here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Routing {
    /// What names it answers to.
    #[serde(rename = "match", skip_serializing_if = "is_default")]
    pub matching: Matching,
    /// Other targets for parts of the callers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub split: Vec<SplitTarget>,
    /// By what a caller's target is settled.
    #[serde(skip_serializing_if = "is_default")]
    pub sticky: Sticky,
    /// What serves calls that others failed, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<Fallback>,
    /// Other targets for teams and organizations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// What a part of the calls is copied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadow: Option<Shadow>,
    /// What becomes of the parameters of calls.
    #[serde(skip_serializing_if = "ParameterRules::is_empty")]
    pub parameters: ParameterRules,
    /// What the `model` of answers says.
    #[serde(skip_serializing_if = "is_default")]
    pub response_model: ResponseModel,
    /// That it is on its way out, and where calls go then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<Deprecation>,
}

impl Routing {
    /// Whether it says nothing beyond what all aliases do.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Every target besides the alias's own: those of the split, then the fallbacks, then the overrides, then what calls
    /// are copied to.
    pub fn targets(&self) -> impl Iterator<Item = &ModelRef> {
        let split = self.split.iter().map(|target| &target.litellm_model);
        let fallbacks = self.fallbacks.iter().map(|fallback| &fallback.litellm_model);
        let overrides = self.overrides.iter().map(|other| &other.litellm_model);
        split.chain(fallbacks).chain(overrides).chain(self.shadow.iter().map(|shadow| &shadow.litellm_model))
    }

    /// The target of the split that is tried out, and how much worse than the others it may be.
    pub fn canary(&self) -> Option<(&ModelRef, &Guardrails)> {
        self.split.iter().find_map(|target| Some((&target.litellm_model, target.guardrails.as_ref()?)))
    }

    /// The override for a team of an organization, by its place: what is said of the team comes first.
    pub fn override_of(&self, team: &TeamId, organization: &OrganizationId) -> Option<usize> {
        let of_team = |other: &Override| other.team_id.as_ref() == Some(team);
        let of_organization = |other: &Override| other.organization_id.as_ref() == Some(organization);
        let place = |is: &dyn Fn(&Override) -> bool| self.overrides.iter().position(is);
        place(&of_team).or_else(|| place(&of_organization))
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests;
