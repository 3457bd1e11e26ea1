//! Why a call would be served or refused: every check of a decision in its order, by the rules of the decision itself.

use std::sync::Arc;

use alias_core::catalog::{CatalogAlias, Revision};
use alias_core::clock::Timestamp;
use alias_core::group::GroupName;
use alias_core::key::{CallerId, KeyId, KeyScope};
use alias_core::limit::Limits;
use alias_core::organization::OrganizationId;
use alias_core::team::TeamId;

use crate::caller::{Arrival, Caller, Credential, Reach, TeamEntry, check_endpoint, check_network};
use crate::decide::{decide, find, refusal};
use crate::decision::{Decision, Request};
use crate::denied::Denied;
use crate::grants::meet;
use crate::table::{Access, AliasEntry, NamedGroup, RoutingTable, scope};
use crate::token::Vouched;

/// The most groups that an explanation names, of each kind.
pub const MAX_GROUPS: usize = 50;

/// What is asked of a call, in the order in which it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// Whether the key or token works.
    Key,
    /// Whether the request comes from a network that the key is for.
    Network,
    /// Whether calls of the team, and of its organization, are served.
    Team,
    /// Whether the key is for the endpoint.
    Endpoint,
    /// Whether there is a model of that name.
    Model,
    /// Whether a group of the team grants it.
    Access,
    /// Whether the key or token is for it.
    Scope,
    /// Whether it serves calls.
    Active,
}

/// One check, and how it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was asked.
    pub check: Check,
    /// Why the call would be refused for it, if it would.
    pub refusal: Option<Denied>,
}

/// Why a call would be served or refused. The first step that refuses is the decision; where none does, the call is
/// served. Later steps are told all the same, where there is something to ask: who mends the first wants to know.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// What [`decide`] says.
    pub decision: Result<Decision, Denied>,
    /// The checks, in their order.
    pub steps: Vec<Step>,
    /// The active groups of the team that grant the model, by name, at most [`MAX_GROUPS`].
    pub via_groups: Vec<GroupName>,
    /// The groups that the team holds, by name, at most [`MAX_GROUPS`].
    pub held: Vec<NamedGroup>,
    /// The groups that have the model, by name, at most [`MAX_GROUPS`].
    pub holders: Vec<NamedGroup>,
    /// What the caller may call and see instead, by name, at most [`crate::MAX_AVAILABLE`].
    pub available: Vec<String>,
    /// Names like the one asked for, where nothing has that one.
    pub suggestions: Vec<String>,
    /// The state of the catalogue that it is of.
    pub revision: Revision,
    caller: Caller,
    found: Option<Arc<AliasEntry>>,
    end: Option<Arc<AliasEntry>>,
}

impl Explanation {
    /// Who called, or would.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The alias of that name, whether the caller may call it or not.
    pub fn alias(&self) -> Option<&CatalogAlias> {
        self.found.as_ref().map(|entry| &entry.alias)
    }

    /// Where calls stop that go on from the alias to others: the last one that they get to.
    pub fn end(&self) -> Option<&CatalogAlias> {
        self.end.as_ref().map(|entry| &entry.alias)
    }

    /// The team.
    pub fn team_id(&self) -> &TeamId {
        self.caller.team_id()
    }

    /// The organization of the team.
    pub fn organization_id(&self) -> &OrganizationId {
        self.caller.organization_id()
    }

    /// The same without what the caller itself may not know: whether a model exists that is answered as unknown.
    #[must_use]
    pub fn as_the_caller_sees_it(mut self) -> Self {
        if let Err(unknown @ (Denied::UnknownModel { .. } | Denied::NoModel { .. })) = &self.decision {
            let told = self.steps.iter().position(|step| step.check == Check::Model);
            self.steps.truncate(told.unwrap_or(self.steps.len()));
            self.steps.push(Step { check: Check::Model, refusal: Some(unknown.clone()) });
            self.found = None;
        }
        self.holders.clear();
        self.end = None;
        self
    }
}

impl RoutingTable {
    /// A caller of this team without limits of its own, whether calls of the team are served or not; `None` where
    /// there is no such team. For explaining: [`decide`] holds it against everything that holds for the team.
    pub fn caller_of_team(&self, team: &str, arrival: Arrival) -> Option<Caller> {
        let team = Arc::clone(self.team(team)?);
        let expires_at = Timestamp::from_micros(arrival.at.micros().saturating_add(1));
        let credential = Credential::Token(Arc::new(Vouched { expires_at, scope: None }));
        let (id, limits) = (CallerId::token("explain"), Limits::default());
        Some(Caller { credential, id, team, arrival, admitted: None, limits })
    }

    /// A caller with the key of this public id, whether the key works or not; `None` where there is no such key, or it
    /// was revoked. Takes time for every key that there is.
    pub fn caller_of_key(&self, id: &KeyId, arrival: Arrival) -> Option<Caller> {
        let key = self.keys.iter().find(|key| key.key_id == *id)?;
        let team = Arc::clone(self.team_at(key.team)?);
        let limits = self.limits(key.scope).map_or_else(Limits::default, |limited| limited.limits);
        let credential = Credential::Key(key.digest);
        Some(Caller { credential, id: id.clone().into(), team, arrival, admitted: None, limits })
    }

