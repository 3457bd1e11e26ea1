//! Budgets: what they are of, the ceiling of each window, and books that hang together.

use alias_core::alias::AliasId;
use alias_core::budget::{
    Budget, BudgetChange, BudgetDraft, BudgetEdit, BudgetId, MAX_OF_SUBJECT, Scope, Share, Subject,
};
use alias_core::clock::{Clock as _, Timestamp};
use alias_core::credits::{AccountId, BudgetMode};
use alias_core::money::NanoUsd;
use alias_core::repository::{
    AliasRepository, BudgetQuery, BudgetRepository, Granted, KeyRepository, LeaseRepository, Shipped,
    StoreError, TeamRepository, Tenure, UsageRepository, Window, Wish,
};
use alias_core::team::TeamUid;
use alias_core::usage::{InstanceId, UsageEvent};
use serde_json::{Value, json};

use crate::credits::{burning, team_with};
use crate::usage::instance;
use crate::world::{World, alias_name, by, key, on_each_database, team_id};

const DOLLAR: i64 = 1_000_000_000;

async fn create(world: &World, draft: Value) -> Result<Budget, StoreError> {
    let draft: BudgetDraft = serde_json::from_value(draft).unwrap();
    BudgetRepository::create(&world.store, draft.parse().unwrap(), &by()).await.map(|made| made.value)
}

async fn found(world: &World, id: BudgetId) -> Budget {
    BudgetRepository::find(&world.store, &id).await.unwrap().unwrap()
}

async fn listed(world: &World, scope: Option<Scope>) -> Vec<BudgetId> {
    let query = BudgetQuery { scope, ..BudgetQuery::default() };
    let page = BudgetRepository::list(&world.store, &query).await.unwrap();
    page.items.iter().map(|budget| budget.budget_id).collect()
}

fn change(json: Value) -> BudgetChange {
    serde_json::from_value::<BudgetEdit>(json).unwrap().parse().unwrap()
}

/// The lease of one budget as an instance sees it.
struct Lessee<'a> {
    world: &'a World,
    budget: &'a Budget,
    who: Tenure,
    known: i64,
    /// The window that `known` is of.
    account: AccountId,
}

impl<'a> Lessee<'a> {
    async fn new(world: &'a World, budget: &'a Budget, number: u64) -> Self {
        let who = Tenure { instance: instance(number), boot: 1 };
        // Another lessee may be of the same instance.
        let _known = world.store.announce(instance(number), 1).await;
        Self { world, budget, who, known: 0, account: AccountId::new(budget.budget_id.uuid()) }
    }

    /// Asks for so many nano-USD: what it has from then on, or what could still be had.
    async fn ask(&mut self, need: i64) -> Result<i64, i64> {
        let account = self.budget.window.account(self.budget.budget_id, self.world.clock.now());
        if std::mem::replace(&mut self.account, account) != account {
            self.known = 0;
        }
        let wish = Wish { account, budget: Some(self.budget.budget_id), known: self.known, need };
        match self.world.store.grant(self.who, wish).await.unwrap() {
            Granted::Lease(lease) => {
                self.known = lease.granted;
                Ok(lease.granted - lease.returned - lease.charged)
            }
            Granted::Short { available, .. } => Err(available),
            Granted::Closed => panic!("the instance is open"),
        }
    }
}

/// A call that was charged so many nano-USD, all of it borne by budgets.
fn spending(number: u64, alias: AliasId, team: TeamUid, charge: i64, shares: Vec<Share>) -> UsageEvent {
    let mut event = burning(number, alias, team, None, 0);
    event.charge = Some(NanoUsd::new(charge));
    event.settlement.budgets = shares;
    // In credits it is nothing: this is about USD.
    event.settlement.mode = BudgetMode::ConsumptionUsd;
    event
}

fn share(world: &World, budget: &Budget, charged: i64, lease: Option<InstanceId>) -> Share {
    let account = budget.window.account(budget.budget_id, world.clock.now());
    Share { budget: budget.budget_id, account, charged, lease }
}

