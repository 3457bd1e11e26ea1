//! What is asked before something is done: why a call is refused, what a change would come to, whether a model answers.

use insta::assert_snapshot;

use super::{ctl, onboarded};
use crate::provider::{Mode, Provider};
use crate::server::Setup;

#[test]
fn why_a_call_is_refused_is_told_with_the_commands_that_mend_it() {
    let server = onboarded();
    let line = ["explain", "--team", "newclient-prod", "--model", "gpt-4"];
    let denied = ctl(&line).at(&server).run();
    assert_eq!(denied.code, 3, "{denied:?}");
    assert_snapshot!("explain", denied.shown());
    let allowed = ctl(&["explain", "--team", "newclient-prod", "--model", "gpt-3.5-turbo"]).at(&server).run();
    assert!(
        allowed.code == 0 && allowed.output.ends_with("Allowed: goes to openai/gpt-3.5-turbo\n"),
        "{allowed:?}"
    );
    let gpt =
        serde_json::json!({"group_name": "gpt-models", "model_aliases": ["gpt-4", "smart", "gpt-3.5-turbo"]});
    server.ok("POST", "/api/model-access-groups/create", Some(gpt));
    let denied = ctl(&line).at(&server).run();
    let effects =
        ["--add-group gpt-models     # +2 aliases for this team\n", "gpt-4     # +1 alias for 1 team\n"];
    assert!(effects.iter().all(|effect| denied.output.contains(effect)), "{denied:?}");
    let unknown = ctl(&["explain", "--team", "newclient-prd", "--model", "gpt-4"]).at(&server).run();
    assert!(unknown.code == 4 && unknown.errors.contains("did you mean: newclient-prod"), "{unknown:?}");
}

#[test]
fn what_would_come_of_a_change_is_told_and_nothing_is_changed() {
    let server = onboarded();
    let impact = ctl(&["alias", "impact", "gpt-3.5-turbo", "delete"]).at(&server).run();
    assert_eq!(impact.code, 0, "{impact:?}");
    assert_snapshot!("impact", impact.shown());
    let dry =
        ctl(&["group", "remove-models", "starter-models", "gpt-3.5-turbo", "--dry-run"]).at(&server).run();
    assert!(dry.code == 0 && dry.output.contains("team newclient-prod loses gpt-3.5-turbo"), "{dry:?}");
    assert!(dry.output.ends_with("Nothing was changed.\n"), "{dry:?}");
    let team = server.ok("GET", "/api/teams/newclient-prod", None);
    assert_eq!(team["allowed_model_aliases"][0], "gpt-3.5-turbo");
    // What the server does not rehearse is told as the request that it would be.
    let told = ctl(&["credits", "add", "newclient-prod", "5", "--dry-run"]).at(&server).run();
    assert_eq!((told.code, told.errors.as_str()), (0, ""));
    assert!(told.output.starts_with("Would send: POST /api/credits/add\n"), "{told:?}");
    assert!(told.output.ends_with("Nothing was changed.\n"), "{told:?}");
    let told = ctl(&["key", "create", "newclient-prod", "--dry-run", "--json"]).at(&server).run();
    assert_eq!((&told.json()["dry_run"], &told.json()["request"]["method"]), (&true.into(), &"POST".into()));
    let told = ctl(&["key", "create", "newclient-prod", "--dry-run", "-o", "yaml"]).at(&server).run();
    assert_eq!(told.code, 0, "{told:?}");
    assert!(
        told.output.starts_with("dry_run: true\nrequest:\n") && told.output.contains("  method: POST\n"),
        "{told:?}"
    );
    assert_eq!(server.ok("GET", "/api/teams/newclient-prod/keys", None)["keys"].as_array().unwrap().len(), 1);
    assert_eq!(server.ok("GET", "/api/teams/newclient-prod", None)["credits_allocated"], 1000);
}

