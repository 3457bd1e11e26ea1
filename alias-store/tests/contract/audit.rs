//! The audit log: one record a write, a chain that shows what was changed behind it, and nothing deleted.

use alias_core::audit::{Actor, ActorKind, AuditQuery, AuditRecord, Outcome, Refusal, Source};
use alias_core::repository::{AliasRepository, AuditRepository, Start, TokenRepository, Window};
use alias_core::testing::admin_token;

use crate::accounts::account;
use crate::world::{Place, World, alias_name, by, on_each_database};

fn refusal(name: &str, count: u64) -> Refusal {
    Refusal {
        action: "team.delete".into(),
        object: "team".into(),
        name: name.into(),
        code: "forbidden".into(),
        count,
    }
}

async fn records(world: &World, query: AuditQuery) -> Vec<AuditRecord> {
    AuditRepository::list(&world.store, &query).await.unwrap().items
}

/// Lets a test change what nobody may change.
fn without_triggers(world: &World, sql: &str) {
    let drop = match &world.place {
        Place::Sqlite(_) => {
            "DROP TRIGGER IF EXISTS audit_log_is_not_changed; DROP TRIGGER IF EXISTS audit_log_is_not_deleted;"
        }
        Place::Postgres { .. } => "DROP TRIGGER IF EXISTS audit_log_is_append_only ON audit_log;",
    };
    world.execute(&format!("{drop} {sql}"));
}

