//! `aliasctl bench`: what is measured, and what is asked before.

use super::ctl;
use crate::provider::{Mode, Provider};
use crate::server::Setup;

#[test]
fn resolving_and_calling_are_measured_at_the_rate_that_was_asked_for() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let bench = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        ctl(&words).at(&server).with("ALIAS_TEAM_KEY", &key).run()
    };
    let said = bench("bench smart --rps 40 --duration 500ms --yes --json");
    assert_eq!(said.code, 0, "{said:?}");
    let rows = said.json()["measured"].clone();
    for (row, what) in [(&rows[0], "resolve"), (&rows[1], "call")] {
        assert_eq!((&row["what"], &row["requests"], &row["failed"]), (&what.into(), &20.into(), &0.into()));
        let us = |member: &str| row[member].as_u64().unwrap();
        assert!(us("p50_us") >= 1 && us("p50_us") <= us("p99_us") && us("p99_us") <= us("max_us"), "{row}");
    }
    // One call is made before the others, to see whether any can be.
    server.wait_for_calls("smart", 21);
    let table = bench("bench smart --rps 40 --duration 100ms --what resolve");
    assert!(table.code == 0 && table.output.starts_with("WHAT     SENT  FAILED"), "{table:?}");
    let unasked = bench("bench smart --what call");
    assert!(unasked.code == 64 && unasked.errors.contains("Make 1000 calls of smart?"), "{unasked:?}");
    server.wait_for_calls("smart", 21);
}

#[test]
fn what_no_request_gets_through_is_told_at_once() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let bench = |line: &[&str], key: &str| ctl(line).at(&server).with("ALIAS_TEAM_KEY", key).run();
    let unknown = bench(&["bench", "smrt", "--yes"], &key);
    assert!(unknown.code == 4 && unknown.errors.contains("smart"), "{unknown:?}");
    let stranger = bench(&["bench", "smart", "--yes"], "sk-nobody");
    assert_eq!(stranger.code, 6, "{stranger:?}");
    let nobody = ctl(&["bench", "smart", "--yes"]).at(&server).run();
    assert!(nobody.code == 64 && nobody.errors.contains("--team-key-file"), "{nobody:?}");
    let endless = bench(&["bench", "smart", "--rps", "100000", "--duration", "1h"], &key);
    assert!(endless.code == 64 && endless.errors.contains("10000000 requests"), "{endless:?}");
    provider.set(Mode::Status(401));
    let failing = bench(&["bench", "smart", "--what", "call", "--yes"], &key);
    assert_ne!(failing.code, 0, "{failing:?}");
}

#[test]
fn a_load_that_is_only_tried_out_sends_nothing() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let line = ["bench", "smart", "--rps", "40", "--duration", "500ms", "--dry-run"];
    let said = ctl(&line).at(&server).with("ALIAS_TEAM_KEY", &key).run();
    assert_eq!((said.code, said.errors.as_str()), (0, ""), "nothing is asked: {said:?}");
    assert_eq!(said.output, "Would make 20 requests each of: resolve, call. None was made.\n");
    // A call that is made now is the first one.
    assert_eq!(server.chat(&key, "smart").status, 200);
    server.wait_for_calls("smart", 1);
    assert_eq!(provider.seen().len(), 1);
}
