//! Aliases that serve no calls themselves: what calls become, of a chain and by the clock, and that lists say the same.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::sync::Arc;

use alias_core::alias::{AtSunset, Brownout, Deprecation, Matching, Routing, Visibility};
use alias_core::catalog::{CatalogAlias, CatalogRouting};
use alias_core::clock::Timestamp;
use alias_core::price::Pricing;
use alias_core::testing::{id, key};
use alias_router::{Arrival, Caller, Denied, Request, RouterPolicy, RoutingTable, decide, explain};

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
        brownouts: Vec::new(),
    });
    let rules = Routing { deprecation, ..Routing::default() };
    CatalogAlias { routing: Some(Arc::new(CatalogRouting { rules, models: vec![] })), ..alias }
}

/// The same with windows in which its calls are refused.
fn browned(alias: CatalogAlias, windows: &[(i64, i64)]) -> CatalogAlias {
    let mut rules = alias.routing.as_ref().unwrap().rules.clone();
    let told = rules.deprecation.as_mut().unwrap();
    told.brownouts = windows
        .iter()
        .map(|(start, end)| Brownout { starts_at: later(*start), ends_at: later(*end) })
        .collect();
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

fn leading(n: u64, name: &str, to: &str) -> CatalogAlias {
    CatalogAlias { litellm_model: format!("alias/{to}").parse().unwrap(), ..alias(n, name) }
}

#[test]
fn a_call_goes_where_the_last_alias_of_its_chain_says_under_the_name_that_was_called() {
    let dear = CatalogAlias { pricing: Pricing::Free, ..alias(3, "last") };
    let table = table(vec![leading(1, "first", "MIDDLE"), leading(2, "middle", "last"), dear]);
    let decision = decide(&table, &caller(&table, 0), &Request::new("First")).unwrap();
    assert_eq!((decision.name().as_str(), decision.alias().id), ("first", id(1)));
    assert_eq!((decision.target().as_str(), decision.serving().id), ("openai/last", id(3)));
    assert!(decision.price().is_free());
    assert_eq!(table.serving("first", now()).unwrap().id, id(3));
    let caller = caller(&table, 0);
    let listed: Vec<&str> = table.visible_models(&caller).iter().map(|alias| alias.alias.as_str()).collect();
    assert_eq!(listed, ["first", "last", "middle"]);
}

#[test]
fn a_chain_is_as_long_as_it_may_be_and_one_that_leads_nowhere_refuses() {
    let chain = |length: u64| {
        let link = |n| leading(n, &format!("a{n}"), &format!("a{}", n + 1));
        table((1..length).map(link).chain([alias(length, &format!("a{length}"))]).collect())
    };
    assert_eq!(target(&chain(9), 0, "a1"), Ok("openai/a9".into()));
    let off = CatalogAlias { active: false, ..alias(2, "off") };
    let gone = ending(alias(4, "gone"), 10, AtSunset::Block, Some("fine"));
    let table = table(vec![
        leading(1, "to-off", "off"),
        off,
        leading(3, "to-gone", "gone"),
        gone,
        leading(5, "to-nothing", "nothing"),
        leading(6, "circle", "circle"),
        alias(7, "fine"),
    ]);
    for name in ["to-off", "to-nothing", "circle"] {
        let refused = target(&table, 0, name).unwrap_err();
        assert!(matches!(refused, Denied::ModelDisabled { .. }), "{name}: {refused:?}");
    }
    assert!(matches!(target(&chain(10), 0, "a1"), Err(Denied::ModelDisabled { .. })));
    assert_eq!(target(&table, 9, "to-gone"), Ok("openai/gone".into()));
    let refused = target(&table, 10, "to-gone").unwrap_err();
    let Denied::ModelSunset { alias_id, replacement, .. } = refused else { panic!("{refused:?}") };
    assert_eq!((alias_id, replacement.as_deref()), (id(3), Some("fine")));
    let told = explain(&table, &caller(&table, 0), &Request::new("to-off"));
    assert_eq!(told.end().unwrap().id, id(2));
    assert_eq!(
        table.notice(&caller(&table, 0), &Request::new("to-gone")),
        None,
        "it is the other that is deprecated"
    );
}

#[test]
fn who_is_granted_a_chain_need_not_be_granted_what_it_leads_to() {
    let mut catalog = one_team(vec![leading(1, "best", "secret"), alias(2, "secret")]);
    catalog.groups[0].aliases.retain(|granted| *granted == id(1));
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    assert_eq!(target(&table, 0, "best"), Ok("openai/secret".into()));
    assert!(matches!(target(&table, 0, "secret"), Err(Denied::NotGranted { .. })));
}

#[test]
fn what_is_refused_whoever_calls_is_over_a_prefix_like_a_name() {
    let mut prefix = ending(alias(1, "any"), 10, AtSunset::Block, None);
    (prefix.alias, prefix.litellm_model) = ("openai/".parse().unwrap(), "openai/{rest}".parse().unwrap());
    let routing = prefix.routing.as_ref().unwrap();
    let rules = Routing { matching: Matching::Prefix, ..routing.rules.clone() };
    prefix.routing = Some(Arc::new(CatalogRouting { rules, models: vec![] }));
    let off = CatalogAlias { active: false, ..alias(2, "off") };
    let table = table(vec![prefix, off, ending(alias(3, "kept"), 10, AtSunset::Keep, None)]);
    for (name, then) in
        [("openai/", [false, true]), ("off", [true; 2]), ("kept", [false; 2]), ("no", [false; 2])]
    {
        assert_eq!([9, 10].map(|micros| table.is_over(name, later(micros))), then, "{name}");
    }
}

#[test]
fn calls_are_refused_within_the_windows_before_the_end_and_served_between_them() {
    let old = ending(alias(1, "old"), 100, AtSunset::Redirect, Some("smart"));
    let chain = leading(2, "to-old", "old");
    let windows = [(10, 20), (20, 30), (90, 100)];
    let table = table(vec![browned(old, &windows), chain, alias(3, "smart")]);
    for (micros, until) in
        [(9, None), (10, Some(20)), (19, Some(20)), (20, Some(30)), (30, None), (99, Some(100))]
    {
        for name in ["old", "to-old"] {
            let got = target(&table, micros, name);
            match until {
                None => assert_eq!(got, Ok("openai/old".into()), "{name} at {micros}"),
                Some(end) => {
                    let refused = got.unwrap_err();
                    let Denied::ModelBrownout { until, sunset_at, replacement, .. } = refused else {
                        panic!("{name} at {micros}: {refused:?}")
                    };
                    assert_eq!((until, sunset_at), (later(end), Some(later(100))));
                    assert_eq!(replacement.as_deref(), Some("smart"));
                }
            }
        }
        let caller = caller(&table, micros);
        let listed = table.visible_models(&caller).iter().any(|alias| alias.alias.as_str() == "old");
        assert_eq!(listed, until.is_none(), "listed at {micros}");
        assert_eq!(table.is_over("old", later(micros)), until.is_some());
    }
    assert_eq!(target(&table, 100, "old"), Ok("openai/smart".into()));
    let told = explain(&table, &caller(&table, 10), &Request::new("old"));
    let refusals: Vec<_> = told.steps.iter().filter_map(|step| step.refusal.as_ref()).collect();
    assert!(matches!(refusals[..], [Denied::ModelBrownout { .. }]), "{refusals:?}");
    assert!(table.notice(&caller(&table, 10), &Request::new("old")).is_some());
}

#[test]
fn a_brown_out_of_the_replacement_ends_by_itself_for_those_who_were_led_on_to_it_too() {
    let first = ending(alias(1, "first"), 10, AtSunset::Redirect, Some("old"));
    let old = ending(alias(2, "old"), 100, AtSunset::Block, Some("smart"));
    let table = table(vec![first, browned(old, &[(20, 30)]), alias(3, "smart")]);
    assert_eq!(target(&table, 19, "first"), Ok("openai/old".into()));
    let refused = target(&table, 20, "first").unwrap_err();
    let Denied::ModelBrownout { alias_id, until, sunset_at, replacement, .. } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!((alias_id, until, sunset_at), (id(1), later(30), Some(later(100))));
    assert_eq!(replacement.as_deref(), Some("smart"));
    assert_eq!(target(&table, 30, "first"), Ok("openai/old".into()));
    // Once both are over, it is the one that was called of which is told.
    let refused = target(&table, 100, "first").unwrap_err();
    let Denied::ModelSunset { since, replacement, .. } = refused else { panic!("{refused:?}") };
    assert_eq!((since, replacement.as_deref()), (later(10), Some("old")));
}

#[test]
fn what_an_operator_wrote_about_an_alias_is_told_to_those_who_may_know_of_it() {
    let message = |visibility| {
        let mut gone = ending(alias(2, "gone"), 10, AtSunset::Block, None);
        let mut rules = gone.routing.as_ref().unwrap().rules.clone();
        rules.deprecation.as_mut().unwrap().message = Some("Ask Ann.".into());
        gone.routing = Some(Arc::new(CatalogRouting { rules, models: vec![] }));
        gone.visibility = visibility;
        let mut catalog = one_team(vec![leading(1, "best", "gone"), gone]);
        catalog.groups[0].aliases.retain(|granted| *granted == id(1));
        let table = RoutingTable::build(&catalog, RouterPolicy::default());
        let refused = target(&table, 10, "best").unwrap_err();
        let Denied::ModelSunset { message, .. } = refused else { panic!("{refused:?}") };
        message
    };
    assert_eq!(message(Visibility::Listed).as_deref(), Some("Ask Ann."));
    assert_eq!(message(Visibility::Hidden), None);
}
