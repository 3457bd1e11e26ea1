//! Changes of aliases, as they are written down, checked, and applied.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use super::draft::providers;
use super::{
    AliasSpec, Deprecation, Fallback, Matching, Metadata, OnDisconnect, Override, ParameterRules,
    ResponseModel, Routing, Shadow, SplitTarget, Sticky, Visibility,
};
use crate::model_ref::ModelRef;
use crate::price::{Pricing, PricingDraft};
use crate::validation::{self, parsed, parses};

/// A price in a change, in the form that it is written down in.
mod pricing_as_draft {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::{Pricing, PricingDraft};

    #[expect(clippy::ref_option, reason = "this is how serde calls it")]
    pub(super) fn serialize<S: Serializer>(pricing: &Option<Pricing>, to: S) -> Result<S::Ok, S::Error> {
        match pricing {
            Some(pricing) => serde::Serialize::serialize(&PricingDraft::from(pricing), to),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Pricing>, D::Error> {
        let draft = Option::<PricingDraft>::deserialize(from)?;
        draft.map(|draft| draft.parse().map_err(D::Error::custom)).transpose()
    }
}

/// A change of an alias, unchecked. An absent field is kept; `null` clears, and is refused where nothing can be clear.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AliasEdit {
    /// Where calls go from now on.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = parses::<ModelRef>))]
    #[cfg_attr(feature = "openapi", schema(nullable = false, example = "anthropic/claude-3-opus-20240229"))]
    pub litellm_model: Option<String>,
    /// What this model is for.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = validation::description))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub description: Option<Option<String>>,
    /// Whether calls are served.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, example = false))]
    pub active: Option<bool>,
    /// A name for people; null leaves the alias itself.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = validation::label))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub display_name: Option<Option<String>>,
    /// USD per million input tokens; null, with `pricing_output`, takes the price away.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = validation::price))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub pricing_input: Option<Option<serde_json::Number>>,
    /// USD per million output tokens; null, with `pricing_input`, takes the price away.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = validation::price))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub pricing_output: Option<Option<serde_json::Number>>,
    /// What clients are charged by, in full, as when an alias is created; in the place of `pricing_input` and
    /// `pricing_output`. Null is the target's price.
    #[serde(default, deserialize_with = "validation::present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub pricing: Option<Option<PricingDraft>>,
    /// Words to filter by, all of them; null or `[]` leaves none.
    #[serde(default, deserialize_with = "validation::or_empty")]
    #[validate(custom(function = validation::tags))]
    pub tags: Option<Vec<String>>,
    /// Whether it shows up in lists.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub visibility: Option<Visibility>,
    /// What becomes of a stream whose client leaves.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub on_disconnect: Option<OnDisconnect>,
    /// Free-form facts. They are replaced as a whole, not merged: send all of them; null or `{}` leaves none.
    #[serde(default, deserialize_with = "validation::or_empty")]
    #[validate(custom(function = validation::metadata))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<Metadata>,
    /// What names the alias answers to.
    #[serde(default, rename = "match", deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub matching: Option<Matching>,
    /// Other targets for parts of the callers, all of them; null or `[]` leaves none.
    #[serde(default, deserialize_with = "validation::or_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 8))]
    pub split: Option<Vec<SplitTarget>>,
    /// By what a caller's target is settled.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub sticky: Option<Sticky>,
    /// What serves calls that the target failed, all of it; null or `[]` leaves nothing.
    #[serde(default, deserialize_with = "validation::or_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 8))]
    pub fallbacks: Option<Vec<Fallback>>,
    /// Other targets for teams and organizations, all of them; null or `[]` leaves none.
    #[serde(default, deserialize_with = "validation::or_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub overrides: Option<Vec<Override>>,
    /// What a part of the calls is copied to; null takes that back.
    #[serde(default, deserialize_with = "validation::present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Shadow>))]
    pub shadow: Option<Option<Shadow>>,
    /// What becomes of parameters of calls, all of it; null or `{}` leaves nothing.
    #[serde(default, deserialize_with = "validation::or_empty")]
    pub parameters: Option<ParameterRules>,
    /// What the `model` of answers says.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub response_model: Option<ResponseModel>,
    /// That it is on its way out, all of it; null takes that back.
    #[serde(default, deserialize_with = "validation::present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Deprecation>))]
    pub deprecation: Option<Option<Deprecation>>,
    /// Accept a provider that LiteLLM is not known to have.
    pub allow_unknown_provider: Option<bool>,
}

/// A checked change: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AliasChange {
    /// New target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub litellm_model: Option<ModelRef>,
    /// New description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// New state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// New display name, or none.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "validation::present")]
    pub display_name: Option<Option<String>>,
    /// What calls are charged by from now on.
    #[serde(skip_serializing_if = "Option::is_none", with = "pricing_as_draft")]
    pub pricing: Option<Pricing>,
    /// New tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// New visibility.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// New answer to clients that leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_disconnect: Option<OnDisconnect>,
    /// New metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// New names that it answers to.
    #[serde(skip_serializing_if = "Option::is_none", rename = "match")]
    pub matching: Option<Matching>,
    /// New other targets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<Vec<SplitTarget>>,
    /// New settlement of a caller's target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sticky: Option<Sticky>,
    /// New fallbacks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallbacks: Option<Vec<Fallback>>,
    /// New targets for teams and organizations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Vec<Override>>,
    /// What calls are copied to, or nothing.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "validation::present")]
    pub shadow: Option<Option<Shadow>>,
    /// New rules on parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<ParameterRules>,
    /// New `model` of answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_model: Option<ResponseModel>,
    /// That it is on its way out, or is not.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "validation::present")]
    pub deprecation: Option<Option<Deprecation>>,
}

