//! Prices as people write them down, unchecked.

use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Number;
use validator::ValidationError;

use super::{LongInput, PriceList, Pricing};
use crate::validation::{error, within};

/// What calls through an alias are charged by, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PricingDraft {
    /// `catalog` (the target's price), `fixed` (the alias's own prices, below) or `free`.
    #[cfg_attr(feature = "openapi", schema(example = "fixed"))]
    pub basis: String,
    /// Only with `catalog`: per cent on top of the target's price; the team's markup where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub markup_percentage: Option<Number>,
    /// Only with `fixed`: the prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<PriceListDraft>,
}

/// Prices, unchecked: USD per million tokens, per image and per request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceListDraft {
    /// Input tokens; required for `fixed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 3.0))]
    pub input: Option<Number>,
    /// Output tokens; required for `fixed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 15.0))]
    pub output: Option<Number>,
    /// Input read from a cache; as `input` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_read: Option<Number>,
    /// Input written to a cache; as `input` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_write: Option<Number>,
    /// Input written to a cache for an hour; as `cache_write` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_write_1h: Option<Number>,
    /// Reasoning; as `output` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub reasoning: Option<Number>,
    /// Audio that is sent; as `input` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub audio_input: Option<Number>,
    /// Audio that is made; as `output` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub audio_output: Option<Number>,
    /// USD for each image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub image: Option<Number>,
    /// USD for each request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub request: Option<Number>,
    /// Other prices for calls with a long input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long: Option<LongInputDraft>,
}

/// The prices of calls with a long input, unchecked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LongInputDraft {
    /// Calls with more input tokens than this.
    #[cfg_attr(feature = "openapi", schema(example = 200_000))]
    pub above: u64,
    /// Input tokens.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub input: Number,
    /// Output tokens.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub output: Number,
    /// Input read from a cache; as `input` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_read: Option<Number>,
    /// Input written to a cache; as `input` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_write: Option<Number>,
    /// Input written to a cache for an hour; as `cache_write` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cache_write_1h: Option<Number>,
}

impl PricingDraft {
    /// Checks every part.
    ///
    /// # Errors
    /// What is wrong first, and how to put it right.
    pub fn parse(&self) -> Result<Pricing, ValidationError> {
        match self.basis.as_str() {
            "catalog" if self.prices.is_some() => {
                Err(error("invalid_value", "basis \"catalog\" has no prices of its own: use \"fixed\""))
            }
            "catalog" => {
                Ok(Pricing::Catalog { markup: some("markup_percentage", self.markup_percentage.as_ref())? })
            }
            "fixed" | "free" if self.markup_percentage.is_some() => {
                Err(error("invalid_value", "markup_percentage goes with basis \"catalog\" only"))
            }
            "fixed" => match &self.prices {
                Some(prices) => prices
                    .parse()
                    .map(|list| Pricing::Fixed(Arc::new(list)))
                    .map_err(|why| within("prices", why)),
                None => {
                    Err(error("missing_field", "basis \"fixed\" needs prices: at least input and output"))
                }
            },
            "free" if self.prices.is_some() => {
                Err(error("invalid_value", "basis \"free\" has no prices: leave them out"))
            }
            "free" => Ok(Pricing::Free),
            _ => Err(error("invalid_value", "basis must be \"catalog\", \"fixed\" or \"free\"")),
        }
    }
}

impl From<&Pricing> for PricingDraft {
    fn from(pricing: &Pricing) -> Self {
        let basis = pricing.basis().to_owned();
        match pricing {
            Pricing::Free => Self { basis, ..Self::default() },
            Pricing::Catalog { markup } => {
                Self { basis, markup_percentage: markup.as_ref().and_then(number), ..Self::default() }
            }
            Pricing::Fixed(prices) => Self { basis, prices: Some(prices.as_ref().into()), ..Self::default() },
        }
    }
}

impl PriceListDraft {
    /// Checks every price.
    ///
    /// # Errors
    /// What is wrong first, and how to put it right.
    pub fn parse(&self) -> Result<PriceList, ValidationError> {
        Ok(PriceList {
            input: required("input", self.input.as_ref())?,
            output: required("output", self.output.as_ref())?,
            cache_read: some("cache_read", self.cache_read.as_ref())?,
            cache_write: some("cache_write", self.cache_write.as_ref())?,
            cache_write_1h: some("cache_write_1h", self.cache_write_1h.as_ref())?,
            reasoning: some("reasoning", self.reasoning.as_ref())?,
            audio_input: some("audio_input", self.audio_input.as_ref())?,
            audio_output: some("audio_output", self.audio_output.as_ref())?,
            image: some("image", self.image.as_ref())?,
            request: some("request", self.request.as_ref())?,
            long: self.long.as_ref().map(LongInputDraft::parse).transpose()?,
        })
    }
}

impl LongInputDraft {
    fn parse(&self) -> Result<LongInput, ValidationError> {
        Ok(LongInput {
            above: self.above,
            input: required("long.input", Some(&self.input))?,
            output: required("long.output", Some(&self.output))?,
            cache_read: some("long.cache_read", self.cache_read.as_ref())?,
            cache_write: some("long.cache_write", self.cache_write.as_ref())?,
            cache_write_1h: some("long.cache_write_1h", self.cache_write_1h.as_ref())?,
        })
    }
}

impl TryFrom<PriceListDraft> for PriceList {
    type Error = ValidationError;

    fn try_from(draft: PriceListDraft) -> Result<Self, ValidationError> {
        draft.parse()
    }
}

impl From<&PriceList> for PriceListDraft {
    fn from(list: &PriceList) -> Self {
        Self {
            input: number(&list.input),
            output: number(&list.output),
            cache_read: list.cache_read.as_ref().and_then(number),
            cache_write: list.cache_write.as_ref().and_then(number),
            cache_write_1h: list.cache_write_1h.as_ref().and_then(number),
            reasoning: list.reasoning.as_ref().and_then(number),
            audio_input: list.audio_input.as_ref().and_then(number),
            audio_output: list.audio_output.as_ref().and_then(number),
            image: list.image.as_ref().and_then(number),
            request: list.request.as_ref().and_then(number),
            long: list.long.as_ref().and_then(|long| {
                Some(LongInputDraft {
                    above: long.above,
                    input: number(&long.input)?,
                    output: number(&long.output)?,
                    cache_read: long.cache_read.as_ref().and_then(number),
                    cache_write: long.cache_write.as_ref().and_then(number),
                    cache_write_1h: long.cache_write_1h.as_ref().and_then(number),
                })
            }),
        }
    }
}

/// The JSON number that a price is written as.
fn number(price: &impl Serialize) -> Option<Number> {
    match serde_json::to_value(price) {
        Ok(serde_json::Value::Number(number)) => Some(number),
        _ => None,
    }
}

fn some<T: FromStr<Err: std::fmt::Display>>(
    name: &str,
    number: Option<&Number>,
) -> Result<Option<T>, ValidationError> {
    let read = |number: &Number| {
        number
            .to_string()
            .parse()
            .map_err(|why| within(name, error("invalid_value", format!("{name} {why}"))))
    };
    number.map(read).transpose()
}

fn required<T: FromStr<Err: std::fmt::Display>>(
    name: &str,
    number: Option<&Number>,
) -> Result<T, ValidationError> {
    some(name, number)?.ok_or_else(|| {
        within(name, error("missing_field", format!("{name} is required: USD per million tokens")))
    })
}
