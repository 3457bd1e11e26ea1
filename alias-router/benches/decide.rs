//! What a decision costs: `authenticate` + `decide`, the list of models, and the building of a table.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first fault")]

mod plain;
mod world;

use std::hint::black_box;
use std::time::{Duration, Instant};

use alias_core::key::Entrance;
use alias_core::testing::key;
use alias_core::usage::Endpoint;
use alias_router::{Arrival, Request, RouterPolicy, RoutingTable, decide};
use criterion::{Bencher, Criterion, criterion_group, criterion_main};
use plain::Plain;
use world::{Draw, LARGE, Size, catalog, now};

const HUGE: Size = Size { aliases: 1_000_000, groups: 10_000, teams: 100_000, keys: 1_000_000 };

const SMALL: Size = Size { aliases: 1_000, groups: 10, teams: 100, keys: 1_000 };

/// How many calls are drawn in advance: more than the caches hold entries of the large tables.
const CALLS: usize = 100_000;

/// How many calls are read before they are decided about.
const BATCH: u64 = 64;

fn arrival() -> Arrival {
    Arrival { at: now(), entrance: Entrance::Call(Endpoint::ChatCompletions), address: None }
}

/// Calls that are admitted: any key, and any alias that its team may call.
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

/// One call after the other, each of another key and another alias.
fn uniform(b: &mut Bencher<'_>, calls: &[(String, String)], resolve: impl Fn(&str, &str)) {
    let mut next = calls.iter().cycle();
    b.iter_custom(|calls| {
        let (mut left, mut taken) = (calls, Duration::ZERO);
        while left > 0 {
            let batch = left.min(BATCH);
            // A server has just read what it looks up, so that it is in the cache: it is the table that is cold.
            let read: Vec<(String, String)> = (0..batch).filter_map(|_| next.next().cloned()).collect();
            let began = Instant::now();
            for (presented, model) in &read {
                resolve(presented, model);
            }
            taken += began.elapsed();
            left -= batch;
        }
        taken
    });
}

fn decisions(c: &mut Criterion) {
    for (label, size) in [("1k", SMALL), ("100k", LARGE), ("1M", HUGE)] {
        let catalog = catalog(size);
        let table = RoutingTable::build(&catalog, RouterPolicy::default());
        let calls = calls(&table, size);
        let mut group = c.benchmark_group(format!("authenticate_and_decide/{label}"));
        group.bench_function("uniform", |b| uniform(b, &calls, |key, model| admit(&table, key, model)));
        let (presented, model) = &calls[0];
        group.bench_function("hot", |b| b.iter(|| admit(&table, presented, model)));
        drop(table);
        let plain = Plain::new(&catalog, size);
        let resolve =
            |key: &str, model: &str| assert!(plain.resolve(black_box(key), black_box(model)).is_some());
        group.bench_function("uniform, maps of strings", |b| uniform(b, &calls, resolve));
        group.bench_function("hot, maps of strings", |b| b.iter(|| resolve(presented, model)));
    }
}

fn tables(c: &mut Criterion) {
    let catalog = catalog(LARGE);
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    let models = table.visible_models(&caller).len();
    c.bench_function(&format!("visible_models/{models}_of_100k"), |b| {
        b.iter(|| black_box(table.visible_models(&caller)));
    });
    c.bench_function("refuse_an_unknown_model/100k", |b| {
        b.iter(|| decide(&table, &caller, &Request::new(black_box("vendor-1/modle-1"))).is_err());
    });
    let mut group = c.benchmark_group("build");
    group.sample_size(10);
    group.bench_function("100k", |b| {
        b.iter_with_large_drop(|| RoutingTable::build(&catalog, RouterPolicy::default()));
    });
}

criterion_group!(benches, decisions, tables);
criterion_main!(benches);
