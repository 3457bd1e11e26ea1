//! Versions of aliases: what each made of the one before, who made it, when, and why.

use serde::{Deserialize, Serialize};

use super::{AliasDetails, AliasId, AliasName, AliasSpec};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::repository::Page;

/// How long a deleted alias can be brought back, in days.
pub const RESTORABLE_DAYS: i64 = 30;

/// What made a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VersionKind {
    /// The alias was created: version 1.
    Create,
    /// Its content was changed.
    Update,
    /// The content of an earlier version was brought back.
    Rollback,
    /// It was deleted: from then on it is served no more.
    Delete,
    /// It was brought back after it had been deleted.
    Restore,
}

impl VersionKind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Rollback => "rollback",
            Self::Delete => "delete",
            Self::Restore => "restore",
        }
    }
}

/// Who made a version, as the audit log names him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionAuthor {
    /// `local`, `admin_key`, `token`, `account`, `guardrail` or `system`.
    #[cfg_attr(feature = "openapi", schema(example = "account"))]
    pub actor: String,
    /// The public id of the token or account.
    pub actor_id: Option<String>,
    /// What the token or account was called then.
    #[cfg_attr(feature = "openapi", schema(example = "ops@acme.example"))]
    pub actor_name: Option<String>,
    /// Why, in the actor's words.
    #[cfg_attr(feature = "openapi", schema(example = "ticket 4711"))]
    pub reason: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
}

impl From<&Actor> for VersionAuthor {
    fn from(by: &Actor) -> Self {
        Self {
            actor: by.kind.as_str().into(),
            actor_id: by.kind.id(),
            actor_name: by.kind.name().map(str::to_owned),
            reason: by.reason.clone(),
            request_id: by.request_id.clone(),
        }
    }
}

/// One version of an alias, as it was written. None is ever changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AliasVersion {
    /// Counts the alias's versions from 1.
    pub version: u32,
    /// What the alias was called then.
    pub alias: AliasName,
    /// What made it.
    pub kind: VersionKind,
    /// What it says.
    pub spec: AliasSpec,
    /// Who made it, and why.
    pub by: VersionAuthor,
    /// The version whose content it brought back, of a [`VersionKind::Rollback`].
    pub restored_from: Option<u32>,
    /// When it was written.
    pub at: Timestamp,
    /// From when on it counted.
    pub effective_at: Timestamp,
}

/// A version, and in which fields it differs from the one before.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The version.
    pub version: AliasVersion,
    /// `{"field": {"from": …, "to": …}}`; of version 1 all that it set.
    pub change: serde_json::Value,
}

/// The versions of an alias, from the newest on.
#[derive(Debug, Clone, PartialEq)]
pub struct AliasHistory {
    /// Whose they are.
    pub id: AliasId,
    /// Since when it is deleted, if it is.
    pub deleted_at: Option<Timestamp>,
    /// The versions.
    pub page: Page<HistoryEntry>,
}

/// What an alias said at some time.
#[derive(Debug, Clone, PartialEq)]
pub struct AliasThen {
    /// The alias as of then, with what surrounds it now.
    pub details: AliasDetails,
    /// The version that counted then.
    pub version: AliasVersion,
    /// Until when it counted; `None` where it still does.
    pub until: Option<Timestamp>,
}
