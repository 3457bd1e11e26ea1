//! Servers over one PostgreSQL see each other's changes within a second.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::load::{Load, quantile};
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup, databases, times};
use crate::stalls;

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

/// What is done to what a call needs, and what is answered from then on.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Switch,
    Disable,
    Delete,
    Revoke,
}

impl Deed {
    const ALL: [Self; 4] = [Self::Switch, Self::Disable, Self::Delete, Self::Revoke];

    /// Does it on one server, and waits for its answer.
    fn happens(self, server: &Server, round: u64, key_id: &str) {
        let alias = "/api/model-aliases/smart";
        match self {
            Self::Switch => {
                let after = json!({"litellm_model": format!("openai/after-{round}")});
                server.ok("PUT", alias, Some(after));
            }
            Self::Disable => drop(server.ok("PUT", alias, Some(json!({"active": false})))),
            Self::Delete => drop(server.ok("DELETE", alias, None)),
            Self::Revoke => drop(server.ok("DELETE", &format!("/api/teams/team/keys/{key_id}"), None)),
        }
    }

    /// Makes it good again, for the next one.
    fn is_undone(self, server: &Server) {
        if matches!(self, Self::Delete) {
            server.ok("POST", "/api/model-aliases/smart/restore", None);
        }
    }
}

/// Makes everything as it is before a deed, on all servers, and gives the key to call with, and its id.
fn prepare(servers: &[Server], round: u64) -> (String, String) {
    let made = servers[0].ok("POST", "/api/teams/team/keys", None);
    let (key, id) = (text(&made["virtual_key"]), text(&made["key_id"]));
    let before = json!({"active": true, "litellm_model": format!("openai/before-{round}")});
    servers[0].ok("PUT", "/api/model-aliases/smart", Some(before));
    for server in servers {
        until(|| server.chat(&key, "smart").text().contains(&format!("before-{round}")));
    }
    (key, id)
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Ends the connections on which servers listen for writes.
fn stop_listening(database: &str) {
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' \
               AND datname = current_database()";
    assert!(
        Command::new("psql").args([database, "-qAtc", end]).stdout(Stdio::null()).status().unwrap().success()
    );
}

#[test]
fn under_load_no_server_goes_by_what_was_changed_a_second_ago() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        provider.set(Mode::Named);
        let setup =
            Setup { upstream: Some(provider.address), database: Some(database.clone()), ..Setup::default() };
        let servers = [(); 3].map(|()| setup.clone().start());
        servers[0].onboard(&[("smart", "openai/gpt-4")]);
        for (deed, deaf) in Deed::ALL.into_iter().flat_map(|deed| [(deed, false), (deed, true)]) {
            let mut lasts = Vec::new();
            for round in 0..times("ALIAS_TEST_CHANGES", 1) {
                let (key, id) = prepare(&servers, round);
                let load = Load::on(&servers, &key);
                let began = Instant::now();
                let (done, answers) = load.during(|| {
                    std::thread::sleep(Duration::from_millis(200));
                    if deaf {
                        stop_listening(&database);
                    }
                    deed.happens(&servers[usize::try_from(round).unwrap() % 3], round, &id);
                    let done = Instant::now();
                    std::thread::sleep(Duration::from_millis(1_300));
                    done
                });
                let rate = answers.len() as u128 * 1_000 / stalls::ran_since(began).as_millis();
                let old = answers.iter().filter(|told| told.text.contains("before-"));
                assert!(old.clone().filter(|told| told.at < done).count() > 10, "it was so before");
                let last = old.map(|told| told.at).max().unwrap();
                let last = last.saturating_duration_since(done).saturating_sub(stalls::between(done, last));
                assert!(last <= Duration::from_secs(1), "{deed:?}: an old answer {last:?} after the write");
                assert!(rate * 10 > u128::from(load.rate) * 8, "only {rate} calls a second");
                lasts.push(last);
                deed.is_undone(&servers[0]);
            }
            let of = |part| quantile(lasts.iter().copied(), part);
            println!(
                "{deed:?}, {}: {} times, the last old answer at the median {:?}, 9 of 10 {:?}, at most {:?} after the write",
                if deaf { "no notification" } else { "notified" },
                lasts.len(),
                of(500),
                of(900),
                of(1_000),
            );
        }
    }
}

