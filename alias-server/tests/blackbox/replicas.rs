//! Servers over one PostgreSQL see each other's changes within a second.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::provider::Provider;
use crate::server::{Server, Setup, databases};

#[test]
fn a_change_on_one_replica_holds_on_the_other_within_a_second() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let setup = Setup { upstream: Some(provider.address), database: Some(database), ..Setup::default() };
        let (here, there) = (setup.clone().start(), setup.start());
        let key = here.onboard(&[("smart", "openai/gpt-4")]);
        until(|| there.chat(&key, "smart").status == 200);
        for round in 0..10 {
            here.ok("PUT", "/api/model-aliases/smart", Some(json!({"active": false})));
            until(|| there.chat(&key, "smart").status == 403);
            let changed = here.admin(
                "PUT",
                "/api/model-aliases/smart",
                Some(json!({"active": true, "description": round.to_string()})),
            );
            // Asking for the revision that the write produced never gives the older answer.
            let revision = changed.header("x-alias-revision").unwrap().to_owned();
            assert_eq!(chat_at(&there, &key, &revision), 200);
        }
        here.ok("DELETE", "/api/teams/team", None);
        until(|| there.chat(&key, "smart").status == 401);
    }
}

#[test]
fn the_first_token_made_on_one_open_replica_closes_the_other() {
    for database in databases().into_iter().flatten() {
        let setup = Setup { database: Some(database), ..Setup::default() };
        let (here, there) = (setup.clone().start(), setup.start());
        there.ok("GET", "/api/model-aliases", None);
        let made = here.ok("POST", "/api/admin-tokens", Some(json!({"name": "first", "role": "owner"})));
        assert_eq!(there.admin("GET", "/api/model-aliases", None).status, 401);
        let token = made["admin_token"].as_str().unwrap();
        assert_eq!(there.team(token, "GET", "/api/model-aliases", None).status, 200);
    }
}

fn chat_at(server: &Server, key: &str, revision: &str) -> u16 {
    let bearer = format!("Bearer {key}");
    let headers = [("Authorization", bearer.as_str()), ("x-alias-min-revision", revision)];
    let body = br#"{"model": "smart", "messages": []}"#;
    crate::http::send(server.address, "POST", "/v1/chat/completions", &headers, Some(body)).unwrap().status
}

/// Asks again until it holds; a second is the promise.
fn until(mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(1), "not within a second");
        std::thread::yield_now();
    }
}