    /// The scope of a caller's key or token, as this table has it.
    pub fn scope_of<'a>(&'a self, caller: &'a Caller) -> Option<&'a KeyScope> {
        match &caller.credential {
            Credential::Key(digest) => scope(self.limits(self.key(digest).ok()?.scope)),
            Credential::Token(token) => token.scope.as_ref(),
            Credential::Operator => None,
        }
    }
}

/// What comes of mending a refusal with a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effect {
    /// The aliases that the team is granted only once it holds the group.
    pub brings: usize,
    /// The teams that hold the group, and are granted the alias only once it is in there.
    pub teams_lacking: usize,
}

impl RoutingTable {
    /// What comes of it, where the team of an explanation is given a group, or its alias is added to that. Takes time for
    /// every group and team that there is.
    pub fn effect(&self, explanation: &Explanation, group: &GroupName) -> Effect {
        let number = self.groups.iter().find(|(_, named)| named.name == *group).map(|(number, _)| number);
        let team = self.team(explanation.team_id().as_str());
        let (Some(number), Some(team)) = (number, team) else { return Effect::default() };
        let members = self.members.get(number).map_or(&[][..], |members| members);
        let is_new =
            |alias: &&u32| self.alias_at(**alias).is_some_and(|entry| !meet(&entry.groups, &team.groups));
        let of_alias = explanation.found.as_ref().map_or(&[][..], |entry| entry.groups.as_slice());
        let teams = self.teams.iter().filter_map(|(_, team)| team.as_ref());
        let lacks = |team: &&Arc<TeamEntry>| team.groups.contains(&number) && !meet(of_alias, &team.groups);
        Effect { brings: members.iter().filter(is_new).count(), teams_lacking: teams.filter(lacks).count() }
    }
}

/// Explains what [`decide`] says to this caller and request.
pub fn explain(table: &RoutingTable, caller: &Caller, request: &Request<'_>) -> Explanation {
    let decision = decide(table, caller, request);
    let now = table.team(caller.team_id().as_str()).filter(|team| team.uid == caller.team_uid());
    let team = now.unwrap_or(&caller.team);
    let scope = table.scope_of(caller);
    let reach = Reach { team, scope, budgets: None, at: caller.arrival.at };
    let arrival = &caller.arrival;
    let mut steps = vec![Step { check: Check::Key, refusal: check_key(table, caller, now.is_some()).err() }];
    if scope.is_some() {
        steps.push(Step { check: Check::Network, refusal: check_network(scope, arrival).err() });
    }
    steps.push(Step { check: Check::Team, refusal: team.gate.admit(arrival.at).err() });
    if scope.is_some() {
        steps.push(Step { check: Check::Endpoint, refusal: check_endpoint(scope, arrival).err() });
    }
    let found = find(table, reach, request).map(|found| found.entry);
    of_model(table, reach, request, found, &mut steps);
    let suggestions = match (found, request.model) {
        (None, Some(name)) => table.suggestions(reach, name),
        _ => Vec::new(),
    };
    let of_alias = found.map_or(&[][..], |entry| entry.groups.as_slice());
    let granting = of_alias.iter().copied().filter(|group| team.groups.contains(group));
    Explanation {
        decision,
        steps,
        via_groups: named(table, granting).into_iter().map(|group| group.name).collect(),
        held: named(table, team.groups.iter().chain(&team.idle).copied()),
        holders: named(table, of_alias.iter().copied()),
        available: table.available(reach),
        suggestions,
        revision: table.revision,
        caller: caller.clone(),
        found: found.cloned(),
        end: found
            .filter(|entry| entry.leads_on())
            .and_then(|entry| table.successor(entry, reach.at).err())
            .cloned(),
    }
}

/// Whether the key or token works at the time of the request.
fn check_key(table: &RoutingTable, caller: &Caller, has_team: bool) -> Result<(), Denied> {
    let at = caller.arrival.at;
    let works = match &caller.credential {
        Credential::Key(digest) => table.key(digest).is_ok_and(|key| !key.has_ended(at)),
        Credential::Token(token) => at < token.expires_at,
        Credential::Operator => false,
    };
    if works && has_team { Ok(()) } else { Err(Denied::UnknownKey) }
}

/// The checks about the model.
fn of_model(
    table: &RoutingTable,
    reach: Reach<'_>,
    request: &Request<'_>,
    found: Option<&Arc<AliasEntry>>,
    steps: &mut Vec<Step>,
) {
    let refuse = |access| refusal(table, reach, request, found.map(|entry| (entry, access)));
    let Some(entry) = found else {
        steps.push(Step { check: Check::Model, refusal: Some(refuse(Access::NotGranted)) });
        return;
    };
    steps.push(Step { check: Check::Model, refusal: None });
    let mut step = |check, ok: bool, access| {
        steps.push(Step { check, refusal: (!ok).then(|| refuse(access)) });
    };
    step(Check::Access, entry.is_granted(reach), Access::NotGranted);
    if reach.scope.is_some() {
        step(Check::Scope, entry.is_within(reach), Access::NotGranted);
    }
    let (serves, otherwise) = if entry.leads_on() {
        (table.successor(entry, reach.at).is_ok(), Access::LeadsOn)
    } else {
        (entry.is_active(), Access::Disabled)
    };
    step(Check::Active, serves, otherwise);
}

fn named(table: &RoutingTable, numbers: impl Iterator<Item = u32>) -> Vec<NamedGroup> {
    let mut groups: Vec<NamedGroup> =
        numbers.filter_map(|number| table.groups.get(number).cloned()).collect();
    groups.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    groups.truncate(MAX_GROUPS);
    groups
}