fn chat_at(server: &Server, key: &str, revision: &str) -> u16 {
    call(server.address, key, &[("x-alias-min-revision", revision)])
}

/// The status of a chat.
fn call(address: SocketAddr, key: &str, more: &[(&str, &str)]) -> u16 {
    let bearer = format!("Bearer {key}");
    let headers = [&[("Authorization", bearer.as_str())], more].concat();
    let body = br#"{"model": "smart", "messages": []}"#;
    crate::http::send(address, "POST", "/v1/chat/completions", &headers, Some(body)).unwrap().status
}

/// Asks again until it holds; a second is the promise.
fn until(mut holds: impl FnMut() -> bool) {
    let began = stalls::watch();
    while !holds() {
        assert!(stalls::ran_since(began) < Duration::from_secs(1), "not within a second");
        std::thread::yield_now();
    }
}

#[test]
fn a_write_that_waits_for_the_replicas_holds_on_all_of_them_when_it_is_answered() {
    for database in databases() {
        let provider = Provider::start();
        let setup =
            Setup { upstream: Some(provider.address), database: database.clone(), ..Setup::default() };
        let count = if database.is_some() { 3 } else { 1 };
        let mut servers: Vec<Server> = (0..count).map(|_| setup.clone().start()).collect();
        let key = servers[0].onboard(&[("smart", "openai/gpt-4")]);
        let listed = |server: &Server| server.ok("GET", "/api/replicas", None);
        until(|| listed(&servers[0])["replicas"].as_array().unwrap().len() == count);
        let all = format!("{count}/{count}");
        for round in 0..20 {
            let active = round % 2 == 1;
            let sent = json!({"active": active});
            let path = "/api/model-aliases/smart?wait=replicas";
            let changed = servers[0].admin("PUT", path, Some(sent));
            assert_eq!((changed.status, changed.header("x-alias-replicas")), (200, Some(all.as_str())));
            for server in &servers {
                assert_eq!(server.chat(&key, "smart").status, if active { 200 } else { 403 });
            }
        }
        let list = listed(&servers[0]);
        for replica in list["replicas"].as_array().unwrap() {
            assert_eq!((&replica["status"], &replica["lag"]), (&json!("current"), &json!(0)), "{replica}");
            assert_eq!(replica["revision"], list["revision"]);
        }
        // Who ended is not waited for; who vanished is not for longer than three seconds.
        if count > 1 {
            servers.pop().unwrap().terminate();
            until(|| listed(&servers[0])["replicas"].as_array().unwrap().len() == count - 1);
            servers.pop().unwrap().kill();
            let began = Instant::now();
            let changed = servers[0].admin(
                "PUT",
                "/api/model-aliases/smart?wait=replicas",
                Some(json!({"active": true, "description": "later"})),
            );
            assert_eq!((changed.status, changed.header("x-alias-replicas")), (200, Some("1/1")));
            assert!(stalls::ran_since(began) < Duration::from_secs(5), "{:?}", began.elapsed());
            let silent = listed(&servers[0])["replicas"][1].clone();
            assert_eq!(silent["status"], "silent", "{silent}");
        }
        // Other words are refused, and what is read waits for nobody.
        for (method, path, status) in [
            ("PUT", "/api/model-aliases/smart?wait=all", 400),
            ("PUT", "/api/model-aliases/smart?wait=replicas&wait=replicas", 400),
            ("PUT", "/api/model-aliases/smart?wait=replicas&other=1", 400),
            ("GET", "/api/model-aliases/smart?wait=replicas", 400),
        ] {
            let answer =
                servers[0].admin(method, path, (method == "PUT").then(|| json!({"description": "x"})));
            assert_eq!(answer.status, status, "{method} {path} {}", answer.text());
        }
        let plain = servers[0].admin("PUT", "/api/model-aliases/smart", Some(json!({"description": "y"})));
        assert_eq!(plain.header("x-alias-replicas"), None);
    }
}
