//! Changes with a moment of their own: they count from it on, on every server, by the clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alias_core::clock::Timestamp;
use serde_json::{Value, json};

use crate::http;
use crate::provider::Provider;
use crate::server::{Server, Setup, databases};

const ALIAS: &str = "/api/model-aliases/smart";

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

fn after(at: Timestamp, duration: Duration) -> Timestamp {
    Timestamp::from_micros(at.micros() + i64::try_from(duration.as_micros()).unwrap())
}

/// The first whole second that is at least so far ahead.
pub(crate) fn ahead(seconds: i64) -> Timestamp {
    Timestamp::from_micros((now().micros() / 1_000_000 + 1 + seconds) * 1_000_000)
}

fn scheduled(server: &Server, method: &str, path: &str, at: Timestamp, body: Option<Value>) -> Value {
    let answer = server.admin(method, &format!("{path}?effective_at={at}"), body);
    assert_eq!(answer.status, 202, "{}", answer.text());
    let said = answer.json();
    assert!(answer.header("location").unwrap().ends_with(said["id"].as_str().unwrap()));
    assert!(answer.header("x-alias-revision").is_some());
    said
}

/// The alias, as soon as it is at this version.
fn at_version(server: &Server, version: u64) -> Value {
    let deadline = after(now(), http::PATIENCE);
    loop {
        let alias = server.ok("GET", ALIAS, None);
        if alias["version"] == version || now() > deadline {
            assert_eq!(alias["version"], version, "{alias}");
            return alias;
        }
        std::thread::yield_now();
    }
}

/// The status of a call as soon as it is another than `status`.
fn other_than(server: &Server, key: &str, status: u16) -> u16 {
    let deadline = after(now(), http::PATIENCE);
    loop {
        let answer = server.chat(key, "smart").status;
        if answer != status || now() > deadline {
            return answer;
        }
    }
}

#[test]
fn a_scheduled_switch_happens_at_its_moment_although_all_servers_were_killed_in_between() {
    for database in databases() {
        let provider = Provider::start();
        let setup = Setup { database: database.clone(), ..Setup::upstream(provider.address) };
        let mut servers = vec![setup.clone().start()];
        let key = servers[0].onboard(&[("smart", "openai/old")]);
        if database.is_some() {
            servers.push(setup.start());
        }
        let at = ahead(12);
        let switch = json!({"litellm_model": "openai/new"});
        let said = scheduled(&servers[0], "PUT", ALIAS, at, Some(switch.clone()));
        assert_eq!((&said["action"], &said["change"]), (&json!("update"), &switch));
        for server in &mut servers {
            server.kill();
            server.restart();
        }
        let (mut old, mut new) = (0, vec![0; servers.len()]);
        while new.iter().any(|calls| *calls < 10) && now() < after(at, http::PATIENCE) {
            for (server, new) in servers.iter().zip(&mut new) {
                let began = now();
                assert_eq!(server.chat(&key, "smart").status, 200);
                let target = provider.seen().last().unwrap().body["model"].clone();
                if now() < at {
                    old += 1;
                    assert_eq!(target, "openai/old", "before its moment");
                }
                // A second more: a server goes by its database's clock, and what a busy database says of it is late.
                if began >= after(at, Duration::from_secs(1)) {
                    *new += 1;
                    assert_eq!(target, "openai/new", "after its moment");
                }
            }
        }
        assert!(old > 0 && new.iter().all(|calls| *calls >= 10), "{old} calls before, {new:?} after");
        let alias = at_version(&servers[0], 2);
        assert_eq!((&alias["scheduled"], &alias["litellm_model"]), (&json!([]), &json!("openai/new")));
        let newest = servers[0].ok("GET", &format!("{ALIAS}/history?limit=1"), None)["versions"][0].clone();
        assert_eq!((&newest["kind"], &newest["effective_at"]), (&json!("update"), &json!(at)));
        assert_eq!((&newest["actor"], &newest["request_id"]), (&json!("local"), &said["request_id"]));
        assert_eq!(servers[0].ok("GET", "/api/audit?action=alias.update", None)["total"], 1, "once");
        assert_eq!(servers[0].ok("GET", "/api/audit/verify", None)["valid"], true);
    }
}

#[test]
fn what_else_the_alias_says_at_that_moment_stays_and_what_waits_can_be_taken_back() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let key = server.onboard(&[("smart", "openai/old")]);
        let at = ahead(8);
        scheduled(&server, "PUT", ALIAS, at, Some(json!({"litellm_model": "openai/new", "tags": ["n"]})));
        let later = ahead(3000);
        let gone = scheduled(&server, "DELETE", ALIAS, later, None);
        let off = server.admin(
            "POST",
            &format!("{ALIAS}/disable"),
            Some(json!({"effective_at": later, "reason": "end"})),
        );
        assert_eq!((off.status, &off.json()["reason"]), (202, &json!("end")));
        // Scheduling changes nothing of the alias, and what a GET gave can be sent back.
        let mut alias = server.ok("GET", ALIAS, None);
        assert_eq!((&alias["version"], &alias["scheduled"][0]["effective_at"]), (&json!(1), &json!(at)));
        alias["description"] = json!("said meanwhile");
        alias["scheduled"] = json!([]);
        assert_eq!(server.ok("PUT", ALIAS, Some(alias))["version"], 2);
        let mut alias = server.ok("GET", ALIAS, None);
        alias["effective_at"] = json!(ahead(2000));
        let whole = server.admin("PUT", ALIAS, Some(alias));
        assert_eq!(whole.status, 202, "{}", whole.text());
        let path = format!("{ALIAS}/schedule/{}", whole.json()["id"].as_str().unwrap());
        server.ok("DELETE", &path, None);
        let listed = server.ok("GET", &format!("{ALIAS}/schedule"), None);
        assert_eq!(listed["scheduled"].as_array().unwrap().len(), 3);
        let path = format!("{ALIAS}/schedule/{}", gone["id"].as_str().unwrap());
        let back = server.ok("DELETE", &path, None);
        assert_eq!((&back["cancelled"], &back["scheduled"]["id"]), (&json!(true), &gone["id"]));
        let again = server.admin("DELETE", &path, None);
        assert_eq!((again.status, again.json()["code"].clone()), (404, json!("scheduled_change_not_found")));
        let done = at_version(&server, 3);
        assert_eq!(
            (&done["litellm_model"], &done["description"], &done["tags"]),
            (&json!("openai/new"), &json!("said meanwhile"), &json!(["n"]))
        );
        assert_eq!(done["scheduled"].as_array().unwrap().len(), 1);
        assert_eq!(server.chat(&key, "smart").status, 200);
        let calls = server.ok("GET", "/api/audit?action=alias.schedule", None);
        assert_eq!(calls["total"], 4);
        // A deletion takes with it what waits; a restoration does not bring it back.
        server.ok("DELETE", ALIAS, None);
        assert_eq!(server.ok("POST", &format!("{ALIAS}/restore"), None)["scheduled"], json!([]));
    }
}

