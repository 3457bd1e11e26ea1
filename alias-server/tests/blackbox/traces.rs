//! Calls as spans of traces, at a collector of our own that speaks OTLP over HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use data_encoding::HEXLOWER;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

use crate::credits::{self, until};
use crate::http::{self, Answer};
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// What came to the collector: its spans, and every byte.
#[derive(Debug, Default)]
struct Came {
    spans: Vec<Span>,
    services: Vec<String>,
    bytes: Vec<u8>,
    heads: String,
}

/// A collector. It ends with the test's process.
#[derive(Clone)]
struct Collector {
    address: SocketAddr,
    came: Arc<Mutex<Came>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let collector = Self { address: listener.local_addr().unwrap(), came: Arc::default() };
        let shared = collector.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = shared.clone();
                std::thread::spawn(move || shared.serve(stream));
            }
        });
        collector
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        loop {
            let (mut head, mut line) = (String::new(), String::new());
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                head.push_str(&line);
                line.clear();
            }
            let lower = head.to_ascii_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
            let Some(length) = length.and_then(|text| text.parse().ok()) else { return };
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            assert!(lower.starts_with("post /v1/traces "), "{head}");
            self.keep(&lower, body);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        }
    }

    fn keep(&self, head: &str, body: Vec<u8>) {
        if head.contains("content-encoding: gzip") {
            assert!(body.starts_with(&[0x1f, 0x8b]), "{body:?}");
            self.came.lock().unwrap().heads.push_str(head);
            return;
        }
        let request = ExportTraceServiceRequest::decode(&*body).unwrap();
        let mut came = self.came.lock().unwrap();
        for of in request.resource_spans {
            let named = of.resource.unwrap().attributes.into_iter().find(|kv| kv.key == "service.name");
            came.services.push(format!("{:?}", named.unwrap().value));
            came.spans.extend(of.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
        came.bytes.extend(body);
        came.heads.push_str(head);
    }

    fn spans(&self) -> Vec<Span> {
        self.came.lock().unwrap().spans.clone()
    }

    /// A server that sends its spans here.
    fn server(&self, provider: &Provider) -> Server {
        self.server_with(provider, ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=ours"))
    }

    fn server_with(&self, provider: &Provider, (name, value): (&str, &str)) -> Server {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), format!("http://{}", self.address));
        let environment = vec![endpoint, (name.to_owned(), value.to_owned())];
        Setup { environment, ..Setup::upstream(provider.address) }.start()
    }
}

/// An attribute as text.
fn of(span: &Span, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|kv| kv.key == name)?;
    Some(match found.value.clone()?.value? {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    })
}

fn chat(server: &Server, key: &str, trace: &[(&str, &str)]) -> Answer {
    let bearer = format!("Bearer {key}");
    let headers = [&[("Authorization", bearer.as_str())], trace].concat();
    let body = br#"{"model":"smart","messages":[{"role":"user","content":"a secret matter"}]}"#;
    http::send(server.address, "POST", "/v1/chat/completions", &headers, Some(body)).unwrap()
}

/// The header that the upstream saw last.
fn passed(provider: &Provider, name: &str) -> Option<String> {
    let head = provider.seen().last().unwrap().head.clone();
    let of = |line: &str| {
        line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim().to_owned())
    };
    head.lines().find_map(of)
}

