//! Keys: found by digest, and what some of them are limited to.

use alias_core::budget::Subject;
use alias_core::catalog::CatalogKey;
use alias_core::clock::Timestamp;
use alias_core::key::{KeyDigest, KeyId};
use alias_core::limit::Limits;

use crate::arrange::{Arrangement, Stale};
use crate::caller::{KeyEntry, KeyLimits, NEVER, NO_SCOPE};
use crate::table::hash_of;

impl Arrangement {
    pub(super) fn arrange_keys(&mut self, gone: &[KeyDigest], changed: &[CatalogKey], stale: &Stale) {
        for digest in gone {
            self.remove_key(digest);
        }
        // In a whole catalogue, the first of several with one digest counts.
        let whole = self.table.keys.len() == 0;
        for key in changed {
            if !(whole && self.key(&key.digest).is_some()) {
                self.put_key(key);
            }
        }
        self.derive_limits(stale);
    }

    fn key(&self, digest: &KeyDigest) -> Option<&KeyEntry> {
        self.table.keys.find(hash_of(digest), |known| known.digest == *digest)
    }

    fn remove_key(&mut self, digest: &KeyDigest) {
        if let Some(key) = self.table.keys.remove(hash_of(digest), |known| known.digest == *digest) {
            self.wasted += usize::from(key.scope != NO_SCOPE);
            self.orphans.key_gone(key.team);
        }
    }

    fn put_key(&mut self, key: &CatalogKey) {
        let before = self.key(&key.digest).map_or(NO_SCOPE, |known| known.scope);
        // A key of a team that is not there does not work.
        let team = self.team_number(key.team);
        let limits =
            KeyLimits { scope: key.scope.clone(), limits: key.limits, budgets: self.budgets.of_key(&key.id) };
        let entry = KeyEntry {
            digest: key.digest,
            key_id: key.id.clone(),
            ends: key.expires_at.map_or(NEVER, Timestamp::micros),
            team,
            scope: self.set_limits(before, limits),
        };
        self.orphans.key_made(team);
        match self.table.keys.find_mut(hash_of(&key.digest), |known| known.digest == key.digest) {
            Some(known) => self.orphans.key_gone(std::mem::replace(known, entry).team),
            None => self.table.keys.insert(hash_of(&key.digest), entry, |known| hash_of(&known.digest)),
        }
    }

    /// Notes what a key is limited to, where its limits were before if it had any. Returns where they are.
    fn set_limits(&mut self, before: u32, limits: KeyLimits) -> u32 {
        let none = limits.scope.is_none() && limits.limits.are_none() && limits.budgets.is_empty();
        match self.table.scopes.get_mut(before) {
            Some(_) if none => {
                self.wasted += 1;
                NO_SCOPE
            }
            Some(place) => {
                *place = limits;
                before
            }
            None if none => NO_SCOPE,
            None => self.table.scopes.push(limits),
        }
    }

    /// Looks for the keys that have other budgets than before, which nothing but their entries names.
    fn derive_limits(&mut self, stale: &Stale) {
        let of_keys = |subject: &Subject| matches!(subject, Subject::Key(_));
        if !stale.subjects.iter().any(of_keys) {
            return;
        }
        let is_stale = |key: &&KeyEntry| stale.subjects.contains(&Subject::Key(key.key_id.clone()));
        let found = self.table.keys.iter().filter(is_stale);
        let found: Vec<(KeyDigest, KeyId, u32)> =
            found.map(|key| (key.digest, key.key_id.clone(), key.scope)).collect();
        for (digest, id, before) in found {
            let known = self.table.scopes.get(before);
            let limits = KeyLimits {
                scope: known.and_then(|known| known.scope.clone()),
                limits: known.map_or_else(Limits::default, |known| known.limits),
                budgets: self.budgets.of_key(&id),
            };
            let scope = self.set_limits(before, limits);
            if let Some(key) = self.table.keys.find_mut(hash_of(&digest), |known| known.digest == digest) {
                key.scope = scope;
            }
        }
    }
}
