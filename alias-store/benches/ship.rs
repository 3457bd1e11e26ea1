//! What a batch of 1,000 calls costs to enter in the books, with its sums and the ledger: in SQLite, and in the empty
//! PostgreSQL database that `ALIAS_BENCH_POSTGRES_URL` names.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

#[path = "../examples/books/world.rs"]
mod world;

use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::repository::{Shipped, UsageRepository};
use alias_core::testing::{FixedClock, id};
use alias_core::usage::{InstanceId, UsageEvent};
use alias_store::{DatabaseUrl, SqlStore};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use world::{BATCH, event, prepare};

/// As many calls as make 30 days: more than one instance ever ships here.
const ALL: u64 = 10_000_000;

fn shipping(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut databases = vec![("SQLite", DatabaseUrl::sqlite(folder.path().join("books.db")))];
    if let Ok(url) = std::env::var("ALIAS_BENCH_POSTGRES_URL") {
        databases.push(("PostgreSQL", url.parse().unwrap()));
    }
    let mut group = criterion.benchmark_group("ship");
    group.throughput(Throughput::Elements(BATCH)).sample_size(20).measurement_time(Duration::from_secs(10));
    let mut instances = 0;
    for (name, url) in databases {
        let store = runtime.block_on(SqlStore::open(&url, 2, Arc::new(FixedClock::default()))).unwrap();
        let world = runtime.block_on(prepare(&store));
        for (whose, world) in [("of one team", world.of_one()), ("of 50 teams", world)] {
            instances += 1;
            let instance: InstanceId = id(instances);
            runtime.block_on(store.announce(instance, 1)).unwrap();
            let mut first = 0;
            group.bench_function(format!("a batch of 1,000 calls {whose}, {name}"), |bencher| {
                bencher.iter_custom(|batches| {
                    let mut took = Duration::ZERO;
                    for _ in 0..batches {
                        let events: Vec<UsageEvent> = (first..first + BATCH)
                            .map(|number| event(&world, instances * ALL + number, ALL))
                            .collect();
                        let began = Instant::now();
                        let shipped = runtime.block_on(store.ship(instance, first, &events)).unwrap();
                        took += began.elapsed();
                        assert_eq!(shipped, Shipped::Stored);
                        first += BATCH;
                    }
                    took
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, shipping);
criterion_main!(benches);
