//! What a decision costs about aliases that say where calls go besides their target, and about those that do not.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first fault")]

mod world;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::alias::Routing;
use alias_core::catalog::{Catalog, CatalogRouting};
use alias_core::key::Entrance;
use alias_core::testing::key;
use alias_core::usage::Endpoint;
use alias_router::{Arrival, Request, RouterPolicy, RoutingTable, decide};
use criterion::{Criterion, criterion_group, criterion_main};
use world::{Draw, LARGE, Size, catalog, now};

const SMALL: Size = Size { aliases: 1_000, groups: 10, teams: 100, keys: 1_000 };
/// How many calls are drawn in advance.
const CALLS: usize = 50_000;
/// How many calls are read before they are decided about.
const BATCH: u64 = 64;
/// A split, fallbacks and overrides at once; the team of half of the calls has none of the latter.
const ROUTING: &str = r#"{
    "split": [{"litellm_model": "anthropic/a", "share": 30}, {"litellm_model": "anthropic/b", "share": 20}],
    "fallbacks": [{"litellm_model": "azure/a"}, {"litellm_model": "azure/b"}],
    "overrides": [
        {"team_id": "team-0", "litellm_model": "openai/x"},
        {"organization_id": "org-7", "litellm_model": "openai/y"}
    ]
}"#;

fn arrival() -> Arrival {
    Arrival { at: now(), entrance: Entrance::Call(Endpoint::ChatCompletions), address: None }
}

/// The same catalogue, whose aliases all say so much.
fn routed(plain: &Catalog) -> Catalog {
    let rules: Routing = serde_json::from_str(ROUTING).unwrap();
    let models = vec![None; rules.targets().count()];
    let routing = Arc::new(CatalogRouting { rules, models });
    let mut catalog = plain.clone();
    for alias in &mut catalog.aliases {
        alias.routing = Some(Arc::clone(&routing));
    }
    catalog
}

fn calls(table: &RoutingTable, size: Size) -> Vec<(String, String)> {
    let mut draw = Draw(7);
    let mut call = || {
        let presented = key(draw.below(size.keys)).expose().to_owned();
        let caller = table.authenticate(&presented, arrival()).unwrap();
        let models = table.visible_models(&caller);
        let model = models[usize::try_from(draw.below(models.len() as u64)).unwrap()].alias.to_string();
        (presented, model)
    };
    (0..CALLS).map(|_| call()).collect()
}

fn admit(table: &RoutingTable, presented: &str, model: &str) {
    let caller = table.authenticate(black_box(presented), black_box(arrival()));
    let decision = caller.and_then(|caller| decide(table, &caller, &Request::new(black_box(model))));
    assert!(black_box(decision).is_ok());
}

fn kinds(c: &mut Criterion) {
    for (label, size) in [("1k", SMALL), ("100k", LARGE)] {
        let plain = catalog(size);
        for (kind, catalog) in [("split_fallbacks_overrides", routed(&plain)), ("simple", plain)] {
            let table = RoutingTable::build(&catalog, RouterPolicy::default());
            let calls = calls(&table, size);
            let mut group = c.benchmark_group(format!("authenticate_and_decide/{kind}/{label}"));
            group.bench_function("uniform", |b| {
                let mut next = calls.iter().cycle();
                b.iter_custom(|calls| {
                    let (mut left, mut taken) = (calls, Duration::ZERO);
                    while left > 0 {
                        let batch = left.min(BATCH);
                        // A server has just read what it looks up: it is the table that is cold.
                        let read: Vec<(String, String)> =
                            (0..batch).filter_map(|_| next.next().cloned()).collect();
                        let began = Instant::now();
                        for (presented, model) in &read {
                            admit(&table, presented, model);
                        }
                        taken += began.elapsed();
                        left -= batch;
                    }
                    taken
                });
            });
            let (presented, model) = &calls[0];
            group.bench_function("hot", |b| b.iter(|| admit(&table, presented, model)));
        }
    }
}

criterion_group!(benches, kinds);
criterion_main!(benches);
