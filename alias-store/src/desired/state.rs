//! Everything that documents can say, as it is at present.

use std::collections::{BTreeMap, HashMap};

use alias_core::alias::{AliasName, ModelAlias};
use alias_core::clock::Timestamp;
use alias_core::desired::{Content, GroupContent, OrganizationContent, State, Subject, TeamContent};
use alias_core::group::GroupName;
use alias_core::team::TeamSummary;
use diesel::prelude::*;

use super::marks;
use crate::aliases::{AliasRow, current};
use crate::column::parse;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{group_aliases, model_aliases};
use crate::{groups, organizations, teams};

/// The identities of objects, which marks go by.
pub(super) type Ids = HashMap<Subject, String>;

pub(super) fn load(conn: &mut AnyConnection, now: Timestamp) -> Result<(State, Ids), Failure> {
    let mut ids = Ids::new();
    let content = Content {
        aliases: aliases(conn, &mut ids)?,
        access_groups: access_groups(conn, &mut ids)?,
        organizations: all_organizations(conn, &mut ids)?,
        teams: all_teams(conn, &mut ids)?,
    };
    let managers = marks::all(conn, &ids)?;
    Ok((State { content, managers, at: now }, ids))
}

fn aliases(
    conn: &mut AnyConnection,
    ids: &mut Ids,
) -> Result<BTreeMap<AliasName, alias_core::alias::AliasSpec>, Failure> {
    let rows: Vec<AliasRow> = current!().load(conn)?;
    rows.into_iter()
        .map(|row| {
            let alias = ModelAlias::try_from(row)?;
            ids.insert(Subject::Alias(alias.alias.clone()), alias.id.to_string());
            Ok((alias.alias, alias.spec))
        })
        .collect()
}

fn access_groups(
    conn: &mut AnyConnection,
    ids: &mut Ids,
) -> Result<BTreeMap<GroupName, GroupContent>, Failure> {
    let rows: Vec<(String, String)> = group_aliases::table
        .inner_join(model_aliases::table)
        .filter(model_aliases::deleted_at.is_null())
        .order(model_aliases::folded)
        .select((group_aliases::group_id, model_aliases::alias))
        .load(conn)?;
    let mut members: HashMap<String, Vec<AliasName>> = HashMap::new();
    for (group, alias) in rows {
        members.entry(group).or_default().push(parse("model_aliases.alias", &alias)?);
    }
    let of = |group: alias_core::group::AccessGroup| {
        let id = group.id.to_string();
        let model_aliases = members.remove(&id).unwrap_or_default();
        ids.insert(Subject::AccessGroup(group.group_name.clone()), id);
        let content = GroupContent {
            description: group.description,
            display_name: group.display_name,
            active: group.active,
            model_aliases,
        };
        (group.group_name, content)
    };
    Ok(groups::all(conn)?.into_iter().map(of).collect())
}

fn all_organizations(
    conn: &mut AnyConnection,
    ids: &mut Ids,
) -> Result<BTreeMap<alias_core::organization::OrganizationId, OrganizationContent>, Failure> {
    let of = |organization: alias_core::organization::Organization| {
        let id = organization.organization_id;
        ids.insert(Subject::Organization(id.clone()), organization.uid.to_string());
        (id, OrganizationContent { name: organization.name, metadata: organization.metadata })
    };
    Ok(organizations::all(conn)?.into_iter().map(of).collect())
}

fn all_teams(
    conn: &mut AnyConnection,
    ids: &mut Ids,
) -> Result<BTreeMap<alias_core::team::TeamId, TeamContent>, Failure> {
    let of = |TeamSummary { team, access_groups, credits, .. }: TeamSummary| {
        ids.insert(Subject::Team(team.team_id.clone()), team.uid.to_string());
        let content = TeamContent {
            organization_id: team.organization_id,
            team_alias: team.team_alias,
            access_groups,
            default_model: team.default_model,
            credits_allocated: credits.allocated,
            limits: team.limits,
            billing: team.billing,
            metadata: team.metadata,
        };
        (team.team_id, content)
    };
    Ok(teams::all(conn)?.into_iter().map(of).collect())
}
