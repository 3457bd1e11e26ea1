//! Who calls: a key, its team, and whether these may call at a given time.

use std::cmp::max;
use std::fmt;
use std::sync::Arc;

use alias_core::catalog::CatalogStanding;
use alias_core::clock::Timestamp;
use alias_core::key::{KeyDigest, KeyId};
use alias_core::organization::{OrganizationId, Standing};
use alias_core::team::{TeamId, TeamUid};

use crate::denied::Denied;
use crate::grants::Numbers;

/// A caller who presented a key that works. Cheap to clone; keeps its team's entry alive, not the table.
#[derive(Clone)]
pub struct Caller {
    pub(crate) digest: KeyDigest,
    pub(crate) key_id: KeyId,
    pub(crate) team: Arc<TeamEntry>,
    /// When the key was presented: the time that every later decision about this call goes by.
    pub(crate) at: Timestamp,
}

impl Caller {
    /// The public id of the key.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The team's id, as the operator chose it.
    pub fn team_id(&self) -> &TeamId {
        &self.team.team_id
    }

    /// The team's own immutable identity.
    pub fn team_uid(&self) -> TeamUid {
        self.team.uid
    }

    /// The id of the team's organization, as the operator chose it.
    pub fn organization_id(&self) -> &OrganizationId {
        &self.team.organization_id
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("key_id", self.key_id())
            .field("team_id", self.team_id())
            .field("organization_id", self.organization_id())
            .finish_non_exhaustive()
    }
}

/// A key of the table: what every call reads first, in one line of the cache.
#[repr(align(64))]
pub(crate) struct KeyEntry {
    pub(crate) digest: KeyDigest,
    pub(crate) key_id: KeyId,
    pub(crate) expires_at: Option<Timestamp>,
    /// The number of the team.
    pub(crate) team: u32,
}

/// A team of the table, with what its organization says merged in.
pub(crate) struct TeamEntry {
    pub(crate) gate: Gate,
    /// The active groups it holds, by index, ascending.
    pub(crate) groups: Numbers,
    pub(crate) uid: TeamUid,
    pub(crate) team_id: TeamId,
    pub(crate) organization_id: Arc<OrganizationId>,
}

/// Whether calls are served: the standings of a team and of its organization in one, the stricter wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    Open,
    Paused { until: Option<Timestamp> },
    Suspended { by_organization: bool },
}

impl Gate {
    pub(crate) fn of(team: CatalogStanding, organization: CatalogStanding) -> Self {
        match (team.standing, organization.standing) {
            (Standing::Suspended, _) => Self::Suspended { by_organization: false },
            (_, Standing::Suspended) => Self::Suspended { by_organization: true },
            (Standing::Paused, Standing::Paused) => Self::Paused {
                // A pause without an end outlasts every other.
                until: team.pause_until.zip(organization.pause_until).map(|(a, b)| max(a, b)),
            },
            (Standing::Paused, Standing::Active) => Self::Paused { until: team.pause_until },
            (Standing::Active, Standing::Paused) => Self::Paused { until: organization.pause_until },
            (Standing::Active, Standing::Active) => Self::Open,
        }
    }

    pub(crate) fn admit(self, now: Timestamp) -> Result<(), Denied> {
        match self {
            Self::Open => Ok(()),
            Self::Paused { until } if until.is_some_and(|end| end <= now) => Ok(()),
            Self::Paused { until } => Err(Denied::TeamPaused { until }),
            Self::Suspended { by_organization } => Err(Denied::TeamSuspended { by_organization }),
        }
    }
}
