//! LiteLLM's public map of models (`model_prices_and_context_window.json`), read exactly: prices are decimals, never
//! floats.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::value::RawValue;

use super::ProviderModel;
use super::family::{place, reference};
use crate::model_ref::ModelRef;
use crate::money::{ItemPrice, TokenPrice};
use crate::price::{LongInput, PriceList};

/// The entry that explains the others.
const SAMPLE: &str = "sample_spec";

/// What was read of a map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// The models, sorted; of two entries of one model the one that names its provider.
    pub models: Vec<ProviderModel>,
    /// The entries that were not taken, and why.
    pub unread: Vec<(String, String)>,
}

/// A text that is no map of models.
#[derive(Debug, thiserror::Error)]
#[error("this is not LiteLLM's map of models: a JSON object with an object for each model is expected")]
pub struct NotAMap(#[source] serde_json::Error);

/// Reads a map.
///
/// # Errors
/// The text is no JSON object of objects. Single entries that cannot be read are told in the result.
pub fn read(text: &str) -> Result<Imported, NotAMap> {
    let entries: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(NotAMap)?;
    let mut models: BTreeMap<String, (&String, ProviderModel)> = BTreeMap::new();
    let mut unread = Vec::new();
    for (key, entry) in entries.iter().filter(|(key, _)| *key != SAMPLE) {
        match model(key, entry.get()) {
            Ok(model) => {
                let named = key == model.model.as_str();
                let place = place(&model.model);
                let twice = match models.entry(place) {
                    Slot::Vacant(slot) => {
                        slot.insert((key, model));
                        continue;
                    }
                    Slot::Occupied(mut slot) if named => (slot.insert((key, model.clone())), model),
                    Slot::Occupied(slot) => ((key, model), slot.get().1.clone()),
                };
                let ((left_out, other), taken) = twice;
                if other.prices != taken.prices {
                    let why =
                        format!("it has other prices than another entry of {}, which is taken", taken.model);
                    unread.push((left_out.clone(), why));
                }
            }
            Err(why) => unread.push((key.clone(), why)),
        }
    }
    Ok(Imported { models: models.into_values().map(|(_, model)| model).collect(), unread })
}

struct Entry<'a>(HashMap<String, &'a RawValue>);

