//! Calls that name no model go to the alias that their team has for that, as if they had named it.

use std::sync::Arc;

use alias_core::catalog::CatalogAlias;

use crate::caller::{Caller, Reach};
use crate::table::{Access, AliasEntry, RoutingTable};

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
        // A prefix alone names no model.
        self.alias_at(reach.team.default_model?)?.at(reach.at).filter(|entry| !entry.is_prefix())
    }
}
