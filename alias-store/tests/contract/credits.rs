//! Credits: what is leased never exceeds what was given, and what is charged never exceeds what was leased.

use alias_core::credits::{AccountId, Balance, Lease, TransactionKind, Transfer};
use alias_core::money::MicroCredits;
use alias_core::repository::{
    CreditFault, CreditRepository, Granted, LeaseRepository, Shipped, StoreError, TeamRepository, Tenure,
    UsageRepository, Wish,
};
use alias_core::team::{TeamDraft, TeamUid};
use alias_core::usage::{InstanceId, Settlement, UsageEvent};

use crate::usage::{event, instance};
use crate::world::{World, by, key, on_each_database, team_id, window};

fn credits(number: i64) -> MicroCredits {
    MicroCredits::new(number)
}

/// A team with so many micro-credits.
pub(crate) async fn team_with(world: &World, micros: i64) -> TeamUid {
    world.organization("acme").await;
    let draft = TeamDraft {
        organization_id: "acme".into(),
        team_id: "t".into(),
        credits_allocated: Some(serde_json::from_str(&format!("{micros}e-6")).unwrap()),
        ..TeamDraft::default()
    };
    TeamRepository::create(&world.store, draft.parse().unwrap(), key(1), &by()).await.unwrap().value.team.uid
}

pub(crate) async fn balance(world: &World) -> Balance {
    CreditRepository::balance(&world.store, &team_id("t")).await.unwrap().unwrap()
}

/// The sum of the ledger, which is the balance.
pub(crate) async fn ledger(world: &World) -> i64 {
    let page = world.store.transactions(&team_id("t"), &window(1_000)).await.unwrap().unwrap();
    page.items.iter().map(|line| line.amount.micros()).sum()
}

fn who(number: u64) -> Tenure {
    Tenure { instance: instance(number), boot: 1 }
}

async fn announced(world: &World, number: u64) -> Tenure {
    world.store.announce(instance(number), 1).await.unwrap();
    who(number)
}

async fn grant(world: &World, who: Tenure, team: TeamUid, known: i64, need: i64) -> Granted {
    let account = AccountId::of_team(team);
    world.store.grant(who, Wish { account, budget: None, known, need }).await.unwrap()
}

fn lease(team: TeamUid, granted: i64, returned: i64, charged: i64) -> Lease {
    Lease { account: AccountId::of_team(team), granted, returned, charged }
}

/// A call of the team that burned so much, all of it held on the lease of that instance.
pub(crate) fn burning(
    number: u64,
    alias: alias_core::alias::AliasId,
    team: TeamUid,
    on: Option<InstanceId>,
    credits: i64,
) -> UsageEvent {
    let mut event = event(number, alias);
    event.call.team_uid = team;
    event.settlement = Settlement { credits, charged: credits, lease: on, ..Settlement::default() };
    event
}

