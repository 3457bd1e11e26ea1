//! "Why can't this team use that model?": the answer says what the call says, and its fixes mend it.

use std::process::Command;

use serde_json::{Value, json};

use crate::http::{self, Answer, segment};
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup};

const ADMIN_KEY: &str = "an-admin-key-of-more-than-32-characters";

fn started(provider: &Provider) -> (Server, String) {
    let server = Setup { admin_key: Some(ADMIN_KEY.into()), ..Setup::upstream(provider.address) }.start();
    let key = server.onboard(&[("fast", "openai/gpt-3.5-turbo")]);
    let premium = json!({"alias": "gpt-4", "litellm_model": "openai/gpt-4"});
    server.ok("POST", "/api/model-aliases/create", Some(premium));
    let group = json!({"group_name": "gpt-models", "model_aliases": ["gpt-4", "fast"]});
    server.ok("POST", "/api/model-access-groups/create", Some(group));
    (server, key)
}

fn explain(server: &Server, query: &str) -> Value {
    server.ok("GET", &format!("/api/explain?{query}"), None)
}

fn step<'a>(explanation: &'a Value, check: &str) -> &'a Value {
    let steps = explanation["steps"].as_array().unwrap();
    steps.iter().find(|step| step["check"] == check).unwrap_or_else(|| panic!("{check} in {explanation}"))
}

fn failed(explanation: &Value) -> Vec<&str> {
    let steps = explanation["steps"].as_array().unwrap().iter();
    steps.filter(|step| step["ok"] == false).map(|step| step["check"].as_str().unwrap()).collect()
}

/// Runs a fix as an operator would paste it.
fn run(curl: &Value) {
    let line = format!("{} -fsS -o /dev/null", curl.as_str().unwrap());
    let done = Command::new("sh").args(["-c", &line]).env("ALIAS_ADMIN_KEY", ADMIN_KEY).status().unwrap();
    assert!(done.success(), "{line}");
}

/// The code that a call is answered, or that it is served.
fn decided(answer: &Answer) -> String {
    if answer.status == 200 {
        "allowed".into()
    } else {
        answer.json()["error"]["code"].as_str().unwrap().into()
    }
}

#[test]
fn what_is_in_the_way_is_mended_by_the_fixes_as_they_stand() {
    let (server, key) = started(&Provider::start());
    let query = "team=team&model=gpt-4";
    server.ok("PUT", "/api/model-aliases/gpt-4", Some(json!({"active": false})));
    server.ok("POST", "/api/teams/team/suspend", None);
    let told = explain(&server, query);
    assert_eq!((&told["allowed"], &told["decision"]), (&json!(false), &json!("team_suspended")));
    assert_eq!(failed(&told), ["team", "access", "active"]);
    assert_eq!(told["available_models"], json!(["fast"]));
    let access = step(&told, "access");
    assert_eq!(access["fix"]["cli"], "aliasctl team update team --add-group gpt-models");
    assert_eq!(access["alternatives"][0]["cli"], "aliasctl group add-models all gpt-4");
    assert_eq!(access["fix"]["ui_url"], "/ui/teams/team");
    for check in ["team", "access", "active"] {
        run(&step(&told, check)["fix"]["curl"]);
    }
    let told = explain(&server, query);
    assert_eq!(
        (&told["allowed"], &told["decision"], failed(&told)),
        (&json!(true), &json!("allowed"), vec![])
    );
    assert_eq!((&told["resolves_to"], &told["alias_version"]), (&json!("openai/gpt-4"), &json!(3)));
    assert_eq!(told["via_groups"], json!(["gpt-models"]));
    assert_eq!(server.chat(&key, "gpt-4").status, 200);
}

