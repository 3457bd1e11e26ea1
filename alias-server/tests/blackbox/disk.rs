//! A disk that is full, or takes no more writes: nothing is given away or lost, and the server goes on by itself.

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

/// A server that has served, whose disk is broken and mended so many times. How many calls it refused each time, and
/// whether it made a change.
fn endures(server: &Server, breaks: impl Fn(&Server), mends: impl Fn(&Server)) -> Vec<(u32, bool)> {
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
        all.push((refused, kept));
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
fn a_disk_that_fills_stops_changes_until_there_is_space_and_calls_have_some_set_aside() {
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
        let elsewhere = server.setup().database.is_some();
        let endured = endures(&server, fills, |server| std::fs::remove_file(ballast(server)).unwrap());
        assert!(endured.iter().all(|one| *one == (0, elsewhere)), "{endured:?}");
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
            refused.iter().all(|(calls, _)| *calls == 20),
            "what cannot be recorded is not given: {refused:?}"
        );
        // What was under way when the limit came could not be recorded as it ended: the next start records it.
        server.kill();
        server.restart();
        counted(&server, &provider);
    }
}

/// A file system of its own for the server's data, in a file beside it: checked and mounted at each start, as one is
/// after a failure, and not before the server before has let go of it.
const OWN_DISK: &str = r#"
set -e
[ -e "$DATA.img" ] || { truncate -s 64M "$DATA.img"; mkfs.ext4 -q "$DATA.img"; }
while [ -n "$(losetup -j "$DATA.img")" ]; do sleep 0.02; done
e2fsck -p "$DATA.img" >&2 || [ $? -eq 1 ]
mkdir -p "$DATA"
mount -o loop,errors=remount-ro "$DATA.img" "$DATA"
exec "$@"
"#;

#[test]
fn a_disk_that_takes_no_more_writes_stops_calls_and_has_all_that_were_given_when_it_is_mended() {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(16 << 20).unwrap();
    let mounts = "mkfs.ext4 -q \"$0\" && mount -o loop \"$0\" /mnt";
    let mounts = Command::new("unshare").args(["-m", "sh", "-c", mounts]).arg(file.path()).output();
    if !mounts.is_ok_and(|mounts| mounts.status.success()) {
        return eprintln!("no disk of its own can be made here");
    }
    for database in databases() {
        let provider = Provider::start();
        let within = ["unshare", "-m", "sh", "-c", OWN_DISK, "sh"].map(str::to_owned).to_vec();
        // What the operating system has not written yet is lost with such a disk.
        let extra = ["--usage-durability", "power"].map(str::to_owned).to_vec();
        let setup = Setup { database, extra, within, ..Setup::upstream(provider.address) };
        let mut server = setup.start();
        let key = server.onboard(&[("smart", "openai/gpt-4")]);
        let mut given = 0;
        for round in 0..times("ALIAS_TEST_FAULTS", 2) {
            for _ in 0..20 {
                assert_eq!(server.chat(&key, "smart").status, 200, "round {round}");
            }
            let text = format!("round {round}");
            server.ok("PUT", "/api/model-aliases/smart", Some(json!({"description": text})));
            let sent = provider.sent();
            // As ext4 does it by itself where a disk fails: no journal, and no write from here on.
            let (pid, data) = (server.pid().to_string(), server.folder().join("data"));
            let mut abort = Command::new("nsenter");
            abort.args(["-t", &pid, "-m", "mount", "-o", "remount,abort"]).arg(data);
            assert!(abort.output().unwrap().status.success());
            for _ in 0..20 {
                let answer = server.chat(&key, "smart");
                assert!(is_in_order(&answer) && answer.status != 200, "{} {}", answer.status, answer.text());
            }
            let late = json!({"description": "late"});
            let written = server.admin("PUT", "/api/model-aliases/smart", Some(late));
            let elsewhere = server.setup().database.is_some();
            let expected = if elsewhere { 200 } else { 503 };
            assert_eq!(written.status, expected, "{}", written.text());
            assert_eq!(server.admin("GET", "/health/live", None).status, 200);
            eprintln!("round {round}: the provider saw {} calls that were not given", provider.sent() - sent);
            server.kill();
            server.restart();
            let shown = server.ok("GET", "/api/model-aliases/smart", None);
            assert_eq!(shown["description"], if elsewhere { "late" } else { &*text });
            until("calls are served again", || server.chat(&key, "smart").status == 200);
            given += 21;
        }
        // A call goes out while it is being recorded, and what cannot be recorded is not given: the house pays for it.
        assert_eq!(server.wait_for_calls("smart", given)["usage_stats"]["total_calls"], given);
        assert_verified(&server);
    }
}
