//! Model aliases: simple names that map to LiteLLM's `provider/model`.

mod callers;
mod deprecation;
mod draft;
mod edit;
mod figures;
mod onward;
mod rename;
mod routing;
mod schedule;
mod trial;
mod version;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::desired::Manager;
use crate::group::GroupName;
use crate::id::{Id, IdKind};
use crate::model_ref::ModelRef;
use crate::name::{Name, NameKind};
use crate::price::{ModelFacts, Pricing, PricingDraft};
use crate::usage::UsageStats;

pub use callers::*;
pub use deprecation::*;
pub use draft::*;
pub use edit::*;
pub use figures::*;
pub use onward::*;
pub use rename::*;
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
    /// Whose document made or changed it, if one did.
    pub managed_by: Option<Manager>,
    /// The moment that its status is of.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests;
