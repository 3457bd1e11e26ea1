//! The audit log over HTTP: what was done, what was refused, and whether it is whole.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http;
use crate::server::{Server, Setup, databases};

const KEY: &str = "an-admin-key-of-more-than-32-characters";

fn keyed(database: Option<String>) -> Server {
    Setup { admin_key: Some(KEY.into()), database, ..Setup::default() }.start()
}

fn records(server: &Server, filter: &str) -> Vec<Value> {
    server.ok("GET", &format!("/api/audit?{filter}"), None)["records"].as_array().unwrap().clone()
}

/// A request with some other key, or none.
fn with_key(server: &Server, key: Option<&str>, method: &str, path: &str, body: Option<&Value>) -> u16 {
    let bearer = format!("Bearer {}", key.unwrap_or_default());
    let mut headers = vec![("Content-Type", "application/json")];
    if key.is_some() {
        headers.push(("Authorization", &bearer));
    }
    let body = body.map(Value::to_string);
    http::send(server.address, method, path, &headers, body.as_deref().map(str::as_bytes)).unwrap().status
}

/// Ends the server in order and starts it again.
fn end_and_restart(server: &mut Server) {
    Command::new("kill").args(["-TERM", &server.pid().to_string()]).status().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.is_alive() {
        assert!(Instant::now() < deadline, "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    server.restart();
}

#[test]
fn every_write_is_in_the_log_with_who_and_what_changed_and_the_log_is_whole() {
    for database in databases() {
        let server = keyed(database);
        server.ok(
            "POST",
            "/api/model-aliases/create",
            Some(json!({"alias": "smart", "litellm_model": "openai/a"})),
        );
        server.ok("PUT", "/api/model-aliases/smart", Some(json!({"litellm_model": "openai/b"})));
        server.ok("DELETE", "/api/model-aliases/smart", None);
        let log = records(&server, "target=smart&action=alias&actor=admin_key&outcome=done");
        let actions: Vec<&str> = log.iter().map(|record| record["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["alias.delete", "alias.update", "alias.create"]);
        assert_eq!(log[1]["diff"]["litellm_model"], json!({"from": "openai/a", "to": "openai/b"}));
        assert_eq!(log[1]["address"], "127.0.0.1");
        assert!(records(&server, "from=2100-01-01T00:00:00Z").is_empty());
        assert!(records(&server, "to=2000-01-01T00:00:00Z").is_empty());
        let report = server.ok("GET", "/api/audit/verify", None);
        assert_eq!(
            (&report["valid"], &report["records"]),
            (&json!(true), &json!(4)),
            "with the models that come with the server"
        );
        assert_eq!(report["head"], log[0]["hash"]);
    }
}

#[test]
fn a_long_log_is_read_in_parts_without_gaps() {
    let server = keyed(None);
    for number in 0..7 {
        let alias = json!({"alias": format!("a{number}"), "litellm_model": "openai/a"});
        server.ok("POST", "/api/model-aliases/create", Some(alias));
    }
    let (mut path, mut seen) = ("/api/audit?limit=3".to_owned(), Vec::new());
    loop {
        let part = server.ok("GET", &path, None);
        seen.extend(part["records"].as_array().unwrap().iter().map(|record| record["seq"].as_u64().unwrap()));
        assert_eq!(part["total"], 8, "with the models that come with the server");
        let Some(cursor) = part["next_cursor"].as_str() else { break };
        path = format!("/api/audit?limit=3&cursor={cursor}");
        assert!(seen.len() < 20, "it leads on and on");
    }
    assert_eq!(seen, [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(server.admin("GET", "/api/audit?colour=red", None).status, 400);
    assert_eq!(server.admin("GET", "/api/audit?outcome=maybe", None).status, 400);
}

#[test]
fn the_log_comes_as_csv_in_which_nothing_is_a_formula() {
    let server = keyed(None);
    server.ok("POST", "/api/organizations/create", Some(json!({"organization_id": "org", "name": "=1+1"})));
    let bearer = format!("Bearer {KEY}");
    let headers = [("Authorization", bearer.as_str()), ("Accept", "text/csv")];
    let answer = http::send(server.address, "GET", "/api/audit?limit=1", &headers, None).unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("text/csv"));
    let text = answer.text();
    let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    assert!(lines[0].starts_with("seq,at,action,outcome,object,name,actor"), "{text}");
    assert!(lines[1].contains("organization.create,done,organization,org,admin_key"), "{text}");
    assert!(!text.contains(",=") && !text.contains("\n="), "{text}");
}

#[test]
fn who_is_known_and_refused_is_recorded_by_name() {
    for database in databases() {
        let server = keyed(database);
        let token =
            server.ok("POST", "/api/admin-tokens", Some(json!({"name": "dashboards", "role": "viewer"})));
        let secret = token["admin_token"].as_str().unwrap();
        let alias = json!({"alias": "smart", "litellm_model": "openai/a"});
        assert_eq!(with_key(&server, Some(secret), "POST", "/api/model-aliases/create", Some(&alias)), 403);
        assert_eq!(with_key(&server, Some(secret), "DELETE", "/api/teams/acme%2Fprod", None), 403);
        assert_eq!(with_key(&server, Some(secret), "GET", "/api/audit", None), 403);
        server.ok(
            "POST",
            "/api/organizations/create",
            Some(json!({"organization_id": "org", "name": "Org"})),
        );
        let here = json!({"name": "org", "role": "org-admin", "organization_id": "org"});
        let here = server.ok("POST", "/api/admin-tokens", Some(here));
        let here = here["admin_token"].as_str();
        assert_eq!(with_key(&server, here, "GET", "/api/organizations/other", None), 404);
        let login = json!({"email": "eve@evil.example", "password": "not the password"});
        assert_eq!(with_key(&server, None, "POST", "/api/admin-users/login", Some(&login)), 401);
        let log: Vec<(String, String, String, String)> = records(&server, "outcome=refused")
            .iter()
            .map(|record| {
                let text = |field: &str| record[field].as_str().unwrap_or_default().to_owned();
                let code = record["diff"]["code"].as_str().unwrap_or_default().to_owned();
                (text("action"), text("name"), format!("{} {}", text("actor"), text("actor_name")), code)
            })
            .collect();
        let row = |action: &str, name: &str, actor: &str, code: &str| {
            (action.to_owned(), name.to_owned(), actor.to_owned(), code.to_owned())
        };
        assert_eq!(
            log,
            [
                row("session.create", "eve@evil.example", "anonymous ", "invalid_credentials"),
                row("organization.read", "other", "token org", "organization_not_found"),
                row("audit.read", "", "token dashboards", "forbidden"),
                row("team.delete", "acme/prod", "token dashboards", "forbidden"),
                row("alias.create", "", "token dashboards", "forbidden"),
            ]
        );
        assert_eq!(server.ok("GET", "/api/audit/verify", None)["valid"], true);
    }
}

#[test]
fn who_is_unknown_is_recorded_in_sums_that_outlive_the_server() {
    let mut server = keyed(None);
    for _ in 0..5 {
        assert_eq!(with_key(&server, None, "GET", "/api/model-aliases", None), 401);
    }
    for _ in 0..3 {
        assert_eq!(with_key(&server, Some("sk-wrong"), "GET", "/v1/models", None), 401);
    }
    end_and_restart(&mut server);
    let sum = |action: &str| -> u64 {
        let log = records(&server, &format!("actor=anonymous&action={action}&outcome=refused"));
        assert!(log.iter().all(|record| record["address"] == "127.0.0.1" && record["request_id"].is_null()));
        // A minute may have ended in between.
        assert!((1..=2).contains(&log.len()), "{log:?}");
        log.iter().map(|record| record["count"].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("admin.access"), sum("call.access")), (5, 3));
}
