//! The one decision: the only way to an upstream.

use crate::caller::Caller;
use crate::decision::{Decision, Request};
use crate::denied::Denied;
use crate::table::{Access, RoutingTable};

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
    let found = match request.model {
        Some(name) => table.find(name),
        None => table.default_of(reach),
    };
    match found.map(|entry| (entry, &entry.alias, entry.access(reach))) {
        Some((entry, _, Access::Callable)) => Ok(Decision::new(entry, reach, table.revision)),
        Some((_, alias, Access::Disabled)) => {
            Err(Denied::ModelDisabled { alias_id: alias.id, available: table.available(reach) })
        }
        Some((_, alias, Access::NotGranted)) if !table.hides(alias) => {
            Err(Denied::NotGranted { alias_id: alias.id, available: table.available(reach) })
        }
        _ => Err(match request.model {
            Some(name) => Denied::UnknownModel {
                available: table.available(reach),
                suggestions: table.suggestions(reach, name),
            },
            None => Denied::NoModel { available: table.available(reach) },
        }),
    }
}