#[test]
fn a_change_that_no_longer_goes_together_with_the_alias_is_dropped_and_writes_go_on() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let key = server.onboard(&[("smart", "openai/old")]);
        let at = ahead(6);
        let twice = json!({"fallbacks": [{"litellm_model": "openai/other"}]});
        scheduled(&server, "PUT", ALIAS, at, Some(twice));
        server.ok("PUT", ALIAS, Some(json!({"litellm_model": "openai/other"})));
        while now() < at {
            assert_eq!(server.chat(&key, "smart").status, 200);
        }
        // The write finds it due, or comes behind the one that did.
        server.ok("PUT", ALIAS, Some(json!({"description": "after it"})));
        let alias = server.ok("GET", ALIAS, None);
        assert_eq!(
            (&alias["version"], &alias["fallbacks"], &alias["scheduled"]),
            (&json!(3), &json!([]), &json!([]))
        );
        assert_eq!(server.ok("GET", "/api/audit?action=alias.unschedule", None)["total"], 1);
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
}

#[test]
fn a_scheduled_end_refuses_calls_from_its_moment_on() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/old"), ("fast", "openai/fast")]);
    let (off, on, gone) = (ahead(4), ahead(9), ahead(14));
    scheduled(&server, "POST", &format!("{ALIAS}/disable"), off, None);
    scheduled(&server, "POST", &format!("{ALIAS}/enable"), on, None);
    scheduled(&server, "DELETE", ALIAS, gone, None);
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(other_than(&server, &key, 200), 403);
    assert!(now() >= off);
    assert_eq!(other_than(&server, &key, 403), 200);
    assert!(now() >= on);
    assert_eq!(other_than(&server, &key, 200), 404);
    assert!(now() >= gone && now() < after(gone, Duration::from_secs(5)));
    let models = server.team(&key, "GET", "/v1/models", None).json();
    assert_eq!(models["data"].as_array().unwrap().len(), 1, "what cannot be called is not listed");
    // The name is free from that moment on.
    let new = json!({"alias": "smart", "litellm_model": "openai/x"});
    assert_eq!(server.admin("POST", "/api/model-aliases/create", Some(new)).status, 201);
}

#[test]
fn a_moment_that_cannot_be_is_refused_and_an_alias_has_only_so_many() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    server.onboard(&[("smart", "openai/old")]);
    let change = |at: &str, body: Value| server.admin("PUT", &format!("{ALIAS}{at}"), Some(body));
    let later = ahead(1000);
    for (at, body) in [
        ("?effective_at=2020-01-01T00:00:00Z", json!({"active": false})),
        ("?effective_at=2199-01-01T00:00:00Z", json!({"active": false})),
        ("?effective_at=tomorrow", json!({"active": false})),
        ("?effective_at=2027-01-01", json!({"active": false})),
        ("", json!({"active": false, "effective_at": 5})),
        (&format!("?effective_at={later}"), json!({"active": false, "effective_at": later})),
    ] {
        let answer = change(at, body);
        let said = answer.json();
        assert_eq!(
            (answer.status, &said["errors"][0]["field"]),
            (422, &json!("effective_at")),
            "{at}: {said}"
        );
    }
    let at = format!("?effective_at={later}");
    assert_eq!(
        change(&at, json!({"litellm_model": "gpt"})).status,
        422,
        "what is scheduled is checked before"
    );
    let open = change(&at, json!({"match": "prefix", "litellm_model": "openai/{rest}"}));
    assert_eq!((open.status, &open.json()["errors"][0]["field"]), (422, &json!("match")), "{}", open.text());
    let tried = change(&format!("{at}&dry_run=true"), json!({"active": false}));
    assert_eq!((tried.status, &tried.json()["impact"]["teams_affected"]), (200, &json!(1)));
    let first = change(&at, json!({"active": false})).json();
    let again = change(&at, json!({"active": false}));
    assert_eq!(
        (again.status, again.json()["id"].clone()),
        (202, first["id"].clone()),
        "a repetition adds nothing"
    );
    for number in 1..16 {
        assert_eq!(change(&at, json!({"description": format!("{number}")})).status, 202);
    }
    let full = change(&at, json!({"description": "one more"}));
    assert_eq!((full.status, &full.json()["code"]), (409, &json!("too_many_scheduled_changes")));
    let stale =
        crate::http::send(server.address, "DELETE", &format!("{ALIAS}{at}"), &[("If-Match", "\"9\"")], None);
    assert_eq!(stale.unwrap().status, 412);
}
