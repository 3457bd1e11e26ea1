//! Fills books with calls as fast as they take them, and computes them again: `books URL [CALLS]`.
//!
//! The database has to be empty. Calls are of 20 aliases and 50 teams over 30 days, shipped in batches of 1,000.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement: it ends loudly, and says what it saw"
)]

use std::sync::Arc;
use std::time::Instant;

use alias_core::alias::AliasDraft;
use alias_core::audit::Actor;
use alias_core::clock::{Clock, Timestamp};
use alias_core::credits::BudgetMode;
use alias_core::key::NewKey;
use alias_core::money::{NanoUsd, TokenPrice};
use alias_core::organization::OrganizationDraft;
use alias_core::price::{PriceList, Pricing, PricingDraft};
use alias_core::report::{Grouping, ReportQuery, Scope};
use alias_core::repository::{
    AliasRepository, OrganizationRepository, ReportRepository, Shipped, TeamRepository, UsageRepository,
};
use alias_core::team::{TeamDraft, TeamUid};
use alias_core::testing::{self, FixedClock};
use alias_core::usage::{
    Call, Endpoint, InstanceId, Outcome, PriceBasis, Settlement, TokenUsage, UsageEvent, UsageSource,
};
use alias_store::{DatabaseUrl, SqlStore};

const ALIASES: u64 = 20;
const TEAMS: u64 = 50;
const BATCH: u64 = 1_000;
/// 2024-10-01.
const START: i64 = 1_727_740_800_000_000;
const DAYS: i64 = 30;

struct World {
    list: PriceList,
    aliases: Vec<alias_core::alias::ModelAlias>,
    teams: Vec<TeamUid>,
}

async fn prepare(store: &SqlStore) -> World {
    let by = Actor::system();
    let list = PriceList::new(TokenPrice::new(2_500_000), TokenPrice::new(10_000_000));
    let organization = OrganizationDraft {
        organization_id: "acme".into(),
        name: "Acme".into(),
        ..OrganizationDraft::default()
    };
    let organization = organization.parse().expect("a draft");
    OrganizationRepository::create(store, organization, None, &by).await.expect("an organization");
    let (mut aliases, mut teams) = (Vec::new(), Vec::new());
    for number in 0..ALIASES {
        let pricing = Some(PricingDraft::from(&Pricing::Fixed(Arc::new(list.clone()))));
        let draft = AliasDraft { pricing, ..AliasDraft::new(format!("model-{number}"), "openai/gpt-4o") };
        let written = AliasRepository::create(store, draft.parse().expect("a draft"), &by).await;
        aliases.push(written.expect("an alias").value.alias);
    }
    for number in 0..TEAMS {
        let draft = TeamDraft {
            organization_id: "acme".into(),
            team_id: format!("team-{number}"),
            limit_mode: Some("unlimited".into()),
            ..TeamDraft::default()
        };
        let key = NewKey::first(testing::key(number));
        let written = TeamRepository::create(store, draft.parse().expect("a draft"), key, &by).await;
        teams.push(written.expect("a team").value.team.uid);
    }
    World { list, aliases, teams }
}

/// The call with this number of so many.
fn event(world: &World, number: u64, all: u64) -> UsageEvent {
    let pick = |of: u64, salt: u64| usize::try_from((number * 7 + salt) % of).unwrap_or(0);
    let alias = &world.aliases[pick(ALIASES, number / 13)];
    let span = i128::from(DAYS) * 86_400_000_000;
    let offset = i64::try_from(span * i128::from(number) / i128::from(all)).unwrap_or(0);
    let team = pick(TEAMS, number / 31);
    let tokens = TokenUsage { input: 400 + number % 900, output: 50 + number % 400, ..TokenUsage::default() };
    let charge = world.list.cost(&tokens, 0);
    let credits = charge.nanos() / 100 + i64::from(charge.nanos() % 100 >= 50);
    let call = Call {
        call_id: testing::id(number),
        started_at: Timestamp::from_micros(START + offset),
        endpoint: Endpoint::ChatCompletions,
        stream: number.is_multiple_of(2),
        alias_id: alias.id,
        alias: alias.alias.clone(),
        alias_version: 1,
        scheduled: None,
        litellm_model: alias.spec.litellm_model.clone(),
        organization_id: "acme".parse().expect("an id"),
        team_uid: world.teams[team],
        team_id: format!("team-{team}").parse().expect("an id"),
        key_id: testing::key(team as u64).id().clone().into(),
        request_id: format!("req_{number}"),
        job: None,
    };
    // From a third of a second to half a minute, most of them short.
    let duration_us = (330_000 + number * 7_919 % 1_000_000) << (number * 31 / 7 % 6);
    UsageEvent {
        outcome: Outcome::Complete,
        status: 200,
        duration_us,
        first_byte_us: Some(duration_us / 3),
        tokens: Some(tokens),
        provider_cost: Some(NanoUsd::new(charge.nanos())),
        charge: Some(charge),
        settlement: Settlement {
            source: UsageSource::Reported,
            raw: Some(format!(
                "{{\"prompt_tokens\":{},\"completion_tokens\":{}}}",
                tokens.input, tokens.output
            )),
            basis: PriceBasis::Fixed,
            mode: BudgetMode::ConsumptionUsd,
            rate: 10_000_000,
            credits,
            charged: credits,
            ..Settlement::default()
        },
        ..UsageEvent::interrupted(call)
    }
}

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
