//! The catalogue as plain data: everything that deciding about calls needs, and nothing else.
//!
//! A store produces it, a router is built from it, an embedding service may make its own.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::alias::{AliasId, AliasName, Deprecation, OnDisconnect, Routing, ScheduleId, Visibility};
use crate::budget::{BudgetId, BudgetWindow, Subject};
use crate::clock::Timestamp;
use crate::credits::Billing;
use crate::group::{GroupId, GroupName};
use crate::key::{KeyDigest, KeyId, KeyScope};
use crate::limit::Limits;
use crate::model_ref::ModelRef;
use crate::organization::{OrganizationId, OrganizationUid, Standing};
use crate::price::{ModelFacts, Pricing};
use crate::repository::StoreError;
use crate::team::{TeamId, TeamUid};

/// Counts the writes of the catalogue: every one raises it by one, in the same transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which history a revision is of. A source that was put back to an earlier state, and has been written to since, counts
/// the same revisions again, with other marks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mark(String);

impl Mark {
    /// A mark as its source says it. Marks mean nothing but that they are the same, or not.
    pub fn new(mark: impl Into<String>) -> Self {
        Self(mark.into())
    }

    /// As its source says it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The state that somebody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its revision.
    pub revision: Revision,
    /// Its mark, where it has one.
    pub mark: Option<Mark>,
}

impl From<Revision> for Known {
    /// A state of which only the revision is known: it passes for one of any history.
    fn from(revision: Revision) -> Self {
        Self { revision, mark: None }
    }
}

/// One consistent state of everything that decides about calls.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalog {
    /// The state's revision.
    pub revision: Revision,
    /// Which history it is of, where its source tells them apart.
    pub mark: Option<Mark>,
    /// All aliases that are not deleted.
    pub aliases: Vec<CatalogAlias>,
    /// All access groups.
    pub groups: Vec<CatalogGroup>,
    /// All organizations.
    pub organizations: Vec<CatalogOrganization>,
    /// All teams.
    pub teams: Vec<CatalogTeam>,
    /// All keys that are not revoked.
    pub keys: Vec<CatalogKey>,
    /// All budgets.
    pub budgets: Vec<CatalogBudget>,
    /// What is left of aliases that are deleted and said what to use in their place.
    pub tombstones: Vec<Tombstone>,
}

/// How many tombstones there are at most: those of the aliases that were deleted last.
pub const MAX_TOMBSTONES: usize = 10_000;

/// What is left of a deleted alias, for those who still call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The identity that it had.
    pub id: AliasId,
    /// Its name.
    pub alias: AliasName,
    /// Since when it is deleted.
    pub removed_at: Timestamp,
    /// The alias to use in its place.
    pub replacement: AliasName,
    /// Whether it showed up in lists: who may not know of it learns nothing.
    pub visibility: Visibility,
}

impl Catalog {
    /// What somebody knows who knows this state.
    pub fn known(&self) -> Known {
        Known { revision: self.revision, mark: self.mark.clone() }
    }
}

/// An alias, as far as deciding and forwarding need it.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogAlias {
    /// Its identity: what groups grant.
    pub id: AliasId,
    /// Its name.
    pub alias: AliasName,
    /// Its version.
    pub version: u32,
    /// The scheduled change that made it what it is, as long as that is not known to be a version: then `version` is
    /// the number that it gets if nothing is written before.
    pub scheduled: Option<ScheduleId>,
    /// Where calls go.
    pub litellm_model: ModelRef,
    /// Whether calls are served.
    pub active: bool,
    /// Whether it shows up in lists.
    pub visibility: Visibility,
    /// What becomes of a stream whose client leaves.
    pub on_disconnect: OnDisconnect,
    /// What calls are charged by.
    pub pricing: Pricing,
    /// What is known about the model that calls go to.
    pub model: Option<Arc<ModelFacts>>,
    /// What budgets of tags go by.
    pub tags: Vec<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Where calls go besides, of the few aliases that say something about that.
    pub routing: Option<Arc<CatalogRouting>>,
    /// What becomes of it by itself.
    pub next: Option<Box<NextAlias>>,
}

/// Where calls of an alias go besides its target.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CatalogRouting {
    /// What the alias says.
    pub rules: Routing,
    /// What is known of the other targets, in the order of [`Routing::targets`].
    pub models: Vec<Option<Arc<ModelFacts>>>,
}

/// What becomes of an alias by itself, at a moment that was settled before.
#[derive(Debug, Clone, PartialEq)]
pub struct NextAlias {
    /// From when on.
    pub at: Timestamp,
    /// What it is then; `None`: it is deleted.
    pub alias: Option<CatalogAlias>,
}

impl CatalogAlias {
    /// The alias as it is at `at`: a function of what was settled before and of the time, and of nothing else. `None`
    /// where it is deleted by then.
    pub fn at(&self, at: Timestamp) -> Option<&Self> {
        let mut alias = self;
        while let Some(next) = alias.next.as_deref().filter(|next| next.at <= at) {
            alias = next.alias.as_ref()?;
        }
        Some(alias)
    }

