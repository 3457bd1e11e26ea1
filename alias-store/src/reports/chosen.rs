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
        let organization = scope.organization.as_ref().map(|id| of_organization(conn, id)).transpose()?;
        let aliases = scope.alias.as_ref().map(|name| of_alias(conn, name)).transpose()?;
        let mut teams = scope.team.as_ref().map(|id| of_team(conn, id)).transpose()?;
        if let (Some(ids), Some((folded, age))) = (&mut teams, &organization) {
            *ids = within(conn, ids, folded, age)?;
        }
        if let (Some(id), Some([])) = (&scope.team, teams.as_deref()) {
            return Err(Failure::not_found(team::KIND, id));
        }
        // Whoever sees one organization only learns nothing of the names of aliases here.
        if let (Some(name), Some([]), None) = (&scope.alias, aliases.as_deref(), &organization) {
            return Err(Failure::not_found(aliases::KIND, name));
        }
        Ok(Self { aliases, teams, organization })
    }
}

fn of_alias(conn: &mut AnyConnection, name: &AliasName) -> Result<Vec<String>, Failure> {
    use model_aliases as a;
    let named = || a::table.filter(a::folded.eq(name.folded())).select(a::id).limit(MOST);
    let live: Vec<String> = named().filter(a::deleted_at.is_null()).load(conn)?;
    if live.is_empty() { Ok(named().load(conn)?) } else { Ok(live) }
}

fn of_team(conn: &mut AnyConnection, id: &TeamId) -> Result<Vec<String>, Failure> {
    let live: Vec<String> =
        teams::table.filter(teams::folded.eq(id.folded())).select(teams::uid).load(conn)?;
    if !live.is_empty() {
        return Ok(live);
    }
    Ok(usage_teams::table
        .filter(sql::<Text>("LOWER(team_id)").eq(id.folded()))
        .select(usage_teams::team_uid)
        .limit(MOST)
        .load(conn)?)
}

/// Those of the teams that are or were the organization's.
fn within(conn: &mut AnyConnection, ids: &[String], folded: &str, age: &str) -> Result<Vec<String>, Failure> {
    let mut members: Vec<String> = teams::table
        .inner_join(organizations::table)
        .filter(teams::uid.eq_any(ids))
        .filter(organizations::folded.eq(folded))
        .select(teams::uid)
        .load(conn)?;
    let called: Vec<String> = usage_teams::table
        .filter(usage_teams::team_uid.eq_any(ids))
        .filter(sql::<Text>("LOWER(organization_id)").eq(folded.to_owned()))
        .select(usage_teams::team_uid)
        .load(conn)?;
    let younger = |id: &String| id.split_once('_').is_some_and(|(_, own)| own > age);
    members.extend(called.into_iter().filter(younger));
    members.sort_unstable();
    members.dedup();
    Ok(members)
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
    if gone.is_empty() {
        Err(Failure::not_found(organization::KIND, id))
    } else {
        Ok((id.folded(), String::new()))
    }
}
