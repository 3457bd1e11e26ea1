//! What errors say besides what all of them say.

/// A member of an error's body that only some errors have; the description of the API has all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the description of the API says what each is")]
pub enum Member {
    Allowed,
    AvailableModels,
    BrownoutEndsAt,
    Column,
    CurrentEtag,
    Errors,
    Existing,
    JobId,
    JobStatus,
    Line,
    Operation,
    Plan,
    Replacement,
    RestorableUntil,
    Suggestions,
    SunsetAt,
    Unknown,
}

impl Member {
    /// Every member.
    pub const ALL: [Self; 17] = [
        Self::Allowed,
        Self::AvailableModels,
        Self::BrownoutEndsAt,
        Self::Column,
        Self::CurrentEtag,
        Self::Errors,
        Self::Existing,
        Self::JobId,
        Self::JobStatus,
        Self::Line,
        Self::Operation,
        Self::Plan,
        Self::Replacement,
        Self::RestorableUntil,
        Self::Suggestions,
        Self::SunsetAt,
        Self::Unknown,
    ];

    /// What it is called.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::AvailableModels => "available_models",
            Self::BrownoutEndsAt => "brownout_ends_at",
            Self::Column => "column",
            Self::CurrentEtag => "current_etag",
            Self::Errors => "errors",
            Self::Existing => "existing",
            Self::JobId => "job_id",
            Self::JobStatus => "job_status",
            Self::Line => "line",
            Self::Operation => "operation",
            Self::Plan => "plan",
            Self::Replacement => "replacement",
            Self::RestorableUntil => "restorable_until",
            Self::Suggestions => "suggestions",
            Self::SunsetAt => "sunset_at",
            Self::Unknown => "unknown",
        }
    }

    /// Whether errors of `/v1` may have it, in the words of `OpenAI`.
    pub const fn is_of_calls(self) -> bool {
        use Member::{Allowed, AvailableModels, BrownoutEndsAt, Column, Line, Replacement, SunsetAt};
        matches!(self, Allowed | AvailableModels | BrownoutEndsAt | Column | Line | Replacement | SunsetAt)
    }
}
