//! A right that ends between a request's first byte and its write: nothing is written with it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::http::{self, Answer, PATIENCE};
use crate::server::{Server, Setup};

const KEY: &str = "an-admin-key-of-more-than-32-characters";

fn keyed() -> Server {
    Setup { admin_key: Some(KEY.into()), ..Setup::default() }.start()
}

fn token(server: &Server, role: &str, organization: Option<&str>) -> (String, String) {
    let draft = json!({"name": role, "role": role, "organization_id": organization});
    let made = server.ok("POST", "/api/admin-tokens", Some(draft));
    let said = |field: &str| made[field].as_str().unwrap().to_owned();
    (said("admin_token"), format!("/api/admin-tokens/{}", said("token_id")))
}

/// A request whose head and first byte are there, and whose rest is not.
struct Begun(TcpStream, String);

impl Begun {
    fn post(server: &Server, path: &str, key: Option<&str>, body: &Value) -> Self {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (host, body) = (server.address, body.to_string());
        let key = key.map(|key| format!("Authorization: Bearer {key}\r\n")).unwrap_or_default();
        // The server says "go on" once it has let the request in and wants its body.
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\n{key}Expect: 100-continue\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut said = [0; 25];
        stream.read_exact(&mut said).unwrap();
        assert!(said.starts_with(b"HTTP/1.1 100 Continue"), "{}", String::from_utf8_lossy(&said));
        Self(stream, body)
    }

    fn end(mut self) -> Answer {
        self.0.write_all(self.1.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).unwrap();
        http::parse(&bytes, false).unwrap()
    }
}

#[test]
fn a_body_that_ends_after_its_token_does_writes_nothing() {
    let server = keyed();
    let (key, path) = token(&server, "owner", None);
    let more = json!({"name": "more", "role": "owner"});
    let begun = [(); 3].map(|()| Begun::post(&server, "/api/admin-tokens", Some(&key), &more));
    server.ok("DELETE", &path, None);
    for begun in begun {
        let answer = begun.end();
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("unauthenticated")));
    }
    assert_eq!(server.ok("GET", "/api/admin-tokens", None)["admin_tokens"], json!([]));
}

#[test]
fn a_body_that_ends_after_an_open_server_was_closed_writes_nothing() {
    let server = Setup::default().start();
    let alias = json!({"alias": "late", "litellm_model": "openai/gpt-4"});
    let begun = Begun::post(&server, "/api/model-aliases/create", None, &alias);
    let made = server.ok("POST", "/api/admin-tokens", Some(json!({"name": "first", "role": "owner"})));
    assert_eq!(begun.end().status, 401);
    let list = server.team(made["admin_token"].as_str().unwrap(), "GET", "/api/model-aliases", None);
    assert_eq!(list.json()["aliases"], json!([]));
}

#[test]
fn the_first_identity_of_an_open_server_is_an_owner() {
    let server = Setup::default().start();
    for (path, draft) in [
        ("/api/admin-tokens", json!({"name": "ci", "role": "viewer"})),
        ("/api/admin-users", json!({"email": "a@b.example", "password": "a wrong mule", "role": "admin"})),
    ] {
        let refused = server.admin("POST", path, Some(draft));
        assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("role")), "{path}");
    }
    assert_eq!(server.ok("GET", "/api/model-aliases", None)["total"], 0, "still open");
}

/// Repeats a request from several sides while `meanwhile` runs.
fn amid(repeated: impl Fn() + Sync, meanwhile: impl FnOnce()) {
    struct End<'a>(&'a AtomicBool);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let (ended, begun) = (AtomicBool::new(false), std::sync::Barrier::new(9));
    std::thread::scope(|scope| {
        let _end = End(&ended);
        for _ in 0..8 {
            scope.spawn(|| {
                begun.wait();
                while !ended.load(Ordering::Relaxed) {
                    repeated();
                }
            });
        }
        begun.wait();
        meanwhile();
    });
}

