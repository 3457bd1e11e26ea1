//! The catalogue as a file: planned, applied, exported and looked over.

use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::json;
use tempfile::TempDir;

use super::{Said, ctl, onboarded};
use crate::provider::Provider;
use crate::server::{Server, Setup};

const DESIRED: &str = "\
version: 1
managed_by: platform-repo
aliases:
  gpt-4: {litellm_model: openai/gpt-4, description: GPT-4 for complex tasks}
  gpt-3.5-turbo: {litellm_model: openai/gpt-3.5-turbo, description: Fast model for simple tasks}
  smart: {litellm_model: openai/gpt-4o, description: Smart model for complex tasks}
  fast: openai/gpt-4o-mini
access_groups:
  starter-models: {description: Models for starter plan, model_aliases: [fast]}
organizations:
  org_newclient: {name: New Client Inc}
teams:
  newclient-prod: {organization_id: org_newclient, team_alias: Production, access_groups: [starter-models], credits_allocated: 1000}
";

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn run(server: &Server, line: &[&str]) -> Said {
    ctl(line).at(server).run()
}

#[test]
fn a_plan_tells_what_changes_and_who_loses_what_and_apply_does_just_that() {
    let (server, files) = (onboarded(), Files::new());
    let file = files.write("aliases.yaml", DESIRED);
    let plan = run(&server, &["plan", "-f", &file]);
    assert_eq!(plan.code, 2, "{plan:?}");
    assert_snapshot!("plan", plan.shown());
    let unasked = run(&server, &["apply", "-f", &file]);
    assert!(unasked.code == 64 && unasked.errors.contains("takes access away"), "{unasked:?}");
    assert_eq!(server.ok("GET", "/api/model-aliases/smart", None)["version"], 1, "nothing was changed");
    let done = run(&server, &["apply", "-f", &file, "--yes", "--reason", "plan of October"]);
    assert!(done.code == 0 && done.output.ends_with("Done.\n"), "{done:?}");
    let audit = server.ok("GET", "/api/audit?target=smart", None);
    let last = &audit["records"][0];
    assert_eq!((&last["source"], &last["reason"]), (&"apply".into(), &"plan of October".into()));
    assert_eq!(server.ok("GET", "/api/teams/newclient-prod", None)["allowed_model_aliases"], json!(["fast"]));
    let again = run(&server, &["plan", "-f", &file, "--prune"]);
    assert!(
        again.code == 0 && again.output.contains("0 to create, 0 to update, 0 to delete, 7 as they are"),
        "{again:?}"
    );
}

#[test]
fn a_plan_tells_what_it_costs_and_how_much_is_called_to_whoever_may_read() {
    let provider = Provider::start();
    let admin_key = "5d0c8a2f7b31e94640cf1d97a8e2635bb4f0718c";
    let setup = Setup { admin_key: Some(admin_key.to_owned()), ..Setup::upstream(provider.address) };
    let (server, files) = (setup.start(), Files::new());
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    assert_eq!(server.chat(&key, "smart").status, 200);
    server.wait_for_calls("smart", 1);
    let file = files.write("a.yaml", "version: 1\naliases: {smart: openai/gpt-4o}\n");
    let viewer = server.ok("POST", "/api/admin-tokens", Some(json!({"name": "ci", "role": "viewer"})));
    let as_viewer = |line: &[&str]| {
        ctl(line).at(&server).with("ALIAS_ADMIN_KEY", viewer["admin_token"].as_str().unwrap()).run()
    };
    let plan = as_viewer(&["plan", "-f", &file]);
    assert_eq!(plan.code, 2, "{plan:?}");
    assert!(plan.output.starts_with("~ alias smart (1 team, 1 call in 7 days)\n"), "{plan:?}");
    assert!(plan.output.contains("    price in/out per 1M: $30/$60 -> $2.5/$10\n"), "{plan:?}");
    let refused = as_viewer(&["apply", "-f", &file, "--yes"]);
    assert!(refused.code == 6 && refused.errors.contains("next: use the key of somebody"), "{refused:?}");
    assert_eq!(server.ok("GET", "/api/model-aliases/smart", None)["version"], 1);
}

