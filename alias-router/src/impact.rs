//! What a change of the catalogue takes from callers and gives to them, by the rule that admits calls.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use alias_core::alias::{AliasId, AliasName};
use alias_core::catalog::{Catalog, CatalogKey, CatalogStanding};
use alias_core::clock::Timestamp;
use alias_core::key::{Entrance, KeyId};
use alias_core::model_ref::ModelRef;
use alias_core::team::{TeamId, TeamUid};
use alias_core::usage::Endpoint;

use crate::caller::{Arrival, Caller};
use crate::decide::decide;
use crate::decision::Request;
use crate::table::{RouterPolicy, RoutingTable};
use crate::token::Token;

/// What a change does to the names that a team, or one of its keys, can call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Names that it could call, and then cannot.
    pub loses: Vec<AliasName>,
    /// Names that it can call only then.
    pub gains: Vec<AliasName>,
}

impl Names {
    fn is_empty(&self) -> bool {
        self.loses.is_empty() && self.gains.is_empty()
    }
}

/// A key that loses or gains names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyImpact {
    /// The key.
    pub key: KeyId,
    /// Which.
    pub names: Names,
}

/// A team that loses or gains names, or has a key that does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamImpact {
    /// The team's own identity.
    pub uid: TeamUid,
    /// The team.
    pub team_id: TeamId,
    /// Which.
    pub names: Names,
    /// Other names that it can call then and that go where one that it loses went.
    pub equivalents: Vec<AliasName>,
    /// Its keys that lose or gain names; none that have ended at the time asked about.
    pub keys: Vec<KeyImpact>,
}

/// Who loses and gains names by a change that makes `after` of `before`, among the aliases that it is about.
///
/// The catalogues may be parts of whole ones, as long as they have the aliases, who is granted them, and the groups
/// through which. Whether a team or its organization is suspended or paused at present makes no difference: that ends.
pub fn impact(
    mut before: Catalog,
    mut after: Catalog,
    concerned: &[AliasId],
    at: Timestamp,
) -> Vec<TeamImpact> {
    let (old, new) = (State::of(&mut before), State::of(&mut after));
    let concerned: HashSet<AliasId> = concerned.iter().copied().collect();
    let names: BTreeSet<&AliasName> = [&before, &after]
        .into_iter()
        .flat_map(|catalog| &catalog.aliases)
        .filter(|alias| concerned.contains(&alias.id))
        .map(|alias| &alias.alias)
        .collect();
    let mut keys: BTreeMap<TeamUid, Vec<&CatalogKey>> = BTreeMap::new();
    for key in before.keys.iter().filter(|key| key.expires_at.is_none_or(|end| end > at)) {
        keys.entry(key.team).or_default().push(key);
    }
    let mut teams: BTreeMap<TeamUid, &TeamId> = BTreeMap::new();
    for team in before.teams.iter().chain(&after.teams) {
        teams.entry(team.uid).or_insert(&team.team_id);
    }
    let mut all: Vec<TeamImpact> = teams
        .into_iter()
        .filter_map(|(uid, team_id)| {
            let of = |key: Option<&CatalogKey>| difference(&old, &new, team_id, key, &names, at);
            let team = of(None);
            let keys = keys.get(&uid).into_iter().flatten().filter_map(|key| {
                // Most keys may call whatever their team may.
                let names = if key.scope.is_none() { team.clone() } else { of(Some(key)) };
                (!names.is_empty()).then(|| KeyImpact { key: key.id.clone(), names })
            });
            let keys: Vec<KeyImpact> = keys.collect();
            (!team.is_empty() || !keys.is_empty()).then(|| TeamImpact {
                uid,
                team_id: team_id.clone(),
                equivalents: equivalents(&old, &new, team_id, &team.loses, at),
                names: team,
                keys,
            })
        })
        .collect();
    all.sort_by_key(|team| team.team_id.folded());
    all
}

/// One state of the catalogue, with what is asked of it.
struct State {
    table: RoutingTable,
    /// The names that go to each target.
    targets: HashMap<ModelRef, Vec<AliasName>>,
}

impl State {
    fn of(catalog: &mut Catalog) -> Self {
        for standing in catalog
            .teams
            .iter_mut()
            .map(|team| &mut team.standing)
            .chain(catalog.organizations.iter_mut().map(|organization| &mut organization.standing))
        {
            *standing = CatalogStanding::default();
        }
        let mut targets: HashMap<ModelRef, Vec<AliasName>> = HashMap::new();
        for alias in &catalog.aliases {
            targets.entry(alias.litellm_model.clone()).or_default().push(alias.alias.clone());
        }
        Self { table: RoutingTable::build(catalog, RouterPolicy::default()), targets }
    }

    /// The team, or one of its keys, as a caller.
    fn caller(&self, team: &TeamId, key: Option<&CatalogKey>, at: Timestamp) -> Option<Caller> {
        let within: Option<Vec<String>> = key.and_then(|key| key.scope.as_ref()).map(|scope| {
            let all = self.targets.values().flatten();
            let holds = |name: &&AliasName| {
                self.table.alias(name.as_str()).is_some_and(|alias| scope.holds_model(alias.id))
            };
            all.filter(holds).map(ToString::to_string).collect()
        });
        let entrance = Entrance::Call(Endpoint::ChatCompletions);
        let token = Token {
            subject: "",
            team: team.as_str(),
            models: within.as_deref(),
            expires_at: Timestamp::from_micros(at.micros() + 1),
        };
        self.table.vouch(&token, Arrival { at, entrance, address: None }).ok()
    }

    fn serves(&self, caller: Option<&Caller>, name: &AliasName) -> bool {
        caller.is_some_and(|caller| decide(&self.table, caller, &Request::new(name.as_str())).is_ok())
    }
}

fn difference(
    old: &State,
    new: &State,
    team: &TeamId,
    key: Option<&CatalogKey>,
    names: &BTreeSet<&AliasName>,
    at: Timestamp,
) -> Names {
    let (then, now) = (old.caller(team, key, at), new.caller(team, key, at));
    let mut found = Names::default();
    for name in names {
        match (old.serves(then.as_ref(), name), new.serves(now.as_ref(), name)) {
            (true, false) => found.loses.push((*name).clone()),
            (false, true) => found.gains.push((*name).clone()),
            _ => {}
        }
    }
    found
}

/// What the team can still call that goes where `lost` went.
fn equivalents(old: &State, new: &State, team: &TeamId, lost: &[AliasName], at: Timestamp) -> Vec<AliasName> {
    let caller = new.caller(team, None, at);
    let targets: HashSet<&ModelRef> = lost
        .iter()
        .filter_map(|name| old.table.alias(name.as_str()))
        .map(|alias| &alias.litellm_model)
        .collect();
    let mut kept: Vec<AliasName> = targets
        .into_iter()
        .filter_map(|target| new.targets.get(target))
        .flatten()
        .filter(|name| new.serves(caller.as_ref(), name))
        .cloned()
        .collect();
    kept.sort_by_key(AliasName::folded);
    kept
}
