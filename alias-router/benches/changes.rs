//! What one change of the catalogue costs the server that serves it: from the answer of the source to the new table.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first fault")]

mod world;

use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use alias_core::catalog::{
    Catalog, CatalogAlias, CatalogChange, CatalogDelta, CatalogGroup, CatalogKey, CatalogSource, CatalogTeam,
    Gone, Known, Revision,
};
use alias_core::repository::StoreError;
use alias_core::testing::key;
use alias_router::{LiveRouter, RouterPolicy};
use async_trait::async_trait;
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Builder;
use world::{LARGE, Size, catalog};

const HUGE: Size = Size { aliases: 1_000_000, groups: 10_000, teams: 100_000, keys: 1_000_000 };

/// The size that a change is measured at.
const SIZE: Size = Size { keys: HUGE.keys, ..LARGE };

/// What is told next; the whole catalogue, first.
#[derive(Debug)]
struct Source(Mutex<Option<CatalogChange>>);

#[async_trait]
impl CatalogSource for Source {
    async fn changes_since(&self, _: Option<Known>) -> Result<CatalogChange, StoreError> {
        Ok(self.0.lock().unwrap().take().unwrap_or(CatalogChange::None))
    }
}

/// The `n`th change of a kind, to something that is drawn anew each time.
type Make = fn(&Catalog, u64) -> (Catalog, Gone);

fn nth<T: Clone>(items: &[T], n: u64) -> T {
    let len = u64::try_from(items.len()).unwrap();
    items[usize::try_from(n.wrapping_mul(7_919) % len).unwrap()].clone()
}

fn another_target(all: &Catalog, n: u64) -> (Catalog, Gone) {
    let old = nth(&all.aliases, n);
    let new = CatalogAlias {
        version: old.version + 1,
        litellm_model: format!("openai/new-{n}").parse().unwrap(),
        ..old
    };
    (Catalog { aliases: vec![new], ..Catalog::default() }, Gone::default())
}

fn another_name(all: &Catalog, n: u64) -> (Catalog, Gone) {
    let new = CatalogAlias { alias: format!("renamed-{n}").parse().unwrap(), ..nth(&all.aliases, n) };
    (Catalog { aliases: vec![new], ..Catalog::default() }, Gone::default())
}

fn a_member_less(all: &Catalog, n: u64) -> (Catalog, Gone) {
    let mut new: CatalogGroup = nth(&all.groups, n);
    let place = usize::try_from(n).unwrap() % new.aliases.len();
    new.aliases.remove(place);
    (Catalog { groups: vec![new], ..Catalog::default() }, Gone::default())
}

fn other_groups(all: &Catalog, n: u64) -> (Catalog, Gone) {
    let groups = (1..4).map(|more| nth(&all.groups, n + more).id).collect();
    let new = CatalogTeam { groups, ..nth(&all.teams, n) };
    (Catalog { teams: vec![new], ..Catalog::default() }, Gone::default())
}

fn a_new_key(all: &Catalog, n: u64) -> (Catalog, Gone) {
    let secret = key(SIZE.keys + n);
    let new = CatalogKey { id: secret.id().clone(), digest: secret.digest(), ..nth(&all.keys, n) };
    (Catalog { keys: vec![new], ..Catalog::default() }, Gone::default())
}

fn a_revoked_key(all: &Catalog, n: u64) -> (Catalog, Gone) {
    (Catalog::default(), Gone { keys: vec![nth(&all.keys, n).digest], ..Gone::default() })
}

fn a_deleted_team(all: &Catalog, n: u64) -> (Catalog, Gone) {
    (Catalog::default(), Gone { teams: vec![nth(&all.teams, n).uid], ..Gone::default() })
}

fn changes(c: &mut Criterion) {
    let all = catalog(SIZE);
    let runtime = Builder::new_current_thread().build().unwrap();
    let mut group = c.benchmark_group("change/100k_aliases_10k_teams_1M_keys");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    let kinds: [(&str, Make); 7] = [
        ("an alias has another target", another_target),
        ("an alias has another name", another_name),
        ("a group has a member less", a_member_less),
        ("a team has other groups", other_groups),
        ("a new key", a_new_key),
        ("a revoked key", a_revoked_key),
        ("a deleted team", a_deleted_team),
    ];
    for (kind, make) in kinds {
        let source = Arc::new(Source(Mutex::new(Some(CatalogChange::Full(all.clone())))));
        let told: Arc<dyn CatalogSource> = Arc::clone(&source) as Arc<dyn CatalogSource>;
        let live = runtime.block_on(LiveRouter::start(told, RouterPolicy::default())).unwrap();
        let mut n = 0;
        group.bench_function(kind, |b| {
            b.iter_custom(|times| {
                let mut taken = Duration::ZERO;
                for _ in 0..times {
                    n += 1;
                    let since = live.revision();
                    let revision = Revision(since.0 + 1);
                    let (changed, gone) = make(&all, n);
                    let changed = Catalog { revision, ..changed };
                    let told = CatalogChange::Delta(CatalogDelta { since, changed, gone });
                    *source.0.lock().unwrap() = Some(told);
                    let began = Instant::now();
                    black_box(runtime.block_on(live.refresh(revision)).unwrap());
                    taken += began.elapsed();
                }
                taken
            });
        });
    }
}

criterion_group!(benches, changes);
criterion_main!(benches);
