//! Calls that name no model: decided about as if they had named their team's default.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::sync::Arc;

use alias_core::alias::Visibility;
use alias_core::catalog::Catalog;
use alias_core::key::KeyScope;
use alias_core::testing::{id, key};
use alias_router::{Denied, Request, RouterPolicy, RoutingTable, decide};
use catalogue::{alias, arrival, one_team};

/// `smart` (1), which the team is granted, and `other` (2), which it is not; with this default.
fn with_default(default: Option<u64>) -> Catalog {
    let mut catalog = one_team(vec![alias(1, "smart")]);
    catalog.aliases.push(alias(2, "other"));
    catalog.teams[0].default_model = default.map(id);
    catalog
}

/// Where a call without a model goes, and how the default is called.
fn called(catalog: &Catalog, policy: RouterPolicy) -> (Result<String, Denied>, Option<String>) {
    let table = RoutingTable::build(catalog, policy);
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    let decided = decide(&table, &caller, &Request::of(None));
    let default = table.default_model(&caller).map(|alias| alias.alias.to_string());
    (decided.map(|decision| decision.alias().alias.to_string()), default)
}

fn open(catalog: &Catalog) -> (Result<String, Denied>, Option<String>) {
    called(catalog, RouterPolicy::default())
}

fn no_model() -> (Result<String, Denied>, Option<String>) {
    (Err(Denied::NoModel { available: vec!["smart".into()] }), None)
}

#[test]
fn a_call_without_a_model_goes_to_the_default_and_without_a_default_nowhere() {
    assert_eq!(open(&with_default(Some(1))), (Ok("smart".into()), Some("smart".into())));
    assert_eq!(open(&with_default(None)), no_model());
    // An alias that is deleted is not in the catalogue.
    assert_eq!(open(&with_default(Some(77))), no_model());
}

#[test]
fn a_default_grants_nothing() {
    let not_granted = Denied::NotGranted { alias_id: id(2), available: vec!["smart".into()] };
    assert_eq!(open(&with_default(Some(2))), (Err(not_granted), Some("other".into())));
    let mut disabled = with_default(Some(1));
    disabled.aliases[0].active = false;
    let refused = Denied::ModelDisabled { alias_id: id(1), available: vec![] };
    assert_eq!(open(&disabled), (Err(refused), Some("smart".into())));
    let mut scoped = with_default(Some(1));
    scoped.keys[0].scope = KeyScope::new(Some([id(2)].into()), None, None).map(Arc::new);
    let refused = Denied::NotGranted { alias_id: id(1), available: vec![] };
    assert_eq!(open(&scoped).0, Err(refused));
}

#[test]
fn a_default_that_the_caller_may_not_know_of_is_not_told() {
    let mut hidden = with_default(Some(2));
    hidden.aliases[1].visibility = Visibility::Hidden;
    assert_eq!(open(&hidden), no_model());
    assert_eq!(called(&with_default(Some(2)), RouterPolicy { hide_denied: true }), no_model());
    // What is granted is called, hidden or not.
    let mut granted = with_default(Some(1));
    granted.aliases[0].visibility = Visibility::Hidden;
    assert_eq!(open(&granted), (Ok("smart".into()), Some("smart".into())));
}