#[test]
fn a_call_is_a_span_of_its_callers_trace_and_the_parent_of_what_the_upstream_does() {
    let (collector, provider) = (Collector::start(), Provider::start());
    let mut server = collector.server(&provider);
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    provider.set(Mode::Usage(
        r#"{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":2}}"#,
    ));
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let answer = chat(&server, &key, &[("traceparent", &parent), ("tracestate", "them=1, ,us=2")]);
    assert_eq!(answer.status, 200);
    let went = passed(&provider, "traceparent").unwrap();
    assert_eq!(passed(&provider, "tracestate").as_deref(), Some("them=1, ,us=2"), "as it came");
    assert!(went.starts_with(&format!("00-{TRACE}-")) && went.ends_with("-01") && went != parent, "{went}");
    until("the span came", || collector.spans().len() == 1);
    let span = collector.spans().remove(0);
    assert_eq!(
        (HEXLOWER.encode(&span.trace_id), HEXLOWER.encode(&span.parent_span_id)),
        (TRACE.into(), PARENT.into())
    );
    assert_eq!(went.split('-').nth(2), Some(HEXLOWER.encode(&span.span_id).as_str()));
    assert_eq!(span.trace_state, "them=1,us=2");
    assert_eq!((span.name.as_str(), span.kind), ("chat smart", 3), "a client's");
    let port = provider.address.port().to_string();
    for (name, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", "smart"),
        ("gen_ai.response.model", "openai/gpt-4"),
        ("gen_ai.usage.input_tokens", "7"),
        ("gen_ai.usage.output_tokens", "3"),
        ("gen_ai.usage.cache_read.input_tokens", "2"),
        ("server.address", "127.0.0.1"),
        ("server.port", &port),
        ("http.request.method", "POST"),
        ("http.route", "/v1/chat/completions"),
        ("http.response.status_code", "200"),
        ("model_aliases.outcome", "complete"),
        ("model_aliases.team_id", "team"),
        ("model_aliases.request_id", answer.header("x-request-id").unwrap()),
    ] {
        assert_eq!(of(&span, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(of(&span, "error.type"), None);
    assert!(span.end_time_unix_nano > span.start_time_unix_nano);

    // Without a trace of its caller it begins one; what is left at the end is sent before it.
    provider.set(Mode::Status(500));
    assert!(chat(&server, &key, &[]).status >= 500);
    let began = passed(&provider, "traceparent").unwrap();
    server.terminate();
    let span = collector.spans().remove(1);
    assert_eq!(began.split('-').nth(1), Some(HEXLOWER.encode(&span.trace_id).as_str()));
    assert!(span.parent_span_id.is_empty(), "{span:?}");
    assert_eq!((of(&span, "error.type").is_some(), span.status.map(|of| of.code)), (true, Some(2)));

    let came = collector.came.lock().unwrap();
    assert!(came.services.iter().all(|name| name.contains("alias-server")), "{:?}", came.services);
    assert!(came.heads.contains("x-tenant: ours"), "{}", came.heads);
    let bytes = String::from_utf8_lossy(&came.bytes);
    assert!(
        !bytes.contains("secret matter") && !bytes.contains(&key),
        "nothing of what was said, and no key"
    );
}

#[test]
fn a_caller_that_does_not_trace_is_passed_on_as_it_is() {
    let (collector, provider) = (Collector::start(), Provider::start());
    let mut server = collector.server(&provider);
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let parent = format!("00-{TRACE}-{PARENT}-00");
    assert_eq!(chat(&server, &key, &[("traceparent", &parent)]).status, 200);
    assert_eq!(passed(&provider, "traceparent").as_deref(), Some(parent.as_str()));
    server.terminate();
    assert_eq!(collector.spans(), []);
}

#[test]
fn a_call_that_is_refused_for_want_of_credit_is_no_span() {
    let (collector, provider) = (Collector::start(), Provider::start());
    let mut server = collector.server(&provider);
    let key = credits::onboard(&server, 1);
    assert_eq!([200, 429], [(); 2].map(|()| chat(&server, &key, &[]).status));
    server.terminate();
    assert_eq!(collector.spans().len(), 1);
}

#[test]
fn spans_are_compressed_where_the_standard_variable_says_so() {
    let (collector, provider) = (Collector::start(), Provider::start());
    let server = collector.server_with(&provider, ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"));
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    assert_eq!(chat(&server, &key, &[]).status, 200);
    until("the span came", || collector.came.lock().unwrap().heads.contains("content-encoding: gzip"));
}

#[test]
fn the_standard_variable_switches_traces_off() {
    let (collector, provider) = (Collector::start(), Provider::start());
    let mut server = collector.server_with(&provider, ("OTEL_SDK_DISABLED", "True"));
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    assert_eq!(chat(&server, &key, &[]).status, 200);
    assert_eq!(passed(&provider, "traceparent"), None);
    server.terminate();
    assert_eq!(collector.spans(), []);
}

#[test]
fn a_collector_that_is_away_costs_spans_and_no_calls() {
    let provider = Provider::start();
    let extra = ["--otlp-endpoint", "http://127.0.0.1:9"].map(str::to_owned).to_vec();
    let server = Setup { extra, ..Setup::upstream(provider.address) }.start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    for _ in 0..3 {
        assert_eq!(chat(&server, &key, &[]).status, 200);
    }
    let lost = || server.admin("GET", "/metrics", None).text().contains("alias_spans_dropped_total 3");
    until("the lost spans are counted", lost);
    until("it is said once", || server.log().matches("does not take traces").count() == 1);
}
