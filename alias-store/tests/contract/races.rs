//! Writers at the same time, from two replicas.

use std::collections::HashSet;

use alias_core::alias::AliasDraft;
use alias_core::repository::{
    AliasRepository, Attempt, GroupRepository, IdempotencyRepository, IdempotentRequest, StoreError,
};

use crate::world::{alias_name, by, group_name, on_each_database};

/// How often a writer tries again that is told that there are too many.
const ATTEMPTS: usize = 100;

/// Tries until the answer is another than that there are too many, as is said on a machine that stands still for long.
async fn patiently<T, F>(mut write: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    for _ in 0..ATTEMPTS {
        match write().await {
            Err(StoreError::Busy) => {}
            other => return other,
        }
    }
    Err(StoreError::Busy)
}

on_each_database! {
    async fn of_fifty_who_create_one_name_exactly_one_succeeds(world) {
        let stores = [world.store.clone(), world.replica().await];
        let tasks: Vec<_> = (0..50).map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                let draft = AliasDraft::new(if n % 3 == 0 { "SMART" } else { "smart" }, "openai/gpt-4");
                let (draft, actor) = (draft.parse().unwrap(), by());
                patiently(|| AliasRepository::create(&store, draft.clone(), &actor)).await
            })
        }).collect();
        let mut created = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => created += 1,
                Err(StoreError::AlreadyExists { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(created, 1);
        assert_eq!((world.count("model_aliases"), world.count("audit_log")), (1, 1));
    }

    async fn fifty_who_add_different_models_to_one_group_lose_none_and_no_revision_repeats(world) {
        for n in 0..50 {
            world.alias(&format!("m{n}")).await;
        }
        world.group("g", &[]).await;
        let stores = [world.store.clone(), world.replica().await];
        let tasks: Vec<_> = (0..50).map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                let (group, models, actor) = (group_name("g"), [alias_name(&format!("m{n}"))], by());
                patiently(|| store.add_models(&group, &models, &actor)).await.unwrap().revision
            })
        }).collect();
        let mut revisions = HashSet::new();
        for task in tasks {
            assert!(revisions.insert(task.await.unwrap()), "two writes had one revision");
        }
        let group = GroupRepository::find(&world.store, &group_name("g")).await.unwrap().unwrap();
        assert_eq!((group.members.len(), group.group.version), (50, 51));
        assert_eq!(world.count("catalogue WHERE revision = 101"), 1);
    }

    async fn of_twenty_equal_requests_one_is_the_first(world) {
        let stores = [world.store.clone(), world.replica().await];
        let tasks: Vec<_> = (0..20).map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                let request = IdempotentRequest { scope: [1; 32], body: [1; 32] };
                patiently(|| store.begin(&request)).await.unwrap()
            })
        }).collect();
        let mut first = 0;
        for task in tasks {
            first += u32::from(task.await.unwrap() == Attempt::First);
        }
        assert_eq!(first, 1);
    }
}