/// The books hang together, except that the calls of these tests name no price.
async fn verified(world: &World) {
    let report = world.store.recompute(|_| true).await.unwrap();
    let wrong: Vec<_> = report.differences.iter().filter(|wrong| wrong.what != "charge").collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

on_each_database! {
    async fn a_budget_is_of_one_thing_and_is_gone_with_it(world) {
        let team = team_with(world, 0).await;
        world.alias("smart").await;
        let team_key = TeamRepository::find(&world.store, &team_id("t")).await.unwrap().unwrap().keys[0].key_id.clone();
        let scopes = [
            json!({"organization_id": "ACME"}),
            json!({"team_id": "T"}),
            json!({"key_id": team_key}),
            json!({"alias": "SMART"}),
            json!({"tag": "Vision"}),
        ];
        let mut made = Vec::new();
        for scope in scopes {
            made.push(create(world, json!({"scope": scope, "limit_usd": 5, "description": "d"})).await.unwrap());
        }
        let shown: Vec<Value> = made.iter().map(|budget| serde_json::to_value(&budget.scope).unwrap()).collect();
        let spelled = [
            json!({"organization_id": "acme"}), json!({"team_id": "t"}), json!({"key_id": team_key}),
            json!({"alias": "smart"}), json!({"tag": "vision"}),
        ];
        assert_eq!(shown, spelled);
        let within: Vec<bool> = made.iter().map(|budget| budget.organization_id.is_some()).collect();
        assert_eq!(within, [true, true, true, false, false]);
        for budget in &made {
            assert_eq!(found(world, budget.budget_id).await, *budget);
            assert_eq!(listed(world, Some(budget.scope.clone())).await, [budget.budget_id]);
        }
        let home = BudgetQuery { organization_id: Some("acme".parse().unwrap()), ..BudgetQuery::default() };
        assert_eq!(BudgetRepository::list(&world.store, &home).await.unwrap().total, 3);
        let first = BudgetQuery { window: Window { limit: 2, ..Window::default() }, ..BudgetQuery::default() };
        let page = BudgetRepository::list(&world.store, &first).await.unwrap();
        assert_eq!((page.total, page.items.len(), page.next.is_some()), (5, 2, true));
        // What decides about calls knows all of them.
        let known: Vec<Subject> = crate::catalogue::full(world).await.budgets.into_iter().map(|one| one.subject).collect();
        assert!(known.contains(&Subject::Team(team)) && known.contains(&Subject::Tag("vision".into())) && known.len() == 5);
        TeamRepository::delete(&world.store, &team_id("t"), None, &by()).await.unwrap();
        AliasRepository::delete(&world.store, &alias_name("smart"), None, &by()).await.unwrap();
        assert_eq!(listed(world, None).await, [made[0].budget_id, made[4].budget_id]);
        assert!(BudgetRepository::find(&world.store, &made[1].budget_id).await.unwrap().is_none());
        assert_eq!(listed(world, Some(made[1].scope.clone())).await, []);
    }

    async fn what_does_not_exist_has_no_budget_and_there_is_an_end_to_them(world) {
        for (scope, kind) in [
            (json!({"organization_id": "acme"}), "organization"),
            (json!({"team_id": "t"}), "team"),
            (json!({"key_id": "aaaaaaaaaaaaaaaa"}), "key"),
            (json!({"alias": "smart"}), "model alias"),
        ] {
            let draft: BudgetDraft = serde_json::from_value(json!({"scope": scope, "limit_usd": 1})).unwrap();
            let draft = draft.parse().unwrap();
            let refused = BudgetRepository::create(&world.store, draft, &by()).await.unwrap_err();
            assert!(matches!(&refused, StoreError::UnknownReference { kind: k, field: "scope", .. } if *k == kind), "{refused:?}");
        }
        for _ in 0..MAX_OF_SUBJECT {
            create(world, json!({"scope": {"tag": "a"}, "limit_usd": 1})).await.unwrap();
        }
        let refused = create(world, json!({"scope": {"tag": "A"}, "limit_usd": 1})).await.unwrap_err();
        assert!(matches!(refused, StoreError::TooMany { kind: "budget", most: MAX_OF_SUBJECT }), "{refused:?}");
    }

    async fn a_change_keeps_what_it_does_not_name_and_is_in_the_audit_log(world) {
        let made = create(world, json!({"scope": {"tag": "a"}, "limit_usd": 1})).await.unwrap();
        let id = made.budget_id;
        let raised = BudgetRepository::update(&world.store, &id, change(json!({"limit_usd": 2.5})), Some(1), &by()).await.unwrap();
        assert_eq!((raised.value.limit_usd.nanos(), raised.value.version), (5 * DOLLAR / 2, 2));
        let same = BudgetRepository::update(&world.store, &id, change(json!({"limit_usd": 2.5})), None, &by()).await.unwrap();
        assert_eq!((same.value.version, same.revision), (2, raised.revision));
        let stale = BudgetRepository::delete(&world.store, &id, Some(1), &by()).await;
        assert!(matches!(stale, Err(StoreError::Conflict { current: 2, .. })));
        BudgetRepository::delete(&world.store, &id, Some(2), &by()).await.unwrap();
        assert!(BudgetRepository::find(&world.store, &id).await.unwrap().is_none());
        assert_eq!(world.count("audit_log WHERE action LIKE 'budget.%'"), 3);
        assert!(crate::catalogue::full(world).await.budgets.is_empty());
    }

    async fn no_more_is_leased_and_spent_than_the_budget_allows(world) {
        let team = team_with(world, 0).await;
        let alias = world.alias("a").await.id;
        let budget = create(world, json!({"scope": {"team_id": "t"}, "limit_usd": 10})).await.unwrap();
        let mut one = Lessee::new(world, &budget, 1).await;
        let mut other = Lessee::new(world, &budget, 2).await;
        assert_eq!(one.ask(6 * DOLLAR).await, Ok(6 * DOLLAR));
        assert_eq!(other.ask(5 * DOLLAR).await, Err(4 * DOLLAR));
        assert_eq!(other.ask(4 * DOLLAR).await, Ok(4 * DOLLAR));
        // A provider that says more than it can: the budget bears what was held.
        let on = Some(instance(1));
        let calls = [
            spending(0, alias, team, 2 * DOLLAR, vec![share(world, &budget, 2 * DOLLAR, on)]),
            spending(1, alias, team, 9 * DOLLAR, vec![share(world, &budget, 9 * DOLLAR, on)]),
        ];
        world.store.ship(instance(1), 0, &calls).await.unwrap();
        world.store.ship(instance(1), 0, &calls).await.unwrap();
        let now = found(world, budget.budget_id).await;
        assert_eq!((now.spent_usd.nanos(), now.held_usd.nanos(), now.remaining_usd.nanos()), (6 * DOLLAR, 4 * DOLLAR, 4 * DOLLAR));
        verified(world).await;
        // Lowered below what is spent, nothing is granted; raised, the rest is.
        let lower = change(json!({"limit_usd": 5}));
        BudgetRepository::update(&world.store, &budget.budget_id, lower, None, &by()).await.unwrap();
        assert_eq!(one.ask(1).await, Err(0));
        assert_eq!(found(world, budget.budget_id).await.remaining_usd.nanos(), -DOLLAR);
        let raise = change(json!({"limit_usd": 12}));
        BudgetRepository::update(&world.store, &budget.budget_id, raise, None, &by()).await.unwrap();
        assert_eq!(one.ask(2 * DOLLAR).await, Ok(2 * DOLLAR));
        // A closed instance holds nothing, and what it settles late is the house's.
        LeaseRepository::close(&world.store, instance(2), None).await.unwrap();
        let late = spending(2, alias, team, DOLLAR, vec![share(world, &budget, DOLLAR, Some(instance(2)))]);
        world.store.ship(instance(2), 0, &[late]).await.unwrap();
        let now = found(world, budget.budget_id).await;
        assert_eq!((now.spent_usd.nanos(), now.held_usd.nanos()), (6 * DOLLAR, 2 * DOLLAR));
        verified(world).await;
    }

    async fn a_window_of_the_calendar_has_an_account_of_its_own(world) {
        let team = team_with(world, 0).await;
        let alias = world.alias("a").await.id;
        let window = json!({"type": "calendar", "period": "month", "time_zone": "Europe/Berlin"});
        let budget = create(world, json!({"scope": {"alias": "a"}, "limit_usd": 10, "window": window})).await.unwrap();
        let mut lessee = Lessee::new(world, &budget, 1).await;
        assert_eq!(lessee.ask(10 * DOLLAR).await, Ok(10 * DOLLAR));
        let last_month = share(world, &budget, 3 * DOLLAR, Some(instance(1)));
        let ends = budget.window_ends_at.unwrap();
        assert_eq!(lessee.ask(1).await, Err(0));
        until(world, ends.micros() - 1);
        assert_eq!(lessee.ask(1).await, Err(0), "the month is not over");
        until(world, ends.micros());
        assert_eq!(lessee.ask(10 * DOLLAR).await, Ok(10 * DOLLAR), "a new month, whatever is held of the last one");
        // A call that began in the old month and ends in the new one is the old one's.
        world.store.ship(instance(1), 0, &[spending(0, alias, team, 3 * DOLLAR, vec![last_month])]).await.unwrap();
        let now = found(world, budget.budget_id).await;
        assert_eq!((now.window_starts_at, now.spent_usd), (Some(ends), NanoUsd::ZERO));
        let share = share(world, &budget, 4 * DOLLAR, Some(instance(1)));
        world.store.ship(instance(1), 1, &[spending(1, alias, team, 4 * DOLLAR, vec![share])]).await.unwrap();
        assert_eq!(found(world, budget.budget_id).await.spent_usd.nanos(), 4 * DOLLAR);
        // A clock that goes back finds the month before as it was left, and no third one.
        until(world, ends.micros() - 1);
        assert_eq!(found(world, budget.budget_id).await.spent_usd.nanos(), 3 * DOLLAR);
        assert_eq!(world.count("credit_accounts WHERE budget_id IS NOT NULL"), 2);
        verified(world).await;
    }

    async fn what_leaves_a_rolling_window_can_be_spent_again(world) {
        let team = team_with(world, 0).await;
        let alias = world.alias("a").await.id;
        let window = json!({"type": "rolling", "duration": "24h"});
        let budget = create(world, json!({"scope": {"team_id": "t"}, "limit_usd": 10, "window": window})).await.unwrap();
        let mut lessee = Lessee::new(world, &budget, 1).await;
        let on = Some(instance(1));
        assert_eq!(lessee.ask(10 * DOLLAR).await, Ok(10 * DOLLAR));
        for (number, hours) in [(0, 1), (1, 10)] {
            let call = spending(number, alias, team, 4 * DOLLAR, vec![share(world, &budget, 4 * DOLLAR, on)]);
            world.store.ship(instance(1), number, &[call]).await.unwrap();
            world.clock.advance(chrono::Duration::hours(hours));
        }
        let spent = async || found(world, budget.budget_id).await.spent_usd.nanos();
        // Eleven hours after the first, ten after the second.
        assert_eq!((spent().await, lessee.ask(1).await), (8 * DOLLAR, Err(0)));
        world.clock.advance(chrono::Duration::hours(12));
        assert_eq!((spent().await, lessee.ask(1).await), (8 * DOLLAR, Err(0)));
        world.clock.advance(chrono::Duration::hours(1));
        assert_eq!((spent().await, lessee.ask(5 * DOLLAR).await), (4 * DOLLAR, Err(4 * DOLLAR)));
        assert_eq!(lessee.ask(4 * DOLLAR).await, Ok(6 * DOLLAR));
        // A clock that is set back takes nothing out of it a second time.
        world.clock.advance(chrono::Duration::hours(-20));
        assert_eq!(lessee.ask(1).await, Err(0));
        world.clock.advance(chrono::Duration::hours(22));
        assert_eq!((spent().await, lessee.ask(4 * DOLLAR).await), (0, Ok(10 * DOLLAR)));
        verified(world).await;
    }

    async fn a_soft_budget_is_charged_without_a_lease_and_says_when_it_runs_out(world) {
        let team = team_with(world, 0).await;
        let alias = world.alias("a").await.id;
        crate::webhooks::create(world, Some("t"), &["budget.low", "budget.exhausted"]).await.unwrap();
        let soft = json!({"scope": {"team_id": "t"}, "limit_usd": 10, "limit_mode": "soft_limit"});
        let budget = create(world, soft).await.unwrap();
        world.store.announce(instance(1), 1).await.unwrap();
        for (number, dollars, messages) in [(0, 7, 0), (1, 2, 1), (2, 2, 2), (3, 5, 2)] {
            let shares = vec![share(world, &budget, dollars * DOLLAR, None)];
            let call = spending(number, alias, team, dollars * DOLLAR, shares);
            world.store.ship(instance(1), number, &[call]).await.unwrap();
            assert_eq!(world.count("webhook_deliveries"), messages, "after {number}");
        }
        let now = found(world, budget.budget_id).await;
        assert_eq!((now.spent_usd.nanos(), now.remaining_usd.nanos()), (16 * DOLLAR, -6 * DOLLAR));
        verified(world).await;
    }

    async fn a_key_that_takes_the_place_of_another_falls_under_the_same_budget(world) {
        team_with(world, 0).await;
        let keys = KeyRepository::list(&world.store, &team_id("t")).await.unwrap().unwrap();
        let old = keys[0].key_id.clone();
        let budget = create(world, json!({"scope": {"key_id": old}, "limit_usd": 5})).await.unwrap();
        let ends = Timestamp::from_micros(world.clock.now().micros() + 60_000_000);
        let secret = key(7).secret;
        let new = KeyRepository::rotate(&world.store, &team_id("t"), &old, secret, ends, &by()).await.unwrap().value.new.key_id;
        let known: Vec<Subject> = crate::catalogue::full(world).await.budgets.into_iter().map(|one| one.subject).collect();
        assert_eq!(known, [Subject::Key(old.clone()), Subject::Key(new.clone())]);
        assert_eq!(found(world, budget.budget_id).await.scope, Scope::KeyId(new.clone()));
        for id in [&old, &new] {
            assert_eq!(listed(world, Some(Scope::KeyId(id.clone()))).await, [budget.budget_id]);
        }
        for id in [&old, &new] {
            KeyRepository::revoke(&world.store, &team_id("t"), id, &by()).await.unwrap();
        }
        assert!(listed(world, None).await.is_empty(), "it is gone with the last of them");
    }

    async fn a_soft_budget_forgets_what_left_its_window_and_knows_its_new_limit(world) {
        let team = team_with(world, 0).await;
        let alias = world.alias("a").await.id;
        crate::webhooks::create(world, Some("t"), &["budget.low", "budget.exhausted"]).await.unwrap();
        let soft = json!({"scope": {"team_id": "t"}, "limit_usd": 10, "limit_mode": "soft_limit",
            "window": {"type": "rolling", "duration": "24h"}});
        let budget = create(world, soft).await.unwrap();
        world.store.announce(instance(1), 1).await.unwrap();
        let spend = async |number: u64, dollars: i64| {
            let shares = vec![share(world, &budget, dollars * DOLLAR, None)];
            let call = spending(number, alias, team, dollars * DOLLAR, shares);
            world.store.ship(instance(1), number, &[call]).await.unwrap();
            world.count("webhook_deliveries")
        };
        // Three dollars a day are no reason to tell anybody, however many days.
        for day in 0..6 {
            assert_eq!(spend(day, 3).await, 0, "day {day}");
            world.clock.advance(chrono::Duration::hours(25));
        }
        assert_eq!(spend(6, 8).await, 1, "a fifth is left");
        let raise = change(json!({"limit_usd": 100}));
        BudgetRepository::update(&world.store, &budget.budget_id, raise, None, &by()).await.unwrap();
        assert_eq!(spend(7, 5).await, 1, "thirteen of a hundred");
        assert_eq!(found(world, budget.budget_id).await.spent_usd.nanos(), 13 * DOLLAR);
        verified(world).await;
    }

    async fn a_clock_that_was_ahead_for_a_while_loses_nothing_for_ever(world) {
        let team = team_with(world, 0).await;
        let alias = world.alias("a").await.id;
        let window = json!({"type": "rolling", "duration": "1h"});
        let budget = create(world, json!({"scope": {"team_id": "t"}, "limit_usd": 10, "window": window})).await.unwrap();
        let mut lessee = Lessee::new(world, &budget, 1).await;
        lessee.ask(10 * DOLLAR).await.unwrap();
        let ship = async |number: u64, dollars: i64| {
            let shares = vec![share(world, &budget, dollars * DOLLAR, Some(instance(1)))];
            world.store.ship(instance(1), number, &[spending(number, alias, team, dollars * DOLLAR, shares)]).await.unwrap();
        };
        ship(0, 10).await;
        world.clock.advance(chrono::Duration::days(1));
        assert_eq!(lessee.ask(10 * DOLLAR).await, Ok(10 * DOLLAR));
        world.clock.advance(chrono::Duration::days(-1) + chrono::Duration::minutes(1));
        ship(1, 10).await;
        assert_eq!(lessee.ask(1).await, Err(0));
        // An hour later it has left the window, as ever.
        world.clock.advance(chrono::Duration::minutes(61));
        assert_eq!(lessee.ask(10 * DOLLAR).await, Ok(10 * DOLLAR));
        verified(world).await;
    }

    async fn two_servers_whose_calls_open_the_same_windows_at_once_wait_for_each_other_and_charge_all(world) {
        let team = team_with(world, 0).await;
        let alias = world.alias("a").await.id;
        let mut budgets = Vec::new();
        for scope in [json!({"team_id": "t"}), json!({"organization_id": "acme"}), json!({"alias": "a"})] {
            let day = json!({"type": "calendar", "period": "day"});
            let draft = json!({"scope": scope, "limit_usd": 10, "limit_mode": "soft_limit", "window": day});
            budgets.push(create(world, draft).await.unwrap());
        }
        let servers = [(1, world.store.clone()), (2, world.replica().await)];
        for (number, store) in &servers {
            store.announce(instance(*number), 1).await.unwrap();
        }
        for round in 0..5 {
            let mut shares: Vec<Share> = budgets.iter().map(|budget| share(world, budget, DOLLAR, None)).collect();
            let tasks = servers.clone().map(|(number, store)| {
                // Each names them in another order.
                shares.reverse();
                let call = spending(10 * round + number, alias, team, DOLLAR, shares.clone());
                tokio::spawn(async move { store.ship(instance(number), round, &[call]).await })
            });
            for task in tasks {
                assert_eq!(task.await.unwrap().unwrap(), Shipped::Stored);
            }
            for budget in &budgets {
                assert_eq!(found(world, budget.budget_id).await.spent_usd.nanos(), 2 * DOLLAR, "round {round}");
            }
            world.clock.advance(chrono::Duration::days(1));
        }
        verified(world).await;
    }

    async fn a_call_is_charged_to_every_budget_that_it_falls_under_once(world) {
        let team = team_with(world, 0).await;
        let alias = world.alias("a").await.id;
        let mut shares = Vec::new();
        for scope in [json!({"team_id": "t"}), json!({"organization_id": "acme"}), json!({"alias": "a"})] {
            let budget = create(world, json!({"scope": scope, "limit_usd": 10})).await.unwrap();
            let mut lessee = Lessee::new(world, &budget, 1).await;
            lessee.ask(5 * DOLLAR).await.unwrap();
            shares.push(share(world, &budget, 2 * DOLLAR, Some(instance(1))));
        }
        let good = spending(0, alias, team, 2 * DOLLAR, shares.clone());
        // The same call twice in one batch.
        world.store.ship(instance(1), 0, &[good.clone(), good]).await.unwrap();
        for id in listed(world, None).await {
            assert_eq!(found(world, id).await.spent_usd.nanos(), 2 * DOLLAR);
        }
        assert_eq!(world.count("budget_charges"), 3);
        verified(world).await;
        // A row that says otherwise is found.
        world.execute("UPDATE budget_charges SET charged = charged + 1 WHERE account_id = (SELECT MIN(account_id) FROM budget_charges)");
        let report = world.store.recompute(|_| true).await.unwrap();
        assert!(report.differences.iter().any(|wrong| wrong.place.starts_with("lease of acc_")), "{report:?}");
    }
}

/// Sets the clock.
fn until(world: &World, micros: i64) {
    let by = micros - world.clock.now().micros();
    world.clock.advance(chrono::Duration::microseconds(by));
    assert_eq!(world.clock.now(), Timestamp::from_micros(micros));
}
