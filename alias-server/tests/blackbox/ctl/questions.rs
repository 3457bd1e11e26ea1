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
    let refused = ctl(&["credits", "add", "newclient-prod", "5", "--dry-run"]).at(&server).run();
    assert!(refused.code == 1 && refused.errors.contains("dry_run"), "{refused:?}");
    assert_eq!(server.ok("GET", "/api/teams/newclient-prod", None)["credits_allocated"], 1000);
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
