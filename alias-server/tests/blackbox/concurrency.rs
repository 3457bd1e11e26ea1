//! Many clients at once: one winner, no lost update.

use std::sync::Barrier;

use serde_json::json;

use crate::http;
use crate::server::{Setup, databases};

const CLIENTS: usize = 50;

/// Runs `work` in threads that start at the same instant.
fn together<T: Send>(work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(CLIENTS);
    std::thread::scope(|scope| {
        let run = |number| {
            let (barrier, work) = (&barrier, &work);
            scope.spawn(move || {
                barrier.wait();
                work(number)
            })
        };
        let threads: Vec<_> = (0..CLIENTS).map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_fifty_creators_of_one_name_exactly_one_wins() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        for round in 0..3 {
            let statuses = together(|number| {
                let draft =
                    json!({"alias": format!("Race-{round}"), "litellm_model": format!("openai/m{number}")});
                let create = || server.admin("POST", "/api/model-aliases/create", Some(draft.clone()));
                http::patiently(create).status
            });
            assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
            assert_eq!(statuses.iter().filter(|status| **status == 409).count(), CLIENTS - 1, "{statuses:?}");
        }
    }
}

#[test]
fn fifty_additions_to_one_group_all_stay() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        server.ok("POST", "/api/model-access-groups/create", Some(json!({"group_name": "g"})));
        let statuses = together(|number| {
            let alias = format!("m{number}");
            server.ok(
                "POST",
                "/api/model-aliases/create",
                Some(json!({"alias": alias, "litellm_model": "openai/gpt-4"})),
            );
            let path = "/api/model-access-groups/g/add-models";
            http::patiently(|| server.admin("POST", path, Some(json!({"model_aliases": [alias]})))).status
        });
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        let group = server.ok("GET", "/api/model-access-groups/g", None);
        assert_eq!(group["model_aliases"].as_array().unwrap().len(), CLIENTS);
    }
}

#[test]
fn updates_of_different_fields_all_stay() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        server.ok(
            "POST",
            "/api/model-aliases/create",
            Some(json!({"alias": "a", "litellm_model": "openai/start"})),
        );
        together(|number| {
            let edit = match number % 3 {
                0 => json!({"description": format!("d{number}")}),
                1 => json!({"litellm_model": format!("openai/m{number}")}),
                _ => json!({"active": false}),
            };
            server.ok("PUT", "/api/model-aliases/a", Some(edit));
        });
        let alias = server.ok("GET", "/api/model-aliases/a", None);
        assert!(alias["description"].as_str().unwrap().starts_with('d'), "{alias}");
        assert_ne!(alias["litellm_model"], "openai/start");
        assert_eq!(alias["active"], false);
    }
}

#[test]
fn the_answer_of_a_write_shows_what_it_wrote_also_beside_an_opposite_one() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        let draft = json!({"alias": "a", "litellm_model": "openai/gpt-4"});
        server.ok("POST", "/api/model-aliases/create", Some(draft));
        let answers = together(|number| {
            let active = number % 2 == 0;
            let put = || server.ok("PUT", "/api/model-aliases/a", Some(json!({"active": active})));
            (0..10).map(|_| (active, put()["active"].clone())).collect::<Vec<_>>()
        });
        assert!(answers.iter().flatten().all(|(sent, shown)| shown == sent), "{answers:?}");
    }
}

#[test]
fn what_a_get_gave_is_put_back_without_a_new_version() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        server.onboard(&[("a", "openai/gpt-4")]);
        let own = json!({"alias": "b", "litellm_model": "mine/model", "allow_unknown_provider": true,
            "display_name": "b", "pricing_input": 30, "pricing_output": 0.000_001, "metadata": {"x": [1.5, null]}});
        server.ok("POST", "/api/model-aliases/create", Some(own));
        let mut paths = vec!["/api/model-aliases/a".to_owned(), "/api/model-aliases/b".to_owned()];
        for (list, items, id) in [
            ("/api/model-access-groups", "access_groups", "group_name"),
            ("/api/organizations", "organizations", "organization_id"),
            ("/api/teams", "teams", "team_id"),
        ] {
            let page = server.ok("GET", list, None);
            let names = page[items].as_array().unwrap().iter().map(|item| item[id].as_str().unwrap());
            paths.extend(names.map(|name| format!("{list}/{name}")));
        }
        assert!(paths.len() >= 5, "{paths:?}");
        for path in paths {
            let read = server.admin("GET", &path, None);
            let put = server.admin("PUT", &path, Some(read.json()));
            assert_eq!(
                (put.status, put.header("etag")),
                (200, read.header("etag")),
                "{path}: {}",
                put.text()
            );
            assert_eq!(put.json(), read.json(), "{path}");
        }
    }
}

#[test]
fn an_idempotent_creation_that_is_sent_fifty_times_at_once_happens_once() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        server.ok("POST", "/api/organizations/create", Some(json!({"organization_id": "o", "name": "O"})));
        server.ok("POST", "/api/teams/create", Some(json!({"organization_id": "o", "team_id": "t"})));
        let headers = [("Idempotency-Key", "once"), ("Content-Type", "application/json")];
        let statuses = together(|_| {
            let body = br#"{"name": "k"}"#;
            crate::http::send(server.address, "POST", "/api/teams/t/keys", &headers, Some(body))
                .unwrap()
                .status
        });
        assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
        let keys = server.ok("GET", "/api/teams/t/keys", None);
        assert_eq!(keys["keys"].as_array().unwrap().len(), 2, "the first key and one more: {keys}");
    }
}
