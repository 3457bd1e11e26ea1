//! Whatever stands in a call's body: LiteLLM gets the allowed fields of it, once each, as they came, and nothing else.
#![no_main]

use std::sync::LazyLock;

use alias_core::model_ref::ModelRef;
use alias_core::usage::{Endpoint, MAX_TOKENS};
use alias_server_fuzz::error::{ApiError, Code};
use alias_server_fuzz::members::Members;
use alias_server_fuzz::openai::body::{CallBody, MAX_COUNT};
use alias_server_fuzz::openai::fields::{self, ExtraFields};
use alias_server_fuzz::openai::steering::steers;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::value::RawValue;

/// What an operator allows in these runs.
static EXTRA: LazyLock<ExtraFields> =
    LazyLock::new(|| ExtraFields::new(["use_beam_search", "xtc_probability"]).unwrap());
/// What no tool may say, at any depth that is read: it names a server, its credentials, or a model nobody granted.
const NO_TOOL_HAS: &[&str] =
    &["api_base", "authorization", "connector_id", "headers", "model", "server_label", "server_url", "svg"];
/// The longest answer to a body that is refused, in bytes: it must not hand the body back.
const MAX_REFUSAL: usize = 2048;

fuzz_target!(|bytes: &[u8]| {
    for endpoint in Endpoint::ALL {
        match CallBody::parse(endpoint, bytes, &EXTRA) {
            Ok(call) => check(endpoint, bytes, &call, &EXTRA),
            Err(error) => {
                check_refusal(&error);
                // This is found out before the endpoint matters.
                if error.code() == Code::MalformedJson {
                    return;
                }
            }
        }
    }
});

fn check_refusal(error: &ApiError) {
    assert!(error.size() <= MAX_REFUSAL, "{} bytes", error.size());
}

fn check(endpoint: Endpoint, bytes: &[u8], call: &CallBody, extra: &ExtraFields) {
    let target: ModelRef = "openai/gpt-4o".parse().unwrap();
    let written = call.write_for(&target);
    let received = Members::read(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).unwrap();
    let sent = Members::read(&written).unwrap();
    assert!(!received.has_twin() && !sent.has_twin());
    check_facts(call, &received);
    check_members(endpoint, call, &received, &sent, extra);
    check_again(endpoint, call, &written, extra);
    check_inside(endpoint, &sent);
    check_cut(endpoint, bytes, extra);
}

/// What is decided about a call is what another reader of the same bytes finds in it.
fn check_facts(call: &CallBody, received: &Members) {
    let model: Option<String> = received.get("model").map(|text| serde_json::from_str(text).unwrap());
    assert_eq!(call.model(), model.as_deref());
    assert_ne!(call.model(), Some(""));
    assert_eq!(call.stream(), received.get("stream") == Some("true"));
    let options: Value =
        received.get("stream_options").map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
    assert_eq!(call.include_usage(), options["include_usage"] == true);
}

