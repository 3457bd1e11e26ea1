//! Streams that run while their key, or their team, loses the right to them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::PATIENCE;
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup};

/// How long a running stream may outlive its right.
const END: Duration = Duration::from_secs(30);

/// A stream that a client reads.
struct Stream(BufReader<TcpStream>);

impl Stream {
    /// Begins a stream of `smart` and waits for its first event.
    fn begin(server: &Server, key: &str) -> Self {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(END)).unwrap();
        let body = json!({"model": "smart", "messages": [], "stream": true}).to_string();
        let (host, length) = (server.address, body.len());
        let lines = format!("Host: {host}\r\nAuthorization: Bearer {key}\r\nContent-Length: {length}");
        let head = format!("POST /v1/chat/completions HTTP/1.1\r\n{lines}\r\n\r\n{body}");
        stream.write_all(head.as_bytes()).unwrap();
        let mut stream = Self(BufReader::new(stream));
        stream.drip();
        stream
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).unwrap();
        (read > 0).then_some(line)
    }

    /// Waits for one more event of the provider.
    fn drip(&mut self) {
        while let Some(line) = self.line() {
            if line.contains("drip") {
                return;
            }
        }
        panic!("the stream ended");
    }

    /// Reads to the end; the code of the error that ends it.
    fn end(mut self) -> Value {
        let (began, mut last) = (Instant::now(), Value::Null);
        while let Some(line) = self.line() {
            assert!(!line.contains("[DONE]"), "the stream looks whole");
            assert!(began.elapsed() < END, "the stream goes on");
            if let Some(Ok(event)) = line.trim_end().strip_prefix("data: ").map(serde_json::from_str) {
                last = event;
            }
        }
        last["error"]["code"].take()
    }
}

#[test]
fn a_running_stream_ends_when_its_key_is_revoked_or_narrowed_or_its_team_suspended_and_no_other_does() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let third = server.onboard(&[("smart", "openai/gpt-4"), ("fast", "openai/gpt-3.5-turbo")]);
    provider.set(Mode::StreamDrip);
    let make = || {
        let made = server.ok("POST", "/api/teams/team/keys", None);
        let path = format!("/api/teams/team/keys/{}", made["key_id"].as_str().unwrap());
        (Stream::begin(&server, made["virtual_key"].as_str().unwrap()), path)
    };
    let ((first, first_path), (mut second, second_path)) = (make(), make());
    let mut third = Stream::begin(&server, &third);

    server.ok("DELETE", &first_path, None);
    assert_eq!(first.end(), "invalid_api_key");
    second.drip();
    server.ok("PATCH", &second_path, Some(json!({"models": ["fast"]})));
    assert_eq!(second.end(), "model_access_denied");
    third.drip();
    server.ok("POST", "/api/teams/team/suspend", Some(json!({"reason": "late"})));
    assert_eq!(third.end(), "team_suspended");

    let deadline = Instant::now() + PATIENCE;
    while provider.left() < 3 {
        assert!(Instant::now() < deadline, "the provider goes on for {} of 3", 3 - provider.left());
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(server.wait_for_calls("smart", 3)["usage_stats"]["total_calls"], 3, "each is counted");
}

#[test]
fn a_call_that_waits_for_its_provider_ends_when_its_key_is_revoked() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    server.onboard(&[("smart", "openai/gpt-4")]);
    for stream in [false, true] {
        provider.set(Mode::Hang);
        let made = server.ok("POST", "/api/teams/team/keys", None);
        let key = made["virtual_key"].as_str().unwrap();
        let body = json!({"model": "smart", "messages": [], "stream": stream}).to_string();
        std::thread::scope(|scope| {
            let call = scope.spawn(|| server.team(key, "POST", "/v1/chat/completions", Some(&body)));
            let deadline = Instant::now() + PATIENCE;
            while provider.seen().is_empty() {
                assert!(Instant::now() < deadline, "the call did not arrive");
                std::thread::yield_now();
            }
            server.ok("DELETE", &format!("/api/teams/team/keys/{}", made["key_id"].as_str().unwrap()), None);
            let answer = call.join().unwrap();
            assert_eq!((answer.status, &answer.json()["error"]["code"]), (401, &json!("invalid_api_key")));
        });
    }
    assert_eq!(server.wait_for_calls("smart", 2)["usage_stats"]["total_calls"], 2, "each is counted");
}
