//! Servers over one PostgreSQL see each other's changes within a second.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::provider::Provider;
use crate::server::{Server, Setup, databases, times};

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

/// Calls that go on, each to the next server, whatever is answered.
struct Load<'a> {
    servers: [SocketAddr; 3],
    key: &'a str,
    ended: AtomicBool,
    /// When each answer had come, and its status.
    answers: Mutex<Vec<(Instant, u16)>>,
}

impl Load<'_> {
    const CLIENTS: u32 = 25;
    const CALLS_A_SECOND: u32 = 500;

    /// What one of the clients does: a call at each of its times, until the load ends.
    fn client(&self, number: u32) {
        let step = Duration::from_secs(1) / Self::CALLS_A_SECOND;
        let mut next = Instant::now() + step * number;
        let mut servers = self.servers.iter().cycle().skip(number as usize);
        while !self.ended.load(Ordering::Relaxed) {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            next += step * Self::CLIENTS;
            let status = call(*servers.next().unwrap(), self.key, &[]);
            self.answers.lock().unwrap().push((Instant::now(), status));
        }
    }
}

#[test]
fn under_load_a_revoked_key_opens_none_of_three_servers_a_second_later() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let setup = Setup { upstream: Some(provider.address), database: Some(database), ..Setup::default() };
        let servers = [(); 3].map(|()| setup.clone().start());
        servers[0].onboard(&[("smart", "openai/gpt-4")]);
        for trial in 0..times("ALIAS_TEST_REVOCATIONS", 5) {
            let made = servers[0].ok("POST", "/api/teams/team/keys", None);
            let key = made["virtual_key"].as_str().unwrap();
            for server in &servers {
                until(|| server.chat(key, "smart").status == 200);
            }
            let load = Load {
                servers: [0, 1, 2].map(|at| servers[at].address),
                key,
                ended: AtomicBool::new(false),
                answers: Mutex::default(),
            };
            let began = Instant::now();
            let revoked = std::thread::scope(|scope| {
                let load = &load;
                (0..Load::CLIENTS).for_each(|number| {
                    scope.spawn(move || load.client(number));
                });
                std::thread::sleep(Duration::from_millis(500));
                let path = format!("/api/teams/team/keys/{}", made["key_id"].as_str().unwrap());
                servers[usize::try_from(trial).unwrap() % 3].ok("DELETE", &path, None);
                let revoked = Instant::now();
                std::thread::sleep(Duration::from_secs(2));
                load.ended.store(true, Ordering::Relaxed);
                revoked
            });
            let answers = load.answers.into_inner().unwrap();
            let rate = answers.len() as u128 * 1_000 / began.elapsed().as_millis();
            let served = answers.iter().filter(|(_, status)| *status == 200);
            let last = served.clone().map(|(at, _)| at.saturating_duration_since(revoked)).max().unwrap();
            println!("trial {trial}: {rate} calls a second, the last success {last:?} after the revoke");
            assert!(served.count() > 100, "the key worked before");
            assert!(last <= Duration::from_secs(1), "a success {last:?} after the revoke");
            assert!(rate * 10 > u128::from(Load::CALLS_A_SECOND) * 8, "only {rate} calls a second");
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
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(1), "not within a second");
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
            assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
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
