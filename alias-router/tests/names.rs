//! How names are found, told apart, listed in refusals and suggested.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use alias_core::alias::Visibility;
use alias_core::testing::{id, key};
use alias_router::{Denied, Request, RouterPolicy, RoutingTable, decide};
use catalogue::{alias, arrival, group, one_team, team};

#[test]
fn refusals_name_at_most_twenty_models_and_suggest_only_what_the_caller_may_call() {
    let mut catalog = one_team((0..40).map(|n| alias(n, &format!("model-{n:02}"))).collect());
    catalog.aliases.extend([alias(50, "modal-x7"), alias(51, "modal-x8"), alias(52, "modal-x9")]);
    catalog.groups[0].aliases.extend([id(51), id(52)]);
    catalog.aliases[42].visibility = Visibility::Hidden;
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    let Err(Denied::UnknownModel { available, suggestions, .. }) =
        decide(&table, &caller, &Request::new("modal-xx"))
    else {
        panic!("modal-xx must be unknown");
    };
    assert_eq!(available.len(), 20);
    assert_eq!((available[0].as_str(), available[19].as_str()), ("modal-x8", "model-18"));
    assert_eq!(suggestions, ["modal-x8"], "x7 is not granted, x9 is hidden");
}

#[test]
fn names_are_found_in_any_case_and_keep_their_spelling() {
    let catalog = one_team(vec![alias(1, "GPT-4o")]);
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    for name in ["gpt-4o", "GPT-4O", "GPT-4o"] {
        let decision = decide(&table, &caller, &Request::new(name)).unwrap();
        assert_eq!(decision.alias().alias.as_str(), "GPT-4o");
        assert_eq!(table.alias(name).map(|alias| alias.id), Some(id(1)));
    }
    for name in ["gpt-4o ", "\u{212a}", "gpt-4", ""] {
        assert!(decide(&table, &caller, &Request::new(name)).is_err(), "{name:?}");
        assert!(table.alias(name).is_none(), "{name:?}");
    }
}

#[test]
fn long_names_that_start_alike_are_told_apart() {
    let name = |n: u64| format!("a-vendor-with-a-long-name/model-{n:04}");
    let catalog = one_team((0..1_000).map(|n| alias(n, &name(n))).collect());
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    for n in 0..2_000 {
        let found = table.alias(&name(n).to_uppercase()).map(|alias| alias.id);
        assert_eq!(found, (n < 1_000).then(|| id(n)), "{}", name(n));
    }
}

#[test]
fn in_a_large_catalogue_the_names_beside_the_one_asked_for_are_suggested() {
    let mut catalog = one_team((0..1_000).map(|n| alias(n, &format!("model-{n:04}"))).collect());
    let numbers = |odd: u64| (0..1_000).filter(|n| n % 2 == odd).collect::<Vec<_>>();
    catalog.groups = vec![group(1, &numbers(0)), group(2, &numbers(1))];
    catalog.teams = vec![team(1, 1, &[1, 2])];
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    for (asked, suggested) in [("model-0500x", "model-0500"), ("model-05-00", "model-0500")] {
        let refusal = decide(&table, &caller, &Request::new(asked)).unwrap_err();
        let Denied::UnknownModel { available, suggestions, .. } = refusal else { panic!("{refusal:?}") };
        assert_eq!(suggestions[0], suggested, "{asked}");
        assert_eq!(available.last().map(String::as_str), Some("model-0019"));
    }
}
