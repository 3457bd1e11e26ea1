//! Figures of targets, and what becomes of them.

use alias_core::catalog::{Catalog, CatalogRouting, Revision};
use alias_core::testing::{self, id};
use alias_core::usage::{Call, Endpoint, Outcome, UsageEvent};
use alias_router::RouterPolicy;

use super::*;
use crate::error::Code;

const NEW: &str = "openai/new";

/// `smart`, of which half goes to a canary that is held to its times and errors.
fn alias() -> CatalogAlias {
    let rules = serde_json::json!({"split": [{
        "litellm_model": NEW, "share": 50,
        "guardrails": {"error_rate": 10, "p95_first_byte": 100, "min_calls": 4, "window_seconds": 10},
    }]});
    CatalogAlias {
        id: id(1),
        alias: "smart".parse().unwrap(),
        version: 2,
        litellm_model: "openai/old".parse().unwrap(),
        active: true,
        visibility: alias_core::alias::Visibility::Listed,
        pricing: alias_core::price::Pricing::UNSAID,
        model: None,
        on_disconnect: alias_core::alias::OnDisconnect::Cancel,
        tags: vec![],
        created_at: Timestamp::from_micros(1),
        routing: Some(Arc::new(CatalogRouting {
            rules: serde_json::from_value(rules).unwrap(),
            models: vec![None],
        })),
        scheduled: None,
        next: None,
    }
}

struct World {
    arms: Arms,
    alias: CatalogAlias,
    table: RoutingTable,
}

impl World {
    fn new() -> Self {
        let alias = alias();
        let catalog = Catalog { revision: Revision(1), aliases: vec![alias.clone()], ..Catalog::default() };
        let table = RoutingTable::build(&catalog, RouterPolicy::default());
        Self { arms: Arms::default(), alias, table }
    }

    fn rules(&self) -> &Routing {
        &self.alias.routing.as_ref().unwrap().rules
    }

    fn begin(&self, target: &str) -> Running {
        let counted = self.arms.arm(&self.alias, self.rules(), &target.parse().unwrap(), false);
        let departure = Departure::default();
        departure.leave();
        Running::begin(counted.unwrap(), departure)
    }

    fn end(&self, target: &str, outcome: Outcome, code: Option<Code>) {
        let call = Call {
            call_id: id(1),
            started_at: Timestamp::from_micros(1),
            endpoint: Endpoint::ChatCompletions,
            stream: false,
            alias_id: id(1),
            alias: "smart".parse().unwrap(),
            alias_version: 2,
            scheduled: None,
            litellm_model: target.parse().unwrap(),
            organization_id: "acme".parse().unwrap(),
            team_uid: id(1),
            team_id: "t".parse().unwrap(),
            key_id: testing::key(1).id().clone().into(),
            request_id: String::new(),
            job: None,
        };
        let error_code = code.map(|code| code.word().to_owned());
        let event = UsageEvent { outcome, error_code, duration_us: 1_000, ..UsageEvent::interrupted(call) };
        self.begin(target).end(&event);
    }

    fn broken(&self, later: u64) -> Vec<Broken> {
        let now = Instant::now() + Duration::from_secs(later);
        self.arms.broken(&self.table, Timestamp::from_micros(2), now)
    }

    /// Calls that ended, that failed, and that have not ended, at the canary.
    fn figures(&self) -> (u64, u64, u64) {
        let canary = self.arms.compared(&self.alias, self.rules()).arms[1];
        (canary.calls, canary.errors, canary.running)
    }
}

#[test]
fn a_proxy_that_is_away_and_a_server_without_room_count_for_no_target() {
    let world = World::new();
    for code in [Code::UpstreamUnreachable, Code::ServerBusy] {
        world.end(NEW, Outcome::Failed, Some(code));
        world.begin(NEW).failed(code.word());
    }
    assert_eq!(world.figures(), (0, 0, 0));
    world.end(NEW, Outcome::Failed, Some(Code::UpstreamTimeout));
    world.begin(NEW).failed(Code::UpstreamTimeout.word());
    world.end(NEW, Outcome::Complete, None);
    assert_eq!(world.figures(), (3, 2, 0));
}

#[test]
fn a_target_that_nobody_calls_is_forgotten_and_one_with_calls_out_is_not() {
    let world = World::new();
    world.end("openai/old", Outcome::Complete, None);
    let out = world.begin(NEW);
    assert!(world.broken(60).is_empty());
    assert_eq!(world.arms.0.read()[&id(1)].arms.len(), 1, "the old target has no call any more");
    out.failed(Code::UpstreamTimeout.word());
    assert_eq!(world.figures(), (1, 1, 0), "and what was out counts where it is looked for");
    assert!(world.broken(60).is_empty() && world.arms.0.read().is_empty());
}

#[test]
fn a_canary_whose_calls_do_not_end_is_broken_before_they_do() {
    let world = World::new();
    (0..4).for_each(|_| world.end("openai/old", Outcome::Complete, None));
    let mut out: Vec<Running> = (0..4).map(|_| world.begin(NEW)).collect();
    let broken = world.broken(5);
    assert_eq!(broken.len(), 1);
    let why = broken[0].breach.to_string();
    assert!(why.contains("p95_first_byte") && why.contains("(4 are still out)"), "{why}");
    // Where the first bytes have come, nobody waits for them.
    out.iter().for_each(Running::first_byte);
    assert!(world.broken(5).is_empty(), "{:?}", world.arms.compared(&world.alias, world.rules()));
    out.pop();
    assert_eq!(world.figures(), (0, 0, 3), "one that was none is forgotten");
}

#[test]
fn a_call_is_out_from_its_being_sent_and_for_one_window() {
    let world = World::new();
    let counted = world.arms.arm(&world.alias, world.rules(), &NEW.parse().unwrap(), false);
    let departure = Departure::default();
    let _waits = Running::begin(counted.unwrap(), departure.clone());
    assert_eq!(world.figures(), (0, 0, 0), "it waits for a connection");
    departure.leave();
    assert_eq!(world.figures(), (0, 0, 1));
    let (window, now) = (window(world.rules()), Instant::now());
    let out = |later: u64| {
        let all = world.arms.0.read();
        let out = all[&id(1)].arms[0].out.lock();
        out.each(now + Duration::from_secs(later), window).len()
    };
    assert_eq!((out(9), out(11)), (1, 0));
}

#[test]
fn a_failure_has_no_time_unless_nobody_waited_any_longer() {
    let world = World::new();
    let timed = |code| {
        world.end(NEW, Outcome::Failed, Some(code));
        world.arms.compared(&world.alias, world.rules()).arms[1].duration.calls
    };
    assert_eq!((timed(Code::UpstreamRejected), timed(Code::UpstreamTimeout)), (0, 1));
    assert_eq!(world.figures(), (2, 2, 0));
}

#[test]
fn figures_are_those_of_one_version_and_what_was_decided_before_counts_nowhere() {
    let mut world = World::new();
    world.end(NEW, Outcome::Failed, Some(Code::UpstreamTimeout));
    let before = world.alias.clone();
    world.alias.version += 1;
    assert_eq!(world.figures(), (0, 0, 0));
    world.end(NEW, Outcome::Complete, None);
    assert_eq!(world.figures(), (1, 0, 0));
    assert!(world.arms.arm(&before, world.rules(), &NEW.parse().unwrap(), false).is_none());
    assert_eq!(world.figures(), (1, 0, 0));
}
