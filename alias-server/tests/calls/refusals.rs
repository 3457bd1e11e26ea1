//! What is refused before anything is sent: nothing of it reaches the provider, and no call is counted.

use alias_core::testing::{id, key};

use crate::service::Service;

#[actix_web::test]
async fn a_refused_call_is_told_why_and_leaves_no_trace_but_a_count() {
    let service = Service::start().await;
    let chat = |model: &str| format!(r#"{{"model":"{model}","messages":[]}}"#);
    for (model, status, code, message) in [
        ("smrt", 404, "model_not_found", "Model 'smrt' not found. Did you mean 'smart'?"),
        ("openai/gpt-4", 404, "model_not_found", "Model 'openai/gpt-4' not found."),
        ("other", 403, "model_access_denied", "Team does not have access to model 'other'"),
        ("off", 403, "model_disabled", "Model 'off' is disabled."),
    ] {
        let got = service.post("/v1/chat/completions", &[], &chat(model)).await;
        assert_eq!((got.status, got.code().as_str()), (status, code), "{got:?}");
        let error = &got.json()["error"];
        assert!(error["message"].as_str().unwrap().starts_with(message), "{error}");
        assert_eq!((&error["param"], &error["available_models"][1]), (&"model".into(), &"smart".into()));
    }
    let wrong = format!("Bearer {}", key(2).expose());
    for header in ["Bearer sk-wrong", "Basic abc", "", wrong.as_str()] {
        let got = service.post("/v1/chat/completions", &[("authorization", header)], &chat("smart")).await;
        assert_eq!((got.status, got.code().as_str()), (401, "invalid_api_key"));
        assert_eq!(got.header("www-authenticate"), Some("Bearer realm=\"alias-server\""));
    }
    let long = format!(r#"{{"model":"smart","messages":[],"user":"{}"}}"#, "x".repeat(70_000));
    assert_eq!(service.post("/v1/chat/completions", &[], &long).await.code(), "request_too_large");
    assert_eq!(service.post("/v1/chat/completions", &[], "{").await.code(), "malformed_json");
    assert_eq!(service.chat(r#","api_base":"http://evil""#).await.code(), "unknown_parameter");
    let two = [("authorization", wrong.as_str()), ("authorization", wrong.as_str())];
    assert_eq!(service.post("/v1/chat/completions", &two, &chat("smart")).await.status, 401);

    assert_eq!((service.provider.connections(), service.events()), (0, 0));
    let mut denied: Vec<_> = service.plane.take_denials().iter().map(|d| (d.alias_id, d.count)).collect();
    denied.sort_unstable();
    assert_eq!(denied, [(id(3), 1), (id(4), 1)]);
}

#[actix_web::test]
async fn a_client_that_has_seen_a_newer_catalogue_never_gets_the_older_answer() {
    let service = Service::start().await;
    let got = service.get("/v1/models", &[("x-alias-min-revision", "43")]).await;
    assert_eq!((got.status, got.code().as_str()), (503, "replica_behind"));
    assert_eq!(service.get("/v1/models", &[("x-alias-min-revision", "42")]).await.status, 200);
    assert_eq!(service.get("/v1/models", &[("x-alias-min-revision", "new")]).await.code(), "invalid_value");
}

#[actix_web::test]
async fn what_is_listed_can_be_called_and_nothing_else_is_listed() {
    let service = Service::start().await;
    let got = service.get("/v1/models", &[]).await.json();
    let names: Vec<_> =
        got["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap()).collect();
    assert_eq!(names, ["org/priced", "smart"]);
    assert_eq!(
        got["data"][1],
        serde_json::json!({ "id": "smart", "object": "model", "created": 1_700_000_000, "owned_by": "org_newclient" })
    );
    for path in ["/v1/models/org/priced", "/v1/models/org%2Fpriced", "/v1/models/SMART"] {
        assert_eq!(service.get(path, &[]).await.status, 200, "{path}");
    }
    for (name, status) in [("smrt", 404), ("off", 404), ("other", 403)] {
        let got = service.get(&format!("/v1/models/{name}"), &[]).await;
        assert_eq!((got.status, got.json()["error"]["param"].as_str()), (status, Some("model")), "{name}");
    }
    assert_eq!(service.get("/v1/models", &[("authorization", "")]).await.code(), "invalid_api_key");
}
