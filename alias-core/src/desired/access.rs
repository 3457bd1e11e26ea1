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

/// What is gained, and what is lost.
type Difference = (Vec<AliasName>, Vec<AliasName>);

/// What teams may call in one state; teams of the same groups share it.
pub(super) struct Access<'a> {
    content: &'a Content,
    at: Timestamp,
    /// The names whose calls come through an alias on their way to another one.
    through: BTreeMap<&'a AliasName, Vec<&'a AliasName>>,
    by_groups: BTreeMap<&'a [GroupName], Shared<'a>>,
    /// How many teams reach an alias.
    reached: BTreeMap<&'a AliasName, usize>,
}

/// What teams of the same groups may call, and how many these are.
#[derive(Default)]
struct Shared<'a> {
    reach: Reach<'a>,
    teams: usize,
}

impl<'a> Access<'a> {
    pub(super) fn of(content: &'a Content, at: Timestamp) -> Self {
        let mut access = Self {
            content,
            at,
            by_groups: BTreeMap::new(),
            through: BTreeMap::new(),
            reached: BTreeMap::new(),
        };
        for (name, _) in content.aliases.iter().filter(|(_, spec)| !spec.onward().is_empty()) {
            for on_the_way in content.served(name, at) {
                access.through.entry(on_the_way).or_default().push(name);
            }
        }
        for team in content.teams.values() {
            if let Some(shared) = access.by_groups.get_mut(team.access_groups.as_slice()) {
                shared.teams += 1;
            } else {
                let shared = Shared { reach: access.reach(team), teams: 1 };
                access.by_groups.insert(&team.access_groups, shared);
            }
        }
        for shared in access.by_groups.values() {
            for name in &shared.reach {
                *access.reached.entry(name).or_default() += shared.teams;
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
        Some(&self.by_groups.get(self.content.teams.get(id)?.access_groups.as_slice())?.reach)
    }

    /// How many teams may call an alias, or one that leads to it.
    pub(super) fn teams_with(&self, alias: &AliasName) -> usize {
        let Some(leading) = self.through.get(alias) else {
            return self.reached.get(alias).copied().unwrap_or_default();
        };
        let has =
            |reach: &Reach<'_>| reach.contains(alias) || leading.iter().any(|name| reach.contains(name));
        self.by_groups.values().filter(|shared| has(&shared.reach)).map(|shared| shared.teams).sum()
    }

    /// How many teams hold a group.
    pub(super) fn holders(&self, group: &GroupName) -> usize {
        self.content.teams.values().filter(|team| team.access_groups.contains(group)).count()
    }
}

/// The teams that may call something else afterwards.
pub(super) fn changes(before: &Access<'_>, after: &Access<'_>) -> Vec<AccessChange> {
    let none = Reach::new();
    // Teams of the same groups gain and lose the same.
    let mut told: BTreeMap<(*const Reach<'_>, *const Reach<'_>), Difference> = BTreeMap::new();
    let teams: BTreeSet<&TeamId> = before.content.teams.keys().chain(after.content.teams.keys()).collect();
    let change = |team_id: &TeamId| {
        let (old, new) = (before.team(team_id).unwrap_or(&none), after.team(team_id).unwrap_or(&none));
        let beyond = |a: &Reach<'_>, b: &Reach<'_>| a.difference(b).map(|&name| name.clone()).collect();
        let (gained, lost) = told
            .entry((std::ptr::from_ref(old), std::ptr::from_ref(new)))
            .or_insert_with(|| (beyond(new, old), beyond(old, new)))
            .clone();
        AccessChange { team_id: team_id.clone(), gained, lost }
    };
    let all = teams.into_iter().map(change);
    all.filter(|change| !change.gained.is_empty() || !change.lost.is_empty()).collect()
}
