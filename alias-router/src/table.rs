//! The routing table: one immutable state of the catalogue, arranged for looking up.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

use alias_core::catalog::{Catalog, CatalogAlias, Revision};
use alias_core::clock::Timestamp;
use alias_core::key::KeyDigest;
use alias_core::name::MAX_NAME;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::caller::{Caller, KeyEntry, TeamEntry};
use crate::denied::Denied;
use crate::grants::{Relation, meet};

/// What the operator may settle about refusals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RouterPolicy {
    /// Answer for every alias that is not granted as if it did not exist.
    pub hide_denied: bool,
}

/// One state of the catalogue, arranged for looking up. Immutable: a change makes a new table.
///
/// Aliases and groups have small numbers here; an alias's number is its place in the order of names.
pub struct RoutingTable {
    pub(crate) revision: Revision,
    pub(crate) policy: RouterPolicy,
    /// By digest; the entry itself is shared with the callers of the moment.
    pub(crate) keys: HashTable<Arc<KeyEntry>>,
    /// By name.
    pub(crate) aliases: Box<[Arc<CatalogAlias>]>,
    /// Numbers of aliases by the hash of the folded name.
    pub(crate) names: HashTable<u32>,
    pub(crate) name_hasher: RandomState,
    /// The aliases of each active group.
    pub(crate) members: Relation,
    /// The active groups of each alias.
    pub(crate) holders: Relation,
}

/// What a team may do with an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Callable,
    Disabled,
    NotGranted,
}

impl RoutingTable {
    /// Arranges a catalogue. References to what is not there grant nothing; of several things with the same
    /// identity, name or digest, the first counts. Takes about 0.5 µs for each alias and key.
    pub fn build(catalog: &Catalog, policy: RouterPolicy) -> Self {
        crate::build::build(catalog, policy)
    }

    /// The revision of the catalogue that the table was built from.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Who presents this key at the time `now`.
    ///
    /// # Errors
    /// [`Denied::UnknownKey`] if no key that works reads so, [`Denied::TeamSuspended`] or
    /// [`Denied::TeamPaused`] if the team or its organization may not call at present.
    pub fn authenticate(&self, presented: &str, now: Timestamp) -> Result<Caller, Denied> {
        let digest = KeyDigest::of_presented(presented).ok_or(Denied::UnknownKey)?;
        self.key(&digest, now).map(|key| Caller { key: Arc::clone(key), at: now })
    }

    /// The alias of this name, in any case of its letters, whoever asks: for administration.
    pub fn alias(&self, name: &str) -> Option<&Arc<CatalogAlias>> {
        self.aliases.get(self.find(name)? as usize)
    }

    /// The key of this digest, if calls with it are served at `now`.
    pub(crate) fn key(&self, digest: &KeyDigest, now: Timestamp) -> Result<&Arc<KeyEntry>, Denied> {
        let key = self.keys.find(hash_of(digest), |key| key.digest == *digest).ok_or(Denied::UnknownKey)?;
        key.admit(now).map(|()| key)
    }

    /// The number of the alias of this name. A text that is too long to be a name is not even read.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let hash = folded_hash(&self.name_hasher, name)?;
        let same = |alias: &u32| {
            let known = self.name_of(*alias);
            known == name || known.eq_ignore_ascii_case(name)
        };
        self.names.find(hash, same).copied()
    }

    pub(crate) fn name_of(&self, alias: u32) -> &str {
        self.aliases.get(alias as usize).map_or("", |alias| alias.alias.as_str())
    }

    /// What a team may do with an alias: the rule of calls and of lists.
    pub(crate) fn access(&self, team: &TeamEntry, number: u32, alias: &CatalogAlias) -> Access {
        if !meet(&team.groups, self.holders.row(number)) {
            Access::NotGranted
        } else if alias.active {
            Access::Callable
        } else {
            Access::Disabled
        }
    }
}

impl fmt::Debug for RoutingTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoutingTable")
            .field("revision", &self.revision)
            .field("aliases", &self.aliases.len())
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

/// A digest is uniform already: its first bytes are its hash.
pub(crate) fn hash_of(digest: &KeyDigest) -> u64 {
    digest.bytes().first_chunk().map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

/// The hash of a name in lower case, or `None` if it is longer than names are.
pub(crate) fn folded_hash(hasher: &RandomState, name: &str) -> Option<u64> {
    let mut folded = [0; MAX_NAME];
    let folded = folded.get_mut(..name.len())?;
    folded.copy_from_slice(name.as_bytes());
    folded.make_ascii_lowercase();
    Some(hasher.hash_one(folded))
}
