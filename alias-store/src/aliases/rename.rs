//! Another name for an alias, with its old one leading on to it.

use super::versions::{self, Making};
use super::{KIND, OBJECT, details, expected_live, live, make, onward, save};
use crate::audit::{Change, Changes, entry};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::{keys, webhooks};
use alias_core::alias::{
    AliasDetails, AliasName, AliasSpec, Matching, ModelAlias, NewAlias, Renaming, VersionKind,
};
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::repository::{Expected, StoreError};

/// The field that says whether the old name goes on working.
const KEEP: &str = "keep_old_as_redirect";

/// Gives an alias another name.
pub(crate) fn rename(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &AliasName,
    renaming: &Renaming,
    expected: Expected,
    by: &Actor,
) -> Result<Changes<AliasDetails>, Failure> {
    let before = expected_live(conn, name, expected)?;
    let new = &renaming.new_alias;
    if before.alias.as_str() == new.as_str() {
        return Ok(Changes::Nothing(details(conn, before, now)?));
    }
    // Other letters of the same name leave no old one.
    let leaves_a_name = before.alias.folded() != new.folded();
    if leaves_a_name && let Some(existing) = live(conn, new)? {
        return Err(Failure::already_exists(KIND, existing.alias));
    }
    before.spec.check(new).map_err(|why| Failure::Refused(StoreError::Invalid(why)))?;
    check_old_name(conn, &before, renaming, leaves_a_name)?;
    let access_groups = details(conn, before.clone(), now)?.access_groups;
    let after =
        ModelAlias { alias: new.clone(), version: before.version + 1, updated_at: now, ..before.clone() };
    versions::append(conn, &after, Making::of(VersionKind::Update, by, now))?;
    save(conn, &after)?;
    webhooks::alias_renamed(conn, &after, now)?;
    let mut entries = vec![entry("alias.rename", OBJECT, &after.alias, &before, &after)?];
    if let Some(old) = renaming.old.filter(|_| leaves_a_name) {
        let spec = old.spec(&after.spec, new, now);
        onward::check(conn, &before.alias, None, &spec)?;
        let made = make(conn, now, NewAlias { alias: before.alias, spec, access_groups }, by)?;
        if let Change::Made(made, entry) = made {
            keys::may_call_too(conn, &after.id.to_string(), &made.id.to_string())?;
            entries.push(entry);
        }
    }
    Ok(Changes::Made(details(conn, after, now)?, entries))
}

/// Refuses to keep a name that cannot lead on, and to give one up that others lead to.
fn check_old_name(
    conn: &mut AnyConnection,
    before: &ModelAlias,
    renaming: &Renaming,
    leaves_a_name: bool,
) -> Result<(), Failure> {
    let refused = |why| Err(Failure::Refused(StoreError::Invalid(AliasSpec::refused(KEEP, why))));
    if renaming.old.is_some() {
        let is_prefix = before.spec.routing.matching == Matching::Prefix;
        return if is_prefix {
            refused(
                "must be false: an alias of all names that begin so leaves none that could lead on".into(),
            )
        } else {
            Ok(())
        };
    }
    let others = if leaves_a_name { onward::leading_here(conn, &before.alias)? } else { Vec::new() };
    if others.is_empty() {
        return Ok(());
    }
    refused(format!("must be true: calls of {} lead on to {}", others.join(", "), before.alias))
}

/// What the audit log would say of it, where one record has to do.
pub(crate) fn first(changes: Changes<AliasDetails>) -> Change<AliasDetails> {
    match changes {
        Changes::Made(value, mut entries) if !entries.is_empty() => {
            Change::Made(value, entries.swap_remove(0))
        }
        Changes::Made(value, _) | Changes::Nothing(value) => Change::Nothing(value),
    }
}
