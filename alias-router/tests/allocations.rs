//! An admitted call takes no memory from the heap.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::sync::Arc;

use alias_core::catalog::{Catalog, CatalogKey};
use alias_core::key::{KeyScope, Network};
use alias_core::testing::{id, key};
use alias_router::{Request, RouterPolicy, RoutingTable, decide};
use catalogue::{alias, arrival, group, one_team, team, team_key};

/// A team whose groups are many, and one whose groups are few; a key with every limit.
fn catalog() -> Catalog {
    let mut catalog = one_team(vec![alias(1, "Smart-And-Rather-Long-Name-Of-A-Model")]);
    catalog.groups.extend((2..200).map(|n| group(n, &[1])));
    catalog.teams.push(team(2, 1, &(2..200).collect::<Vec<_>>()));
    catalog.keys.push(team_key(2, 2));
    let scope = KeyScope::new(
        Some(vec![id(1)]),
        Some([arrival().entrance].into_iter().collect()),
        Some("127.0.0.1".parse::<Network>().into_iter().collect()),
    );
    catalog.keys.push(CatalogKey { scope: scope.map(Arc::new), ..team_key(3, 1) });
    catalog
}

#[test]
fn an_admitted_call_takes_no_memory_from_the_heap() {
    let catalog = catalog();
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    for secret in [key(1), key(2), key(3)] {
        let counted = allocation_counter::measure(|| {
            let caller = table.authenticate(secret.expose(), arrival()).unwrap();
            let request = Request::new("SMART-and-rather-long-name-of-a-model");
            let decision = decide(&table, &caller, &request).unwrap();
            assert_eq!(decision.alias().version, 1);
        });
        assert_eq!(counted.count_total, 0, "{counted:?}");
    }
}

#[test]
fn a_refused_key_takes_no_memory_from_the_heap() {
    let table = RoutingTable::build(&catalog(), RouterPolicy::default());
    let unknown = key(99);
    let counted = allocation_counter::measure(|| {
        for presented in [unknown.expose(), "sk-", ""] {
            assert!(table.authenticate(presented, arrival()).is_err());
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}
