//! Changes of an alias that are to count from a moment on which is yet to come.

use serde::{Deserialize, Serialize};
use validator::ValidationErrors;

use super::{AliasChange, AliasName, AliasSpec, VersionAuthor};
use crate::clock::Timestamp;
use crate::id::{Id, IdKind};
use crate::validation::{clean, error};

/// The most changes of one alias that wait at the same time.
pub const MOST_SCHEDULED: u32 = 16;

/// How far ahead a change may be scheduled, in days.
pub const FURTHEST_DAYS: i64 = 366;

/// Checks that a change can wait for this moment.
///
/// # Errors
/// An entry for `effective_at`: it has passed, or is further ahead than [`FURTHEST_DAYS`].
pub fn check_moment(at: Timestamp, now: Timestamp) -> Result<(), ValidationErrors> {
    let mut report = ValidationErrors::new();
    if at <= now {
        let why = "effective_at has passed: leave it out to make the change now";
        report.add("effective_at", error("invalid_value", why));
    } else if at.utc() > now.utc() + chrono::Duration::days(FURTHEST_DAYS) {
        let why = format!("effective_at must be at most {FURTHEST_DAYS} days ahead");
        report.add("effective_at", error("invalid_value", why));
    }
    clean(report)
}

/// Marks ids of scheduled changes (`sch_…`).
#[derive(Debug)]
pub struct ScheduleKind;

impl IdKind for ScheduleKind {
    const PREFIX: &'static str = "sch_";
}

/// The identity of a scheduled change.
pub type ScheduleId = Id<ScheduleKind>;

/// What is to be done to the alias.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", content = "change", rename_all = "snake_case")]
pub enum ScheduledAction {
    /// It says something else. What the change does not name stays as it is then.
    Update(Box<AliasChange>),
    /// It is deleted.
    Delete,
}

impl ScheduledAction {
    /// The word on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Update(_) => "update",
            Self::Delete => "delete",
        }
    }

    /// Checks that this can wait for a moment.
    ///
    /// # Errors
    /// An entry for `match`: routers find an alias by it, and so it changes at once or not at all.
    pub fn check(&self) -> Result<(), ValidationErrors> {
        let mut report = ValidationErrors::new();
        if let Self::Update(change) = self
            && change.matching.is_some()
        {
            let why = "match cannot be changed at a later moment: change it without effective_at";
            report.add("match", error("invalid_value", why));
        }
        clean(report)
    }

    /// What becomes of the alias `name` that says `spec`. The one rule for routers, which go by it from the moment
    /// on, and for the write that makes a version of it later.
    pub fn outcome(&self, name: &AliasName, spec: &AliasSpec) -> Outcome {
        match self {
            Self::Delete => Outcome::Deleted,
            Self::Update(change) => {
                let after = change.as_ref().clone().applied_to(spec);
                if after == *spec || after.check(name).is_err() {
                    Outcome::Unchanged
                } else {
                    Outcome::Says(Box::new(after))
                }
            }
        }
    }
}

/// What becomes of an alias whose change comes due.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It says this.
    Says(Box<AliasSpec>),
    /// It is gone.
    Deleted,
    /// It stays as it is: it says so already, or the change does not go together with what it says by now.
    Unchanged,
}

/// A change of an alias that waits for its moment.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduledChange {
    /// Its identity.
    pub id: ScheduleId,
    /// What is to be done.
    pub action: ScheduledAction,
    /// From when on it counts.
    pub effective_at: Timestamp,
    /// Who scheduled it, and why.
    pub by: VersionAuthor,
    /// When it was scheduled.
    pub created_at: Timestamp,
}
