//! Limits of keys, and callers with tokens: they narrow what a team may call, by the rule of every call.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::sync::Arc;

use alias_core::catalog::Catalog;
use alias_core::clock::Timestamp;
use alias_core::key::{Entrance, KeyScope, Network};
use alias_core::organization::Standing;
use alias_core::testing::{id, key};
use alias_core::usage::Endpoint;
use alias_router::{Arrival, Caller, Denied, Request, RouterPolicy, RoutingTable, Token, decide};
use catalogue::{alias, arrival, now, one_team, team, team_key};

const CHAT: Entrance = Entrance::Call(Endpoint::ChatCompletions);

fn table(catalog: &Catalog) -> RoutingTable {
    RoutingTable::build(catalog, RouterPolicy::default())
}

/// `smart` (1) and `fast` (2), which the team is granted, and `other` (3), which it is not; a key with this scope.
fn scoped(scope: Option<KeyScope>) -> Catalog {
    let mut catalog = one_team(vec![alias(1, "smart"), alias(2, "fast")]);
    catalog.aliases.push(alias(3, "other"));
    catalog.keys[0].scope = scope.map(Arc::new);
    catalog
}

fn of_models(models: &[u64]) -> Option<KeyScope> {
    KeyScope::new(Some(models.iter().map(|n| id(*n)).collect()), None, None)
}

fn of_places(endpoints: Option<&[Entrance]>, network: Option<&str>) -> Option<KeyScope> {
    let network = network.map(|text| [text.parse::<Network>().unwrap()].into_iter().collect());
    KeyScope::new(None, endpoints.map(|all| all.iter().copied().collect()), network)
}

/// The answers to calls of the three aliases by name, and the list.
fn seen(table: &RoutingTable, caller: &Caller) -> (Vec<bool>, Vec<String>) {
    let call = |name: &str| decide(table, caller, &Request::new(name)).is_ok();
    let listed = table.visible_models(caller).iter().map(|alias| alias.alias.to_string()).collect();
    (["smart", "fast", "other"].map(call).to_vec(), listed)
}

#[test]
fn a_key_calls_and_lists_what_is_both_granted_and_within_its_scope() {
    for (models, smart, fast) in [
        (None, true, true),
        (Some(&[1, 2, 3][..]), true, true),
        (Some(&[1, 3]), true, false),
        (Some(&[2]), false, true),
        (Some(&[3]), false, false),
        (Some(&[77]), false, false),
        (Some(&[]), false, false),
    ] {
        let table = table(&scoped(models.and_then(of_models)));
        let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
        let mut names = Vec::new();
        names.extend(fast.then(|| "fast".to_owned()));
        names.extend(smart.then(|| "smart".to_owned()));
        assert_eq!(seen(&table, &caller), (vec![smart, fast, false], names), "{models:?}");
    }
}

#[test]
fn an_alias_out_of_scope_is_refused_word_for_word_like_one_that_is_not_granted() {
    for hide_denied in [false, true] {
        for active in [true, false] {
            let policy = RouterPolicy { hide_denied };
            let mut narrow = scoped(of_models(&[2]));
            narrow.aliases[0].active = active;
            let mut ungranted = scoped(None);
            ungranted.aliases[0].active = active;
            ungranted.groups[0].aliases = vec![id(2)];
            let refusal = |catalog: &Catalog| {
                let table = RoutingTable::build(catalog, policy);
                let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
                decide(&table, &caller, &Request::new("smart")).unwrap_err()
            };
            assert_eq!(refusal(&narrow), refusal(&ungranted), "hide {hide_denied}, active {active}");
        }
    }
}

#[test]
fn a_key_works_at_its_endpoints_and_from_its_networks_only() {
    let home = Some("127.0.0.1");
    for (scope, entrance, address, wanted) in [
        (None, CHAT, None, None),
        (of_places(Some(&[CHAT]), None), CHAT, None, None),
        (of_places(Some(&[CHAT]), None), Entrance::Models, home, Some(Entrance::Models)),
        (of_places(Some(&[Entrance::Models]), None), CHAT, home, Some(CHAT)),
        (of_places(Some(&[Entrance::Models]), None), Entrance::Models, home, None),
        (of_places(None, Some("127.0.0.0/8")), CHAT, Some("::ffff:127.0.0.9"), None),
    ] {
        let table = table(&scoped(scope.clone()));
        let from = Arrival { entrance, address: address.map(|at: &str| at.parse().unwrap()), ..arrival() };
        let refused = table.authenticate(key(1).expose(), from).err();
        assert_eq!(refused, wanted.map(|entrance| Denied::EndpointNotAllowed { entrance }), "{scope:?}");
    }
    let table = table(&scoped(of_places(Some(&[Entrance::Models]), Some("127.0.0.0/8"))));
    for elsewhere in [Some("10.0.0.1"), Some("::1"), None] {
        let from = Arrival { address: elsewhere.map(|at| at.parse().unwrap()), ..arrival() };
        let refused = table.authenticate(key(1).expose(), from).err();
        assert_eq!(refused, Some(Denied::NetworkNotAllowed), "{elsewhere:?}");
    }
}

