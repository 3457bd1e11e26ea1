//! What of an answer reaches the client, and what is read in it.

use super::*;
use alias_core::testing::id;
use serde_json::Value;

fn rewrite(endpoint: Endpoint, hide_usage: bool, json: &str) -> (Result<Seen, String>, String, Rewriter) {
    let mut rewriter =
        Rewriter::new(endpoint, &"smart".parse().unwrap(), hide_usage, id(7), ProviderIds::of_team(1));
    let mut out = b"before ".to_vec();
    let seen = rewriter.object(json.as_bytes(), &mut out).map_err(|why| why.to_string());
    let out = String::from_utf8(out).unwrap();
    (seen, out.strip_prefix("before ").unwrap().to_owned(), rewriter)
}

#[test]
fn the_alias_stands_for_the_model_and_nothing_names_the_provider() {
    let json = r#"{"id":"x", "mod\u0065l":"gpt-4-0613","provider":"OpenAI","_hidden_params":{"api_base":"h"},
        "litellm_x":1,"litellmMeta":1,"x_litellm_y":2,"vertex_ai_safety_results":[],
        "provider_specific_fields":{"a":1},"choices":[ {"a":"\u00e9"} ],"system_fingerprint":"fp"}"#;
    let (seen, out, _) = rewrite(Endpoint::ChatCompletions, false, json);
    assert_eq!(out, r#"{"id":"x","model":"smart","choices":[ {"a":"\u00e9"} ],"system_fingerprint":"fp"}"#);
    assert_eq!(seen.unwrap(), Seen::default());
}

