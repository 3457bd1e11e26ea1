//! Prices: what each class of a model's use costs, and what a call comes to by them.
//!
//! A price is known, free, or unknown. Unknown is a state of its own: it is never counted as nothing.

mod call;
mod draft;
mod markup;
mod pinned;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model_ref::ModelRef;
use crate::money::{ItemPrice, NanoUsd, TokenPrice};
use crate::usage::TokenUsage;

pub use call::{Basis, CallPrice};
pub use draft::{PriceListDraft, PricingDraft};
pub use markup::{InvalidMarkup, Markup};
pub use pinned::Pinned;

/// The prices of one model. What has no price of its own costs what the class it belongs to costs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PriceListDraft")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceList {
    /// Input tokens.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 2.5))]
    pub input: TokenPrice,
    /// Output tokens.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 10.0))]
    pub output: TokenPrice,
    /// Input read from the provider's cache; as `input` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_read: Option<TokenPrice>,
    /// Input written to the provider's cache; as `input` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_write: Option<TokenPrice>,
    /// Input written to the provider's cache for an hour; as `cache_write` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_write_1h: Option<TokenPrice>,
    /// Output spent on reasoning; as `output` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub reasoning: Option<TokenPrice>,
    /// Tokens of audio that was sent; as `input` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub audio_input: Option<TokenPrice>,
    /// Tokens of audio that was made; as `output` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub audio_output: Option<TokenPrice>,
    /// Each image that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub image: Option<ItemPrice>,
    /// Each request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub request: Option<ItemPrice>,
    /// Other prices for calls with a long input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub long: Option<LongInput>,
}

/// The prices of a call, all its tokens, whose input is longer than a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LongInput {
    /// Calls with more input tokens than this.
    #[cfg_attr(feature = "openapi", schema(example = 200_000))]
    pub above: u64,
    /// Input tokens.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub input: TokenPrice,
    /// Output tokens, reasoning included.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub output: TokenPrice,
    /// Input read from the provider's cache; as `input` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_read: Option<TokenPrice>,
    /// Input written to the provider's cache; as `input` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_write: Option<TokenPrice>,
    /// Input written to the provider's cache for an hour; as `cache_write` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_write_1h: Option<TokenPrice>,
}

/// What the classes of one call cost, with nothing left open.
struct Rates {
    input: TokenPrice,
    cache_read: TokenPrice,
    cache_write: TokenPrice,
    cache_write_1h: TokenPrice,
    audio_input: TokenPrice,
    output: TokenPrice,
    reasoning: TokenPrice,
    audio_output: TokenPrice,
}

impl PriceList {
    /// A list of two prices, as most price pages have it.
    pub fn new(input: TokenPrice, output: TokenPrice) -> Self {
        Self { input, output, ..Self::default() }
    }

    fn rates(&self) -> Rates {
        Rates {
            input: self.input,
            cache_read: self.cache_read.unwrap_or(self.input),
            cache_write: self.cache_write.unwrap_or(self.input),
            cache_write_1h: self.cache_write_1h.or(self.cache_write).unwrap_or(self.input),
            audio_input: self.audio_input.unwrap_or(self.input),
            output: self.output,
            reasoning: self.reasoning.unwrap_or(self.output),
            audio_output: self.audio_output.unwrap_or(self.output),
        }
    }

    fn long_rates(&self, long: &LongInput) -> Rates {
        Rates {
            input: long.input,
            cache_read: long.cache_read.unwrap_or(long.input),
            cache_write: long.cache_write.unwrap_or(long.input),
            cache_write_1h: long.cache_write_1h.or(long.cache_write).unwrap_or(long.input),
            audio_input: self.audio_input.unwrap_or(long.input),
            output: long.output,
            reasoning: long.output,
            audio_output: self.audio_output.unwrap_or(long.output),
        }
    }

    /// What a call costs that used this, rounded once, half up, to nano-USD.
    pub fn cost(&self, used: &TokenUsage, images: u64) -> NanoUsd {
        let rates = match &self.long {
            Some(long) if used.all_input() > long.above => self.long_rates(long),
            _ => self.rates(),
        };
        let picos = rates.input.of(used.input)
            + rates.cache_read.of(used.cache_read)
            + rates.cache_write.of(used.cache_write)
            + rates.cache_write_1h.of(used.cache_write_1h)
            + rates.audio_input.of(used.audio_input)
            + rates.output.of(used.output)
            + rates.reasoning.of(used.reasoning)
            + rates.audio_output.of(used.audio_output);
        NanoUsd::from_picos(picos + self.fees(images))
    }

    /// What a call costs whose tokens may be unknown: that is known only where its images have a price.
    pub fn known_cost(&self, used: Option<&TokenUsage>, images: u64) -> Option<NanoUsd> {
        let none = TokenUsage::default();
        let used = used.or((images > 0 && self.image.is_some()).then_some(&none))?;
        Some(self.cost(used, images))
    }

    /// The most that a call can cost with at most so many tokens of input and of output, rounded up to nano-USD.
    pub fn most(&self, input: u64, output: u64, images: u64) -> NanoUsd {
        let of = |rates: &Rates| {
            let caches = rates.cache_read.max(rates.cache_write).max(rates.cache_write_1h);
            let dearest_input = rates.input.max(caches).max(rates.audio_input);
            let dearest_output = rates.output.max(rates.reasoning).max(rates.audio_output);
            dearest_input.of(input) + dearest_output.of(output)
        };
        let long = self.long.as_ref().filter(|long| input > long.above);
        let picos = of(&self.rates()).max(long.map_or(0, |long| of(&self.long_rates(long))));
        NanoUsd::from_picos_up(picos + self.fees(images))
    }

    /// What a call costs besides its tokens, in pico-USD.
    fn fees(&self, images: u64) -> i128 {
        let image = self.image.map_or(0, |price| i128::from(price.nanos()) * i128::from(images));
        let request = self.request.map_or(0, |price| i128::from(price.nanos()));
        (image + request) * 1_000
    }
}

/// What calls through an alias are charged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pricing {
    /// What the target costs, with a markup: the alias's own, else the team's.
    Catalog {
        /// The alias's own markup.
        markup: Option<Markup>,
    },
    /// The alias's own prices, whatever the target costs.
    Fixed(Arc<PriceList>),
    /// Nothing: such calls pass every limit on money.
    Free,
}

impl Default for Pricing {
    fn default() -> Self {
        Self::UNSAID
    }
}

impl Pricing {
    /// The state of an alias whose price nobody has said anything about: its target's price decides.
    pub const UNSAID: Self = Self::Catalog { markup: None };

    /// The word on the wire.
    pub fn basis(&self) -> &'static str {
        match self {
            Self::Catalog { .. } => "catalog",
            Self::Fixed(_) => "fixed",
            Self::Free => "free",
        }
    }
}

/// Counts the prices that the catalogue ever had, over all models.
pub type PriceId = i64;

/// What the catalogue of provider models says about one model, as far as calls need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFacts {
    /// The model.
    pub model: ModelRef,
    /// Which price this is: what a usage event pins.
    pub price_id: Option<PriceId>,
    /// Its prices; `None` is unknown.
    pub prices: Option<Arc<PriceList>>,
    /// The most input tokens that it takes.
    pub max_input_tokens: Option<u64>,
    /// The most output tokens that it gives.
    pub max_output_tokens: Option<u64>,
    /// When its provider stops serving it, as `YYYY-MM-DD`.
    pub deprecation_date: Option<String>,
}

#[cfg(test)]
mod tests;
