//! Fills books with calls as fast as they take them, and computes them again: `books URL [CALLS]`.
//!
//! The database has to be empty. Calls are of 20 aliases and 50 teams over 30 days, shipped in batches of 1,000.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement: it ends loudly, and says what it saw"
)]

#[expect(dead_code, reason = "the benchmark needs more of it")]
mod world;

use std::sync::Arc;
use std::time::Instant;

use alias_core::clock::{Clock, Timestamp};
use alias_core::report::{Grouping, ReportQuery, Scope};
use alias_core::repository::{ReportRepository, Shipped, UsageRepository};
use alias_core::testing::{self, FixedClock};
use alias_core::usage::{InstanceId, UsageEvent};
use alias_store::{DatabaseUrl, SqlStore};
use world::{BATCH, DAYS, START, event, prepare};

/// Reports of the whole time: from the days' sums, and from every call; with and without the times of calls.
async fn report(store: &SqlStore) {
    let end = START + DAYS * 86_400_000_000;
    for (what, to) in [("the days", end), ("all calls", end - 1)] {
        for times in [false, true] {
            let scope = Scope::between(Timestamp::from_micros(START), Timestamp::from_micros(to));
            let query = ReportQuery { group_by: Some(Grouping::Alias), times, ..ReportQuery::of(scope) };
            let began = Instant::now();
            let rows = store.report(&query).await.expect("a report").rows;
            let with = if times { "with" } else { "without" };
            println!("{} rows from {what} {with} times in {} ms", rows.len(), began.elapsed().as_millis());
        }
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url: DatabaseUrl = arguments.next().expect("books URL [CALLS]").parse().expect("a database URL");
    let all: u64 = arguments.next().map_or(1_000_000, |number| number.parse().expect("a number of calls"));
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
    let store = SqlStore::open(&url, 2, clock).await.expect("a database");
    let world = prepare(&store).await;
    let instance: InstanceId = testing::id(1);
    store.announce(instance, 1).await.expect("an instance");
    let began = Instant::now();
    let mut first = 0;
    while first < all {
        let events: Vec<UsageEvent> =
            (first..(first + BATCH).min(all)).map(|number| event(&world, number, all)).collect();
        let shipped = store.ship(instance, first, &events).await.expect("the batch is taken");
        assert_eq!(shipped, Shipped::Stored);
        first += events.len() as u64;
    }
    let took = began.elapsed();
    println!("{all} calls entered in {:.1} s, {:.0} a second", took.as_secs_f64(), rate(all, took));
    report(&store).await;
    let began = Instant::now();
    let report = store.recompute(|_| true).await.expect("the books can be read");
    let took = began.elapsed();
    println!(
        "computed again in {:.1} s, {:.0} calls a second: {} differences, {} sums, {} ledger lines; {} at most",
        took.as_secs_f64(),
        rate(all, took),
        report.found,
        report.rollups,
        report.transactions,
        peak()
    );
    for difference in &report.differences {
        println!("{difference}");
    }
    assert!(report.clean, "the books are not clean");
}

#[expect(clippy::cast_precision_loss, clippy::float_arithmetic, reason = "a rate to look at")]
fn rate(calls: u64, took: std::time::Duration) -> f64 {
    calls as f64 / took.as_secs_f64()
}

/// The most memory that this process ever held.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".into(), |line| line.trim().to_owned())
}