#[test]
fn nothing_names_the_provider_or_its_price_further_within() {
    let json = r#"{"choices":[ {"index":0,"message":{"content":"provider_specific_fields","provider_specific_fields":{"x":[1]},
        "tool_calls":[{"id":"t","provider_specific_fields":null}]},"logprob":-0.10000000000000000001} ,null],
        "usage":{"prompt_tokens":7, "cost":0.00012,"cost_details":{"upstream_inference_cost":null},"completion_tokens":3}}"#;
    let (_, out, rewriter) = rewrite(Endpoint::ChatCompletions, false, json);
    assert_eq!(
        out,
        r#"{"choices":[{"index":0,"message":{"content":"provider_specific_fields","tool_calls":[{"id":"t"}]},"logprob":-0.10000000000000000001},null],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#
    );
    assert_eq!(rewriter.reported().cost().unwrap().nanos(), 120_000);
    let json =
        r#"{"type":"response.completed","response":{"model":"m","usage":{"cost":1,"input_tokens":2}}}"#;
    let (_, out, _) = rewrite(Endpoint::Responses, false, json);
    assert!(out.ends_with(r#""usage":{"input_tokens":2}}}"#), "{out}");
}

#[test]
fn nothing_names_the_provider_within_the_answers_of_other_dialects() {
    let fields = r#""provider_specific_fields":{"citation":"vertex"}"#;
    for (endpoint, json, expected) in [
        (
            Endpoint::Responses,
            r#"{"output":[{"type":"function_call","arguments":"{}",FIELDS},{"content":[{"text":"a",FIELDS}]}]}"#,
            r#"{"output":[{"type":"function_call","arguments":"{}"},{"content":[{"text":"a"}]}]}"#,
        ),
        (
            Endpoint::Responses,
            r#"{"type":"response.output_item.done","item":{"id":"fc_1",FIELDS}}"#,
            r#"{"type":"response.output_item.done","item":{"id":"fc_1"}}"#,
        ),
        (
            Endpoint::Responses,
            r#"{"type":"response.content_part.done","part":{FIELDS,"text":"a"}}"#,
            r#"{"type":"response.content_part.done","part":{"text":"a"}}"#,
        ),
        (
            Endpoint::Responses,
            r#"{"type":"response.completed","response":{"output":[{FIELDS}],FIELDS}}"#,
            r#"{"type":"response.completed","response":{"output":[{}]}}"#,
        ),
        (
            Endpoint::Messages,
            r#"{"content":[{"type":"tool_use","input":{FIELDS},FIELDS}]}"#,
            r#"{"content":[{"type":"tool_use","input":{FIELDS}}]}"#,
        ),
        (
            Endpoint::Messages,
            r#"{"type":"content_block_start","content_block":{"type":"text","text":"",FIELDS}}"#,
            r#"{"type":"content_block_start","content_block":{"type":"text","text":""}}"#,
        ),
        (
            Endpoint::Messages,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn",FIELDS}}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#,
        ),
    ] {
        let with = |json: &str| json.replace("FIELDS", fields);
        let (seen, out, _) = rewrite(endpoint, false, &with(json));
        assert!(seen.is_ok());
        assert_eq!(out, with(expected));
    }
}

#[test]
fn ids_of_responses_are_sealed_in_the_answer_and_in_every_event_the_same() {
    let id = "resp_bGl0ZWxsbTpjdXN0b21fbGxtX3Byb3ZpZGVyOm9wZW5haQ==";
    let plain = r#"{"id":"ID","object":"response","previous_response_id":"ID","output":[{"id":"msg_1"}]}"#;
    let mut shown = Vec::new();
    for json in [
        plain.to_owned(),
        r#"{"type":"response.created","response":{"id":"ID","previous_response_id":null}}"#.into(),
        format!(r#"{{"type":"response.completed","response":{plain}}}"#),
    ] {
        let (_, out, _) = rewrite(Endpoint::Responses, false, &json.replace("ID", id));
        assert!(!out.contains("bGl0ZWxsb"), "{out}");
        let out: Value = serde_json::from_str(&out).unwrap();
        let response = out.get("response").unwrap_or(&out);
        shown.extend(
            [&response["id"], &response["previous_response_id"]].map(|id| id.as_str().map(str::to_owned)),
        );
        assert!(response.get("output").is_none_or(|output| output[0]["id"] == "msg_1"));
    }
    let first = shown[0].clone();
    assert!(first.as_ref().unwrap().starts_with("resp_"));
    assert_eq!(shown, [first.clone(), first.clone(), first.clone(), None, first.clone(), first]);
}

#[test]
fn containers_are_sealed_in_outputs_events_and_tools() {
    for json in [
        r#"{"output":[{"container_id":"cntr_RAW"}],"tools":[{"container":"cntr_RAW"}]}"#,
        r#"{"type":"response.output_item.done","item":{"container_id":"cntr_RAW"}}"#,
        r#"{"type":"response.output_text.annotation.added","annotation":{"container_id":"cntr_RAW"}}"#,
        r#"{"type":"response.content_part.done","part":{"annotations":[{"container_id":"cntr_RAW"}]}}"#,
    ] {
        let (seen, out, _) = rewrite(Endpoint::Responses, false, json);
        assert!(seen.is_ok() && !out.contains("RAW") && out.contains("cntr_"), "{out}");
    }
}

#[test]
fn a_message_has_an_id_of_ours_and_its_tools_keep_theirs() {
    let ours = format!("msg_{}", id::<alias_core::usage::CallKind>(7).uuid().as_simple());
    let plain =
        r#"{"id":"msg_vrtx_01X","type":"message","content":[{"type":"tool_use","id":"toolu_vrtx_1"}]}"#;
    let (_, out, _) = rewrite(Endpoint::Messages, false, plain);
    assert_eq!(out, plain.replace("msg_vrtx_01X", &ours));
    let start = r#"{"type":"message_start","message":{"id":"msg_bdrk_01X","role":"assistant"}}"#;
    let (_, out, _) = rewrite(Endpoint::Messages, false, start);
    assert_eq!(out, start.replace("msg_bdrk_01X", &ours));
}

#[test]
fn what_azure_and_groq_alone_say_is_left_out() {
    let json = r#"{"x_groq":{"id":"req_1"},"prompt_filter_results":[{"prompt_index":0}],"choices":[{"index":0,
        "content_filter_results":{"hate":{"filtered":false}},"content_filter_offsets":{},"delta":{"content":"content_filter_results"},
        "finish_reason":"content_filter"}]}"#;
    let (_, out, _) = rewrite(Endpoint::ChatCompletions, false, json);
    assert_eq!(
        out,
        r#"{"choices":[{"index":0,"delta":{"content":"content_filter_results"},"finish_reason":"content_filter"}]}"#
    );
}

