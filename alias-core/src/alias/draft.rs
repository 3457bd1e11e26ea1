//! New aliases, as they are written down, and checked.

use serde::Deserialize;
use validator::{Validate, ValidationErrors};

use super::{
    AliasName, AliasSpec, Deprecation, Fallback, Matching, Metadata, OnDisconnect, Override, ParameterRules,
    ResponseModel, Routing, Shadow, SplitTarget, Sticky, Visibility,
};
use crate::group::GroupName;
use crate::model_ref::ModelRef;
use crate::price::PricingDraft;
use crate::validation::{self, parsed, parses};

/// An alias as a person or program writes it down, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AliasDraft {
    /// The name that clients will send as `model`: 1 to 128 letters, digits and `._:@/+-`.
    #[serde(default)]
    #[validate(custom(function = parses::<AliasName>))]
    #[cfg_attr(feature = "openapi", schema(required, min_length = 1, max_length = 128, example = "gpt-4"))]
    pub alias: String,
    /// Where calls go, as `provider/model-name`.
    #[serde(default)]
    #[validate(custom(function = parses::<ModelRef>))]
    #[cfg_attr(feature = "openapi", schema(required, example = "openai/gpt-4"))]
    pub litellm_model: String,
    /// What this model is for, up to 2,000 characters.
    #[validate(custom(function = validation::description))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 2000, example = "OpenAI GPT-4 - Most capable model")
    )]
    pub description: Option<String>,
    /// Whether calls are served; true where absent.
    pub active: Option<bool>,
    /// A name for people, up to 200 characters; the alias where absent.
    #[validate(custom(function = validation::label))]
    pub display_name: Option<String>,
    /// USD per million input tokens charged to clients; needs `pricing_output`.
    #[validate(custom(function = validation::price))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 30.0))]
    pub pricing_input: Option<serde_json::Number>,
    /// USD per million output tokens charged to clients; needs `pricing_input`.
    #[validate(custom(function = validation::price))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 60.0))]
    pub pricing_output: Option<serde_json::Number>,
    /// What clients are charged by, in full; in the place of `pricing_input` and `pricing_output`.
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub pricing: Option<PricingDraft>,
    /// Access groups to add the new alias to.
    #[validate(custom(function = validation::names::<GroupName>))]
    pub access_groups: Option<Vec<String>>,
    /// Up to 32 words to filter by.
    #[validate(custom(function = validation::tags))]
    pub tags: Option<Vec<String>>,
    /// Whether it shows up in lists; `listed` where absent.
    pub visibility: Option<Visibility>,
    /// What becomes of a stream whose client leaves; `cancel` where absent.
    pub on_disconnect: Option<OnDisconnect>,
    /// Free-form facts, up to 16 KiB.
    #[validate(custom(function = validation::metadata))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<Metadata>,
    /// What names the alias answers to: its own, or every one that begins with it (`prefix`, whose target holds
    /// `{rest}`).
    #[serde(rename = "match")]
    pub matching: Option<Matching>,
    /// Other targets for parts of the callers; the others stay with `litellm_model`. A caller stays with one target, and
    /// raising a share only ever moves callers to that target.
    #[cfg_attr(feature = "openapi", schema(max_items = 8))]
    pub split: Option<Vec<SplitTarget>>,
    /// By what a caller's target is settled; `key` where absent.
    pub sticky: Option<Sticky>,
    /// What serves calls that the target failed, in this order.
    #[cfg_attr(feature = "openapi", schema(max_items = 8))]
    pub fallbacks: Option<Vec<Fallback>>,
    /// Other targets for teams and organizations; the most specific one counts.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub overrides: Option<Vec<Override>>,
    /// What a part of the calls is copied to; nobody reads the answers, and only their figures are kept.
    pub shadow: Option<Shadow>,
    /// What becomes of parameters of calls, by their names.
    #[cfg_attr(feature = "openapi", schema(example = json!({"temperature": {"default": 0.7, "max": 1}})))]
    pub parameters: Option<ParameterRules>,
    /// What the `model` of answers says; `alias` where absent.
    pub response_model: Option<ResponseModel>,
    /// That it is on its way out.
    pub deprecation: Option<Deprecation>,
    /// Accept a provider that LiteLLM is not known to have.
    pub allow_unknown_provider: Option<bool>,
}

/// A checked new alias.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAlias {
    /// Its name.
    pub alias: AliasName,
    /// What version 1 says.
    pub spec: AliasSpec,
    /// The groups that hold it from the start.
    pub access_groups: Vec<GroupName>,
}

impl AliasDraft {
    /// A draft of the two fields that are required.
    pub fn new(alias: impl Into<String>, litellm_model: impl Into<String>) -> Self {
        Self { alias: alias.into(), litellm_model: litellm_model.into(), ..Self::default() }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<NewAlias, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        validation::provider(&mut report, &self.litellm_model, self.allow_unknown_provider);
        let pricing = validation::pricing(
            &mut report,
            self.pricing.as_ref(),
            self.pricing_input.as_ref(),
            self.pricing_output.as_ref(),
        );
        let routing = Routing {
            matching: self.matching.unwrap_or_default(),
            split: self.split.unwrap_or_default(),
            sticky: self.sticky.unwrap_or_default(),
            fallbacks: self.fallbacks.unwrap_or_default(),
            overrides: self.overrides.unwrap_or_default(),
            shadow: self.shadow,
            parameters: self.parameters.unwrap_or_default(),
            response_model: self.response_model.unwrap_or_default(),
            deprecation: self.deprecation,
        };
        let allowed = self.allow_unknown_provider;
        let shadow = routing.shadow.as_ref();
        providers(&mut report, &routing.split, &routing.fallbacks, &routing.overrides, shadow, allowed);
        validation::clean(report)?;
        let new = NewAlias {
            alias: parsed("alias", &self.alias)?,
            spec: AliasSpec {
                litellm_model: parsed("litellm_model", &self.litellm_model)?,
                description: self.description.unwrap_or_default(),
                active: self.active.unwrap_or(true),
                display_name: self.display_name.filter(|label| *label != self.alias),
                pricing: pricing.unwrap_or_default(),
                tags: self.tags.unwrap_or_default(),
                visibility: self.visibility.unwrap_or_default(),
                on_disconnect: self.on_disconnect.unwrap_or_default(),
                metadata: self.metadata.unwrap_or_default(),
                routing,
            },
            access_groups: validation::all_parsed("access_groups", &self.access_groups.unwrap_or_default())?,
        };
        new.spec.check(&new.alias)?;
        Ok(new)
    }
}

/// Refuses providers of other targets that LiteLLM is not known to have, unless told otherwise.
pub(super) fn providers(
    report: &mut ValidationErrors,
    split: &[SplitTarget],
    fallbacks: &[Fallback],
    overrides: &[Override],
    shadow: Option<&Shadow>,
    allow_unknown: Option<bool>,
) {
    let split = split.iter().map(|target| ("split", &target.litellm_model));
    let fallbacks = fallbacks.iter().map(|target| ("fallbacks", &target.litellm_model));
    let overrides = overrides.iter().map(|target| ("overrides", &target.litellm_model));
    let shadow = shadow.into_iter().map(|target| ("shadow", &target.litellm_model));
    for (field, model) in split.chain(fallbacks).chain(overrides).chain(shadow) {
        validation::provider_of(report, field, model.as_str(), allow_unknown);
    }
}
