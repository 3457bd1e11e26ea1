//! A team's default model: what its calls go to that name none, in jobs and outside.

use serde_json::{Value, json};

use crate::http::Answer;
use crate::provider::Provider;
use crate::server::{Server, Setup};

/// A team that may call `smart`, and the alias `other`, which it may not call.
fn prepared(provider: &Provider) -> (Server, String) {
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let other = json!({"alias": "other", "litellm_model": "openai/gpt-4o"});
    server.ok("POST", "/api/model-aliases/create", Some(other));
    (server, key)
}

fn set(server: &Server, default: Value) -> Value {
    server.ok("PUT", "/api/teams/team", Some(json!({"default_model": default})))
}

fn post(server: &Server, key: &str, path: &str, body: &Value) -> Answer {
    server.team(key, "POST", path, Some(&body.to_string()))
}

/// The same call as a chat of its own, in a job, and as a job at once.
fn calls(server: &Server, key: &str) -> [Answer; 3] {
    let chat = json!({"messages": [{"role": "user", "content": "hi"}]});
    let job = post(server, key, "/api/jobs/create", &json!({"job_type": "analysis"})).json();
    let in_job = format!("/api/jobs/{}/llm-call", job["job_id"].as_str().unwrap());
    let at_once = json!({"job_type": "analysis", "messages": chat["messages"]});
    [
        post(server, key, "/v1/chat/completions", &chat),
        post(server, key, &in_job, &chat),
        post(server, key, "/api/jobs/create-and-call", &at_once),
    ]
}

#[test]
fn calls_without_a_model_go_to_the_default_under_its_name() {
    let provider = Provider::start();
    let (server, key) = prepared(&provider);
    assert_eq!(set(&server, json!("SMART"))["default_model"], "smart");
    let [chat, in_job, at_once] = calls(&server, &key);
    for answer in [&chat, &in_job, &at_once] {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    assert_eq!((&chat.json()["model"], chat.header("x-alias-name")), (&json!("smart"), Some("smart")));
    assert_eq!(
        (&in_job.json()["model"], &in_job.json()["metadata"]["model"]),
        (&json!("smart"), &json!("smart"))
    );
    assert_eq!(at_once.json()["metadata"]["model"], "smart");
    assert!(provider.seen().iter().all(|seen| seen.body["model"] == "openai/gpt-4"));
    // A model that is named counts.
    assert_eq!(server.chat(&key, "other").status, 403);
    server.wait_for_calls("smart", 3);
}

#[test]
fn without_a_default_the_team_is_told_what_it_can_call() {
    let provider = Provider::start();
    let (server, key) = prepared(&provider);
    for default in [Value::Null, json!("other")] {
        set(&server, default);
        server.ok("DELETE", "/api/model-aliases/other", None);
        let [chat, in_job, at_once] = calls(&server, &key);
        let said = chat.json();
        assert_eq!((chat.status, &said["error"]["code"]), (400, &json!("missing_required_parameter")));
        assert_eq!(
            (&said["error"]["param"], &said["error"]["available_models"]),
            (&json!("model"), &json!(["smart"]))
        );
        assert!(said["error"]["message"].as_str().unwrap().contains("smart"), "{said}");
        for answer in [in_job, at_once] {
            let said = answer.json();
            assert_eq!((answer.status, &said["errors"][0]["field"]), (422, &json!("model")), "{said}");
            assert_eq!(said["available_models"], json!(["smart"]));
        }
        // Deleted, it is shown no more, and neither is another of its name taken for it.
        assert_eq!(server.ok("GET", "/api/teams/team", None)["default_model"], Value::Null);
        let other = json!({"alias": "other", "litellm_model": "openai/gpt-4o"});
        server.ok("POST", "/api/model-aliases/create", Some(other));
    }
    assert_eq!(provider.sent(), 0);
}

#[test]
fn a_default_that_is_not_granted_is_refused_as_if_it_had_been_named() {
    let provider = Provider::start();
    let (server, key) = prepared(&provider);
    set(&server, json!("other"));
    let named = server.chat(&key, "other").json();
    let [chat, in_job, at_once] = calls(&server, &key);
    assert_eq!(
        (chat.status, chat.json()["error"]["message"].clone()),
        (403, named["error"]["message"].clone())
    );
    for answer in [in_job, at_once] {
        assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("model_access_denied")));
    }
    assert_eq!(provider.sent(), 0);
}

#[test]
fn only_an_alias_that_exists_can_be_the_default() {
    let (server, _) = prepared(&Provider::start());
    let refused = server.admin("PUT", "/api/teams/team", Some(json!({"default_model": "smrt"})));
    let said = refused.json();
    assert_eq!((refused.status, &said["code"]), (422, &json!("unknown_reference")));
    assert!(said.to_string().contains("default_model") && said.to_string().contains("smart"), "{said}");
    let mut whole = set(&server, json!("smart"));
    whole["team_alias"] = json!("Team");
    let sent_back = server.ok("PUT", "/api/teams/team", Some(whole));
    assert_eq!((&sent_back["default_model"], &sent_back["team_alias"]), (&json!("smart"), &json!("Team")));
}
