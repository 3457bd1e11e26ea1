//! What is refused: the number that the process ends with, and the words that help on.

use insta::assert_snapshot;

use super::{ctl, onboarded};
use crate::server::Setup;

/// Every kind of ending that a server or a wrong command line leads to.
#[test]
fn every_ending_has_its_number_and_says_how_to_go_on() {
    let server = onboarded();
    let cases = [
        (1, "alias create x nonsense"),
        (3, "resolve gpt-4 --team newclient-prod"),
        (4, "alias get smrt"),
        (4, "team get newclient-prd"),
        (4, "key list newclient-prd"),
        (4, "catalog get openai/none"),
        (5, "alias create smart openai/gpt-4"),
        (5, "alias update smart -d new --if-version 9"),
        (64, "alias lst"),
        (64, "alias list --actve true"),
        (64, "alias update smart"),
        (64, "alias delete gpt-3.5-turbo"),
        (64, "--url nowhere alias list"),
    ];
    let said: Vec<String> = cases
        .iter()
        .map(|(code, line)| {
            let said = ctl(&line.split(' ').collect::<Vec<_>>()).at(&server).run();
            assert_eq!(said.code, *code, "{line}: {said:?}");
            format!("$ aliasctl {line}\n{}", said.shown())
        })
        .collect();
    assert_snapshot!("endings", said.join("\n\n"));
    assert_eq!(server.ok("GET", "/api/model-aliases", None)["total"], 3, "and nothing was changed");
}

#[test]
fn a_server_that_is_not_there_is_told_from_one_that_refuses() {
    let said = ctl(&["alias", "list", "--url", "http://127.0.0.1:9"]).run();
    assert_eq!(said.code, 7, "{said:?}");
    assert_snapshot!("unreachable", said.shown());
    // Something listens, and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let late = ctl(&["alias", "delete", "x", "--yes", "--url", &url, "--timeout", "200ms"]).run();
    assert!(late.code == 7 && late.errors.contains("no answer within 200ms"), "{late:?}");
    let keyed =
        Setup { admin_key: Some("5d0c8a2f7b31e94640cf1d97a8e2635bb4f0718c".to_owned()), ..Setup::default() }
            .start();
    let said = ctl(&["alias", "list"]).at(&keyed).run();
    assert_eq!(said.code, 6, "{said:?}");
    assert_snapshot!("unauthenticated", said.shown());
}

#[test]
fn with_json_an_error_is_the_apis_own() {
    let server = onboarded();
    let said = ctl(&["alias", "get", "smrt", "--json"]).at(&server).run();
    let problem: serde_json::Value = serde_json::from_str(&said.errors).unwrap();
    assert_eq!((said.code, &problem["code"]), (4, &"model_not_found".into()));
    assert_eq!(said.output, "");
}

#[test]
fn what_loses_something_needs_a_yes() {
    let server = onboarded();
    let refused = ctl(&["group", "delete", "starter-models"]).at(&server).run();
    assert!(refused.code == 64 && refused.errors.contains("1 team loses what it grants"), "{refused:?}");
    let done = ctl(&["group", "delete", "starter-models", "--yes"]).at(&server).run();
    assert_eq!((done.code, done.output.as_str()), (0, "group starter-models deleted\n"));
    assert_eq!(server.admin("GET", "/api/model-access-groups/starter-models", None).status, 404);
}
