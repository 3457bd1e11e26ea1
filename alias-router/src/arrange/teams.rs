//! Teams, with what their organizations, groups and budgets say merged in.

use std::sync::Arc;

use alias_core::budget::Subject;
use alias_core::catalog::{CatalogOrganization, CatalogTeam};
use alias_core::organization::OrganizationUid;
use alias_core::team::TeamUid;

use crate::arrange::{Arrangement, Organization, Set, Stale, Team};
use crate::caller::{Gate, TeamEntry};
use crate::grants::Numbers;
use crate::table::hash_of_name;

impl Arrangement {
    pub(super) fn arrange_organizations(
        &mut self,
        gone: &[OrganizationUid],
        changed: &[CatalogOrganization],
        stale: &mut Stale,
    ) {
        for uid in gone {
            self.organizations.remove(uid);
            stale.organizations.insert(*uid);
        }
        let mut seen = Set::default();
        for organization in changed.iter().filter(|organization| seen.insert(organization.uid)) {
            let id = Arc::new(organization.organization_id.clone());
            let known = Organization { id, standing: organization.standing };
            self.organizations.insert(organization.uid, known);
            stale.organizations.insert(organization.uid);
        }
    }

    pub(super) fn arrange_teams(&mut self, gone: &[TeamUid], changed: &[CatalogTeam], stale: &Stale) {
        for uid in gone {
            let Some(known) = self.teams.get_mut(uid) else { continue };
            let number = known.number;
            if known.team.take().is_some() {
                self.set_team(number, None);
                self.orphans.set(number, false);
            }
        }
        let others = self.teams_of(stale);
        let mut seen = Set::default();
        for team in changed.iter().filter(|team| seen.insert(team.uid)) {
            let number = self.team_number(team.uid);
            self.set_team(number, self.team_entry(team));
            self.teams.insert(team.uid, Team { number, team: Some(team.clone()) });
            self.orphans.set(number, true);
        }
        for uid in others.iter().filter(|uid| !seen.contains(*uid)) {
            if let Some(Team { number, team: Some(team) }) = self.teams.get(uid) {
                self.set_team(*number, self.team_entry(team));
            }
        }
    }

    /// The number of a team, be it there or not.
    pub(super) fn team_number(&mut self, uid: TeamUid) -> u32 {
        let (teams, orphans) = (&mut self.table.teams, &mut self.orphans);
        let new = || {
            orphans.number();
            Team { number: teams.push(None), team: None }
        };
        self.teams.entry(uid).or_insert_with(new).number
    }

    /// The teams that say the same as before, of which something else is said differently.
    fn teams_of(&self, stale: &Stale) -> Vec<TeamUid> {
        if stale.organizations.is_empty()
            && stale.grants.is_empty()
            && stale.numbers.is_empty()
            && stale.subjects.is_empty()
        {
            return Vec::new();
        }
        let is_stale = |team: &CatalogTeam| {
            stale.organizations.contains(&team.organization)
                || team.groups.iter().any(|group| stale.grants.contains(group))
                || team.default_model.is_some_and(|alias| stale.numbers.contains(&alias))
                || stale.subjects.contains(&Subject::Team(team.uid))
                || stale.subjects.contains(&Subject::Organization(team.organization))
        };
        self.teams
            .values()
            .filter_map(|known| known.team.as_ref())
            .filter(|team| is_stale(team))
            .map(|team| team.uid)
            .collect()
    }

    /// A team whose organization is not there is not there either. Inactive groups are left out here, and so grant
    /// nothing.
    fn team_entry(&self, team: &CatalogTeam) -> Option<Arc<TeamEntry>> {
        let organization = self.organizations.get(&team.organization)?;
        let held = |active| {
            let held = team.groups.iter().filter_map(|group| self.groups.get(group));
            let mut held: Numbers =
                held.filter(|group| group.active == active).map(|group| group.number).collect();
            held.sort_unstable();
            held.dedup();
            held
        };
        Some(Arc::new(TeamEntry {
            gate: Gate::of(team.standing, organization.standing),
            groups: held(true),
            idle: held(false),
            default_model: team.default_model.and_then(|alias| self.aliases.get(&alias).copied()),
            uid: team.uid,
            team_id: team.team_id.clone(),
            limits: team.limits,
            organization_id: Arc::clone(&organization.id),
            billing: team.billing,
            budgets: self.budgets.of_team(team),
        }))
    }

    fn set_team(&mut self, number: u32, entry: Option<Arc<TeamEntry>>) {
        let hasher = self.table.name_hasher.clone();
        let Some(place) = self.table.teams.get_mut(number) else { return };
        let (before, now) = (std::mem::replace(place, entry.clone()), entry);
        let name = |entry: &Option<Arc<TeamEntry>>| entry.as_ref().map(|entry| entry.team_id.clone());
        let (before, now) = (name(&before), name(&now));
        if before == now {
            return;
        }
        if let Some(id) = before {
            self.table.team_names.remove(hash_of_name(id.as_str(), &hasher), |other| *other == number);
        }
        if let Some(id) = now {
            let teams = &self.table.teams;
            let hash_of = |number: &u32| {
                let team = teams.get(*number).and_then(Option::as_ref);
                hash_of_name(team.map_or("", |team| team.team_id.as_str()), &hasher)
            };
            self.table.team_names.insert(hash_of_name(id.as_str(), &hasher), number, hash_of);
        }
    }
}