#[test]
fn calls_are_refused_only_where_somebody_says_so() {
    let server = onboarded();
    let run = |line: &str| ctl(&line.split(' ').collect::<Vec<_>>()).at(&server).run();
    let is_active = || server.ok("GET", "/api/model-aliases/gpt-3.5-turbo", None)["active"].clone();
    for line in [
        "alias disable gpt-3.5-turbo",
        "alias update gpt-3.5-turbo --active false",
        "alias delete gpt-3.5-turbo",
    ] {
        let asked = run(line);
        assert!(
            asked.code == 64 && asked.errors.contains("1 team loses it; it had 0 calls in 7 days."),
            "{asked:?}"
        );
        assert!(asked.errors.contains("repeat the command with --yes"), "{asked:?}");
        assert_eq!(is_active(), true);
    }
    for line in
        ["group update starter-models --active false", "team pause newclient-prod", "org pause org_newclient"]
    {
        let asked = run(line);
        assert!(asked.code == 64 && asked.errors.contains("Nothing was changed"), "{asked:?}");
    }
    assert_eq!(run("alias disable gpt-3.5-turbo --yes").code, 0);
    assert_eq!(run("alias enable gpt-3.5-turbo").code, 0);
    for line in ["alias rollback gpt-3.5-turbo 2", "alias rename gpt-3.5-turbo gpt --drop-old"] {
        let asked = run(line);
        assert!(asked.code == 64 && asked.errors.contains("1 team loses it"), "{asked:?}");
        assert_eq!(is_active(), true);
    }
}

#[test]
fn what_exists_is_refused_left_or_changed_as_was_said() {
    let server = onboarded();
    let run = |line: &str| ctl(&line.split(' ').collect::<Vec<_>>()).at(&server).run();
    for (line, ignored, updated) in [
        (
            "alias create gpt-4 openai/gpt-4o -d New",
            "alias gpt-4 exists already, and was left as it is -> openai/gpt-4\n",
            "alias gpt-4 updated -> openai/gpt-4o\n",
        ),
        (
            "group create starter-models gpt-3.5-turbo gpt-4",
            "group starter-models exists already, and was left as it is\n",
            "group starter-models updated with 2 models\n",
        ),
        (
            "org create org_newclient New",
            "organization org_newclient exists already, and was left as it is\n",
            "organization org_newclient updated\n",
        ),
        (
            "team create newclient-prod --org org_newclient --rpm 7 --credits 5",
            "team newclient-prod exists already, and was left as it is\n",
            "team newclient-prod updated\n",
        ),
    ] {
        assert_eq!(run(line).code, 5, "{line}");
        for (word, expected) in [("ignore", ignored), ("update", updated), ("update", updated)] {
            let said = run(&format!("{line} --if-exists {word}"));
            assert_eq!((said.code, said.output.as_str()), (0, expected), "{said:?}");
        }
    }
    assert_eq!(server.ok("GET", "/api/organizations/org_newclient", None)["name"], "New");
    let team = server.ok("GET", "/api/teams/newclient-prod", None);
    assert_eq!((&team["rpm_limit"], &team["credits_allocated"]), (&7.into(), &1000.into()));
    // A name that somebody else has is another team.
    server.ok(
        "POST",
        "/api/organizations/create",
        Some(serde_json::json!({"organization_id": "org_b", "name": "B"})),
    );
    for word in ["ignore", "update"] {
        let other = run(&format!("team create newclient-prod --org org_b --rpm 9 --if-exists {word}"));
        assert_eq!(other.code, 5, "{other:?}");
    }
    assert_eq!(server.ok("GET", "/api/teams/newclient-prod", None)["rpm_limit"], 7);
    let tried = run("team create newclient-prod --org org_newclient --rpm 8 --if-exists update --dry-run");
    assert!(tried.code == 0 && tried.output.ends_with("Nothing was changed.\n"), "{tried:?}");
    let tried = run("org create org_b B2 --if-exists update --dry-run");
    assert!(tried.output.starts_with("Would send: PUT /api/organizations/org_b\n"), "{tried:?}");
    let off = run("alias create gpt-3.5-turbo openai/gpt-3.5-turbo --disabled --if-exists update");
    assert!(off.code == 64 && off.errors.contains("Its calls are refused."), "{off:?}");
    // A list that gets shorter takes something away.
    let asked = run("group create starter-models gpt-4 --if-exists update");
    assert!(asked.code == 64 && asked.errors.contains("It loses gpt-3.5-turbo."), "{asked:?}");
}

