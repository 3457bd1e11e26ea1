//! Calls that name no model go to the alias that their team has for that, as if they had named it.

use std::collections::HashMap;
use std::sync::Arc;

use alias_core::alias::AliasId;
use alias_core::catalog::{Catalog, CatalogAlias};

use crate::caller::{Caller, Reach};
use crate::table::{Access, AliasEntry, RoutingTable};

/// The numbers of the aliases that are some team's default.
pub(crate) fn numbers(catalog: &Catalog, aliases: &[Arc<AliasEntry>]) -> HashMap<AliasId, u32> {
    let wanted = catalog.teams.iter().filter_map(|team| team.default_model);
    let mut numbers: HashMap<AliasId, u32> = wanted.map(|id| (id, u32::MAX)).collect();
    for (number, entry) in (0..).zip(aliases) {
        if let Some(place) = numbers.get_mut(&entry.alias.id) {
            *place = number;
        }
    }
    numbers
}

impl RoutingTable {
    /// The alias that a call of this caller goes to which names no model. It may be one that the caller must not
    /// call: [`decide`](crate::decide) says so. One that the caller may not even know of is none.
    pub fn default_model(&self, caller: &Caller) -> Option<&CatalogAlias> {
        let reach = self.admit(caller, caller.arrival.at).ok()?;
        let entry = self.default_of(reach)?;
        let hidden = entry.access(reach) == Access::NotGranted && self.hides(&entry.alias);
        (!hidden).then_some(&entry.alias)
    }

    pub(crate) fn default_of(&self, reach: Reach<'_>) -> Option<&Arc<AliasEntry>> {
        self.aliases.get(reach.team.default_model? as usize)
    }
}
