//! What a change could touch: the aliases that it is about, who is granted them, and what else goes to the same models.

use std::collections::BTreeSet;

use alias_core::alias::{AliasId, AliasName};
use alias_core::group::GroupName;
use alias_core::plan::Plan;
use alias_core::team::TeamId;
use diesel::prelude::*;

use crate::catalog::{Part, in_chunks};
use crate::column::parse;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{group_aliases, model_aliases, team_groups};
use crate::{aliases, groups, teams};

/// What a change is about, by ids. It is looked for before the change and after it: both count.
#[derive(Debug, Default)]
pub(super) struct Scope {
    aliases: BTreeSet<String>,
    groups: BTreeSet<String>,
    teams: BTreeSet<String>,
    /// Whether nobody else is touched who is granted the aliases: by a change of a group, or of a team.
    narrow: bool,
}

impl Scope {
    /// Takes in what the change is about at present.
    pub(super) fn take_in(&mut self, conn: &mut AnyConnection, plan: &Plan) -> Result<(), Failure> {
        match plan {
            Plan::CreateAlias(new) => self.take_alias(conn, &new.alias),
            Plan::UpdateAlias { alias, .. }
            | Plan::DeleteAlias { alias, .. }
            | Plan::RollBackAlias { alias, .. }
            | Plan::RestoreAlias { alias } => self.take_alias(conn, alias),
            Plan::RenameAlias { alias, renaming, .. } => {
                self.take_alias(conn, alias)?;
                self.take_alias(conn, &renaming.new_alias)
            }
            Plan::CreateGroup(new) => self.take_group(conn, &new.group_name),
            Plan::UpdateGroup { group, .. }
            | Plan::AddModels { group, .. }
            | Plan::RemoveModels { group, .. }
            | Plan::DeleteGroup { group, .. } => self.take_group(conn, group),
            Plan::UpdateTeam { team, .. } => self.take_team(conn, team),
        }
    }

    fn take_alias(&mut self, conn: &mut AnyConnection, name: &AliasName) -> Result<(), Failure> {
        let Some(alias) = aliases::live(conn, name)? else { return Ok(()) };
        let mut ids = aliases::leading_to(conn, &alias.alias)?;
        ids.insert(alias.id.to_string());
        let all: Vec<String> = ids.iter().cloned().collect();
        let groups = holding(conn, &all)?;
        self.teams.extend(holders(conn, &groups)?);
        self.groups.extend(groups);
        self.aliases.extend(ids);
        Ok(())
    }

    fn take_group(&mut self, conn: &mut AnyConnection, name: &GroupName) -> Result<(), Failure> {
        self.narrow = true;
        let Some(group) = groups::live(conn, name)? else { return Ok(()) };
        let id = group.id.to_string();
        self.aliases.extend(groups::member_ids(conn, &id)?);
        self.teams.extend(holders(conn, std::slice::from_ref(&id))?);
        self.groups.insert(id);
        Ok(())
    }

    fn take_team(&mut self, conn: &mut AnyConnection, id: &TeamId) -> Result<(), Failure> {
        self.narrow = true;
        let Some(team) = teams::live(conn, id)? else { return Ok(()) };
        let uid = team.uid.to_string();
        let held = team_groups::table.filter(team_groups::team_uid.eq(&uid)).select(team_groups::group_id);
        let held: Vec<String> = held.load(conn)?;
        let members = in_chunks(&held, |ids| {
            let members = group_aliases::table.filter(group_aliases::group_id.eq_any(ids));
            Ok(members.select(group_aliases::alias_id).load::<String>(conn)?)
        })?;
        self.aliases.extend(members);
        self.groups.extend(held);
        self.teams.insert(uid);
        Ok(())
    }

    /// The aliases that the change is about.
    pub(super) fn concerned(&self) -> Result<Vec<AliasId>, Failure> {
        self.aliases.iter().map(|id| parse("model_aliases.id", id)).collect()
    }

    /// The teams that can be touched, where it is not everybody who calls the aliases.
    pub(super) fn only_teams(self) -> Option<BTreeSet<String>> {
        self.narrow.then_some(self.teams)
    }

    /// The part of the catalogue that it can touch, as it is at present, and what may take the place of what is lost.
    pub(super) fn part(&self, conn: &mut AnyConnection) -> Result<Part, Failure> {
        let concerned: Vec<String> = self.aliases.iter().cloned().collect();
        let mut aliases = self.aliases.clone();
        aliases.extend(alike(conn, &concerned)?);
        aliases.extend(aliases::reached(conn, &concerned)?);
        let aliases: Vec<String> = aliases.into_iter().collect();
        let mut groups = self.groups.clone();
        groups.extend(holding(conn, &aliases)?);
        let teams = self.teams.iter().cloned().collect();
        Ok(Part { aliases, groups: groups.into_iter().collect(), teams })
    }
}

/// Live aliases that go where one of these goes.
fn alike(conn: &mut AnyConnection, aliases: &[String]) -> Result<Vec<String>, Failure> {
    let targets: Vec<String> = in_chunks(aliases, |ids| {
        let named = model_aliases::table.filter(model_aliases::id.eq_any(ids));
        Ok(named.select(model_aliases::litellm_model).load(conn)?)
    })?;
    let targets: Vec<String> = targets.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    in_chunks(&targets, |targets| {
        let live = model_aliases::table.filter(model_aliases::deleted_at.is_null());
        let alike = live.filter(model_aliases::litellm_model.eq_any(targets));
        Ok(alike.select(model_aliases::id).load(conn)?)
    })
}

/// The groups that hold one of these aliases.
fn holding(conn: &mut AnyConnection, aliases: &[String]) -> Result<Vec<String>, Failure> {
    in_chunks(aliases, |ids| {
        let members = group_aliases::table.filter(group_aliases::alias_id.eq_any(ids));
        Ok(members.select(group_aliases::group_id).distinct().load(conn)?)
    })
}

/// The teams that hold one of these groups.
fn holders(conn: &mut AnyConnection, groups: &[String]) -> Result<Vec<String>, Failure> {
    in_chunks(groups, |ids| {
        let grants = team_groups::table.filter(team_groups::group_id.eq_any(ids));
        Ok(grants.select(team_groups::team_uid).distinct().load(conn)?)
    })
}
