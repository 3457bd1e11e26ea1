//! Advice on aliases, as the user guide gives it: warnings, never errors.

use serde::Serialize;

use crate::alias::{AliasName, AliasSpec};
use crate::model_ref::ModelRef;
use crate::price::ModelFacts;
use crate::provider;

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    /// A stable word.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "not_in_catalog"))]
    pub code: &'static str,
    /// What, and what to do about it.
    pub message: String,
}

/// Everything about an alias that speaks against it; `known` is what the catalogue says about its target.
pub fn warnings(alias: &AliasName, spec: &AliasSpec, known: Option<&ModelFacts>) -> Vec<Warning> {
    let mut all = Vec::new();
    let mut warn = |code, message: String| all.push(Warning { code, message });
    let model = &spec.litellm_model;
    if !provider::is_known(model.provider()) {
        warn("unknown_provider", format!("LiteLLM is not known to have the provider {:?}", model.provider()));
    } else if known.is_none() && provider::lists_model(model) == Some(false) {
        warn("not_in_catalog", format!("{model} is not in the catalogue of models: check its spelling"));
    }
    if let Some(date) = known.and_then(|known| known.deprecation_date.as_deref()) {
        warn(
            "deprecated_model",
            format!("its provider serves {model} until {date}: move the alias to another model"),
        );
    }
    let name = alias.as_str();
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        warn("uppercase", "stick to lower case: clients need not remember the spelling".into());
    }
    if name.contains('/') {
        warn(
            "slash",
            "a slash must be written %2F in the API's paths, and looks like a provider's name".into(),
        );
    }
    if ends_in_a_version(name) {
        warn(
            "version_in_name",
            "leave the version out of the name: the alias can then move to a newer one".into(),
        );
    }
    if spec.description.is_empty() {
        warn("no_description", "describe what the model is for, so that teams can choose".into());
    }
    all
}

/// The advice on an alias that nobody knows the price of.
pub fn unpriced(model: &ModelRef) -> Warning {
    let message = format!(
        "nobody knows what {model} costs, and teams whose credits are counted in USD are refused: give the alias a \
         price (pricing), or its target one in the catalogue"
    );
    Warning { code: "unpriced", message }
}

/// Whether the last part of a name is a date or a four-digit snapshot, as in `gpt-4-0613`.
fn ends_in_a_version(name: &str) -> bool {
    let last = name.rsplit(['-', '@', ':']).next().unwrap_or_default();
    last != name && last.len() >= 4 && last.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alias::AliasDraft;

    fn codes(alias: &str, model: &str) -> Vec<&'static str> {
        let new = AliasDraft { allow_unknown_provider: Some(true), ..AliasDraft::new(alias, model) }
            .parse()
            .unwrap();
        warnings(&new.alias, &new.spec, None).into_iter().map(|w| w.code).collect()
    }

    #[test]
    fn the_guides_advice_becomes_warnings() {
        assert_eq!(codes("smart", "openai/gpt-4o"), ["no_description"]);
        assert_eq!(codes("GPT-4-0613", "openai/gpt-4o"), ["uppercase", "version_in_name", "no_description"]);
        assert_eq!(codes("a/b", "nowhere/x"), ["unknown_provider", "slash", "no_description"]);
        assert_eq!(codes("x", "openai/gpt-9-nonsense"), ["not_in_catalog", "no_description"]);
    }

    #[test]
    fn what_the_catalogue_says_of_the_target_counts() {
        let new = AliasDraft::new("x", "openai/gpt-9-nonsense").parse().unwrap();
        let known = ModelFacts {
            model: new.spec.litellm_model.clone(),
            price_id: None,
            prices: None,
            max_input_tokens: None,
            max_output_tokens: None,
            deprecation_date: Some("2026-12-31".to_owned()),
        };
        let all = warnings(&new.alias, &new.spec, Some(&known));
        assert_eq!(all[0].code, "deprecated_model", "and no not_in_catalog");
        assert!(all[0].message.contains("until 2026-12-31"), "{}", all[0].message);
    }
}
