//! A provider that is down, slow or mad: an error in time, in the right words, without a word of its own.

use alias_core::usage::Outcome;

use crate::provider::{GOOD, Step, answer, completion};
use crate::service::Service;

const JSON: &str = "content-type: application/json\r\n";

fn bytes(text: &str) -> Step {
    Step::Send(text.as_bytes().to_vec())
}

fn modes() -> Vec<(&'static str, Vec<Step>, u16, &'static str)> {
    let says_no = r#"{"error":{"message":"upstream says no: key sk-upstream-SECRET at 10.1.2.3"}}"#;
    let refused =
        |status| vec![answer(status, "content-type: application/json\r\nretry-after: 7\r\n", says_no)];
    let too_long = r#"{"error":{"message":"SECRET","code":"context_length_exceeded"}}"#;
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{}", completion(GOOD));
    vec![
        ("http500", refused("500 Internal Server Error"), 502, "upstream_invalid_response"),
        ("http401", refused("401 Unauthorized"), 502, "provider_authentication_failed"),
        ("http429", refused("429 Too Many Requests"), 429, "upstream_rate_limited"),
        ("http404", refused("404 Not Found"), 502, "upstream_invalid_response"),
        ("http400", refused("400 Bad Request"), 400, "upstream_rejected"),
        ("too long", vec![answer("400 Bad Request", JSON, too_long)], 400, "context_length_exceeded"),
        ("garbage", vec![answer("200 OK", JSON, "\u{0}\u{ff}{not json")], 502, "upstream_invalid_response"),
        ("empty", vec![answer("200 OK", JSON, "")], 502, "upstream_invalid_response"),
        (
            "html",
            vec![answer("200 OK", "content-type: text/html\r\n", "<html>SECRET</html>")],
            502,
            "upstream_invalid_response",
        ),
        ("error in 200", vec![answer("200 OK", JSON, says_no)], 502, "upstream_invalid_response"),
        ("reset", vec![Step::Close], 502, "upstream_ambiguous"),
        ("hang", vec![Step::Hang], 504, "upstream_timeout"),
        (
            "hang in the middle",
            vec![bytes("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"), Step::Hang],
            504,
            "upstream_timeout",
        ),
        ("truncate", vec![bytes(&cut), Step::Close], 502, "upstream_invalid_response"),
        (
            "redirect",
            vec![answer("302 Found", "location: http://127.0.0.1:1/SECRET\r\n", "")],
            502,
            "upstream_invalid_response",
        ),
        ("not http", vec![bytes("SECRET\r\n\r\n"), Step::Close], 502, "upstream_invalid_response"),
        (
            "gzip",
            vec![answer("200 OK", "content-encoding: gzip\r\n", "SECRET")],
            502,
            "upstream_invalid_response",
        ),
        (
            "announced huge",
            vec![bytes("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"), Step::Hang],
            502,
            "upstream_invalid_response",
        ),
    ]
}

#[actix_web::test]
async fn every_kind_of_failure_has_its_error_and_counts_as_failed_once() {
    let service = Service::start().await;
    for (seq, (mode, script, status, code)) in modes().into_iter().enumerate() {
        service.provider.plays(script);
        let got = service.chat("").await;
        assert_eq!((got.status, got.code().as_str()), (status, code), "{mode}: {got:?}");
        assert!(!got.body.contains("SECRET") && !got.body.contains("10.1.2.3"), "{mode}: {}", got.body);
        assert_eq!(got.header("retry-after"), (status == 429).then_some("7"), "{mode}");
        let event = service.event(seq as u64).await;
        assert_eq!(
            (event.outcome, event.status, event.error_code.as_deref()),
            (Outcome::Failed, status, Some(code)),
            "{mode}"
        );
        assert_eq!(service.events(), seq as u64 + 1, "{mode}");
    }
}

#[actix_web::test]
async fn a_stream_that_does_not_begin_fails_like_any_call() {
    let service = Service::start().await;
    for (mode, script, status, code) in modes() {
        service.provider.plays(script);
        let got = service.chat(r#","stream":true"#).await;
        if mode != "hang in the middle" && mode != "truncate" {
            assert_eq!((got.status, got.code().as_str()), (status, code), "{mode}: {got:?}");
        }
        assert!(got.status >= 400 && !got.body.contains("SECRET"), "{mode}: {got:?}");
    }
}

#[actix_web::test]
async fn an_endless_answer_is_given_up() {
    let service = Service::start().await;
    let megabyte = "x".repeat(1 << 20);
    let mut script = vec![bytes(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"x\":\"",
    )];
    script.extend(vec![bytes(&megabyte); 80]);
    script.push(Step::Close);
    service.provider.plays(script);
    let got = service.chat("").await;
    assert_eq!((got.status, got.code().as_str()), (502, "upstream_invalid_response"));
}

#[actix_web::test]
async fn a_client_that_leaves_before_the_answer_is_counted_and_the_provider_is_told() {
    let service = Service::start().await;
    service.provider.plays([Step::Hang]);
    let call = service.begin("/v1/chat/completions", &[], r#"{"model":"smart","messages":[]}"#);
    let mut call = Box::pin(call);
    while service.provider.seen().is_empty() {
        let step = std::time::Duration::from_millis(5);
        assert!(tokio::time::timeout(step, &mut call).await.is_err(), "the provider gives no answer");
    }
    drop(call);
    service.provider.was_left().await;
    let event = service.event(0).await;
    assert_eq!((event.outcome, event.status), (Outcome::Disconnected, 0));
    // The provider read the input all the same.
    let tokens = event.tokens.unwrap();
    assert!(tokens.input > 0 && tokens.output == 0, "{tokens:?}");
}
