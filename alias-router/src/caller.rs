//! Who calls: a key or a token, its team, and whether these may call at a given time.

use std::cmp::max;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use alias_core::catalog::CatalogStanding;
use alias_core::clock::Timestamp;
use alias_core::credits::Billing;
use alias_core::key::{CallerId, Entrance, KeyDigest, KeyId, KeyScope};
use alias_core::limit::Limits;
use alias_core::organization::{OrganizationId, Standing};
use alias_core::team::{TeamId, TeamUid};

use crate::budgets::Shared;
use crate::denied::Denied;
use crate::grants::Numbers;
use crate::token::Vouched;

/// How a request came in, as far as admitting it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: Timestamp,
    /// Where to.
    pub entrance: Entrance,
    /// From where: the other end of the connection, and never what a header says. Where it is not known, a key
    /// that is limited to networks is refused.
    pub address: Option<IpAddr>,
}

/// A caller who presented a key or a token that works. Cheap to clone; keeps its team's entry alive, not the table.
#[derive(Clone)]
pub struct Caller {
    pub(crate) credential: Credential,
    pub(crate) id: CallerId,
    pub(crate) team: Arc<TeamEntry>,
    /// How the request came in: what every later decision about this call goes by.
    pub(crate) arrival: Arrival,
    pub(crate) admitted: Option<Admitted>,
    /// The rate limits of the key; a token has none of its own.
    pub(crate) limits: Limits,
}

/// What a table found when it admitted a key: the same table need not look it up again for the same moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admitted {
    /// The table's number.
    pub(crate) table: u64,
    /// The number of what the key is limited to.
    pub(crate) scope: u32,
}

/// What a caller proved, for looking it up again in another table.
#[derive(Clone)]
pub(crate) enum Credential {
    Key(KeyDigest),
    Token(Arc<Vouched>),
    /// None: an operator, whom somebody else let in.
    Operator,
}

/// What a caller reaches at most: what its team is granted, within the limits of its key or token.
#[derive(Clone, Copy)]
pub(crate) struct Reach<'a> {
    pub(crate) team: &'a Arc<TeamEntry>,
    pub(crate) scope: Option<&'a KeyScope>,
    /// The budgets of the key.
    pub(crate) budgets: Option<&'a Shared>,
    /// When.
    pub(crate) at: Timestamp,
}

impl<'a> Reach<'a> {
    /// What a request reaches that came in like this.
    pub(crate) fn of(
        team: &'a Arc<TeamEntry>,
        scope: Option<&'a KeyScope>,
        arrival: &Arrival,
    ) -> Result<Self, Denied> {
        // Who comes from elsewhere learns nothing about the team.
        check_network(scope, arrival)?;
        team.gate.admit(arrival.at)?;
        check_endpoint(scope, arrival)?;
        Ok(Self { team, scope, budgets: None, at: arrival.at })
    }
}

/// Whether requests with this scope may come from there.
pub(crate) fn check_network(scope: Option<&KeyScope>, arrival: &Arrival) -> Result<(), Denied> {
    let held = scope.is_none_or(|scope| scope.holds_address(arrival.address));
    if held { Ok(()) } else { Err(Denied::NetworkNotAllowed) }
}

/// Whether requests with this scope may come in there.
pub(crate) fn check_endpoint(scope: Option<&KeyScope>, arrival: &Arrival) -> Result<(), Denied> {
    let held = scope.is_none_or(|scope| scope.holds_entrance(arrival.entrance));
    if held { Ok(()) } else { Err(Denied::EndpointNotAllowed { entrance: arrival.entrance }) }
}

impl Caller {
    /// The public id of the key, or the holder of the token.
    pub fn id(&self) -> &CallerId {
        &self.id
    }

    /// The team's id, as the operator chose it.
    pub fn team_id(&self) -> &TeamId {
        &self.team.team_id
    }

    /// The team's own immutable identity.
    pub fn team_uid(&self) -> TeamUid {
        self.team.uid
    }

    /// The rate limits of the key or token itself: the team's apply, too.
    pub fn own_limits(&self) -> &Limits {
        &self.limits
    }

    /// The rate limits of the team.
    pub fn team_limits(&self) -> &Limits {
        &self.team.limits
    }

    /// The id of the team's organization, as the operator chose it.
    pub fn organization_id(&self) -> &OrganizationId {
        &self.team.organization_id
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("id", self.id())
            .field("team_id", self.team_id())
            .field("organization_id", self.organization_id())
            .finish_non_exhaustive()
    }
}

/// A key of the table: what every call reads first, in one line of the cache.
#[derive(Clone)]
#[repr(align(64))]
pub(crate) struct KeyEntry {
    pub(crate) digest: KeyDigest,
    pub(crate) key_id: KeyId,
    /// When it stops working, in microseconds since 1970, or [`NEVER`].
    pub(crate) ends: i64,
    /// The number of the team.
    pub(crate) team: u32,
    /// The number of what it is limited to, or [`NO_SCOPE`].
    pub(crate) scope: u32,
}

/// What a key is limited to, of keys that are.
#[derive(Clone)]
pub(crate) struct KeyLimits {
    pub(crate) scope: Option<Arc<KeyScope>>,
    pub(crate) limits: Limits,
    pub(crate) budgets: Shared,
}

const _: () = assert!(size_of::<KeyEntry>() == 64);

pub(crate) const NEVER: i64 = i64::MAX;
pub(crate) const NO_SCOPE: u32 = u32::MAX;

impl KeyEntry {
    pub(crate) fn has_ended(&self, now: Timestamp) -> bool {
        self.ends != NEVER && self.ends <= now.micros()
    }
}

/// A team of the table, with what its organization says merged in.
pub(crate) struct TeamEntry {
    pub(crate) gate: Gate,
    /// The active groups it holds, by index, ascending.
    pub(crate) groups: Numbers,
    /// The number of the alias that calls go to which name none.
    pub(crate) default_model: Option<u32>,
    pub(crate) uid: TeamUid,
    pub(crate) team_id: TeamId,
    pub(crate) limits: Limits,
    pub(crate) organization_id: Arc<OrganizationId>,
    pub(crate) billing: Billing,
    /// The budgets of the team and of its organization.
    pub(crate) budgets: Shared,
    /// The inactive groups it holds, which grant nothing: for explanations.
    pub(crate) idle: Numbers,
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
