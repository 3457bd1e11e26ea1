//! SIGKILL at any instant: what was acknowledged is there afterwards, and counted once.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::http;
use crate::provider::Provider;
use crate::server::{Server, Setup, command, databases, times};
use crate::stalls;

/// Lets `work` run in threads until it has been acknowledged `enough` times, then kills the server.
fn kill_amid(server: &mut Server, enough: u64, work: impl Fn(u64) -> bool + Sync) {
    let (stop, done, tries) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let deadline = Instant::now() + Duration::from_secs(20);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    if work(tries.fetch_add(1, Ordering::Relaxed)) {
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        while done.load(Ordering::Relaxed) < enough && Instant::now() < deadline {
            std::thread::yield_now();
        }
        server.kill();
        stop.store(true, Ordering::Relaxed);
    });
    assert!(done.load(Ordering::Relaxed) >= enough, "too few were acknowledged before the kill");
}

#[test]
fn an_acknowledged_write_survives_every_kill() {
    for database in databases() {
        let mut server = Setup { database, ..Setup::default() }.start();
        let acknowledged = std::sync::Mutex::new(BTreeSet::new());
        for round in 0..times("ALIAS_TEST_KILLS", 10) {
            let address = server.address;
            kill_amid(&mut server, 10 + round % 7, |number| {
                let alias = format!("w-{round}-{number}");
                let draft = json!({"alias": alias, "litellm_model": "openai/gpt-4"}).to_string();
                let answer =
                    http::send(address, "POST", "/api/model-aliases/create", &[], Some(draft.as_bytes()));
                let made = answer.is_ok_and(|answer| answer.status == 201);
                if made {
                    acknowledged.lock().unwrap().insert(alias);
                }
                made
            });
            let began = stalls::watch();
            server.restart();
            assert!(stalls::ran_since(began) < Duration::from_secs(5), "ready after {:?}", began.elapsed());
            let list = server.ok("GET", "/api/model-aliases", None);
            let there: BTreeSet<String> = list["aliases"]
                .as_array()
                .unwrap()
                .iter()
                .map(|a| a["alias"].as_str().unwrap().to_owned())
                .collect();
            let missing: Vec<_> = acknowledged.lock().unwrap().difference(&there).cloned().collect();
            assert!(missing.is_empty(), "round {round}: lost {missing:?}");
            // A page holds 1,000; what was found need not be looked for again.
            for alias in there {
                server.ok("DELETE", &format!("/api/model-aliases/{alias}"), None);
            }
            acknowledged.lock().unwrap().clear();
        }
    }
}

#[test]
fn an_answered_call_is_counted_exactly_once_across_kills() {
    for database in databases() {
        let provider = Provider::start();
        let mut server = Setup { upstream: Some(provider.address), database, ..Setup::default() }.start();
        let key = server.onboard(&[("smart", "openai/gpt-4")]);
        let answered = AtomicU64::new(0);
        for round in 0..times("ALIAS_TEST_KILLS", 6) {
            let address = server.address;
            let bearer = format!("Bearer {key}");
            kill_amid(&mut server, 15 + round % 5, |number| {
                let body = if number % 3 == 0 {
                    r#"{"model": "smart", "stream": true, "messages": []}"#
                } else {
                    r#"{"model": "smart", "messages": []}"#
                };
                let headers = [("Authorization", bearer.as_str())];
                let answer =
                    http::send(address, "POST", "/v1/chat/completions", &headers, Some(body.as_bytes()));
                let whole = answer.is_ok_and(|answer| answer.status == 200 && is_whole(&answer));
                answered.fetch_add(u64::from(whole), Ordering::Relaxed);
                whole
            });
            server.restart();
            let (least, most) = (answered.load(Ordering::Relaxed), provider.sent());
            let counted = settled_count(&server, least);
            assert!(
                (least..=most).contains(&counted),
                "round {round}: answered {least}, counted {counted}, sent {most}"
            );
        }
    }
}

fn is_whole(answer: &http::Answer) -> bool {
    let text = answer.text();
    text.contains("[DONE]") || serde_json::from_str::<serde_json::Value>(&text).is_ok()
}

/// The count when it stands still: at least `least`, and the same twice in a row a while apart.
fn settled_count(server: &Server, least: u64) -> u64 {
    let deadline = Instant::now() + http::PATIENCE;
    let (mut seen, mut since) = (0, stalls::watch());
    loop {
        let now = server.ok("GET", "/api/model-aliases/smart", None)["usage_count"].as_u64().unwrap();
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
        let still = stalls::ran_since(since) > Duration::from_millis(1200);
        if (still && now >= least) || Instant::now() > deadline {
            return now;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_start_that_waits_for_its_database_ends_when_it_is_told_to() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let database = format!("postgres://nobody@{}/none", silent.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup { database: Some(database), ..Setup::default() };
    let mut child = command(&setup, folder.path(), 0).spawn().unwrap();
    let _waiting = silent.accept().unwrap();
    let began = stalls::watch();
    let told = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(stalls::ran_since(began) < Duration::from_secs(5), "ended after {:?}", began.elapsed());
}

#[test]
fn a_stop_lets_running_calls_finish_and_ships_their_usage() {
    let provider = Provider::start();
    let mut server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    for _ in 0..20 {
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
    let terminated =
        std::process::Command::new("kill").args(["-TERM", &server.pid().to_string()]).status().unwrap();
    assert!(terminated.success());
    let deadline = Instant::now() + http::PATIENCE;
    while server.is_alive() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert!(!server.is_alive(), "SIGTERM did not end it");
    server.restart();
    let counted = server.ok("GET", "/api/model-aliases/smart", None)["usage_count"].clone();
    assert_eq!(counted, 20, "shipped before the end");
}