    /// That it is on its way out, if it is.
    pub fn deprecation(&self) -> Option<&Deprecation> {
        self.routing.as_ref()?.rules.deprecation.as_ref()
    }
}

/// An access group: a set of granted aliases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogGroup {
    /// Its identity: what teams hold.
    pub id: GroupId,
    /// Its name, for explanations.
    pub name: GroupName,
    /// Inactive groups grant nothing.
    pub active: bool,
    /// What it grants.
    pub aliases: Vec<AliasId>,
}

/// Who may call at present, and until when not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CatalogStanding {
    /// The standing as set.
    pub standing: Standing,
    /// When a pause ends by itself.
    pub pause_until: Option<Timestamp>,
}

/// An organization, as far as deciding needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogOrganization {
    /// Its identity.
    pub uid: OrganizationUid,
    /// Its public id.
    pub organization_id: OrganizationId,
    /// Whether its teams may call.
    pub standing: CatalogStanding,
}

/// A team, as far as deciding needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogTeam {
    /// Its identity.
    pub uid: TeamUid,
    /// Its public id.
    pub team_id: TeamId,
    /// The organization it belongs to.
    pub organization: OrganizationUid,
    /// The groups it holds. None means that it may call nothing.
    pub groups: Vec<GroupId>,
    /// The alias that its calls go to which name none. It need not be granted, or be there.
    pub default_model: Option<AliasId>,
    /// Whether it may call.
    pub standing: CatalogStanding,
    /// Its rate limits.
    pub limits: Limits,
    /// How its calls are counted in credits.
    pub billing: Billing,
}

/// A key of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogKey {
    /// Its public id.
    pub id: KeyId,
    /// What it is looked up by.
    pub digest: KeyDigest,
    /// The team that it speaks for.
    pub team: TeamUid,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// What it is limited to, if it is.
    pub scope: Option<Arc<KeyScope>>,
    /// Its rate limits.
    pub limits: Limits,
}

/// A budget, as far as deciding needs it: how much it allows, only its account knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogBudget {
    /// Its identity.
    pub id: BudgetId,
    /// What it is of.
    pub subject: Subject,
    /// Over what time it is summed.
    pub window: BudgetWindow,
    /// Whether calls are refused that it does not cover.
    pub hard: bool,
}

/// What a source has to say to someone who knows the state at some revision.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CatalogChange {
    /// Nothing has changed since.
    None,
    /// What is known is no earlier state of this source: it was put back to another state, and has been written to since.
    Diverged,
    /// The whole state anew.
    Full(Catalog),
    /// What is different now: for those who know the state at its [`since`](CatalogDelta::since) or a later one.
    Delta(CatalogDelta),
}

/// What is different from an earlier state. It says how things are now, not how they came to be so: to apply it twice
/// is to apply it once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CatalogDelta {
    /// The oldest state that it can be applied to.
    pub since: Revision,
    /// What is new or different, each as it is now; the revision is the one that the delta leads to.
    pub changed: Catalog,
    /// What is there no more.
    pub gone: Gone,
}

/// What a delta takes away. What was not there is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// Deleted aliases.
    pub aliases: Vec<AliasId>,
    /// Deleted access groups.
    pub groups: Vec<GroupId>,
    /// Deleted organizations.
    pub organizations: Vec<OrganizationUid>,
    /// Deleted teams. Their keys work no more, and need not be named.
    pub teams: Vec<TeamUid>,
    /// Revoked keys.
    pub keys: Vec<KeyDigest>,
    /// Deleted budgets.
    pub budgets: Vec<BudgetId>,
}

/// How far beyond all that was known the revision of a restored catalogue is: farther than anybody can have been who was
/// not heard.
pub const LEAP: u64 = 1_000_000;

/// Where catalogues come from.
#[async_trait]
pub trait CatalogSource: Send + Sync {
    /// What has changed for someone who knows the state `known` (`None`: nothing at all).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the source cannot be reached, [`StoreError::Corrupt`] if it holds what
    /// cannot be read. What is known stays in force then.
    async fn changes_since(&self, known: Option<Known>) -> Result<CatalogChange, StoreError>;

    /// Told that a state was known, `known`, which is later than what this source has, or of another history: it was
    /// restored, or has lost what it had said. Raises the revision of what it has by [`LEAP`] beyond both, so that no
    /// revision means two states and everybody reads anew; once, whoever says so first. Returns the revision that it has
    /// then.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the source cannot be written to; nothing is changed then.
    async fn overtake(&self, known: Known) -> Result<Revision, StoreError> {
        let fault =
            format!("revision {} was known, and this source is older and cannot be raised", known.revision);
        Err(StoreError::Unavailable(fault.into()))
    }
}