#[test]
fn credits_limits_and_budgets_are_asked_as_a_call_would_ask_them_and_nothing_is_taken() {
    let (server, key) = started(&Provider::start());
    let balance = || server.ok("GET", "/api/credits/balance?team_id=team", None)["credits_remaining"].take();
    let before = balance();
    for _ in 0..3 {
        assert_eq!(explain(&server, "team=team&model=fast")["allowed"], true);
    }
    assert_eq!(balance(), before);
    crate::rate_limits::with_room(std::time::Duration::from_secs(15));
    server.ok("PUT", "/api/teams/team", Some(json!({"rpm_limit": 1})));
    assert_eq!(explain(&server, "team=team&model=fast")["decision"], "allowed");
    assert_eq!(server.chat(&key, "fast").status, 200);
    let told = explain(&server, "team=team&model=fast");
    assert_eq!((&told["decision"], failed(&told)), (&json!("rate_limit_exceeded"), vec!["rate_limit"]));
    server.ok("PUT", "/api/teams/team", Some(json!({"rpm_limit": null})));
    let broke = json!({"organization_id": "org", "team_id": "broke", "access_groups": ["all"]});
    server.ok("POST", "/api/teams/create", Some(broke));
    let told = explain(&server, "team=broke&model=fast");
    assert_eq!((&told["decision"], failed(&told)), (&json!("insufficient_quota"), vec!["credits"]));
    run(&step(&told, "credits")["fix"]["curl"]);
    assert_eq!(explain(&server, "team=broke&model=fast")["allowed"], true);
}

#[test]
fn a_key_is_explained_with_its_limits_and_never_by_its_secret() {
    let (server, key) = started(&Provider::start());
    let draft =
        json!({"name": "ci", "models": ["gpt-4"], "endpoints": ["embeddings"], "networks": ["10.0.0.0/8"]});
    let made = server.ok("POST", "/api/teams/team/keys", Some(draft));
    let id = made["key_id"].as_str().unwrap();
    let told = explain(&server, &format!("key={id}&model=fast"));
    assert_eq!(
        (&told["decision"], failed(&told)),
        (&json!("endpoint_not_allowed"), vec!["endpoint", "scope"])
    );
    let elsewhere = explain(&server, &format!("key={id}&model=fast&endpoint=embeddings&address=192.0.2.1"));
    assert_eq!(
        (&elsewhere["decision"], failed(&elsewhere)),
        (&json!("network_not_allowed"), vec!["network", "scope"])
    );
    for check in ["endpoint", "scope"] {
        run(&step(&told, check)["fix"]["curl"]);
    }
    assert_eq!(explain(&server, &format!("key={id}&model=fast"))["allowed"], true);
    let refused = server.admin("GET", &format!("/api/explain?key={}&model=fast", &key[..40]), None);
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("never the key itself"), "{}", refused.text());
    assert_eq!(server.admin("GET", "/api/explain?key=mfzwizltoqqho33s&model=fast", None).status, 404);
    assert_eq!(server.admin("GET", "/api/explain?team=nobody&model=fast", None).status, 404);
}

#[test]
fn a_name_that_nothing_has_is_answered_with_the_one_that_was_meant() {
    let (server, _) = started(&Provider::start());
    let told = explain(&server, "team=team&model=fsat");
    assert_eq!((&told["decision"], failed(&told)), (&json!("model_not_found"), vec!["model"]));
    let model = step(&told, "model");
    assert!(model["detail"].as_str().unwrap().contains("Did you mean 'fast'?"), "{told}");
    assert_eq!(model["fix"]["text"], "Call 'fast'.");
    assert!(model["alternatives"][0]["curl"].as_str().unwrap().contains("/api/model-aliases/create"));
    let hostile = explain(&server, "team=team&model=%27;rm%20-rf%20/%27");
    assert_eq!(step(&hostile, "model")["fix"]["curl"], Value::Null);
    let none = explain(&server, "team=team");
    assert_eq!((&none["decision"], &none["model"]), (&json!("missing_required_parameter"), &Value::Null));
    run(&step(&none, "model")["fix"]["curl"]);
    assert_eq!(explain(&server, "team=team")["alias"], "fast");
}

