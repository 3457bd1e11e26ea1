//! The routing table: one immutable state of the catalogue, arranged for looking up.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;

use alias_core::alias::{AliasId, Matching, Sticky, Visibility};
use alias_core::catalog::{Catalog, CatalogAlias, Revision};
use alias_core::clock::Timestamp;
use alias_core::group::GroupName;
use alias_core::key::{CallerId, KeyDigest, KeyScope};
use alias_core::limit::Limits;
use alias_core::name::MAX_NAME;
use foldhash::fast::RandomState;

use crate::arrange::Arrangement;
use crate::budgets::Shared;
use crate::caller::{Admitted, Arrival, Caller, Credential, KeyEntry, KeyLimits, Reach, TeamEntry};
use crate::chunks::Chunks;
use crate::denied::Denied;
use crate::grants::{Numbers, meet};
use crate::placing::{self, Arm};
use crate::prefixes::Prefixes;
use crate::shards::Shards;
use crate::tombstones::Tombstones;

/// What the operator may settle about refusals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RouterPolicy {
    /// Answer for every alias that is not granted as if it did not exist.
    pub hide_denied: bool,
}

/// One state of the catalogue, arranged for looking up. Immutable: a change makes a new table, which shares with the
/// last one what did not change.
///
/// Aliases, groups and teams have small numbers here, which stay theirs from table to table.
#[derive(Clone)]
pub struct RoutingTable {
    /// No other table of this process has it.
    pub(crate) number: u64,
    pub(crate) revision: Revision,
    pub(crate) policy: RouterPolicy,
    /// By digest.
    pub(crate) keys: Shards<KeyEntry>,
    /// What keys are limited to, of those that are.
    pub(crate) scopes: Chunks<KeyLimits>,
    pub(crate) teams: Chunks<Option<Arc<TeamEntry>>>,
    /// Numbers of teams by the hash of the folded id.
    pub(crate) team_names: Shards<u32>,
    pub(crate) aliases: Chunks<Option<Arc<AliasEntry>>>,
    /// The same by the hash of the folded name: without a number between, for each step is a wait for memory.
    pub(crate) names: Shards<Arc<AliasEntry>>,
    /// Aliases of all names that begin with theirs; these are not among `names`.
    pub(crate) prefixes: Prefixes,
    pub(crate) name_hasher: RandomState,
    /// The aliases of each group, by name.
    pub(crate) members: Chunks<Arc<[u32]>>,
    /// What groups are called, by number.
    pub(crate) groups: Chunks<NamedGroup>,
    pub(crate) tombstones: Tombstones,
}

/// What explanations say of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedGroup {
    /// Its name.
    pub name: GroupName,
    /// Whether it grants anything.
    pub active: bool,
}

/// An alias of the table. What a look-up reads comes first, beside the counter that a decision raises.
#[repr(C)]
pub(crate) struct AliasEntry {
    /// How long the name is, and how it starts, in ASCII lower case. The rest is in the alias itself.
    length: usize,
    start: [u8; START],
    /// Whether it serves calls itself: it is not disabled, its time is not over, and it leads on to no other alias.
    active: bool,
    /// Whether its calls go on to another alias, or end.
    leads_on: bool,
    /// Whether it is something else from some moment on.
    changes: bool,
    /// The groups that hold it.
    pub(crate) groups: Numbers,
    pub(crate) alias: CatalogAlias,
    /// The budgets of the alias and of its tags.
    pub(crate) budgets: Shared,
    /// Its other targets for parts of the callers.
    arms: Box<[Arm]>,
    /// What it is from some moment on.
    next: Option<NextEntry>,
    phase: Phase,
}

/// Where the life of an alias stands at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Its calls are served, or lead on, as it says.
    Usual,
    /// Its calls are refused until then, to tell of its end.
    Brownout(Timestamp),
    /// Its time is over.
    Ended,
}

/// What becomes of an alias by itself.
pub(crate) struct NextEntry {
    pub(crate) at: Timestamp,
    /// `None`: it is deleted.
    pub(crate) entry: Option<Arc<AliasEntry>>,
}

/// What fits into a line of the cache with the rest; few names are longer.
const START: usize = 21;

/// What a caller may do with an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Callable,
    /// It serves no calls itself; they may go where those of another alias go.
    LeadsOn,
    Disabled,
    NotGranted,
}

