//! Who loses and gains what by a change, told beforehand: the same as asking the tables of before and after.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod catalogue;

use std::sync::Arc;

use alias_core::catalog::{Catalog, CatalogStanding};
use alias_core::key::KeyScope;
use alias_core::organization::Standing;
use alias_core::testing::{id, key};
use alias_router::{Request, RouterPolicy, RoutingTable, TeamImpact, decide, impact};
use proptest::prelude::*;

use catalogue::{alias, arrival, group, now, one_team, organization, team, team_key};

fn names(list: &[alias_core::alias::AliasName]) -> Vec<&str> {
    list.iter().map(alias_core::alias::AliasName::as_str).collect()
}

fn of(before: &Catalog, after: &Catalog, concerned: &[u64]) -> Vec<TeamImpact> {
    let concerned: Vec<_> = concerned.iter().map(|n| id(*n)).collect();
    impact(before.clone(), after.clone(), &concerned, now())
}

/// Two teams; the first holds groups 1 and 2, the second only 2. Key 2 of the first is limited to `fast`.
fn two_teams() -> Catalog {
    let mut limited = team_key(2, 1);
    limited.scope = KeyScope::new(Some(vec![id(2)]), None, None).map(Arc::new);
    Catalog {
        aliases: vec![alias(1, "smart"), alias(2, "fast")],
        groups: vec![group(1, &[1, 2]), group(2, &[2])],
        organizations: vec![organization(1)],
        teams: vec![team(1, 1, &[1, 2]), team(2, 1, &[2])],
        keys: vec![team_key(1, 1), limited, team_key(3, 2)],
        ..Catalog::default()
    }
}

#[test]
fn who_holds_an_alias_through_nothing_else_loses_it_with_its_keys_and_nobody_else() {
    let before = two_teams();
    let mut after = two_teams();
    after.aliases.remove(0);
    let found = of(&before, &after, &[1]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].team_id.as_str(), names(&found[0].names.loses)), ("team-1", vec!["smart"]));
    let keys: Vec<_> = found[0].keys.iter().map(|key| key.key.clone()).collect();
    assert_eq!(keys, [key(1).id().clone()], "the key that is limited to another alias loses nothing");
    // Out of one of two groups that a team holds: it keeps it.
    let mut after = two_teams();
    after.groups[0].aliases.pop();
    assert_eq!(of(&before, &after, &[1, 2]), []);
}

#[test]
fn what_is_disabled_is_lost_and_what_is_enabled_is_gained_also_by_who_is_suspended() {
    let mut before = two_teams();
    before.teams[1].standing = CatalogStanding { standing: Standing::Suspended, pause_until: None };
    let mut after = before.clone();
    after.aliases[1].active = false;
    let lost = of(&before, &after, &[2]);
    assert_eq!(lost.iter().map(|team| team.team_id.as_str()).collect::<Vec<_>>(), ["team-1", "team-2"]);
    assert_eq!(lost[0].keys.len(), 2);
    let gained = of(&after, &before, &[2]);
    assert!(gained.iter().all(|team| names(&team.names.gains) == ["fast"] && team.names.loses.is_empty()));
}

#[test]
fn another_name_of_the_same_target_is_an_equivalent_only_for_who_may_call_it() {
    let mut before = two_teams();
    before.aliases.push(alias(3, "fast-2"));
    before.aliases[2].litellm_model = before.aliases[1].litellm_model.clone();
    before.groups[0].aliases.push(id(3));
    let mut after = before.clone();
    after.aliases[1].active = false;
    let found = of(&before, &after, &[2]);
    assert_eq!(names(&found[0].equivalents), ["fast-2"]);
    assert_eq!(names(&found[1].equivalents), Vec::<&str>::new());
}

#[test]
fn a_key_that_has_ended_is_not_named() {
    let mut before = one_team(vec![alias(1, "smart")]);
    before.keys[0].expires_at = Some(now());
    let mut after = before.clone();
    after.aliases[0].active = false;
    let found = of(&before, &after, &[1]);
    assert_eq!((names(&found[0].names.loses), &found[0].keys), (vec!["smart"], &vec![]));
}

/// A catalogue of three aliases, groups and teams, from the bits of numbers; each team has a key, and one that is
/// limited.
fn arbitrary() -> impl Strategy<Value = Catalog> {
    (0_u16..512, 0_u16..512, 0_u8..8, 0_u8..8, 0_u8..8).prop_map(|(members, grants, on, active, scopes)| {
        let bit = |bits: u16, n: u64| bits >> n & 1 == 1;
        let some = |bits: u16, row: u64| -> Vec<u64> {
            (0..3).filter(|n| bit(bits, row * 3 + n)).map(|n| n + 1).collect()
        };
        let mut catalog = Catalog { organizations: vec![organization(1)], ..Catalog::default() };
        for n in 0..3 {
            let mut made = alias(n + 1, &format!("a{n}"));
            made.active = bit(on.into(), n);
            catalog.aliases.push(made);
            let mut made = group(n + 1, &some(members, n));
            made.active = bit(active.into(), n);
            catalog.groups.push(made);
            catalog.teams.push(team(n + 1, 1, &some(grants, n)));
            catalog.keys.push(team_key(n + 1, n + 1));
            let mut limited = team_key(n + 11, n + 1);
            let scope: Vec<_> = some(scopes.into(), 0).into_iter().map(id).collect();
            limited.scope = KeyScope::new(Some(scope), None, None).map(Arc::new);
            catalog.keys.push(limited);
        }
        catalog
    })
}

proptest! {
    #[test]
    fn what_is_told_is_what_the_keys_find(before in arbitrary(), mut after in arbitrary()) {
        // Keys are not what changes.
        after.keys.clone_from(&before.keys);
        let found = of(&before, &after, &[1, 2, 3]);
        let tables = [&before, &after].map(|catalog| RoutingTable::build(catalog, RouterPolicy::default()));
        for number in (1..4).chain(11..14) {
            let calls = |table: &RoutingTable, name: &str| {
                let caller = table.authenticate(key(number).expose(), arrival()).unwrap();
                decide(table, &caller, &Request::new(name)).is_ok()
            };
            let told = found.iter().flat_map(|team| &team.keys).find(|told| told.key == *key(number).id());
            let told = told.map(|told| told.names.clone()).unwrap_or_default();
            for name in ["a0", "a1", "a2"] {
                let (then, now) = (calls(&tables[0], name), calls(&tables[1], name));
                prop_assert_eq!(names(&told.loses).contains(&name), then && !now, "{} {}", number, name);
                prop_assert_eq!(names(&told.gains).contains(&name), !then && now, "{} {}", number, name);
            }
        }
    }
}
