//! Random catalogues with aliases of every kind at every time, against a naive reading of the rules: what is called, what
//! is listed, what is shown and what is explained agree.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::sync::Arc;

use alias_core::alias::{
    AtSunset, Deprecation, MAX_HOPS, Matching, Override, Portion, Routing, SplitTarget, Visibility,
};
use alias_core::catalog::{Catalog, CatalogAlias, CatalogGroup, CatalogKey, CatalogRouting, NextAlias};
use alias_core::clock::Timestamp;
use alias_core::key::KeyScope;
use alias_core::testing::{id, key};
use alias_router::{Arrival, Caller, Decision, Request, RouterPolicy, RoutingTable, decide, explain};
use proptest::collection::vec;
use proptest::prelude::*;

use catalogue::{alias, arrival, group, now, one_team};

/// How many names there are.
const NAMES: u64 = 10;
const COUNT: usize = 10;

/// A change that comes by itself, at a moment: what the alias says then, or that it is deleted.
type Coming = Option<(i64, Option<Said>)>;

fn later(micros: i64) -> Timestamp {
    Timestamp::from_micros(now().micros() + micros)
}

fn name(n: u64) -> String {
    format!("m{n}")
}

/// What a version of an alias says.
#[derive(Debug, Clone)]
struct Said {
    active: bool,
    listed: bool,
    /// The alias that it leads on to; one of a model otherwise.
    leads_to: Option<u64>,
    ends: Option<(i64, AtSunset, Option<u64>)>,
    more: More,
}

/// What it says besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    Nothing,
    Split,
    Override,
    Prefix,
}

fn said() -> impl Strategy<Value = Said> {
    let ends = (
        1..30_i64,
        prop_oneof![1 => Just(AtSunset::Block), 3 => Just(AtSunset::Redirect), 1 => Just(AtSunset::Keep)],
        proptest::option::weighted(0.9, 0..NAMES + 1),
    );
    let more = prop_oneof![
        3 => Just(More::Nothing),
        1 => Just(More::Split),
        1 => Just(More::Override),
        1 => Just(More::Prefix),
    ];
    (
        prop::bool::weighted(0.85),
        prop::bool::weighted(0.85),
        proptest::option::weighted(0.4, 0..NAMES + 1),
        proptest::option::weighted(0.4, ends),
        more,
    )
        .prop_map(|(active, listed, leads_to, ends, more)| Said { active, listed, leads_to, ends, more })
}

fn version(n: u64, number: u32, said: &Said) -> CatalogAlias {
    let is_prefix = said.more == More::Prefix;
    let model = match said.leads_to.filter(|_| said.more == More::Nothing) {
        Some(other) => format!("alias/{}", name(other).to_uppercase()),
        None if is_prefix => format!("openai/of-{n}-{{rest}}"),
        None => format!("openai/of-{n}-at-{number}"),
    };
    let deprecation = said.ends.map(|(after, at_sunset, replacement)| Deprecation {
        deprecated_at: now(),
        sunset_at: Some(later(after)),
        replacement: replacement.map(|other| name(other).parse().unwrap()),
        message: None,
        at_sunset,
        brownouts: Vec::new(),
    });
    let split = SplitTarget {
        litellm_model: "anthropic/a".parse().unwrap(),
        share: Portion::new(5_000).unwrap(),
        guardrails: None,
    };
    let other = Override {
        team_id: Some("team-1".parse().unwrap()),
        organization_id: None,
        litellm_model: "azure/o".parse().unwrap(),
    };
    let rules = Routing {
        matching: if is_prefix { Matching::Prefix } else { Matching::Exact },
        split: if said.more == More::Split { vec![split] } else { vec![] },
        overrides: if said.more == More::Override { vec![other] } else { vec![] },
        deprecation,
        ..Routing::default()
    };
    let models = vec![None; rules.targets().count()];
    let called = if is_prefix { format!("{}-", name(n)) } else { name(n) };
    CatalogAlias {
        version: number,
        litellm_model: model.parse().unwrap(),
        active: said.active,
        visibility: if said.listed { Visibility::Listed } else { Visibility::Hidden },
        routing: (rules != Routing::default()).then(|| Arc::new(CatalogRouting { rules, models })),
        ..alias(n, &called)
    }
}

/// Aliases, some with a change that comes by itself: to another content of the same kind of name, or to their end.
fn aliases() -> impl Strategy<Value = Vec<CatalogAlias>> {
    let change = (1..30_i64, proptest::option::weighted(0.7, said()));
    vec((said(), proptest::option::weighted(0.3, change)), COUNT).prop_map(|all| {
        let made = |(n, (first, change)): (u64, (Said, Coming))| {
            let keeps_its_name = |then: &Said| (then.more == More::Prefix) == (first.more == More::Prefix);
            let next =
                change.filter(|(_, then)| then.as_ref().is_none_or(keeps_its_name)).map(|(at, then)| {
                    Box::new(NextAlias { at: later(at), alias: then.map(|then| version(n, 2, &then)) })
                });
            CatalogAlias { next, ..version(n, 1, &first) }
        };
        (0..).zip(all).map(made).collect()
    })
}

