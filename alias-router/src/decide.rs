//! The one decision: the only way to an upstream.

use std::sync::Arc;

use crate::caller::{Caller, Reach};
use crate::decision::{Decision, Request};
use crate::denied::Denied;
use crate::prefixes::Filled;
use crate::table::{Access, AliasEntry, RoutingTable};

/// Decides about a call: where it goes, or why not.
///
/// `caller` comes from [`RoutingTable::authenticate`] or [`RoutingTable::vouch`], as a rule on this very table. It
/// is not trusted to: the key or token of a caller of another table is looked up again here, and so held to what this
/// one says about the key, the team and the organization at the time when the key was presented.
/// A call that names no model is decided about as if it had named its team's default.
///
/// # Errors
/// A refusal: see [`Denied`]. An alias that is not granted, or not within the key's scope, is [`Denied::NotGranted`]; one that is hidden, or any
/// under [`hide_denied`](crate::RouterPolicy::hide_denied), is refused exactly as if it did not exist.
pub fn decide(table: &RoutingTable, caller: &Caller, request: &Request<'_>) -> Result<Decision, Denied> {
    let reach = table.admit(caller, caller.arrival.at)?;
    match find(table, reach, request).map(|found| (found.entry.access(reach), found)) {
        Some((Access::Callable, found)) => {
            let arm = found.entry.place(caller, reach, request.user);
            Ok(Decision::new(found.entry, reach, table.revision, arm, found.filled))
        }
        Some((Access::LeadsOn, found)) => table.led_on(caller, reach, request, found),
        found => {
            Err(refusal(table, reach, request, found.as_ref().map(|(access, found)| (found.entry, *access))))
        }
    }
}

/// The alias that a call is of.
pub(crate) struct Found<'a> {
    pub(crate) entry: &'a Arc<AliasEntry>,
    /// What it makes of the name, where it is a prefix alias.
    pub(crate) filled: Option<Box<Filled>>,
}

/// The alias that a call is of.
pub(crate) fn find<'a>(
    table: &'a RoutingTable,
    reach: Reach<'_>,
    request: &Request<'_>,
) -> Option<Found<'a>> {
    let Some(name) = request.model else {
        return table.default_of(reach).map(|entry| Found { entry, filled: None });
    };
    if let Some(entry) = table.find(name).and_then(|entry| entry.at(reach.at)) {
        return Some(Found { entry, filled: None });
    }
    let (entry, filled) = table.prefixes.called(name, &table.name_hasher, reach.at)?;
    Some(Found { entry, filled: Some(Box::new(filled)) })
}

/// Why a call is not served that found this, or nothing.
#[cold]
pub(crate) fn refusal(
    table: &RoutingTable,
    reach: Reach<'_>,
    request: &Request<'_>,
    found: Option<(&Arc<AliasEntry>, Access)>,
) -> Denied {
    if let Some((entry, Access::LeadsOn)) = found {
        return table.leads_nowhere(reach, entry);
    }
    let available = table.available(reach);
    match found.map(|(entry, access)| (&entry.alias, access)) {
        Some((alias, Access::Disabled)) => Denied::ModelDisabled { alias_id: alias.id, available },
        Some((alias, Access::NotGranted)) if !table.hides(alias) => {
            Denied::NotGranted { alias_id: alias.id, available }
        }
        _ => match request.model {
            Some(name) => Denied::UnknownModel {
                available,
                suggestions: table.suggestions(reach, name),
                removed: table.removed(reach, name),
            },
            None => Denied::NoModel { available },
        },
    }
}
