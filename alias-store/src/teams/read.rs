//! Teams as they are read: one with all that surrounds it, or lists of them with their groups.

use std::collections::HashMap;

use alias_core::alias::AliasName;
use alias_core::group::GroupName;
use alias_core::repository::{NameQuery, Page, TeamQuery};
use alias_core::team::{Team, TeamDetails, TeamId, TeamSummary};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::column::{CHUNK, containing, from_json, moment, parse, status, version};
use crate::connection::{AnyBackend, AnyConnection};
use crate::credits::BillingRow;
use crate::desired::marks;
use crate::error::Failure;
use crate::schema::{access_groups, group_aliases, model_aliases, organizations, team_groups, teams};
use crate::window::{self, by_name};
use crate::{credits, jobs, keys, limits, stats};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = teams)]
struct TeamRow {
    uid: String,
    team_id: String,
    team_alias: String,
    rpm_limit: Option<i32>,
    tpm_limit: Option<i32>,
    max_parallel_requests: Option<i32>,
    metadata: String,
    status: String,
    status_reason: Option<String>,
    pause_until: Option<NaiveDateTime>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    #[diesel(embed)]
    billing: BillingRow,
}

impl TeamRow {
    /// The team, of the organization with this public id, with this default of the models that there are.
    fn of(self, organization: &str, default_model: Option<&str>) -> Result<Team, Failure> {
        Ok(Team {
            uid: parse("teams.uid", &self.uid)?,
            organization_id: parse("organizations.organization_id", organization)?,
            team_id: parse("teams.team_id", &self.team_id)?,
            team_alias: self.team_alias,
            default_model: default_model.map(|name| parse("model_aliases.alias", name)).transpose()?,
            limits: limits::read((self.rpm_limit, self.tpm_limit, self.max_parallel_requests))?,
            billing: self.billing.read()?,
            metadata: from_json("teams.metadata", &self.metadata)?,
            status: status("teams.status", &self.status, self.status_reason, self.pause_until)?,
            version: version("teams.version", self.version)?,
            created_at: moment(self.created_at),
            updated_at: moment(self.updated_at),
        })
    }
}

/// A team with the public id of its organization, and the name of its default model, unless that is deleted.
type Row = (TeamRow, String, Option<String>);

/// Teams with what [`Row`] says of them.
macro_rules! joined {
    () => {
        teams::table.inner_join(organizations::table).left_join(model_aliases::table.on(
            teams::default_model.eq(model_aliases::id.nullable()).and(model_aliases::deleted_at.is_null()),
        ))
    };
}

/// The columns of a [`Row`].
macro_rules! row {
    () => {
        (TeamRow::as_select(), organizations::organization_id, model_aliases::alias.nullable())
    };
}

pub(crate) fn live(conn: &mut AnyConnection, id: &TeamId) -> Result<Option<Team>, Failure> {
    let row: Option<Row> =
        joined!().filter(teams::folded.eq(id.folded())).select(row!()).first(conn).optional()?;
    row.map(|(row, organization, default)| row.of(&organization, default.as_deref())).transpose()
}

pub(super) fn details(conn: &mut AnyConnection, team: Team) -> Result<TeamDetails, Failure> {
    let uid = team.uid.to_string();
    let access_groups = groups_of(conn, std::slice::from_ref(&uid))?.remove(&uid).unwrap_or_default();
    let allowed_model_aliases = allowed(conn, &uid)?;
    let keys = keys::of_team(conn, &uid)?;
    let usage = stats::of_team(conn, &uid)?;
    let credits = credits::balance(conn, team.uid)?;
    let total_jobs = jobs::count_of_team(conn, &uid)?;
    let managed_by = marks::of_one(conn, &uid)?;
    Ok(TeamDetails {
        team,
        access_groups,
        allowed_model_aliases,
        keys,
        credits,
        usage,
        total_jobs,
        managed_by,
    })
}