impl RoutingTable {
    /// Arranges a catalogue. References to what is not there grant nothing; of several things with the same
    /// identity, name or digest, the first counts. Takes 0.3 to 0.6 µs for each alias and key.
    pub fn build(catalog: &Catalog, policy: RouterPolicy) -> Self {
        Arrangement::of(catalog, policy).table()
    }

    /// A table of nothing.
    pub(crate) fn empty(policy: RouterPolicy) -> Self {
        Self {
            number: 0,
            revision: Revision::default(),
            policy,
            keys: Shards::default(),
            scopes: Chunks::default(),
            teams: Chunks::default(),
            team_names: Shards::default(),
            aliases: Chunks::default(),
            names: Shards::default(),
            prefixes: Prefixes::default(),
            name_hasher: RandomState::default(),
            members: Chunks::default(),
            groups: Chunks::default(),
            tombstones: Tombstones::default(),
        }
    }

    /// The revision of the catalogue that the table was built from.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Who presents this key.
    ///
    /// # Errors
    /// [`Denied::UnknownKey`] if no key that works reads so, [`Denied::TeamSuspended`] or
    /// [`Denied::TeamPaused`] if the team or its organization may not call at present,
    /// [`Denied::NetworkNotAllowed`] or [`Denied::EndpointNotAllowed`] if the key is not for such requests.
    pub fn authenticate(&self, presented: &str, arrival: Arrival) -> Result<Caller, Denied> {
        let digest = KeyDigest::of_presented(presented).ok_or(Denied::UnknownKey)?;
        let key = self.key(&digest)?;
        if !key.key_id.is_of(presented) {
            return Err(Denied::UnknownKey);
        }
        let team = Arc::clone(self.reach_of_key(key, &arrival)?.team);
        let admitted = Some(Admitted { table: self.number, scope: key.scope });
        let credential = Credential::Key(digest);
        let limits = self.limits(key.scope).map_or_else(Limits::default, |limited| limited.limits);
        Ok(Caller { credential, id: key.key_id.clone().into(), team, arrival, admitted, limits })
    }

    /// Whether a call of this alias that `caller` was admitted for is still served at `now`, by what this table
    /// says about its key and team. What the team is granted, and the alias itself, may have changed meanwhile.
    ///
    /// # Errors
    /// Those of [`Self::authenticate`]; [`Denied::NotGranted`] if the key was limited to other aliases since.
    pub fn still_serves(&self, caller: &Caller, alias: AliasId, now: Timestamp) -> Result<(), Denied> {
        let reach = self.admit(caller, now)?;
        if reach.scope.is_some_and(|scope| !scope.holds_model(alias)) {
            return Err(Denied::NotGranted { alias_id: alias, available: self.available(reach) });
        }
        Ok(())
    }

    /// Whether answers to this caller say which provider's model served them: its key says so.
    pub fn shows_upstream(&self, caller: &Caller) -> bool {
        let reach = self.admit(caller, caller.arrival.at);
        reach.is_ok_and(|reach| reach.scope.is_some_and(KeyScope::shows_upstream))
    }

    /// The alias of this name, in any case of its letters, whoever asks: for administration. As it was when the table
    /// was made: [`CatalogAlias::at`] tells what it is at a time.
    pub fn alias(&self, name: &str) -> Option<&CatalogAlias> {
        self.named(name).map(|entry| &entry.alias)
    }