#[test]
fn a_plan_of_many_switches_tells_all_of_them_and_what_each_costs() {
    let (server, files) = (Setup::default().start(), Files::new());
    let all = |model: &str| {
        let aliases: serde_json::Map<_, _> = (0..205).map(|at| (format!("a{at:03}"), json!(model))).collect();
        let document = json!({"version": 1, "aliases": aliases});
        files.write(model.split('/').nth(1).unwrap(), &document.to_string())
    };
    assert_eq!(run(&server, &["apply", "-f", &all("openai/gpt-4")]).code, 0);
    let plan = run(&server, &["plan", "-f", &all("openai/gpt-4o")]);
    assert_eq!(plan.code, 2, "{plan:?}");
    assert_eq!(plan.output.matches("    litellm_model: openai/gpt-4 -> openai/gpt-4o\n").count(), 205);
    assert_eq!(plan.output.matches("    price in/out per 1M: $30/$60 -> $2.5/$10\n").count(), 205);
}

#[test]
fn what_is_exported_makes_the_same_catalogue_elsewhere() {
    let (server, files) = (onboarded(), Files::new());
    let body = json!({"alias": "own", "litellm_model": "mycloud/x", "allow_unknown_provider": true, "pricing_input": 0.15, "pricing_output": 0.6, "tags": ["a"]});
    server.ok("POST", "/api/model-aliases/create", Some(body));
    let exported = run(&server, &["export"]);
    assert!(exported.output.starts_with("# yaml-language-server: $schema=http://127.0.0.1"), "{exported:?}");
    let file = files.write("exported.yaml", &exported.output);
    let empty = Setup::default().start();
    assert_eq!(run(&empty, &["apply", "-f", &file]).code, 0);
    let without_head = |said: Said| said.output.split_once('\n').unwrap().1.to_owned();
    assert_eq!(without_head(run(&empty, &["export"])), without_head(exported));
    assert_eq!(run(&empty, &["export", "--json"]).json(), server.ok("GET", "/api/export", None));
    let none = run(&empty, &["export", "--managed-by", "nobody", "--json"]).json();
    assert_eq!(none, json!({"version": 1, "managed_by": "nobody"}));
}

