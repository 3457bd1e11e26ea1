//! Where calls go besides the target of their alias: prefixes, splits and fallbacks.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::sync::Arc;

use alias_core::alias::{Condition, Fallback, Matching, Portion, Routing, SplitTarget, Sticky};
use alias_core::catalog::{Catalog, CatalogAlias, CatalogRouting};
use alias_core::testing::{id, key};
use alias_router::{Caller, Decision, Denied, Request, RouterPolicy, RoutingTable, decide, explain};
use catalogue::{alias, arrival, one_team, team_key};

fn routed(alias: CatalogAlias, rules: Routing) -> CatalogAlias {
    let models = rules.targets().map(|_| None).collect();
    CatalogAlias { routing: Some(Arc::new(CatalogRouting { rules, models })), ..alias }
}

fn prefix(n: u64, name: &str, target: &str) -> CatalogAlias {
    let alias = CatalogAlias {
        alias: name.parse().unwrap(),
        litellm_model: target.parse().unwrap(),
        ..alias(n, "any")
    };
    routed(alias, Routing { matching: Matching::Prefix, ..Routing::default() })
}

fn split(share: u16, sticky: Sticky) -> Routing {
    let litellm_model = "openai/candidate".parse().unwrap();
    let share = Portion::new(share).unwrap();
    Routing {
        split: vec![SplitTarget { litellm_model, share, guardrails: None }],
        sticky,
        ..Routing::default()
    }
}

fn table(catalog: &Catalog) -> (RoutingTable, Caller) {
    let table = RoutingTable::build(catalog, RouterPolicy::default());
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    (table, caller)
}

fn target(table: &RoutingTable, caller: &Caller, name: &str) -> Result<String, Denied> {
    decide(table, caller, &Request::new(name)).map(|decision: Decision| decision.target().to_string())
}

#[test]
fn a_name_goes_to_its_own_alias_before_the_longest_prefix_of_it() {
    let catalog = one_team(vec![
        prefix(1, "claude-", "anthropic/claude-{rest}"),
        prefix(2, "claude-3-", "bedrock/anthropic.claude-3-{rest}-v1:0"),
        alias(3, "claude-3-opus"),
        prefix(4, "vendor/", "openrouter/{rest}"),
    ]);
    let (table, caller) = table(&catalog);
    for (name, expected) in [
        ("claude-2.1", "anthropic/claude-2.1"),
        ("Claude-2.1", "anthropic/claude-2.1"),
        ("claude-3-haiku", "bedrock/anthropic.claude-3-haiku-v1:0"),
        ("claude-3-opus", "openai/claude-3-opus"),
        ("vendor/meta/llama-3", "openrouter/meta/llama-3"),
    ] {
        assert_eq!(target(&table, &caller, name).unwrap(), expected, "{name}");
    }
    let decision = decide(&table, &caller, &Request::new("Claude-2.1")).unwrap();
    assert_eq!((decision.name().as_str(), decision.alias().alias.as_str()), ("Claude-2.1", "claude-"));
    // A beginning names nothing by itself, and a rest that is no part of a model's name leads nowhere.
    let long = format!("claude-{}", "x".repeat(200));
    for name in [
        "claude-",
        "claude-3-",
        "vendor/",
        "vendor/../x",
        "vendor//x",
        "claude-a b",
        "claude-{rest}",
        "vendor/x/",
        &long,
    ] {
        assert!(matches!(target(&table, &caller, name), Err(Denied::UnknownModel { .. })), "{name}");
    }
    let listed: Vec<_> = table.visible_models(&caller).iter().map(|alias| alias.alias.to_string()).collect();
    assert_eq!(listed, ["claude-3-opus"]);
    assert_eq!(table.alias("claude-").map(|alias| alias.id), Some(id(1)));
}

