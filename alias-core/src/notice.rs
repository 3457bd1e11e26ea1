//! Notices: what operators tell teams, and to which of them.

mod announcement;
mod draft;

use serde::{Deserialize, Serialize};

use crate::alias::AliasName;
use crate::clock::Timestamp;
use crate::id::{Id, IdKind};
use crate::organization::OrganizationId;
use crate::team::TeamId;

pub use self::announcement::{Announcement, ModelSwitch};
pub use self::draft::{AudienceChange, NewNotice, NoticeChange, NoticeDraft, NoticeEdit, NoticeWanted};

/// The most notices that are kept.
pub const MAX_NOTICES: u32 = 1_000;
/// The most characters of a notice's text.
pub const MAX_TEXT: usize = 8_000;
/// How many days back a call of an alias counts for being one of its callers.
pub const CALLER_DAYS: u64 = 30;

/// Marks ids of notices (`ntc_…`).
#[derive(Debug)]
pub struct NoticeIdKind;

impl IdKind for NoticeIdKind {
    const PREFIX: &'static str = "ntc_";
}

/// The identity of a notice.
pub type NoticeId = Id<NoticeIdKind>;

/// What a notice is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// What its text says.
    #[default]
    General,
    /// There is a model that teams may call.
    NewModel,
    /// Another model stands behind an alias, or will.
    Switch,
    /// An alias is on its way out.
    Deprecation,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::General, Self::NewModel, Self::Switch, Self::Deprecation];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::NewModel => "new_model",
            Self::Switch => "switch",
            Self::Deprecation => "deprecation",
        }
    }
}

/// A text that is no kind of notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of general, new_model, switch, deprecation")]
pub struct InvalidNoticeKind;

impl std::str::FromStr for NoticeKind {
    type Err = InvalidNoticeKind;

    fn from_str(text: &str) -> Result<Self, InvalidNoticeKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(InvalidNoticeKind)
    }
}

/// Whom a notice is for. Who is one of these is asked whenever notices are read, and not once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// All teams.
    Everyone,
    /// The teams that are granted the notice's alias.
    Holders,
    /// The teams that called the notice's alias in the last [`CALLER_DAYS`] days.
    Callers,
    /// These teams, and all of these organizations.
    Named {
        /// By id.
        teams: Vec<TeamId>,
        /// By id.
        organizations: Vec<OrganizationId>,
    },
}

impl Audience {
    /// The word on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Holders => "holders",
            Self::Callers => "callers",
            Self::Named { .. } => "named",
        }
    }
}

/// A notice as operators read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Its identity.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, example = "ntc_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")
    )]
    pub notice_id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// The alias that it is about, by the name that it had then.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "gpt-4o"))]
    pub alias: Option<AliasName>,
    /// Its first line.
    #[cfg_attr(feature = "openapi", schema(example = "New Model Available: gpt-4o"))]
    pub title: String,
    /// What it says, in plain text.
    #[cfg_attr(feature = "openapi", schema(example = "We've added gpt-4o to your available models."))]
    pub text: String,
    /// Whom it is for: `everyone`, `holders` or `callers` of the alias, or `named`.
    #[cfg_attr(feature = "openapi", schema(example = "everyone"))]
    pub audience: String,
    /// With `named`: these teams.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, example = json!(["acme-prod"])))]
    pub team_ids: Vec<TeamId>,
    /// With `named`: all teams of these organizations.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, example = json!(["org_acme"])))]
    pub organization_ids: Vec<OrganizationId>,
    /// Until when teams are shown it; null where always.
    pub expires_at: Option<Timestamp>,
    /// Who wrote it.
    #[cfg_attr(feature = "openapi", schema(example = "ops@example.com"))]
    pub created_by: String,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was published.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A notice as a team reads it: nothing of who else does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamNotice {
    /// Its identity.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, example = "ntc_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")
    )]
    pub notice_id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// The alias that it is about.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "gpt-4o"))]
    pub alias: Option<AliasName>,
    /// Its first line.
    #[cfg_attr(feature = "openapi", schema(example = "New Model Available: gpt-4o"))]
    pub title: String,
    /// What it says, in plain text.
    #[cfg_attr(feature = "openapi", schema(example = "We've added gpt-4o to your available models."))]
    pub text: String,
    /// Until when it is shown; null where always.
    pub expires_at: Option<Timestamp>,
    /// When it was published.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<Notice> for TeamNotice {
    fn from(notice: Notice) -> Self {
        let Notice { notice_id, kind, alias, title, text, expires_at, created_at, updated_at, .. } = notice;
        Self { notice_id, kind, alias, title, text, expires_at, created_at, updated_at }
    }
}
