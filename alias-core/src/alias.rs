//! Model aliases: simple names that map to LiteLLM's `provider/model`.

mod routing;
mod schedule;
mod trial;
mod version;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use crate::clock::Timestamp;
use crate::group::GroupName;
use crate::id::{Id, IdKind};
use crate::model_ref::ModelRef;
use crate::name::{Name, NameKind};
use crate::price::{ModelFacts, Pricing, PricingDraft};
use crate::usage::UsageStats;
use crate::validation::{self, parsed, parses};

pub use routing::*;
pub use schedule::*;
pub use trial::*;
pub use version::*;

/// Marks alias names and ids (`mal_…`).
#[derive(Debug)]
pub struct AliasKind;

impl NameKind for AliasKind {
    const NOUN: &'static str = "alias";
    const PUNCTUATION: &'static str = "._:@/+-";
    const EXAMPLE: &'static str = "gpt-4";
    // Beginnings of names end in what separates them from the rest; see [`AliasSpec::check`].
    const OPEN_END: bool = true;
}

impl IdKind for AliasKind {
    const PREFIX: &'static str = "mal_";
}

/// The name that clients send as `model`. A slash is allowed (OpenRouter's names have one).
pub type AliasName = Name<AliasKind>;

/// The immutable identity of an alias: what access groups grant.
pub type AliasId = Id<AliasKind>;

/// Whether an alias shows up where callers look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// In `GET /v1/models` of those who may call it; refusals name it.
    #[default]
    Listed,
    /// In no list; to those who may not call it, it does not exist.
    Hidden,
}

impl Visibility {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Hidden => "hidden",
        }
    }
}

/// What becomes of a stream whose client leaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnDisconnect {
    /// The provider is told at once; what it did until then is counted, estimated where it did not say.
    #[default]
    Cancel,
    /// It is read to its end, so that the provider's own count is known: for providers that bill all the same.
    Drain,
}

/// Free-form facts that an operator attaches; shown back, never interpreted.
pub type Metadata = BTreeMap<String, serde_json::Value>;

/// Everything about an alias that a version pins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AliasSpec {
    /// Where calls go.
    pub litellm_model: ModelRef,
    /// What it is for: 0 to 2,000 characters of any Unicode but control characters.
    pub description: String,
    /// Disabled aliases are kept, and refuse calls.
    pub active: bool,
    /// A name for people; the alias itself where none was given.
    pub display_name: Option<String>,
    /// What calls are charged by.
    #[serde(serialize_with = "as_draft")]
    pub pricing: Pricing,
    /// Words to filter by.
    pub tags: Vec<String>,
    /// Whether it shows up in lists.
    pub visibility: Visibility,
    /// What becomes of a stream whose client leaves.
    pub on_disconnect: OnDisconnect,
    /// The operator's own facts.
    pub metadata: Metadata,
    /// Where calls go besides, and what names it answers to.
    #[serde(flatten)]
    pub routing: Routing,
}

fn as_draft<S: serde::Serializer>(pricing: &Pricing, serializer: S) -> Result<S::Ok, S::Error> {
    PricingDraft::from(pricing).serialize(serializer)
}

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

/// An alias as stored: its identity, its name, and its current version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelAlias {
    /// Its identity, for ever.
    pub id: AliasId,
    /// Its name.
    pub alias: AliasName,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// What the current version says.
    #[serde(flatten)]
    pub spec: AliasSpec,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its current version was written.
    pub updated_at: Timestamp,
}

