//! Another target of an alias: what its recent calls would have cost there, and what the other model cannot do.

use serde::Serialize;

use crate::model_ref::ModelRef;
use crate::money::NanoUsd;
use crate::price::PriceList;
use crate::provider_model::ProviderModel;
use crate::usage::TokenUsage;

/// Sums over calls whose tokens are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenSums {
    /// How many calls.
    pub calls: u64,
    /// Their tokens.
    pub tokens: TokenUsage,
}

/// What the calls of an alias tell about another target.
#[derive(Debug, Clone, PartialEq)]
pub struct Switch {
    /// Where calls go.
    pub from: ModelRef,
    /// Where they would go.
    pub to: ModelRef,
    /// What is known of the one.
    pub old: Option<ProviderModel>,
    /// What is known of the other.
    pub new: Option<ProviderModel>,
    /// What providers took for the calls of the last 30 days, as far as it is known.
    pub cost: NanoUsd,
    /// Their calls whose input is so long that the other target has another price for it.
    pub long: TokenSums,
    /// The other calls.
    pub short: TokenSums,
    /// Calls whose input alone is longer than the other target takes.
    pub too_long: u64,
    /// Calls whose tokens nobody knows, which are in no sum.
    pub uncounted: u64,
}

/// What calls would have cost by other prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repriced {
    /// How many calls.
    pub calls: u64,
    /// What they cost by those prices.
    pub cost: NanoUsd,
}

/// What a model can do and the other cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Capabilities {
    /// What the present target can do and the other cannot, in `LiteLLM`'s words.
    #[cfg_attr(feature = "openapi", schema(example = json!(["vision"])))]
    pub lost: Vec<String>,
    /// What only the other can do.
    #[cfg_attr(feature = "openapi", schema(example = json!(["reasoning"])))]
    pub gained: Vec<String>,
}

impl Switch {
    /// What the calls would have cost on the other target; `None` where its price is not known.
    ///
    /// By sums of tokens: a call's own rounding to nano-USD is not repeated. Audio, and caches that are kept for an
    /// hour, count as other input and output does; images are not counted.
    pub fn repriced(&self) -> Option<Repriced> {
        let prices = self.new.as_ref()?.prices.as_ref()?;
        let fee = prices.request.map_or(0, crate::money::ItemPrice::nanos);
        let of = |prices: PriceList, sums: &TokenSums| {
            let fees = fee.saturating_mul(i64::try_from(sums.calls).unwrap_or(i64::MAX));
            PriceList { request: None, ..prices }.cost(&sums.tokens, 0) + NanoUsd::new(fees)
        };
        let short = PriceList { long: None, ..prices.clone() };
        // Every one of these calls is above the bound, so that their sum is.
        let long = prices.clone();
        Some(Repriced {
            calls: self.short.calls.saturating_add(self.long.calls),
            cost: of(short, &self.short) + of(long, &self.long),
        })
    }

    /// What is lost and gained; `None` where one of the two is not in the catalogue.
    pub fn capabilities(&self) -> Option<Capabilities> {
        let (old, new) = (self.old.as_ref()?, self.new.as_ref()?);
        let beyond = |a: &ProviderModel, b: &ProviderModel| {
            a.capabilities.iter().filter(|one| !b.capabilities.contains(one)).cloned().collect()
        };
        Some(Capabilities { lost: beyond(old, new), gained: beyond(new, old) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::TokenPrice;
    use crate::price::LongInput;

    fn model(name: &str, capabilities: &[&str], prices: Option<PriceList>) -> ProviderModel {
        ProviderModel {
            model: name.parse().unwrap(),
            mode: Some("chat".into()),
            prices,
            max_input_tokens: Some(1_000),
            max_output_tokens: None,
            capabilities: capabilities.iter().map(|&word| word.to_owned()).collect(),
            deprecation_date: None,
        }
    }

    fn switch(new: Option<ProviderModel>) -> Switch {
        let sums = |calls, input, output| TokenSums {
            calls,
            tokens: TokenUsage { input, output, ..TokenUsage::default() },
        };
        Switch {
            from: "openai/a".parse().unwrap(),
            to: "openai/b".parse().unwrap(),
            old: Some(model("openai/a", &["function_calling", "vision"], None)),
            new,
            cost: NanoUsd::default(),
            long: sums(1, 600, 10),
            short: sums(4, 1_000, 100),
            too_long: 0,
            uncounted: 0,
        }
    }

    #[test]
    fn calls_with_a_long_input_are_valued_by_its_price_and_the_rest_by_theirs() {
        let (one, two, nine) =
            (TokenPrice::new(1_000_000), TokenPrice::new(2_000_000), TokenPrice::new(9_000_000));
        let long = LongInput {
            above: 500,
            input: nine,
            output: nine,
            cache_read: None,
            cache_write: None,
            cache_write_1h: None,
        };
        let prices = PriceList { long: Some(long), ..PriceList::new(one, two) };
        let repriced = switch(Some(model("openai/b", &[], Some(prices)))).repriced().unwrap();
        // 1,000 + 2 × 100 of the short ones, 9 × 610 of the long one, in thousands of nano-USD.
        assert_eq!((repriced.calls, repriced.cost.nanos()), (5, 1_200_000 + 5_490_000));
        assert_eq!(switch(Some(model("openai/b", &[], None))).repriced(), None);
        assert_eq!(switch(None).repriced(), None);
    }

    #[test]
    fn what_one_can_and_the_other_cannot_is_lost() {
        let found = switch(Some(model("openai/b", &["reasoning", "vision"], None))).capabilities().unwrap();
        assert_eq!((found.lost, found.gained), (vec!["function_calling".into()], vec!["reasoning".into()]));
        assert_eq!(switch(None).capabilities(), None);
    }
}
