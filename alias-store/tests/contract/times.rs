//! How long calls took: the same whatever a report is made of, kept beside the sums and checked with them.

use alias_core::alias::AliasId;
use alias_core::clock::Timestamp;
use alias_core::credits::BudgetMode;
use alias_core::report::{Grouping, Interval, Percentiles, ReportQuery, ReportRow, Scope, Times};
use alias_core::repository::{LeaseRepository, ReportRepository, UsageRepository};
use alias_core::team::TeamUid;
use alias_core::testing;
use alias_core::usage::{Outcome, UsageEvent};

use crate::reports::rows;
use crate::usage::{event, instance};
use crate::world::{World, on_each_database};

/// 2024-10-14.
const DAY: i64 = 1_728_864_000_000_000;
const HOUR: i64 = 3_600_000_000;

/// A call with a time of its own: from half a millisecond to hours, at every length of a number.
fn call(number: u64, alias: AliasId, team: TeamUid) -> UsageEvent {
    let mut event = event(number, alias);
    event.call.started_at = Timestamp::from_micros(DAY + (number % 48).cast_signed() * HOUR);
    event.call.team_uid = team;
    event.call.stream = !number.is_multiple_of(3);
    event.outcome = if number.is_multiple_of(10) { Outcome::Failed } else { Outcome::Complete };
    event.duration_us = (500 + number % 240 * 37) << (number % 24);
    event.first_byte_us = (!number.is_multiple_of(4)).then_some(event.duration_us / 3);
    (event.provider_cost, event.charge) = (None, None);
    event.settlement.mode = BudgetMode::ConsumptionUsd;
    event
}

/// Calls of two aliases and two teams over two days, entered in three batches by three servers. Two of them are closed, so
/// that the times of their calls are counted; those of the third wait.
async fn called(world: &World) -> Vec<UsageEvent> {
    let aliases = [world.alias("a").await.id, world.alias_to("b", "anthropic/claude-3", &[]).await.id];
    world.organization("acme").await;
    let teams =
        [world.team("acme", "t", &[], 1).await.team.uid, world.team("acme", "u", &[], 2).await.team.uid];
    let of = |number: u64| (usize::from(number.is_multiple_of(2)), usize::from(number % 5 < 2));
    let events: Vec<UsageEvent> =
        (0..240).map(|number| call(number, aliases[of(number).0], teams[of(number).1])).collect();
    for (number, batch) in [(1, &events[..7]), (2, &events[7..150]), (3, &events[150..])] {
        world.store.announce(instance(number), 1).await.unwrap();
        world.store.ship(instance(number), 0, batch).await.unwrap();
    }
    for number in [1, 2] {
        assert!(world.store.close(instance(number), None).await.unwrap());
    }
    assert_eq!(world.count("instances WHERE timed_seq > 0"), 2);
    events
}

fn query(interval: Option<Interval>, group_by: Option<Grouping>) -> ReportQuery {
    let scope = Scope::between(Timestamp::from_micros(DAY), Timestamp::from_micros(DAY + 48 * HOUR));
    ReportQuery { interval, group_by, ..ReportQuery::of(scope) }
}

/// Every moment of the time, but none of it in whole days: each call is looked at.
fn of_calls(query: &ReportQuery) -> ReportQuery {
    let scope = Scope { to: Timestamp::from_micros(DAY + 48 * HOUR - 1), ..query.scope.clone() };
    ReportQuery { scope, ..query.clone() }
}

fn told(rows: Vec<ReportRow>) -> Vec<(String, String, Option<Percentiles>, Option<Percentiles>)> {
    rows.into_iter()
        .map(|row| (row.period, row.name, row.figures.latency_ms, row.figures.first_token_ms))
        .collect()
}

fn percentiles<'a>(
    events: impl Iterator<Item = &'a UsageEvent>,
    of: fn(&UsageEvent) -> Option<u64>,
) -> Option<Percentiles> {
    let mut times = Times::default();
    events
        .filter(|event| event.outcome == Outcome::Complete)
        .filter_map(of)
        .for_each(|micros| times.count(micros));
    times.percentiles()
}

fn first_token(event: &UsageEvent) -> Option<u64> {
    event.first_byte_us.filter(|_| event.call.stream)
}

async fn differences(world: &World) -> Vec<String> {
    let report = world.store.recompute(|_| true).await.unwrap();
    report.differences.iter().map(ToString::to_string).collect()
}

