//! What a decision costs: `authenticate` + `decide`, the list of models, and the building of a table.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use alias_core::alias::Visibility;
use alias_core::catalog::{
    Catalog, CatalogAlias, CatalogGroup, CatalogKey, CatalogOrganization, CatalogStanding, CatalogTeam,
    Revision,
};
use alias_core::clock::Timestamp;
use alias_core::key::Entrance;
use alias_core::testing::{id, key};
use alias_core::usage::Endpoint;
use alias_router::{Arrival, Request, RouterPolicy, RoutingTable, decide};
use criterion::{Criterion, criterion_group, criterion_main};

/// How many calls are drawn in advance: more than the caches hold entries of the large tables.
const CALLS: usize = 100_000;

/// How many calls are read before they are decided about.
const BATCH: u64 = 64;

/// How much of everything there is.
#[derive(Clone, Copy)]
struct Size {
    aliases: u64,
    groups: u64,
    teams: u64,
    keys: u64,
}

const SMALL: Size = Size { aliases: 1_000, groups: 10, teams: 100, keys: 1_000 };
const LARGE: Size = Size { aliases: 100_000, groups: 1_000, teams: 10_000, keys: 100_000 };
const HUGE: Size = Size { aliases: 1_000_000, groups: 10_000, teams: 100_000, keys: 1_000_000 };

/// Numbers that look random and are the same in every run (xorshift64*).
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % end
    }
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_728_907_200_000_000)
}

fn arrival() -> Arrival {
    Arrival { at: now(), entrance: Entrance::Call(Endpoint::ChatCompletions), address: None }
}

fn name(n: u64) -> String {
    format!("vendor-{}/model-{n}", n % 97)
}

fn entry(n: u64) -> CatalogAlias {
    CatalogAlias {
        id: id(n),
        alias: name(n).parse().unwrap(),
        version: 1,
        litellm_model: format!("openai/model-{n}").parse().unwrap(),
        active: true,
        visibility: Visibility::Listed,
        pricing: alias_core::price::Pricing::UNSAID,
        model: None,
        on_disconnect: alias_core::alias::OnDisconnect::Cancel,
        tags: vec![],
        created_at: now(),
    }
}

/// Every alias is in two groups, every team holds three, keys are spread evenly.
fn catalog(size: Size) -> Catalog {
    let mut draw = Draw(42);
    let mut members = vec![Vec::new(); usize::try_from(size.groups).unwrap()];
    for alias in 0..size.aliases {
        for _ in 0..2 {
            members[usize::try_from(draw.below(size.groups)).unwrap()].push(id(alias));
        }
    }
    let groups = (0..).zip(members).map(|(n, aliases)| CatalogGroup { id: id(n), active: true, aliases });
    let team = |n: u64, draw: &mut Draw| CatalogTeam {
        uid: id(n),
        team_id: format!("team-{n}").parse().unwrap(),
        organization: id(n % 100),
        groups: (0..3).map(|_| id(draw.below(size.groups))).collect(),
        default_model: None,
        standing: CatalogStanding::default(),
        limits: alias_core::limit::Limits::default(),
        billing: alias_core::credits::Billing::default(),
    };
    let organization = |n: u64| CatalogOrganization {
        uid: id(n),
        organization_id: format!("org-{n}").parse().unwrap(),
        standing: CatalogStanding::default(),
    };
    let team_key = |n: u64| {
        let secret = key(n);
        CatalogKey {
            id: secret.id().clone(),
            digest: secret.digest(),
            team: id(n % size.teams),
            expires_at: None,
            scope: None,
            limits: alias_core::limit::Limits::default(),
        }
    };
    Catalog {
        revision: Revision(1),
        aliases: (0..size.aliases).map(entry).collect(),
        groups: groups.collect(),
        organizations: (0..100).map(organization).collect(),
        teams: (0..size.teams).map(|n| team(n, &mut draw)).collect(),
        keys: (0..size.keys).map(team_key).collect(),

        budgets: vec![],
    }
}

/// Calls that are admitted: any key, and any alias that its team may call.
fn calls(table: &RoutingTable, size: Size) -> Vec<(String, String)> {
    let mut draw = Draw(7);
    let mut call = || {
        let presented = key(draw.below(size.keys)).expose().to_owned();
        let caller = table.authenticate(&presented, arrival()).unwrap();
        let models = table.visible_models(&caller);
        let model = models[usize::try_from(draw.below(models.len() as u64)).unwrap()].alias.to_string();
        (presented, model)
    };
    (0..CALLS).map(|_| call()).collect()
}

fn admit(table: &RoutingTable, presented: &str, model: &str) {
    let caller = table.authenticate(black_box(presented), black_box(arrival()));
    let decision = caller.and_then(|caller| decide(table, &caller, &Request::new(black_box(model))));
    assert!(black_box(decision).is_ok());
}

fn decisions(c: &mut Criterion) {
    for (label, size) in [("1k", SMALL), ("100k", LARGE), ("1M", HUGE)] {
        let table = RoutingTable::build(&catalog(size), RouterPolicy::default());
        let calls = calls(&table, size);
        let mut group = c.benchmark_group(format!("authenticate_and_decide/{label}"));
        group.bench_function("uniform", |b| {
            let mut next = calls.iter().cycle();
            b.iter_custom(|calls| {
                let (mut left, mut taken) = (calls, Duration::ZERO);
                while left > 0 {
                    let batch = left.min(BATCH);
                    // A server has just read what it looks up, so that it is in the cache: it is the table that is cold.
                    let read: Vec<(String, String)> =
                        (0..batch).filter_map(|_| next.next().cloned()).collect();
                    let began = Instant::now();
                    for (presented, model) in &read {
                        admit(&table, presented, model);
                    }
                    taken += began.elapsed();
                    left -= batch;
                }
                taken
            });
        });
        let (presented, model) = &calls[0];
        group.bench_function("hot", |b| b.iter(|| admit(&table, presented, model)));
    }
}

fn tables(c: &mut Criterion) {
    let catalog = catalog(LARGE);
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    let models = table.visible_models(&caller).len();
    c.bench_function(&format!("visible_models/{models}_of_100k"), |b| {
        b.iter(|| black_box(table.visible_models(&caller)));
    });
    c.bench_function("refuse_an_unknown_model/100k", |b| {
        b.iter(|| decide(&table, &caller, &Request::new(black_box("vendor-1/modle-1"))).is_err());
    });
    let mut group = c.benchmark_group("build");
    group.sample_size(10);
    group.bench_function("100k", |b| {
        b.iter_with_large_drop(|| RoutingTable::build(&catalog, RouterPolicy::default()));
    });
}

criterion_group!(benches, decisions, tables);
criterion_main!(benches);
