//! What reading and rebuilding a call's body costs, by its size.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::hint::black_box;

use alias_core::model_ref::ModelRef;
use alias_core::usage::Endpoint;
use alias_server::openai::body::CallBody;
use alias_server::openai::fields::ExtraFields;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// A chat of about `size` bytes, in messages of 400 bytes of prose and code with the escapes that these have.
fn chat(size: usize) -> String {
    let text =
        "The quick brown fox jumps over the lazy dog.\\nfn main() { println!(\\\"hello\\\"); }\\n".repeat(5);
    let message = format!(r#"{{"role": "user", "content": "{text}"}}"#);
    let messages = vec![message; (size / 440).max(1)].join(", ");
    format!(
        r#"{{"model": "smart", "messages": [{messages}], "temperature": 0.7, "max_tokens": 1000, "stream": true, "user": "u-1",
        "tools": [{{"type": "function", "function": {{"name": "weather", "description": "The weather of a city",
        "parameters": {{"type": "object", "properties": {{"city": {{"type": "string"}}}}, "required": ["city"]}}}}}}]}}"#
    )
}

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
