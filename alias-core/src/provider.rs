//! The providers and well-known models of LiteLLM: what a target is checked against.
//!
//! Facts from the model map in the `litellm` package (see `data/README.md` for version and date). A provider
//! that is not in it needs the caller's word; a model that is not in it is a warning only, because the map
//! drops models that still answer.

use std::sync::LazyLock;

use crate::model_ref::{ALIAS, ModelRef};
use crate::name;

static PROVIDERS: &str = include_str!("../data/providers.txt");
static MODELS: &str = include_str!("../data/models.txt");

/// The providers that LiteLLM knows, sorted.
pub fn all() -> impl Iterator<Item = &'static str> {
    PROVIDERS.lines()
}

/// Whether LiteLLM has a provider of this name, or it stands for another alias.
pub fn is_known(provider: &str) -> bool {
    static SORTED: LazyLock<Vec<&str>> = LazyLock::new(|| all().collect());
    provider == ALIAS || SORTED.binary_search(&provider).is_ok()
}

/// The provider whose name is nearest, if one is near.
pub fn nearest(provider: &str) -> Option<&'static str> {
    name::nearest(provider, all()).first().copied()
}

/// Whether the table can tell about the model: `None` where it lists none of the provider's models, or only
/// some (deployments of Azure are named by their owners).
pub fn lists_model(model: &ModelRef) -> Option<bool> {
    static SORTED: LazyLock<Vec<&str>> = LazyLock::new(|| MODELS.lines().collect());
    let text = model.as_str();
    let of_provider = &text[..=model.provider().len()];
    let first = SORTED.get(SORTED.partition_point(|line| *line < of_provider))?;
    first.starts_with(of_provider).then(|| SORTED.binary_search(&text).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_providers_of_the_user_guide_are_known() {
        for provider in ["openai", "anthropic", "gemini", "azure", "bedrock"] {
            assert!(is_known(provider), "{provider}");
        }
        assert!(!is_known("opnai"));
        assert_eq!(nearest("opnai"), Some("openai"));
    }

    #[test]
    fn the_tables_are_sorted_as_looking_up_in_them_needs() {
        assert!(PROVIDERS.lines().is_sorted());
        assert!(MODELS.lines().is_sorted());
    }

    #[test]
    fn a_model_is_listed_not_listed_or_not_to_be_told() {
        let lists = |text: &str| lists_model(&text.parse().unwrap());
        assert_eq!(lists("openai/gpt-4o"), Some(true));
        assert_eq!(lists("openai/gpt-nonsense"), Some(false));
        assert_eq!(lists("azure/gpt-4-deployment-name"), None);
        let last = MODELS.lines().last().unwrap();
        assert_eq!(lists(last), Some(true));
        assert_eq!(lists(&format!("{last}-nonsense")), Some(false));
        assert_eq!(lists("zero/after-all-of-them"), None);
    }
}
