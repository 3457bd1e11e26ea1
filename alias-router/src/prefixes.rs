//! Prefix aliases: found by the longest of them that a name begins with.

use std::sync::Arc;

use alias_core::alias::AliasName;
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::name::MAX_NAME;
use foldhash::fast::RandomState;

use crate::shards::Shards;
use crate::table::{AliasEntry, fold, hash_of_folded, hash_of_name};

/// The prefix aliases of a table. Names that an alias of their own has never come here.
#[derive(Clone, Default)]
pub(crate) struct Prefixes {
    /// By the hash of the folded name.
    entries: Shards<Arc<AliasEntry>>,
    /// How many there are of each length, the longest first.
    lengths: Vec<(usize, u32)>,
}

/// What a prefix alias makes of the name that was called.
#[derive(Debug, Clone)]
pub(crate) struct Filled {
    /// The name, as it was called.
    pub(crate) name: AliasName,
    /// The target of the alias.
    pub(crate) target: ModelRef,
    /// The other targets, in their order.
    pub(crate) others: Vec<ModelRef>,
}

impl Prefixes {
    /// The alias of this very name.
    pub(crate) fn named(&self, name: &str, hasher: &RandomState) -> Option<&Arc<AliasEntry>> {
        self.find(name, hash_of_name(name, hasher))
    }

    fn find(&self, name: &str, hash: u64) -> Option<&Arc<AliasEntry>> {
        self.entries.find(hash, |entry| entry.alias.alias.as_str().eq_ignore_ascii_case(name))
    }

    /// The alias whose name is the longest of those there are at `at` that `name` begins with and goes on after, and
    /// what that makes of it; none where the rest cannot be a part of its targets.
    #[cold]
    pub(crate) fn called(
        &self,
        name: &str,
        hasher: &RandomState,
        at: Timestamp,
    ) -> Option<(&Arc<AliasEntry>, Filled)> {
        let mut space = [0; MAX_NAME];
        let folded = fold(name, &mut space)?;
        let longest =
            self.lengths.iter().filter(|(length, _)| *length < folded.len()).find_map(|(length, _)| {
                let beginning = folded.get(..*length)?;
                self.find(name.get(..*length)?, hash_of_folded(beginning, hasher))?.at(at)
            })?;
        Some((longest, filled(longest, name)?))
    }

    /// Puts an alias in the place of what had its id and name.
    pub(crate) fn put(&mut self, hash: u64, entry: &Arc<AliasEntry>, hasher: &RandomState) {
        if let Some(known) = self.entries.find_mut(hash, |other| other.alias.id == entry.alias.id) {
            *known = Arc::clone(entry);
            return;
        }
        let hash_of = |other: &Arc<AliasEntry>| hash_of_name(other.alias.alias.as_str(), hasher);
        self.entries.insert(hash, Arc::clone(entry), hash_of);
        let length = entry.alias.alias.as_str().len();
        match self.lengths.binary_search_by(|(other, _)| length.cmp(other)) {
            Ok(place) => self.lengths.iter_mut().skip(place).take(1).for_each(|(_, count)| *count += 1),
            Err(place) => self.lengths.insert(place, (length, 1)),
        }
    }

    /// Takes an alias away, where it is one of these.
    pub(crate) fn remove(&mut self, hash: u64, entry: &AliasEntry) {
        let removed = self.entries.remove(hash, |other| other.alias.id == entry.alias.id);
        let Some(removed) = removed else { return };
        let length = removed.alias.alias.as_str().len();
        for (_, count) in self.lengths.iter_mut().filter(|(other, _)| *other == length) {
            *count -= 1;
        }
        self.lengths.retain(|(_, count)| *count > 0);
    }
}

fn filled(entry: &AliasEntry, name: &str) -> Option<Filled> {
    let rest = name.get(entry.alias.alias.as_str().len()..)?;
    let fill = |open: &ModelRef| open.filled(rest).ok();
    let others = entry.alias.routing.iter().flat_map(|routing| routing.rules.targets()).map(fill);
    Some(Filled {
        name: name.parse().ok().filter(|name: &AliasName| !name.has_open_end())?,
        target: fill(&entry.alias.litellm_model)?,
        others: others.collect::<Option<_>>()?,
    })
}
