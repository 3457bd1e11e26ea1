//! What reading and rebuilding a call's body costs, by its size.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first fault")]

mod chat;

use std::hint::black_box;

use alias_core::model_ref::ModelRef;
use alias_core::usage::Endpoint;
use alias_server::openai::body::CallBody;
use alias_server::openai::fields::ExtraFields;
use chat::chat;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn bench(criterion: &mut Criterion) {
    let (extra, model): (_, ModelRef) = (ExtraFields::default(), "openai/gpt-4o".parse().unwrap());
    let mut group = criterion.benchmark_group("call_body");
    for (name, size) in [("1 KB", 500), ("100 KB", 100_000), ("4 MB", 4_000_000)] {
        let body = chat(size);
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(format!("parse, {name}"), |b| {
            b.iter(|| {
                CallBody::parse(Endpoint::ChatCompletions, black_box(body.as_bytes()), &extra)
                    .unwrap()
                    .stream()
            });
        });
        group.bench_function(format!("parse and write, {name}"), |b| {
            b.iter(|| {
                CallBody::parse(Endpoint::ChatCompletions, black_box(body.as_bytes()), &extra)
                    .unwrap()
                    .write_for(&model)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
