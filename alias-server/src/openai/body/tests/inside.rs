//! The fields that are read to their inside: metadata, tools, options of streams.

use serde_json::json;

use super::*;

#[test]
fn metadata_is_a_flat_map_of_strings_within_openais_limits() {
    let many: serde_json::Map<_, _> = (0..17).map(|n| (format!("k{n}"), json!("v"))).collect();
    for (metadata, about) in [
        (json!(many), "metadata"),
        (json!({"a": 1}), "metadata.a"),
        (json!({"a": {"api_base": "x"}}), "metadata.a"),
        (json!({"a": null}), "metadata.a"),
        (json!({"a": "v".repeat(513)}), "metadata.a"),
        (json!({"api_base": "http://127.0.0.1:1"}), "metadata.api_base"),
        (json!({"langfuse_host": "http://127.0.0.1:1"}), "metadata.langfuse_host"),
        (json!({"user_api_key_team_id": "other"}), "metadata.user_api_key_team_id"),
    ] {
        assert_eq!(refused(&chat(json!({ "metadata": metadata }))), is("invalid_value", about));
    }
    let (code, _) = refused(&chat(json!({"metadata": {"k".repeat(65): "v"}})));
    assert_eq!(code, "invalid_value");
    let twice = r#"{"model": "smart", "messages": [], "metadata": {"a": "1", "\u0061": "2"}}"#;
    assert_eq!(refused(twice), is("invalid_value", "metadata"));
    let full: serde_json::Map<_, _> = (0..16).map(|n| (format!("k{n}"), json!("ü".repeat(512)))).collect();
    assert!(read(Endpoint::ChatCompletions, &chat(json!({ "metadata": full }))).is_ok());
    let body = with(Endpoint::Messages, json!({"metadata": {"user_id": "u-1"}}));
    assert!(read(Endpoint::Messages, &body).is_ok());
}

#[test]
fn tools_hold_the_members_of_their_dialect_only() {
    for (endpoint, tools) in [
        (
            Endpoint::ChatCompletions,
            json!([
                {"type": "function", "function": {"name": "f", "description": "d", "strict": true, "parameters": {"api_base": {}}}},
                {"type": "custom", "custom": {"name": "c", "description": "d", "format": {"type": "text"}}},
            ]),
        ),
        (
            Endpoint::Responses,
            json!([
                {"type": "function", "name": "f", "parameters": {}, "strict": true},
                {"type": "web_search", "user_location": {"type": "approximate"}, "search_context_size": "low"},
                {"type": "file_search", "vector_store_ids": ["vs_1"], "max_num_results": 3},
                {"type": "code_interpreter", "container": {"type": "auto"}},
                {"type": "image_generation", "quality": "high", "size": "auto"},
                {"type": "namespace", "name": "n", "description": "d", "tools": [{"type": "function", "name": "g"}]},
            ]),
        ),
        (
            Endpoint::Messages,
            json!([
                {"name": "f", "description": "d", "input_schema": {"type": "object"}, "cache_control": {"type": "ephemeral"}},
                {"type": "web_search_20250305", "name": "web_search", "max_uses": 3, "allowed_domains": ["a.example"]},
                {"type": "bash_20250124", "name": "bash"},
            ]),
        ),
    ] {
        let body = with(endpoint, json!({"tools": tools}));
        assert!(written(endpoint, &body).contains(&format!(r#""tools":{tools}"#)), "{endpoint}");
        for name in ["api_base", "litellm_params", "server_url", "authorization", "headers", "model"] {
            let mut evil = tools.clone();
            evil[1][name] = json!("http://127.0.0.1:1");
            let (code, param, _) = refusal_of(endpoint, with(endpoint, json!({"tools": evil})).as_bytes());
            assert_eq!(
                (code.as_str(), param),
                ("unknown_parameter", format!("tools[1].{name}")),
                "{endpoint}"
            );
        }
    }
}

#[test]
fn tools_hide_nothing_further_down() {
    for (endpoint, fields, about) in [
        (
            Endpoint::ChatCompletions,
            json!({"tools": [{"type": "function", "function": {"name": "f", "api_base": "x"}}]}),
            "tools[0].function.api_base",
        ),
        (
            Endpoint::ChatCompletions,
            json!({"functions": [{"name": "f"}, {"name": "g", "url": "x"}]}),
            "functions[1].url",
        ),
        (
            Endpoint::Responses,
            json!({"tools": [{"type": "namespace", "tools": [{"type": "function", "server_url": "x"}]}]}),
            "tools[0].tools[0].server_url",
        ),
    ] {
        let (code, param, _) = refusal_of(endpoint, with(endpoint, fields).as_bytes());
        assert_eq!((code.as_str(), param.as_str()), ("unknown_parameter", about));
    }
    assert_eq!(refused(&chat(json!({"tools": [1]}))), is("invalid_value", "tools[0]"));
    assert_eq!(refused(&chat(json!({"tools": [{}, {"type": 1}]}))), is("invalid_value", "tools[1].type"));
    assert_eq!(refused(&chat(json!({"tools": vec![json!({}); 1025]}))), is("invalid_value", "tools"));
    for twice in
        [r#"{"type": "function", "typ\u0065": "mcp"}"#, r#"{"function": {"name": "a", "name": "b"}}"#]
    {
        let body = format!(r#"{{"model": "smart", "messages": [], "tools": [{twice}]}}"#);
        assert_eq!(refused(&body).0, "invalid_value");
    }
}

#[test]
fn remote_mcp_servers_are_refused_with_the_reason() {
    for kind in ["mcp", "MCP", "mcp_toolset", "m\u{63}p"] {
        for endpoint in [Endpoint::ChatCompletions, Endpoint::Responses, Endpoint::Messages] {
            let body = with(
                endpoint,
                json!({"tools": [{"type": kind, "name": "x", "server_url": "http://127.0.0.1:1"}]}),
            );
            assert!(read(endpoint, &body).is_err());
            let body = with(endpoint, json!({"tools": [{"type": kind}]}));
            let (code, param, message) = refusal_of(endpoint, body.as_bytes());
            assert_eq!((code.as_str(), param.as_str()), ("invalid_value", "tools[0].type"));
            assert!(message.contains("remote MCP server"), "{message}");
        }
    }
}

#[test]
fn stream_options_are_for_streams_and_hold_nothing_else() {
    assert_eq!(refused(&chat(json!({"stream_options": {}}))), is("invalid_value", "stream_options"));
    let body = chat(json!({"stream": true, "stream_options": {"api_base": "http://127.0.0.1:1"}}));
    assert_eq!(refused(&body), is("unknown_parameter", "stream_options.api_base"));
    let body = chat(json!({"stream": true, "stream_options": {"include_usage": "yes"}}));
    assert_eq!(refused(&body), is("invalid_value", "stream_options.include_usage"));
    let body = r#"{"model": "smart", "messages": [], "stream": true,
        "stream_options": {"include_usage": true, "include_us\u0061ge": false}}"#;
    assert_eq!(refused(body), is("invalid_value", "stream_options.include_usage"));
}
