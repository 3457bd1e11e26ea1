//! A team's policy on credits, and changes of it.

use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Number;
use validator::{Validate, ValidationError, ValidationErrors};

use crate::money::{MicroCredits, scaled};
use crate::price::Markup;
use crate::validation::{self, error, parses};

/// How usage is counted in credits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BudgetMode {
    /// One credit for each completed job; a call outside a job is a job of its own.
    #[default]
    JobBased,
    /// What the client is charged in USD, times `credits_per_dollar`.
    ConsumptionUsd,
    /// All tokens, by `tokens_per_credit`.
    ConsumptionTokens,
}

/// What happens when no credits are left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitMode {
    /// Calls are refused before they could take the balance below zero.
    #[default]
    HardLimit,
    /// Calls go on, and the balance goes below zero: alerts say so.
    SoftLimit,
    /// Calls go on; nothing is said.
    Unlimited,
}

macro_rules! words {
    ($type:ident: $($word:literal => $variant:ident),+) => {
        impl $type {
            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(UnknownWord) }
            }
        }
    };
}

/// A word that is none of the mode's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown mode")]
pub struct UnknownWord;

words!(BudgetMode: "job_based" => JobBased, "consumption_usd" => ConsumptionUsd,
    "consumption_tokens" => ConsumptionTokens);
words!(LimitMode: "hard_limit" => HardLimit, "soft_limit" => SoftLimit, "unlimited" => Unlimited);

/// Credits for one USD, in micro-credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CreditRate(i64);

impl CreditRate {
    /// A rate from micro-credits for one USD.
    pub const fn new(micros: i64) -> Self {
        Self(micros)
    }

    /// The rate in micro-credits for one USD.
    pub const fn micros(self) -> i64 {
        self.0
    }
}

/// A text that is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be credits for one USD, from 0.000001 to 1000000 with at most 6 decimals, for example 10")]
pub struct InvalidRate;

impl FromStr for CreditRate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        scaled(text, 6).filter(|rate| (1..=1_000_000_000_000).contains(rate)).map(Self).ok_or(InvalidRate)
    }
}

impl Serialize for CreditRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MicroCredits::new(self.0).serialize(serializer)
    }
}

/// How a team's calls are counted in credits, and limited by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Billing {
    /// How usage is counted.
    pub budget_mode: BudgetMode,
    /// What happens when none are left.
    pub limit_mode: LimitMode,
    /// Credits for one USD, in `consumption_usd` mode.
    pub credits_per_dollar: CreditRate,
    /// Tokens for one credit, in `consumption_tokens` mode; at least 1.
    pub tokens_per_credit: u64,
    /// What is charged on top of the provider's cost where an alias has neither price nor markup of its own.
    #[serde(rename = "cost_markup_percentage")]
    pub markup: Markup,
}

impl Default for Billing {
    fn default() -> Self {
        Self {
            budget_mode: BudgetMode::default(),
            limit_mode: LimitMode::default(),
            credits_per_dollar: CreditRate::new(10_000_000),
            tokens_per_credit: 10_000,
            markup: Markup::NONE,
        }
    }
}

/// The policy's fields as they are written, unchecked: part of a team's draft and edit. What is absent is kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BillingEdit {
    /// How usage is counted: `job_based` (1 credit a completed job), `consumption_usd` or `consumption_tokens`.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = is_budget_mode))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<BudgetMode>, nullable = false))]
    pub budget_mode: Option<String>,
    /// What happens when no credits are left: `hard_limit` (refuse), `soft_limit` (go on and say so) or `unlimited`.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = is_limit_mode))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<LimitMode>, nullable = false))]
    pub limit_mode: Option<String>,
    /// Credits for one USD of what the client is charged.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = number::<CreditRate>))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, nullable = false, example = 10))]
    pub credits_per_dollar: Option<Number>,
    /// Tokens for one credit.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(range(min = 1, max = 1_000_000_000, message = "must be from 1 to 1000000000"))]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, minimum = 1, maximum = 1_000_000_000, example = 10_000)
    )]
    pub tokens_per_credit: Option<u64>,
    /// Per cent on top of the provider's cost, where an alias has neither price nor markup of its own.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = number::<Markup>))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, nullable = false, example = 20))]
    pub cost_markup_percentage: Option<Number>,
}

/// A checked change of the policy: `None` keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BillingChange {
    /// New way of counting.
    pub budget_mode: Option<BudgetMode>,
    /// New limit.
    pub limit_mode: Option<LimitMode>,
    /// New rate.
    pub credits_per_dollar: Option<CreditRate>,
    /// New rate.
    pub tokens_per_credit: Option<u64>,
    /// New markup.
    pub markup: Option<Markup>,
}

impl BillingEdit {
    /// Checks every field that is present.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(&self) -> Result<BillingChange, ValidationErrors> {
        self.validate()?;
        let number = |sent: &Option<Number>| sent.as_ref().map(ToString::to_string);
        Ok(BillingChange {
            budget_mode: self.budget_mode.as_deref().and_then(|word| word.parse().ok()),
            limit_mode: self.limit_mode.as_deref().and_then(|word| word.parse().ok()),
            credits_per_dollar: number(&self.credits_per_dollar).and_then(|text| text.parse().ok()),
            tokens_per_credit: self.tokens_per_credit,
            markup: number(&self.cost_markup_percentage).and_then(|text| text.parse().ok()),
        })
    }
}

impl BillingChange {
    /// The policy that this change makes of `billing`.
    #[must_use]
    pub fn applied_to(self, billing: Billing) -> Billing {
        Billing {
            budget_mode: self.budget_mode.unwrap_or(billing.budget_mode),
            limit_mode: self.limit_mode.unwrap_or(billing.limit_mode),
            credits_per_dollar: self.credits_per_dollar.unwrap_or(billing.credits_per_dollar),
            tokens_per_credit: self.tokens_per_credit.unwrap_or(billing.tokens_per_credit),
            markup: self.markup.unwrap_or(billing.markup),
        }
    }
}

fn number<T: FromStr<Err: std::fmt::Display>>(number: &Number) -> Result<(), ValidationError> {
    parses::<T>(&number.to_string())
}

fn is_budget_mode(word: &str) -> Result<(), ValidationError> {
    if word.parse::<BudgetMode>().is_ok() {
        return Ok(());
    }
    let elsewhere = if word.parse::<LimitMode>().is_ok() { "; what you sent is a limit_mode" } else { "" };
    let words = "must be job_based, consumption_usd or consumption_tokens";
    Err(error("invalid_value", format!("{words}{elsewhere}")))
}

fn is_limit_mode(word: &str) -> Result<(), ValidationError> {
    if word.parse::<LimitMode>().is_ok() {
        return Ok(());
    }
    let elsewhere = if word.parse::<BudgetMode>().is_ok() { "; what you sent is a budget_mode" } else { "" };
    Err(error("invalid_value", format!("must be hard_limit, soft_limit or unlimited{elsewhere}")))
}
