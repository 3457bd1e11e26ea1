//! Who gains and who loses what, between two states of the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Content, TeamContent};
use crate::alias::AliasName;
use crate::clock::Timestamp;
use crate::group::GroupName;
use crate::team::TeamId;

/// What a team may call after a change and not before, and the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessChange {
    /// The team.
    pub team_id: TeamId,
    /// Aliases that it may call only afterwards.
    pub gained: Vec<AliasName>,
    /// Aliases that it may call no more.
    pub lost: Vec<AliasName>,
}

type Reach<'a> = BTreeSet<&'a AliasName>;

/// What teams may call in one state; teams of the same groups share it.
pub(super) struct Access<'a> {
    content: &'a Content,
    at: Timestamp,
    /// The names whose calls come through an alias on their way to another one.
    through: BTreeMap<&'a AliasName, Vec<&'a AliasName>>,
    by_groups: BTreeMap<&'a [GroupName], Reach<'a>>,
}

impl<'a> Access<'a> {
    pub(super) fn of(content: &'a Content, at: Timestamp) -> Self {
        let mut access = Self { content, at, by_groups: BTreeMap::new(), through: BTreeMap::new() };
        for (name, _) in content.aliases.iter().filter(|(_, spec)| !spec.onward().is_empty()) {
            for on_the_way in content.served(name, at) {
                access.through.entry(on_the_way).or_default().push(name);
            }
        }
        for team in content.teams.values() {
            if !access.by_groups.contains_key(team.access_groups.as_slice()) {
                let reach = access.reach(team);
                access.by_groups.insert(&team.access_groups, reach);
            }
        }
        access
    }

    /// The aliases that the team's active groups hold, and of which calls are served.
    fn reach(&self, team: &TeamContent) -> Reach<'a> {
        let groups = team.access_groups.iter().filter_map(|name| self.content.access_groups.get(name));
        let members = groups.filter(|group| group.active).flat_map(|group| &group.model_aliases);
        members.filter(|name| !self.content.served(name, self.at).is_empty()).collect()
    }

    fn team(&self, id: &TeamId) -> Option<&Reach<'a>> {
        self.by_groups.get(self.content.teams.get(id)?.access_groups.as_slice())
    }

    /// How many teams may call an alias, or one that leads to it.
    pub(super) fn teams_with(&self, alias: &AliasName) -> usize {
        let leading = self.through.get(alias).map_or(&[][..], Vec::as_slice);
        let has = |team: &&TeamContent| {
            let reach = self.by_groups.get(team.access_groups.as_slice());
            reach
                .is_some_and(|reach| reach.contains(alias) || leading.iter().any(|name| reach.contains(name)))
        };
        self.content.teams.values().filter(has).count()
    }

    /// How many teams hold a group.
    pub(super) fn holders(&self, group: &GroupName) -> usize {
        self.content.teams.values().filter(|team| team.access_groups.contains(group)).count()
    }
}

/// The teams that may call something else afterwards.
pub(super) fn changes(before: &Access<'_>, after: &Access<'_>) -> Vec<AccessChange> {
    let none = Reach::new();
    let teams: BTreeSet<&TeamId> = before.content.teams.keys().chain(after.content.teams.keys()).collect();
    let change = |team_id: &TeamId| {
        let (old, new) = (before.team(team_id).unwrap_or(&none), after.team(team_id).unwrap_or(&none));
        let beyond = |a: &Reach<'_>, b: &Reach<'_>| a.difference(b).map(|&name| name.clone()).collect();
        AccessChange { team_id: team_id.clone(), gained: beyond(new, old), lost: beyond(old, new) }
    };
    let all = teams.into_iter().map(change);
    all.filter(|change| !change.gained.is_empty() || !change.lost.is_empty()).collect()
}