#[test]
fn who_comes_from_another_network_is_not_told_how_the_team_stands() {
    let mut catalog = scoped(of_places(None, Some("10.0.0.0/8")));
    catalog.teams[0].standing.standing = Standing::Suspended;
    let refused = table(&catalog).authenticate(key(1).expose(), arrival()).err();
    assert_eq!(refused, Some(Denied::NetworkNotAllowed));
}

#[test]
fn a_caller_is_held_to_the_scope_that_its_key_has_now() {
    let old = table(&scoped(None));
    let caller = old.authenticate(key(1).expose(), arrival()).unwrap();
    let narrowed = |scope| {
        let new = table(&scoped(scope));
        let decided = decide(&new, &caller, &Request::new("smart")).map(|_| ());
        (decided, new.still_serves(&caller, id(1), now()), new.visible_models(&caller).len())
    };
    assert_eq!(narrowed(of_models(&[1])), (Ok(()), Ok(()), 1));
    let refused = Denied::NotGranted { alias_id: id(1), available: vec!["fast".into()] };
    assert_eq!(narrowed(of_models(&[2])), (Err(refused.clone()), Err(refused), 1));
    let elsewhere = Denied::NetworkNotAllowed;
    assert_eq!(narrowed(of_places(None, Some("10.0.0.0/8"))), (Err(elsewhere.clone()), Err(elsewhere), 0));
    let other = Denied::EndpointNotAllowed { entrance: CHAT };
    assert_eq!(narrowed(of_places(Some(&[Entrance::Models]), None)), (Err(other.clone()), Err(other), 0));
    // What the team is granted is not asked again for a call that runs.
    let mut ungranted = scoped(None);
    ungranted.groups[0].aliases.clear();
    assert_eq!(table(&ungranted).still_serves(&caller, id(1), now()), Ok(()));
}

#[test]
fn two_keys_of_a_team_keep_their_own_scopes() {
    let mut catalog = scoped(of_models(&[1]));
    catalog.keys.push(team_key(2, 1));
    let mut third = team_key(3, 1);
    third.scope = of_models(&[2]).map(Arc::new);
    catalog.keys.push(third);
    let table = table(&catalog);
    let list = |n| seen(&table, &table.authenticate(key(n).expose(), arrival()).unwrap()).1;
    assert_eq!(list(1), ["smart"]);
    assert_eq!(list(2), ["fast", "smart"]);
    assert_eq!(list(3), ["fast"]);
}

fn token<'a>(team: &'a str, models: Option<&'a [String]>) -> Token<'a> {
    let expires_at = Timestamp::from_micros(now().micros() + 1);
    Token { subject: "ci@acme", team, models, expires_at }
}

#[test]
fn a_token_may_what_its_team_may_within_its_own_models() {
    let table = table(&scoped(None));
    let caller = table.vouch(&token("TEAM-1", None), arrival()).unwrap();
    assert_eq!(seen(&table, &caller), (vec![true, true, false], vec!["fast".into(), "smart".into()]));
    assert_eq!((caller.id().to_string().as_str(), caller.team_uid()), ("jwt:ci@acme", id(1)));
    let models = ["SMART".to_owned(), "other".to_owned(), "gone".to_owned()];
    let caller = table.vouch(&token("team-1", Some(&models)), arrival()).unwrap();
    assert_eq!(seen(&table, &caller), (vec![true, false, false], vec!["smart".into()]));
    let caller = table.vouch(&token("team-1", Some(&[])), arrival()).unwrap();
    assert_eq!(seen(&table, &caller), (vec![false; 3], vec![]));
}

#[test]
fn a_token_of_no_team_or_past_its_end_is_as_unknown_as_a_wrong_key() {
    let table = table(&scoped(None));
    let long = "t".repeat(1_000);
    for name in ["team-2", "", "team-1 ", long.as_str()] {
        assert_eq!(table.vouch(&token(name, None), arrival()).err(), Some(Denied::UnknownKey), "{name}");
    }
    let ended = Token { expires_at: now(), ..token("team-1", None) };
    assert_eq!(table.vouch(&ended, arrival()).err(), Some(Denied::UnknownKey));
    let caller = table.vouch(&token("team-1", None), arrival()).unwrap();
    let later = Timestamp::from_micros(now().micros() + 1);
    assert_eq!(table.still_serves(&caller, id(1), later), Err(Denied::UnknownKey));
}

#[test]
fn a_token_is_held_to_the_team_that_it_was_admitted_for() {
    let before = scoped(None);
    let caller = table(&before).vouch(&token("team-1", None), arrival()).unwrap();
    let now_says = |change: fn(&mut Catalog)| {
        let mut after = before.clone();
        change(&mut after);
        decide(&table(&after), &caller, &Request::new("smart")).map(|_| ())
    };
    assert_eq!(now_says(|_| {}), Ok(()));
    let suspended = now_says(|after| after.teams[0].standing.standing = Standing::Suspended);
    assert_eq!(suspended, Err(Denied::TeamSuspended { by_organization: false }));
    assert_eq!(now_says(|after| after.teams.clear()), Err(Denied::UnknownKey));
    // A new team of an old id inherits nothing.
    let another = now_says(|after| {
        let name = after.teams[0].team_id.clone();
        after.teams = vec![team(9, 1, &[1])];
        after.teams[0].team_id = name;
    });
    assert_eq!(another, Err(Denied::UnknownKey));
}
