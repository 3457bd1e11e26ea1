//! The life of an alias as a team sees it, and what becomes of calls when the provider misbehaves.

use serde_json::{Value, json};

use crate::http::Answer;
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup};

fn started() -> (Provider, Server, String) {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4"), ("fast", "openai/gpt-3.5-turbo")]);
    (provider, server, key)
}

fn models(server: &Server, key: &str) -> Vec<Value> {
    let list = server.team(key, "GET", "/v1/models", None).json();
    list["data"].as_array().unwrap().iter().map(|model| model["id"].clone()).collect()
}

fn refused(answer: &Answer, status: u16, code: &str) {
    let body = answer.json();
    assert_eq!((answer.status, &body["error"]["code"]), (status, &json!(code)), "{body}");
    assert!(body["error"]["message"].is_string() && body["error"]["type"].is_string(), "{body}");
}

#[test]
fn a_switch_a_disable_and_a_delete_hold_on_the_very_next_call() {
    let (provider, server, key) = started();
    for round in 0..30 {
        let model = if round % 2 == 0 { "anthropic/claude-3-opus-20240229" } else { "openai/gpt-4" };
        server.ok("PUT", "/api/model-aliases/smart", Some(json!({"litellm_model": model})));
        let answer = server.chat(&key, "smart");
        assert_eq!((answer.status, &answer.json()["model"]), (200, &json!("smart")));
        assert_eq!(provider.seen().last().unwrap().body["model"], model);
    }
    let asked = provider.seen().len();
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"active": false})));
    refused(&server.chat(&key, "smart"), 403, "model_disabled");
    assert_eq!(models(&server, &key), [json!("fast")]);
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"active": true})));
    assert_eq!(server.chat(&key, "smart").status, 200);
    server.ok("DELETE", "/api/model-aliases/smart", None);
    refused(&server.chat(&key, "smart"), 404, "model_not_found");
    let group = server.ok("GET", "/api/model-access-groups/all", None);
    assert_eq!(group["model_aliases"].as_array().unwrap().len(), 1);
    server.ok(
        "POST",
        "/api/model-aliases/create",
        Some(json!({"alias": "smart", "litellm_model": "openai/gpt-4"})),
    );
    let details = server.ok("GET", "/api/model-aliases/smart", None);
    assert_eq!((&details["access_groups"], &details["teams_with_access"]), (&json!([]), &json!(0)));
    assert_eq!(details["usage_stats"]["total_calls"], 0, "a new alias of an old name counts from zero");
    refused(&server.chat(&key, "smart"), 403, "model_access_denied");
    assert_eq!(provider.seen().len(), asked + 1, "a refused call reached the provider");
}

