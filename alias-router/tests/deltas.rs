//! Tables that came about by changes, against tables of the same state that were built from nothing.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use alias_core::alias::{Matching, Routing};
use alias_core::budget::{BudgetWindow, Subject};
use alias_core::catalog::{
    Catalog, CatalogAlias, CatalogBudget, CatalogChange, CatalogDelta, CatalogGroup, CatalogKey,
    CatalogOrganization, CatalogRouting, CatalogSource, CatalogStanding, CatalogTeam, Gone, Known, Revision,
};
use alias_core::clock::Timestamp;
use alias_core::key::KeyScope;
use alias_core::limit::Limits;
use alias_core::organization::Standing;
use alias_core::repository::StoreError;
use alias_core::testing::{id, key};
use alias_router::{Caller, LiveRouter, Request, RouterPolicy, RoutingTable, Token, decide};
use async_trait::async_trait;
use catalogue::{alias, arrival, group, now, organization, team, team_key};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

const POLICY: RouterPolicy = RouterPolicy { hide_denied: false };

/// Of each kind there are so many at most, and references go one further.
const EACH: u64 = 5;

/// What is drawn for the thing of this number.
type Numbered<T> = (u64, T);

/// Of an alias: whether it is active, its version, and which tag it has.
type Said = (bool, u32, u64);

fn standing() -> impl Strategy<Value = CatalogStanding> {
    prop_oneof![3 => Just(Standing::Active), 1 => Just(Standing::Suspended)]
        .prop_map(|standing| CatalogStanding { standing, pause_until: None })
}

fn prefix() -> CatalogRouting {
    let rules = Routing { matching: Matching::Prefix, ..Routing::default() };
    CatalogRouting { rules, models: vec![] }
}

/// Aliases whose names are not their numbers: from state to state they change, and are swapped.
fn aliases() -> impl Strategy<Value = Vec<CatalogAlias>> {
    let names = Just((0..EACH).collect::<Vec<_>>()).prop_shuffle();
    let each = vec(
        option::weighted(0.8, (any::<bool>(), 0..3_u32, 0..3_u64)),
        usize::try_from(EACH).unwrap_or_default(),
    );
    (names, each).prop_map(|(names, each)| {
        let entry = |(n, (name, said)): Numbered<(u64, Option<Said>)>| {
            said.map(|(active, version, tag)| CatalogAlias {
                active,
                version,
                tags: vec![format!("Tag-{tag}")],
                // Now a name, now the beginning of names.
                litellm_model: if version == 2 { "openai/{rest}" } else { "openai/gpt-4" }.parse().unwrap(),
                routing: (version == 2).then(|| Arc::new(prefix())),
                ..alias(n, &format!("Model-{name}"))
            })
        };
        (0..).zip(names.into_iter().zip(each)).filter_map(entry).collect()
    })
}

fn groups() -> impl Strategy<Value = Vec<CatalogGroup>> {
    btree_map(0..EACH, (prop::bool::weighted(0.8), vec(0..=EACH, 0..5)), 0..=5).prop_map(|groups| {
        groups
            .into_iter()
            .map(|(n, (active, members))| CatalogGroup { active, ..group(n, &members) })
            .collect()
    })
}

fn organizations() -> impl Strategy<Value = Vec<CatalogOrganization>> {
    btree_map(0..2_u64, standing(), 0..=2).prop_map(|organizations| {
        organizations
            .into_iter()
            .map(|(n, standing)| CatalogOrganization { standing, ..organization(n) })
            .collect()
    })
}

fn teams() -> impl Strategy<Value = Vec<CatalogTeam>> {
    let each = (0..=2_u64, vec(0..=EACH, 0..4), standing(), option::of(0..=EACH));
    btree_map(0..EACH, each, 0..=5).prop_map(|teams| {
        let one = |(n, (organization, groups, standing, default)): (u64, (u64, Vec<u64>, _, Option<u64>))| {
            CatalogTeam { standing, default_model: default.map(id), ..team(n, organization, &groups) }
        };
        teams.into_iter().map(one).collect()
    })
}

fn keys() -> impl Strategy<Value = Vec<CatalogKey>> {
    let each = (0..=EACH, option::weighted(0.3, vec(0..=EACH, 0..4)), option::weighted(0.2, 1..9_i64));
    btree_map(0..EACH, each, 0..=5).prop_map(|keys| {
        let one = |(n, (team, models, rpm)): Numbered<(u64, Option<Vec<u64>>, Option<i64>)>| CatalogKey {
            scope: KeyScope::new(models.map(|models| models.into_iter().map(id).collect()), None, None)
                .map(Arc::new),
            limits: Limits { rpm_limit: rpm.map(|rpm| rpm.try_into().unwrap()), ..Limits::default() },
            ..team_key(n, team)
        };
        keys.into_iter().map(one).collect()
    })
}

