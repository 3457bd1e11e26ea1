//! Fields that are unknown, missing or of the wrong type.

use serde_json::{Value, json};

use super::*;

#[test]
fn a_call_without_what_its_endpoint_needs_is_told_what_is_missing() {
    for endpoint in Endpoint::ALL {
        for name in crate::openai::fields::required(endpoint) {
            let mut body = minimal(endpoint);
            body.as_object_mut().unwrap().remove(*name);
            let (code, param, _) = refusal_of(endpoint, body.to_string().as_bytes());
            assert_eq!((code.as_str(), param.as_str()), ("missing_required_parameter", *name), "{endpoint}");
            body[name] = Value::Null;
            let (code, param, _) = refusal_of(endpoint, body.to_string().as_bytes());
            assert_eq!((code.as_str(), param.as_str()), ("invalid_value", *name), "{endpoint}");
        }
    }
}

#[test]
fn nothing_that_steers_litellm_passes_on_any_endpoint() {
    for endpoint in Endpoint::ALL {
        for name in [
            "api_base",
            "base_url",
            "api_key",
            "api_version",
            "user_config",
            "fallbacks",
            "context_window_fallbacks",
            "mock_response",
            "mock_tool_calls",
            "mock_timeout",
            "litellm_params",
            "litellm_metadata",
            "litellm_session_id",
            "extra_headers",
            "extra_body",
            "extra_query",
            "headers",
            "model_list",
            "custom_llm_provider",
            "vertex_credentials",
            "vertex_project",
            "vertex_ai_credentials",
            "aws_access_key_id",
            "aws_role_name",
            "aws_bedrock_runtime_endpoint",
            "azure_ad_token",
            "timeout",
            "request_timeout",
            "no-log",
            "guardrails",
            "caching",
            "cache",
            "tags",
            "num_retries",
            "max_retries",
            "drop_params",
            "allowed_openai_params",
            "deployment_id",
            "organization",
            "langfuse_host",
            "input_cost_per_token",
            "router_settings_override",
            "model_info",
            "ssl_verify",
            "mcp_servers",
            "models",
            "provider",
            "workspace_id",
            "Model",
            "MODEL ",
        ] {
            let body = with(endpoint, json!({ name: "evil" }));
            let (code, param, message) = refusal_of(endpoint, body.as_bytes());
            assert_eq!((code.as_str(), param.as_str()), ("unknown_parameter", name), "{endpoint}");
            assert!(message.contains(name), "{message}");
        }
    }
}

#[test]
fn a_mistyped_field_is_met_with_the_right_name() {
    let (.., message) = refusal_of(Endpoint::ChatCompletions, chat(json!({"temprature": 1})).as_bytes());
    assert!(message.contains("Unknown parameter: 'temprature'. Did you mean 'temperature'?"), "{message}");
    let (.., message) = refusal_of(Endpoint::ChatCompletions, chat(json!({"api_base": 1})).as_bytes());
    assert!(message.contains("steers the gateway"), "{message}");
    for (name, allowable) in [("dry_multiplier", true), ("timeout", false), ("a b", false)] {
        let (.., message) = refusal_of(Endpoint::ChatCompletions, chat(json!({ name: 1 })).as_bytes());
        assert_eq!(message.contains("extra_fields"), allowable, "{message}");
    }
    let (code, param, _) =
        refusal_of(Endpoint::ChatCompletions, chat(json!({"x".repeat(100_000): 1})).as_bytes());
    assert_eq!((code.as_str(), param.len()), ("unknown_parameter", 64));
}

#[test]
fn a_field_that_is_read_has_its_type() {
    for (field, values) in [
        ("model", vec![json!(4), json!(["smart"]), json!({}), json!(true), json!("")]),
        ("messages", vec![json!("hi"), json!({}), json!(1)]),
        ("stream", vec![json!("true"), json!(1), json!([])]),
        ("stream_options", vec![json!([]), json!("x"), json!(true)]),
        ("metadata", vec![json!([]), json!("x"), json!({"a\u{0}": {}})]),
        ("tools", vec![json!({}), json!("x"), json!(1)]),
        ("functions", vec![json!({}), json!("x")]),
        ("max_tokens", vec![json!(0), json!(-1), json!(1.5), json!("10"), json!(1_000_000_001), json!([1])]),
        ("max_completion_tokens", vec![json!(0), json!(true)]),
        ("n", vec![json!(0), json!(129), json!("1"), json!(1.0)]),
    ] {
        for value in values {
            let (code, param) = refused(&chat(json!({"stream": true, field: value})));
            assert_eq!(code, "invalid_value", "{field}: {value}");
            assert!(param.starts_with(field), "{param}");
        }
    }
    for (endpoint, field, value) in [
        (Endpoint::Responses, "input", json!({})),
        (Endpoint::Responses, "max_output_tokens", json!(0)),
        (Endpoint::Responses, "background", json!(true)),
        (Endpoint::Embeddings, "input", json!(1)),
        (Endpoint::Moderations, "input", json!(false)),
        (Endpoint::Messages, "messages", json!("hi")),
        (Endpoint::Messages, "max_tokens", json!("16")),
        (Endpoint::Completions, "prompt", json!({})),
        (Endpoint::Completions, "best_of", json!(1000)),
        (Endpoint::ImagesGenerations, "prompt", json!(["a"])),
        (Endpoint::Rerank, "query", json!(["a"])),
        (Endpoint::Rerank, "documents", json!("a")),
    ] {
        let (code, param, _) = refusal_of(endpoint, with(endpoint, json!({ field: value })).as_bytes());
        assert_eq!((code.as_str(), param.as_str()), ("invalid_value", field), "{endpoint}");
    }
}

#[test]
fn huge_numbers_are_refused_where_they_are_read_and_passed_on_where_not() {
    for number in ["99999999999999999999999999", "1e400", "-0", "1e2", "18446744073709551616"] {
        let body = format!(r#"{{"model": "smart", "messages": [], "max_tokens": {number}}}"#);
        assert_eq!(refused(&body), is("invalid_value", "max_tokens"), "{number}");
        let body = format!(r#"{{"model": "smart", "messages": [{number}], "seed": {number}}}"#);
        assert!(written(Endpoint::ChatCompletions, &body).contains(&format!(r#""seed":{number}"#)));
    }
}
