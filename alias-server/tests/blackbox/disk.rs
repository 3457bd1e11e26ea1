//! A disk that is full: nothing is given away or lost, and the server goes on by itself.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::credits::{assert_verified, until};
use crate::http::Answer;
use crate::provider::Provider;
use crate::server::{Server, Setup, databases, times};

/// What may be answered while nothing can be written: the call, or that it cannot be recorded, and an answer that is not
/// recorded is not given.
fn is_in_order(answer: &Answer) -> bool {
    let error = answer.json()["error"].clone();
    match (answer.status, error["code"].as_str()) {
        (200, _) | (503, Some("usage_log_full" | "credit_unavailable")) => true,
        (500, Some("internal_error")) => {
            error["message"].as_str().is_some_and(|said| said.contains("be recorded"))
        }
        _ => false,
    }
}

/// A server that has served, whose disk is broken and mended so many times. How many calls it refused each time.
fn endures(server: &Server, breaks: impl Fn(&Server), mends: impl Fn(&Server)) -> Vec<u32> {
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let describe = |server: &Server, text: &str| {
        server.admin("PUT", "/api/model-aliases/smart", Some(json!({"description": text})))
    };
    let on_this_disk = server.setup().database.is_none();
    let (mut said, mut all) = (String::new(), Vec::new());
    for round in 0..times("ALIAS_TEST_FAULTS", 2) {
        assert_eq!(server.chat(&key, "smart").status, 200, "round {round}");
        breaks(server);
        let mut refused = 0;
        for _ in 0..20 {
            let answer = server.chat(&key, "smart");
            assert!(is_in_order(&answer), "{} {}", answer.status, answer.text());
            refused += u32::from(answer.status != 200);
        }
        let text = format!("round {round}");
        let written = describe(server, &text);
        let kept = (200..300).contains(&written.status);
        assert!(kept || [503, 507].contains(&written.status), "{} {}", written.status, written.text());
        assert!(on_this_disk || kept, "the database has a disk of its own");
        if kept {
            said = text;
        }
        assert_eq!(server.admin("GET", "/health/live", None).status, 200);
        mends(server);
        until("calls are served again", || server.chat(&key, "smart").status == 200);
        let shown = server.ok("GET", "/api/model-aliases/smart", None);
        assert_eq!(shown["description"].as_str().unwrap_or_default(), said, "what was refused was not kept");
        until("changes are made again", || describe(server, &said).status == 200);
        eprintln!("round {round}: {refused} of 20 calls were refused, the change was kept: {kept}");
        all.push(refused);
    }
    all
}

/// Every call that the provider saw is in the books, once.
fn counted(server: &Server, provider: &Provider) {
    let sent = provider.sent();
    assert_eq!(server.wait_for_calls("smart", sent)["usage_stats"]["total_calls"], sent);
    assert_verified(server);
}

#[test]
fn a_disk_that_fills_stops_calls_and_changes_until_there_is_space() {
    // Where this may not be done, nothing can be mounted.
    let mounts = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/tmp"]).output();
    if !mounts.is_ok_and(|mounts| mounts.status.success()) {
        return eprintln!("no file system can be mounted here");
    }
    for database in databases() {
        let provider = Provider::start();
        // The server sees another, small disk where its data is.
        let small = "mkdir -p \"$DATA\" && mount -t tmpfs -o size=48m tmpfs \"$DATA\" && exec \"$@\"";
        let within = ["unshare", "-rm", "sh", "-c", small, "sh"].map(str::to_owned).to_vec();
        let server = Setup { database, within, ..Setup::upstream(provider.address) }.start();
        let ballast = |server: &Server| {
            PathBuf::from(format!("/proc/{}/root{}/data/ballast", server.pid(), server.folder().display()))
        };
        let fills = |server: &Server| {
            let mut fill = Command::new("sh");
            fill.args(["-c", "cat /dev/zero > \"$0\"", ballast(server).to_str().unwrap()]);
            assert!(!fill.output().unwrap().status.success(), "it is full");
        };
        endures(&server, fills, |server| std::fs::remove_file(ballast(server)).unwrap());
        counted(&server, &provider);
    }
}

#[test]
fn a_limit_on_files_stops_calls_and_changes_until_it_is_lifted() {
    for database in databases() {
        let provider = Provider::start();
        let mut server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let limit = |server: &Server, size: &str| {
            let pid = server.pid().to_string();
            let done =
                Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={size}:unlimited")]).output();
            assert!(done.unwrap().status.success());
        };
        let refused = endures(&server, |server| limit(server, "0"), |server| limit(server, "unlimited"));
        assert!(
            refused.iter().all(|calls| *calls == 20),
            "what cannot be recorded is not given: {refused:?}"
        );
        // What was under way when the limit came could not be recorded as it ended: the next start records it.
        server.kill();
        server.restart();
        counted(&server, &provider);
    }
}
