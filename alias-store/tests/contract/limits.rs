//! Rate limits: the fields of teams and keys, and the accounts that several instances share.

use alias_core::catalog::{Catalog, CatalogChange, CatalogSource, Revision};
use alias_core::clock::Clock;
use alias_core::key::{KeyChange, NewKey};
use alias_core::limit::{Ask, Grant, Limit, Limits, LimitsChange, LimitsDraft, SlotsAsk, Subject, WindowAsk};
use alias_core::repository::{KeyRepository, LimitRepository, Peer, TeamRepository};
use alias_core::team::{TeamChange, TeamDraft};
use alias_core::testing::id;
use alias_store::SqlStore;

use crate::world::{Place, World, by, key, on_each_database, team_id};

fn limits(rpm: Option<i64>, tpm: Option<i64>, parallel: Option<i64>) -> Limits {
    LimitsDraft { rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: parallel }.parse().unwrap()
}

fn subject() -> Subject {
    Subject::Team(id(7))
}

/// Nothing is asked by the instance of this number.
fn ask(n: u64, limits: Limits) -> Ask {
    let (requests, tokens) = (WindowAsk::default(), WindowAsk::default());
    Ask {
        instance: id(n),
        subject: subject(),
        limits,
        seen: None,
        requests,
        tokens,
        slots: SlotsAsk::default(),
    }
}

fn calls(n: u64, limit: i64, want: u64) -> Ask {
    let requests = WindowAsk { least: 1, want, ..WindowAsk::default() };
    Ask { requests, ..ask(n, limits(Some(limit), None, None)) }
}

fn slots(n: u64, limit: i64, held: u64, want: u64) -> Ask {
    Ask { slots: SlotsAsk { held, want }, ..ask(n, limits(None, None, Some(limit))) }
}

async fn asked(store: &SqlStore, ask: Ask) -> Grant {
    LimitRepository::ask(store, &ask).await.unwrap()
}

async fn catalog(world: &World) -> Catalog {
    match world.store.changes_since(None).await.unwrap() {
        CatalogChange::Full(catalog) => catalog,
        other => unreachable!("{other:?}"),
    }
}