/// Budgets of everything; those of keys are of two keys each, as one of a rotated key is.
fn budgets() -> impl Strategy<Value = Vec<CatalogBudget>> {
    btree_map(0..6_u64, (0..5_u8, 0..EACH, any::<bool>()), 0..6).prop_map(|budgets| {
        let each = |(n, (kind, of, hard)): (u64, (u8, u64, bool))| {
            let subjects = match kind {
                0 => vec![Subject::Organization(id(of))],
                1 => vec![Subject::Team(id(of))],
                2 => vec![Subject::Key(key(of).id().clone()), Subject::Key(key(of + 1).id().clone())],
                3 => vec![Subject::Alias(id(of))],
                _ => vec![Subject::Tag(format!("tag-{of}"))],
            };
            let budget =
                move |subject| CatalogBudget { id: id(n), subject, window: BudgetWindow::Lifetime, hard };
            subjects.into_iter().map(budget).collect::<Vec<_>>()
        };
        budgets.into_iter().flat_map(each).collect()
    })
}

/// Some states, one after the other.
fn states() -> impl Strategy<Value = Vec<Catalog>> {
    let state = (aliases(), groups(), organizations(), teams(), keys(), budgets());
    vec(state, 2..6).prop_map(|states| {
        let state = |(n, (aliases, groups, organizations, teams, keys, budgets))| Catalog {
            mark: None,
            revision: Revision(n),
            aliases,
            groups,
            organizations,
            teams,
            keys,
            budgets,
            tombstones: vec![],
        };
        (1..).zip(states).map(state).collect()
    })
}

/// What is in `now` and was not in `before`, and the identities of what was there and is no more.
fn parted<T: Clone + PartialEq, I: PartialEq>(
    before: &[T],
    now: &[T],
    identity: impl Fn(&T) -> I,
) -> (Vec<T>, Vec<I>) {
    let changed = now.iter().filter(|item| !before.contains(item)).cloned().collect();
    let is_gone = |id: &I| !now.iter().any(|item| identity(item) == *id);
    (changed, before.iter().map(&identity).filter(is_gone).collect())
}

fn difference(before: &Catalog, now: &Catalog) -> CatalogDelta {
    let (aliases, gone_aliases) = parted(&before.aliases, &now.aliases, |item| item.id);
    let (groups, gone_groups) = parted(&before.groups, &now.groups, |item| item.id);
    let (organizations, gone_organizations) =
        parted(&before.organizations, &now.organizations, |item| item.uid);
    let (teams, gone_teams) = parted(&before.teams, &now.teams, |item| item.uid);
    let (keys, gone_keys) = parted(&before.keys, &now.keys, |item| item.digest);
    let (budgets, gone_budgets) = parted(&before.budgets, &now.budgets, |item| item.id);
    // A budget of several keys is said whole.
    let said = now.budgets.iter().filter(|budget| budgets.iter().any(|changed| changed.id == budget.id));
    let fewer = before.budgets.iter().filter(|budget| !now.budgets.contains(budget)).map(|budget| budget.id);
    let fewer = fewer.collect::<Vec<_>>();
    let kept = now.budgets.iter().filter(|budget| fewer.contains(&budget.id) && !budgets.contains(budget));
    let mut budgets: Vec<CatalogBudget> = said.cloned().collect();
    budgets.extend(kept.filter(|kept| !budgets.contains(kept)).cloned().collect::<Vec<_>>());
    CatalogDelta {
        since: before.revision,
        changed: Catalog {
            mark: None,
            revision: now.revision,
            aliases,
            groups,
            organizations,
            teams,
            keys,
            budgets,
            tombstones: vec![],
        },
        gone: Gone {
            aliases: gone_aliases,
            groups: gone_groups,
            organizations: gone_organizations,
            teams: gone_teams,
            keys: gone_keys,
            budgets: gone_budgets,
        },
    }
}

/// Gives its answers one after the other.
struct Script(Mutex<VecDeque<CatalogChange>>);

#[async_trait]
impl CatalogSource for Script {
    async fn changes_since(&self, _known: Option<Known>) -> Result<CatalogChange, StoreError> {
        Ok(self.0.lock().unwrap().pop_front().unwrap())
    }
}