impl Entry<'_> {
    fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    fn count(&self, name: &str) -> Option<u64> {
        decimal(self.0.get(name)?.get())?.to_u64().filter(|count| *count > 0)
    }

    /// A price in USD, scaled: `None` where it is not there.
    fn scaled(&self, name: &str, digits: u32, most: i64) -> Result<Option<i64>, String> {
        let Some(raw) = self.0.get(name).map(|raw| raw.get()).filter(|raw| *raw != "null") else {
            return Ok(None);
        };
        let wrong = || format!("{name} is no price: {}", raw.chars().take(40).collect::<String>());
        let usd = decimal(raw).ok_or_else(wrong)?;
        let scaled = usd.checked_mul(Decimal::from(10_i64.pow(digits))).ok_or_else(wrong)?;
        // Some prices are sums of floats: the nearest whole number is what was meant.
        let whole = scaled.round().to_i64().ok_or_else(wrong)?;
        if (0..=most).contains(&whole) { Ok(Some(whole)) } else { Err(wrong()) }
    }

    fn token(&self, name: &str) -> Result<Option<TokenPrice>, String> {
        Ok(self.scaled(name, 12, TokenPrice::MAX.picos())?.map(TokenPrice::new))
    }

    fn item(&self, name: &str) -> Result<Option<ItemPrice>, String> {
        Ok(self.scaled(name, 9, ItemPrice::MAX.nanos())?.map(ItemPrice::new))
    }

    /// The lowest bound above which other prices hold, in thousands of tokens.
    fn bound(&self) -> Option<u64> {
        let bound = |name: &String| {
            name.strip_prefix("input_cost_per_token_above_")?.strip_suffix("k_tokens")?.parse::<u32>().ok()
        };
        self.0.keys().filter_map(bound).min().map(u64::from)
    }

    fn long(&self, input: TokenPrice, output: TokenPrice) -> Result<Option<LongInput>, String> {
        let Some(bound) = self.bound() else { return Ok(None) };
        let price = |what: &str| self.token(&format!("{what}_above_{bound}k_tokens"));
        Ok(Some(LongInput {
            above: bound * 1_000,
            input: price("input_cost_per_token")?.unwrap_or(input),
            output: price("output_cost_per_token")?.unwrap_or(output),
            cache_read: price("cache_read_input_token_cost")?,
            cache_write: price("cache_creation_input_token_cost")?,
            cache_write_1h: price("cache_creation_input_token_cost_above_1hr")?,
        }))
    }

    /// Whether there is a price of something that is not counted here: queries, seconds, characters, pages.
    fn costs_otherwise(&self) -> bool {
        let costs = |(name, value): (&String, &&RawValue)| {
            let uncounted = name.contains("_cost_per_") && !name.contains("token");
            uncounted && decimal(value.get()).is_some_and(|price| !price.is_zero())
        };
        self.0.iter().any(costs)
    }

    fn prices(&self) -> Result<Option<PriceList>, String> {
        let (input, output) = (self.token("input_cost_per_token")?, self.token("output_cost_per_token")?);
        let (image, request) = (self.item("output_cost_per_image")?, self.item("input_cost_per_request")?);
        // What only costs by the second, the character or the page is unknown here.
        let input = match (input, image, request) {
            (Some(input), _, _) => input,
            (None, None, None) => return Ok(None),
            (None, _, _) => TokenPrice::default(),
        };
        let output = output.unwrap_or_default();
        let free =
            [input, output].iter().all(|price| price.picos() == 0) && image.is_none() && request.is_none();
        if free && self.costs_otherwise() {
            return Ok(None);
        }
        Ok(Some(PriceList {
            cache_read: self.token("cache_read_input_token_cost")?,
            cache_write: self.token("cache_creation_input_token_cost")?,
            cache_write_1h: self.token("cache_creation_input_token_cost_above_1hr")?,
            reasoning: self.token("output_cost_per_reasoning_token")?,
            audio_input: self.token("input_cost_per_audio_token")?,
            audio_output: self.token("output_cost_per_audio_token")?,
            image,
            request,
            long: self.long(input, output)?,
            ..PriceList::new(input, output)
        }))
    }

    fn capabilities(&self) -> Vec<String> {
        let can = |(name, value): (&String, &&RawValue)| {
            Some(name.strip_prefix("supports_")?.to_owned()).filter(|_| value.get() == "true")
        };
        let mut all: Vec<String> = self.0.iter().filter_map(can).collect();
        all.sort();
        all
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim_matches('"');
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

fn model(key: &str, entry: &str) -> Result<ProviderModel, String> {
    let entry = Entry(serde_json::from_str(entry).map_err(|_| "it is no object".to_owned())?);
    let provider = entry.text("litellm_provider").ok_or("litellm_provider is missing")?;
    let reference = reference(key, &provider);
    let model: ModelRef = reference.parse().map_err(|why| format!("{reference}: {why}"))?;
    let most_output = entry.count("max_output_tokens").or(entry.count("max_tokens"));
    Ok(ProviderModel {
        prices: entry.prices()?,
        mode: entry.text("mode"),
        max_input_tokens: entry.count("max_input_tokens"),
        max_output_tokens: most_output,
        capabilities: entry.capabilities(),
        deprecation_date: entry.text("deprecation_date"),
        model,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAP: &str = r#"{
        "sample_spec": {"mode": "one of: chat", "input_cost_per_token": 0.0},
        "gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2.5e-06,
            "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-06, "max_input_tokens": 128000,
            "max_output_tokens": 16384, "supports_vision": true, "supports_audio_input": false},
        "gemini/gemini-pro": {"litellm_provider": "gemini", "input_cost_per_token": 1.25e-06,
            "output_cost_per_token": 1e-05, "input_cost_per_token_above_200k_tokens": 2.5e-06,
            "output_cost_per_token_above_200k_tokens": 1.5e-05},
        "claude-1": {"litellm_provider": "anthropic", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
            "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06,
            "input_cost_per_token_above_200k_tokens": 6e-06,
            "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 1.2e-05},
        "anthropic.claude-v2:1": {"litellm_provider": "bedrock_converse", "input_cost_per_token": 0.000008,
            "output_cost_per_token": 2.4000000000000003e-05},
        "dall-e-3": {"litellm_provider": "openai", "mode": "image_generation", "output_cost_per_image": 0.04},
        "whisper-1": {"litellm_provider": "openai", "output_cost_per_second": 0.0001},
        "free-1": {"litellm_provider": "openai", "input_cost_per_token": 0, "output_cost_per_token": 0.0},
        "rerank-1": {"litellm_provider": "cohere", "mode": "rerank", "input_cost_per_query": 0.002,
            "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
        "odd-1": {"litellm_provider": "openai", "input_cost_per_token": -1},
        "odd-2": {"mode": "chat"},
        "odd-3": 7
    }"#;

    #[test]
    fn the_map_is_read_exactly_and_what_cannot_be_read_is_told() {
        let imported = read(MAP).unwrap();
        let of = |name: &str| imported.models.iter().find(|model| model.model.as_str() == name).unwrap();
        let gpt = of("openai/gpt-4o");
        let prices = gpt.prices.as_ref().unwrap();
        assert_eq!((prices.input.picos(), prices.output.picos()), (2_500_000, 10_000_000));
        assert_eq!(prices.cache_read, Some(TokenPrice::new(1_250_000)));
        assert_eq!((gpt.max_input_tokens, gpt.max_output_tokens), (Some(128_000), Some(16_384)));
        assert_eq!(gpt.capabilities, ["vision"]);
        let long = of("gemini/gemini-pro").prices.as_ref().unwrap().long.unwrap();
        assert_eq!((long.above, long.input.picos(), long.output.picos()), (200_000, 2_500_000, 15_000_000));
        let kept = of("anthropic/claude-1").prices.as_ref().unwrap();
        assert_eq!(kept.cache_write_1h, Some(TokenPrice::new(6_000_000)));
        assert_eq!(kept.long.unwrap().cache_write_1h, Some(TokenPrice::new(12_000_000)));
        assert_eq!(prices.cache_write_1h, None, "what the map does not say is not made up");
        let claude = of("bedrock/anthropic.claude-v2:1").prices.as_ref().unwrap();
        assert_eq!((claude.input.picos(), claude.output.picos()), (8_000_000, 24_000_000));
        assert_eq!(of("openai/dall-e-3").prices.as_ref().unwrap().image, Some(ItemPrice::new(40_000_000)));
        assert_eq!(of("openai/whisper-1").prices, None, "a price by the second is unknown here");
        assert_eq!(of("cohere/rerank-1").prices, None, "queries are not counted, and not free");
        assert_eq!(of("openai/free-1").prices, Some(PriceList::default()), "0 that is said is known");
        let unread: Vec<&str> = imported.unread.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(unread, ["odd-1", "odd-2", "odd-3"]);
        assert!(read("[]").is_err());
    }

    #[test]
    fn of_two_entries_of_one_model_the_one_that_names_its_provider_is_taken_and_another_price_is_told() {
        let entry = |price| format!(r#"{{"litellm_provider": "xai", "input_cost_per_token": {price}}}"#);
        for (bare, told) in [("1e-06", 0), ("2e-06", 1)] {
            let map = format!(r#"{{"grok": {}, "xai/grok": {}}}"#, entry(bare), entry("1e-06"));
            let imported = read(&map).unwrap();
            assert_eq!(imported.models[0].prices.as_ref().unwrap().input.picos(), 1_000_000);
            let names: Vec<&str> = imported.unread.iter().map(|(key, _)| key.as_str()).collect();
            assert_eq!((imported.models.len(), names), (1, ["grok"][..told].to_vec()));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_negative_price_or_a_panic(
            name in "[a-z/.:-]{0,20}", provider in "[a-z_-]{0,12}", value in "\\PC{0,12}|-?[0-9]{1,40}(\\.[0-9]{1,20})?(e-?[0-9]{1,3})?", tier in "[0-9]{1,21}",
        ) {
            let map = format!(r#"{{"{name}": {{"litellm_provider": "{provider}", "input_cost_per_token": {value}, "input_cost_per_token_above_{tier}k_tokens": {value}, "output_cost_per_image": {value}, "max_tokens": {value}}}}}"#);
            if let Ok(imported) = read(&map) {
                for prices in imported.models.into_iter().filter_map(|model| model.prices) {
                    prop_assert!(prices.input >= TokenPrice::default());
                    prop_assert!(prices.long.is_none_or(|long| long.input >= TokenPrice::default()));
                    prop_assert!(prices.image.is_none_or(|image| image >= ItemPrice::default()));
                }
            }
        }
    }
}
