//! Aliases whose time is over: what their calls become, and what their callers are told, as the clock says.

use std::sync::Arc;

use alias_core::alias::{AliasName, AtSunset, MAX_HOPS};
use alias_core::catalog::CatalogAlias;
use alias_core::clock::Timestamp;

use crate::caller::{Caller, Reach};
use crate::decide::{Found, find};
use crate::decision::{Decision, Request};
use crate::denied::Denied;
use crate::table::{Access, AliasEntry, RoutingTable};

/// What callers of an alias are told that is on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Since when, or from when on.
    pub deprecated_at: Timestamp,
    /// When its time is over.
    pub sunset_at: Option<Timestamp>,
    /// What to use in its place, where the caller may know of that.
    pub replacement: Option<AliasName>,
}

impl RoutingTable {
    /// What the caller of this model is told of its end: nothing of one that is not on its way out, or that the caller
    /// is not granted.
    #[cold]
    pub fn notice(&self, caller: &Caller, request: &Request<'_>) -> Option<Notice> {
        let reach = self.admit(caller, caller.arrival.at).ok()?;
        let entry = find(self, reach, request)?.entry;
        let told = entry.alias.deprecation().filter(|_| entry.access(reach) != Access::NotGranted)?;
        Some(Notice {
            deprecated_at: told.deprecated_at,
            sunset_at: told.sunset_at,
            replacement: self.replacement(reach, &entry.alias).cloned(),
        })
    }

    /// What is named as the replacement of an alias, where it is there and the caller may know of it.
    pub(crate) fn replacement<'a>(&self, reach: Reach<'_>, alias: &'a CatalogAlias) -> Option<&'a AliasName> {
        let name = alias.deprecation()?.replacement.as_ref()?;
        let entry = self.find(name.as_str())?.at(reach.at)?;
        let known = entry.access(reach) != Access::NotGranted || !self.hides(&entry.alias);
        known.then_some(name)
    }

    /// What a caller may do with the alias, its end counted in: the rule of lists, as [`decide`](crate::decide) has it.
    pub(crate) fn access(&self, entry: &AliasEntry, reach: Reach<'_>) -> Access {
        match entry.access(reach) {
            Access::Ended if self.successor(entry, reach.at).is_some() => Access::Callable,
            access => access,
        }
    }

    /// Where calls of an alias go whose time is over: where those of its replacement go. `None` where they go nowhere.
    #[cold]
    pub(crate) fn successor(&self, entry: &AliasEntry, at: Timestamp) -> Option<&Arc<AliasEntry>> {
        let mut name = entry.goes_on_as()?;
        for _ in 0..MAX_HOPS {
            let next = self.find(name.as_str())?.at(at)?;
            if next.is_active() {
                return Some(next);
            }
            name = next.goes_on_as()?;
        }
        None
    }

    /// Decides about a call of an alias whose time is over, and which the caller is granted.
    #[cold]
    pub(crate) fn after_sunset(
        &self,
        caller: &Caller,
        reach: Reach<'_>,
        request: &Request<'_>,
        found: Found<'_>,
    ) -> Result<Decision, Denied> {
        let Some(served) = self.successor(found.entry, reach.at) else {
            return Err(self.ended(reach, found.entry));
        };
        let arm = served.place(caller, reach, request.user);
        Ok(Decision::new(found.entry, reach, self.revision, arm, found.filled).served_by(served))
    }

    /// The refusal of a call of an alias whose time is over.
    pub(crate) fn ended(&self, reach: Reach<'_>, entry: &AliasEntry) -> Denied {
        let alias = &entry.alias;
        let told = alias.deprecation();
        Denied::ModelSunset {
            alias_id: alias.id,
            since: told.and_then(|told| told.sunset_at).unwrap_or(reach.at),
            replacement: self.replacement(reach, alias).map(ToString::to_string),
            message: told.and_then(|told| told.message.clone()),
            available: self.available(reach),
        }
    }
}

impl AliasEntry {
    /// The name that its calls go on as, once its time is over.
    fn goes_on_as(&self) -> Option<&AliasName> {
        let told = self
            .alias
            .deprecation()
            .filter(|told| self.has_ended() && told.at_sunset == AtSunset::Redirect)?;
        told.replacement.as_ref()
    }
}
