//! Access groups as they are read: one with all its members, or a page of them with their sizes.

use std::collections::{HashMap, HashSet};

use alias_core::alias::ModelAlias;
use alias_core::group::{AccessGroup, GroupDetails, GroupMember, GroupName, GroupSummary};
use alias_core::repository::{NameQuery, Page};
use alias_core::team::TeamId;
use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::aliases::{AliasRow, current};
use crate::column::{CHUNK, containing, count, moment, parse, version};
use crate::connection::{AnyBackend, AnyConnection};
use crate::desired::marks;
use crate::error::Failure;
use crate::schema::{access_groups, group_aliases, model_aliases, team_groups, teams};
use crate::window::{self, by_name};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = access_groups)]
struct GroupRow {
    id: String,
    group_name: String,
    description: String,
    display_name: Option<String>,
    active: bool,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<GroupRow> for AccessGroup {
    type Error = Failure;

    fn try_from(row: GroupRow) -> Result<Self, Failure> {
        Ok(Self {
            id: parse("access_groups.id", &row.id)?,
            group_name: parse("access_groups.group_name", &row.group_name)?,
            description: row.description,
            display_name: row.display_name,
            active: row.active,
            version: version("access_groups.version", row.version)?,
            created_at: moment(row.created_at),
            updated_at: moment(row.updated_at),
        })
    }
}

pub(crate) fn live(conn: &mut AnyConnection, name: &GroupName) -> Result<Option<AccessGroup>, Failure> {
    let row = access_groups::table
        .filter(access_groups::folded.eq(name.folded()))
        .select(GroupRow::as_select())
        .first(conn)
        .optional()?;
    row.map(AccessGroup::try_from).transpose()
}

/// All groups there are.
pub(crate) fn all(conn: &mut AnyConnection) -> Result<Vec<AccessGroup>, Failure> {
    let rows: Vec<GroupRow> = access_groups::table.select(GroupRow::as_select()).load(conn)?;
    rows.into_iter().map(AccessGroup::try_from).collect()
}

/// The ids of a group's members.
pub(crate) fn member_ids(conn: &mut AnyConnection, group: &str) -> Result<HashSet<String>, Failure> {
    let ids: Vec<String> = group_aliases::table
        .filter(group_aliases::group_id.eq(group))
        .select(group_aliases::alias_id)
        .load(conn)?;
    Ok(ids.into_iter().collect())
}

pub(super) fn details(conn: &mut AnyConnection, group: AccessGroup) -> Result<GroupDetails, Failure> {
    let id = group.id.to_string();
    let held = group_aliases::table.filter(group_aliases::group_id.eq(&id)).select(group_aliases::alias_id);
    let rows: Vec<AliasRow> =
        current!().filter(model_aliases::id.eq_any(held)).order(model_aliases::folded).load(conn)?;
    let members = rows.into_iter().map(member).collect::<Result<_, _>>()?;
    let holders: Vec<String> = team_groups::table
        .inner_join(teams::table)
        .filter(team_groups::group_id.eq(&id))
        .order(teams::folded)
        .select(teams::team_id)
        .load(conn)?;
    let teams = holders.iter().map(|id| parse::<TeamId>("teams.team_id", id)).collect::<Result<_, _>>()?;
    let managed_by = marks::of_one(conn, &id)?;
    Ok(GroupDetails { group, members, teams, managed_by })
}

fn member(row: AliasRow) -> Result<GroupMember, Failure> {
    let ModelAlias { alias, spec, .. } = row.try_into()?;
    Ok(GroupMember {
        alias,
        litellm_model: spec.litellm_model,
        description: spec.description,
        active: spec.active,
    })
}

pub(super) fn page(conn: &mut AnyConnection, query: &NameQuery) -> Result<Page<GroupSummary>, Failure> {
    let matching = || {
        let rows = access_groups::table.into_boxed::<AnyBackend>();
        match &query.q {
            Some(q) => rows.filter(access_groups::search.like(containing(q)).escape('\\')),
            None => rows,
        }
    };
    let total: i64 = matching().count().get_result(conn)?;
    let window = &query.window;
    let rows: Vec<GroupRow> = by_name!(matching(), access_groups::folded, query.descending, window)
        .select(GroupRow::as_select())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let position = |last: &GroupSummary| window::at_name(&last.group.group_name);
    window::page(rows, window, total, |rows| summaries(conn, rows), position)
}

fn summaries(conn: &mut AnyConnection, rows: Vec<GroupRow>) -> Result<Vec<GroupSummary>, Failure> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let (mut models, mut teams) = (HashMap::new(), HashMap::new());
    for chunk in ids.chunks(CHUNK) {
        let held: Vec<(String, i64)> = group_aliases::table
            .filter(group_aliases::group_id.eq_any(chunk))
            .group_by(group_aliases::group_id)
            .select((group_aliases::group_id, count_star()))
            .load(conn)?;
        models.extend(held);
        let holders: Vec<(String, i64)> = team_groups::table
            .filter(team_groups::group_id.eq_any(chunk))
            .group_by(team_groups::group_id)
            .select((team_groups::group_id, count_star()))
            .load(conn)?;
        teams.extend(holders);
    }
    let mut managers = marks::of(conn, &ids)?;
    rows.into_iter()
        .zip(&ids)
        .map(|(row, id)| {
            Ok(GroupSummary {
                group: row.try_into()?,
                model_count: count(models.get(id).copied().unwrap_or_default()),
                team_count: count(teams.get(id).copied().unwrap_or_default()),
                managed_by: managers.remove(id),
            })
        })
        .collect()
}
