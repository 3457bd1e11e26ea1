//! Notices as the API shows them, and the parameters of their lists.

use alias_core::clock::Timestamp;
use alias_core::notice::{Audience, NewNotice, Notice, NoticeId, NoticeKind, TeamNotice};
use alias_core::repository::NoticeQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::list::{ListRequest, PageInfo};
use crate::admin::query::{flag, parsed};
use crate::error::ApiError;

/// The fields of a notice that an update may set.
pub const WRITABLE: &[&str] = &["title", "text", "audience", "team_ids", "organization_ids", "expires_at"];

/// A notice, and how many teams it is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeObject {
    /// The notice.
    #[serde(flatten)]
    pub notice: Notice,
    /// How many teams it is for now.
    #[schema(example = 15)]
    pub teams_reached: u64,
}

/// What a notice would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticePreview {
    /// Always true.
    pub dry_run: bool,
    /// What it is about.
    pub kind: NoticeKind,
    /// The alias that it is about.
    #[schema(example = "gpt-4o")]
    pub alias: Option<String>,
    /// Its first line.
    #[schema(example = "New Model Available: gpt-4o")]
    pub title: String,
    /// What it says.
    #[schema(example = "We've added gpt-4o to your available models.")]
    pub text: String,
    /// Whom it would be for.
    #[schema(example = "everyone")]
    pub audience: String,
    /// Until when it would be shown; null where always.
    pub expires_at: Option<Timestamp>,
    /// How many teams it would be for.
    #[schema(example = 15)]
    pub teams_reached: u64,
}

impl NoticePreview {
    pub(super) fn of(new: NewNotice, teams_reached: u64) -> Self {
        let audience = Audience::as_str(&new.audience).to_owned();
        let alias = new.alias.map(|name| name.to_string());
        let NewNotice { kind, title, text, expires_at, .. } = new;
        Self { dry_run: true, kind, alias, title, text, audience, expires_at, teams_reached }
    }
}

/// A part of the list of notices.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeList {
    /// The notices.
    pub notices: Vec<Notice>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// A part of the list of the notices that a team is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamNoticeList {
    /// The notices.
    pub notices: Vec<TeamNotice>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

impl TeamNoticeList {
    pub(super) fn of(page: PageInfo, notices: Vec<Notice>) -> Self {
        Self { notices: notices.into_iter().map(TeamNotice::from).collect(), page }
    }
}

/// What a deletion took away.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeDeleted {
    /// What happened, in a sentence.
    #[schema(example = "Notice 'ntc_0192f0a1b2c37d4e8f90a1b2c3d4e5f6' deleted successfully")]
    pub message: String,
    /// The notice that is gone.
    #[schema(value_type = String, example = "ntc_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")]
    pub notice_id: NoticeId,
    /// Always true.
    pub deleted: bool,
}

impl From<Notice> for NoticeDeleted {
    fn from(notice: Notice) -> Self {
        let notice_id = notice.notice_id;
        Self { message: format!("Notice '{notice_id}' deleted successfully"), notice_id, deleted: true }
    }
}

/// How a notice is written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeWriteParameters {
    /// `true`: publish nothing, and answer what would be.
    #[param(value_type = Option<bool>)]
    pub dry_run: Option<String>,
}

impl NoticeWriteParameters {
    /// Whether nothing is to be published.
    ///
    /// # Errors
    /// 400 for a value that is neither true nor false.
    pub fn tries(&self) -> Result<bool, ApiError> {
        Ok(flag("dry_run", self.dry_run.as_deref())?.unwrap_or_default())
    }
}

/// Filters of notices.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeListParameters {
    /// Only those about this alias.
    #[param(example = "gpt-4")]
    pub alias: Option<String>,
    /// Only those of this kind: `general`, `new_model`, `switch` or `deprecation`.
    #[param(value_type = Option<NoticeKind>)]
    pub kind: Option<String>,
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    pub offset: Option<String>,
}

impl NoticeListParameters {
    /// Checks every parameter.
    ///
    /// # Errors
    /// 400 for the first wrong one.
    pub fn parse(&self) -> Result<NoticeQuery, ApiError> {
        let alias = parsed("alias", self.alias.as_deref())?;
        let kind = parsed("kind", self.kind.as_deref())?;
        Ok(NoticeQuery { alias, kind, window: ListRequest::of(self).window()? })
    }
}

/// Which part of a team's notices.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartParameters {
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    pub offset: Option<String>,
}
