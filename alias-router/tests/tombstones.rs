//! Deleted aliases: who still calls one is told what takes its place, where he may know of both.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test sets up may fail as loudly as what it checks"
)]

mod catalogue;

use alias_core::alias::Visibility;
use alias_core::catalog::{Catalog, CatalogAlias, Tombstone};
use alias_core::testing::{id, key};
use alias_router::{Denied, Removed, Request, RouterPolicy, RoutingTable, decide};

use catalogue::{alias, arrival, now, one_team};

fn stone(n: u64, name: &str, replacement: &str) -> Tombstone {
    Tombstone {
        id: id(n),
        alias: name.parse().unwrap(),
        removed_at: now(),
        replacement: replacement.parse().unwrap(),
        visibility: Visibility::Listed,
    }
}

fn told(catalog: &Catalog, policy: RouterPolicy) -> Option<String> {
    told_by(&RoutingTable::build(catalog, policy), "OLD")
}

fn told_by(table: &RoutingTable, name: &str) -> Option<String> {
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    match decide(table, &caller, &Request::new(name)).unwrap_err() {
        Denied::UnknownModel { removed, .. } => removed.map(|Removed { at, replacement }| {
            assert_eq!(at, now());
            replacement
        }),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_caller_is_told_what_takes_the_place_of_a_deleted_alias_if_he_may_know_of_both() {
    let usual = RouterPolicy::default();
    let catalog = Catalog { tombstones: vec![stone(9, "old", "smart")], ..one_team(vec![alias(1, "smart")]) };
    assert_eq!(told(&catalog, usual).as_deref(), Some("smart"));
    assert_eq!(told(&catalog, RouterPolicy { hide_denied: true }), None);
    let hidden = |alias: CatalogAlias| CatalogAlias { visibility: Visibility::Hidden, ..alias };
    let mut foreign = Catalog { aliases: vec![hidden(alias(1, "smart"))], ..catalog.clone() };
    assert_eq!(told(&foreign, usual).as_deref(), Some("smart"), "it is granted");
    foreign.groups[0].aliases.clear();
    assert_eq!(told(&foreign, usual), None, "nothing tells of it");
    assert_eq!(told(&Catalog { aliases: vec![], ..catalog.clone() }, usual), None, "it is not there");
    let mut secret = catalog;
    secret.tombstones[0].visibility = Visibility::Hidden;
    assert_eq!(told(&secret, usual), None);
}

#[test]
fn a_name_that_is_taken_again_is_the_new_alias_and_of_two_the_last_counts() {
    let later = Tombstone { removed_at: now(), ..stone(8, "Old", "fast") };
    let earlier = alias_core::clock::Timestamp::from_micros(now().micros() - 1);
    let stones = vec![later, Tombstone { removed_at: earlier, ..stone(9, "old", "smart") }];
    let there = vec![alias(1, "smart"), alias(2, "fast")];
    let catalog = Catalog { tombstones: stones, ..one_team(there) };
    assert_eq!(told(&catalog, RouterPolicy::default()).as_deref(), Some("fast"));
    let mut taken = catalog;
    taken.aliases.push(alias(3, "old"));
    let table = RoutingTable::build(&taken, RouterPolicy::default());
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    let refused = decide(&table, &caller, &Request::new("old")).unwrap_err();
    assert!(matches!(refused, Denied::NotGranted { .. }), "{refused:?}");
}
