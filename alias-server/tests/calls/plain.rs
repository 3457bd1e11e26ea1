//! What a call that goes well looks like, from both sides and in the books.

use alias_core::money::NanoUsd;
use alias_core::usage::{Outcome, PriceBasis, TokenUsage, UsageSource};

use crate::provider::{GOOD, Provider, Step, answer, completion};
use crate::service::Service;

const JSON: &str = "content-type: application/json\r\n";

#[actix_web::test]
async fn a_call_reaches_the_provider_under_its_name_and_comes_back_under_the_aliass() {
    let service = Service::start().await;
    let headers = format!(
        "{JSON}x-litellm-response-cost: 1.35e-05\r\nset-cookie: evil=1\r\nserver: secret/1.2\r\nx-evil: 1\r\n"
    );
    service.provider.plays([answer("200 OK", &headers, &completion(GOOD))]);
    let got = service.chat(r#","temperature":0.5"#).await;
    assert_eq!((got.status, got.whole), (200, true), "{got:?}");
    assert_eq!(got.json()["model"], "smart");
    assert!(!got.body.contains("OpenAI") && !got.body.contains("gpt-4"), "{}", got.body);
    assert_eq!((got.header("x-alias-name"), got.header("x-alias-revision")), (Some("smart"), Some("42")));
    for name in ["set-cookie", "server", "x-evil", "x-litellm-response-cost"] {
        assert_eq!(got.header(name), None, "{name}");
    }

    let seen = service.provider.seen().remove(0);
    assert!(
        seen.body.contains(r#""model":"openai/gpt-4""#) && seen.body.contains(r#""temperature":0.5"#),
        "{seen:?}"
    );
    let mut names: Vec<&str> = seen
        .head
        .lines()
        .skip(1)
        .filter_map(|line| line.split(':').next())
        .filter(|n| !n.is_empty())
        .collect();
    names.sort_unstable();
    let expected = [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-request-id",
    ];
    assert_eq!(names, expected);
    assert!(
        seen.head.starts_with("POST /v1/chat/completions ")
            && seen.head.contains("Bearer sk-litellm-1234567890")
    );

    let event = service.event(0).await;
    assert_eq!((event.outcome, event.status, event.error_code), (Outcome::Complete, 200, None));
    assert_eq!(event.tokens, Some(TokenUsage { input: 7, output: 3, ..TokenUsage::default() }));
    // Without a price in the catalogue, what LiteLLM says that the provider took is what the client is charged.
    assert_eq!((event.provider_cost, event.charge), (Some(NanoUsd::new(13_500)), Some(NanoUsd::new(13_500))));
    assert_eq!(event.settlement.basis, PriceBasis::Reported);
    assert_eq!(event.call.request_id, got.header("x-request-id").unwrap());
    assert_eq!((event.call.alias.as_str(), event.call.team_id.as_str()), ("smart", "newclient-prod"));
}

#[actix_web::test]
async fn absurd_usage_is_clamped_and_an_aliass_own_price_is_charged() {
    let service = Service::start().await;
    let huge = "{\"prompt_tokens\":4611686018427387904,\"completion_tokens\":9223372036854775808}";
    for (seq, (usage, tokens, charge)) in [
        (GOOD, Some(10), Some(7_000 + 2 * 3_000)),
        (r#"{"prompt_tokens":-5000,"completion_tokens":-5000}"#, Some(0), Some(0)),
        (huge, Some(2_000_000_000), Some(3_000_000_000_000)),
    ]
    .into_iter()
    .enumerate()
    {
        service.provider.plays([answer("200 OK", JSON, &completion(usage))]);
        let got = service.post("/v1/chat/completions", &[], r#"{"model":"org/priced","messages":[]}"#).await;
        assert_eq!(got.status, 200, "{got:?}");
        let event = service.event(seq as u64).await;
        assert_eq!(
            (event.tokens.map(|t| t.total()), event.charge.map(NanoUsd::nanos)),
            (tokens, charge),
            "{usage}"
        );
        assert_eq!(event.provider_cost, None);
    }
}

#[actix_web::test]
async fn usage_that_nobody_reports_is_estimated_and_says_so() {
    let service = Service::start().await;
    for (seq, usage) in ["null", r#"{"prompt_tokens":"NaN","completion_tokens":null,"total_tokens":1e308}"#]
        .iter()
        .enumerate()
    {
        let body = completion(usage);
        service.provider.plays([answer("200 OK", JSON, &body)]);
        let call = r#"{"model":"org/priced","messages":[]}"#;
        assert_eq!(service.post("/v1/chat/completions", &[], call).await.status, 200);
        let event = service.event(seq as u64).await;
        let (input, output) = (call.len().div_ceil(4) as u64, body.len().div_ceil(4) as u64);
        assert_eq!(event.tokens, Some(TokenUsage { input, output, ..TokenUsage::default() }));
        assert_eq!(event.settlement.source, UsageSource::Estimated);
    }
}

#[actix_web::test]
async fn a_connection_is_used_again_and_a_call_that_may_have_arrived_is_not_sent_twice() {
    let service = Service::start().await;
    service.provider.plays([answer("200 OK", JSON, &completion(GOOD))]);
    for _ in 0..3 {
        assert_eq!(service.chat("").await.status, 200);
    }
    assert_eq!(service.provider.connections(), 1);
    service.provider.plays([Step::Close]);
    assert_eq!(service.chat("").await.code(), "upstream_ambiguous");
    assert_eq!((service.provider.connections(), service.provider.seen().len()), (1, 4));
}

#[actix_web::test]
async fn an_anthropic_call_takes_its_own_key_header_and_speaks_its_own_errors() {
    let service = Service::start().await;
    let body = r#"{"id":"msg_vrtx_1","type":"message","model":"claude-3","content":[],"usage":{"input_tokens":5,"output_tokens":2,"cache_read_input_tokens":4}}"#;
    service.provider.plays([answer("200 OK", JSON, body)]);
    let key = alias_core::testing::key(1);
    let call = r#"{"model":"smart","max_tokens":5,"messages":[]}"#;
    let got = service.post("/v1/messages", &[("x-api-key", key.expose())], call).await;
    assert_eq!((got.status, &got.json()["model"]), (200, &"smart".into()));
    let event = service.event(0).await;
    assert_eq!(got.json()["id"], format!("msg_{}", event.call.call_id.uuid().as_simple()));
    assert_eq!(
        event.tokens,
        Some(TokenUsage { input: 5, cache_read: 4, output: 2, ..TokenUsage::default() })
    );
    let got = service.post("/v1/messages", &[("x-api-key", "sk-wrong")], call).await;
    assert_eq!((got.status, &got.json()["error"]["type"]), (401, &"authentication_error".into()));
}

#[actix_web::test]
async fn the_id_of_a_response_hides_its_provider_and_continues_for_its_team_alone() {
    let service = Service::start().await;
    let original = "resp_bGl0ZWxsbTpjdXN0b21fbGxtX3Byb3ZpZGVyOm9wZW5haTttb2RlbF9pZDox";
    let body = format!(r#"{{"id":"{original}","object":"response","model":"gpt-4","output":[]}}"#);
    service.provider.plays([answer("200 OK", JSON, &body)]);
    let call =
        |previous: &str| format!(r#"{{"model":"smart","input":"hi","previous_response_id":"{previous}"}}"#);
    let got = service.post("/v1/responses", &[], r#"{"model":"smart","input":"hi"}"#).await;
    let id = got.json()["id"].as_str().unwrap().to_owned();
    assert!(got.status == 200 && id.starts_with("resp_") && !got.body.contains("bGl0ZWxsb"), "{got:?}");

    let again = service.post("/v1/responses", &[], &call(&id)).await;
    assert_eq!((again.status, again.json()["id"].as_str()), (200, Some(id.as_str())));
    assert!(service.provider.seen()[1].body.contains(&format!(r#""previous_response_id":"{original}""#)));

    service.change(|catalog| catalog.teams[0].uid = alias_core::testing::id(9)).await;
    service.change(|catalog| catalog.keys[0].team = alias_core::testing::id(9)).await;
    for (previous, why) in [(id.as_str(), "another team"), (original, "unsealed"), ("resp_AAAA", "made up")] {
        let refused = service.post("/v1/responses", &[], &call(previous)).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "invalid_value"), "{why}");
        assert_eq!(refused.json()["error"]["param"], "previous_response_id");
    }
    assert_eq!(service.provider.seen().len(), 2);
}

#[actix_web::test]
async fn an_upstream_that_is_not_there_is_unreachable_and_nothing_is_counted_since_nothing_was_sent() {
    let service = Service::with_upstream("http://127.0.0.1:1/v1", Provider::start().await).await;
    let got = service.chat("").await;
    assert_eq!((got.status, got.code().as_str()), (502, "upstream_unreachable"));
    service.plane.settled().await;
    assert_eq!(service.events(), 0);
}