#[test]
fn a_refusal_is_explained_by_its_id_as_it_was_given_whatever_changed_since() {
    let (server, key) = started(&Provider::start());
    let refused = server.chat(&key, "gpt-4");
    let id = refused.header("x-request-id").unwrap().to_owned();
    server.ok("PUT", "/api/teams/team", Some(json!({"access_groups": ["gpt-models"]})));
    server.ok("DELETE", "/api/model-aliases/gpt-4", None);
    let told = explain(&server, &format!("request_id={id}"));
    assert_eq!((&told["decision"], &told["status"]), (&json!(decided(&refused)), &json!(403)));
    assert_eq!(told["message"], refused.json()["error"]["message"]);
    assert_eq!(told["available_models"], refused.json()["error"]["available_models"]);
    assert_eq!((failed(&told), &told["resolves_to"]), (vec!["access"], &json!("openai/gpt-4")));
    assert_eq!(
        (&told["recorded"]["outcome"], &told["recorded"]["place"]),
        (&json!("refused"), &json!("/v1/chat/completions"))
    );
    assert!(key.contains(told["key_id"].as_str().unwrap()));
}

/// Every kind of 4xx that a client reads has an id that is known.
#[test]
fn every_refusal_of_a_call_has_an_id_that_can_be_asked_about() {
    let (server, key) = started(&Provider::start());
    let chat = |key: &str, body: &str| server.team(key, "POST", "/v1/chat/completions", Some(body));
    let bearer = format!("Bearer {key}");
    let typed = [("Authorization", bearer.as_str()), ("Content-Type", "multipart/form-data")];
    let refusals = [
        chat("sk-wrong", "{}"),
        chat(&key, "{"),
        chat(&key, r#"{"model":"fast","messages":[],"api_base":"http://x"}"#),
        chat(&key, r#"{"messages":[]}"#),
        server.chat(&key, "nothing"),
        server.chat(&key, "gpt-4"),
        server.team(&key, "GET", "/v1/models/gpt-4", None),
        server.team(&key, "POST", "/v1/nowhere", Some("{}")),
        server.team(
            &key,
            "POST",
            "/api/jobs/0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6/llm-call",
            Some(r#"{"messages":[]}"#),
        ),
        server.team(
            &key,
            "POST",
            "/api/jobs/create-and-call",
            Some(r#"{"job_type":"x","model":"gpt-4","messages":[]}"#),
        ),
        http::send(server.address, "POST", "/v1/chat/completions", &typed, Some(b"--x")).unwrap(),
    ];
    for refused in refusals {
        assert!((400..500).contains(&refused.status), "{}", refused.text());
        let id = refused.header("x-request-id").unwrap();
        let told = explain(&server, &format!("request_id={id}"));
        assert_eq!((&told["allowed"], &told["status"]), (&json!(false), &json!(refused.status)), "{told}");
        let said = refused.json();
        let code = said["error"]["code"].as_str().or_else(|| said["code"].as_str()).unwrap();
        assert_eq!(told["decision"], code, "{told}");
        assert!(!failed(&told).is_empty(), "{told}");
    }
    assert_eq!(server.admin("GET", "/api/explain?request_id=req_unknown", None).status, 404);
}

#[test]
fn a_call_that_was_sent_is_explained_by_its_id_with_what_became_of_it() {
    let provider = Provider::start();
    let (server, key) = started(&provider);
    let answer = server.chat(&key, "fast");
    server.ok(
        "PUT",
        "/api/model-aliases/fast",
        Some(json!({"litellm_model": "anthropic/claude-3-haiku-20240307"})),
    );
    let told = explain(&server, &format!("request_id={}", answer.header("x-request-id").unwrap()));
    assert_eq!((&told["allowed"], failed(&told)), (&json!(true), vec![]));
    assert_eq!((&told["resolves_to"], &told["alias_version"]), (&json!("openai/gpt-3.5-turbo"), &json!(1)));
    assert_eq!(
        (&told["recorded"]["outcome"], &told["recorded"]["status"]),
        (&json!("complete"), &json!(200))
    );
    provider.set(Mode::Status(401));
    let broken = server.chat(&key, "fast");
    let told = explain(&server, &format!("request_id={}", broken.header("x-request-id").unwrap()));
    assert_eq!((&told["recorded"]["outcome"], failed(&told)), (&json!("failed"), vec!["upstream"]));
    assert_eq!(told["recorded"]["error_code"], "provider_authentication_failed");
}

#[test]
fn who_belongs_to_an_organization_learns_of_its_own_teams_and_of_no_hidden_model() {
    let (server, key) = started(&Provider::start());
    server.ok("PUT", "/api/model-aliases/gpt-4", Some(json!({"visibility": "hidden"})));
    server.ok(
        "POST",
        "/api/organizations/create",
        Some(json!({"organization_id": "other", "name": "Other"})),
    );
    let token = |organization: &str| {
        let draft = json!({"name": organization, "role": "org-admin", "organization_id": organization});
        server.ok("POST", "/api/admin-tokens", Some(draft))["admin_token"].as_str().unwrap().to_owned()
    };
    let (own, other) = (token("org"), token("other"));
    let ask = |token: &str, query: &str| server.team(token, "GET", &format!("/api/explain?{query}"), None);
    let refused = server.chat(&key, "fsat");
    let id = format!("request_id={}", refused.header("x-request-id").unwrap());
    for query in ["team=team&model=fast", &id] {
        assert_eq!(ask(&own, query).status, 200);
        assert_eq!(ask(&other, query).status, 404);
    }
    let hidden = ask(&own, "team=team&model=gpt-4").json();
    assert_eq!((&hidden["decision"], failed(&hidden)), (&json!("model_not_found"), vec!["model"]));
    assert!(
        !hidden.to_string().contains("openai/gpt-4") && !hidden.to_string().contains("gpt-models"),
        "{hidden}"
    );
    server.ok("PUT", "/api/model-aliases/gpt-4", Some(json!({"visibility": "listed"})));
    let listed = ask(&own, "team=team&model=gpt-4").json();
    assert_eq!((failed(&listed), &listed["resolves_to"]), (vec!["access"], &Value::Null));
    assert!(!listed.to_string().contains("gpt-models"), "{listed}");
    let wrong = server.chat("sk-wrong", "fast");
    let wrong = format!("request_id={}", wrong.header("x-request-id").unwrap());
    assert_eq!(ask(&own, &wrong).status, 404);
}

/// States of a team, a key and an alias against what a call of each is answered: word for word the same.
#[test]
fn an_explanation_decides_as_the_call_does() {
    let provider = Provider::start();
    let (server, key) = started(&provider);
    let id = server.ok("GET", "/api/teams/team/keys", None)["keys"][0]["key_id"].as_str().unwrap().to_owned();
    let states: [(&str, &str, Value, &str, Value); 5] = [
        ("PUT", "/api/model-aliases/fast", json!({"active": false}), "PUT", json!({"active": true})),
        (
            "PUT",
            "/api/model-aliases/gpt-4",
            json!({"visibility": "hidden"}),
            "PUT",
            json!({"visibility": "listed"}),
        ),
        ("PUT", "/api/teams/team", json!({"access_groups": []}), "PUT", json!({"access_groups": ["all"]})),
        ("PUT", "/api/model-access-groups/all", json!({"active": false}), "PUT", json!({"active": true})),
        (
            "PUT",
            "/api/organizations/org/status",
            json!({"status": "suspended"}),
            "PUT",
            json!({"status": "active"}),
        ),
    ];
    for (method, path, close, back, open) in states {
        server.ok(method, path, Some(close));
        for model in ["fast", "gpt-4", "FAST", "fsat", "a/b"] {
            let answer = server.chat(&key, model);
            for who in [format!("key={id}"), "team=team".into()] {
                let told = explain(&server, &format!("{who}&model={}", segment(model)));
                assert_eq!(told["decision"], decided(&answer), "{path} {model}");
                assert_eq!(told["message"], answer.json()["error"]["message"], "{path} {model}");
            }
        }
        server.ok(back, path, Some(open));
    }
}
