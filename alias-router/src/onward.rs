//! Aliases that serve no calls themselves: where those go on to, of a chain and after a sunset, and what callers are told.

use std::sync::Arc;

use alias_core::alias::{AliasName, AtSunset, MAX_HOPS};
use alias_core::catalog::CatalogAlias;
use alias_core::clock::Timestamp;

use crate::caller::{Caller, Reach};
use crate::decide::{Found, find};
use crate::decision::{Decision, Request};
use crate::denied::Denied;
use crate::table::{Access, AliasEntry, Phase, RoutingTable};

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
        self.known(reach, name).map(|_| name)
    }

    /// The alias of this name, where it is there and the caller may know of it.
    pub(crate) fn known(&self, reach: Reach<'_>, name: &AliasName) -> Option<&Arc<AliasEntry>> {
        let entry = self.find(name.as_str())?.at(reach.at)?;
        self.may_know(reach, entry).then_some(entry)
    }

    /// Whether everybody may know of the alias of this name at that time: it is there, and not hidden.
    pub fn is_known_to_all(&self, name: &AliasName, at: Timestamp) -> bool {
        self.find(name.as_str()).and_then(|entry| entry.at(at)).is_some_and(|entry| !self.hides(&entry.alias))
    }

    fn may_know(&self, reach: Reach<'_>, entry: &AliasEntry) -> bool {
        entry.access(reach) != Access::NotGranted || !self.hides(&entry.alias)
    }

    /// What a caller may do with the alias, wherever its calls go on to: the rule of lists, as
    /// [`decide`](crate::decide) has it.
    pub(crate) fn access(&self, entry: &Arc<AliasEntry>, reach: Reach<'_>) -> Access {
        match entry.access(reach) {
            Access::LeadsOn if self.successor(entry, reach.at).is_ok() => Access::Callable,
            access => access,
        }
    }

    /// The alias that says where calls of this one go at that time, whoever asks: itself, or another that they go on to.
    /// `None` where they are not served, or nothing has the name.
    pub fn serving(&self, name: &str, at: Timestamp) -> Option<&CatalogAlias> {
        self.served(self.find(name)?, at).map(|entry| &entry.alias)
    }

    fn served<'a>(&'a self, entry: &'a Arc<AliasEntry>, at: Timestamp) -> Option<&'a Arc<AliasEntry>> {
        let entry = entry.at(at)?;
        if entry.is_active() { Some(entry) } else { self.successor(entry, at).ok() }
    }

    /// Whether calls of the alias of this name are refused at that time, whoever makes them: it is disabled, deleted or
    /// over by then, or leads on to such. False where nothing has the name.
    pub fn is_over(&self, name: &str, at: Timestamp) -> bool {
        self.named(name).is_some_and(|entry| self.served(entry, at).is_none())
    }

    /// Where calls of an alias go that serves none itself: where those of another go. Or where they end: the last alias
    /// that they get to.
    #[cold]
    pub(crate) fn successor<'a>(
        &'a self,
        entry: &'a Arc<AliasEntry>,
        at: Timestamp,
    ) -> Result<&'a Arc<AliasEntry>, &'a Arc<AliasEntry>> {
        let mut last = entry;
        for _ in 0..MAX_HOPS {
            let next = last.goes_on_as().and_then(|name| self.find(name)?.at(at)).ok_or(last)?;
            if next.is_active() {
                return Ok(next);
            }
            last = next;
        }
        Err(last)
    }

    /// Decides about a call of an alias that serves none itself, and which the caller is granted.
    #[cold]
    pub(crate) fn led_on(
        &self,
        caller: &Caller,
        reach: Reach<'_>,
        request: &Request<'_>,
        found: Found<'_>,
    ) -> Result<Decision, Denied> {
        let Ok(served) = self.successor(found.entry, reach.at) else {
            return Err(self.leads_nowhere(reach, found.entry));
        };
        let arm = served.place(caller, reach, request.user);
        Ok(Decision::new(found.entry, reach, self.revision, arm, found.filled).served_by(served))
    }

    /// The refusal of a call that gets to no alias which serves it: because the time of the last one is over, or that one
    /// refuses calls for a while, or is disabled, or leads to nothing.
    pub(crate) fn leads_nowhere(&self, reach: Reach<'_>, entry: &Arc<AliasEntry>) -> Denied {
        let last = self.successor(entry, reach.at).err().unwrap_or(entry);
        // What refuses for a while is not gone for good, whatever leads on to it.
        let for_good = entry.phase() == Phase::Ended && !matches!(last.phase(), Phase::Brownout(_));
        let ended = if for_good { entry } else { last };
        let (alias_id, available) = (entry.alias.id, self.available(reach));
        let Some(told) = ended.alias.deprecation() else {
            return Denied::ModelDisabled { alias_id, available };
        };
        let replacement = self.replacement(reach, &ended.alias).map(ToString::to_string);
        // What an operator wrote about an alias is for those who may know of it.
        let message = told.message.clone().filter(|_| self.may_know(reach, ended));
        let sunset_at = told.sunset_at;
        match ended.phase() {
            Phase::Ended => {
                let since = sunset_at.unwrap_or(reach.at);
                Denied::ModelSunset { alias_id, since, replacement, message, available }
            }
            Phase::Brownout(until) => {
                Denied::ModelBrownout { alias_id, until, sunset_at, replacement, message, available }
            }
            Phase::Usual => Denied::ModelDisabled { alias_id, available },
        }
    }
}

impl AliasEntry {
    /// The name that its calls go on as: its replacement's once its time is over, and until then that of its target,
    /// where that is an alias.
    fn goes_on_as(&self) -> Option<&str> {
        match self.phase() {
            _ if !self.leads_on() => return None,
            Phase::Usual => return self.alias.litellm_model.alias(),
            Phase::Brownout(_) => return None,
            Phase::Ended => {}
        }
        let told = self.alias.deprecation().filter(|told| told.at_sunset == AtSunset::Redirect)?;
        told.replacement.as_ref().map(AliasName::as_str)
    }
}