on_each_database! {
    async fn a_lease_is_a_sixteenth_of_what_is_left_and_at_least_what_is_needed(world) {
        let team = team_with(world, 1_600).await;
        let first = announced(world, 1).await;
        assert_eq!(grant(world, first, team, 0, 10).await, Granted::Lease(lease(team, 100, 0, 0)));
        assert_eq!(grant(world, first, team, 100, 500).await, Granted::Lease(lease(team, 600, 0, 0)));
        let second = announced(world, 2).await;
        assert_eq!(grant(world, second, team, 0, 990).await, Granted::Lease(lease(team, 990, 0, 0)));
        let short = grant(world, second, team, 990, 11).await;
        assert_eq!(short, Granted::Short { lease: lease(team, 990, 0, 0), available: 10, others: true });
        assert_eq!(balance(world).await, Balance { allocated: credits(1_600), used: credits(0), leased: credits(1_590), full: credits(1_600) });
    }

    async fn little_is_a_fifth_of_what_was_there_when_credits_were_last_given(world) {
        let team = team_with(world, 100).await;
        let alias = world.alias("a").await.id;
        crate::webhooks::create(world, Some("t"), &["team.low_credits", "team.credits_exhausted"]).await.unwrap();
        world.store.announce(instance(1), 1).await.unwrap();
        // Month after month a hundred are given and ninety burned: each time little is left, and it is told again.
        for month in 0..4 {
            let told = i64::try_from(month).unwrap();
            assert!(!balance(world).await.is_low(), "month {month}");
            assert_eq!(world.count("webhook_deliveries"), told);
            let burned = balance(world).await.remaining().micros() - 10;
            world.store.ship(instance(1), month, &[burning(month, alias, team, None, burned)]).await.unwrap();
            assert!(balance(world).await.is_low(), "month {month}");
            assert_eq!(world.count("webhook_deliveries"), told + 1);
            let transfer = Transfer { kind: TransactionKind::Addition, amount: credits(100), description: None };
            world.store.transfer(&team_id("t"), transfer, &by()).await.unwrap();
        }
        // What is taken away makes nothing fuller.
        let taken = Transfer { kind: TransactionKind::Adjustment, amount: credits(-90), description: None };
        world.store.transfer(&team_id("t"), taken, &by()).await.unwrap();
        assert_eq!((balance(world).await.remaining(), balance(world).await.is_low()), (credits(20), true));
    }

    async fn an_answer_that_was_lost_is_told_again_and_grants_nothing_twice(world) {
        let team = team_with(world, 1_600).await;
        let first = announced(world, 1).await;
        let granted = grant(world, first, team, 0, 10).await;
        assert_eq!(grant(world, first, team, 0, 10).await, granted);
        assert_eq!(balance(world).await.leased, credits(100));
    }

    async fn what_an_earlier_start_asks_for_late_is_refused(world) {
        let team = team_with(world, 1_600).await;
        let first = announced(world, 1).await;
        grant(world, first, team, 0, 10).await;
        world.store.announce(instance(1), 2).await.unwrap();
        assert_eq!(grant(world, first, team, 100, 10).await, Granted::Closed);
        let account = AccountId::of_team(team);
        let unchanged = world.store.give_back(first, &[(account, 100)]).await.unwrap();
        assert_eq!(unchanged, [lease(team, 100, 0, 0)]);
    }

    async fn idle_credit_goes_back_once_and_only_as_far_as_it_is_covered(world) {
        let team = team_with(world, 1_600).await;
        let (first, account) = (announced(world, 1).await, AccountId::of_team(team));
        grant(world, first, team, 0, 100).await;
        let alias = world.alias("a").await.id;
        world.store.ship(instance(1), 0, &[burning(0, alias, team, Some(instance(1)), 30)]).await.unwrap();
        for (returned, stands) in [(50, 50), (40, 50), (50, 50), (71, 50), (70, 70)] {
            let now = world.store.give_back(first, &[(account, returned)]).await.unwrap();
            assert_eq!(now, [lease(team, 100, stands, 30)], "{returned}");
        }
        assert_eq!(balance(world).await, Balance { allocated: credits(1_600), used: credits(30), leased: credits(0), full: credits(1_600) });
    }

    async fn a_call_is_charged_as_far_as_its_lease_covers_it_and_the_house_bears_the_rest(world) {
        let team = team_with(world, 100).await;
        let first = announced(world, 1).await;
        grant(world, first, team, 0, 50).await;
        let alias = world.alias("a").await.id;
        let on = Some(instance(1));
        let batch = [burning(0, alias, team, on, 30), burning(1, alias, team, on, 30)];
        assert_eq!(world.store.ship(instance(1), 0, &batch).await.unwrap(), Shipped::Stored);
        assert_eq!(balance(world).await.used, credits(50));
        assert_eq!(world.count("usage_events WHERE credits = 30 AND charged = 20"), 1);
        assert_eq!(ledger(world).await, 50);
        // Again, and from before: nothing is charged twice.
        assert_eq!(world.store.ship(instance(1), 0, &batch).await.unwrap(), Shipped::ContinueFrom(2));
        assert_eq!(balance(world).await.used, credits(50));
    }

    async fn a_closed_instance_holds_nothing_and_what_it_settles_late_is_the_houses(world) {
        let team = team_with(world, 100).await;
        let first = announced(world, 1).await;
        grant(world, first, team, 0, 60).await;
        let alias = world.alias("a").await.id;
        let on = Some(instance(1));
        world.store.ship(instance(1), 0, &[burning(0, alias, team, on, 10)]).await.unwrap();
        assert!(!world.store.close(instance(1), Some(77)).await.unwrap(), "its beat is another");
        assert!(world.store.close(instance(1), None).await.unwrap());
        assert!(!world.store.close(instance(1), None).await.unwrap());
        assert!(!world.store.beat(instance(1)).await.unwrap());
        assert_eq!(grant(world, first, team, 60, 1).await, Granted::Closed);
        assert_eq!(balance(world).await, Balance { allocated: credits(100), used: credits(10), leased: credits(0), full: credits(100) });
        world.store.ship(instance(1), 1, &[burning(1, alias, team, on, 20)]).await.unwrap();
        assert_eq!(balance(world).await.used, credits(10));
        assert_eq!(world.count("usage_events WHERE credits = 20 AND charged = 0"), 1);
        // It cannot come back under its id.
        let refused = world.store.announce(instance(1), 2).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }

    async fn a_team_without_a_limit_is_charged_outright_and_may_go_below_zero(world) {
        let team = team_with(world, 100).await;
        announced(world, 1).await;
        let alias = world.alias("a").await.id;
        world.store.ship(instance(1), 0, &[burning(0, alias, team, None, 130)]).await.unwrap();
        let now = balance(world).await;
        assert_eq!((now.remaining(), now.leased), (credits(-30), credits(0)));
        assert_eq!(ledger(world).await, -30);
        assert!(matches!(grant(world, who(1), team, 0, 1).await, Granted::Short { available: 0, others: false, .. }));
    }

    async fn a_batch_charges_each_account_what_is_its_own(world) {
        let (limited, alias) = (team_with(world, 1_000).await, world.alias("a").await.id);
        let unlimited = world.team("acme", "u", &[], 2).await.team.uid;
        let (first, closed) = (announced(world, 1).await, announced(world, 2).await);
        grant(world, first, limited, 0, 70).await;
        grant(world, closed, limited, 0, 40).await;
        world.store.close(instance(2), None).await.unwrap();
        let nobody: TeamUid = alias_core::testing::id(4_711);
        let (on, late) = (Some(instance(1)), Some(instance(2)));
        world.store.ship(instance(1), 0, &[burning(0, alias, limited, on, 0)]).await.unwrap();
        assert_eq!(world.count("credit_transactions WHERE kind = 'deduction'"), 0);
        let calls = [
            (limited, on, 40), (unlimited, None, 130), (nobody, None, 5), (limited, late, 10),
            (limited, on, 40), (unlimited, None, 7), (nobody, on, 5), (limited, None, 2),
        ];
        let batch: Vec<_> = (1..).zip(calls).map(|(number, (team, on, burned))| burning(number, alias, team, on, burned)).collect();
        world.store.ship(instance(1), 1, &batch).await.unwrap();
        for (seq, taken) in [(1, 40), (2, 130), (3, 0), (4, 0), (5, 30), (6, 7), (7, 0), (8, 2)] {
            assert_eq!(world.count(&format!("usage_events WHERE seq = {seq} AND charged = {taken}")), 1, "{seq}");
        }
        for (team, taken) in [(limited, 72), (unlimited, 137)] {
            let account = format!("credit_transactions WHERE kind = 'deduction' AND account_id = '{}'", AccountId::of_team(team));
            assert_eq!((world.count(&account), world.sum("amount", &account)), (1, -taken));
        }
        assert_eq!((balance(world).await.used, ledger(world).await), (credits(72), 928));
        assert_eq!(world.store.leases(instance(1)).await.unwrap().1, [lease(limited, 70, 0, 70)]);
        assert_eq!(world.sum("charged", "credit_leases"), 209);
    }

    async fn who_ran_dry_is_heard_by_those_who_hold_some(world) {
        let team = team_with(world, 100).await;
        let (first, second) = (announced(world, 1).await, announced(world, 2).await);
        grant(world, first, team, 0, 100).await;
        assert_eq!(world.store.recalls(instance(1)).await.unwrap(), []);
        grant(world, second, team, 0, 1).await;
        let account = AccountId::of_team(team);
        assert_eq!(world.store.recalls(instance(1)).await.unwrap(), [(account, 1)]);
        assert_eq!(world.store.recalls(instance(2)).await.unwrap(), []);
        world.store.give_back(first, &[(account, 100)]).await.unwrap();
        assert_eq!(world.store.recalls(instance(1)).await.unwrap(), []);
        assert!(matches!(grant(world, second, team, 0, 1).await, Granted::Lease(_)));
    }

    async fn credits_are_added_and_taken_away_but_not_those_that_are_held(world) {
        let team = team_with(world, 100).await;
        let first = announced(world, 1).await;
        grant(world, first, team, 0, 40).await;
        let transfer = async |kind, amount| {
            let what = Transfer { kind, amount: credits(amount), description: Some("why".into()) };
            world.store.transfer(&team_id("T"), what, &by()).await
        };
        let added = transfer(TransactionKind::Addition, 50).await.unwrap();
        assert_eq!((added.remaining, added.amount), (credits(150), credits(50)));
        let refused = transfer(TransactionKind::Adjustment, -111).await.unwrap_err();
        assert!(matches!(refused, StoreError::Credits(CreditFault::Held { available }) if available == credits(110)));
        assert_eq!(transfer(TransactionKind::Adjustment, -110).await.unwrap().remaining, credits(40));
        let refused = transfer(TransactionKind::Addition, MicroCredits::MAX.micros()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Credits(CreditFault::TooMany)));
        let page = world.store.transactions(&team_id("t"), &window(2)).await.unwrap().unwrap();
        let seen: Vec<_> = page.items.iter().map(|line| (line.kind, line.amount.micros(), line.balance_after.micros())).collect();
        assert_eq!(seen, [(TransactionKind::Adjustment, -110, 40), (TransactionKind::Addition, 50, 150)]);
        assert_eq!((page.total, page.next.is_some()), (3, true));
        assert_eq!(ledger(world).await, 40);
        assert!(CreditRepository::balance(&world.store, &team_id("nobody")).await.unwrap().is_none());
    }

    async fn a_team_is_told_once_when_its_credits_run_low_and_once_when_they_are_gone(world) {
        let team = team_with(world, 100).await;
        announced(world, 1).await;
        let alias = world.alias("a").await.id;
        crate::webhooks::create(world, None, &["team.low_credits", "team.credits_exhausted"]).await.unwrap();
        let told = || world.count("webhook_deliveries WHERE event = 'team.low_credits'") * 10
            + world.count("webhook_deliveries WHERE event = 'team.credits_exhausted'");
        for (number, burned, heard) in [(0, 79, 0), (1, 1, 10), (2, 15, 10), (3, 5, 11), (4, 50, 11)] {
            world.store.ship(instance(1), number, &[burning(number, alias, team, None, burned)]).await.unwrap();
            assert_eq!(told(), heard, "after {burned}");
        }
    }

    async fn fifty_askers_at_once_are_granted_what_there_is_and_no_more(world) {
        let team = team_with(world, 50_000).await;
        let store = &world.store;
        let mut asking = Vec::new();
        for number in 0..10 {
            let (store, who) = (store.clone(), announced(world, number).await);
            asking.push(tokio::spawn(async move {
                let (account, mut known) = (AccountId::of_team(team), 0);
                for _ in 0..5 {
                    match store.grant(who, Wish { account, budget: None, known, need: 3_000 }).await.unwrap() {
                        Granted::Lease(lease) => known = lease.granted,
                        Granted::Short { .. } => {}
                        Granted::Closed => panic!("nobody closed it"),
                    }
                }
                known
            }));
        }
        let mut granted = 0;
        for asked in asking {
            granted += asked.await.unwrap();
        }
        let now = balance(world).await;
        assert_eq!(now.leased.micros(), granted);
        assert!((47_001..=50_000).contains(&granted), "{granted}");
    }
}