/// The active aliases that the team's active groups hold, by name.
fn allowed(conn: &mut AnyConnection, uid: &str) -> Result<Vec<AliasName>, Failure> {
    let reach = group_aliases::table
        .inner_join(access_groups::table.inner_join(team_groups::table))
        .filter(team_groups::team_uid.eq(uid))
        .filter(access_groups::active.eq(true))
        .select(group_aliases::alias_id);
    let names: Vec<String> = model_aliases::table
        .filter(model_aliases::id.eq_any(reach))
        .filter(model_aliases::deleted_at.is_null())
        .filter(model_aliases::active.eq(true))
        .order(model_aliases::folded)
        .select(model_aliases::alias)
        .load(conn)?;
    names.iter().map(|name| parse("model_aliases.alias", name)).collect()
}

/// The groups of teams by name, under the teams' uids.
fn groups_of(conn: &mut AnyConnection, uids: &[String]) -> Result<HashMap<String, Vec<GroupName>>, Failure> {
    let mut groups: HashMap<String, Vec<GroupName>> = HashMap::with_capacity(uids.len());
    for chunk in uids.chunks(CHUNK) {
        let rows: Vec<(String, String)> = team_groups::table
            .inner_join(access_groups::table)
            .filter(team_groups::team_uid.eq_any(chunk))
            .order(access_groups::folded)
            .select((team_groups::team_uid, access_groups::group_name))
            .load(conn)?;
        for (uid, name) in rows {
            groups.entry(uid).or_default().push(parse("access_groups.group_name", &name)?);
        }
    }
    Ok(groups)
}

fn summaries(conn: &mut AnyConnection, rows: Vec<Row>) -> Result<Vec<TeamSummary>, Failure> {
    let uids: Vec<String> = rows.iter().map(|(row, ..)| row.uid.clone()).collect();
    let mut groups = groups_of(conn, &uids)?;
    let balances = credits::balances(conn, &uids)?;
    let mut managers = marks::of(conn, &uids)?;
    rows.into_iter()
        .zip(&uids)
        .map(|((row, organization, default), uid)| {
            Ok(TeamSummary {
                team: row.of(&organization, default.as_deref())?,
                access_groups: groups.remove(uid).unwrap_or_default(),
                credits: balances.get(uid).copied().unwrap_or_default(),
                managed_by: managers.remove(uid),
            })
        })
        .collect()
}

/// All teams there are.
pub(crate) fn all(conn: &mut AnyConnection) -> Result<Vec<TeamSummary>, Failure> {
    let rows: Vec<Row> = joined!().select(row!()).load(conn)?;
    summaries(conn, rows)
}

/// The teams of an organization, by id.
pub(crate) fn of_organization(conn: &mut AnyConnection, uid: &str) -> Result<Vec<TeamSummary>, Failure> {
    let rows: Vec<Row> =
        joined!().filter(teams::organization_uid.eq(uid)).order(teams::folded).select(row!()).load(conn)?;
    summaries(conn, rows)
}

pub(super) fn page(conn: &mut AnyConnection, query: &TeamQuery) -> Result<Page<TeamSummary>, Failure> {
    let NameQuery { q, descending, window } = &query.names;
    let matching = || {
        let mut rows = joined!().into_boxed::<AnyBackend>();
        if let Some(id) = &query.organization_id {
            rows = rows.filter(organizations::folded.eq(id.folded()));
        }
        if let Some(status) = query.status {
            rows = rows.filter(teams::status.eq(status.as_str()));
        }
        if let Some(q) = q {
            rows = rows.filter(teams::search.like(containing(q)).escape('\\'));
        }
        rows
    };
    let total: i64 = matching().count().get_result(conn)?;
    let rows: Vec<Row> = by_name!(matching(), teams::folded, *descending, window)
        .select(row!())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let position = |last: &TeamSummary| window::at_name(&last.team.team_id);
    window::page(rows, window, total, |rows| summaries(conn, rows), position)
}
