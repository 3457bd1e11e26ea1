//! Models of the catalogue on the wire.

use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::price::{PriceId, PriceList};
use alias_core::provider_model::{KnownModel, ModelSource, PriceVersion, ProviderSummary};
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::list::PageInfo;

/// The providers in the catalogue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogProviders)]
pub struct ProviderList {
    /// The providers, by name.
    pub providers: Vec<ProviderSummary>,
}

/// A model in the catalogue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogModel)]
pub struct ModelObject {
    /// What an alias's `litellm_model` says.
    #[schema(value_type = String, example = "openai/gpt-4o")]
    pub model: ModelRef,
    /// The part before the slash.
    #[schema(example = "openai")]
    pub provider: String,
    /// What it is for.
    #[schema(example = "chat")]
    pub mode: Option<String>,
    /// Its prices in USD per million tokens; null is unknown, which is not nothing.
    pub prices: Option<PriceList>,
    /// Which price is in force.
    #[schema(value_type = Option<i64>, example = 17)]
    pub price_id: Option<PriceId>,
    /// The most input tokens that it takes.
    #[schema(example = 128_000)]
    pub max_input_tokens: Option<u64>,
    /// The most output tokens that it gives.
    #[schema(example = 16_384)]
    pub max_output_tokens: Option<u64>,
    /// What it can do.
    #[schema(example = json!(["function_calling", "vision"]))]
    pub capabilities: Vec<String>,
    /// When its provider stops serving it.
    pub deprecation_date: Option<String>,
    /// Who says so.
    pub source: ModelSource,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<KnownModel> for ModelObject {
    fn from(known: KnownModel) -> Self {
        let KnownModel { model, price_id, source, version, updated_at } = known;
        Self {
            provider: model.model.provider().to_owned(),
            model: model.model,
            mode: model.mode,
            prices: model.prices,
            price_id,
            max_input_tokens: model.max_input_tokens,
            max_output_tokens: model.max_output_tokens,
            capabilities: model.capabilities,
            deprecation_date: model.deprecation_date,
            source,
            version,
            updated_at,
        }
    }
}

/// A price that a model has or had.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogPrice)]
pub struct PriceObject {
    /// Which it is: calls name the one that they were charged by.
    #[schema(value_type = i64, example = 17)]
    pub price_id: PriceId,
    /// The prices; null is unknown.
    pub prices: Option<PriceList>,
    /// Since when.
    pub valid_from: Timestamp,
    /// Who says so.
    pub source: ModelSource,
}

/// A model with every price that it had.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogModelDetails)]
pub struct ModelDetails {
    /// The model.
    #[serde(flatten)]
    pub model: ModelObject,
    /// Its prices, newest first.
    pub price_history: Vec<PriceObject>,
}

impl ModelDetails {
    pub(super) fn new(known: KnownModel, prices: Vec<PriceVersion>) -> Self {
        let price = |PriceVersion { id, prices, valid_from, source }: PriceVersion| PriceObject {
            price_id: id,
            prices,
            valid_from,
            source,
        };
        Self { model: known.into(), price_history: prices.into_iter().map(price).collect() }
    }
}

/// A part of the list of models.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogModelList)]
pub struct ModelList {
    /// The models.
    pub models: Vec<ModelObject>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}