#[test]
fn the_model_is_replaced_within_the_events_of_other_dialects() {
    let json =
        r#"{"type":"message_start","message":{"model":"claude-3-opus-20240229","usage":{"input_tokens":9}}}"#;
    let (_, out, rewriter) = rewrite(Endpoint::Messages, false, json);
    assert_eq!(out, r#"{"type":"message_start","message":{"model":"smart","usage":{"input_tokens":9}}}"#);
    assert_eq!(rewriter.reported().tokens(Endpoint::Messages).unwrap().input, 9);
    let json =
        r#"{"type":"response.failed","response":{"model":"m","error":{"code":"x","message":"key sk-1"}}}"#;
    let (seen, out, _) = rewrite(Endpoint::Responses, false, json);
    assert!(
        out.contains(r#""model":"smart","error":{"code":"upstream_rejected""#) && !out.contains("sk-1"),
        "{out}"
    );
    let seen = seen.unwrap();
    assert!(seen.last && seen.failed);
}

#[test]
fn a_usage_chunk_is_hidden_from_a_client_that_did_not_ask_and_counted_all_the_same() {
    let json = r#"{"model":"m","choices":[ ],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#;
    let (seen, out, rewriter) = rewrite(Endpoint::ChatCompletions, true, json);
    assert!(seen.unwrap().hidden && out.is_empty());
    assert_eq!(rewriter.reported().tokens(Endpoint::ChatCompletions).unwrap().total(), 10);
    let (seen, out, _) = rewrite(Endpoint::ChatCompletions, false, json);
    assert!(!seen.unwrap().hidden && out.contains("prompt_tokens"));
    let (_, out, _) = rewrite(Endpoint::ChatCompletions, true, r#"{"choices":[{}],"usage":null}"#);
    assert_eq!(out, r#"{"choices":[{}]}"#);
}

#[test]
fn a_usage_chunk_with_an_empty_choice_as_litellm_sends_it_is_hidden_and_one_that_says_something_is_not() {
    let hidden = |choice: &str| {
        let json = format!(r#"{{"model":"m","choices":[{choice}],"usage":{{"prompt_tokens":7}}}}"#);
        rewrite(Endpoint::ChatCompletions, true, &json).0.unwrap().hidden
    };
    assert!(hidden(r#"{"index":0,"delta":{}}"#));
    assert!(hidden(r#"{"index":0,"delta":{},"finish_reason":null}"#));
    assert!(hidden(r#"{"index":0}"#));
    assert!(!hidden(r#"{"index":0,"delta":{"content":"a"}}"#));
    assert!(!hidden(r#"{"index":0,"delta":{},"finish_reason":"stop"}"#));
}

#[test]
fn the_end_of_the_model_is_seen() {
    let finished = |json| rewrite(Endpoint::ChatCompletions, true, json).0.unwrap().finished;
    assert!(finished(r#"{"choices":[{"finish_reason": "stop"}]}"#));
    assert!(!finished(r#"{"choices":[{"finish_reason":null}]}"#));
    assert!(!finished(r#"{"choices":[{"delta":{"content":"\"finish_reason\":\"stop\""}}]}"#));
}

#[test]
fn a_finished_output_of_a_response_tells_that_usage_follows() {
    let json = r#"{"type":"response.output_item.done","item":{}}"#;
    let seen = rewrite(Endpoint::Responses, false, json).0.unwrap();
    assert!(seen.finished && !seen.last);
}

#[test]
fn garbage_and_reported_errors_leave_nothing_behind() {
    for json in [
        "",
        "{",
        "[]",
        "7",
        r#"{"a":1} x"#,
        r#"{"a":}"#,
        "<html>",
        "{\"a\":\"\u{0}\"}",
        r#"{"model":"m","x":[1,}"#,
    ] {
        let (seen, out, _) = rewrite(Endpoint::ChatCompletions, false, json);
        assert!(seen.is_err() && out.is_empty(), "{json}");
    }
    let (seen, out, _) =
        rewrite(Endpoint::ChatCompletions, false, r#"{"error":{"message":"no: sk-SECRET"}}"#);
    assert!(!seen.unwrap_err().contains("SECRET") && out.is_empty());
    assert!(rewrite(Endpoint::ChatCompletions, false, r#"{"error":null}"#).0.is_ok());
}

#[test]
fn images_are_counted_in_whole_answers_and_in_streams() {
    let images = |endpoint, json: &str| rewrite(endpoint, false, json).2.reported().images();
    let two =
        r#"{"created":1,"data":[{"b64_json":"aGVsbG8="},{"url":"https://x/\"],[","revised_prompt":"a, b"}]}"#;
    assert_eq!(images(Endpoint::ImagesGenerations, two), 2);
    for none in [r#"{"data":[]}"#, r#"{"data":null}"#, r#"{"data":{"a":1}}"#, "{}"] {
        assert_eq!(images(Endpoint::ImagesGenerations, none), 0, "{none}");
    }
    assert_eq!(images(Endpoint::Embeddings, two), 0);

    let (_, _, mut stream) =
        rewrite(Endpoint::ImagesGenerations, false, r#"{"type":"image_generation.partial_image"}"#);
    for _ in 0..2 {
        stream
            .object(br#"{"type":"image_generation.completed","b64_json":"YQ=="}"#, &mut Vec::new())
            .unwrap();
    }
    assert_eq!(stream.reported().images(), 2);
}

#[test]
fn rerank_counts_its_tokens_or_what_is_billed() {
    let total = |meta: &str| {
        let json = format!(r#"{{"id":"r","results":[],"meta":{meta}}}"#);
        let tokens = rewrite(Endpoint::Rerank, false, &json).2.reported().tokens(Endpoint::Rerank);
        tokens.map(|tokens| tokens.total())
    };
    assert_eq!(total(r#"{"billed_units":{"search_units":1},"tokens":{"input_tokens":9}}"#), Some(9));
    assert_eq!(total(r#"{"billed_units":{"total_tokens":8},"tokens":{}}"#), Some(8));
    assert_eq!(total(r#"{"billed_units":{"total_tokens":8},"tokens":null}"#), Some(8));
    assert_eq!(total(r#"{"api_version":{},"billed_units":{"search_units":1}}"#), None);
    assert_eq!(total("null"), None);
}
