//! Keys of teams: what limits them, when they were used, and what becomes of an answer that got lost.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::{self, Answer, PATIENCE};
use crate::provider::Provider;
use crate::server::{Server, Setup, databases};

const KEYS: &str = "/api/teams/team/keys";

fn started(database: Option<String>) -> (Provider, Server, String) {
    let provider = Provider::start();
    let server = Setup { database, ..Setup::upstream(provider.address) }.start();
    let key = server.onboard(&[("smart", "openai/gpt-4"), ("fast", "openai/gpt-3.5-turbo")]);
    (provider, server, key)
}

/// A new key with these members; its text, and its path.
fn make(server: &Server, draft: Value) -> (String, String) {
    let made = server.ok("POST", KEYS, Some(draft));
    let path = format!("{KEYS}/{}", made["key_id"].as_str().unwrap());
    (made["virtual_key"].as_str().unwrap().to_owned(), path)
}

fn code(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    (answer.status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn refused(status: u16, word: &str) -> (u16, String) {
    (status, word.to_owned())
}

fn listed(server: &Server, key: &str) -> Vec<String> {
    let list = server.team(key, "GET", "/v1/models", None).json();
    list["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_key_calls_and_lists_only_its_own_models_and_a_change_holds_on_the_very_next_call() {
    let (provider, server, whole) = started(None);
    let (key, path) = make(&server, json!({"name": "ci", "models": ["FAST"]}));
    assert_eq!(server.ok("GET", &path, None)["models"], json!(["fast"]));
    assert_eq!(server.chat(&key, "fast").status, 200);
    assert_eq!(code(&server.chat(&key, "smart")), refused(403, "model_access_denied"));
    assert_eq!(listed(&server, &key), ["fast"]);
    assert_eq!(listed(&server, &whole), ["fast", "smart"]);
    assert_eq!(provider.seen().len(), 1, "a refused call reached the provider");
    server.ok("PATCH", &path, Some(json!({"models": ["smart"]})));
    assert_eq!(code(&server.chat(&key, "fast")), refused(403, "model_access_denied"));
    assert_eq!((server.chat(&key, "smart").status, listed(&server, &key)), (200, vec!["smart".to_owned()]));
    // A key never reaches further than its team.
    server.ok("PUT", "/api/teams/team/access-groups", Some(json!([])));
    assert_eq!(code(&server.chat(&key, "smart")), refused(403, "model_access_denied"));
    let wrong = server.admin("PATCH", &path, Some(json!({"models": ["smart", "gone", "lost"]})));
    assert_eq!((wrong.status, &wrong.json()["unknown"]), (422, &json!(["gone", "lost"])));
    assert_eq!(server.ok("GET", &path, None)["models"], json!(["smart"]));
}

#[test]
fn a_key_works_at_its_endpoints_and_from_its_networks_only() {
    let (provider, server, _) = started(None);
    let (key, path) = make(&server, json!({"endpoints": ["messages"], "networks": ["127.0.0.0/8"]}));
    assert_eq!(code(&server.chat(&key, "smart")), refused(403, "endpoint_not_allowed"));
    assert_eq!(code(&server.team(&key, "GET", "/v1/models", None)), refused(403, "endpoint_not_allowed"));
    server.ok("PATCH", &path, Some(json!({"endpoints": ["chat_completions"]})));
    assert_eq!(server.chat(&key, "smart").status, 200);
    let message = r#"{"model":"smart","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#;
    let answer = server.team(&key, "POST", "/v1/messages", Some(message));
    let body = answer.json();
    assert_eq!(
        (answer.status, &body["type"], &body["error"]["type"], &body["error"]["code"]),
        (403, &json!("error"), &json!("permission_error"), &json!("endpoint_not_allowed"))
    );
    server.ok("PATCH", &path, Some(json!({"networks": ["192.0.2.0/24"]})));
    let forged = format!("Bearer {key}");
    let headers =
        [("Authorization", forged.as_str()), ("X-Forwarded-For", "192.0.2.7"), ("X-Real-IP", "192.0.2.7")];
    let call = json!({"model": "smart", "messages": []}).to_string();
    let answer = http::send(server.address, "POST", "/v1/chat/completions", &headers, Some(call.as_bytes()));
    assert_eq!(code(&answer.unwrap()), refused(403, "network_not_allowed"), "a header is no address");
    assert_eq!(provider.seen().len(), 1, "a refused call reached the provider");
}

#[test]
fn a_rotation_carries_the_limits_over_and_the_last_use_is_told() {
    let (_provider, server, _) = started(None);
    let (key, path) = make(&server, json!({"name": "ci", "models": ["fast"], "networks": ["127.0.0.1"]}));
    assert_eq!(server.ok("GET", &path, None)["last_used_at"], Value::Null);
    assert_eq!(server.chat(&key, "fast").status, 200);
    let deadline = Instant::now() + PATIENCE;
    while server.ok("GET", &path, None)["last_used_at"].is_null() {
        assert!(Instant::now() < deadline, "the last use is not told");
        std::thread::sleep(Duration::from_millis(20));
    }
    let rotated = server.ok("POST", &format!("{path}/rotate"), Some(json!({"grace_seconds": 600})));
    let limits = (&rotated["models"], &rotated["networks"], &rotated["endpoints"], &rotated["last_used_at"]);
    assert_eq!(limits, (&json!(["fast"]), &json!(["127.0.0.1/32"]), &json!(null), &json!(null)));
    let new = rotated["virtual_key"].as_str().unwrap();
    assert_eq!(code(&server.chat(new, "smart")), refused(403, "model_access_denied"));
    assert_eq!((server.chat(new, "fast").status, server.chat(&key, "fast").status), (200, 200));
}

/// Sends a POST that makes a key, and hangs up without reading the answer when there are this many keys.
fn lost(server: &Server, path: &str, idempotency_key: &str, body: &str, keys: usize) {
    let mut stream = TcpStream::connect(server.address).unwrap();
    let host = server.address;
    let length = body.len();
    let lines = format!("Host: {host}\r\nIdempotency-Key: {idempotency_key}\r\nContent-Length: {length}");
    stream.write_all(format!("POST {path} HTTP/1.1\r\n{lines}\r\n\r\n{body}").as_bytes()).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while count(server) < keys {
        assert!(Instant::now() < deadline, "no key was made");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn count(server: &Server) -> usize {
    server.ok("GET", KEYS, None)["keys"].as_array().unwrap().len()
}

/// Asks again, with the same key, until the first is done.
fn again(server: &Server, path: &str, idempotency_key: &str, body: &str) -> Answer {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let headers = [("Idempotency-Key", idempotency_key)];
        let answer = http::send(server.address, "POST", path, &headers, Some(body.as_bytes())).unwrap();
        if answer.status != 409 || Instant::now() > deadline {
            return answer;
        }
    }
}

#[test]
fn a_rotation_whose_answer_was_lost_is_asked_again_for_a_key_that_works() {
    for database in databases() {
        let (_provider, server, old) = started(database);
        let id = server.ok("GET", KEYS, None)["keys"][0]["key_id"].as_str().unwrap().to_owned();
        let path = format!("{KEYS}/{id}/rotate");
        let body = r#"{"grace_seconds": 600}"#;
        lost(&server, &path, "rotate-1", body, 2);
        let answer = again(&server, &path, "rotate-1", body);
        let first = answer.json();
        assert_eq!((answer.status, &first["old_key_id"]), (200, &json!(id)), "{first}");
        // Lost once more: what was shown before stops working, the key stays one.
        let second = again(&server, &path, "rotate-1", body).json();
        assert_eq!(
            (&second["key_id"], &second["old_key_ends_at"]),
            (&first["key_id"], &first["old_key_ends_at"])
        );
        let secret = |answer: &Value| answer["virtual_key"].as_str().unwrap().to_owned();
        assert_eq!(code(&server.chat(&secret(&first), "smart")), refused(401, "invalid_api_key"));
        assert_eq!(server.chat(&secret(&second), "smart").status, 200);
        assert_eq!(server.chat(&old, "smart").status, 200, "the old key keeps its grace");
        assert_eq!(count(&server), 2);
        // A key that was used is known to have arrived: its secret stays, and is not shown again.
        let path_of_new = format!("{KEYS}/{}", second["key_id"].as_str().unwrap());
        let deadline = Instant::now() + PATIENCE;
        while server.ok("GET", &path_of_new, None)["last_used_at"].is_null() {
            assert!(Instant::now() < deadline, "the last use is not told");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(again(&server, &path, "rotate-1", body).json()["virtual_key"], Value::Null);
        assert_eq!(server.chat(&secret(&second), "smart").status, 200);
    }
}

#[test]
fn a_new_key_whose_answer_was_lost_is_made_once() {
    let (_provider, server, _) = started(None);
    let body = r#"{"name": "ci", "models": ["fast"]}"#;
    lost(&server, KEYS, "create-1", body, 2);
    let answer = again(&server, KEYS, "create-1", body);
    let made = answer.json();
    assert_eq!((answer.status, &made["models"]), (201, &json!(["fast"])), "{made}");
    assert_eq!(answer.header("idempotent-replayed"), Some("true"));
    assert_eq!(server.chat(made["virtual_key"].as_str().unwrap(), "fast").status, 200);
    assert_eq!(count(&server), 2);
    let key = again(&server, KEYS, "create-1", r#"{"name": "other"}"#);
    assert_eq!((key.status, &key.json()["code"]), (422, &json!("idempotency_key_reused")));
}
