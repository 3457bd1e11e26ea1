//! Refills: entered once in every period, by whoever looks first, and what is entered is in the ledger.

use alias_core::alias::Metadata;
use alias_core::audit::AuditQuery;
use alias_core::credits::{
    AccountId, Balance, Refill, RefillDraft, RefillPolicy, TransactionKind as Kind, Transfer, Unused,
};
use alias_core::job::NewJob;
use alias_core::money::MicroCredits;
use alias_core::repository::{
    AuditRepository, CreditRepository, Granted, JobRepository, LeaseRepository, StoreError, TeamRepository,
    Tenure, UsageRepository, Wish,
};
use alias_core::team::TeamUid;

use crate::credits::{balance, burning, ledger, team_with};
use crate::usage::instance;
use crate::world::{World, by, on_each_database, team_id, window};

const ONE: i64 = 1_000_000;

/// So many credits each time, in UTC.
fn policy(credits: i64, period: &str, unused: &str) -> RefillPolicy {
    let draft = RefillDraft {
        refill_amount: Some(credits.into()),
        refill_period: Some(period.into()),
        unused: Some(unused.into()),
        ..RefillDraft::default()
    };
    draft.parse().unwrap().unwrap()
}

async fn configure(world: &World, policy: Option<RefillPolicy>) -> Option<Refill> {
    world.store.configure_refill(&team_id("t"), policy, &by()).await.unwrap()
}

async fn next(world: &World) -> String {
    world.store.refilled(&team_id("t")).await.unwrap().unwrap().next_at.to_string()
}

/// The whole credits that the team has left, after what is due was entered.
async fn left(world: &World) -> i64 {
    world.store.refilled(&team_id("t")).await.unwrap();
    let left = balance(world).await.remaining().micros();
    assert_eq!(left, ledger(world).await);
    left / ONE
}

/// What the ledger says, the oldest first: what it was, and by how many credits.
async fn lines(world: &World) -> Vec<(Kind, i64)> {
    let page = world.store.transactions(&team_id("t"), &window(1_000)).await.unwrap().unwrap();
    page.items.iter().rev().map(|line| (line.kind, line.amount.micros() / ONE)).collect()
}

fn hours(world: &World, hours: i64) {
    world.clock.advance(chrono::Duration::hours(hours));
}

async fn announced(world: &World, number: u64) -> Tenure {
    world.store.announce(instance(number), 1).await.unwrap();
    Tenure { instance: instance(number), boot: 1 }
}

async fn grant(world: &World, who: Tenure, team: TeamUid, known: i64, credits: i64) -> Granted {
    let account = AccountId::of_team(team);
    world
        .store
        .grant(who, Wish { account, budget: None, known: known * ONE, need: credits * ONE })
        .await
        .unwrap()
}

fn leased(granted: Granted) -> i64 {
    let Granted::Lease(lease) = granted else { panic!("{granted:?}") };
    lease.granted / ONE
}

/// Accounts, leases and the ledger agree. What calls burned is made up here, and says nothing.
async fn clean(world: &World) {
    let mut differences = world.store.recompute(|_| true).await.unwrap().differences;
    differences.retain(|difference| !difference.place.starts_with("call "));
    assert_eq!(differences, []);
}

