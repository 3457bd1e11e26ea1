//! The books computed again: clean as they are kept, and every number that is tampered with is named.

use alias_core::alias::{AliasDraft, AliasId};
use alias_core::credits::{AccountId, BudgetMode, TransactionKind, Transfer};
use alias_core::money::{MicroCredits, NanoUsd, TokenPrice};
use alias_core::price::{PriceList, Pricing, PricingDraft};
use alias_core::report::Verification;
use alias_core::repository::{
    AliasRepository, CreditRepository, Granted, LeaseRepository, Tenure, UsageRepository, Wish,
};
use alias_core::team::TeamUid;
use alias_core::usage::{
    Denials, JobRef, Outcome, PriceBasis, Settlement, TokenUsage, UsageEvent, UsageSource,
};

use crate::usage::{event, instance};
use crate::world::{World, by, on_each_database, team_id};

/// An alias with prices of its own: 1 and 2 micro-USD a token, and 3 for what a cache keeps for an hour.
async fn priced_alias(world: &World) -> AliasId {
    let list = PriceList {
        cache_write_1h: Some(TokenPrice::new(3_000_000)),
        ..PriceList::new(TokenPrice::new(1_000_000), TokenPrice::new(2_000_000))
    };
    let pricing = Some(PricingDraft::from(&Pricing::Fixed(list.into())));
    let draft = AliasDraft { pricing, ..AliasDraft::new("a", "openai/gpt-4") };
    AliasRepository::create(&world.store, draft.parse().unwrap(), &by()).await.unwrap().value.alias.id
}

/// A call with this number: 4 (half of them kept by a cache for an hour) and 6 + number tokens, charged by the alias's prices, one credit for 10 tokens.
fn call(number: u64, alias: AliasId, team: TeamUid) -> UsageEvent {
    let mut event = event(number, alias);
    let tokens = TokenUsage { input: 2, cache_write_1h: 2, output: 6 + number, ..TokenUsage::default() };
    let credits = (tokens.total() * 100_000).cast_signed();
    event.call.team_uid = team;
    event.call.started_at = alias_core::clock::Timestamp::from_micros(
        1_728_907_200_000_000 + number.cast_signed() * 20_000_000_000,
    );
    event.tokens = Some(tokens);
    event.charge = Some(NanoUsd::new((2 + 3 * 2 + 2 * (6 + number)).cast_signed() * 1_000));
    event.settlement = Settlement {
        source: if number == 3 { UsageSource::Estimated } else { UsageSource::Reported },
        basis: PriceBasis::Fixed,
        mode: BudgetMode::ConsumptionTokens,
        rate: 10,
        credits,
        charged: credits,
        lease: Some(instance(1)),
        ..Settlement::default()
    };
    event
}

/// Books with everything in them: held and outright charges, failures, refusals, repeated calls, a closed server.
async fn books(world: &World) -> (AliasId, TeamUid) {
    let alias = priced_alias(world).await;
    world.organization("acme").await;
    let team = world.team("acme", "t", &[], 1).await.team.uid;
    let credits = |micros| Transfer {
        kind: TransactionKind::Addition,
        amount: MicroCredits::new(micros),
        description: None,
    };
    world.store.transfer(&team_id("t"), credits(500_000_000), &by()).await.unwrap();
    for number in [1, 2] {
        world.store.announce(instance(number), 1).await.unwrap();
    }
    let (who, account) = (Tenure { instance: instance(1), boot: 1 }, AccountId::of_team(team));
    let wish = Wish { account, budget: None, known: 0, need: 20_000_000 };
    assert!(matches!(world.store.grant(who, wish).await.unwrap(), Granted::Lease(_)));
    let mut events: Vec<UsageEvent> = (0..8).map(|number| call(number, alias, team)).collect();
    let failed = &mut events[5];
    (failed.outcome, failed.charge) = (Outcome::Failed, Some(NanoUsd::ZERO));
    (failed.settlement.credits, failed.settlement.charged) = (0, 0);
    let in_job = &mut events[6];
    in_job.call.job = Some(JobRef { id: "job_1".into(), kind: "summary".into() });
    in_job.settlement = Settlement { lease: None, ..in_job.settlement.clone() };
    events[7] = UsageEvent::interrupted(events[7].call.clone());
    world.store.ship(instance(1), 0, &events[..5]).await.unwrap();
    world.store.ship(instance(1), 5, &events[5..]).await.unwrap();
    // The second one sends a call that is known, and one of its own without a hold.
    let own = UsageEvent {
        settlement: Settlement { lease: None, ..call(8, alias, team).settlement },
        ..call(8, alias, team)
    };
    world.store.ship(instance(2), 0, &[events[0].clone(), own]).await.unwrap();
    let day = events[0].call.started_at.day();
    world.store.add_denials(&[Denials { day, alias_id: alias, team_uid: team, count: 2 }]).await.unwrap();
    let quiet = Denials { day: day.pred_opt().unwrap(), alias_id: alias, team_uid: team, count: 1 };
    world.store.add_denials(&[quiet]).await.unwrap();
    world.store.close(instance(1), None).await.unwrap();
    (alias, team)
}

async fn verified(world: &World) -> Verification {
    world.store.recompute(|_| true).await.unwrap()
}

