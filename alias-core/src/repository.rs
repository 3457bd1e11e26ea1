//! How the catalogue is kept, as seen by those who need it kept: one small trait per aggregate.
//!
//! Every method is one unit of work. A write is one transaction that holds the change, its audit entry and
//! the raised revision; it outlives no call. Look-ups answer `Ok(None)` for what is not there, writes
//! [`StoreError::NotFound`].

mod alias_callers;
mod alias_history;
mod alias_schedule;
mod aliases;
mod audit;
mod back_rates;
mod budgets;
mod bulk;
mod calls;
mod canaries;
mod credits;
mod desired;
mod groups;
mod idempotency;
mod identities;
mod jobs;
mod keys;
mod limits;
mod notices;
mod organizations;
mod plans;
mod provider_models;
mod replicas;
mod reports;
mod secrets;
mod sunset_reminders;
mod teams;
mod usage;
mod webhooks;

use serde::Serialize;

use crate::access::Forbidden;
use crate::catalog::Revision;
use crate::clock::Timestamp;
use crate::money::MicroCredits;

pub use alias_callers::*;
pub use alias_history::*;
pub use alias_schedule::*;
pub use aliases::*;
pub use audit::*;
pub use back_rates::*;
pub use budgets::*;
pub use bulk::*;
pub use calls::*;
pub use canaries::*;
pub use credits::*;
pub use desired::*;
pub use groups::*;
pub use idempotency::*;
pub use identities::*;
pub use jobs::*;
pub use keys::*;
pub use limits::*;
pub use notices::*;
pub use organizations::*;
pub use plans::*;
pub use provider_models::*;
pub use replicas::*;
pub use reports::*;
pub use secrets::*;
pub use sunset_reminders::*;
pub use teams::*;
pub use usage::*;
pub use webhooks::*;

/// Why something could not be kept or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The object is not there.
    #[error("{kind} `{name}` was not found")]
    NotFound {
        /// What kind of object.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// Another object has the name.
    #[error("{kind} `{name}` already exists")]
    AlreadyExists {
        /// What kind of object.
        kind: &'static str,
        /// Its name, in the spelling of the existing one.
        name: String,
    },
    /// Names in the input that nothing has. All of them, so that one answer is enough.
    #[error("{kind} not found: {}", names.join(", "))]
    UnknownReference {
        /// What kind of object.
        kind: &'static str,
        /// The field that named them.
        field: &'static str,
        /// The names.
        names: Vec<String>,
        /// Names that exist and are near, for "did you mean".
        suggestions: Vec<String>,
    },
    /// The object was changed since the caller read it.
    #[error("{kind} `{name}` was changed meanwhile: it is at version {current}")]
    Conflict {
        /// What kind of object.
        kind: &'static str,
        /// Its name.
        name: String,
        /// Its version now.
        current: u32,
    },
    /// The catalogue is not in the state any more that the writer decided on.
    #[error("the catalogue is at revision {current}, and not any more at {seen}")]
    Moved {
        /// The revision that the writer has seen.
        seen: Revision,
        /// The revision now.
        current: Revision,
    },
    /// The object never had that version.
    #[error("{kind} `{name}` has no version {asked}: it is at version {current}")]
    NoVersion {
        /// What kind of object.
        kind: &'static str,
        /// Its name.
        name: String,
        /// The version asked for.
        asked: u32,
        /// Its version now.
        current: u32,
    },
    /// The object was deleted too long ago to be brought back.
    #[error("{kind} `{name}` could be brought back until {until}")]
    Expired {
        /// What kind of object.
        kind: &'static str,
        /// Its name.
        name: String,
        /// Until when it could.
        until: Timestamp,
    },
    /// What the object would say does not go together: one entry for each field.
    #[error("{0}")]
    Invalid(validator::ValidationErrors),
    /// The object is still needed by others.
    #[error("{kind} `{name}` is in use")]
    InUse {
        /// What kind of object.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// Who acts may not any more: the token was revoked, the session ended, or a server that was open is closed.
    #[error("who asked may not act any more")]
    ActorRevoked,
    /// The object has come beyond what the role of who acts may change.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// There are as many as there may be.
    #[error("there are {most} of kind {kind} already")]
    TooMany {
        /// What kind of object.
        kind: &'static str,
        /// How many there may be.
        most: u32,
    },
    /// Credits cannot be given or taken like this.
    #[error(transparent)]
    Credits(#[from] CreditFault),
    /// The job has ended already.
    #[error("job `{job}` is {status}")]
    JobFinished {
        /// The job.
        job: String,
        /// How it ended.
        status: &'static str,
    },
    /// The object would become larger than it may be.
    #[error("{kind} may have at most {most} bytes")]
    TooLarge {
        /// What would.
        kind: &'static str,
        /// How many bytes it may have.
        most: usize,
    },
    /// The last active owner would go.
    #[error("this is the last active owner")]
    LastOwner,
    /// Another change is being made, for longer than one waits. Nothing was changed.
    #[error("another change is being made")]
    Busy,
    /// The storage cannot be reached. Nothing was changed.
    #[error("the storage is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The storage holds what cannot be read.
    #[error("the storage holds invalid data")]
    Corrupt(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why credits cannot be given or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CreditFault {
    /// More was to be taken away than is neither spent nor held for calls.
    #[error("only {available} credits can be taken away: the rest is spent, or held for calls")]
    Held {
        /// What could be taken.
        available: MicroCredits,
    },
    /// There is none left to reserve.
    #[error("there are no credits left")]
    Spent {
        /// Whether instances hold some that they may give back.
        others: bool,
    },
    /// The account would hold more than any may.
    #[error("an account holds at most 1000000000000 credits")]
    TooMany,
}

/// A written object and the catalogue revision that has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Written<T> {
    /// The object, as it is now.
    pub value: T,
    /// The revision that the write produced; the present one where nothing had to change.
    pub revision: Revision,
}

/// The version that a writer expects (`If-Match`); `None` writes whatever is there.
pub type Expected = Option<u32>;

/// A part of a list and where the next one starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The objects.
    pub items: Vec<T>,
    /// How many match in all.
    pub total: u64,
    /// Where the next page starts; `None` on the last.
    pub next: Option<Position>,
}

/// The place in a list after which a page starts: the sort value and the folded name of the last object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Position {
    /// The sort value of the last object, as its column holds it (absent when sorted by name).
    pub value: Option<String>,
    /// Its name in lower case.
    pub name: String,
}

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The most objects, 1 to 1,000.
    pub limit: u32,
    /// Where to start: after a position, or after a number of objects.
    pub start: Start,
}

/// Where a [`Window`] starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// At the first object.
    First,
    /// After this position.
    After(Position),
    /// After this many objects.
    Offset(u64),
}

impl Default for Window {
    fn default() -> Self {
        Self { limit: 1_000, start: Start::First }
    }
}

/// Which organizations, groups or teams to list, sorted by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameQuery {
    /// Only those with this text in name or description, ignoring ASCII case.
    pub q: Option<String>,
    /// From the last to the first.
    pub descending: bool,
    /// Which part.
    pub window: Window,
}
