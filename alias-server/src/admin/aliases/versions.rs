//! Versions of model aliases as the API shows them.

use alias_core::alias::{AliasId, AliasName, HistoryEntry, VersionAuthor, VersionKind};
use alias_core::clock::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::admin::list::PageInfo;

/// One version of an alias.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AliasVersion)]
pub struct VersionObject {
    /// Counts the alias's versions from 1.
    #[schema(example = 7)]
    pub version: u32,
    /// What made it.
    pub kind: VersionKind,
    /// When it was written.
    pub at: Timestamp,
    /// From when on it counted.
    pub effective_at: Timestamp,
    /// Who made it, why, and in which request.
    #[serde(flatten)]
    pub by: VersionAuthor,
    /// What the alias was called then.
    #[schema(value_type = String, example = "smart")]
    pub alias: AliasName,
    /// The version whose content it brought back, of a rollback.
    #[schema(example = json!(null))]
    pub restored_from: Option<u32>,
    /// The fields in which it differs from the version before: `{"field": {"from": …, "to": …}}`. Of version 1: all.
    #[schema(value_type = Object, example = json!({
        "litellm_model": {"from": "openai/gpt-4", "to": "anthropic/claude-3-opus-20240229"},
    }))]
    pub change: Value,
}

impl From<HistoryEntry> for VersionObject {
    fn from(entry: HistoryEntry) -> Self {
        let version = entry.version;
        Self {
            version: version.version,
            kind: version.kind,
            at: version.at,
            effective_at: version.effective_at,
            by: version.by,
            alias: version.alias,
            restored_from: version.restored_from,
            change: entry.change,
        }
    }
}

/// A part of the versions of an alias.
#[derive(Debug, Serialize, ToSchema)]
pub struct AliasVersions {
    /// Whose they are.
    #[schema(value_type = String, example = "mal_01928b00000070008000000000000001")]
    pub id: AliasId,
    /// Since when the alias is deleted, if it is.
    pub deleted_at: Option<Timestamp>,
    /// The versions, from the newest on.
    pub versions: Vec<VersionObject>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// Which version counted at some time, and for how long.
#[derive(Debug, Serialize, ToSchema)]
pub struct AsOf {
    /// The time that was asked for.
    pub at: Timestamp,
    /// What made the version.
    pub kind: VersionKind,
    /// Since when it counted.
    pub from: Timestamp,
    /// Until when; null where it still does.
    pub until: Option<Timestamp>,
    /// Who made it, why, and in which request.
    #[serde(flatten)]
    pub by: VersionAuthor,
}