#[test]
fn who_is_promoted_meanwhile_is_not_changed_by_an_admin() {
    let server = keyed();
    let (admin, _) = token(&server, "admin", None);
    for round in 0..3 {
        let draft = json!({"email": format!("x{round}@acme.example"), "password": "first horse here", "role": "viewer"});
        let made = server.ok("POST", "/api/admin-users", Some(draft));
        let path = format!("/api/admin-users/{}", made["user_id"].as_str().unwrap());
        let reset = json!({"password": "the attacker's horse"}).to_string();
        let promoted = json!({"role": "owner", "password": "the owner's own horse"});
        amid(
            || drop(server.team(&admin, "PUT", &path, Some(&reset))),
            || drop(server.ok("PUT", &path, Some(promoted))),
        );
        assert_eq!(server.team(&admin, "PUT", &path, Some(&reset)).status, 403);
        let login = json!({"email": format!("x{round}@acme.example"), "password": "the owner's own horse"});
        let login = login.to_string();
        let answer =
            http::send(server.address, "POST", "/api/admin-users/login", &[], Some(login.as_bytes()));
        assert_eq!(answer.unwrap().status, 200, "the owner's password is the last one");
    }
}

#[test]
fn a_grant_that_was_taken_away_is_not_brought_back_by_who_may_not_grant() {
    let server = keyed();
    server.onboard(&[("smart", "openai/gpt-4")]);
    let (boss, _) = token(&server, "team-admin", Some("org"));
    let renamed = json!({"team_alias": "Mine", "access_groups": ["all"]}).to_string();
    amid(
        || drop(server.team(&boss, "PUT", "/api/teams/team", Some(&renamed))),
        || drop(server.ok("PUT", "/api/teams/team", Some(json!({"access_groups": []})))),
    );
    assert_eq!(server.ok("GET", "/api/teams/team", None)["access_groups"], json!([]));
}

#[test]
fn who_sees_one_organization_learns_no_names_of_the_catalogue_from_a_keys_limits() {
    let server = keyed();
    server.onboard(&[("smart", "openai/gpt-4")]);
    let secret = json!({"alias": "secret-model", "litellm_model": "openai/gpt-5"});
    server.ok("POST", "/api/model-aliases/create", Some(secret));
    let (boss, _) = token(&server, "team-admin", Some("org"));
    let make = |model: &str| {
        let draft = json!({"models": [model]}).to_string();
        server.team(&boss, "POST", "/api/teams/team/keys", Some(&draft))
    };
    let (real, near) = (make("secret-model"), make("secret-mode"));
    for (answer, name) in [(&real, "secret-model"), (&near, "secret-mode")] {
        let body = answer.json();
        assert_eq!(
            (answer.status, &body["unknown"], &body["suggestions"]),
            (422, &json!([name]), &json!([]))
        );
    }
    assert_eq!(make("smrt").json()["suggestions"], json!(["smart"]));
    assert_eq!(make("SMART").status, 201);
}

#[test]
fn a_reason_is_in_the_log_and_a_wrong_one_changes_nothing() {
    let server = keyed();
    let bearer = format!("Bearer {KEY}");
    let create = |name: &str, reason: &str| {
        let headers = [("Authorization", bearer.as_str()), ("x-alias-reason", reason)];
        let body = json!({"alias": name, "litellm_model": "openai/gpt-4"}).to_string();
        http::send(server.address, "POST", "/api/model-aliases/create", &headers, Some(body.as_bytes()))
            .unwrap()
    };
    assert_eq!(create("a", "ticket 4711: für Zoë").status, 201);
    assert_eq!(create("b", &"x".repeat(501)).status, 400);
    let log = server.ok("GET", "/api/audit", None);
    assert_eq!(log["records"][0]["reason"], "ticket 4711: für Zoë");
    assert_eq!(server.ok("GET", "/api/model-aliases", None)["total"], 1);
}