/// Does this to clean books; then these are the numbers that differ, and it is undone.
async fn expect(world: &World, done: &str, undone: &str, differ: &[&str]) {
    world.execute(done);
    let report = verified(world).await;
    let said: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    for part in differ {
        assert!(said.iter().any(|line| line.contains(part)), "{done}: no {part} in {said:#?}");
    }
    assert!(!report.clean && report.found > 0, "{done}");
    world.execute(undone);
    assert_eq!(verified(world).await.differences, [], "{undone}");
}

/// Adds to a number, and takes it away again.
async fn expect_number(world: &World, table: &str, column: &str, filter: &str, differ: &[&str]) {
    let change = |sign: &str| format!("UPDATE {table} SET {column} = {column} {sign} 7 WHERE {filter}");
    expect(world, &change("+"), &change("-"), differ).await;
}

on_each_database! {
    async fn books_as_they_are_kept_are_clean(world) {
        let before = verified(world).await;
        assert!(before.clean && before.complete && before.events == 0, "{before:?}");
        books(world).await;
        let report = verified(world).await;
        assert_eq!(report.differences, []);
        assert!(report.clean && report.complete);
        assert_eq!((report.events, report.instances, report.accounts, report.leases), (9, 2, 1, 2));
        assert_eq!((report.rollups, report.unpinned, report.found), (4, 0, 0));
    }

    async fn every_number_that_is_tampered_with_is_named(world) {
        books(world).await;
        let call = "seq = 1 AND charge > 0 AND detail LIKE '%lease%'";
        for (column, differ) in [
            ("charge", &["charge: expected 22000, found 22007", "billed_nano"][..]),
            ("credits", &["credits: expected 1100000, found 1100007"]),
            ("charged", &["charged: expected 0 to 1100000, found 1100007", "lease of acc_", "charged: expected"]),
            ("input_tokens", &["charge: expected 29000, found 22000", "input_tokens", "completed_tokens"]),
            ("output_tokens", &["output_tokens"]),
            ("reasoning_tokens", &["charge", "reasoning_tokens"]),
            ("cache_read_tokens", &["charge", "cached_tokens"]),
            ("cache_write_tokens", &["charge: expected 29000, found 22000", "input_tokens"]),
            ("provider_cost", &["cost_nano"]),
            ("alias_version", &["price: expected Fixed, found none of that number"]),
        ] {
            expect_number(world, "usage_events", column, call, differ).await;
        }
        let keep = |from: u8, to: u8| format!(
            "UPDATE usage_events SET detail = REPLACE(detail, '\"cache_write_1h\":{from}', '\"cache_write_1h\":{to}') WHERE {call}"
        );
        expect(world, &keep(2, 1), &keep(1, 2), &["charge: expected 20000, found 22000"]).await;
        for column in [
            "calls", "completed", "input_tokens", "output_tokens", "completed_tokens", "cost_nano", "billed_nano",
            "unpriced", "cached_tokens", "reasoning_tokens", "credits", "charged", "estimated",
        ] {
            expect_number(world, "usage_rollups", column, "calls > 2", &[&format!("{column}: expected")]).await;
        }
        expect_number(world, "instances", "shipped_seq", "closed", &["shipped_seq: expected 8, found 15"]).await;
        expect_number(world, "instances", "repeated", "NOT closed", &["shipped_seq: expected 9, found 2"]).await;
        expect_number(world, "credit_accounts", "granted", "1 = 1", &["granted"]).await;
        expect_number(world, "credit_accounts", "allocated", "1 = 1", &["sum of its ledger"]).await;
        expect_number(world, "credit_leases", "granted", "returned > 0", &["granted", "closed instance holds: expected 0, found 7"]).await;
        expect_number(world, "credit_transactions", "balance_after", "kind = 'addition'", &["balance_after: expected 500000000, found 500000007"]).await;
        expect_number(world, "credit_transactions", "amount", "kind = 'addition'", &["sum of its ledger", "balance_after"]).await;
    }

    async fn rows_that_are_missing_or_too_many_are_named(world) {
        books(world).await;
        world.execute("DELETE FROM usage_events WHERE seq = 4");
        let said: Vec<String> = verified(world).await.differences.iter().map(ToString::to_string).collect();
        for part in ["shipped_seq: expected 7, found 8", "calls: expected 3, found 4", "lease of acc_"] {
            assert!(said.iter().any(|line| line.contains(part)), "no {part} in {said:#?}");
        }
        world.execute("DELETE FROM usage_rollups WHERE calls = 4; DELETE FROM credit_transactions; DELETE FROM credit_leases");
        let said: Vec<String> = verified(world).await.differences.iter().map(ToString::to_string).collect();
        for part in ["calls: expected 3, found 0", "found no lease", "sum of its ledger: expected"] {
            assert!(said.iter().any(|line| line.contains(part)), "no {part} in {said:#?}");
        }
    }

    async fn time_that_runs_out_is_not_a_clean_bill(world) {
        books(world).await;
        let report = world.store.recompute(|_| false).await.unwrap();
        assert!(!report.complete && !report.clean);
    }

    async fn a_repeated_batch_of_another_server_is_counted_as_repeated(world) {
        books(world).await;
        assert_eq!(world.count("instances WHERE repeated = 1 AND shipped_seq = 2"), 1);
        assert_eq!(world.count("usage_teams WHERE team_id = 't' AND organization_id = 'acme'"), 1);
    }
}
