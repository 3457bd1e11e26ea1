//! Aliases: found by name, listed by number.

use std::sync::Arc;

use alias_core::alias::AliasId;
use alias_core::budget::Subject;
use alias_core::catalog::CatalogAlias;
use alias_core::clock::Timestamp;

use crate::arrange::{Arrangement, Set, Stale};
use crate::grants::Numbers;
use crate::table::{AliasEntry, NextEntry, Phase, hash_of_name};

impl Arrangement {
    pub(super) fn arrange_aliases(&mut self, gone: &[AliasId], changed: &[CatalogAlias], stale: &mut Stale) {
        for id in gone {
            self.remove_alias(*id, stale);
        }
        let mut seen = Set::default();
        let changed: Vec<&CatalogAlias> = changed.iter().filter(|alias| seen.insert(alias.id)).collect();
        // All names that change are free before the first is taken: two aliases may have swapped theirs.
        for alias in &changed {
            self.free_name(alias, stale);
        }
        for alias in changed {
            self.put_alias(alias, stale);
        }
        for id in self.aliases_of(stale).into_iter().filter(|id| !seen.contains(id)) {
            self.derive_alias(id);
        }
    }

    /// The aliases that say the same as before and have other groups or budgets.
    fn aliases_of(&self, stale: &Stale) -> Vec<AliasId> {
        let mut ids = stale.holders.clone();
        let tags: Set<&str> = stale
            .subjects
            .iter()
            .filter_map(|subject| match subject {
                Subject::Tag(tag) => Some(tag.as_str()),
                _ => None,
            })
            .collect();
        ids.extend(stale.subjects.iter().filter_map(|subject| match subject {
            Subject::Alias(id) => Some(*id),
            _ => None,
        }));
        if !tags.is_empty() {
            let tagged = |entry: &&Arc<AliasEntry>| {
                let mut all = entry.ever().flat_map(|entry| &entry.alias.tags);
                all.any(|tag| tags.contains(tag.to_ascii_lowercase().as_str()))
            };
            let entries = self.table.aliases.iter().filter_map(|(_, entry)| entry.as_ref());
            ids.extend(entries.filter(tagged).map(|entry| entry.alias.id));
        }
        ids.into_iter().filter(|id| self.aliases.contains_key(id)).collect()
    }

    fn remove_alias(&mut self, id: AliasId, stale: &mut Stale) {
        let Some(number) = self.aliases.remove(&id) else { return };
        self.wasted += 1;
        if let Some(entry) = self.table.aliases.get_mut(number).and_then(Option::take) {
            self.forget_name(&entry);
        }
        stale.rows.extend(self.holders.get(&id).into_iter().flatten());
        stale.numbers.insert(id);
    }

    /// Frees the name of an alias that has another one now.
    fn free_name(&mut self, alias: &CatalogAlias, stale: &mut Stale) {
        let Some(entry) = self.aliases.get(&alias.id).and_then(|number| self.table.alias_at(*number)) else {
            return;
        };
        if !entry.alias.alias.as_str().eq_ignore_ascii_case(alias.alias.as_str()) {
            let entry = Arc::clone(entry);
            self.forget_name(&entry);
            stale.rows.extend(self.holders.get(&alias.id).into_iter().flatten());
        }
    }

    fn forget_name(&mut self, entry: &AliasEntry) {
        let hash = self.hash_of(entry);
        self.table.names.remove(hash, |other| other.alias.id == entry.alias.id);
        self.table.prefixes.remove(hash, entry);
    }

    fn put_alias(&mut self, alias: &CatalogAlias, stale: &mut Stale) {
        if self.table.named(alias.alias.as_str()).is_some_and(|other| other.alias.id != alias.id) {
            // Of two aliases of one name, the one that had it counts.
            self.remove_alias(alias.id, stale);
            return;
        }
        if !self.aliases.contains_key(&alias.id) {
            let number = self.table.aliases.push(None);
            self.aliases.insert(alias.id, number);
            stale.rows.extend(self.holders.get(&alias.id).into_iter().flatten());
            stale.numbers.insert(alias.id);
        }
        self.set_alias(alias);
    }

    /// Derives the entry of an alias again that says the same as before.
    fn derive_alias(&mut self, id: AliasId) {
        let entry = self.aliases.get(&id).and_then(|number| self.table.alias_at(*number)).cloned();
        if let Some(entry) = entry {
            self.set_alias(&entry.alias);
        }
    }

    fn set_alias(&mut self, alias: &CatalogAlias) {
        let Some(&number) = self.aliases.get(&alias.id) else { return };
        let groups: Numbers = self.holders.get(&alias.id).cloned().unwrap_or_default();
        let entry = self.entry(alias, &groups);
        let hash = self.hash_of(&entry);
        self.put_name(hash, alias, &entry);
        if let Some(place) = self.table.aliases.get_mut(number) {
            *place = Some(entry);
        }
    }

    /// Has the alias found by its name, or by all that begin with it.
    fn put_name(&mut self, hash: u64, alias: &CatalogAlias, entry: &Arc<AliasEntry>) {
        if entry.is_prefix() {
            self.table.names.remove(hash, |other| other.alias.id == alias.id);
            self.table.prefixes.put(hash, entry, &self.table.name_hasher);
            return;
        }
        self.table.prefixes.remove(hash, entry);
        if let Some(known) = self.table.names.find_mut(hash, |other| other.alias.id == alias.id) {
            *known = Arc::clone(entry);
        } else {
            let hasher = self.table.name_hasher.clone();
            let hash_of = |other: &Arc<AliasEntry>| hash_of_name(other.alias.alias.as_str(), &hasher);
            self.table.names.insert(hash, Arc::clone(entry), hash_of);
        }
    }

    /// The entry of an alias, with what becomes of it: what was scheduled, the windows in which its calls are refused,
    /// and its end.
    fn entry(&self, alias: &CatalogAlias, groups: &Numbers) -> Arc<AliasEntry> {
        let next = alias.next.as_deref().map(|next| NextEntry {
            at: next.at,
            entry: next.alias.as_ref().map(|alias| self.entry(alias, groups)),
        });
        let budgets = self.budgets.of_alias(alias);
        let entry =
            |next, phase| Arc::new(AliasEntry::new(alias, groups.clone(), budgets.clone(), next, phase));
        // From the last phase to the first: what was scheduled cuts off those that would begin later.
        let changes_at = next.as_ref().map(|next| next.at);
        let mut later = next;
        let mut phases = phases(alias);
        phases.retain(|(at, _)| changes_at.is_none_or(|change| *at < change));
        for (at, phase) in phases.into_iter().rev() {
            later = Some(NextEntry { at, entry: Some(entry(later, phase)) });
        }
        entry(later, Phase::Usual)
    }

    fn hash_of(&self, entry: &AliasEntry) -> u64 {
        hash_of_name(entry.alias.alias.as_str(), &self.table.name_hasher)
    }
}

/// What the life of an alias goes through by itself, from which moments on, in their order.
fn phases(alias: &CatalogAlias) -> Vec<(Timestamp, Phase)> {
    let Some(told) = alias.deprecation() else { return Vec::new() };
    let mut all = Vec::new();
    for window in &told.brownouts {
        // One that follows at once takes the place of the usual.
        all.retain(|(at, _)| *at != window.starts_at);
        all.push((window.starts_at, Phase::Brownout(window.ends_at)));
        all.push((window.ends_at, Phase::Usual));
    }
    if let Some(end) = told.ends_at() {
        all.retain(|(at, _)| *at < end);
        all.push((end, Phase::Ended));
    }
    all
}