on_each_database! {
    async fn limits_of_teams_and_keys_are_kept_changed_and_in_the_catalogue(world) {
        world.organization("acme").await;
        let of_team = limits(Some(60), Some(1_000_000_000), None);
        let draft = TeamDraft {
            organization_id: "acme".into(),
            team_id: "t".into(),
            rpm_limit: Some(60),
            tpm_limit: Some(1_000_000_000),
            ..TeamDraft::default()
        };
        let made = TeamRepository::create(&world.store, draft.parse().unwrap(), key(1), &by()).await.unwrap();
        assert_eq!(made.value.team.limits, of_team);
        let of_key = limits(None, Some(5), Some(2));
        let new = NewKey { limits: of_key, ..key(2) };
        let stored = KeyRepository::create(&world.store, &team_id("t"), new, &by()).await.unwrap().value;
        assert_eq!(stored.limits, of_key);
        let seen = catalog(world).await;
        assert_eq!(seen.teams[0].limits, of_team);
        let of = |number: u64, catalog: &Catalog| {
            let id = key(number).secret.id().clone();
            catalog.keys.iter().find(|key| key.id == id).map(|key| key.limits)
        };
        assert_eq!((of(1, &seen), of(2, &seen)), (Some(Limits::default()), Some(of_key)));

        let limits = LimitsChange { rpm_limit: Some(None), max_parallel_requests: Some(Limit::try_from(3).ok()), tpm_limit: None };
        let change = TeamChange { limits, ..TeamChange::default() };
        let changed = TeamRepository::update(&world.store, &team_id("t"), change.clone(), None, &by()).await.unwrap();
        let after = changed.value.team;
        assert_eq!((after.limits, after.version), (limits.of(of_team), 2));
        let again = TeamRepository::update(&world.store, &team_id("t"), change, None, &by()).await.unwrap();
        assert_eq!((again.value.team.version, again.revision), (2, changed.revision), "what changes nothing writes nothing");
        let change = KeyChange { limits, ..KeyChange::default() };
        let id = key(2).secret.id().clone();
        let changed = KeyRepository::update(&world.store, &team_id("t"), &id, change, &by()).await.unwrap().value;
        assert_eq!(changed.limits, limits.of(of_key));
        assert_eq!(world.count("audit_log WHERE action = 'team.update' AND diff LIKE '%max_parallel_requests%'"), 1);
        assert_eq!(world.count("audit_log WHERE action = 'key.update' AND diff LIKE '%max_parallel_requests%'"), 1);

        let ends = world.clock.now();
        let rotated = world.store.rotate(&team_id("t"), &id, key(3).secret, ends, &by()).await.unwrap().value;
        assert_eq!(rotated.new.limits, changed.limits, "a rotation carries them over");
    }

    async fn an_account_grants_no_more_than_its_limit_to_all_and_anew_each_minute(world) {
        let replica = world.replica().await;
        let mine = asked(&world.store, calls(1, 50, 1)).await;
        assert_eq!((mine.requests.granted, mine.requests.left), (6, 44), "an eighth of what is left");
        assert!(mine.ends_in_ms <= 60_000);
        let theirs = asked(&replica, calls(2, 50, 100)).await;
        assert_eq!((theirs.window, theirs.requests.granted, theirs.requests.left), (mine.window, 44, 0));
        assert_eq!(asked(&world.store, calls(1, 50, 1)).await.requests.granted, 0);
        // A clock that was set back opens no new window, and neither does one that another instance is behind.
        world.execute("UPDATE limit_accounts SET minute = minute + 5");
        let back = asked(&world.store, calls(1, 50, 1)).await;
        assert_eq!((back.window, back.requests.granted), (mine.window + 5, 0));
        world.execute("UPDATE limit_accounts SET minute = minute - 6");
        assert!(asked(&replica, calls(2, 50, 1)).await.requests.granted > 0, "a minute later");
        assert_eq!(catalog(world).await.revision, Revision(0), "nothing of this is a change of the catalogue");
    }

    async fn what_was_used_beyond_is_booked_whatever_is_left_and_what_is_given_back_is_free(world) {
        let limits = limits(None, Some(100), None);
        let tokens = |owed, want| WindowAsk { least: want, want, owed, back: 0 };
        asked(&world.store, Ask { tokens: tokens(150, 0), ..ask(1, limits) }).await;
        assert_eq!(world.count("limit_accounts WHERE tokens = 150"), 1);
        let none = asked(&world.store, Ask { tokens: tokens(0, 1), ..ask(2, limits) }).await;
        assert_eq!((none.tokens.granted, none.tokens.left), (0, 0));
        let seen = Some(alias_core::limit::Seen { window: none.window, for_ms: 5 });
        let back = WindowAsk { back: 80, ..WindowAsk::default() };
        let after = asked(&world.store, Ask { tokens: back, seen, ..ask(1, limits) }).await;
        assert_eq!(after.tokens.left, if after.window == none.window { 30 } else { 100 });
    }

    async fn many_that_ask_at_once_share_one_limit(world) {
        let replicas = [world.replica().await, world.replica().await, world.replica().await];
        world.execute("INSERT INTO limit_accounts VALUES ('other', 0, 0, 0, 0)");
        let asks = (0..30_usize).map(|n| {
            let store = replicas[n % 3].clone();
            tokio::spawn(async move { asked(&store, calls(1 + n as u64 % 3, 20, 1)).await })
        });
        let mut granted = std::collections::HashMap::<i64, u64>::new();
        for answer in asks.collect::<Vec<_>>() {
            let grant = answer.await.unwrap();
            *granted.entry(grant.window).or_default() += grant.requests.granted;
        }
        assert!(granted.values().all(|sum| *sum <= 20), "{granted:?}");
        assert!(granted.values().sum::<u64>() >= 20, "{granted:?}");
    }

    async fn slots_are_held_in_absolute_numbers_and_come_back_from_the_dead(world) {
        let one = asked(&world.store, slots(1, 10, 0, 9)).await;
        assert_eq!((one.slots.granted, one.slots.left), (9, 1));
        // An answer that was lost is asked again, and nothing is held twice.
        assert_eq!(asked(&world.store, slots(1, 10, 0, 9)).await.slots.granted, 9);
        let two = asked(&world.store, slots(2, 10, 0, 3)).await;
        assert_eq!((two.slots.granted, two.slots.others), (1, 9));
        let recalls = world.store.recalls(&[subject(), Subject::Team(id(8))]).await.unwrap();
        assert_eq!(recalls, [(subject(), 1)], "who holds idle ones is told");
        asked(&world.store, slots(1, 10, 4, 0)).await;
        assert_eq!(asked(&world.store, slots(2, 10, 1, 3)).await.slots.granted, 3);

        if matches!(world.place, Place::Sqlite(_)) {
            // There is one server: what others hold is of its lives before.
            let beat = world.store.beat(id(2)).await.unwrap();
            assert_eq!((beat.known, beat.peers.len()), (true, 1));
            assert_eq!(world.count("limit_slots"), 1);
        } else {
            let first = world.store.beat(id(1)).await.unwrap();
            assert_eq!((first.known, first.peers.as_slice()), (false, [Peer { instance: id(1), beat: 1 }].as_slice()));
            let second = world.store.beat(id(1)).await.unwrap();
            assert_eq!((second.known, second.peers[0].beat), (true, 2));
            world.store.bury(first.peers[0]).await.unwrap();
            assert_eq!(world.count("limit_slots"), 2, "it has beaten since");
            world.store.bury(second.peers[0]).await.unwrap();
            assert_eq!(world.count("limit_slots"), 1);
            assert!(!world.store.beat(id(1)).await.unwrap().known, "it learns that it was taken for dead");
        }
        world.store.leave(id(2)).await.unwrap();
        assert_eq!(world.count("limit_slots"), 0);
    }

    async fn accounts_that_nobody_uses_are_forgotten_and_slots_of_nobody_too(world) {
        asked(&world.store, calls(1, 5, 1)).await;
        world.execute("INSERT INTO limit_accounts VALUES ('old', 1, 0, 0, 0)");
        world.store.beat(id(1)).await.unwrap();
        asked(&world.store, slots(1, 5, 0, 1)).await;
        world.execute("INSERT INTO limit_slots VALUES ('old', 'nobody', 2)");
        world.clock.advance(chrono::Duration::seconds(1));
        LimitRepository::tidy(&world.store).await.unwrap();
        assert_eq!(world.count("limit_accounts WHERE subject = 'old'"), 0);
        assert_eq!(world.count("limit_accounts"), 1);
        if matches!(world.place, Place::Postgres { .. }) {
            assert_eq!(world.count("limit_slots WHERE instance = 'nobody'"), 0);
        }
        assert_eq!(world.count("limit_slots WHERE instance <> 'nobody'"), 1);
    }
}