impl AliasEdit {
    /// Checks every field that is present.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<AliasChange, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        if let Some(model) = &self.litellm_model {
            validation::provider(&mut report, model, self.allow_unknown_provider);
        }
        let pricing = match (&self.pricing, &self.pricing_input, &self.pricing_output) {
            (None, None, None) => None,
            (pricing, input, output) => {
                let number = |sent: &Option<Option<_>>| sent.clone().flatten();
                let (input, output) = (number(input), number(output));
                let pricing = pricing.as_ref().and_then(Option::as_ref);
                let parsed = validation::pricing(&mut report, pricing, input.as_ref(), output.as_ref());
                Some(parsed.unwrap_or_default())
            }
        };
        providers(
            &mut report,
            self.split.as_deref().unwrap_or_default(),
            self.fallbacks.as_deref().unwrap_or_default(),
            self.overrides.as_deref().unwrap_or_default(),
            self.shadow.as_ref().and_then(Option::as_ref),
            self.allow_unknown_provider,
        );
        validation::clean(report)?;
        Ok(AliasChange {
            litellm_model: self.litellm_model.map(|text| parsed("litellm_model", &text)).transpose()?,
            description: self.description.map(Option::unwrap_or_default),
            active: self.active,
            display_name: self.display_name,
            pricing,
            tags: self.tags,
            visibility: self.visibility,
            on_disconnect: self.on_disconnect,
            metadata: self.metadata,
            matching: self.matching,
            split: self.split,
            sticky: self.sticky,
            fallbacks: self.fallbacks,
            overrides: self.overrides,
            shadow: self.shadow,
            parameters: self.parameters,
            response_model: self.response_model,
            deprecation: self.deprecation,
        })
    }
}

impl AliasChange {
    /// The spec that this change makes of `spec`.
    #[must_use]
    pub fn applied_to(self, spec: &AliasSpec) -> AliasSpec {
        AliasSpec {
            litellm_model: self.litellm_model.unwrap_or_else(|| spec.litellm_model.clone()),
            description: self.description.unwrap_or_else(|| spec.description.clone()),
            active: self.active.unwrap_or(spec.active),
            display_name: self.display_name.unwrap_or_else(|| spec.display_name.clone()),
            pricing: self.pricing.unwrap_or_else(|| spec.pricing.clone()),
            tags: self.tags.unwrap_or_else(|| spec.tags.clone()),
            visibility: self.visibility.unwrap_or(spec.visibility),
            on_disconnect: self.on_disconnect.unwrap_or(spec.on_disconnect),
            metadata: self.metadata.unwrap_or_else(|| spec.metadata.clone()),
            routing: Routing {
                matching: self.matching.unwrap_or(spec.routing.matching),
                split: self.split.unwrap_or_else(|| spec.routing.split.clone()),
                sticky: self.sticky.unwrap_or(spec.routing.sticky),
                fallbacks: self.fallbacks.unwrap_or_else(|| spec.routing.fallbacks.clone()),
                overrides: self.overrides.unwrap_or_else(|| spec.routing.overrides.clone()),
                shadow: self.shadow.unwrap_or_else(|| spec.routing.shadow.clone()),
                parameters: self.parameters.unwrap_or_else(|| spec.routing.parameters.clone()),
                response_model: self.response_model.unwrap_or(spec.routing.response_model),
                deprecation: self.deprecation.unwrap_or_else(|| spec.routing.deprecation.clone()),
            },
        }
    }
}
