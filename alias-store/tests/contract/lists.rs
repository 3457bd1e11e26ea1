//! Lists of aliases: every order, every filter, and pages that neither repeat nor lose one.

use std::cmp::Ordering;
use std::collections::HashSet;

use alias_core::alias::{AliasChange, AliasDetails, AliasDraft};
use alias_core::clock::{Clock, Timestamp};
use alias_core::repository::AliasSort::{Alias, CreatedAt, LitellmModel, UpdatedAt, UsageCount};
use alias_core::repository::{
    AliasQuery, AliasRepository, AliasSort, GroupRepository, NameQuery, Start, UsageRepository, Window,
};

use crate::usage::{event, instance};
use crate::world::{World, alias_name, by, group_name, on_each_database, team_id, window};

async fn names(world: &World, query: AliasQuery) -> Vec<String> {
    let page = AliasRepository::list(&world.store, &query).await.unwrap();
    assert_eq!(page.total, page.items.len() as u64);
    page.items.iter().map(|details| details.alias.alias.to_string()).collect()
}

/// Reads a list in pages, writing between them.
async fn paged(world: &World, sort: &[(AliasSort, bool)]) -> Vec<String> {
    let mut query = AliasQuery { sort: sort.to_vec(), window: window(40), ..AliasQuery::default() };
    let mut seen = Vec::new();
    loop {
        let page = AliasRepository::list(&world.store, &query).await.unwrap();
        assert!(page.items.len() <= 40);
        seen.extend(page.items.iter().map(|details| details.alias.alias.to_string()));
        match page.next {
            Some(next) => query.window.start = Start::After(next),
            None => return seen,
        }
    }
}