on_each_database! {
    async fn times_are_those_of_the_calls_whatever_a_report_is_made_of(world) {
        let events = called(world).await;
        let all = &rows(world, &query(None, None)).await[0].figures;
        let expected = percentiles(events.iter(), |event| Some(event.duration_us));
        assert_eq!((all.latency_ms, all.latency_ms.unwrap().calls), (expected, 216));
        assert_eq!(all.first_token_ms, percentiles(events.iter(), first_token));
        for group in [None, Some(Grouping::Alias), Some(Grouping::Team), Some(Grouping::Organization)] {
            for interval in [None, Some(Interval::Day), Some(Interval::Month)] {
                let of_days = query(interval, group);
                assert!(of_days.is_of_days() && !of_calls(&of_days).is_of_days());
                let told_by_days = told(rows(world, &of_days).await);
                assert!(told_by_days.iter().all(|(_, _, latency, first)| latency.is_some() && first.is_some()));
                assert_eq!(told_by_days, told(rows(world, &of_calls(&of_days)).await), "{group:?} {interval:?}");
            }
        }
        let by_alias = rows(world, &query(None, Some(Grouping::Alias))).await;
        for row in by_alias {
            let own = || events.iter().filter(|event| event.call.alias_id.to_string() == row.key);
            assert_eq!(row.figures.latency_ms, percentiles(own(), |event| Some(event.duration_us)), "{}", row.name);
        }
        let used = world.store.summary(&query(None, None).scope).await.unwrap();
        assert_eq!(used.all.figures.latency_ms, expected);
    }

    async fn groups_that_only_calls_tell_have_times_and_failures_have_none(world) {
        called(world).await;
        for group in [Grouping::Provider, Grouping::Key, Grouping::JobType, Grouping::Endpoint] {
            let counted: u64 = rows(world, &query(Some(Interval::Hour), Some(group))).await.iter()
                .filter_map(|row| row.figures.latency_ms).map(|times| times.calls).sum();
            assert_eq!(counted, 216, "{group:?}");
        }
        let by_outcome = told(rows(world, &query(None, Some(Grouping::Outcome))).await);
        let with_times: Vec<(&str, bool)> =
            by_outcome.iter().map(|(_, name, latency, _)| (name.as_str(), latency.is_some())).collect();
        assert_eq!(with_times, [("complete", true), ("failed", false)]);
    }

    async fn pages_and_the_most_called_first_have_the_times_of_their_own_rows(world) {
        called(world).await;
        for group in [Grouping::Team, Grouping::Key] {
            let whole = query(Some(Interval::Day), Some(group));
            let expected = told(rows(world, &whole).await);
            let (mut seen, mut part) = (Vec::new(), ReportQuery { limit: 1, ..whole });
            loop {
                let page = world.store.report(&part).await.unwrap();
                seen.extend(told(page.rows));
                let Some(next) = page.next else { break };
                part.after = Some(next);
            }
            assert_eq!(seen, expected);
        }
        let most = ReportQuery { most_first: true, limit: 1, ..query(None, Some(Grouping::Team)) };
        let first = rows(world, &most).await.remove(0);
        let all = rows(world, &query(None, Some(Grouping::Team))).await;
        assert!(all.contains(&first) && first.figures.latency_ms.is_some());
        let without = rows(world, &ReportQuery { times: false, ..query(None, None) }).await;
        assert_eq!(without[0].figures.latency_ms, None);
    }

    async fn what_was_there_before_times_were_counted_has_none_and_is_not_wrong(world) {
        let events = called(world).await;
        assert_eq!(differences(world).await, Vec::<String>::new());
        // As the migration leaves what was there before.
        world.execute("DELETE FROM usage_times; UPDATE instances SET timed_from = shipped_seq, timed_seq = shipped_seq");
        assert_eq!(differences(world).await, Vec::<String>::new());
        let all = &rows(world, &query(None, None)).await[0].figures;
        assert_eq!((all.calls, all.latency_ms, all.first_token_ms), (240, None, None));
        let more = call(301, events[0].call.alias_id, events[0].call.team_uid);
        world.store.ship(instance(3), 90, std::slice::from_ref(&more)).await.unwrap();
        let expected = percentiles([more].iter(), |event| Some(event.duration_us));
        for closes in [false, true] {
            if closes {
                assert!(world.store.close(instance(3), None).await.unwrap());
            }
            assert_eq!(differences(world).await, Vec::<String>::new());
            let all = &rows(world, &query(None, None)).await[0].figures;
            assert_eq!((all.calls, all.latency_ms), (241, expected));
        }
    }

    async fn calls_are_counted_once_many_wait(world) {
        let alias = world.alias("a").await.id;
        world.store.announce(instance(1), 1).await.unwrap();
        let all: Vec<UsageEvent> = (0..21_000).map(|number| call(number, alias, testing::id(77))).collect();
        for (number, batch) in (0..).zip(all.chunks(3_000)) {
            world.store.ship(instance(1), number * 3_000, batch).await.unwrap();
        }
        assert_eq!(world.count("instances WHERE timed_seq = 21000 AND timed_from = 0"), 1);
        assert_eq!(world.count("usage_times"), 2);
        let told = rows(world, &query(None, None)).await[0].figures.latency_ms;
        assert_eq!(told, percentiles(all.iter(), |event| Some(event.duration_us)));
        assert_eq!(differences(world).await, Vec::<String>::new());
    }

    async fn times_that_are_tampered_with_are_named(world) {
        called(world).await;
        let blob = |hex: &str| match world.place { crate::world::Place::Sqlite(_) => format!("x'{hex}'"), crate::world::Place::Postgres { .. } => format!("'\\x{hex}'") };
        for (done, named) in [
            (format!("UPDATE usage_times SET durations = {} WHERE day = '2024-10-14'", blob("0101")), "durations: expected"),
            (format!("UPDATE usage_times SET first_tokens = {}", blob("0001")), "first_tokens: expected"),
            (format!("UPDATE usage_times SET durations = {}", blob("ff")), "nothing that can be read"),
            ("UPDATE instances SET timed_seq = timed_seq - 1 WHERE timed_seq > 7".to_owned(), "durations: expected"),
            ("DELETE FROM usage_times WHERE day = '2024-10-15'".to_owned(), "durations: expected"),
            ("UPDATE usage_times SET day = '2024-11-01' WHERE day = '2024-10-15'".to_owned(), "times of 2024-11-01"),
            ("UPDATE usage_times SET team_uid = 'nobody' WHERE team_uid = (SELECT MIN(team_uid) FROM usage_times)".to_owned(), "nobody: durations: expected none"),
        ] {
            world.execute("CREATE TABLE kept AS SELECT * FROM usage_times");
            world.execute(&done);
            let said = differences(world).await;
            assert!(said.iter().any(|line| line.contains(named)), "{done}: no {named} in {said:#?}");
            world.execute("DELETE FROM usage_times; INSERT INTO usage_times SELECT * FROM kept; DROP TABLE kept");
            world.execute("UPDATE instances SET timed_seq = shipped_seq WHERE closed");
            assert_eq!(differences(world).await, Vec::<String>::new(), "{done}");
        }
    }

    async fn what_cannot_be_read_stops_no_call(world) {
        let events = called(world).await;
        let bytes = match world.place { crate::world::Place::Sqlite(_) => "x'ff'", crate::world::Place::Postgres { .. } => "'\\xff'" };
        world.execute(&format!("UPDATE usage_times SET durations = {bytes}"));
        let more = call(300, events[0].call.alias_id, events[0].call.team_uid);
        let more = [UsageEvent { outcome: Outcome::Complete, ..more }];
        world.store.ship(instance(3), 90, &more).await.unwrap();
        assert!(world.store.close(instance(3), None).await.unwrap());
        let waiting = events[150..].iter().filter(|event| event.outcome == Outcome::Complete).count() as u64;
        assert_eq!(rows(world, &query(None, None)).await[0].figures.latency_ms.unwrap().calls, waiting + 1);
    }

    async fn two_servers_that_count_at_once_lose_no_time(world) {
        let alias = world.alias("a").await.id;
        let stores = [world.store.clone(), world.replica().await];
        let tasks: Vec<_> = stores.into_iter().zip([1_u64, 2]).map(|(store, number)| tokio::spawn(async move {
            store.announce(instance(number), 1).await.unwrap();
            for first in (0..60).step_by(3) {
                let events: Vec<UsageEvent> = (first..first + 3).map(|n| {
                    let of = call(number * 1_000 + n, alias, testing::id(77));
                    UsageEvent { outcome: Outcome::Complete, ..of }
                }).collect();
                store.ship(instance(number), first, &events).await.unwrap();
            }
            assert!(store.close(instance(number), None).await.unwrap());
        })).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(rows(world, &query(None, None)).await[0].figures.latency_ms.unwrap().calls, 120);
        assert_eq!(differences(world).await, Vec::<String>::new());
    }
}
