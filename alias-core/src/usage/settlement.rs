//! How a call was counted: by which price, in how many credits, and who bears them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::budget::Share;
use crate::credits::BudgetMode;
use crate::model_ref::ModelRef;
use crate::money::MicroCredits;
use crate::price::{Markup, PriceId, PriceList};
use crate::usage::InstanceId;

/// Where the numbers of tokens come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageSource {
    /// The provider reported them at the end.
    Reported,
    /// The provider reported a part of them before the call broke off.
    Partial,
    /// Nobody reported them: they are estimated from what went by.
    Estimated,
    /// There is nothing to count.
    #[default]
    None,
}

/// What the client's charge was computed from. An event pins it, so that the charge can be computed again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceBasis {
    /// The alias's own prices, as its version says.
    Fixed,
    /// The catalogue's price of the target, and the markup.
    Catalog(PriceId),
    /// What LiteLLM said that the provider took, and the markup: the catalogue had no price.
    Reported,
    /// The alias is free.
    Free,
    /// There is no price, so that nobody knows the charge.
    #[default]
    Unknown,
}

/// The most bytes of a provider's own words on usage that are kept.
pub const MAX_RAW: usize = 1_024;

/// The job that a call is part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRef {
    /// The job's id.
    pub id: String,
    /// The job's type, by the client's words.
    pub kind: String,
}

/// A target that failed a call which another served then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedTarget {
    /// The target.
    pub litellm_model: ModelRef,
    /// The code of the error that the client would have read.
    pub code: String,
}

/// How a call was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settlement {
    /// Where the tokens come from.
    pub source: UsageSource,
    /// What the provider said, as it said it, up to a bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// Images that were made.
    #[serde(skip_serializing_if = "is_zero")]
    pub images: u64,
    /// What the charge was computed from.
    pub basis: PriceBasis,
    /// The alias's own prices, where the version that the call is recorded with does not say them: of a call that went
    /// by a scheduled change before this was a version, or where calls of another alias go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Arc<PriceList>>,
    /// The markup in force, in millionths.
    #[serde(skip_serializing_if = "is_zero")]
    pub markup: i64,
    /// How the team's calls were counted.
    pub mode: BudgetMode,
    /// In `consumption_usd` mode micro-credits for one USD, in `consumption_tokens` mode tokens for one credit.
    #[serde(skip_serializing_if = "is_zero")]
    pub rate: i64,
    /// What the call burned, in micro-credits.
    #[serde(skip_serializing_if = "is_zero")]
    pub credits: i64,
    /// The part of it that the team's account is charged; the rest is the house's.
    #[serde(skip_serializing_if = "is_zero")]
    pub charged: i64,
    /// The instance on whose lease it was held; `None` where nothing was held: the account is charged outright.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<InstanceId>,
    /// The targets that failed the call before the one that is on record, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedTarget>,
    /// What the budgets bear that the call falls under.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<Share>,
}

impl Settlement {
    /// What the call burned.
    pub fn credits(&self) -> MicroCredits {
        MicroCredits::new(self.credits)
    }

    /// The markup in force.
    pub fn markup(&self) -> Markup {
        Markup::new(self.markup)
    }
}

fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}
