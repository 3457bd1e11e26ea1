//! What is left of deleted aliases: callers who still name one are told what takes its place.

use std::collections::HashMap;
use std::sync::Arc;

use alias_core::alias::{AliasId, AliasName, Visibility};
use alias_core::catalog::{MAX_TOMBSTONES, Tombstone};
use alias_core::name::MAX_NAME;
use foldhash::fast::RandomState;

use crate::caller::Reach;
use crate::denied::Removed;
use crate::table::RoutingTable;

/// All tombstones. Tables share them until some change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tombstones(Arc<HashMap<AliasName, Tombstone, RandomState>>);

impl Tombstones {
    /// Takes those away that are of these aliases, and puts others there: of one name, that of the alias which was deleted
    /// last. There are never more than [`MAX_TOMBSTONES`].
    pub(crate) fn change<'a>(&mut self, gone: impl Iterator<Item = &'a AliasId>, new: &[Tombstone]) {
        let gone: std::collections::HashSet<&AliasId> = gone.collect();
        let has_stale = self.0.values().any(|stone| gone.contains(&stone.id));
        if new.is_empty() && !has_stale {
            return;
        }
        let all = Arc::make_mut(&mut self.0);
        all.retain(|_, stone| !gone.contains(&stone.id));
        for stone in new {
            let there = all.get(&stone.alias).is_some_and(|there| there.removed_at > stone.removed_at);
            if !there && (all.len() < MAX_TOMBSTONES || all.contains_key(&stone.alias)) {
                all.insert(stone.alias.clone(), stone.clone());
            }
        }
    }
}

impl RoutingTable {
    /// What a caller is told who names an alias that is deleted: nothing of one that he may not know of, nor of a
    /// replacement that is not there, or that he may not know of.
    #[cold]
    pub(crate) fn removed(&self, reach: Reach<'_>, name: &str) -> Option<Removed> {
        if name.len() > MAX_NAME || self.policy.hide_denied {
            return None;
        }
        let stone = self.tombstones.0.get(&name.parse::<AliasName>().ok()?)?;
        let other =
            self.known(reach, &stone.replacement).filter(|_| stone.visibility == Visibility::Listed)?;
        Some(Removed { at: stone.removed_at, replacement: other.alias.alias.to_string() })
    }
}
