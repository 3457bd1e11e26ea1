//! Calls and events by number, and the folders that they are kept in.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alias_core::clock::Timestamp;
use alias_core::testing::id;
use alias_core::usage::{Call, Endpoint, Outcome, TokenUsage, UsageEvent};
use alias_store::spool::{Durability, Spool, SpoolOptions};
use tempfile::TempDir;

/// The call with the number `n`.
pub(crate) fn call(n: u64) -> Call {
    Call {
        call_id: id(n),
        started_at: Timestamp::from_micros(1_728_907_200_000_000),
        endpoint: Endpoint::ChatCompletions,
        stream: true,
        alias_id: id(1),
        alias: "smart".parse().unwrap(),
        alias_version: 3,
        scheduled: None,
        litellm_model: "openai/gpt-4o".parse().unwrap(),
        organization_id: "acme".parse().unwrap(),
        team_uid: id(2),
        team_id: "acme-web".parse().unwrap(),
        key_id: "abcdefgh234567ab".parse().unwrap(),
        request_id: format!("req_{n}"),
        job: None,
    }
}

/// How the call with the number `n` ended.
pub(crate) fn event(n: u64) -> UsageEvent {
    UsageEvent {
        call: call(n),
        outcome: Outcome::Complete,
        status: 200,
        error_code: None,
        duration_us: 1_000 + n,
        first_byte_us: Some(10),
        tokens: Some(TokenUsage { input: n, output: 7, ..TokenUsage::default() }),
        provider_cost: None,
        charge: Some(alias_core::money::NanoUsd::new(12)),
        settlement: alias_core::usage::Settlement::default(),
    }
}

/// Small segments, and nothing that waits for a timer.
pub(crate) fn options() -> SpoolOptions {
    SpoolOptions { durability: Durability::Power, segment_bytes: 4096, ..SpoolOptions::default() }
}

pub(crate) fn open(folder: &TempDir) -> Spool {
    Spool::open(folder.path(), options()).unwrap()
}

/// Admits and settles the calls.
pub(crate) async fn record(spool: &Spool, calls: impl IntoIterator<Item = u64>) {
    for n in calls {
        spool.admit(&call(n)).unwrap();
        spool.settle(Box::new(event(n))).await.unwrap();
    }
}

/// Every event of the spool from the number `from` on, once all are durable.
pub(crate) async fn read_all(spool: &Spool, from: u64) -> Vec<UsageEvent> {
    let end = spool.next_seq();
    if end > 0 {
        let durable = tokio::time::timeout(Duration::from_secs(10), spool.changed(end - 1));
        durable.await.expect("what is written becomes durable");
    }
    let mut events = Vec::new();
    while from + (events.len() as u64) < end {
        let batch = spool.read_unshipped(from + events.len() as u64, 7).unwrap();
        assert!(!batch.is_empty(), "nothing is missing");
        events.extend(batch);
    }
    events
}

/// What a crash of the process leaves behind at this moment.
pub(crate) fn crash(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    copy
}

/// The folder's segments, in order.
pub(crate) fn segments(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut logs: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ext| ext == "log")).collect();
    logs.sort();
    logs
}
