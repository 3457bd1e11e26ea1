//! Shadows over HTTP: a part of the calls is copied to another model, whose figures are shown; clients, credits and
//! usage know nothing of it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http;
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup, databases};

const SMART: &str = "/api/model-aliases/smart";
const NEW: &str = "openai/new";

fn started(provider: &Provider, database: Option<String>) -> (Server, String) {
    let server = Setup { upstream: Some(provider.address), database, ..Setup::default() }.start();
    let key = server.onboard(&[("smart", "openai/old")]);
    (server, key)
}

fn shadowed(server: &Server, share: u64) {
    let shadow = json!({"shadow": {"litellm_model": NEW, "share": share}});
    assert_eq!(server.ok("PUT", SMART, Some(shadow))["shadow"]["share"], share);
}

fn call(server: &Server, key: &str, more: Value) -> u16 {
    let mut body = json!({"model": "smart", "messages": [{"role": "user", "content": "hi"}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    server.team(key, "POST", "/v1/chat/completions", Some(&body.to_string())).status
}

/// What is shown of the shadow, when so many copies have ended or were skipped.
fn shadow(server: &Server, ended: u64) -> Value {
    let deadline = Instant::now() + http::PATIENCE;
    loop {
        let told = server.ok("GET", &format!("{SMART}/arms"), None)["shadow"].clone();
        let count = |name: &str| told[name].as_u64().unwrap_or_else(|| panic!("{told}"));
        if count("calls") + count("skipped") >= ended {
            return told;
        }
        assert!(Instant::now() < deadline, "{told}");
        std::thread::yield_now();
    }
}

#[test]
fn copies_of_calls_are_counted_beside_the_target_and_by_nobody_else() {
    for database in databases() {
        let provider = Provider::start();
        let (server, key) = started(&provider, database);
        shadowed(&server, 100);
        for _ in 0..10 {
            assert_eq!(call(&server, &key, json!({})), 200);
        }
        for _ in 0..5 {
            assert_eq!(call(&server, &key, json!({"stream": true})), 200);
        }
        let told = shadow(&server, 15);
        assert_eq!(
            (&told["litellm_model"], &told["calls"], &told["errors"]),
            (&json!(NEW), &json!(15), &json!(0))
        );
        assert!(told["p95_duration_ms"].is_u64() && told["output_tokens_per_call"] == 3, "{told}");
        assert!(told["cost_per_call_usd"].is_number(), "{told}");
        let metrics = server.admin("GET", "/metrics", None).text();
        let complete = r#"alias_shadow_copies_total{alias="smart",outcome="complete"} 15"#;
        // As the provider says: 120,000 nano-USD for an answer, and 500,000 for a stream.
        let cost = r#"alias_shadow_cost_nano_usd_total{alias="smart"} 3700000"#;
        assert!(metrics.contains(complete) && metrics.contains(cost), "{metrics}");
        let arms = server.ok("GET", &format!("{SMART}/arms"), None)["arms"].clone();
        assert_eq!((arms.as_array().unwrap().len(), &arms[0]["calls"]), (1, &json!(15)), "{arms}");
        let copies = provider.seen().iter().filter(|seen| seen.body["model"] == NEW).count();
        assert_eq!(copies, 15);
        // Usage, credits and the books know of 15 calls, at the cost that the target reported.
        let stats = server.wait_for_calls("smart", 15);
        assert_eq!(stats["usage_stats"]["total_calls"], 15);
        // A credit for each call that somebody made.
        let balance = server.ok("GET", "/api/credits/balance?team_id=team", None);
        assert_eq!(balance["credits_used"], 15, "{balance}");
        let report = server.ok("GET", "/api/usage?group_by=model", None);
        assert!(!report.to_string().contains(NEW), "{report}");
        let costs = server.ok("GET", "/api/usage?group_by=team", None);
        assert_eq!(costs["rows"].as_array().unwrap().len(), 1, "nobody else paid for it: {costs}");
        assert_eq!(server.ok("GET", "/api/usage/verify", None)["clean"], true);
        server.ok("PUT", SMART, Some(json!({"shadow": null})));
        provider.set(Mode::Good);
        assert_eq!(call(&server, &key, json!({})), 200);
        assert_eq!(server.ok("GET", &format!("{SMART}/arms"), None)["shadow"], Value::Null);
        assert!(provider.seen().iter().all(|seen| seen.body["model"] != NEW));
    }
}

#[test]
fn a_shadow_that_hangs_or_fails_slows_no_call_and_is_bounded() {
    let provider = Provider::start();
    let (server, key) = started(&provider, None);
    shadowed(&server, 100);
    provider.set(Mode::SlowFor(&[NEW], 4_000));
    let began = Instant::now();
    for _ in 0..100 {
        let sent = Instant::now();
        assert_eq!(call(&server, &key, json!({})), 200);
        assert!(sent.elapsed() < Duration::from_millis(3_900), "a call waited for its copy");
    }
    // One after the other, the calls took less than one copy would have taken each.
    assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
    let told = shadow(&server, 36);
    assert!(told["skipped"].as_u64().unwrap() >= 1, "64 are held at most: {told}");
    assert!(provider.most_at_once() <= 8, "{} at once", provider.most_at_once());
    let (server, key) = started(&provider, None);
    shadowed(&server, 100);
    provider.set(Mode::FailsFor(&[NEW], 500));
    assert!((0..10).all(|n| call(&server, &key, json!({"stream": n % 2 == 0})) == 200));
    let told = shadow(&server, 10);
    assert_eq!((&told["errors"], &told["error_rate"]), (&json!(10), &json!(100)), "{told}");
    assert_eq!(server.wait_for_calls("smart", 10)["usage_stats"]["failed_calls"], 0);
}

#[test]
fn what_cannot_be_asked_twice_is_not_copied_and_a_share_is_a_share() {
    let provider = Provider::start();
    let (server, key) = started(&provider, None);
    shadowed(&server, 100);
    assert_eq!(call(&server, &key, json!({"store": true})), 200);
    let response = json!({"model": "smart", "input": "hi"}).to_string();
    server.team(&key, "POST", "/v1/responses", Some(&response));
    let long = "x".repeat(300 << 10);
    assert_eq!(
        call(&server, &key, json!({"user": "u", "messages": [{"role": "user", "content": long}]})),
        200
    );
    let told = shadow(&server, 1);
    assert_eq!(
        (&told["calls"], &told["skipped"]),
        (&json!(0), &json!(1)),
        "only what is too long had no room: {told}"
    );
    assert!(provider.seen().iter().all(|seen| seen.body["model"] != NEW));
    shadowed(&server, 25);
    for _ in 0..400 {
        assert_eq!(call(&server, &key, json!({})), 200);
    }
    let copied = provider.seen().iter().filter(|seen| seen.body["model"] == NEW).count();
    // Within five standard deviations of 100, and of what is still on its way.
    assert!((50..=150).contains(&copied), "{copied} of 400");
    let vain = json!({"shadow": {"litellm_model": "openai/old", "share": 5}});
    let answer = server.admin("PUT", SMART, Some(vain));
    assert_eq!((answer.status, &answer.json()["errors"][0]["field"]), (422, &json!("shadow")));
}
