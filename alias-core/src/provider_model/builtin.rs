//! The models that come with the server: those of the user guide, at their providers' public list prices.

use super::{ProviderModel, read_litellm};

static PRICES: &str = include_str!("../../data/prices.json");

/// What comes with the server, sorted (see `data/README.md` for sources and dates).
pub fn builtin() -> Vec<ProviderModel> {
    read_litellm(PRICES).map(|read| read.models).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_that_comes_with_the_server_can_be_read_and_has_a_price() {
        let read = read_litellm(PRICES).unwrap();
        assert_eq!(read.unread, []);
        assert_eq!(builtin(), read.models);
        for model in &read.models {
            let prices = model.prices.as_ref().unwrap_or_else(|| panic!("{}", model.model));
            assert!(
                prices.input.picos() > 0 && prices.output.picos() >= prices.input.picos(),
                "{}",
                model.model
            );
        }
    }

    #[test]
    fn the_models_of_the_user_guide_cost_what_their_price_pages_say() {
        let all = builtin();
        let of = |name: &str| {
            let model =
                all.iter().find(|model| model.model.as_str() == name).unwrap_or_else(|| panic!("{name}"));
            let prices = model.prices.as_ref().unwrap();
            (prices.input.picos(), prices.output.picos())
        };
        assert_eq!(of("openai/gpt-4"), (30_000_000, 60_000_000));
        assert_eq!(of("openai/gpt-4o"), (2_500_000, 10_000_000));
        assert_eq!(of("openai/gpt-3.5-turbo"), (500_000, 1_500_000));
        assert_eq!(of("anthropic/claude-3-opus-20240229"), (15_000_000, 75_000_000));
        assert_eq!(of("anthropic/claude-3-haiku-20240307"), (250_000, 1_250_000));
        assert_eq!(of("gemini/gemini-1.5-flash"), (75_000, 300_000));
        assert_eq!(of("bedrock/meta.llama3-70b-instruct-v1:0"), (2_650_000, 3_500_000));
        let long = all.iter().find(|model| model.model.as_str() == "gemini/gemini-1.5-pro").unwrap();
        assert_eq!(long.prices.as_ref().unwrap().long.unwrap().above, 128_000);
    }
}