/// An alias with what surrounds it: who may call it, and what it was used for.
#[derive(Debug, Clone, PartialEq)]
pub struct AliasDetails {
    /// The alias.
    pub alias: ModelAlias,
    /// The access groups that hold it, by name.
    pub access_groups: Vec<GroupName>,
    /// Distinct teams that hold at least one active group with it, suspended ones included.
    pub teams_with_access: u64,
    /// What is known about the model that calls go to.
    pub model: Option<Arc<ModelFacts>>,
    /// Its lifetime statistics.
    pub usage: UsageStats,
    /// Changes that wait for their moment, the next one first.
    pub scheduled: Vec<ScheduledChange>,
}

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
    /// What becomes of parameters of calls, by their names.
    #[cfg_attr(feature = "openapi", schema(example = json!({"temperature": {"default": 0.7, "max": 1}})))]
    pub parameters: Option<ParameterRules>,
    /// What the `model` of answers says; `alias` where absent.
    pub response_model: Option<ResponseModel>,
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
            parameters: self.parameters.unwrap_or_default(),
            response_model: self.response_model.unwrap_or_default(),
        };
        let allowed = self.allow_unknown_provider;
        providers(&mut report, &routing.split, &routing.fallbacks, &routing.overrides, allowed);
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
fn providers(
    report: &mut ValidationErrors,
    split: &[SplitTarget],
    fallbacks: &[Fallback],
    overrides: &[Override],
    allow_unknown: Option<bool>,
) {
    let split = split.iter().map(|target| ("split", &target.litellm_model));
    let fallbacks = fallbacks.iter().map(|target| ("fallbacks", &target.litellm_model));
    let overrides = overrides.iter().map(|target| ("overrides", &target.litellm_model));
    for (field, model) in split.chain(fallbacks).chain(overrides) {
        validation::provider_of(report, field, model.as_str(), allow_unknown);
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
    /// What becomes of parameters of calls, all of it; null or `{}` leaves nothing.
    #[serde(default, deserialize_with = "validation::or_empty")]
    pub parameters: Option<ParameterRules>,
    /// What the `model` of answers says.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub response_model: Option<ResponseModel>,
    /// Accept a provider that LiteLLM is not known to have.
    pub allow_unknown_provider: Option<bool>,
}

/// A checked change: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
    /// New rules on parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<ParameterRules>,
    /// New `model` of answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_model: Option<ResponseModel>,
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
            parameters: self.parameters,
            response_model: self.response_model,
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
                parameters: self.parameters.unwrap_or_else(|| spec.routing.parameters.clone()),
                response_model: self.response_model.unwrap_or(spec.routing.response_model),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_of_the_user_guide_becomes_an_active_alias() {
        let draft: AliasDraft = serde_json::from_str(
            r#"{"alias":"gpt-4","litellm_model":"openai/gpt-4","description":"GPT-4 model"}"#,
        )
        .unwrap();
        let new = draft.parse().unwrap();
        assert_eq!(new.alias.as_str(), "gpt-4");
        assert_eq!(new.spec.litellm_model.provider(), "openai");
        assert!(new.spec.active);
    }

    #[test]
    fn every_wrong_field_is_reported_at_once() {
        let draft = AliasDraft {
            description: Some("d".repeat(2001)),
            pricing_input: serde_json::Number::from_f64(1.0),
            ..AliasDraft::new("", "gpt-4")
        };
        let report = draft.parse().unwrap_err();
        let mut fields: Vec<_> = report.field_errors().into_keys().collect();
        fields.sort_unstable();
        assert_eq!(fields, ["alias", "description", "litellm_model", "pricing_output"]);
    }

    #[test]
    fn an_unknown_provider_needs_a_word() {
        let draft = AliasDraft::new("a", "opnai/gpt-4");
        let report = draft.clone().parse().unwrap_err();
        let error = &report.field_errors()["litellm_model"][0];
        assert_eq!(error.code, "unknown_provider");
        assert_eq!(error.params["suggestion"], "openai/gpt-4");
        assert!(AliasDraft { allow_unknown_provider: Some(true), ..draft }.parse().is_ok());
    }

    #[test]
    fn absent_null_and_empty_are_three_things() {
        let edit = |json: &str| serde_json::from_str::<AliasEdit>(json).unwrap().parse().unwrap();
        assert_eq!(edit("{}"), AliasChange::default());
        assert_eq!(edit(r#"{"display_name":null}"#).display_name, Some(None));
        let cleared = edit(r#"{"tags":null,"metadata":null}"#);
        assert_eq!((cleared.tags, cleared.metadata), (Some(vec![]), Some(Metadata::new())));
        for field in ["litellm_model", "active", "visibility"] {
            let why = serde_json::from_value::<AliasEdit>(serde_json::json!({ field: null })).unwrap_err();
            assert!(why.to_string().contains("leave the field out"), "{field}: {why}");
        }
        assert_eq!(edit(r#"{"description":null}"#).description, Some(String::new()));
        assert_eq!(edit(r#"{"tags":[]}"#).tags, Some(vec![]));
        assert_eq!(edit(r#"{"pricing_input":null,"pricing_output":null}"#).pricing, Some(Pricing::UNSAID),);
    }
}
