//! The Test button: a real call at the house's cost, and what to check where it fails.

use serde_json::{Value, json};

use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup};

fn test(server: &Server, alias: &str, body: Option<Value>) -> Value {
    server.ok("POST", &format!("/api/model-aliases/{alias}/test"), body)
}

#[test]
fn a_test_is_a_real_call_that_no_team_pays_and_that_is_on_record() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    server.onboard(&[("fast", "openai/gpt-3.5-turbo")]);
    let balance = || server.ok("GET", "/api/credits/balance?team_id=team", None)["credits_used"].take();
    let before = balance();
    let told = test(&server, "fast", None);
    assert_eq!(
        (&told["ok"], &told["reply"], &told["error"]),
        (&json!(true), &json!("Hello there"), &Value::Null)
    );
    assert_eq!((&told["alias"], &told["litellm_model"]), (&json!("fast"), &json!("openai/gpt-3.5-turbo")));
    assert_eq!(told["usage"], json!({"prompt_tokens": 7, "completion_tokens": 4, "total_tokens": 11}));
    assert_eq!(told["cost_usd"], json!(0.0005));
    assert!(told["first_token_ms"].as_u64().unwrap() <= told["latency_ms"].as_u64().unwrap(), "{told}");
    let seen = provider.seen().pop().unwrap();
    assert_eq!(
        (&seen.body["model"], &seen.body["max_tokens"]),
        (&json!("openai/gpt-3.5-turbo"), &json!(256))
    );
    // It counts as every call does: for the alias, for nobody's credits, and for nobody's charge.
    let alias = server.ok("GET", "/api/model-aliases/fast", None);
    assert_eq!((&alias["usage_count"], &alias["usage_stats"]["total_billed_usd"]), (&json!(1), &json!(0)));
    assert_eq!(balance(), before);
    let usage = server.ok("GET", "/api/usage?group_by=team", None);
    assert!(usage.to_string().contains("alias-server"), "{usage}");
    let log = server.ok("GET", "/api/audit?action=alias.test", None);
    let entry = &log["records"][0];
    assert_eq!((&entry["name"], &entry["diff"]["ok"]["to"]), (&json!("fast"), &json!(true)));
    assert!(!log.to_string().contains("Hello there"));
    let books = server.ok("GET", "/api/usage/verify", None);
    assert_eq!(books["clean"], true, "{books}");
}

#[test]
fn a_target_is_tested_before_it_is_saved_and_an_alias_before_it_is_enabled() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("fast", "openai/gpt-3.5-turbo")]);
    let body = json!({"litellm_model": "anthropic/claude-3-haiku-20240307", "prompt": "Say hello."});
    let told = test(&server, "fast", Some(body.clone()));
    assert_eq!((&told["ok"], &told["litellm_model"]), (&json!(true), &body["litellm_model"]));
    let seen = provider.seen().pop().unwrap().body;
    assert_eq!((&seen["model"], &seen["messages"][0]["content"]), (&body["litellm_model"], &body["prompt"]));
    assert_eq!(server.ok("GET", "/api/model-aliases/fast", None)["litellm_model"], "openai/gpt-3.5-turbo");
    assert_eq!(test(&server, "not-there-yet", Some(body))["ok"], true);
    server.ok("POST", "/api/model-aliases/fast/disable", None);
    assert_eq!(test(&server, "fast", None)["ok"], true);
    assert_eq!(server.chat(&key, "fast").status, 403);
    let refuse = |alias: &str, body: Value| {
        let answer = server.admin("POST", &format!("/api/model-aliases/{alias}/test"), Some(body));
        (answer.status, answer.text())
    };
    assert_eq!(refuse("nothing", json!({})).0, 404);
    for (body, field) in [
        (json!({"litellm_model": "gpt-4"}), "litellm_model"),
        (json!({"prompt": "x".repeat(2_001)}), "prompt"),
        (json!({"model": "openai/gpt-4"}), "model"),
    ] {
        let (status, text) = refuse("fast", body);
        assert!(status == 422 && text.contains(&format!("\"field\":\"{field}\"")), "{text}");
    }
    let team = json!({"organization_id": "org", "team_id": "alias-server"});
    assert_eq!(server.admin("POST", "/api/teams/create", Some(team)).status, 422);
}

#[test]
fn a_failure_is_told_with_its_code_and_with_what_to_check_and_never_in_the_providers_words() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    server.onboard(&[("fast", "openai/gpt-3.5-turbo")]);
    for (mode, code, hint) in [
        (Mode::Status(401), "provider_authentication_failed", "has the credentials of the provider"),
        (Mode::Status(404), "upstream_invalid_response", "model_list has openai/gpt-3.5-turbo"),
        (Mode::Status(429), "upstream_rate_limited", "later"),
        (Mode::Html, "upstream_invalid_response", "ask LiteLLM directly: curl"),
        (Mode::StreamCut, "upstream_invalid_response", "model_list"),
    ] {
        provider.set(mode);
        let told = test(&server, "fast", None);
        assert_eq!((&told["ok"], &told["error"]["code"]), (&json!(false), &json!(code)), "{told}");
        assert!(told["error"]["hint"].as_str().unwrap().contains(hint), "{told}");
        assert!(told["call_id"].is_string() && told["reply"].is_null(), "{told}");
        assert!(!told.to_string().contains("SECRET"), "{told}");
    }
    assert_eq!(server.ok("GET", "/api/model-aliases/fast", None)["usage_stats"]["failed_calls"], 5);
    let nobody = Setup::upstream("127.0.0.1:9".parse().unwrap()).start();
    nobody.onboard(&[("fast", "openai/gpt-3.5-turbo")]);
    let told = test(&nobody, "fast", None);
    assert_eq!((&told["error"]["code"], &told["call_id"]), (&json!("upstream_unreachable"), &Value::Null));
    assert!(told["error"]["hint"].as_str().unwrap().contains("ALIAS_UPSTREAM_URL"), "{told}");
}
