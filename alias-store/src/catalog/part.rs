//! A part of the catalogue: what one change can touch.

use std::collections::BTreeSet;

use alias_core::catalog::{Catalog, Revision};
use diesel::prelude::*;

use super::{aliases, groups, keys, organizations, teams};
use crate::column::CHUNK;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::team_keys;

/// The part of the catalogue that is about these aliases, groups and teams, with all that the teams and keys are
/// granted of the aliases.
pub(crate) struct Part {
    pub(crate) aliases: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) teams: Vec<String>,
}

/// Reads a part of the catalogue as if there were no more.
pub(crate) fn load_part(conn: &mut AnyConnection, part: &Part) -> Result<Catalog, Failure> {
    let teams = in_chunks(&part.teams, |ids| teams(conn, Some(ids)))?;
    let organizations_of: BTreeSet<String> = teams.iter().map(|team| team.organization.to_string()).collect();
    let organizations_of: Vec<String> = organizations_of.into_iter().collect();
    let keys_of: Vec<String> = in_chunks(&part.teams, |ids| {
        let live = team_keys::table.filter(team_keys::revoked_at.is_null());
        Ok(live.filter(team_keys::team_uid.eq_any(ids)).select(team_keys::key_id).load(conn)?)
    })?;
    Ok(Catalog {
        revision: Revision::default(),
        mark: None,
        aliases: in_chunks(&part.aliases, |ids| aliases(conn, Some(ids)))?,
        groups: in_chunks(&part.groups, |ids| groups(conn, Some(ids)))?,
        organizations: in_chunks(&organizations_of, |ids| organizations(conn, Some(ids)))?,
        teams,
        keys: in_chunks(&keys_of, |ids| keys(conn, Some(ids)))?,
        budgets: Vec::new(),
        tombstones: Vec::new(),
    })
}

/// What `read` gives for many ids, of which a statement takes only so many.
pub(crate) fn in_chunks<T>(
    ids: &[String],
    mut read: impl FnMut(&[String]) -> Result<Vec<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut all = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        all.append(&mut read(chunk)?);
    }
    Ok(all)
}