on_each_database! {
    async fn a_team_is_refilled_once_in_every_period(world) {
        team_with(world, 5 * ONE).await;
        let refill = configure(world, Some(policy(10, "daily", "keep"))).await.unwrap();
        // It is noon: the next day is the first that is refilled.
        assert_eq!((refill.next_at.to_string().as_str(), refill.last_at), ("2024-10-15T00:00:00Z", None));
        assert_eq!(left(world).await, 5);
        hours(world, 11);
        assert_eq!((world.store.refill_all().await.unwrap(), left(world).await), (0, 5));
        hours(world, 1);
        assert_eq!((world.store.refill_all().await.unwrap(), left(world).await), (1, 15));
        assert_eq!((world.store.refill_all().await.unwrap(), left(world).await), (0, 15));
        assert_eq!(next(world).await, "2024-10-16T00:00:00Z");
        hours(world, 24);
        assert_eq!(left(world).await, 25, "who reads it sees what is due");
        assert_eq!(lines(world).await, [(Kind::Allocation, 5), (Kind::Refill, 10), (Kind::Refill, 10)]);
        clean(world).await;
    }

    async fn a_call_that_runs_short_is_given_what_is_due(world) {
        let team = team_with(world, 2 * ONE).await;
        configure(world, Some(policy(10, "weekly", "keep"))).await;
        let first = announced(world, 1).await;
        assert_eq!(leased(grant(world, first, team, 0, 2).await), 2);
        assert!(matches!(grant(world, first, team, 2, 1).await, Granted::Short { available: 0, .. }));
        hours(world, 24 * 7);
        assert_eq!(leased(grant(world, first, team, 2, 1).await), 3);
        assert_eq!((balance(world).await.allocated.micros(), next(world).await), (12 * ONE, "2024-10-28T00:00:00Z".into()));
        // What is asked for beyond that is short again, and nothing comes twice.
        assert!(matches!(grant(world, first, team, 3, 10).await, Granted::Short { .. }));
        clean(world).await;
    }

    async fn a_job_that_runs_short_is_given_what_is_due(world) {
        let team = team_with(world, 0).await;
        configure(world, Some(policy(1, "daily", "keep"))).await;
        let job = || NewJob { job_type: "analysis".into(), user_id: None, metadata: Metadata::new() };
        JobRepository::create(&world.store, team, job()).await.unwrap_err();
        hours(world, 12);
        JobRepository::create(&world.store, team, job()).await.unwrap();
        JobRepository::create(&world.store, team, job()).await.unwrap_err();
        clean(world).await;
    }

    async fn periods_that_nobody_saw_give_one_refill(world) {
        team_with(world, 0).await;
        configure(world, Some(policy(10, "daily", "keep"))).await;
        hours(world, 24 * 40);
        assert_eq!(left(world).await, 10);
        assert_eq!(next(world).await, "2024-11-24T00:00:00Z");
        hours(world, 12);
        assert_eq!(left(world).await, 20);
    }

    async fn a_clock_that_runs_backwards_refills_nothing_twice(world) {
        team_with(world, 0).await;
        configure(world, Some(policy(10, "daily", "keep"))).await;
        hours(world, 12);
        assert_eq!(left(world).await, 10);
        for back in [-1, -48, 48, 1] {
            hours(world, back);
            assert_eq!((world.store.refill_all().await.unwrap(), left(world).await), (0, 10), "{back}");
        }
        // Neither does a policy that is set while the clock is behind.
        hours(world, -30);
        configure(world, None).await;
        let again = configure(world, Some(policy(10, "daily", "keep"))).await.unwrap();
        assert_eq!(again.next_at.to_string(), "2024-10-16T00:00:00Z");
        assert_eq!(again.last_at.unwrap().to_string(), "2024-10-15T00:00:00Z");
        hours(world, 30);
        assert_eq!(left(world).await, 10);
    }

    async fn what_is_left_expires_where_the_policy_says_so_but_for_what_is_held(world) {
        let team = team_with(world, 100 * ONE).await;
        configure(world, Some(policy(50, "monthly", "expire"))).await;
        let (first, alias) = (announced(world, 1).await, world.alias("a").await.id);
        assert_eq!(leased(grant(world, first, team, 0, 30).await), 30);
        world.store.ship(instance(1), 0, &[burning(0, alias, team, Some(instance(1)), 20 * ONE)]).await.unwrap();
        hours(world, 24 * 18);
        // 100 were given, 20 burned, 10 are held for calls: 70 go.
        assert_eq!(left(world).await, 60);
        let [allocated, used, held, full] = [80, 20, 10, 60].map(|n| MicroCredits::new(n * ONE));
        assert_eq!(balance(world).await, Balance { allocated, used, leased: held, full });
        assert_eq!(lines(world).await, [(Kind::Allocation, 100), (Kind::Deduction, -20), (Kind::Expiry, -70), (Kind::Refill, 50)]);
        clean(world).await;
    }

    async fn what_is_owed_does_not_expire(world) {
        let team = team_with(world, 5 * ONE).await;
        configure(world, Some(policy(10, "daily", "expire"))).await;
        announced(world, 1).await;
        let alias = world.alias("a").await.id;
        world.store.ship(instance(1), 0, &[burning(0, alias, team, None, 8 * ONE)]).await.unwrap();
        hours(world, 12);
        assert_eq!(left(world).await, 7);
        assert_eq!(lines(world).await, [(Kind::Allocation, 5), (Kind::Deduction, -8), (Kind::Refill, 10)]);
        clean(world).await;
    }

    async fn what_is_due_is_entered_by_the_terms_of_its_time(world) {
        team_with(world, 0).await;
        configure(world, Some(policy(10, "daily", "keep"))).await;
        hours(world, 12);
        let changed = configure(world, Some(policy(3, "daily", "expire"))).await.unwrap();
        assert_eq!((left(world).await, changed.policy.unused), (10, Unused::Expire));
        assert_eq!(changed.next_at.to_string(), "2024-10-16T00:00:00Z");
        hours(world, 23);
        // Another amount keeps the time, another period has its own.
        assert_eq!(configure(world, Some(policy(4, "daily", "keep"))).await.unwrap().next_at.to_string(), "2024-10-16T00:00:00Z");
        assert_eq!(configure(world, Some(policy(4, "monthly", "keep"))).await.unwrap().next_at.to_string(), "2024-11-01T00:00:00Z");
        hours(world, 1);
        assert_eq!(left(world).await, 10);
        configure(world, None).await;
        hours(world, 24 * 100);
        assert_eq!((world.store.refill_all().await.unwrap(), left(world).await), (0, 10));
    }

    async fn every_change_is_in_the_audit_log_and_only_changes(world) {
        team_with(world, 0).await;
        let changes = async || {
            let all = AuditRepository::list(&world.store, &AuditQuery::default()).await.unwrap().items;
            all.into_iter().filter(|record| record.action == "credits.configure_refill").collect::<Vec<_>>()
        };
        for (policy, recorded) in [
            (None, 0), (Some(policy(10, "daily", "keep")), 1), (Some(policy(10, "daily", "keep")), 1),
            (Some(policy(11, "daily", "keep")), 2), (None, 3), (None, 3),
        ] {
            configure(world, policy).await;
            assert_eq!(changes().await.len(), recorded, "{policy:?}");
        }
        let said = serde_json::to_string(&changes().await[1].diff).unwrap();
        assert!(said.contains("\"refill_amount\":10") && said.contains("\"refill_amount\":11"), "{said}");
        assert_eq!(world.store.configure_refill(&team_id("nobody"), None, &by()).await.unwrap_err().to_string(),
            StoreError::NotFound { kind: "team", name: "nobody".into() }.to_string());
        assert_eq!(world.store.refilled(&team_id("nobody")).await.unwrap(), None);
    }

    async fn a_refill_ends_with_its_team_and_a_new_team_of_that_name_has_none(world) {
        team_with(world, 0).await;
        configure(world, Some(policy(10, "daily", "keep"))).await;
        TeamRepository::delete(&world.store, &team_id("t"), None, &by()).await.unwrap();
        hours(world, 24);
        assert_eq!(world.store.refill_all().await.unwrap(), 0);
        world.team("acme", "t", &[], 2).await;
        assert_eq!(world.store.refilled(&team_id("t")).await.unwrap(), None);
        clean(world).await;
    }

    async fn a_refill_goes_no_further_than_an_account_can(world) {
        team_with(world, 0).await;
        let most = Transfer { kind: Kind::Addition, amount: MicroCredits::new(MicroCredits::MAX.micros() - 3 * ONE), description: None };
        world.store.transfer(&team_id("t"), most, &by()).await.unwrap();
        configure(world, Some(policy(10, "daily", "keep"))).await;
        for _ in 0..2 {
            hours(world, 24);
            assert_eq!(left(world).await, 1_000_000_000_000);
        }
        assert_eq!(lines(world).await[1..], [(Kind::Refill, 3)]);
        clean(world).await;
    }

    async fn of_many_that_look_at_once_one_enters_it(world) {
        let team = team_with(world, 0).await;
        let mut servers = Vec::new();
        for number in 0..12 {
            servers.push((number, world.replica().await, announced(world, number).await));
        }
        for unused in ["keep", "expire"] {
            configure(world, Some(policy(10, "daily", unused))).await;
            let before = (lines(world).await.len(), left(world).await);
            hours(world, 24);
            let mut looking = Vec::new();
            for (number, store, who) in servers.clone() {
                looking.push(tokio::spawn(async move {
                    match number % 3 {
                        0 => drop(store.refill_all().await.unwrap()),
                        1 => drop(store.refilled(&team_id("t")).await.unwrap()),
                        // More than there ever is: it only looks.
                        _ => drop(store.grant(who, Wish { account: AccountId::of_team(team), budget: None, known: 0, need: 1_000 * ONE }).await.unwrap()),
                    }
                }));
            }
            for looked in looking {
                looked.await.unwrap();
            }
            let new = if unused == "keep" { 1 } else { 2 };
            let now = if unused == "keep" { before.1 + 10 } else { 10 };
            assert_eq!((lines(world).await.len(), left(world).await), (before.0 + new, now), "{unused}");
        }
        clean(world).await;
    }
}