#[test]
fn of_two_who_apply_what_they_saw_one_is_told_that_it_is_another_plan_by_now() {
    let (server, files) = (onboarded(), Files::new());
    let file = files.write("aliases.yaml", DESIRED);
    let plan = run(&server, &["plan", "-f", &file, "--json"]).json();
    let document = |model: &str| json!({"version": 1, "aliases": {"smart": {"litellm_model": model, "description": "Smart model for complex tasks"}}});
    let seen =
        server.ok("POST", "/api/apply", Some(json!({"document": document("openai/o1"), "dry_run": true})));
    let body = json!({"document": document("openai/o1"), "fingerprint": seen["fingerprint"]});
    let both: Vec<_> = std::thread::scope(|scope| {
        let sent: Vec<_> =
            (0..2).map(|_| scope.spawn(|| server.admin("POST", "/api/apply", Some(body.clone())))).collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut statuses: Vec<u16> = both.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let refused = both.iter().find(|answer| answer.status == 409).unwrap().json();
    assert_eq!((&refused["code"], &refused["plan"]["changes"]), (&"plan_outdated".into(), &json!([])));
    // The other file's plan is of another state, too.
    let wanted: serde_json::Value = serde_norway::from_str(DESIRED).unwrap();
    let late = server.admin(
        "POST",
        "/api/apply",
        Some(json!({"document": wanted, "fingerprint": plan["fingerprint"]})),
    );
    assert_eq!((late.status, &late.json()["code"]), (409, &"plan_outdated".into()));
}

#[test]
fn a_file_that_is_wrong_is_told_with_the_place_of_every_fault() {
    let (server, files) = (onboarded(), Files::new());
    let wrong = files.write(
        "wrong.yaml",
        &DESIRED.replace("openai/gpt-4o-mini", "gpt-4o-mini").replace("[fast]", "[fsat]"),
    );
    let twice = files.write("twice.yaml", "version: 1\naliases:\n  a: openai/gpt-4\n  a: openai/o1\n");
    let theirs =
        files.write("theirs.yaml", "version: 1\nmanaged_by: research\naliases: {smart: openai/o1}\n");
    let mine = files.write("mine.yaml", DESIRED);
    let both = files.write(
        "both.yaml",
        "version: 1\naliases: {a: nonsense, b: {litellm_model: openai/o1, activ: true}}\n",
    );
    let dangling = files.write("dangling.yaml", &DESIRED.replace("[fast]", "[fsat]"));
    let lines = [
        ("lint", vec!["lint", "-f", &wrong], 1),
        ("lint advice", vec!["lint", "-f", &mine], 0),
        ("lint strict", vec!["lint", "-f", &mine, "--strict"], 1),
        ("plan wrong", vec!["plan", "-f", &wrong], 1),
        ("plan with two faults", vec!["plan", "-f", &both], 1),
        ("plan dangling", vec!["plan", "-f", &dangling], 1),
        ("plan twice", vec!["plan", "-f", &twice], 1),
        ("plan nowhere", vec!["plan", "-f", "/nowhere.yaml"], 1),
        ("apply mine", vec!["apply", "-f", &mine, "--yes", "-q"], 0),
        ("apply theirs", vec!["apply", "-f", &theirs, "--yes"], 5),
        ("take over", vec!["apply", "-f", &theirs, "--yes", "--take-over"], 0),
    ];
    let said: Vec<String> = lines
        .iter()
        .map(|(title, line, code)| {
            let said = run(&server, line);
            assert_eq!(said.code, *code, "{title}: {said:?}");
            format!("$ {title}\n{}", said.shown())
        })
        .collect();
    let folder = files.0.path().to_str().unwrap();
    assert_snapshot!("files", said.join("\n\n").replace(folder, "(folder)"));
}

#[test]
fn a_file_is_resolved_without_a_server() {
    let files = Files::new();
    let file = files.write("aliases.yaml", DESIRED);
    let resolve = |model: &str, team: &str| ctl(&["resolve", model, "--team", team, "--file", &file]).run();
    let granted = resolve("FAST", "newclient-prod");
    assert_eq!(
        (granted.code, granted.output.lines().next()),
        (0, Some("fast -> openai/gpt-4o-mini")),
        "{granted:?}"
    );
    assert_eq!(resolve("smart", "newclient-prod").code, 3);
    let unknown = resolve("fsat", "newclient-prod");
    assert!(unknown.code == 4 && unknown.errors.contains("did you mean fast?"), "{unknown:?}");
}

#[test]
fn aliases_that_lead_to_others_are_followed_in_a_file() {
    let files = Files::new();
    let file = files.write(
        "aliases.yaml",
        "\
version: 1
aliases:
  top: alias/MID
  mid: {litellm_model: openai/gpt-4o, overrides: [{team_id: t, litellm_model: azure/gpt-4o}]}
  lost: alias/elsewhere
  round: alias/about
  about: alias/round
  off: {litellm_model: openai/gpt-4o, active: false}
  to-off: alias/off
access_groups:
  all: {model_aliases: [top, lost]}
organizations:
  o: {name: O}
teams:
  t: {organization_id: o, access_groups: [all]}
",
    );
    for (line, code, told) in [
        ("top", 0, "top -> openai/gpt-4o"),
        ("top --team t", 0, "top -> azure/gpt-4o"),
        ("lost --team t", 3, "the file has no model alias elsewhere"),
        ("round", 3, "in a circle"),
        ("to-off", 3, "the alias off is disabled"),
    ] {
        let words: Vec<&str> = ["resolve"].into_iter().chain(line.split(' ')).collect();
        let said = ctl(&[&words[..], &["--file", &file]].concat()).run();
        assert!(said.code == code && said.output.contains(told), "{line}: {said:?}");
    }
}

#[test]
fn a_prefix_and_what_an_alias_says_of_a_team_are_resolved_alike_in_a_file_and_by_a_server() {
    let (server, files) = (Setup::default().start(), Files::new());
    let file = files.write(
        "aliases.yaml",
        "\
version: 1
aliases:
  claude-: {litellm_model: 'anthropic/claude-{rest}', match: prefix}
  claude-3: {litellm_model: anthropic/claude-3-opus, overrides: [{team_id: t, litellm_model: bedrock/claude-3}]}
access_groups:
  all: {model_aliases: [claude-, claude-3]}
organizations:
  o: {name: O}
teams:
  t: {organization_id: o, access_groups: [all]}
",
    );
    let applied = run(&server, &["apply", "-f", &file, "--yes"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    for (line, code, target) in [
        ("CLAUDE-2.1", 0, "anthropic/claude-2.1"),
        ("claude-2.1 --team t", 0, "anthropic/claude-2.1"),
        ("claude-3", 0, "anthropic/claude-3-opus"),
        ("claude-3 --team t", 0, "bedrock/claude-3"),
        ("claude-", 4, ""),
        ("gpt-4", 4, ""),
    ] {
        let words: Vec<&str> = ["resolve"].into_iter().chain(line.split(' ')).collect();
        let asked = run(&server, &words);
        let read = ctl(&[&words[..], &["--file", &file]].concat()).run();
        for said in [asked, read] {
            assert!(said.code == code && said.output.contains(target), "{line}: {said:?}");
        }
    }
}

#[test]
fn the_schema_of_files_knows_every_field() {
    let server = Setup::default().start();
    let schema = server.ok("GET", "/schema/aliases-v1.json", None);
    let team = &schema["properties"]["teams"]["additionalProperties"]["properties"];
    assert!(team["credits_allocated"].is_object() && team["team_id"].is_null(), "{schema}");
    assert!(!schema.to_string().contains("#/components/"), "every reference is within it");
    assert!(schema["$defs"]["PriceListDraft"].is_object(), "{}", schema["$defs"]);
}

#[test]
fn a_catalogue_of_some_size_is_sent_back_as_it_was_exported() {
    let (server, elsewhere, files) = (Setup::default().start(), Setup::default().start(), Files::new());
    let description = "What it is for, in the words of those who call it. ".repeat(25);
    let aliases: serde_json::Map<_, _> = (0..1_000)
        .map(|at| (format!("a{at:04}"), json!({"litellm_model": "openai/gpt-4", "description": description})))
        .collect();
    let wanted = json!({"version": 1, "aliases": aliases});
    assert!(wanted.to_string().len() > 1 << 20);
    let done = run(&server, &["apply", "-f", &files.write("all.json", &wanted.to_string())]);
    assert_eq!(done.code, 0, "{done:?}");
    let exported = files.write("export.yaml", &run(&server, &["export"]).output);
    assert_eq!(run(&elsewhere, &["apply", "-f", &exported]).code, 0);
    assert_eq!(run(&server, &["plan", "-f", &exported, "--prune"]).code, 0);
}

#[test]
fn what_is_exported_can_be_applied_elsewhere_although_what_it_names_is_gone() {
    let (server, elsewhere, files) = (onboarded(), Setup::default().start(), Files::new());
    let over = json!([{"team_id": "newclient-prod", "litellm_model": "azure/gpt-4-own"}]);
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"overrides": over})));
    server.ok(
        "POST",
        "/api/model-aliases/create",
        Some(json!({"alias": "front", "litellm_model": "alias/gpt-4"})),
    );
    for path in ["/api/model-aliases/gpt-4", "/api/teams/newclient-prod"] {
        assert!(server.admin("DELETE", path, None).status < 300, "{path}");
    }
    let text = run(&server, &["export"]).output;
    let exported = files.write("export.yaml", &text);
    let done = run(&elsewhere, &["apply", "-f", &exported]);
    assert!(done.code == 0 && done.output.contains("there is no model alias `gpt-4`"), "{done:?}");
    let body = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    assert_eq!(body(&run(&elsewhere, &["export"]).output), body(&text));
}