    /// The alias of this name, be it one of all names that begin so.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<AliasEntry>> {
        self.find(name).or_else(|| self.prefixes.named(name, &self.name_hasher))
    }

    /// What a caller reaches at `now`, if calls with its key or token are served then.
    pub(crate) fn admit<'a>(&'a self, caller: &'a Caller, now: Timestamp) -> Result<Reach<'a>, Denied> {
        let arrival = Arrival { at: now, ..caller.arrival };
        if let Some(admitted) = &caller.admitted
            && (admitted.table, caller.arrival.at) == (self.number, now)
        {
            let limits = self.limits(admitted.scope);
            let (scope, budgets) = (scope(limits), budgets(limits));
            return Ok(Reach { team: &caller.team, scope, budgets, at: now });
        }
        match &caller.credential {
            Credential::Key(digest) => self.reach_of_key(self.key(digest)?, &arrival),
            Credential::Token(token) => self.reach_of_token(token, &caller.team, &arrival),
            Credential::Operator => Reach::of(&caller.team, None, &arrival),
        }
    }

    /// Whether who is not granted the alias may not know of it.
    pub(crate) fn hides(&self, alias: &CatalogAlias) -> bool {
        self.policy.hide_denied || alias.visibility == Visibility::Hidden
    }

    pub(crate) fn key(&self, digest: &KeyDigest) -> Result<&KeyEntry, Denied> {
        self.keys.find(hash_of(digest), |key| key.digest == *digest).ok_or(Denied::UnknownKey)
    }

    fn reach_of_key(&self, key: &KeyEntry, arrival: &Arrival) -> Result<Reach<'_>, Denied> {
        if key.has_ended(arrival.at) {
            return Err(Denied::UnknownKey);
        }
        let team = self.team_at(key.team).ok_or(Denied::UnknownKey)?;
        let limits = self.limits(key.scope);
        Ok(Reach { budgets: budgets(limits), ..Reach::of(team, scope(limits), arrival)? })
    }

    pub(crate) fn limits(&self, number: u32) -> Option<&KeyLimits> {
        self.scopes.get(number)
    }

    pub(crate) fn team_at(&self, number: u32) -> Option<&Arc<TeamEntry>> {
        self.teams.get(number)?.as_ref()
    }

    pub(crate) fn alias_at(&self, number: u32) -> Option<&Arc<AliasEntry>> {
        self.aliases.get(number)?.as_ref()
    }

    /// The name of the alias of this number in lower case.
    pub(crate) fn folded(&self, number: u32) -> impl Iterator<Item = u8> {
        let name = self.alias_at(number).map_or("", |entry| entry.alias.alias.as_str());
        name.bytes().map(|byte| byte.to_ascii_lowercase())
    }

    /// The alias that calls of this name are of, prefixes apart. A text that is too long to be a name is not even read.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<AliasEntry>> {
        let mut space = [0; MAX_NAME];
        let hash = hash_of_folded(fold(name, &mut space)?, &self.name_hasher);
        self.names.find(hash, |entry| entry.has_name(&space, name.len()))
    }
}

pub(crate) fn scope(limits: Option<&KeyLimits>) -> Option<&KeyScope> {
    limits.and_then(|limits| limits.scope.as_deref())
}

fn budgets(limits: Option<&KeyLimits>) -> Option<&Shared> {
    limits.map(|limits| &limits.budgets)
}

impl AliasEntry {
    pub(crate) fn new(
        alias: &CatalogAlias,
        groups: Numbers,
        budgets: Shared,
        next: Option<NextEntry>,
        phase: Phase,
    ) -> Self {
        let mut start = [0; START];
        fold_into(&mut start, alias.alias.as_str());
        let leads_on = phase != Phase::Usual || alias.litellm_model.alias().is_some();
        Self {
            length: alias.alias.as_str().len(),
            start,
            active: alias.active && !leads_on,
            leads_on: alias.active && leads_on,
            changes: next.is_some(),
            groups,
            alias: alias.clone(),
            budgets,
            arms: alias.routing.iter().flat_map(|routing| placing::arms(alias.id, &routing.rules)).collect(),
            next,
            phase: if alias.active { phase } else { Phase::Usual },
        }
    }

    /// The alias as it is at `at`; `None` where it is deleted by then.
    pub(crate) fn at(self: &Arc<Self>, at: Timestamp) -> Option<&Arc<Self>> {
        if self.changes { self.changed(at) } else { Some(self) }
    }

    #[cold]
    fn changed(self: &Arc<Self>, at: Timestamp) -> Option<&Arc<Self>> {
        let mut entry = self;
        while let Some(next) = entry.next.as_ref().filter(|next| next.at <= at) {
            entry = next.entry.as_ref()?;
        }
        Some(entry)
    }