/// Every allowed field arrives, in its place, as the same bytes; only the model and the wish for usage are ours.
fn check_members(
    endpoint: Endpoint,
    call: &CallBody,
    received: &Members,
    sent: &Members,
    extra: &ExtraFields,
) {
    let metered = call.stream() && fields::reports_usage_on_request(endpoint);
    let added = metered && received.get("stream_options").is_none();
    let unnamed = received.get("model").is_none();
    assert_eq!(sent.0.len(), received.0.len() + usize::from(added) + usize::from(unnamed));
    for (place, (name, value)) in sent.0.iter().enumerate() {
        let (known, value) = (fields::rule(endpoint, name).is_some(), value.get());
        assert!(known || extra.contains(name), "{name}");
        assert!(!steers(name), "{name}");
        let Some((_, original)) = received.0.get(place) else {
            let ours = [("stream_options", r#"{"include_usage":true}"#), ("model", "\"openai/gpt-4o\"")];
            assert!(ours.contains(&(name.as_str(), value)), "{name}");
            continue;
        };
        assert_eq!(*name, received.0[place].0);
        match name.as_str() {
            "model" => assert_eq!(value, "\"openai/gpt-4o\""),
            "stream_options" if metered => check_stream_options(value, original),
            _ => assert_eq!(value, original.get()),
        }
        if matches!(name.as_str(), "max_tokens" | "max_completion_tokens" | "max_output_tokens") && known {
            assert!(value == "null" || (1..=MAX_TOKENS).contains(&value.parse().unwrap()), "{name}: {value}");
        }
        if matches!(name.as_str(), "n" | "best_of") {
            assert!(value == "null" || (1..=MAX_COUNT).contains(&value.parse().unwrap()), "{name}: {value}");
        }
    }
}

fn check_stream_options(sent: &str, received: &RawValue) {
    let (sent, received): (Value, Value) =
        (serde_json::from_str(sent).unwrap(), serde_json::from_str(received.get()).unwrap());
    assert_eq!(sent["include_usage"], true);
    assert_eq!(sent["include_obfuscation"], received["include_obfuscation"]);
}

/// What was written says the same to who reads it next, this server included.
fn check_again(endpoint: Endpoint, call: &CallBody, written: &[u8], extra: &ExtraFields) {
    let other: ModelRef = "anthropic/claude-3".parse().unwrap();
    let again = CallBody::parse(endpoint, written, extra).unwrap();
    assert_eq!((again.model(), again.stream()), (Some("openai/gpt-4o"), call.stream()));
    let metered = call.stream() && fields::reports_usage_on_request(endpoint);
    assert_eq!(again.include_usage(), metered || call.include_usage());
    assert_eq!(again.write_for(&other), call.write_for(&other));
}

/// What is read within a call holds nothing twice and nothing that steers.
fn check_inside(endpoint: Endpoint, sent: &Members) {
    if let Some(metadata) = sent.get("metadata").filter(|text| *text != "null") {
        let metadata = Members::read(metadata.as_bytes()).unwrap();
        assert!(!metadata.has_twin() && metadata.0.len() <= 16);
        for (name, value) in &metadata.0 {
            assert!(!steers(name), "{name}");
            serde_json::from_str::<String>(value.get()).unwrap();
        }
    }
    for name in ["tools", "functions"] {
        if fields::rule(endpoint, name).is_some() {
            sent.get(name).into_iter().for_each(check_tools);
        }
    }
    if endpoint == Endpoint::Responses {
        assert!(sent.get("background").is_none_or(|value| ["false", "null"].contains(&value)));
    }
}

fn check_tools(tools: &str) {
    let tools: Option<Vec<&RawValue>> = serde_json::from_str(tools).unwrap();
    for tool in tools.into_iter().flatten() {
        let tool = Members::read(tool.get().as_bytes()).unwrap();
        assert!(!tool.has_twin());
        for (name, value) in &tool.0 {
            assert!(!NO_TOOL_HAS.contains(&name.as_str()), "{name}");
            match name.as_str() {
                "type" => {
                    let kind: String = serde_json::from_str(value.get()).unwrap();
                    assert!(!["mcp", "mcp_toolset"].contains(&kind.to_lowercase().as_str()), "{kind}");
                }
                "tools" => check_tools(value.get()),
                "function" | "custom" => assert!(!Members::read(value.get().as_bytes()).unwrap().has_twin()),
                _ => {}
            }
        }
    }
}

/// A body whose end got lost is refused, and not taken for a shorter one.
fn check_cut(endpoint: Endpoint, bytes: &[u8], extra: &ExtraFields) {
    let cut = &bytes.trim_ascii_end()[..bytes.trim_ascii_end().len() - 1];
    let error = CallBody::parse(endpoint, cut, extra).unwrap_err();
    assert_eq!(error.code(), Code::MalformedJson);
}
