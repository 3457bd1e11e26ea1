//! Where calls go on from aliases whose time is over: to others in turn, and never in a circle.

use std::collections::HashSet;

use alias_core::alias::{AliasName, AliasSpec, AtSunset, Deprecation, MAX_HOPS};
use alias_core::repository::StoreError;

use super::live;
use crate::connection::AnyConnection;
use crate::error::Failure;

/// Refuses a redirect that leads back to where it begins, or further than calls are passed on. What it names need not be
/// there: a call is refused that gets no further.
pub(super) fn check(conn: &mut AnyConnection, name: &AliasName, spec: &AliasSpec) -> Result<(), Failure> {
    let mut path = vec![name.to_string()];
    let mut seen = HashSet::from([name.folded()]);
    let mut next = goes_on_as(spec).cloned();
    while let Some(name) = next {
        path.push(name.to_string());
        if !seen.insert(name.folded()) {
            return Err(refused(format!("replacement leads in a circle: {}", path.join(" -> "))));
        }
        if path.len() > MAX_HOPS + 1 {
            return Err(refused(format!(
                "replacement leads over more than {MAX_HOPS} aliases: {}",
                path.join(" -> ")
            )));
        }
        next = live(conn, &name)?.and_then(|alias| goes_on_as(&alias.spec).cloned());
    }
    Ok(())
}

/// The alias that calls go on as, once the time of this one is over.
fn goes_on_as(spec: &AliasSpec) -> Option<&AliasName> {
    let told = spec.routing.deprecation.as_ref().filter(|told| told.at_sunset == AtSunset::Redirect)?;
    told.replacement.as_ref()
}

fn refused(why: String) -> Failure {
    Failure::Refused(StoreError::Invalid(Deprecation::refused(why)))
}