/// All that a table says about the callers and names that there may be.
fn sayings(table: &RoutingTable) -> Vec<String> {
    let mut said = vec![format!("{:?}", table.revision())];
    for n in 0..EACH {
        match table.authenticate(key(n).expose(), arrival()) {
            Ok(caller) => said.extend(of_caller(table, n, &caller)),
            Err(denied) => said.push(format!("key {n}: {denied:?}")),
        }
        let name = format!("TEAM-{n}");
        let token = Token {
            subject: "someone",
            team: &name,
            models: None,
            expires_at: Timestamp::from_micros(now().micros() + 9),
        };
        match table.vouch(&token, arrival()) {
            Ok(caller) => said.extend(of_caller(table, n, &caller)),
            Err(denied) => said.push(format!("team {n}: {denied:?}")),
        }
    }
    said
}

fn of_caller(table: &RoutingTable, n: u64, caller: &Caller) -> Vec<String> {
    let mut said = vec![
        format!("{n}: {caller:?} {:?} {:?}", caller.own_limits(), caller.team_limits()),
        format!("{n} sees {:?}", table.visible_models(caller)),
        format!("{n} calls by default {:?}", table.default_model(caller)),
    ];
    let names = (0..=EACH).flat_map(|name| [format!("model-{name}"), format!("model-{name}x")]);
    for name in names.chain(["model".to_owned()]) {
        let decided = decide(table, caller, &Request::new(&name));
        let mut budgets: Vec<String> =
            decided.iter().flat_map(|decision| decision.budgets().map(|budget| said_of(budget))).collect();
        budgets.sort();
        let target = decided.as_ref().map(|decision| decision.target().clone());
        said.push(format!("{n} calls {name}: {decided:?} {target:?} {budgets:?}"));
    }
    said
}

fn said_of(budget: &alias_router::BudgetEntry) -> String {
    format!("{:?} {:?} {}", budget.id(), budget.subject(), budget.is_hard())
}

/// Where two tables say different things, for the message of a failure.
fn disagreements<T: PartialEq + Debug>(a: &[T], b: &[T]) -> Vec<String> {
    a.iter().zip(b).filter(|(a, b)| a != b).map(|(a, b)| format!("{a:?}\n{b:?}")).collect()
}

proptest! {
    #[test]
    fn a_table_that_came_about_by_changes_says_what_one_from_nothing_says(states in states()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answers = states.windows(2).map(|pair| CatalogChange::Delta(difference(&pair[0], &pair[1])));
        let answers = std::iter::once(CatalogChange::Full(states[0].clone())).chain(answers).collect();
        let source = Arc::new(Script(Mutex::new(answers)));
        let live = runtime.block_on(LiveRouter::start(source, POLICY)).unwrap();
        for state in &states[1..] {
            let before = live.table().clone();
            let said_before = sayings(&before);
            prop_assert!(runtime.block_on(live.poll()).unwrap());
            let (now, anew) = (sayings(&live.table()), sayings(&RoutingTable::build(state, POLICY)));
            prop_assert!(now == anew, "{:#?}", disagreements(&now, &anew));
            prop_assert_eq!(said_before, sayings(&before), "a table that was published has changed");
        }
    }

    #[test]
    fn a_change_that_is_applied_twice_is_applied_once(states in states()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (first, second) = (&states[0], &states[1]);
        let once = difference(first, second);
        let mut again = once.clone();
        again.changed.revision = Revision(second.revision.0 + 1);
        let answers = [CatalogChange::Full(first.clone()), CatalogChange::Delta(once), CatalogChange::Delta(again)];
        let live = runtime.block_on(LiveRouter::start(Arc::new(Script(Mutex::new(answers.into()))), POLICY)).unwrap();
        prop_assert!(runtime.block_on(live.poll()).unwrap());
        prop_assert!(runtime.block_on(live.poll()).unwrap());
        let second = Catalog { revision: Revision(second.revision.0 + 1), ..second.clone() };
        let (now, anew) = (sayings(&live.table()), sayings(&RoutingTable::build(&second, POLICY)));
        prop_assert!(now == anew, "{:#?}", disagreements(&now, &anew));
    }
}

#[tokio::test]
async fn a_change_that_does_not_follow_on_what_is_known_is_refused_and_changes_nothing() {
    let state =
        |n| Catalog { revision: Revision(n), ..catalogue::one_team(vec![alias(n, &format!("at-{n}"))]) };
    let mut gap = difference(&state(5), &state(6));
    gap.since = Revision(5);
    let older = CatalogDelta { changed: state(2), ..CatalogDelta::default() };
    let answers = [CatalogChange::Full(state(3)), CatalogChange::Delta(gap), CatalogChange::Delta(older)];
    let live = LiveRouter::start(Arc::new(Script(Mutex::new(answers.into()))), POLICY).await.unwrap();
    let said = sayings(&live.table());
    assert!(matches!(live.poll().await, Err(StoreError::Corrupt(_))));
    assert!(matches!(live.poll().await, Err(StoreError::Unavailable(_))));
    assert_eq!(said, sayings(&live.table()));
}