#[test]
fn a_prefix_grants_what_it_is_granted_and_no_more() {
    let mut catalog = one_team(vec![prefix(1, "claude-", "anthropic/claude-{rest}")]);
    catalog.groups[0].aliases.clear();
    let (table, caller) = table(&catalog);
    assert!(
        matches!(target(&table, &caller, "claude-2"), Err(Denied::NotGranted { alias_id, .. }) if alias_id == id(1))
    );
    let explanation = explain(&table, &caller, &Request::new("claude-2"));
    assert_eq!(explanation.alias().map(|alias| alias.id), Some(id(1)));
    let mut catalog = one_team(vec![prefix(1, "gpt-", "openai/gpt-{rest}"), alias(2, "gpt-4")]);
    catalog.groups[0].aliases.retain(|alias| *alias == id(1));
    let (table, caller) = self::table(&catalog);
    // The name of its own decides, and it is not granted.
    assert!(
        matches!(target(&table, &caller, "gpt-4"), Err(Denied::NotGranted { alias_id, .. }) if alias_id == id(2))
    );
    assert_eq!(target(&table, &caller, "gpt-4o").unwrap(), "openai/gpt-4o");
}

#[test]
fn a_caller_stays_with_its_target_whatever_else_changes() {
    let mut catalog = one_team(vec![routed(alias(1, "smart"), split(500, Sticky::Key))]);
    catalog.keys = (0..2_000).map(|n| team_key(n, 1)).collect();
    let targets = |catalog: &Catalog| -> Vec<String> {
        let table = RoutingTable::build(catalog, RouterPolicy::default());
        let of = |n| {
            let caller = table.authenticate(key(n).expose(), arrival()).unwrap();
            let first = target(&table, &caller, "smart").unwrap();
            assert!((0..5).all(|_| target(&table, &caller, "SMART").unwrap() == first));
            first
        };
        (0..2_000).map(of).collect()
    };
    let before = targets(&catalog);
    catalog.aliases[0].version = 9;
    catalog.aliases.push(alias(2, "other"));
    assert_eq!(targets(&catalog), before);
    let moved = before.iter().filter(|target| *target == "openai/candidate").count();
    // 100 of 2,000, within five standard deviations.
    assert!((52..=148).contains(&moved), "{moved}");
    catalog.aliases[0] = routed(alias(1, "smart"), split(2_000, Sticky::Key));
    for (before, after) in before.iter().zip(targets(&catalog)) {
        assert!(before != "openai/candidate" || after == "openai/candidate");
    }
}

#[test]
fn a_user_stays_with_its_target_whichever_key_it_comes_with() {
    let mut catalog = one_team(vec![routed(alias(1, "smart"), split(5_000, Sticky::User))]);
    catalog.keys.push(team_key(2, 1));
    let (table, first) = table(&catalog);
    let second = table.authenticate(key(2).expose(), arrival()).unwrap();
    let of = |caller: &Caller, user: &str| {
        let request = Request::new("smart").for_user(Some(user));
        decide(&table, caller, &request).unwrap().target().to_string()
    };
    let users: Vec<String> = (0..200).map(|n| format!("user-{n}")).collect();
    assert!(users.iter().all(|user| of(&first, user) == of(&second, user)));
    assert!(users.iter().any(|user| of(&first, user) != of(&first, "user-0")));
}

#[test]
fn fallbacks_come_in_their_order_and_need_no_grant_of_their_own() {
    let fallback = |model: &str, on| Fallback { litellm_model: model.parse().unwrap(), on };
    let rules = Routing {
        fallbacks: vec![
            fallback("a/one", vec![Condition::Timeout]),
            fallback("openai/candidate", Condition::USUAL.into()),
        ],
        ..split(10_000, Sticky::Key)
    };
    let (table, caller) = table(&one_team(vec![routed(alias(1, "smart"), rules)]));
    let decision = decide(&table, &caller, &Request::new("smart")).unwrap();
    assert_eq!(decision.target().as_str(), "openai/candidate");
    // The target itself is none of its fallbacks.
    let others: Vec<_> = decision.alternatives().iter().map(|other| other.target.to_string()).collect();
    assert_eq!(others, ["a/one"]);
    assert!(matches!(target(&table, &caller, "a/one"), Err(Denied::UnknownModel { .. })));
}
