//! What passes, and what LiteLLM gets of it.

use serde_json::json;

use super::*;

#[test]
fn a_call_that_names_no_model_is_sent_with_the_one_that_it_goes_to() {
    for endpoint in Endpoint::ALL {
        let mut body = minimal(endpoint);
        body.as_object_mut().unwrap().remove("model");
        let body = body.to_string();
        assert_eq!(read(endpoint, &body).unwrap().model(), None);
        let sent: Value = serde_json::from_str(&written(endpoint, &body)).unwrap();
        assert_eq!(sent["model"], "openai/gpt-4o", "{endpoint}");
    }
    let stream = r#"{"messages":[],"stream":true}"#;
    let sent = written(Endpoint::ChatCompletions, stream);
    assert_eq!(
        sent,
        r#"{"messages":[],"stream":true,"stream_options":{"include_usage":true},"model":"openai/gpt-4o"}"#
    );
    assert_eq!(refused(r#"{"model":null,"messages":[]}"#), is("invalid_value", "model"));
}

#[test]
fn every_endpoint_takes_its_smallest_body_and_sends_the_target_for_the_alias() {
    for endpoint in Endpoint::ALL {
        let body = minimal(endpoint).to_string();
        assert_eq!(read(endpoint, &body).unwrap().model(), Some("smart"));
        let sent = written(endpoint, &body);
        assert_eq!(read(endpoint, &sent).unwrap().model(), Some("openai/gpt-4o"));
        assert_eq!(sent, body.replace("\"smart\"", "\"openai/gpt-4o\""), "{endpoint}");
    }
}

#[test]
fn usage_is_asked_for_on_every_stream_of_chats_and_completions() {
    for endpoint in [Endpoint::ChatCompletions, Endpoint::Completions] {
        for (options, asked, sent) in [
            (json!({}), false, r#""stream_options":{"include_usage":true}"#),
            (json!({"stream_options": null}), false, r#""stream_options":{"include_usage":true}"#),
            (json!({"stream_options": {}}), false, r#""stream_options":{"include_usage":true}"#),
            (
                json!({"stream_options": {"include_usage": false}}),
                false,
                r#""stream_options":{"include_usage":true}"#,
            ),
            (
                json!({"stream_options": {"include_usage": true}}),
                true,
                r#""stream_options":{"include_usage":true}"#,
            ),
            (
                json!({"stream_options": {"include_usage": null, "include_obfuscation": false}}),
                false,
                r#""stream_options":{"include_usage":true,"include_obfuscation":false}"#,
            ),
        ] {
            let mut options = options;
            options["stream"] = json!(true);
            let body = with(endpoint, options);
            let call = read(endpoint, &body).unwrap();
            assert!(call.stream());
            assert_eq!(call.include_usage(), asked, "{body}");
            let out = written(endpoint, &body);
            assert_eq!(out.matches("stream_options").count(), 1, "{out}");
            assert!(out.contains(sent), "{out}");
            assert!(read(endpoint, &out).unwrap().include_usage());
        }
    }
    assert!(!written(Endpoint::ChatCompletions, &chat(json!({"stream": false}))).contains("stream_options"));
    let body = with(Endpoint::Messages, json!({"stream": true}));
    assert!(!written(Endpoint::Messages, &body).contains("stream_options"));
    let body =
        with(Endpoint::Responses, json!({"stream": true, "stream_options": {"include_obfuscation": false}}));
    assert!(
        written(Endpoint::Responses, &body).contains(r#""stream_options":{"include_obfuscation":false}"#)
    );
}

#[test]
fn what_is_only_passed_on_stays_the_same_bytes_in_the_same_order() {
    let body = "\r\n{ \"temperature\" : 0.70 , \"messages\":[ {\"role\":\"user\",\"role\":\"x\", \"content\":\"\\u0041 é\\/\"} ],\n \
                \"model\":\"smart\",\"response_format\":{\"a\" : 1E2},\"stream\":true }";
    assert_eq!(
        written(Endpoint::ChatCompletions, body),
        "{\"temperature\":0.70,\"messages\":[ {\"role\":\"user\",\"role\":\"x\", \"content\":\"\\u0041 é\\/\"} ],\
         \"model\":\"openai/gpt-4o\",\"response_format\":{\"a\" : 1E2},\"stream\":true,\
         \"stream_options\":{\"include_usage\":true}}"
    );
}

#[test]
fn what_the_sdks_usually_send_passes() {
    for (endpoint, fields) in [
        (
            Endpoint::ChatCompletions,
            json!({
                "frequency_penalty": 0, "logit_bias": {}, "logprobs": true, "max_completion_tokens": 100, "max_tokens": 100,
                "metadata": {"purpose": "test"}, "modalities": ["text"], "n": 1, "parallel_tool_calls": true,
                "prediction": {"type": "content", "content": ""}, "presence_penalty": 0, "prompt_cache_key": "k",
                "reasoning_effort": "low", "response_format": {"type": "json_object"}, "safety_identifier": "s", "seed": 1,
                "service_tier": "auto", "stop": ["\n"], "store": false, "stream": true,
                "stream_options": {"include_usage": true}, "temperature": 0.7, "tool_choice": "auto", "top_logprobs": 2,
                "top_p": 1, "user": "u", "verbosity": "low", "web_search_options": {}, "top_k": 40, "min_p": 0.1,
                "repetition_penalty": 1.1, "thinking": {"type": "enabled", "budget_tokens": 1024}, "safety_settings": [],
            }),
        ),
        (
            Endpoint::Completions,
            json!({"best_of": 1, "echo": false, "logprobs": 1, "max_tokens": 5, "n": 1, "suffix": ""}),
        ),
        (
            Endpoint::Embeddings,
            json!({"dimensions": 256, "encoding_format": "base64", "user": "u", "input": ["a", "b"]}),
        ),
        (
            Endpoint::Responses,
            json!({
                "input": [{"role": "user", "content": "hi"}], "instructions": "i", "max_output_tokens": 10, "store": true,
                "previous_response_id": "resp_1", "prompt": {"id": "pmpt_1"}, "reasoning": {"effort": "low"},
                "text": {"format": {"type": "text"}}, "truncation": "auto", "include": [], "service_tier": "auto",
                "background": false, "stream": false,
            }),
        ),
        (
            Endpoint::Messages,
            json!({
                "system": "s", "stop_sequences": ["x"], "stream": true, "temperature": 1.0, "top_k": 5, "top_p": 0.9,
                "thinking": {"type": "enabled", "budget_tokens": 1024}, "tool_choice": {"type": "auto"},
                "metadata": {"user_id": "u"},
            }),
        ),
        (
            Endpoint::ImagesGenerations,
            json!({"n": 2, "size": "auto", "quality": "high", "background": "transparent"}),
        ),
        (Endpoint::Moderations, json!({"input": [{"type": "text", "text": "x"}]})),
        (
            Endpoint::Rerank,
            json!({"top_n": 1, "return_documents": true, "documents": [{"text": "a"}], "rank_fields": ["text"]}),
        ),
    ] {
        let body = with(endpoint, fields);
        assert!(read(endpoint, &body).is_ok(), "{endpoint}: {:?}", read(endpoint, &body));
    }
}

#[test]
fn debug_shows_no_content() {
    let body = chat(json!({"user": "secret-user"}));
    let shown = format!("{:?}", read(Endpoint::ChatCompletions, &body).unwrap());
    assert!(
        shown.contains("\"messages\"") && !shown.contains("secret-user") && !shown.contains("hi"),
        "{shown}"
    );
}

#[test]
fn the_operators_extra_fields_pass_on_every_endpoint() {
    let extra = ExtraFields::new(["dry_multiplier"]).unwrap();
    for endpoint in Endpoint::ALL {
        let body = with(endpoint, json!({"dry_multiplier": {"a": [1]}}));
        let sent = CallBody::parse(endpoint, body.as_bytes(), &extra).unwrap().write_for(&target());
        assert!(String::from_utf8(sent).unwrap().contains(r#""dry_multiplier":{"a":[1]}"#), "{endpoint}");
        assert!(CallBody::parse(endpoint, body.as_bytes(), &ExtraFields::default()).is_err());
    }
}

#[test]
fn null_stands_for_nothing_where_a_field_is_optional() {
    let body = chat(json!({
        "stream": null, "stream_options": null, "metadata": null, "tools": null, "functions": null, "max_tokens": null,
        "max_completion_tokens": null, "n": null,
    }));
    let read = read(Endpoint::ChatCompletions, &body).unwrap();
    assert!(!read.stream() && !read.include_usage());
}