#[test]
fn a_team_or_organization_that_is_stopped_cannot_call_and_a_revoked_key_neither() {
    let (provider, server, key) = started();
    for (path, body, status, code) in [
        ("/api/teams/team/suspend", json!({"reason": "late"}), 403, "team_suspended"),
        ("/api/teams/team/pause", json!({}), 429, "team_paused"),
    ] {
        server.ok("POST", path, Some(body));
        refused(&server.chat(&key, "smart"), status, code);
        server.ok("POST", "/api/teams/team/resume", None);
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
    server.ok("PUT", "/api/organizations/org/status", Some(json!({"status": "suspended"})));
    refused(&server.chat(&key, "smart"), 403, "team_suspended");
    server.ok("PUT", "/api/organizations/org/status", Some(json!({"status": "active"})));
    let second = server.ok("POST", "/api/teams/team/keys", Some(json!({"name": "second"})));
    let second_key = second["virtual_key"].as_str().unwrap();
    assert_eq!(server.chat(second_key, "smart").status, 200);
    let rotated = server.ok(
        "POST",
        &format!("/api/teams/team/keys/{}/rotate", second["key_id"].as_str().unwrap()),
        None,
    );
    refused(&server.chat(second_key, "smart"), 401, "invalid_api_key");
    let third_key = rotated["virtual_key"].as_str().unwrap();
    assert_eq!(server.chat(third_key, "smart").status, 200);
    server.ok("DELETE", &format!("/api/teams/team/keys/{}", rotated["key_id"].as_str().unwrap()), None);
    refused(&server.chat(third_key, "smart"), 401, "invalid_api_key");
    server.ok("DELETE", "/api/teams/team", None);
    provider.set(Mode::Good);
    refused(&server.chat(&key, "smart"), 401, "invalid_api_key");
    assert!(provider.seen().is_empty());
}

#[test]
fn calls_are_counted_with_their_tokens_and_cost_and_refusals_are_not() {
    let (_provider, server, key) = started();
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(server.chat(&key, "nothing").status, 404);
    let stats = server.wait_for_calls("smart", 2)["usage_stats"].clone();
    assert_eq!(stats["total_calls"], 2);
    assert_eq!(stats["total_cost_usd"], 0.00024);
    assert_eq!(stats["avg_tokens_per_call"], 10);
    assert_eq!(server.wait_for_calls("smart", 2)["usage_count"], 2);
}

#[test]
fn every_fault_of_the_provider_becomes_a_clear_error_in_time() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).impatient().start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let faults = [
        (Mode::Status(500), 502, "upstream_invalid_response"),
        (Mode::Status(401), 502, "provider_authentication_failed"),
        (Mode::Status(429), 429, "upstream_rate_limited"),
        (Mode::Garbage, 502, "upstream_invalid_response"),
        (Mode::Empty, 502, "upstream_invalid_response"),
        (Mode::Html, 502, "upstream_invalid_response"),
        (Mode::Truncated, 502, "upstream_invalid_response"),
        (Mode::Redirect, 502, "upstream_invalid_response"),
        (Mode::Hang, 504, "upstream_timeout"),
    ];
    for (number, (mode, status, code)) in faults.into_iter().enumerate() {
        provider.set(mode);
        let answer = server.chat(&key, "smart");
        refused(&answer, status, code);
        let text = answer.text();
        assert!(
            !text.contains("SECRET") && !text.contains("openai") && !text.contains("gpt-4"),
            "{mode:?}: {text}"
        );
        if status == 429 {
            assert_eq!(answer.header("retry-after"), Some("7"));
        }
        assert_eq!(
            server.wait_for_calls("smart", number as u64 + 1)["usage_stats"]["failed_calls"],
            number + 1
        );
    }
    provider.set(Mode::Reset);
    assert_eq!(server.chat(&key, "smart").status, 502);
    provider.set(Mode::BadHeaders);
    let answer = server.chat(&key, "smart");
    assert_eq!(answer.status, 200);
    for name in ["set-cookie", "x-evil", "access-control-allow-origin", "server"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[test]
fn absurd_usage_breaks_no_statistic() {
    let (provider, server, key) = started();
    let unknown = json!({"litellm_model": "openai/nobody-knows"});
    server.ok("PUT", "/api/model-aliases/smart", Some(unknown));
    let absurd = [
        "null",
        r#"{"prompt_tokens":-5000,"completion_tokens":-5000,"total_tokens":-10000}"#,
        r#"{"prompt_tokens":"NaN","completion_tokens":null,"total_tokens":1e308}"#,
        r#"{"prompt_tokens":4611686018427387904,"completion_tokens":4611686018427387904}"#,
    ];
    for usage in absurd {
        provider.set(Mode::Usage(usage));
        assert_eq!(server.chat(&key, "smart").status, 200, "{usage}");
    }
    let stats = server.wait_for_calls("smart", 4)["usage_stats"].clone();
    assert_eq!(stats["unpriced_calls"], 4, "an unknown cost is not 0: {stats}");
    assert!(stats["avg_tokens_per_call"].as_u64().is_some_and(|tokens| tokens <= 2_000_000_000), "{stats}");
}

fn events(answer: &Answer) -> Vec<Value> {
    let text = answer.text();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap_or_else(|_| json!(data))).collect()
}

fn stream(server: &Server, key: &str, options: Value) -> Answer {
    let mut body = json!({"model": "smart", "stream": true, "messages": [{"role": "user", "content": "hi"}]});
    if !options.is_null() {
        body["stream_options"] = options;
    }
    server.team(key, "POST", "/v1/chat/completions", Some(&body.to_string()))
}

#[test]
fn a_stream_carries_the_alias_and_hides_the_usage_that_nobody_asked_for() {
    let (provider, server, key) = started();
    for (options, asked) in [(Value::Null, false), (json!({"include_usage": true}), true)] {
        let events = events(&stream(&server, &key, options));
        assert_eq!(events.last(), Some(&json!("[DONE]")));
        let chunks = &events[..events.len() - 1];
        assert!(chunks.iter().all(|chunk| chunk["model"] == "smart"), "{chunks:?}");
        let text: String =
            chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
        assert_eq!(text, "Hello there");
        assert_eq!(chunks.iter().any(|chunk| chunk["usage"].is_object()), asked);
        assert_eq!(provider.seen().last().unwrap().body["stream_options"]["include_usage"], true);
    }
    let stats = server.wait_for_calls("smart", 2)["usage_stats"].clone();
    assert_eq!((&stats["avg_tokens_per_call"], &stats["total_cost_usd"]), (&json!(11), &json!(0.001)));
}

