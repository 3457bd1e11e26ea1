//! The machine's clock leaps while a server runs: no key comes back to life or ends early, and no window begins.

use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::credits::until;
use crate::provider::Provider;
use crate::server::{Server, Setup};

/// What makes a process believe in another time: Debian's package `libfaketime`.
fn library() -> String {
    let folders = std::fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
    let mut files = folders.map(|folder| folder.join("faketime/libfaketime.so.1"));
    let found = files.find(|file| file.exists());
    let found = found.unwrap_or_else(|| panic!("install the package libfaketime"));
    found.to_str().unwrap().to_owned()
}

/// Sets the machine's clock for the server: by how much it is off.
fn set(file: &Path, off: &str) {
    let mut new = tempfile::NamedTempFile::new_in(file.parent().unwrap()).unwrap();
    writeln!(new, "{off}").unwrap();
    new.persist(file).unwrap();
}

fn chat(server: &Server, key: &Value) -> u16 {
    server.chat(key["virtual_key"].as_str().unwrap(), "smart").status
}

#[test]
fn a_leap_of_the_machines_clock_moves_neither_keys_nor_windows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("faketime");
    set(&file, "+0");
    let provider = Provider::start();
    let environment = [
        ("LD_PRELOAD", library()),
        ("FAKETIME_TIMESTAMP_FILE", file.to_str().unwrap().to_owned()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let mut server = Setup { environment, ..Setup::upstream(provider.address) }.start();
    server.onboard(&[("smart", "openai/gpt-4")]);
    let dollar = json!({"basis": "fixed", "prices": {"input": 0, "output": 0, "request": 1}});
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"pricing": dollar})));
    let window = json!({"type": "calendar", "period": "year"});
    let budget = json!({"scope": {"team_id": "team"}, "limit_usd": 1_000_000, "window": window});
    let budget = server.ok("POST", "/api/budgets", Some(budget));
    let seen = |server: &Server| {
        server.ok("GET", &format!("/api/budgets/{}", budget["budget_id"].as_str().unwrap()), None)
    };
    let now = seen(&server)["window_starts_at"].as_str().unwrap()[..4].parse::<u32>().unwrap();
    let key = |server: &Server, ends: String| {
        server.ok("POST", "/api/teams/team/keys", Some(json!({"expires_at": ends})))
    };
    let (lives, ended) = (key(&server, format!("{}-01-02T00:00:00Z", now + 1)), key(&server, soon(&server)));
    assert_eq!((chat(&server, &lives), chat(&server, &ended)), (200, 200));
    until("the key has ended", || chat(&server, &ended) == 401);
    let spent = seen(&server)["spent_usd"].as_f64().unwrap();
    for (leap, told) in [("+800d", 1), ("-3d", 2), ("+0", 2)] {
        set(&file, leap);
        until("the leap is told of", || server.log().matches("has leapt").count() == told);
        assert_eq!((chat(&server, &lives), chat(&server, &ended)), (200, 401), "{leap}");
        let budget = seen(&server);
        assert_eq!(budget["window_starts_at"].as_str().unwrap()[..4], now.to_string(), "{leap}");
        assert!(budget["spent_usd"].as_f64().unwrap() > spent, "{leap}: {budget}");
    }
    // Set back while nothing runs, it goes on from where it was.
    server.terminate();
    set(&file, "-3d");
    server.restart();
    assert_eq!((chat(&server, &lives), chat(&server, &ended)), (200, 401));
}

/// A moment that is ten seconds away, by the server's own clock.
fn soon(server: &Server) -> String {
    use alias_core::clock::Timestamp;
    let team = server.ok("PUT", "/api/teams/team", Some(json!({"metadata": {"touched": server.pid()}})));
    let now: Timestamp = team["updated_at"].as_str().unwrap().parse().unwrap();
    Timestamp::from_micros(now.micros() + 10_000_000).to_string()
}
