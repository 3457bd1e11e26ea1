//! Explanations: what an operator reads of a call that is served, and of one that is not.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::sync::Arc;

use alias_core::alias::Visibility;
use alias_core::catalog::{Catalog, CatalogKey};
use alias_core::key::KeyScope;
use alias_core::organization::Standing;
use alias_core::testing::{id, key};
use alias_router::{Check, Denied, Explanation, Request, RouterPolicy, RoutingTable, explain};
use catalogue::{alias, arrival, group, one_team, team_key};

fn of_team(catalog: &Catalog, model: &str) -> Explanation {
    let table = RoutingTable::build(catalog, RouterPolicy::default());
    let caller = table.caller_of_team("TEAM-1", arrival()).unwrap();
    explain(&table, &caller, &Request::new(model))
}

fn failed(explanation: &Explanation) -> Vec<Check> {
    explanation.steps.iter().filter(|step| step.refusal.is_some()).map(|step| step.check).collect()
}

fn names(groups: &[alias_router::NamedGroup]) -> Vec<(&str, bool)> {
    groups.iter().map(|group| (group.name.as_str(), group.active)).collect()
}

#[test]
fn a_call_that_is_served_passes_every_check_through_the_groups_that_grant_it() {
    let mut catalog = one_team(vec![alias(1, "smart")]);
    catalog.groups.push(group(2, &[1]));
    catalog.teams[0].groups.push(id(2));
    let explanation = of_team(&catalog, "SMART");
    let checks: Vec<Check> = explanation.steps.iter().map(|step| step.check).collect();
    assert_eq!(checks, [Check::Key, Check::Team, Check::Model, Check::Access, Check::Active]);
    assert_eq!(failed(&explanation), []);
    assert_eq!(explanation.decision.as_ref().unwrap().target().as_str(), "openai/smart");
    assert_eq!(explanation.via_groups, ["group-1".parse().unwrap(), "group-2".parse().unwrap()]);
}

#[test]
fn all_that_is_in_the_way_is_told_at_once() {
    let mut catalog = one_team(vec![alias(1, "smart"), alias(2, "fast")]);
    catalog.aliases[0].active = false;
    catalog.groups[0].aliases = vec![id(2)];
    catalog.groups.extend([group(2, &[1]), group(3, &[1])]);
    catalog.groups[1].active = false;
    catalog.teams[0].groups.push(id(2));
    catalog.organizations[0].standing.standing = Standing::Suspended;
    let explanation = of_team(&catalog, "smart");
    assert_eq!(failed(&explanation), [Check::Team, Check::Access, Check::Active]);
    assert_eq!(explanation.decision.as_ref().err(), Some(&Denied::TeamSuspended { by_organization: true }));
    assert_eq!(names(&explanation.held), [("group-1", true), ("group-2", false)]);
    assert_eq!(names(&explanation.holders), [("group-2", false), ("group-3", true)]);
    assert_eq!(explanation.available, ["fast"]);
}

#[test]
fn a_key_is_held_to_its_limits_and_found_by_its_public_id() {
    let mut catalog = one_team(vec![alias(1, "smart"), alias(2, "fast")]);
    let scope =
        KeyScope::new(Some(vec![id(2)]), None, Some(["10.0.0.0/8".parse().unwrap()].into_iter().collect()));
    catalog.keys.push(CatalogKey { scope: scope.map(Arc::new), ..team_key(2, 1) });
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let caller = table.caller_of_key(key(2).id(), arrival()).unwrap();
    assert_eq!(table.scope_of(&caller).unwrap().some_address(), "10.0.0.0".parse().ok());
    let explanation = explain(&table, &caller, &Request::new("smart"));
    assert_eq!(failed(&explanation), [Check::Network, Check::Scope]);
    assert!(table.caller_of_key(key(9).id(), arrival()).is_none());
    assert!(table.caller_of_team("nobody", arrival()).is_none());
}

#[test]
fn who_may_not_know_of_a_hidden_alias_does_not_learn_of_it_here() {
    let mut catalog = one_team(vec![alias(1, "smart"), alias(2, "secret")]);
    catalog.aliases[1].visibility = Visibility::Hidden;
    catalog.groups[0].aliases = vec![id(1)];
    let explanation = of_team(&catalog, "secret");
    assert_eq!(failed(&explanation), [Check::Access]);
    assert_eq!(explanation.alias().unwrap().alias.as_str(), "secret");
    let seen = explanation.as_the_caller_sees_it();
    assert_eq!(failed(&seen), [Check::Model]);
    assert!(seen.alias().is_none() && seen.holders.is_empty());
    assert_eq!(failed(&of_team(&catalog, "nothing")), [Check::Model]);
}

#[test]
fn what_comes_of_a_group_is_counted_without_what_is_granted_anyway() {
    let mut catalog = one_team(vec![alias(1, "smart"), alias(2, "fast"), alias(3, "vision")]);
    catalog.groups[0].aliases = vec![id(2)];
    catalog.groups.push(group(2, &[1, 2, 3]));
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let explanation = of_team(&catalog, "smart");
    let effect = |group: &str| table.effect(&explanation, &group.parse().unwrap());
    assert_eq!(effect("group-2").brings, 2, "fast it has already");
    assert_eq!(effect("group-1").teams_lacking, 1, "the team itself");
    catalog.teams[0].groups.push(id(2));
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let explanation = of_team(&catalog, "smart");
    assert_eq!(table.effect(&explanation, &"group-1".parse().unwrap()).teams_lacking, 0);
    assert_eq!(table.effect(&explanation, &"group-9".parse().unwrap()), alias_router::Effect::default());
}
