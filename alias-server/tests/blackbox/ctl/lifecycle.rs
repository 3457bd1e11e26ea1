//! The end of an alias from a terminal: brown-outs, notices, and keys that see which model answered.

use serde_json::json;

use super::{ctl, onboarded};

#[test]
fn brown_outs_are_given_as_windows_and_a_wrong_one_is_told() {
    let server = onboarded();
    let window = "2098-01-17T06:00:00Z/2098-01-17T08:00:00Z";
    let deprecate = |window: &str| {
        let sunset = "2099-01-31T06:00:00Z";
        ctl(&["alias", "deprecate", "gpt-4", "--sunset", sunset, "--brownout", window, "--json"])
            .at(&server)
            .run()
    };
    let said = deprecate(window);
    assert_eq!(said.code, 0, "{said:?}");
    let windows = json!([{"starts_at": "2098-01-17T06:00:00Z", "ends_at": "2098-01-17T08:00:00Z"}]);
    assert_eq!(said.json()["deprecation"]["brownouts"], windows);
    let wrong = deprecate("tomorrow");
    assert!(wrong.code != 0 && wrong.errors.contains("two moments with a slash between"), "{wrong:?}");
    let backwards = deprecate("2098-01-17T08:00:00Z/2098-01-17T06:00:00Z");
    assert!(backwards.code != 0 && format!("{backwards:?}").contains("must end later"), "{backwards:?}");
}

#[test]
fn notices_are_tried_out_published_listed_changed_and_taken_back() {
    let server = onboarded();
    let run = |arguments: &[&str]| ctl(arguments).at(&server).run();
    let new = ["notice", "create", "--kind", "new_model", "--alias", "gpt-4", "--to", "everyone"];
    let tried = run(&[&new[..], &["--dry-run"]].concat());
    assert_eq!(tried.code, 0, "{tried:?}");
    assert!(
        tried.output.contains("New Model Available: gpt-4") && tried.output.contains("For everyone: 1 team."),
        "{tried:?}"
    );
    assert_eq!(run(&["notice", "list", "--json"]).json()["total"], 0);
    let made = run(&[&new[..], &["--json"]].concat()).json();
    let id = made["notice_id"].as_str().unwrap();
    let shown = run(&["notice", "list", "--team", "newclient-prod"]);
    assert!(shown.output.contains("New Model Available: gpt-4"), "{shown:?}");
    let changed =
        run(&["notice", "update", id, "--title", "Try gpt-4", "--team", "newclient-prod", "--json"]);
    assert_eq!(changed.json()["team_ids"], json!(["newclient-prod"]), "{changed:?}");
    assert!(run(&["notice", "get", id]).output.starts_with("Try gpt-4"));
    let gone = run(&["notice", "delete", id, "--yes"]);
    assert_eq!(gone.code, 0, "{gone:?}");
    let missing = run(&["notice", "get", id]);
    assert!(missing.code != 0 && missing.errors.contains("aliasctl notice list"), "{missing:?}");
}

#[test]
fn a_key_is_made_that_sees_which_model_answered() {
    let server = onboarded();
    let made = ctl(&["key", "create", "newclient-prod", "--upstream-identity", "--json"]).at(&server).run();
    assert_eq!(made.json()["upstream_identity"], true, "{made:?}");
}
