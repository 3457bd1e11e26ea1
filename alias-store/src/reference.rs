//! From names in the input to what they name: all that is missing is told at once, with what is near.

use std::collections::{HashMap, HashSet};

use alias_core::alias::AliasName;
use alias_core::group::GroupName;
use alias_core::name::{Name, NameKind, nearest};
use alias_core::organization::{Organization, OrganizationId};
use alias_core::repository::{Expected, StoreError};
use alias_core::team::TeamId;
use diesel::prelude::*;

use crate::aliases::KIND as ALIAS;
use crate::column::{CHUNK, parse};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::groups::KIND as GROUP;
use crate::organizations;
use crate::schema::{self, access_groups, model_aliases, teams};
use crate::teams::KIND as TEAM;

/// For how many of the missing names near ones are looked for.
const MOST_SUGGESTED_FOR: usize = 5;
/// Among how many existing names they are looked for.
const MOST_SEARCHED: i64 = 20_000;

/// An object that was named: its id, and its name in its own spelling.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Found<N> {
    pub(crate) id: String,
    pub(crate) name: N,
}

/// Whether the object is at the version that the writer expects.
pub(crate) fn check_version(
    kind: &'static str,
    name: impl ToString,
    current: u32,
    expected: Expected,
) -> Result<(), Failure> {
    match expected {
        Some(version) if version != current => {
            Err(StoreError::Conflict { kind, name: name.to_string(), current }.into())
        }
        _ => Ok(()),
    }
}

/// The organization of an id.
pub(crate) fn organization(
    conn: &mut AnyConnection,
    field: &'static str,
    id: &OrganizationId,
) -> Result<Organization, Failure> {
    if let Some(found) = organizations::live(conn, id)? {
        return Ok(found);
    }
    let all: Vec<String> = schema::organizations::table
        .select(schema::organizations::organization_id)
        .limit(MOST_SEARCHED)
        .load(conn)?;
    Err(unknown(organizations::KIND, field, &[id], &all))
}

/// Refuses ids of teams that nothing has.
pub(crate) fn teams(conn: &mut AnyConnection, field: &'static str, ids: &[TeamId]) -> Result<(), Failure> {
    let mut known = HashSet::with_capacity(ids.len());
    for chunk in folded(ids).chunks(CHUNK) {
        let rows: Vec<String> =
            teams::table.filter(teams::folded.eq_any(chunk)).select(teams::folded).load(conn)?;
        known.extend(rows);
    }
    let missing: Vec<&TeamId> = ids.iter().filter(|id| !known.contains(&id.folded())).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let all: Vec<String> = teams::table.select(teams::team_id).limit(MOST_SEARCHED).load(conn)?;
    Err(unknown(TEAM, field, &missing, &all))
}

/// The ids of groups.
pub(crate) fn groups(
    conn: &mut AnyConnection,
    field: &'static str,
    names: &[GroupName],
) -> Result<Vec<String>, Failure> {
    let mut known = HashMap::with_capacity(names.len());
    for chunk in folded(names).chunks(CHUNK) {
        let rows: Vec<(String, String)> = access_groups::table
            .filter(access_groups::folded.eq_any(chunk))
            .select((access_groups::folded, access_groups::id))
            .load(conn)?;
        known.extend(rows);
    }
    let missing: Vec<&GroupName> = names.iter().filter(|name| !known.contains_key(&name.folded())).collect();
    if missing.is_empty() {
        return Ok(names.iter().filter_map(|name| known.remove(&name.folded())).collect());
    }
    let all: Vec<String> =
        access_groups::table.select(access_groups::group_name).limit(MOST_SEARCHED).load(conn)?;
    Err(unknown(GROUP, field, &missing, &all))
}

/// Live aliases.
pub(crate) fn aliases(
    conn: &mut AnyConnection,
    field: &'static str,
    names: &[AliasName],
) -> Result<Vec<Found<AliasName>>, Failure> {
    let mut known = known_aliases(conn, names)?;
    let missing: Vec<&AliasName> = names.iter().filter(|name| !known.contains_key(&name.folded())).collect();
    if missing.is_empty() {
        return Ok(names.iter().filter_map(|name| known.remove(&name.folded())).collect());
    }
    let all: Vec<String> = model_aliases::table
        .filter(model_aliases::deleted_at.is_null())
        .select(model_aliases::alias)
        .limit(MOST_SEARCHED)
        .load(conn)?;
    Err(unknown(ALIAS, field, &missing, &all))
}

/// Those of the names that live aliases have, by the folded name.
pub(crate) fn known_aliases(
    conn: &mut AnyConnection,
    names: &[AliasName],
) -> Result<HashMap<String, Found<AliasName>>, Failure> {
    let mut known = HashMap::with_capacity(names.len());
    for chunk in folded(names).chunks(CHUNK) {
        let rows: Vec<(String, String, String)> = model_aliases::table
            .filter(model_aliases::deleted_at.is_null())
            .filter(model_aliases::folded.eq_any(chunk))
            .select((model_aliases::folded, model_aliases::id, model_aliases::alias))
            .load(conn)?;
        for (folded, id, alias) in rows {
            known.insert(folded, Found { id, name: parse("model_aliases.alias", &alias)? });
        }
    }
    Ok(known)
}

fn folded<K: NameKind>(names: &[Name<K>]) -> Vec<String> {
    names.iter().map(Name::folded).collect()
}

/// The refusal that tells all names that nothing has, and which ones exist that are near.
fn unknown<K: NameKind>(
    kind: &'static str,
    field: &'static str,
    missing: &[&Name<K>],
    existing: &[String],
) -> Failure {
    let mut suggestions: Vec<String> = Vec::new();
    for name in missing.iter().take(MOST_SUGGESTED_FOR) {
        for near in nearest(name.as_str(), existing.iter().map(String::as_str)) {
            if !suggestions.iter().any(|known| known == near) {
                suggestions.push(near.to_owned());
            }
        }
    }
    let names = missing.iter().map(ToString::to_string).collect();
    StoreError::UnknownReference { kind, field, names, suggestions }.into()
}
