//! Models of providers, as the catalogue knows them: what they cost, how much they take and give, what they can do.

mod builtin;
mod family;
mod litellm;

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::model_ref::ModelRef;
use crate::price::{ModelFacts, PriceId, PriceList};

pub use builtin::builtin;
pub use family::place;
pub use litellm::{Imported, NotAMap, read as read_litellm};

/// What the catalogue says about one model.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderModel {
    /// The model, as aliases point to it.
    pub model: ModelRef,
    /// What it is for, in LiteLLM's words: `chat`, `embedding`, `image_generation`, …
    pub mode: Option<String>,
    /// Its prices; `None` is unknown.
    pub prices: Option<PriceList>,
    /// The most input tokens that it takes.
    pub max_input_tokens: Option<u64>,
    /// The most output tokens that it gives.
    pub max_output_tokens: Option<u64>,
    /// What it can do, in LiteLLM's words, sorted: `vision`, `function_calling`, …
    pub capabilities: Vec<String>,
    /// When its provider stops serving it, as `YYYY-MM-DD`.
    pub deprecation_date: Option<String>,
}

/// Where what the catalogue says comes from. What comes later in this order is not replaced by what comes before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelSource {
    /// What comes with the server: it only fills in what nobody has said anything about.
    Builtin,
    /// LiteLLM's public map.
    Litellm,
    /// An administrator.
    Manual,
}

impl ModelSource {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Litellm => "litellm",
            Self::Manual => "manual",
        }
    }
}

/// What an administrator says of a model, checked: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelChange {
    /// New prices, all of them; `Some(None)` is unknown.
    pub prices: Option<Option<PriceList>>,
    /// The most input tokens that it takes.
    pub max_input_tokens: Option<u64>,
    /// The most output tokens that it gives.
    pub max_output_tokens: Option<u64>,
}

impl ModelChange {
    /// The model that this change makes of `before`, or of nothing.
    pub fn applied_to(self, model: ModelRef, before: Option<ProviderModel>) -> ProviderModel {
        let before = before.unwrap_or(ProviderModel {
            model,
            mode: None,
            prices: None,
            max_input_tokens: None,
            max_output_tokens: None,
            capabilities: Vec::new(),
            deprecation_date: None,
        });
        ProviderModel {
            prices: self.prices.unwrap_or(before.prices),
            max_input_tokens: self.max_input_tokens.or(before.max_input_tokens),
            max_output_tokens: self.max_output_tokens.or(before.max_output_tokens),
            ..before
        }
    }
}

/// A model as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownModel {
    /// The model.
    pub model: ProviderModel,
    /// Which price is in force, if it has one.
    pub price_id: Option<PriceId>,
    /// Where it comes from.
    pub source: ModelSource,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl ProviderModel {
    /// What of it calls and aliases need; its price has no id, because nothing keeps it yet.
    pub fn facts(self) -> ModelFacts {
        ModelFacts {
            price_id: None,
            prices: self.prices.map(Arc::new),
            max_input_tokens: self.max_input_tokens,
            max_output_tokens: self.max_output_tokens,
            deprecation_date: self.deprecation_date,
            model: self.model,
        }
    }
}

impl KnownModel {
    /// What of it calls and aliases need.
    pub fn facts(self) -> ModelFacts {
        ModelFacts { price_id: self.price_id, ..self.model.facts() }
    }
}

/// A price that a model has or had.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceVersion {
    /// Which it is: what calls pin.
    pub id: PriceId,
    /// The prices; `None` is unknown.
    pub prices: Option<PriceList>,
    /// Since when.
    pub valid_from: Timestamp,
    /// Where it comes from.
    pub source: ModelSource,
}

/// What an import changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportSummary {
    /// Models that were not known.
    pub added: u64,
    /// Models that were known with other facts, or other prices.
    pub changed: u64,
    /// Those of both that have a new price.
    pub repriced: u64,
    /// Models of which nothing changed.
    pub unchanged: u64,
    /// Models that an administrator has settled, and an import does not touch.
    pub kept: u64,
    /// Models of an earlier import that this one does not have any more. They stay as they were: aliases may point to
    /// them, and calls are still charged by their prices.
    pub gone: u64,
}

/// A provider in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderSummary {
    /// Its name, as it stands before the slash of a target.
    #[cfg_attr(feature = "openapi", schema(example = "openai"))]
    pub provider: String,
    /// How many of its models are known.
    #[cfg_attr(feature = "openapi", schema(example = 217))]
    pub models: u64,
    /// How many of these have a price.
    #[cfg_attr(feature = "openapi", schema(example = 180))]
    pub priced: u64,
    /// How many aliases point to it; also to models that are not known.
    #[cfg_attr(feature = "openapi", schema(example = 4))]
    pub aliases: u64,
}
