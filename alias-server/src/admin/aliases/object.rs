//! A model alias as the API shows it: one object, wherever it appears.

use std::sync::Arc;

use alias_core::alias::{
    AliasDetails, AliasId, AliasName, AliasStatus, Deprecation, Fallback, Matching, Metadata, OnDisconnect,
    Override, ParameterRules, ResponseModel, Shadow, SplitTarget, Sticky, Visibility,
};
use alias_core::clock::Timestamp;
use alias_core::desired::Manager;
use alias_core::group::GroupName;
use alias_core::lint::{self, Warning};
use alias_core::model_ref::ModelRef;
use alias_core::money::TokenPrice;
use alias_core::price::{Pricing, PricingDraft};
use alias_core::repository::DeletedAlias;
use alias_core::usage::UsageStats;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::schedule::ScheduledObject;
use crate::admin::list::PageInfo;
use crate::error::FieldError;

/// A model alias, with who may call it and what it was used for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelAlias)]
pub struct AliasObject {
    /// Its identity, for ever.
    #[schema(value_type = String, example = "mal_01928b00000070008000000000000001")]
    pub id: AliasId,
    /// The name that clients send as `model`.
    #[schema(value_type = String, example = "gpt-4")]
    pub alias: AliasName,
    /// Where calls go.
    #[schema(value_type = String, example = "openai/gpt-4")]
    pub litellm_model: ModelRef,
    /// What it is for.
    #[schema(example = "Most capable GPT-4 model")]
    pub description: String,
    /// Whether calls are served.
    pub active: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Calls sent upstream: `usage_stats.total_calls`.
    #[schema(example = 1543)]
    pub usage_count: u64,
    /// The access groups that hold it.
    #[schema(value_type = Vec<String>, example = json!(["gpt-models", "premium-models"]))]
    pub access_groups: Vec<GroupName>,
    /// Teams that hold an active one of these groups, each once.
    #[schema(example = 15)]
    pub teams_with_access: u64,
    /// Its lifetime statistics.
    pub usage_stats: UsageStats,
    /// A name for people; the alias where none was given.
    #[schema(example = "GPT-4")]
    pub display_name: String,
    /// The part of `litellm_model` before the first slash.
    #[schema(example = "openai")]
    pub provider: String,
    /// `active`, `disabled`, `deprecated`, or `sunset`: its time is over.
    pub status: AliasStatus,
    /// Counts its changes from 1; also its `ETag`.
    #[schema(example = 7)]
    pub version: u32,
    /// USD per million input tokens.
    #[schema(value_type = Option<f64>, example = 30.0)]
    pub pricing_input: Option<TokenPrice>,
    /// USD per million output tokens.
    #[schema(value_type = Option<f64>, example = 60.0)]
    pub pricing_output: Option<TokenPrice>,
    /// Where the price comes from: `alias` (its own), `catalog` (its target's), `target` (that of the alias that it leads
    /// to), `free`, or `unknown`: unpriced, which is not nothing.
    #[schema(example = "alias")]
    pub pricing_source: &'static str,
    /// What calls are charged by, in full.
    #[schema(inline)]
    pub pricing: PricingDraft,
    /// Words to filter by.
    pub tags: Vec<String>,
    /// Whether it shows up where callers look.
    pub visibility: Visibility,
    /// What becomes of a stream whose client leaves.
    pub on_disconnect: OnDisconnect,
    /// The operator's own facts.
    #[schema(value_type = Object)]
    pub metadata: Metadata,
    /// What names it answers to: its own (`exact`), or every one that begins with it (`prefix`).
    #[serde(rename = "match")]
    pub matching: Matching,
    /// Other targets for parts of the callers.
    pub split: Vec<SplitTarget>,
    /// By what a caller's target is settled.
    pub sticky: Sticky,
    /// What serves calls that the target failed, in this order.
    pub fallbacks: Vec<Fallback>,
    /// Other targets for teams and organizations.
    pub overrides: Vec<Override>,
    /// What a part of the calls is copied to; null where none are.
    #[schema(inline)]
    pub shadow: Option<Shadow>,
    /// What becomes of parameters of calls.
    pub parameters: ParameterRules,
    /// What the `model` of answers says.
    pub response_model: ResponseModel,
    /// When it was deprecated.
    pub deprecated_at: Option<Timestamp>,
    /// When it stops being served.
    pub sunset_at: Option<Timestamp>,
    /// What to use in its place.
    pub replacement: Option<String>,
    /// That it is on its way out, in full; null where it is not.
    #[schema(inline)]
    pub deprecation: Option<Deprecation>,
    /// Changes that wait for their moment, the next one first.
    pub scheduled: Vec<ScheduledObject>,
    /// Whose file made or changed it (`managed_by` of `POST /api/apply`), and will again; null where none did.
    #[schema(value_type = Option<String>, example = "platform-repo")]
    pub managed_by: Option<Manager>,
    /// Advice, never errors.
    pub warnings: Vec<Warning>,
}

/// The fields of an [`AliasObject`] that an update may set.
pub const WRITABLE: &[&str] = &[
    "litellm_model",
    "description",
    "active",
    "display_name",
    "pricing_input",
    "pricing_output",
    "pricing",
    "tags",
    "visibility",
    "on_disconnect",
    "metadata",
    "match",
    "split",
    "sticky",
    "fallbacks",
    "overrides",
    "shadow",
    "parameters",
    "response_model",
    "deprecation",
];

