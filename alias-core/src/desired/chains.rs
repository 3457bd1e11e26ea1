//! Aliases that lead on to others: what of a document leads nowhere, in a circle or too far, and what serves a call.

use std::collections::{BTreeMap, BTreeSet};

use super::references::unknown;
use super::{Content, Fault};
use crate::alias::{AliasName, AliasSpec, AliasStatus, MAX_HOPS, Onward};
use crate::clock::Timestamp;

/// What leads in a circle, or over more aliases than calls are passed on, once `wanted` counts: told at the alias of the
/// document which makes it so.
pub(super) fn endless(present: &Content, wanted: &Content, after: &Content) -> Vec<Fault> {
    let is_new = |name: &AliasName| {
        wanted.aliases.get(name).is_some_and(|spec| {
            present.aliases.get(name).is_none_or(|before| before.onward() != spec.onward())
        })
    };
    let mut found = BTreeMap::new();
    for (name, spec) in &after.aliases {
        let mut walk = Walk { after, path: vec![name], found: Vec::new() };
        walk.through(spec);
        for (by, path, why) in walk.found {
            if let Some(at) = path.iter().find(|name| is_new(name)) {
                let told = path.iter().map(ToString::to_string).collect::<Vec<_>>().join(" -> ");
                let place = ["aliases", at.as_str(), by.field()];
                found
                    .entry(*at)
                    .or_insert_with(|| Fault::at(&place, "invalid_value", format!("{why}: {told}")));
            }
        }
    }
    found.into_values().collect()
}

/// A walk along everything that calls of an alias may go on to.
struct Walk<'a> {
    after: &'a Content,
    path: Vec<&'a AliasName>,
    found: Vec<(Onward, Vec<&'a AliasName>, String)>,
}

impl Walk<'_> {
    fn through(&mut self, spec: &AliasSpec) {
        for (by, next) in spec.onward() {
            let Some((next, spec)) = self.after.aliases.get_key_value(&next) else { continue };
            let circle = self.path.iter().position(|name| *name == next);
            self.path.push(next);
            if let Some(circle) = circle.and_then(|from| self.path.get(from..)) {
                // Each circle is told once, from its first alias on.
                if circle.iter().all(|name| next <= *name) {
                    self.found.push((by, circle.to_vec(), "leads in a circle".to_owned()));
                }
            } else if self.path.len() > MAX_HOPS + 1 {
                self.found.push((by, self.path.clone(), format!("leads over more than {MAX_HOPS} aliases")));
            } else {
                self.through(spec);
            }
            self.path.pop();
        }
    }
}

/// Targets of the document that nothing has. That is allowed: what was one once may be gone, and may come back.
pub(super) fn ends_nowhere(wanted: &Content, after: &Content) -> Vec<Fault> {
    let fault = |(name, spec): (&AliasName, &AliasSpec)| {
        let place = ["aliases", name.as_str(), "litellm_model"];
        unknown(&place, "model alias", &spec.target_alias()?, &after.aliases)
    };
    wanted.aliases.iter().filter_map(fault).collect()
}

impl Content {
    /// The aliases that a call of this name comes through, the one that serves it last; nothing where it is refused.
    pub(super) fn served(&self, name: &AliasName, at: Timestamp) -> Vec<&AliasName> {
        let (mut path, mut next) = (Vec::new(), Some(name.clone()));
        while let Some((name, spec)) = next.as_ref().and_then(|name| self.aliases.get_key_value(name)) {
            path.push(name);
            next = match AliasStatus::of(spec, at) {
                AliasStatus::Disabled => break,
                AliasStatus::Sunset => spec.redirected_to().cloned(),
                AliasStatus::Active | AliasStatus::Deprecated if spec.litellm_model.alias().is_none() => {
                    return path;
                }
                AliasStatus::Active | AliasStatus::Deprecated => spec.target_alias(),
            };
            if path.len() > MAX_HOPS {
                break;
            }
        }
        Vec::new()
    }

    /// Leaves out overrides of teams and organizations that there are not: they have no effect, and name what another
    /// server does not have.
    pub fn leave_out_overrides_of_nobody(&mut self) {
        let teams: BTreeSet<_> = self.teams.keys().cloned().collect();
        let organizations: BTreeSet<_> = self.organizations.keys().cloned().collect();
        for spec in self.aliases.values_mut() {
            spec.routing.overrides.retain(|one| {
                one.team_id.as_ref().is_none_or(|id| teams.contains(id))
                    && one.organization_id.as_ref().is_none_or(|id| organizations.contains(id))
            });
        }
    }
}
