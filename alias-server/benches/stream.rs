//! What passing on an answer's events costs, by how they arrive.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first fault")]

mod event;

use std::hint::black_box;

use alias_core::repository::ServiceSecret;
use alias_server::openai::{Rewriting, Seal};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use event::EVENT;

/// A chunk in full, one that holds what came in a burst, and an event in as many pieces as a slow network makes of it.
const ARRIVALS: [(&str, usize, usize); 3] = [
    ("one event", 1, usize::MAX),
    ("a burst of 100 events", 100, usize::MAX),
    ("one event in pieces", 1, 16),
];

fn bench(criterion: &mut Criterion) {
    let seal = || Seal::new(&ServiceSecret::new([7; 32])).unwrap();
    let mut group = criterion.benchmark_group("stream");
    for (name, events, piece) in ARRIVALS {
        let arrived = EVENT.repeat(events);
        let (mut stream, mut out) = (Rewriting::new(&"smart".parse().unwrap(), seal()), Vec::new());
        group.throughput(Throughput::Elements(events as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                out.clear();
                for chunk in black_box(arrived.as_bytes()).chunks(piece) {
                    assert!(stream.feed(chunk, &mut out));
                }
                out.len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