fn catalogs() -> impl Strategy<Value = Catalog> {
    let granted = vec(0..NAMES, 0..=COUNT);
    let scope = proptest::option::weighted(0.2, vec(0..NAMES, 0..5));
    (aliases(), granted, scope).prop_map(|(aliases, granted, scope)| {
        let mut catalog = one_team(aliases);
        catalog.groups = vec![CatalogGroup { ..group(1, &granted) }];
        let scope = scope.and_then(|of| KeyScope::new(Some(of.into_iter().map(id).collect()), None, None));
        catalog.keys = catalog
            .keys
            .into_iter()
            .map(|key| CatalogKey { scope: scope.clone().map(Arc::new), ..key })
            .collect();
        catalog
    })
}

/// The alias that serves calls of this one at that time, read straight from the data.
fn serving<'a>(
    aliases: &'a [CatalogAlias],
    alias: &'a CatalogAlias,
    at: Timestamp,
) -> Option<&'a CatalogAlias> {
    let mut alias = alias.at(at)?;
    for _ in 0..=MAX_HOPS {
        if !alias.active {
            return None;
        }
        let told = alias.deprecation();
        let over = told.filter(|told| told.ends_at().is_some_and(|end| end <= at));
        let next = match over {
            Some(told) if told.at_sunset == AtSunset::Redirect => told.replacement.as_ref()?.as_str(),
            Some(_) => return None,
            None => match alias.litellm_model.alias() {
                Some(next) => next,
                None => return Some(alias),
            },
        };
        let named = aliases.iter().find(|other| other.alias.as_str().eq_ignore_ascii_case(next));
        alias = named?.at(at)?;
    }
    None
}

fn is_prefix(alias: &CatalogAlias) -> bool {
    alias.routing.as_ref().is_some_and(|routing| routing.rules.matching == Matching::Prefix)
}

fn caller(table: &RoutingTable, at: Timestamp) -> Caller {
    table.authenticate(key(1).expose(), Arrival { at, ..arrival() }).unwrap()
}

proptest! {
    #[test]
    fn what_is_called_listed_shown_and_explained_is_the_same(catalog in catalogs(), at in 0..40_i64) {
        let at = later(at);
        let table = RoutingTable::build(&catalog, RouterPolicy::default());
        let caller = caller(&table, at);
        let scope = catalog.keys[0].scope.as_deref();
        let mut callable = Vec::new();
        for entry in &catalog.aliases {
            let granted = catalog.groups[0].aliases.contains(&entry.id)
                && scope.is_none_or(|scope| scope.holds_model(entry.id));
            let called = if is_prefix(entry) { format!("{}x", entry.alias) } else { entry.alias.to_string() };
            let wanted = granted.then(|| serving(&catalog.aliases, entry, at)).flatten();
            let request = Request::new(&called);
            let got = decide(&table, &caller, &request);
            prop_assert_eq!(got.as_ref().ok().map(|got| got.serving().alias.clone()), wanted.map(|a| a.alias.clone()), "{}", called);
            let told = explain(&table, &caller, &request);
            prop_assert_eq!(told.steps.iter().all(|step| step.refusal.is_none()), got.is_ok());
            prop_assert_eq!(told.decision.as_ref().map(Decision::target).ok(), got.as_ref().map(Decision::target).ok());
            if let (Ok(got), Some(wanted)) = (&got, wanted) {
                prop_assert!(goes_there(got, wanted), "{:?} and {:?}", got.target(), wanted);
                prop_assert_eq!(got.alias().id, entry.id);
                let said = entry.at(at).unwrap();
                if said.visibility == Visibility::Listed && !is_prefix(said) {
                    callable.push(called);
                }
            }
        }
        let mut listed: Vec<String> =
            table.visible_models(&caller).iter().map(|alias| alias.alias.to_string()).collect();
        listed.sort_unstable();
        callable.sort_unstable();
        prop_assert_eq!(listed, callable);
    }
}

/// Whether a call goes where the alias says that serves it.
fn goes_there(got: &Decision, serving: &CatalogAlias) -> bool {
    let rules = serving.routing.as_ref().map(|routing| &routing.rules);
    let target = got.target();
    match rules {
        Some(rules) if rules.matching == Matching::Prefix => {
            target.as_str() == serving.litellm_model.as_str().replace("{rest}", "x")
        }
        Some(rules) if !rules.overrides.is_empty() => target.as_str() == "azure/o",
        Some(rules) if !rules.split.is_empty() => {
            *target == serving.litellm_model || target.as_str() == "anthropic/a"
        }
        _ => *target == serving.litellm_model,
    }
}