on_each_database! {
    async fn pages_over_250_aliases_are_complete_in_every_order(world) {
        for n in 0..250 {
            let model = format!("openai/m{}", n % 7);
            let draft = AliasDraft::new(format!("A{:03}", (n * 37) % 250), model);
            AliasRepository::create(&world.store, draft.parse().unwrap(), &by()).await.unwrap();
            if n % 3 == 0 {
                world.tick();
            }
        }
        let first = AliasRepository::list(&world.store, &AliasQuery { window: window(9), ..AliasQuery::default() }).await.unwrap();
        world.store.announce(instance(1), 1).await.unwrap();
        let events: Vec<_> = first.items.iter().enumerate().flat_map(|(n, details)| {
            (0..=n % 3).map(move |m| (details.alias.id, (n * 10 + m) as u64))
        }).map(|(alias, n)| event(n, alias)).collect();
        world.store.ship(instance(1), 0, &events).await.unwrap();
        for sort in [Alias, LitellmModel, UsageCount, CreatedAt, UpdatedAt] {
            let whole = |descending| AliasQuery { sort: vec![(sort, descending)], ..AliasQuery::default() };
            let up = names(world, whole(false)).await;
            assert_eq!(up.len(), 250);
            assert_eq!(paged(world, &[(sort, false)]).await, up, "{sort:?}");
            let down = names(world, whole(true)).await;
            assert_eq!(paged(world, &[(sort, true)]).await, down, "{sort:?}");
            assert_eq!(HashSet::<_>::from_iter(&down), HashSet::from_iter(&up), "{sort:?}");
        }
        let by_name = names(world, AliasQuery::default()).await;
        assert!(by_name.is_sorted());
        // By several keys: as the list that has all of them, each in its own direction, and complete in pages.
        let all = AliasRepository::list(&world.store, &AliasQuery::default()).await.unwrap().items;
        for sort in [
            &[(LitellmModel, false), (UsageCount, true)][..],
            &[(UsageCount, true), (LitellmModel, true), (Alias, true)],
            &[(CreatedAt, true), (LitellmModel, false), (UsageCount, false), (UpdatedAt, true)],
            &[(LitellmModel, true), (Alias, true), (UsageCount, false)],
        ] {
            let mut expected: Vec<&AliasDetails> = all.iter().collect();
            expected.sort_by(|a, b| {
                let by = |(key, down): &(AliasSort, bool)| {
                    let order = match key {
                        Alias => a.alias.alias.folded().cmp(&b.alias.alias.folded()),
                        LitellmModel => a.alias.spec.litellm_model.to_string().cmp(&b.alias.spec.litellm_model.to_string()),
                        UsageCount => a.usage.total_calls.cmp(&b.usage.total_calls),
                        CreatedAt => a.alias.created_at.cmp(&b.alias.created_at),
                        UpdatedAt => a.alias.updated_at.cmp(&b.alias.updated_at),
                    };
                    if *down { order.reverse() } else { order }
                };
                sort.iter().chain([&(Alias, false)]).map(by).fold(Ordering::Equal, Ordering::then)
            });
            let expected: Vec<String> = expected.iter().map(|details| details.alias.alias.to_string()).collect();
            assert_eq!(paged(world, sort).await, expected, "{sort:?}");
        }
        let used = names(world, AliasQuery { sort: vec![(UsageCount, true)], ..AliasQuery::default() }).await;
        assert_eq!(used[..3], ["A002", "A005", "A008"], "ties go by name in both directions");
    }

    async fn a_page_goes_on_after_the_last_alias_even_if_others_come_and_go(world) {
        for name in ["b", "d", "f", "h"] {
            world.alias(name).await;
        }
        let mut query = AliasQuery { window: window(2), ..AliasQuery::default() };
        let page = AliasRepository::list(&world.store, &query).await.unwrap();
        AliasRepository::delete(&world.store, &alias_name("d"), None, &by()).await.unwrap();
        world.alias("a").await;
        query.window.start = Start::After(page.next.unwrap());
        let page = AliasRepository::list(&world.store, &query).await.unwrap();
        let rest: Vec<_> = page.items.iter().map(|details| details.alias.alias.as_str()).collect();
        assert_eq!((rest, page.next, page.total), (vec!["f", "h"], None, 4));
    }

    async fn a_total_is_that_of_now_whoever_changed_what_it_counts(world) {
        let total = async || AliasRepository::list(&world.store, &AliasQuery::default()).await.unwrap().total;
        assert_eq!(total().await, 0);
        world.alias("a").await;
        world.alias("b").await;
        assert_eq!(total().await, 2);
        let replica = world.replica().await;
        AliasRepository::delete(&replica, &alias_name("a"), None, &by()).await.unwrap();
        assert_eq!(total().await, 1);
        let draft = AliasDraft::new("c", "openai/gpt-4");
        AliasRepository::create(&replica, draft.parse().unwrap(), &by()).await.unwrap();
        assert_eq!(total().await, 2);
        // Put back to an earlier state, from which another way led to the same revision.
        world.execute("DELETE FROM group_aliases");
        world.execute("UPDATE model_aliases SET deleted_at = updated_at");
        world.execute("UPDATE catalogue SET mark = 'another'");
        assert_eq!(total().await, 0);
    }

    async fn an_offset_skips_and_a_page_past_the_end_is_empty(world) {
        for name in ["a", "b", "c"] {
            world.alias(name).await;
        }
        let at = async |offset| {
            let window = Window { limit: 1, start: Start::Offset(offset) };
            let page = AliasRepository::list(&world.store, &AliasQuery { window, ..AliasQuery::default() }).await.unwrap();
            assert_eq!(page.total, 3);
            page.items.first().map(|details| details.alias.alias.to_string())
        };
        assert_eq!(at(1).await.as_deref(), Some("b"));
        assert_eq!(at(3).await, None);
        assert_eq!(at(u64::MAX).await, None);
    }

    async fn filters_combine(world) {
        let create = async |json: &str| {
            let draft: AliasDraft = serde_json::from_str(json).unwrap();
            AliasRepository::create(&world.store, draft.parse().unwrap(), &by()).await.unwrap();
        };
        create(r#"{"alias": "one", "litellm_model": "openai/gpt-4", "description": "100% sure", "tags": ["Fast", "a_b"]}"#).await;
        create(r#"{"alias": "two", "litellm_model": "openai_like/x", "tags": ["fast"], "allow_unknown_provider": true}"#).await;
        create(r#"{"alias": "three", "litellm_model": "anthropic/claude", "description": "ÄPFEL", "tags": ["aXb", "faster"]}"#).await;
        world.group("g", &["one", "three"]).await;
        world.group("off", &["two"]).await;
        world.execute("UPDATE access_groups SET active = FALSE WHERE folded = 'off'");
        world.organization("acme").await;
        world.team("acme", "t", &["g", "off"], 1).await;
        let off = AliasChange { active: Some(false), ..AliasChange::default() };
        AliasRepository::update(&world.store, &alias_name("three"), off, None, &by()).await.unwrap();

        let all = AliasQuery::default;
        assert_eq!(names(world, AliasQuery { active: Some(true), ..all() }).await, ["one", "two"]);
        assert_eq!(names(world, AliasQuery { provider: Some("openai".into()), ..all() }).await, ["one"]);
        assert_eq!(names(world, AliasQuery { access_group: Some(group_name("G")), ..all() }).await, ["one", "three"]);
        assert_eq!(names(world, AliasQuery { team: Some(team_id("T")), ..all() }).await, ["one", "three"]);
        assert_eq!(names(world, AliasQuery { tag: Some("fast".into()), ..all() }).await, ["one", "two"]);
        assert_eq!(names(world, AliasQuery { tag: Some("FAST".into()), ..all() }).await, ["one", "two"]);
        assert_eq!(names(world, AliasQuery { tag: Some("a_b".into()), ..all() }).await, ["one"]);
        assert_eq!(names(world, AliasQuery { q: Some("0%".into()), ..all() }).await, ["one"]);
        assert_eq!(names(world, AliasQuery { q: Some("CLAUDE".into()), ..all() }).await, ["three"]);
        assert_eq!(names(world, AliasQuery { q: Some("Äpfel".into()), ..all() }).await, ["three"]);
        assert_eq!(names(world, AliasQuery { q: Some("TWO".into()), ..all() }).await, ["two"]);
        assert_eq!(names(world, AliasQuery { q: Some("_".into()), ..all() }).await, ["two"]);
        assert_eq!(names(world, AliasQuery { active: Some(true), team: Some(team_id("t")), ..all() }).await, ["one"]);
        assert_eq!(names(world, AliasQuery { access_group: Some(group_name("none")), ..all() }).await, [""; 0]);
    }

async fn a_search_for_what_cannot_be_stored_finds_nothing(world) {
        world.alias("a").await;
        for text in ["\0", "a\0", "\u{7f}\\"] {
            assert_eq!(names(world, AliasQuery { q: Some(text.into()), ..AliasQuery::default() }).await, [""; 0]);
            assert_eq!(names(world, AliasQuery { tag: Some(text.into()), ..AliasQuery::default() }).await, [""; 0]);
            assert_eq!(names(world, AliasQuery { provider: Some(text.into()), ..AliasQuery::default() }).await, [""; 0]);
        }
        let past_all = alias_core::repository::Position { value: Some("\0".into()), name: "z\0".into() };
        let window = Window { limit: 10, start: Start::After(past_all) };
        let page = AliasRepository::list(&world.store, &AliasQuery { window, ..AliasQuery::default() }).await.unwrap();
        assert_eq!(page.items.len(), 0);
    }

    async fn unused_aliases_are_those_not_called_since(world) {
        let used = world.alias("used").await;
        world.alias("never").await;
        world.store.announce(instance(1), 1).await.unwrap();
        world.store.ship(instance(1), 0, &[event(0, used.id)]).await.unwrap();
        let called = event(0, used.id).call.started_at;
        let unused = |since| AliasQuery { unused_since: Some(since), ..AliasQuery::default() };
        assert_eq!(names(world, unused(called)).await, ["never"]);
        let later = Timestamp::from_micros(called.micros() + 1);
        assert!(later > world.clock.now());
        assert_eq!(names(world, unused(later)).await, ["never", "used"]);
    }

    async fn groups_are_paged_by_name(world) {
        for n in 0..25 {
            world.group(&format!("G{n:02}"), &[]).await;
        }
        let mut query = NameQuery { window: window(10), descending: true, ..NameQuery::default() };
        let mut seen = Vec::new();
        loop {
            let page = GroupRepository::list(&world.store, &query).await.unwrap();
            assert_eq!(page.total, 25);
            seen.extend(page.items.into_iter().map(|summary| summary.group.group_name.to_string()));
            match page.next {
                Some(next) => query.window.start = Start::After(next),
                None => break,
            }
        }
        assert_eq!((seen.len(), seen[0].as_str(), seen[24].as_str()), (25, "G24", "G00"));
        assert!(seen.is_sorted_by(|a, b| a > b));
    }

    async fn members_of_more_than_one_chunk_come_back_with_their_groups(world) {
        let members: Vec<String> = (0..600).map(|n| format!("m{n:03}")).collect();
        for name in &members {
            world.alias(name).await;
        }
        world.group("all", &members.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let page = AliasRepository::list(&world.store, &AliasQuery::default()).await.unwrap();
        assert_eq!(page.items.len(), 600);
        assert!(page.items.iter().all(|details| details.access_groups == [group_name("all")]));
        assert_eq!(page.items[599].alias.alias, alias_name("m599"));
    }
}
