//! Reports: the same numbers whatever they are made of, for whoever may see them.

use alias_core::alias::AliasId;
use alias_core::clock::Timestamp;
use alias_core::credits::{TransactionKind, Transfer};
use alias_core::money::{MicroCredits, NanoUsd};
use alias_core::report::{Figures, Grouping, Interval, Period, ReportQuery, ReportRow, Scope};
use alias_core::repository::{
    AliasQuery, AliasRepository, CreditRepository, OrganizationRepository, ReportRepository, StoreError,
    TeamRepository, UsageRepository,
};
use alias_core::team::TeamEdit;
use alias_core::testing;
use alias_core::usage::{Denials, JobRef, Outcome, Settlement, TokenUsage, UsageEvent, UsageSource};

use crate::usage::{event, instance};
use crate::world::{World, alias_name, by, on_each_database, team_id};

const HOUR: i64 = 3_600_000_000;
/// 2024-10-14.
const DAY: i64 = 1_728_864_000_000_000;

/// Calls of two days, two aliases, two teams, every way to end, with and without jobs.
async fn called(world: &World) -> Vec<UsageEvent> {
    let aliases = [world.alias("a").await.id, world.alias_to("b", "anthropic/claude-3", &[]).await.id];
    world.organization("acme").await;
    world.organization("other").await;
    let teams =
        [world.team("acme", "t", &[], 1).await.team.uid, world.team("other", "u", &[], 2).await.team.uid];
    let events: Vec<UsageEvent> = (0..40_u8)
        .map(|number| {
            let which = usize::from(number % 2);
            let mut event = event(u64::from(number), aliases[usize::from(number % 3 == 0)]);
            let call = &mut event.call;
            call.started_at = Timestamp::from_micros(DAY + i64::from(number) * HOUR + i64::from(number % 2));
            call.litellm_model =
                if number % 3 == 0 { "anthropic/claude-3" } else { "openai/gpt-4" }.parse().unwrap();
            call.team_uid = teams[which];
            (call.team_id, call.organization_id) =
                [(team_id("t"), "acme".parse().unwrap()), (team_id("u"), "other".parse().unwrap())][which]
                    .clone();
            call.key_id = testing::key(u64::from(number % 3)).id().clone().into();
            call.job = (number % 5 < 2)
                .then(|| JobRef { id: format!("job_{}", number / 5), kind: "résumé \"x\"".into() });
            event.outcome = [Outcome::Complete, Outcome::Complete, Outcome::Failed, Outcome::Disconnected]
                [usize::from(number % 4)];
            event.tokens = (number % 7 > 0).then(|| TokenUsage {
                input: 4,
                cache_read: 3,
                cache_write: 2,
                cache_write_1h: u64::from(number % 3) * 7,
                output: 6,
                reasoning: u64::from(number),
                audio_input: u64::from(number % 2) * 11,
                audio_output: u64::from(number % 2) * 5,
            });
            event.provider_cost = (number % 6 > 0).then(|| NanoUsd::new(100 + i64::from(number)));
            event.settlement = Settlement {
                source: if number % 8 == 0 { UsageSource::Estimated } else { UsageSource::Reported },
                raw: Some("{\"source\":\"estimated\",\"audio\":[1],\"job_type\":\"no\\u0000\"}".into()),
                credits: 10,
                charged: i64::from(number % 2) * 10,
                ..Settlement::default()
            };
            event
        })
        .collect();
    world.store.announce(instance(1), 1).await.unwrap();
    world.store.ship(instance(1), 0, &events[..25]).await.unwrap();
    world.store.ship(instance(1), 25, &events[25..]).await.unwrap();
    events
}

fn two_days() -> Scope {
    Scope::between(Timestamp::from_micros(DAY), Timestamp::from_micros(DAY + 48 * HOUR))
}

fn by_what(interval: Option<Interval>, group_by: Option<Grouping>) -> ReportQuery {
    ReportQuery { interval, group_by, ..ReportQuery::of(two_days()) }
}

pub(crate) async fn rows(world: &World, query: &ReportQuery) -> Vec<ReportRow> {
    world.store.report(query).await.unwrap().rows
}

