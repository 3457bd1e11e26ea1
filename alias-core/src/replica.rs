//! The servers over one database, and how far each has followed the catalogue.

use std::time::Duration;

use serde::Serialize;

use crate::catalog::Revision;
use crate::clock::Timestamp;
use crate::id::{Id, IdKind};

/// Who was silent for longer is not waited for.
pub const LIVE_FOR: Duration = Duration::from_secs(3);
/// Who was silent for longer is forgotten.
pub const KNOWN_FOR: Duration = Duration::from_hours(1);

/// Marks ids of replicas (`rep_…`).
#[derive(Debug)]
pub struct ReplicaKind;

impl IdKind for ReplicaKind {
    const PREFIX: &'static str = "rep_";
}

/// The identity of one run of a server: another one with each start.
pub type ReplicaId = Id<ReplicaKind>;

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaReport {
    /// Which it is.
    pub replica_id: ReplicaId,
    /// Where it listens.
    pub address: String,
    /// What runs there.
    pub version: String,
    /// The revision of the catalogue that it decides by.
    pub revision: Revision,
}

/// How a replica stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReplicaStatus {
    /// It decides by the newest revision.
    Current,
    /// It is heard, and has not taken up the newest revision yet.
    Behind,
    /// It was not heard for 3 s: it has ended, or is cut off from the database and serves from what it knows.
    Silent,
}

/// A replica as the others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// What it said last.
    pub report: ReplicaReport,
    /// When it started.
    pub started_at: Timestamp,
    /// How long ago it was heard, by the database's clock.
    pub silent_for: Duration,
}

impl Replica {
    /// How it stands where `newest` is the newest revision.
    pub fn status(&self, newest: Revision) -> ReplicaStatus {
        if self.silent_for > LIVE_FOR {
            ReplicaStatus::Silent
        } else if self.report.revision < newest {
            ReplicaStatus::Behind
        } else {
            ReplicaStatus::Current
        }
    }
}

/// All replicas, and the revision that they are measured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replicas {
    /// The database's revision.
    pub newest: Revision,
    /// Those heard within an hour, oldest first.
    pub all: Vec<Replica>,
}

impl Replicas {
    /// How many live ones decide by `revision` or a newer one, and how many live ones there are.
    pub fn reached(&self, revision: Revision) -> (usize, usize) {
        let live = || self.all.iter().filter(|replica| replica.silent_for <= LIVE_FOR);
        (live().filter(|replica| replica.report.revision >= revision).count(), live().count())
    }
}