impl From<AliasDetails> for AliasObject {
    fn from(details: AliasDetails) -> Self {
        let AliasDetails { alias, access_groups, teams_with_access, model, usage, scheduled, managed_by, at } =
            details;
        let status = AliasStatus::of(&alias.spec, at);
        let mut warnings = lint::warnings(&alias.alias, &alias.spec, model.as_deref());
        let spec = alias.spec;
        let routing = spec.routing;
        let told = routing.deprecation;
        let (source, shown) = match &spec.pricing {
            Pricing::Fixed(prices) => ("alias", Some(Arc::clone(prices))),
            Pricing::Free => ("free", Some(Arc::default())),
            Pricing::Catalog { .. } if spec.litellm_model.alias().is_some() => ("target", None),
            Pricing::Catalog { markup } => {
                if let Some(prices) = model.as_ref().and_then(|model| model.prices.as_ref()) {
                    ("catalog", Some(Arc::new(markup.unwrap_or_default().on_list(prices))))
                } else {
                    warnings.push(lint::unpriced(&spec.litellm_model));
                    ("unknown", None)
                }
            }
        };
        Self {
            id: alias.id,
            display_name: spec.display_name.unwrap_or_else(|| alias.alias.to_string()),
            alias: alias.alias,
            provider: spec.litellm_model.provider().to_owned(),
            litellm_model: spec.litellm_model,
            description: spec.description,
            active: spec.active,
            created_at: alias.created_at,
            updated_at: alias.updated_at,
            usage_count: usage.total_calls,
            access_groups,
            teams_with_access,
            usage_stats: usage,
            status,
            version: alias.version,
            pricing_input: shown.as_ref().map(|prices| prices.input),
            pricing_output: shown.as_ref().map(|prices| prices.output),
            pricing_source: source,
            pricing: PricingDraft::from(&spec.pricing),
            tags: spec.tags,
            visibility: spec.visibility,
            on_disconnect: spec.on_disconnect,
            metadata: spec.metadata,
            matching: routing.matching,
            split: routing.split,
            sticky: routing.sticky,
            fallbacks: routing.fallbacks,
            overrides: routing.overrides,
            shadow: routing.shadow,
            parameters: routing.parameters,
            response_model: routing.response_model,
            deprecated_at: told.as_ref().map(|told| told.deprecated_at),
            sunset_at: told.as_ref().and_then(|told| told.sunset_at),
            replacement: told.as_ref().and_then(|told| told.replacement.as_ref()).map(ToString::to_string),
            deprecation: told,
            scheduled: scheduled.into_iter().map(ScheduledObject::from).collect(),
            managed_by,
            warnings,
        }
    }
}

/// An object that was read holds its price in two forms: of an object that is sent back, the form that was changed
/// counts.
pub fn one_form_of_price(sent: &mut Map<String, Value>, current: &AliasObject) {
    let Some(pricing) = sent.get("pricing") else { return };
    let is = |now: &dyn Fn() -> serde_json::Result<Value>, sent: &Value| now().is_ok_and(|now| now == *sent);
    let same = is(&|| serde_json::to_value(&current.pricing), pricing);
    let shown = [("pricing_input", &current.pricing_input), ("pricing_output", &current.pricing_output)];
    let pair = shown
        .iter()
        .all(|(field, now)| sent.get(*field).is_none_or(|sent| is(&|| serde_json::to_value(now), sent)));
    if pair {
        for (field, _) in shown {
            sent.remove(field);
        }
    } else if same {
        sent.remove("pricing");
    }
}

/// A part of the list of aliases.
#[derive(Debug, Serialize, ToSchema)]
pub struct AliasList {
    /// The aliases.
    pub aliases: Vec<AliasObject>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// What a deletion took away.
#[derive(Debug, Serialize, ToSchema)]
pub struct AliasDeleted {
    /// What happened, in a sentence.
    #[schema(example = "Model alias 'deprecated-model' deleted successfully")]
    pub message: String,
    /// The alias that is gone.
    #[schema(value_type = String, example = "deprecated-model")]
    pub alias: AliasName,
    /// Always true.
    pub deleted: bool,
    /// The groups that held it.
    #[schema(value_type = Vec<String>, example = json!(["gpt-models"]))]
    pub removed_from_access_groups: Vec<GroupName>,
    /// Teams that held an active one of these groups, each once.
    #[schema(example = 15)]
    pub teams_affected: u64,
    /// Until when it is kept for bringing it back.
    pub restorable_until: Timestamp,
}

impl From<DeletedAlias> for AliasDeleted {
    fn from(deleted: DeletedAlias) -> Self {
        Self {
            message: format!("Model alias '{}' deleted successfully", deleted.alias.alias),
            alias: deleted.alias.alias,
            deleted: true,
            removed_from_access_groups: deleted.removed_from_access_groups,
            teams_affected: deleted.teams_affected,
            restorable_until: deleted.restorable_until,
        }
    }
}

/// Whether a draft would be taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Validation {
    /// Whether there are no errors.
    pub valid: bool,
    /// What is wrong, one entry a field.
    pub errors: Vec<FieldError>,
    /// Advice.
    pub warnings: Vec<Warning>,
}
