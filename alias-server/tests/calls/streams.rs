//! Streams: without delay, never taken for whole when they are not, counted however they end.

use std::ops::Add as _;

use alias_core::usage::{Outcome, TokenUsage, UsageSource};
use http_body_util::BodyExt;

use crate::provider::{Step, delta, event, finish, stream_head, usage};
use crate::service::{Answer, PATIENCE, Service};

const STREAM: &str = r#"{"model":"smart","messages":[],"stream":true}"#;

fn done() -> Step {
    event("[DONE]")
}

#[actix_web::test]
async fn a_stream_passes_event_by_event_and_ends_when_the_call_is_recorded() {
    let service = Service::start().await;
    let rest = [delta("b"), finish(), usage(), done(), Step::Close];
    service.provider.plays([vec![stream_head(), delta("a"), Step::Hold], rest.to_vec()].concat());
    let mut response = service.begin("/v1/chat/completions", &[], STREAM).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["x-alias-name"], "smart");
    let first = tokio::time::timeout(PATIENCE, response.body_mut().frame()).await.unwrap().unwrap().unwrap();
    assert!(
        first
            .data_ref()
            .unwrap()
            .starts_with(b"data: {\"model\":\"smart\",\"choices\":[{\"delta\":{\"content\":\"a\"}")
    );
    assert_eq!(service.events(), 0);
    service.provider.go_on();
    let rest = Answer::read(response).await;
    assert!(rest.whole && rest.body.ends_with("data: [DONE]\n\n"), "{rest:?}");
    assert!(!rest.body.contains("prompt_tokens") && !rest.body.contains("gpt-4"), "{}", rest.body);
    assert_eq!(service.events(), 1, "recorded before the last byte");
    let event = service.event(0).await;
    assert_eq!((event.outcome, event.status), (Outcome::Complete, 200));
    assert_eq!(event.tokens, Some(TokenUsage { input: 7, output: 3, ..TokenUsage::default() }));
    assert!(event.call.stream && event.first_byte_us.is_some());
}

