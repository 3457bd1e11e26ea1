//! The mock provider over real HTTP, as the server sees it.

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::*;

const AT_ONCE: Style = Style::Friendly { pace: Duration::ZERO };

async fn provider(style: Style) -> MockProvider {
    start_with((Ipv4Addr::LOCALHOST, 0).into(), style).await.unwrap()
}

async fn ask(
    provider: &MockProvider,
    method: &str,
    path: &str,
    body: String,
) -> (StatusCode, HeaderMap, String) {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let uri = format!("http://{}{path}", provider.address());
    let request = Request::builder().method(method).uri(uri).body(Full::from(body)).unwrap();
    let (head, body) = client.request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn post(path: &str, body: Value) -> (HeaderMap, Value) {
    let (status, headers, text) = ask(&provider(AT_ONCE).await, "POST", path, body.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    (headers, serde_json::from_str(&text).unwrap())
}

/// The events of a stream: the name, which may be empty, and the data.
async fn stream(style: Style, path: &str, body: Value) -> Vec<(String, String)> {
    let (status, headers, text) = ask(&provider(style).await, "POST", path, body.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert_eq!(headers[CONTENT_TYPE], "text/event-stream");
    let text = text.strip_suffix("\n\n").expect("the last event ends with a blank line");
    let event = |event: &str| {
        let (name, data) = event.split_once("data: ").expect("every event has data");
        (name.trim().trim_start_matches("event: ").to_owned(), data.to_owned())
    };
    text.split("\n\n").map(event).collect()
}

fn hi(more: Value) -> Value {
    let mut body = json!({"model": "openai/gpt-4", "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "hi"}]},
    ]});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn a_chat_is_answered_with_what_was_said_its_tokens_and_its_cost() {
    for path in ["/v1/chat/completions", "/chat/completions"] {
        let (headers, answer) = post(path, hi(json!({}))).await;
        assert_eq!(answer["model"], "openai/gpt-4");
        let reply = r#"Hello from openai/gpt-4 (mock): you said "hi""#;
        assert_eq!(answer["choices"][0]["message"]["content"], reply);
        assert_eq!(answer["usage"], json!({"prompt_tokens": 3, "completion_tokens": 7, "total_tokens": 10}));
        assert_eq!(headers["x-litellm-response-cost"], "0.000012000");
    }
}

#[tokio::test]
async fn a_reply_ends_at_the_limit_of_tokens() {
    let (_, answer) = post("/v1/chat/completions", hi(json!({"max_tokens": 2}))).await;
    assert_eq!(answer["choices"][0]["message"]["content"], "Hello from ");
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    assert_eq!(answer["usage"]["completion_tokens"], 2);
}

#[tokio::test]
async fn a_long_prompt_is_counted_but_not_repeated_whole() {
    let (_, answer) = post("/v1/completions", json!({"model": "m", "prompt": "word ".repeat(5_000)})).await;
    assert_eq!(answer["usage"]["prompt_tokens"], 5_000);
    assert!(answer["choices"][0]["text"].as_str().unwrap().len() < 300);
}

#[tokio::test]
async fn a_streamed_chat_arrives_in_words_and_ends_with_done() {
    let events = stream(AT_ONCE, "/v1/chat/completions", hi(json!({"stream": true}))).await;
    let (last, chunks) = events.split_last().unwrap();
    assert_eq!(last.1, "[DONE]");
    let chunks: Vec<Value> = chunks.iter().map(|(_, data)| serde_json::from_str(data).unwrap()).collect();
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let text: String =
        chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(text, r#"Hello from openai/gpt-4 (mock): you said "hi""#);
    assert_eq!(chunks.len(), 9, "the role, seven words, and the reason why it ended");
    assert_eq!(
        chunks[8]["choices"][0],
        json!({"index": 0, "delta": {}, "logprobs": null, "finish_reason": "stop"})
    );
    assert!(chunks.iter().all(|chunk| chunk.get("usage").is_none()), "nobody asked for usage");
}

#[tokio::test]
async fn a_stream_reports_usage_and_cost_where_they_were_asked_for() {
    let body = hi(json!({"stream": true, "stream_options": {"include_usage": true}}));
    let events = stream(AT_ONCE, "/v1/chat/completions", body).await;
    let usage: Value = serde_json::from_str(&events[events.len() - 2].1).unwrap();
    assert_eq!(usage["choices"], json!([]));
    assert_eq!(usage["usage"]["total_tokens"], 10);
    assert_eq!(usage["usage"]["cost"], json!(0.000_012));
    assert_eq!(events.last().unwrap().1, "[DONE]");
}

#[tokio::test]
async fn a_streamed_response_is_numbered_and_ends_completed() {
    let body = json!({"model": "openai/gpt-4", "input": "hi", "stream": true});
    let events = stream(AT_ONCE, "/v1/responses", body).await;
    for (number, (name, data)) in events.iter().enumerate() {
        let data: Value = serde_json::from_str(data).unwrap();
        assert_eq!(
            (data["type"].as_str().unwrap(), &data["sequence_number"]),
            (name.as_str(), &json!(number))
        );
    }
    let (name, data) = events.last().unwrap();
    assert_eq!(name, "response.completed");
    let response = &serde_json::from_str::<Value>(data).unwrap()["response"];
    assert_eq!(response["usage"]["total_tokens"], 8);
    assert_eq!(
        response["output"][0]["content"][0]["text"],
        r#"Hello from openai/gpt-4 (mock): you said "hi""#
    );
}

#[tokio::test]
async fn a_streamed_message_has_anthropics_events() {
    let body = hi(json!({"stream": true, "max_tokens": 1}));
    let events = stream(AT_ONCE, "/v1/messages", body).await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ];
    assert_eq!(names, expected);
    let end: Value = serde_json::from_str(&events[4].1).unwrap();
    assert_eq!(end["delta"]["stop_reason"], "max_tokens");
    assert_eq!(end["usage"]["output_tokens"], 1);
}

#[tokio::test]
async fn the_other_endpoints_answer_in_their_shapes() {
    let (_, embeddings) = post("/v1/embeddings", json!({"model": "m", "input": ["a b", "c"]})).await;
    assert_eq!(embeddings["data"].as_array().unwrap().len(), 2);
    assert_eq!(embeddings["usage"], json!({"prompt_tokens": 3, "total_tokens": 3}));
    let (_, message) = post("/v1/messages", hi(json!({"max_tokens": 50}))).await;
    assert_eq!((&message["type"], &message["stop_reason"]), (&json!("message"), &json!("end_turn")));
    let (_, response) = post("/v1/responses", json!({"model": "m", "input": "hi"})).await;
    assert_eq!((&response["object"], &response["status"]), (&json!("response"), &json!("completed")));
    let (_, images) = post("/v1/images/generations", json!({"model": "m", "prompt": "a cat", "n": 2})).await;
    assert_eq!(images["data"].as_array().unwrap().len(), 2);
    let (_, moderation) = post("/v1/moderations", json!({"model": "m", "input": "hi"})).await;
    assert_eq!(moderation["results"][0]["flagged"], false);
    let rerank = json!({"model": "m", "query": "q", "documents": ["a", {"text": "b"}, "c"], "top_n": 2});
    let (_, rerank) = post("/v1/rerank", rerank).await;
    assert_eq!(
        rerank["results"],
        json!([{"index": 0, "relevance_score": 0.99}, {"index": 1, "relevance_score": 0.98}])
    );
}

#[tokio::test]
async fn models_and_health_are_told_and_nonsense_is_refused() {
    let provider = provider(AT_ONCE).await;
    let (status, _, models) = ask(&provider, "GET", "/v1/models", String::new()).await;
    assert!(status.is_success() && models.contains(r#""id":"openai/gpt-4""#), "{models}");
    let (status, _, health) = ask(&provider, "GET", "/health/liveliness", String::new()).await;
    assert_eq!((status, health.as_str()), (StatusCode::OK, r#""I'm alive!""#));
    for (path, body, expected) in [
        ("/v1/chat/completions", "{oops", StatusCode::BAD_REQUEST),
        ("/v1/chat/completions", "{}", StatusCode::BAD_REQUEST),
        ("/v1/embeddings", r#"{"model": "openai/failing", "input": "x"}"#, StatusCode::SERVICE_UNAVAILABLE),
        ("/v1/nothing", "{}", StatusCode::NOT_FOUND),
    ] {
        let (status, _, answer) = ask(&provider, "POST", path, body.into()).await;
        assert_eq!(status, expected);
        assert!(serde_json::from_str::<Value>(&answer).unwrap()["error"]["message"].is_string());
    }
}

#[tokio::test]
async fn fast_answers_are_the_size_that_benches_count_on() {
    let provider = provider(Style::Fast).await;
    let (_, headers, plain) = ask(&provider, "POST", "/v1/chat/completions", "not even JSON".into()).await;
    assert!((550..=650).contains(&plain.len()), "{} bytes", plain.len());
    assert!(headers.contains_key("x-litellm-response-cost"));
    let usage = serde_json::from_str::<Value>(&plain).unwrap()["usage"].clone();
    assert!(usage["total_tokens"].as_u64() > Some(0));
    let events = stream(Style::Fast, "/v1/chat/completions", json!({"model": "m", "stream": true})).await;
    assert_eq!(events.len(), 103);
}

#[tokio::test(start_paused = true)]
async fn a_paced_stream_pauses_before_every_event_but_the_first() {
    let words: Arc<[Bytes]> =
        vec![Bytes::from_static(b"a"), Bytes::from_static(b"b"), Bytes::from_static(b"c")].into();
    let began = tokio::time::Instant::now();
    let body = streamed(words, Duration::from_millis(30)).into_body().collect().await.unwrap();
    assert_eq!(body.to_bytes(), "abc");
    assert_eq!(began.elapsed(), Duration::from_millis(60));
}

#[tokio::test]
async fn a_dropped_provider_serves_no_more() {
    let provider = provider(AT_ONCE).await;
    let address = provider.address();
    let mut socket = TcpStream::connect(address).await.unwrap();
    drop(provider);
    let ended = tokio::io::AsyncReadExt::read(&mut socket, &mut [0; 1]).await;
    assert!(matches!(ended, Ok(0) | Err(_)), "an open connection is closed");
}
