//! Whom a report is about. A name means who has it now; where nobody has, those who had it.

use alias_core::alias::AliasName;
use alias_core::organization::OrganizationId;
use alias_core::report::Scope;
use alias_core::team::TeamId;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{model_aliases, organizations, teams, usage_teams};
use crate::{aliases, organizations as organization, teams as team};

/// The most that had one name.
const MOST: i64 = 500;

/// Ids of ours; `None` is everybody.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) aliases: Option<Vec<String>>,
    pub(super) teams: Option<Vec<String>>,
    /// In lower case, and the id of ours after which its teams were made.
    pub(super) organization: Option<(String, String)>,
}

impl Chosen {
    pub(super) fn find(conn: &mut AnyConnection, scope: &Scope) -> Result<Self, Failure> {
        Ok(Self {
            aliases: scope.alias.as_ref().map(|name| of_alias(conn, name)).transpose()?,
            teams: scope.team.as_ref().map(|id| of_team(conn, id)).transpose()?,
            organization: scope.organization.as_ref().map(|id| of_organization(conn, id)).transpose()?,
        })
    }
}

fn of_alias(conn: &mut AnyConnection, name: &AliasName) -> Result<Vec<String>, Failure> {
    use model_aliases as a;
    let named = || a::table.filter(a::folded.eq(name.folded())).select(a::id).limit(MOST);
    let live: Vec<String> = named().filter(a::deleted_at.is_null()).load(conn)?;
    let all = if live.is_empty() { named().load(conn)? } else { live };
    if all.is_empty() { Err(Failure::not_found(aliases::KIND, name)) } else { Ok(all) }
}

fn of_team(conn: &mut AnyConnection, id: &TeamId) -> Result<Vec<String>, Failure> {
    let live: Vec<String> =
        teams::table.filter(teams::folded.eq(id.folded())).select(teams::uid).load(conn)?;
    if !live.is_empty() {
        return Ok(live);
    }
    let gone: Vec<String> = usage_teams::table
        .filter(sql::<Text>("LOWER(team_id)").eq(id.folded()))
        .select(usage_teams::team_uid)
        .limit(MOST)
        .load(conn)?;
    if gone.is_empty() { Err(Failure::not_found(team::KIND, id)) } else { Ok(gone) }
}

/// A new organization of an old id inherits nothing: its teams are made after it, and ids tell their age.
fn of_organization(conn: &mut AnyConnection, id: &OrganizationId) -> Result<(String, String), Failure> {
    let live: Option<String> = organizations::table
        .filter(organizations::folded.eq(id.folded()))
        .select(organizations::uid)
        .first(conn)
        .optional()?;
    if let Some(uid) = live {
        let age = uid.split_once('_').map_or_else(String::new, |(_, age)| age.to_owned());
        return Ok((id.folded(), age));
    }
    let gone: Vec<String> = usage_teams::table
        .filter(sql::<Text>("LOWER(organization_id)").eq(id.folded()))
        .select(usage_teams::team_uid)
        .limit(1)
        .load(conn)?;
    if gone.is_empty() { Err(Failure::not_found(organization::KIND, id)) } else { Ok((id.folded(), String::new())) }
}