#[actix_web::test]
async fn a_client_that_asks_for_usage_gets_the_usage_chunk() {
    let service = Service::start().await;
    service.provider.plays([stream_head(), delta("a"), finish(), usage(), done(), Step::Close]);
    let got = service.chat(r#","stream":true,"stream_options":{"include_usage":true}"#).await;
    assert!(got.whole && got.body.contains(r#""choices":[],"usage":{"prompt_tokens":7"#), "{got:?}");
}

#[actix_web::test]
async fn a_broken_stream_says_so_and_is_cut() {
    let service = Service::start().await;
    let garbage = Step::Send(b"data: {oops\n\n\x00\xff\n\n".to_vec());
    let endless = Step::Send(vec![b'x'; (16 << 20) + 100]);
    let reported = event(r#"{"error":{"message":"no: sk-SECRET","code":"500"}}"#);
    for (seq, (mode, bad, code)) in [
        ("cut", vec![Step::Close], "upstream_invalid_response"),
        ("garbage", vec![garbage, Step::Hang], "upstream_invalid_response"),
        ("silent", vec![Step::Hang], "upstream_timeout"),
        ("endless event", vec![endless, Step::Hang], "upstream_invalid_response"),
        ("error event", vec![reported, done(), Step::Close], "upstream_invalid_response"),
        ("no end", vec![finish(), usage(), Step::Close], "upstream_invalid_response"),
    ]
    .into_iter()
    .enumerate()
    {
        service.provider.plays([vec![stream_head(), delta("a")], bad].concat());
        let got = service.chat(r#","stream":true"#).await;
        assert!(!got.whole && got.status == 200, "{mode}: {got:?}");
        assert!(got.body.contains(r#""content":"a""#) && !got.body.contains("[DONE]"), "{mode}: {got:?}");
        let last = got.body.trim_end().rsplit("data: ").next().unwrap();
        let error: serde_json::Value = serde_json::from_str(last).unwrap();
        assert_eq!(error["error"]["code"], code, "{mode}");
        assert!(!got.body.contains("SECRET"), "{mode}");
        let event = service.event(seq as u64).await;
        assert_eq!((event.outcome, event.error_code.as_deref()), (Outcome::Failed, Some(code)), "{mode}");
    }
}

#[actix_web::test]
async fn a_broken_anthropic_stream_says_so_in_its_dialect() {
    let service = Service::start().await;
    let start = r#"event: message_start
data: {"type":"message_start","message":{"model":"claude-3","usage":{"input_tokens":5,"output_tokens":1}}}

"#;
    service.provider.plays([stream_head(), Step::Send(start.into()), Step::Close]);
    let got = service
        .post("/v1/messages", &[], r#"{"model":"smart","max_tokens":5,"messages":[],"stream":true}"#)
        .await;
    assert!(!got.whole && got.body.contains(r#""model":"smart""#), "{got:?}");
    let (_, error) = got.body.split_once("\n\nevent: error\ndata: ").unwrap();
    let error: serde_json::Value = serde_json::from_str(error).unwrap();
    assert_eq!((&error["type"], &error["error"]["type"]), (&"error".into(), &"api_error".into()));
}

#[actix_web::test]
async fn a_responses_stream_ends_with_its_own_last_event_and_its_usage_is_counted() {
    let service = Service::start().await;
    let created = event(r#"{"type":"response.created","response":{"model":"gpt-4-0613","usage":null}}"#);
    let completed = r#"{"type":"response.completed","response":{"model":"gpt-4-0613","usage":{"input_tokens":9,"output_tokens":4,"output_tokens_details":{"reasoning_tokens":1}}}}"#;
    let call = r#"{"model":"smart","input":"hi","stream":true}"#;
    service.provider.plays([stream_head(), created.clone(), event(completed), done(), Step::Close]);
    let got = service.post("/v1/responses", &[], call).await;
    assert!(
        got.whole && got.body.ends_with(&completed.replace("gpt-4-0613", "smart").add("\n\n")),
        "{got:?}"
    );
    let tokens = TokenUsage { input: 9, output: 3, reasoning: 1, ..TokenUsage::default() };
    assert_eq!(service.event(0).await.tokens, Some(tokens));

    service.provider.plays([stream_head(), created, Step::Close]);
    let got = service.post("/v1/responses", &[], call).await;
    let (_, error) = got.body.split_once("event: error\ndata: ").unwrap();
    let error: serde_json::Value = serde_json::from_str(error).unwrap();
    assert_eq!(
        (got.whole, &error["type"], &error["code"]),
        (false, &"error".into(), &"upstream_invalid_response".into())
    );
}

#[actix_web::test]
async fn a_client_that_leaves_a_stream_is_counted_and_the_provider_is_told() {
    let service = Service::start().await;
    service.provider.plays([stream_head(), delta("a"), Step::Hang]);
    let mut response = service.begin("/v1/chat/completions", &[], STREAM).await;
    response.body_mut().frame().await.unwrap().unwrap();
    drop(response);
    tokio::time::timeout(PATIENCE, service.provider.was_left()).await.unwrap();
    let event = service.event(0).await;
    assert_eq!((event.outcome, event.status), (Outcome::Disconnected, 200));
    assert_eq!((event.tokens.unwrap().output, event.settlement.source), (1, UsageSource::Estimated));
}

#[actix_web::test]
async fn usage_that_follows_a_finished_answer_is_read_although_the_client_has_left() {
    let service = Service::start().await;
    service.provider.plays([stream_head(), delta("a"), finish(), Step::Hold, usage(), done(), Step::Close]);
    let mut response = service.begin("/v1/chat/completions", &[], STREAM).await;
    let mut read = String::new();
    while !read.contains("stop") {
        let frame = response.body_mut().frame().await.unwrap().unwrap();
        read.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    drop(response);
    service.reads_alone().await;
    service.provider.go_on();
    let event = service.event(0).await;
    assert_eq!(event.outcome, Outcome::Disconnected);
    assert_eq!(event.tokens, Some(TokenUsage { input: 7, output: 3, ..TokenUsage::default() }));
    service.plane.settled().await;
}

#[actix_web::test]
async fn a_revoked_key_ends_its_streams_and_a_disabled_model_does_not() {
    let service = Service::start().await;
    service.provider.plays([stream_head(), delta("a"), Step::Hold, delta("b"), Step::Hang]);
    let mut response = service.begin("/v1/chat/completions", &[], STREAM).await;
    response.body_mut().frame().await.unwrap().unwrap();
    service.change(|catalog| catalog.aliases.iter_mut().for_each(|alias| alias.active = false)).await;
    service.provider.go_on();
    let second = response.body_mut().frame().await.unwrap().unwrap();
    assert!(second.data_ref().unwrap().starts_with(b"data: {\"model\":\"smart\""));
    service.change(|catalog| catalog.keys.clear()).await;
    let rest = Answer::read(response).await;
    assert!(!rest.whole && rest.body.contains("invalid_api_key"), "{rest:?}");
    service.provider.was_left().await;
    let event = service.event(0).await;
    assert_eq!(
        (event.outcome, event.error_code.as_deref()),
        (Outcome::Disconnected, Some("invalid_api_key"))
    );
}
