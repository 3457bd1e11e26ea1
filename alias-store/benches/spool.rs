//! What recording one call costs the thread that serves it, and what reading a batch costs the shipper.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::hint::black_box;

use alias_core::clock::Timestamp;
use alias_core::testing::id;
use alias_core::usage::{Call, Endpoint, Outcome, TokenUsage, UsageEvent};
use alias_store::spool::{Durability, Spool, SpoolOptions};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tempfile::TempDir;

fn event(n: u64) -> UsageEvent {
    let call = Call {
        call_id: id(n),
        started_at: Timestamp::from_micros(1_728_907_200_000_000),
        endpoint: Endpoint::ChatCompletions,
        stream: true,
        alias_id: id(1),
        alias: "smart".parse().unwrap(),
        alias_version: 3,
        scheduled: None,
        litellm_model: "anthropic/claude-sonnet-4-5".parse().unwrap(),
        organization_id: "acme".parse().unwrap(),
        team_uid: id(2),
        team_id: "acme-web".parse().unwrap(),
        key_id: "abcdefgh234567ab".parse().unwrap(),
        request_id: "req_0192a1b2c3d4e5f60718293a4b5c6d7e".to_owned(),
        job: None,
    };
    let tokens = TokenUsage { input: 1_200, output: 350, ..TokenUsage::default() };
    UsageEvent {
        outcome: Outcome::Complete,
        status: 200,
        duration_us: 1_234_567,
        first_byte_us: Some(234_567),
        tokens: Some(tokens),
        ..UsageEvent::interrupted(call)
    }
}

fn recording(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (name, durability) in [("process", Durability::Process), ("power", Durability::Power)] {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let options =
            SpoolOptions { durability, max_unshipped_bytes: u64::MAX / 2, ..SpoolOptions::default() };
        let spool = Spool::open(folder.path(), options).unwrap();
        let mut n = 0;
        criterion.bench_function(&format!("admit and settle, durable against loss of {name}"), |bencher| {
            let next = || {
                n += 1;
                event(n)
            };
            let record = |event: UsageEvent| {
                spool.admit(&event.call).unwrap();
                runtime.block_on(spool.settle(Box::new(event))).unwrap()
            };
            bencher.iter_batched(next, record, BatchSize::SmallInput);
        });
    }
}

fn reading(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let spool = Spool::open(folder.path(), SpoolOptions::default()).unwrap();
    for n in 0..50_000 {
        let event = event(n);
        spool.admit(&event.call).unwrap();
        runtime.block_on(spool.settle(Box::new(event))).unwrap();
    }
    runtime.block_on(spool.changed(49_999));
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(1_000));
    let mut from = 0;
    group.bench_function("a batch of 1,000 events", |bencher| {
        bencher.iter(|| {
            let events = black_box(spool.read_unshipped(from, 1_000).unwrap());
            from = (from + events.len() as u64) % 50_000;
        });
    });
    group.finish();
    criterion.bench_function("open a folder after a crash, with 50,000 events", |bencher| {
        let crashed = || {
            let copy = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
            for entry in std::fs::read_dir(folder.path()).unwrap() {
                let entry = entry.unwrap();
                std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
            }
            copy
        };
        let open = |copy: TempDir| (Spool::open(copy.path(), SpoolOptions::default()).unwrap(), copy);
        bencher.iter_batched(crashed, open, BatchSize::PerIteration);
    });
}

criterion_group!(benches, recording, reading);
criterion_main!(benches);