#[test]
fn a_model_that_does_not_answer_is_told_from_one_that_does() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    server.onboard(&[("smart", "openai/gpt-4")]);
    let good = ctl(&["alias", "test", "smart"]).at(&server).run();
    assert!(good.code == 0 && good.output.starts_with("smart -> openai/gpt-4 answers in "), "{good:?}");
    provider.set(Mode::Status(401));
    let bad = ctl(&["alias", "test", "smart", "--model", "openai/gpt-4o"]).at(&server).run();
    assert!(
        bad.code == 3 && bad.output.contains("does not answer") && bad.output.contains("check: "),
        "{bad:?}"
    );
}

#[test]
fn a_switch_that_is_tested_goes_only_to_a_model_that_answers() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    server.onboard(&[("smart", "openai/gpt-4")]);
    let switch = ["alias", "switch", "smart", "anthropic/claude-3-opus-20240229", "--test"];
    provider.set(Mode::Status(401));
    let bad = ctl(&switch).at(&server).run();
    assert!(bad.code == 3 && bad.errors.ends_with("Nothing was changed.\n"), "{bad:?}");
    assert_eq!(server.ok("GET", "/api/model-aliases/smart", None)["version"], 1);
    // What is only tried out asks no provider, and says so.
    let tried = ctl(&[&switch[..], &["--dry-run"]].concat()).at(&server).run();
    assert!(tried.code == 0 && tried.errors.starts_with("The test was left out: it is a call"), "{tried:?}");
    assert!(tried.output.ends_with("Nothing was changed.\n"), "{tried:?}");
    assert_eq!(server.ok("GET", "/api/model-aliases/smart", None)["version"], 1);
    provider.set(Mode::Good);
    let good = ctl(&switch).at(&server).run();
    assert!(good.code == 0 && good.errors.contains("answers in "), "{good:?}");
    assert!(good.output.starts_with("alias smart switched: openai/gpt-4 -> anthropic/"), "{good:?}");
}

#[test]
fn where_calls_go_besides_the_target_is_said_with_flags_and_taken_back_with_none() {
    let server = onboarded();
    let rules = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(rules.path(), "temperature: {default: 0.7, max: 1}\n").unwrap();
    let file = rules.path().to_str().unwrap();
    let run = |line: &str| ctl(&line.split(' ').collect::<Vec<_>>()).at(&server).run();
    let made = run(&format!(
        "alias create clever openai/gpt-4 --split anthropic/claude-3-opus-20240229=12.5 --sticky user \
         --fallback azure/gpt-4 --fallback openai/gpt-4-32k=context_length \
         --override team:newclient-prod=azure/gpt-4-own --parameters {file} --response-model upstream"
    ));
    assert_eq!(made.code, 0, "{made:?}");
    let clever = server.ok("GET", "/api/model-aliases/clever", None);
    assert_eq!(clever["split"][0]["share"], 12.5);
    assert_eq!((&clever["sticky"], &clever["response_model"]), (&"user".into(), &"upstream".into()));
    assert_eq!(clever["fallbacks"][1]["on"], serde_json::json!(["context_length"]));
    assert_eq!(clever["overrides"][0]["team_id"], "newclient-prod");
    assert_eq!(clever["parameters"]["temperature"]["max"], 1);
    let changed = run("alias update clever --split none --fallback none --override none --parameters none");
    assert_eq!(changed.code, 0, "{changed:?}");
    let clever = server.ok("GET", "/api/model-aliases/clever", None);
    assert_eq!((&clever["split"], &clever["fallbacks"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert_eq!(
        (&clever["overrides"], &clever["parameters"]),
        (&serde_json::json!([]), &serde_json::json!({}))
    );
    let prefix = run("alias create claude- anthropic/claude-{rest} --prefix --group starter-models");
    assert_eq!(prefix.code, 0, "{prefix:?}");
    assert_eq!(server.ok("GET", "/api/model-aliases/claude-", None)["match"], "prefix");
    let wrong = run("alias update clever --split anthropic/claude-3-opus-20240229");
    assert!(wrong.code == 64 && wrong.errors.contains("=5"), "{wrong:?}");
}