on_each_database! {
    async fn every_kind_of_write_is_chained_in_order(world) {
        world.alias("a").await;
        account(world, "ada@acme.example", "owner").await;
        let anybody = Actor { kind: ActorKind::Anonymous, source: Source::Api, ..by() };
        world.store.refused(&[(refusal("t", 3), anybody)]).await.unwrap();
        let all = records(world, AuditQuery::default()).await;
        let said: Vec<_> = all.iter().map(|r| (r.seq, r.action.as_str(), r.outcome, r.revision, r.count)).collect();
        assert_eq!(said, [
            (3, "team.delete", Outcome::Refused, None, 3),
            (2, "account.create", Outcome::Done, None, 1),
            (1, "alias.create", Outcome::Done, Some(1), 1),
        ]);
        assert_eq!((all[0].actor.as_str(), all[0].source.as_str()), ("anonymous", "api"));
        let report = world.store.verify().await.unwrap();
        assert!(report.valid && report.records == 3, "{report:?}");
        assert_eq!(report.head.as_deref(), Some(all[0].hash.as_str()));
    }

    async fn records_are_found_by_who_what_and_when(world) {
        let token = alias_core::identity::NewToken {
            name: "ci".into(),
            appointment: alias_core::identity::Appointment::parse("admin", None).unwrap(),
            expires_at: None,
            secret: admin_token(1),
        };
        let token = TokenRepository::create(&world.store, token, &by()).await.unwrap();
        let kind = ActorKind::Token { id: token.token_id.clone(), name: "ci".into(), role: token.role };
        let ci = Actor { kind, source: Source::Cli, ..by() };
        world.alias("a").await;
        world.tick();
        AliasRepository::delete(&world.store, &alias_name("a"), None, &ci).await.unwrap();
        world.store.refused(&[(refusal("t_1%", 1), ci)]).await.unwrap();
        let found = async |query: AuditQuery| {
            let mut actions: Vec<_> = records(world, query).await.into_iter().map(|r| r.action).collect();
            actions.reverse();
            actions
        };
        let query = AuditQuery::default;
        for actor in ["ci", token.token_id.as_str(), "token"] {
            assert_eq!(found(AuditQuery { actor: Some(actor.into()), ..query() }).await, ["alias.delete", "team.delete"], "{actor}");
        }
        assert_eq!(found(AuditQuery { action: Some("alias".into()), ..query() }).await, ["alias.create", "alias.delete"]);
        assert_eq!(found(AuditQuery { action: Some("alias.delete".into()), ..query() }).await, ["alias.delete"]);
        assert!(found(AuditQuery { action: Some("al%".into()), ..query() }).await.is_empty());
        assert_eq!(found(AuditQuery { target: Some("t_1%".into()), ..query() }).await, ["team.delete"]);
        assert_eq!(found(AuditQuery { outcome: Some(Outcome::Refused), ..query() }).await, ["team.delete"]);
        let now = alias_core::clock::Clock::now(&*world.clock);
        assert_eq!(found(AuditQuery { from: Some(now), ..query() }).await, ["alias.delete", "team.delete"]);
        assert_eq!(found(AuditQuery { to: Some(now), ..query() }).await, ["admin_token.create", "alias.create"]);
    }

    async fn pages_of_the_log_meet_without_gap_or_overlap(world) {
        for n in 0..5 {
            world.store.refused(&[(refusal(&n.to_string(), 1), by())]).await.unwrap();
        }
        let mut window = Window { limit: 2, start: Start::First };
        let mut seen = Vec::new();
        loop {
            let page = AuditRepository::list(&world.store, &AuditQuery { window: window.clone(), ..AuditQuery::default() }).await.unwrap();
            assert_eq!(page.total, 5);
            seen.extend(page.items.into_iter().map(|record| record.seq));
            let Some(next) = page.next else { break };
            window.start = Start::After(next);
        }
        assert_eq!(seen, [5, 4, 3, 2, 1]);
    }

    async fn fifty_writers_of_many_kinds_make_one_chain(world) {
        let stores = [world.store.clone(), world.replica().await];
        let tasks: Vec<_> = (0..50_u64).map(|n| {
            let store = stores[usize::try_from(n % 2).unwrap()].clone();
            tokio::spawn(async move {
                if n % 2 == 0 {
                    store.refused(&[(refusal("t", 1), by())]).await.unwrap();
                } else {
                    let draft = alias_core::alias::AliasDraft::new(format!("m{n}"), "openai/gpt-4");
                    AliasRepository::create(&store, draft.parse().unwrap(), &by()).await.unwrap();
                }
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        let report = world.store.verify().await.unwrap();
        assert!(report.valid && report.records == 50, "{report:?}");
    }

    async fn a_write_that_is_refused_or_changes_nothing_leaves_no_gap(world) {
        world.alias("a").await;
        let twin = alias_core::alias::AliasDraft::new("A", "openai/gpt-4").parse().unwrap();
        AliasRepository::create(&world.store, twin, &by()).await.unwrap_err();
        world.alias("b").await;
        let report = world.store.verify().await.unwrap();
        assert!(report.valid && report.records == 2, "{report:?}");
    }

    async fn what_was_changed_deleted_or_cut_off_is_found(world) {
        for n in 0..4 {
            world.store.refused(&[(refusal(&n.to_string(), 1), by())]).await.unwrap();
        }
        let broken = async || world.store.verify().await.unwrap().first_broken;
        assert_eq!(broken().await, None);
        without_triggers(world, "UPDATE audit_log SET name = 'x' WHERE seq = 2;");
        assert_eq!(broken().await, Some(2));
        without_triggers(world, "UPDATE audit_log SET name = '1' WHERE seq = 2;");
        assert_eq!(broken().await, None);
        without_triggers(world, "DELETE FROM audit_log WHERE seq = 4;");
        assert_eq!(broken().await, Some(4), "cut off at the end");
        without_triggers(world, "DELETE FROM audit_log WHERE seq = 1;");
        assert_eq!(broken().await, Some(1));
    }

    async fn two_records_that_changed_places_are_found(world) {
        for n in 0..3 {
            world.store.refused(&[(refusal(&n.to_string(), 1), by())]).await.unwrap();
        }
        without_triggers(world, "UPDATE audit_log SET seq = 9 WHERE seq = 2; UPDATE audit_log SET seq = 2 WHERE seq = 3; UPDATE audit_log SET seq = 3 WHERE seq = 9;");
        assert_eq!(world.store.verify().await.unwrap().first_broken, Some(2));
    }

    async fn the_database_itself_keeps_the_log(world) {
        world.alias("a").await;
        for sql in ["UPDATE audit_log SET name = 'x'", "DELETE FROM audit_log"] {
            let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.execute(sql)));
            assert!(refused.is_err(), "{sql}");
        }
        assert_eq!(world.count("audit_log WHERE name = 'a'"), 1);
        assert!(world.store.verify().await.unwrap().valid);
    }
}
