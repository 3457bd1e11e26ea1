//! What becomes of aliases by themselves, at moments that were settled before: a function of the table and the clock.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use alias_core::catalog::{Catalog, CatalogAlias, NextAlias};
use alias_core::clock::Timestamp;
use alias_core::testing::key;
use alias_router::{Arrival, Denied, Request, RouterPolicy, RoutingTable, decide};

use catalogue::{alias, arrival, now, one_team};

fn later(micros: i64) -> Timestamp {
    Timestamp::from_micros(now().micros() + micros)
}

fn next(micros: i64, alias: Option<CatalogAlias>) -> Box<NextAlias> {
    Box::new(NextAlias { at: later(micros), alias })
}

/// Goes elsewhere after 10 µs, is disabled after 20, and deleted after 30.
fn catalogue_with_changes() -> Catalog {
    let off = CatalogAlias { version: 3, active: false, next: Some(next(30, None)), ..alias(1, "smart") };
    let moved = CatalogAlias {
        version: 2,
        litellm_model: "openai/new".parse().unwrap(),
        next: Some(next(20, Some(off))),
        ..alias(1, "smart")
    };
    let first = CatalogAlias { next: Some(next(10, Some(moved))), ..alias(1, "smart") };
    let mut catalog = one_team(vec![first, alias(2, "fast")]);
    catalog.teams[0].default_model = Some(catalog.aliases[0].id);
    catalog
}

/// Where a call goes at a time, and by which version; or why not. And what is listed then.
fn at(table: &RoutingTable, micros: i64, model: Option<&str>) -> (Result<(String, u32), Denied>, usize) {
    let arrival = Arrival { at: later(micros), ..arrival() };
    let caller = table.authenticate(key(1).expose(), arrival).unwrap();
    let decision = decide(table, &caller, &Request::of(model));
    let went = decision.map(|decision| (decision.target().to_string(), decision.alias().version));
    (went, table.visible_models(&caller).len())
}

#[test]
fn each_change_counts_from_its_moment_on_and_lists_say_the_same() {
    let table = RoutingTable::build(&catalogue_with_changes(), RouterPolicy::default());
    for model in [Some("SMART"), None] {
        assert_eq!(at(&table, 9, model), (Ok(("openai/smart".into(), 1)), 2));
        assert_eq!(at(&table, 10, model), (Ok(("openai/new".into(), 2)), 2));
        assert_eq!(at(&table, 19, model), (Ok(("openai/new".into(), 2)), 2));
        let (off, listed) = at(&table, 20, model);
        assert!(matches!(off, Err(Denied::ModelDisabled { .. })) && listed == 1, "{off:?}");
        let (gone, listed) = at(&table, 30, model);
        assert!(matches!(gone, Err(Denied::UnknownModel { .. } | Denied::NoModel { .. })), "{gone:?}");
        assert_eq!(listed, 1);
    }
}

#[test]
fn an_alias_tells_what_it_is_at_a_time() {
    let catalog = catalogue_with_changes();
    let version = |micros| catalog.aliases[0].at(later(micros)).map(|alias| alias.version);
    assert_eq!([0, 10, 25, 30].map(version), [Some(1), Some(2), Some(3), None]);
}
