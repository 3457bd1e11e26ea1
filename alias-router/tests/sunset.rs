//! Aliases whose time is over: what calls become, by the clock, and that lists say the same.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::sync::Arc;

use alias_core::alias::{AtSunset, Deprecation, Routing};
use alias_core::catalog::{CatalogAlias, CatalogRouting};
use alias_core::clock::Timestamp;
use alias_core::testing::key;
use alias_router::{Arrival, Caller, Denied, Request, RouterPolicy, RoutingTable, decide};
use proptest::prelude::*;

use catalogue::{alias, arrival, now, one_team};

fn later(micros: i64) -> Timestamp {
    Timestamp::from_micros(now().micros() + micros)
}

fn ending(alias: CatalogAlias, after: i64, at_sunset: AtSunset, replacement: Option<&str>) -> CatalogAlias {
    let deprecation = Some(Deprecation {
        deprecated_at: now(),
        sunset_at: Some(later(after)),
        replacement: replacement.map(|name| name.parse().unwrap()),
        message: None,
        at_sunset,
    });
    let rules = Routing { deprecation, ..Routing::default() };
    CatalogAlias { routing: Some(Arc::new(CatalogRouting { rules, models: vec![] })), ..alias }
}

fn table(aliases: Vec<CatalogAlias>) -> RoutingTable {
    RoutingTable::build(&one_team(aliases), RouterPolicy::default())
}

fn caller(table: &RoutingTable, micros: i64) -> Caller {
    table.authenticate(key(1).expose(), Arrival { at: later(micros), ..arrival() }).unwrap()
}

fn target(table: &RoutingTable, micros: i64, name: &str) -> Result<String, Denied> {
    let caller = caller(table, micros);
    decide(table, &caller, &Request::new(name)).map(|decision| decision.target().to_string())
}

#[test]
fn each_end_comes_at_its_moment() {
    let table = table(vec![
        ending(alias(1, "blocked"), 10, AtSunset::Block, Some("smart")),
        ending(alias(2, "kept"), 10, AtSunset::Keep, None),
        ending(alias(3, "moved"), 10, AtSunset::Redirect, Some("smart")),
        alias(4, "smart"),
    ]);
    for name in ["blocked", "kept", "moved"] {
        assert_eq!(target(&table, 9, name), Ok(format!("openai/{name}")));
    }
    let refused = target(&table, 10, "blocked").unwrap_err();
    let Denied::ModelSunset { since, replacement, .. } = refused else { panic!("{refused:?}") };
    assert_eq!((since, replacement.as_deref()), (later(10), Some("smart")));
    assert_eq!(target(&table, 10, "kept"), Ok("openai/kept".into()));
    assert_eq!(target(&table, 10, "moved"), Ok("openai/smart".into()));
    let decision = decide(&table, &caller(&table, 10), &Request::new("moved")).unwrap();
    assert_eq!((decision.name().as_str(), decision.alias().alias.as_str()), ("moved", "moved"));
    let notice = table.notice(&caller(&table, 10), &Request::new("moved")).unwrap();
    assert_eq!(notice.replacement.unwrap().as_str(), "smart");
    assert_eq!(table.notice(&caller(&table, 10), &Request::new("smart")), None);
}

#[test]
fn a_chain_ends_where_calls_are_served_and_after_eight_aliases() {
    let chain = |length: u64| {
        let link =
            |n| ending(alias(n, &format!("a{n}")), 10, AtSunset::Redirect, Some(&format!("a{}", n + 1)));
        table((1..length).map(link).chain([alias(length, &format!("a{length}"))]).collect())
    };
    assert_eq!(target(&chain(9), 10, "a1"), Ok("openai/a9".into()));
    assert!(matches!(target(&chain(10), 10, "a1"), Err(Denied::ModelSunset { .. })));
    let circle = table(vec![
        ending(alias(1, "a"), 10, AtSunset::Redirect, Some("b")),
        ending(alias(2, "b"), 10, AtSunset::Redirect, Some("a")),
    ]);
    assert!(matches!(target(&circle, 10, "a"), Err(Denied::ModelSunset { .. })));
}

proptest! {
    #[test]
    fn what_is_listed_is_what_may_be_called_at_any_time(
        ends in proptest::collection::vec((0..40_i64, 0..3_u8, 0..6_usize, any::<bool>()), 6),
        at in 0..50_i64,
    ) {
        let made = |(n, (after, what, to, active)): (usize, &(i64, u8, usize, bool))| {
            let what = [AtSunset::Block, AtSunset::Redirect, AtSunset::Keep][usize::from(*what)];
            let alias = CatalogAlias { active: *active, ..alias(n as u64 + 1, &format!("m{n}")) };
            ending(alias, after + 1, what, Some(&format!("m{to}")))
        };
        let table = table(ends.iter().enumerate().map(made).collect());
        let caller = caller(&table, at);
        let listed: Vec<&str> =
            table.visible_models(&caller).iter().map(|alias| alias.alias.as_str()).collect();
        for n in 0..6 {
            let name = format!("m{n}");
            let called = decide(&table, &caller, &Request::new(&name)).is_ok();
            prop_assert_eq!(called, listed.contains(&name.as_str()), "{}", name);
        }
    }
}