#[test]
fn a_stream_that_the_provider_breaks_off_is_visibly_cut() {
    let (provider, server, key) = started();
    for mode in [Mode::StreamCut, Mode::StreamGarbage] {
        provider.set(mode);
        let body = r#"{"model": "smart", "stream": true, "messages": []}"#;
        let request = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            server.address,
            body.len()
        );
        let bytes = crate::http::exchange(server.address, request.as_bytes(), crate::http::PATIENCE).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("\"error\"") && !text.contains("[DONE]"), "{mode:?}: {text}");
    }
    assert_eq!(server.wait_for_calls("smart", 2)["usage_stats"]["failed_calls"], 2);
}

#[test]
fn a_client_that_leaves_cancels_the_provider_and_is_counted() {
    use std::io::{Read, Write};
    let (provider, server, key) = started();
    provider.set(Mode::StreamHeld);
    let body = r#"{"model": "smart", "stream": true, "messages": []}"#;
    let mut client = std::net::TcpStream::connect(server.address).unwrap();
    write!(
        client,
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    )
    .unwrap();
    let mut first = [0; 2048];
    let mut got = Vec::new();
    while !String::from_utf8_lossy(&got).contains("Hel") {
        let read = client.read(&mut first).unwrap();
        assert!(read > 0, "the server closed: {}", String::from_utf8_lossy(&got));
        got.extend_from_slice(&first[..read]);
    }
    drop(client);
    let stats = server.wait_for_calls("smart", 1)["usage_stats"].clone();
    assert_eq!((&stats["total_calls"], &stats["failed_calls"]), (&json!(1), &json!(1)), "{stats}");
    let deadline = std::time::Instant::now() + crate::http::PATIENCE;
    while provider.left() == 0 && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(provider.left(), 1, "the provider was not cancelled");
}

#[test]
fn what_is_listed_is_what_can_be_called_and_a_hidden_alias_does_not_exist() {
    let (_provider, server, key) = started();
    server.ok(
        "POST",
        "/api/model-aliases/create",
        Some(json!({"alias": "a/b", "litellm_model": "openai/gpt-4", "access_groups": ["all"]})),
    );
    let hidden = json!({"alias": "secret", "litellm_model": "openai/gpt-4", "visibility": "hidden"});
    server.ok("POST", "/api/model-aliases/create", Some(hidden));
    assert_eq!(models(&server, &key), [json!("a/b"), json!("fast"), json!("smart")]);
    for path in ["/v1/models/a/b", "/v1/models/a%2Fb", "/v1/models/A%2FB"] {
        assert_eq!(server.team(&key, "GET", path, None).json()["id"], "a/b", "{path}");
    }
    let unknown = server.chat(&key, "nosuch").json().to_string().replace("nosuch", "X");
    let hidden = server.chat(&key, "secret").json().to_string().replace("secret", "X");
    let without_id = |text: &str| text.split("\"request_id\"").next().unwrap().to_owned();
    assert_eq!(without_id(&unknown), without_id(&hidden));
    refused(&server.chat(&key, "smrt"), 404, "model_not_found");
    assert!(server.chat(&key, "smrt").text().contains("Did you mean 'smart'?"));
    refused(&server.team(&key, "GET", "/v1/nowhere", None), 404, "route_not_found");
    refused(&server.chat("sk-nope", "smart"), 401, "invalid_api_key");
}

#[test]
fn a_client_that_leaves_at_any_moment_is_counted_if_the_provider_saw_its_call() {
    use std::io::Write;
    let (provider, server, key) = started();
    let body = r#"{"model": "smart", "messages": []}"#;
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    );
    std::thread::scope(|scope| {
        for client in 0..16_u32 {
            let (request, address) = (&request, server.address);
            scope.spawn(move || {
                for round in 0..40_u32 {
                    let mut stream = std::net::TcpStream::connect(address).unwrap();
                    stream.write_all(request.as_bytes()).unwrap();
                    // Leaves after a moment that differs from client to client and round to round.
                    (0..(client * 37 + round * 101) % 4000).for_each(|spin| {
                        std::hint::black_box(spin);
                    });
                }
            });
        }
    });
    // A last call comes back when the ones before it have come and gone.
    assert_eq!(server.chat(&key, "smart").status, 200);
    let deadline = std::time::Instant::now() + crate::http::PATIENCE;
    let counted = || server.ok("GET", "/api/model-aliases/smart", None)["usage_count"].as_u64().unwrap();
    while counted() != provider.sent() && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(counted(), provider.sent());
}