fn sum(rows: &[ReportRow]) -> Figures {
    let mut all = Figures::default();
    for figures in rows.iter().map(|row| &row.figures) {
        all.calls += figures.calls;
        all.successful += figures.successful;
        all.failed += figures.failed;
        all.input_tokens += figures.input_tokens;
        all.output_tokens += figures.output_tokens;
        all.cached_tokens += figures.cached_tokens;
        all.reasoning_tokens += figures.reasoning_tokens;
        all.cost_usd = all.cost_usd + figures.cost_usd;
        all.billed_usd = all.billed_usd + figures.billed_usd;
        all.credits = MicroCredits::new(all.credits.micros() + figures.credits.micros());
        all.charged_credits =
            MicroCredits::new(all.charged_credits.micros() + figures.charged_credits.micros());
        all.house_credits = MicroCredits::new(all.house_credits.micros() + figures.house_credits.micros());
        all.unpriced_calls += figures.unpriced_calls;
        all.estimated_calls += figures.estimated_calls;
    }
    all
}

on_each_database! {
    async fn every_report_of_a_time_sums_up_to_the_same(world) {
        let events = called(world).await;
        let all = sum(&rows(world, &by_what(None, None)).await);
        let tokens = |of: fn(&TokenUsage) -> u64| events.iter().filter_map(|event| event.tokens.as_ref()).map(of).sum::<u64>();
        assert_eq!((all.calls, all.successful, all.failed), (40, 20, 20));
        assert_eq!((all.input_tokens, all.output_tokens), (tokens(TokenUsage::all_input), tokens(TokenUsage::all_output)));
        assert_eq!(all.cost_usd, events.iter().filter_map(|event| event.provider_cost).sum());
        assert_eq!((all.credits.micros(), all.house_credits.micros()), (400, 400 - all.charged_credits.micros()));
        assert_eq!((all.estimated_calls, all.unpriced_calls), (5, 4));
        for group in [
            Grouping::Alias, Grouping::Team, Grouping::Organization, Grouping::Provider, Grouping::Model,
            Grouping::Key, Grouping::JobType, Grouping::Endpoint, Grouping::Outcome,
        ] {
            for interval in [None, Some(Interval::Hour), Some(Interval::Day), Some(Interval::Month)] {
                let rows = rows(world, &by_what(interval, Some(group))).await;
                assert_eq!(sum(&rows), all, "{group:?} {interval:?}");
            }
        }
    }

    async fn rows_say_when_and_whose_in_words(world) {
        called(world).await;
        let said = async |interval, group| -> Vec<(String, String)> {
            rows(world, &by_what(interval, group)).await.into_iter().map(|row| (row.period, row.name)).collect()
        };
        let both = |period: &str, names: [&str; 2]| names.map(|name| (period.to_owned(), name.to_owned()));
        assert_eq!(said(Some(Interval::Month), Some(Grouping::Team)).await, both("2024-10", ["t", "u"]));
        assert_eq!(said(None, Some(Grouping::Organization)).await, both("", ["acme", "other"]));
        assert_eq!(said(None, Some(Grouping::Provider)).await, both("", ["anthropic", "openai"]));
        let mut types = said(None, Some(Grouping::JobType)).await;
        types.sort();
        assert_eq!(types, both("", ["direct", "résumé \"x\""]));
        let days: Vec<String> = said(Some(Interval::Day), None).await.into_iter().map(|(day, _)| day).collect();
        assert_eq!(days, ["2024-10-14", "2024-10-15"]);
        let hours = said(Some(Interval::Hour), None).await;
        assert_eq!((hours.len(), hours[0].0.as_str()), (40, "2024-10-14T00:00:00Z"));
    }

    async fn a_call_counts_in_each_group_that_grants_it_now(world) {
        called(world).await;
        for (group, members) in [("gpt", &["a"][..]), ("all", &["a", "b"]), ("unused", &["b"])] {
            world.group(group, members).await;
        }
        for (team, groups) in [("t", vec!["gpt", "all"]), ("u", vec!["gpt"])] {
            let groups: Vec<String> = groups.into_iter().map(str::to_owned).collect();
            let change: TeamEdit = serde_json::from_value(serde_json::json!({"access_groups": groups})).unwrap();
            TeamRepository::update(&world.store, &team_id(team), change.parse().unwrap(), None, &by()).await.unwrap();
        }
        let of = async |alias: &str, team: &str| {
            let scope = Scope { alias: Some(alias_name(alias)), team: Some(team_id(team)), ..two_days() };
            sum(&rows(world, &ReportQuery::of(scope)).await).calls
        };
        let (a_t, a_u, b_t) = (of("a", "t").await, of("a", "u").await, of("b", "t").await);
        assert!(a_t > 0 && a_u > 0 && b_t > 0);
        for interval in [None, Some(Interval::Hour)] {
            let mut calls = std::collections::BTreeMap::new();
            for row in rows(world, &by_what(interval, Some(Grouping::AccessGroup))).await {
                *calls.entry(row.name).or_insert(0) += row.figures.calls;
                assert!(row.figures.latency_ms.is_none_or(|times| times.calls <= row.figures.calls));
            }
            assert_eq!(calls, [("all".to_owned(), a_t + b_t), ("gpt".to_owned(), a_t + a_u)].into(), "{interval:?}");
        }
    }

    async fn refused_calls_are_told_by_team_and_alias_those_with_the_most_first(world) {
        let events = called(world).await;
        world.team("acme", "only-refused", &[], 3).await;
        let day = |number: u64| two_days().from.day() + chrono::Days::new(number);
        let alias = |number: usize| events[number].call.alias_id;
        let only = TeamRepository::find(&world.store, &team_id("only-refused")).await.unwrap().unwrap().team.uid;
        let (t, u) = (events[0].call.team_uid, events[1].call.team_uid);
        let denials = [(0, alias(1), t, 2), (1, alias(1), t, 3), (0, alias(0), u, 4), (1, alias(0), only, 9), (2, alias(0), only, 90)];
        let denials = denials.map(|(number, alias_id, team_uid, count)| Denials { day: day(number), alias_id, team_uid, count });
        world.store.add_denials(&denials).await.unwrap();
        let told = async |scope: Scope, most| -> Vec<String> {
            let rows = world.store.denied(&scope, most).await.unwrap();
            rows.into_iter().map(|row| format!("{} {} {} {}", row.team, row.alias, row.calls, row.last_day)).collect()
        };
        let (only, t, u) = ("only-refused b 9 2024-10-15", "t a 5 2024-10-15", "u b 4 2024-10-14");
        assert_eq!(told(two_days(), 10).await, [only, t, u]);
        assert_eq!(told(two_days(), 1).await, [only]);
        assert_eq!(told(Scope { alias: Some(alias_name("a")), ..two_days() }, 10).await, [t]);
        assert_eq!(told(Scope { organization: Some("acme".parse().unwrap()), ..two_days() }, 10).await, [only, t]);
        assert_eq!(told(Scope { team: Some(team_id("u")), ..two_days() }, 10).await, [u]);
    }

    async fn pages_show_every_row_once(world) {
        called(world).await;
        for group in [Grouping::Outcome, Grouping::Team] {
            let whole = by_what(Some(Interval::Day), Some(group));
            let expected = rows(world, &whole).await;
            let (mut seen, mut query) = (Vec::new(), ReportQuery { limit: 3, ..whole });
            loop {
                let page = world.store.report(&query).await.unwrap();
                assert_eq!(page.total, expected.len() as u64);
                seen.extend(page.rows);
                let Some(next) = page.next else { break };
                query.after = Some(next);
            }
            assert_eq!(seen, expected);
        }
    }

    async fn filters_narrow_and_unknown_names_are_told(world) {
        called(world).await;
        let of = |change: fn(&mut Scope)| {
            let mut query = by_what(None, None);
            change(&mut query.scope);
            query
        };
        let calls = async |change| sum(&rows(world, &of(change)).await).calls;
        assert_eq!(calls(|scope| scope.alias = Some(alias_name("B"))).await, 14);
        assert_eq!(calls(|scope| scope.team = Some(team_id("T"))).await, 20);
        assert_eq!(calls(|scope| scope.organization = Some("Other".parse().unwrap())).await, 20);
        assert_eq!(calls(|scope| { scope.to = Timestamp::from_micros(DAY + 2 * HOUR); }).await, 2);
        for change in [
            (|scope| scope.alias = Some(alias_name("c"))) as fn(&mut Scope),
            |scope| scope.team = Some(team_id("v")),
            |scope| scope.organization = Some("nobody".parse().unwrap()),
            |scope| { scope.team = Some(team_id("u")); scope.organization = Some("acme".parse().unwrap()); },
        ] {
            let refused = world.store.report(&of(change)).await.unwrap_err();
            assert!(matches!(refused, StoreError::NotFound { .. }), "{refused:?}");
        }
    }

    async fn what_is_gone_stays_in_reports_and_who_takes_its_name_inherits_nothing(world) {
        called(world).await;
        TeamRepository::delete(&world.store, &team_id("t"), None, &by()).await.unwrap();
        OrganizationRepository::delete(&world.store, &"other".parse().unwrap(), None, &by()).await.unwrap();
        let names: Vec<String> = rows(world, &by_what(None, Some(Grouping::Team))).await.into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["t", "u"]);
        let other = |scope: &mut Scope| scope.organization = Some("other".parse().unwrap());
        let mut query = by_what(None, None);
        other(&mut query.scope);
        assert_eq!(sum(&rows(world, &query).await).calls, 20);
        world.organization("other").await;
        world.team("other", "t", &[], 3).await;
        assert_eq!(sum(&rows(world, &query).await).calls, 0);
        let team = Scope { team: Some(team_id("t")), ..two_days() };
        assert_eq!(sum(&rows(world, &ReportQuery::of(team)).await).calls, 0);
    }

    async fn a_summary_counts_jobs_and_calls_that_came_alone(world) {
        called(world).await;
        let period: Period = "2024-10".parse().unwrap();
        let used = world.store.summary(&period.scope()).await.unwrap();
        // 8 jobs of two calls each, and 24 calls alone.
        assert_eq!((used.all.total, used.all.figures.calls), (32, 40));
        let of = |name: &str| used.by_job_type.iter().find(|(n, _)| n == name).unwrap().1.total;
        assert_eq!((of("direct"), of("résumé \"x\"")), (24, 8));
        assert_eq!((used.by_alias.len(), used.by_team.len()), (2, 2));
        let day: Period = "2024-10-16".parse().unwrap();
        assert_eq!(world.store.summary(&day.scope()).await.unwrap().all.total, 0);
    }

    async fn teams_that_run_out_of_credit_are_told_first_those_with_the_least(world) {
        world.organization("acme").await;
        for (number, (name, given, charged)) in [("rich", 100, 10), ("low", 100, 80), ("out", 100, 100), ("none", 0, 0)].into_iter().enumerate() {
            let team = world.team("acme", name, &[], number as u64 + 1).await.team;
            if given > 0 {
                let transfer = Transfer { kind: TransactionKind::Addition, amount: MicroCredits::new(given), description: None };
                world.store.transfer(&team_id(name), transfer, &by()).await.unwrap();
            }
            let uid = team.uid;
            world.execute(&format!("UPDATE credit_accounts SET granted = {charged}, charged = {charged} WHERE team_uid = '{uid}'"));
        }
        let low = world.store.low_on_credits(None, 10).await.unwrap();
        let names: Vec<&str> = low.iter().map(|team| team.team_id.as_str()).collect();
        assert_eq!(names, ["out", "low"]);
        assert_eq!(world.store.low_on_credits(Some("nobody".parse().unwrap()), 10).await.unwrap(), []);
    }

    async fn the_numbers_of_the_user_guide_come_from_the_calls(world) {
        let alias = world.alias("gpt-4").await.id;
        world.organization("acme").await;
        world.team("acme", "t", &[], 1).await;
        let calls = guide_calls(alias);
        world.store.announce(instance(1), 1).await.unwrap();
        for (number, batch) in calls.chunks(500).enumerate() {
            world.store.ship(instance(1), number as u64 * 500, batch).await.unwrap();
        }
        let usage = AliasRepository::find(&world.store, &alias_name("gpt-4")).await.unwrap().unwrap().usage;
        assert_eq!((usage.total_calls, usage.avg_tokens_per_call), (1543, 850));
        assert_eq!(serde_json::to_string(&usage.total_cost_usd).unwrap(), "234.56");
        let listed = AliasRepository::list(&world.store, &AliasQuery::default()).await.unwrap();
        assert_eq!(listed.items[0].usage.total_calls, 1543);
        let report = rows(world, &by_what(None, Some(Grouping::Alias))).await;
        assert_eq!((report[0].name.as_str(), report[0].figures.calls), ("gpt-4", 1543));
        assert_eq!(report[0].figures.cost_usd, NanoUsd::new(234_560_000_000));
    }
}

/// 1,543 calls of 850 tokens that took 234.56 USD together.
fn guide_calls(alias: AliasId) -> Vec<UsageEvent> {
    let (each, rest) = (234_560_000_000 / 1543, 234_560_000_000 % 1543);
    (0..1543)
        .map(|number: i64| {
            let mut event = event(number.cast_unsigned(), alias);
            event.call.started_at = Timestamp::from_micros(DAY + number * 60_000_000);
            event.tokens = Some(TokenUsage { input: 600, output: 250, ..TokenUsage::default() });
            event.provider_cost = Some(NanoUsd::new(each + i64::from(number < rest)));
            event
        })
        .collect()
}
