//! Advice on a document: what is allowed, and probably not meant.

use std::collections::BTreeSet;

use super::{Content, Fault};
use crate::alias::AliasSpec;
use crate::lint;
use crate::provider_model::{ProviderModel, builtin};

impl Content {
    /// Everything that speaks against what is said, as far as the document alone can tell.
    pub fn advice(&self) -> Vec<Fault> {
        let comes_with_the_server = builtin();
        let mut all = Vec::new();
        for (name, spec) in &self.aliases {
            let known = comes_with_the_server.iter().find(|known| known.model == spec.litellm_model);
            let known = known.cloned().map(ProviderModel::facts);
            let warnings = lint::warnings(name, spec, known.as_ref()).into_iter();
            all.extend(warnings.map(|w| Fault::at(&["aliases", name.as_str()], w.code, w.message)));
            if spec.routing.deprecation.as_ref().is_some_and(|told| told.replacement.is_none()) {
                let message = "it is deprecated, and no replacement says where its callers are to go";
                all.push(Fault::at(&["aliases", name.as_str()], "no_replacement", message));
            }
        }
        if !self.access_groups.is_empty() {
            let held: BTreeSet<_> =
                self.access_groups.values().flat_map(|group| &group.model_aliases).collect();
            // What another alias leads to is called through that one.
            let led_to: BTreeSet<_> =
                self.aliases.values().flat_map(AliasSpec::onward).map(|(_, next)| next).collect();
            for name in self.aliases.keys().filter(|name| !held.contains(name) && !led_to.contains(name)) {
                let message = "no access group of this document holds it";
                all.push(Fault::at(&["aliases", name.as_str()], "in_no_group", message));
            }
        }
        for (name, group) in &self.access_groups {
            let at = |code, message: &str| Fault::at(&["access_groups", name.as_str()], code, message);
            if group.model_aliases.is_empty() {
                all.push(at("empty_group", "it holds no alias, and grants nothing"));
            }
            if !self.teams.is_empty() && !self.teams.values().any(|team| team.access_groups.contains(name)) {
                all.push(at("unused_group", "no team of this document holds it"));
            }
        }
        for (id, team) in &self.teams {
            if team.access_groups.is_empty() {
                let message = "it holds no access group, and may call nothing";
                all.push(Fault::at(&["teams", id.as_str()], "team_without_groups", message));
            }
        }
        all
    }

    /// Names in the document that nothing in it has: it may be that the server has them.
    pub fn names_of_others(&self) -> Vec<Fault> {
        let mut faults = super::references::dangling(&Self::default(), self, self);
        faults.extend(super::chains::endless(&Self::default(), self, self));
        faults.extend(super::chains::ends_nowhere(self, self));
        faults
    }
}