    /// The alias as it is, and as it will be.
    pub(crate) fn ever(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |entry| {
            let entry: &Self = entry;
            entry.next.as_ref()?.entry.as_deref()
        })
    }

    /// Whether this is its name: `length` bytes of it in lower case, and zeros behind. The start is compared in one
    /// piece, whatever its length.
    fn has_name(&self, folded: &[u8; MAX_NAME], length: usize) -> bool {
        let rest = || {
            folded
                .get(..length)
                .is_some_and(|name| self.alias.alias.as_str().as_bytes().eq_ignore_ascii_case(name))
        };
        self.length == length && folded.first_chunk() == Some(&self.start) && (length <= START || rest())
    }

    /// What a caller may do with the alias: the rule of calls and of lists.
    pub(crate) fn access(&self, reach: Reach<'_>) -> Access {
        if !self.is_granted(reach) || !self.is_within(reach) {
            Access::NotGranted
        } else if self.is_active() {
            Access::Callable
        } else if self.leads_on {
            Access::LeadsOn
        } else {
            Access::Disabled
        }
    }

    /// Whether its calls go on to another alias, or end.
    pub(crate) fn leads_on(&self) -> bool {
        self.leads_on
    }

    /// Where its life stands; as usual where it is disabled.
    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether a group of the team grants it.
    pub(crate) fn is_granted(&self, reach: Reach<'_>) -> bool {
        meet(&reach.team.groups, &self.groups)
    }

    /// Whether the key or token leaves room for it.
    pub(crate) fn is_within(&self, reach: Reach<'_>) -> bool {
        reach.scope.is_none_or(|scope| scope.holds_model(self.alias.id))
    }

    /// Whether it serves calls.
    pub(crate) fn is_active(&self) -> bool {
        self.active
    }

    /// Whether it is of all names that begin with its own, and so of none by itself.
    pub(crate) fn is_prefix(&self) -> bool {
        self.alias.routing.as_ref().is_some_and(|routing| routing.rules.matching == Matching::Prefix)
    }

    /// Which of the other targets serves this caller, in the order of [`Routing::targets`]; `None` for its own.
    ///
    /// [`Routing::targets`]: alias_core::alias::Routing::targets
    pub(crate) fn place(&self, caller: &Caller, reach: Reach<'_>, user: Option<&str>) -> Option<usize> {
        let rules = &self.alias.routing.as_ref()?.rules;
        let team = reach.team;
        if let Some(place) = rules.override_of(&team.team_id, &team.organization_id) {
            return Some(rules.split.len() + rules.fallbacks.len() + place);
        }
        if self.arms.is_empty() {
            return None;
        }
        let by_user = rules.sticky == Sticky::User;
        let drawn = match (user.filter(|_| by_user), caller.id()) {
            // A user of one team is another than that of the same name of another team.
            (Some(user), _) => {
                placing::hash(user.as_bytes()) ^ placing::hash(caller.team_uid().uuid().as_bytes())
            }
            (None, CallerId::Key(key)) => placing::hash(key.as_str().as_bytes()),
            (None, CallerId::Token(name) | CallerId::Operator(name)) => placing::hash(name.as_bytes()),
        };
        placing::choose(&self.arms, drawn)
    }
}

impl fmt::Debug for AliasEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.alias.fmt(f)
    }
}

impl fmt::Debug for RoutingTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoutingTable")
            .field("revision", &self.revision)
            .field("aliases", &self.names.len())
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

/// A digest is uniform already: its first bytes are its hash.
pub(crate) fn hash_of(digest: &KeyDigest) -> u64 {
    digest.bytes().first_chunk().map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

/// The hash of a name in any case of its letters.
pub(crate) fn hash_of_name(name: &str, hasher: &RandomState) -> u64 {
    fold(name, &mut [0; MAX_NAME]).map_or(0, |folded| hash_of_folded(folded, hasher))
}

/// The hash of a name in lower case: of its bytes alone, where a slice's own hash has its length besides.
pub(crate) fn hash_of_folded(folded: &[u8], hasher: &RandomState) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(folded);
    hasher.finish()
}

/// A name in lower case, or `None` if it is longer than names are.
pub(crate) fn fold<'a>(name: &str, space: &'a mut [u8; MAX_NAME]) -> Option<&'a [u8]> {
    let folded = space.get_mut(..name.len())?;
    fold_into(folded, name);
    Some(folded)
}

/// As much of the name in lower case as there is room for.
fn fold_into(space: &mut [u8], name: &str) {
    // In one pass: to copy first and fold in place stalls on what was just stored.
    space.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from.to_ascii_lowercase());
}
