//! Bodies that are no clean JSON object.

use serde_json::json;

use super::*;

#[test]
fn what_is_no_json_object_is_refused_with_its_place() {
    for body in [
        "",
        "  \r\n\t",
        "[]",
        "null",
        "4",
        "\"model\"",
        "{",
        "{\"model\": \"smart\", \"messages\": [{\"role\":",
        "{} {}",
        "{\"model\": \"smart\",}",
        "{'model': 'smart'}",
        "{\"temperature\": NaN}",
        "{\"temperature\": 01}",
        "{\"user\": \"a\nb\"}",
        "{\"\\ud800\": 1}",
        "// comment\n{}",
        "\0",
        "{\"user\": \"\\x\"}",
    ] {
        assert_eq!(refused(body), is("malformed_json", ""), "{body}");
    }
    for bytes in [&b"{\"user\": \"\xff\"}"[..], b"\xfe\xff\0{", b"{\"user\": \"\xed\xa0\x80\"}", b"\xc0\xbb"]
    {
        assert_eq!(refusal_of(Endpoint::ChatCompletions, bytes).0, "malformed_json");
    }
    let error = read(Endpoint::ChatCompletions, "{\n  \"model\": nope}").unwrap_err();
    let body = error.body(Dialect::OpenAi, "/", "req");
    assert_eq!((&body["error"]["line"], &body["error"]["column"]), (&json!(2), &json!(13)));
    let (.., message) = refusal_of(Endpoint::ChatCompletions, b"{\"user\": 1,\n \"x\": \"\xff\"}");
    assert!(message.contains("line 2 column 8"), "{message}");
}

#[test]
fn a_body_is_not_handed_back_to_who_sent_it() {
    let long = "é\u{7f}".repeat(10_000);
    for body in [
        format!("\"{long}\""),
        format!("[\"{long}\"]"),
        format!("{{\"{long}\": 1}}"),
        format!("{{\"model\": \"smart\", \"messages\": \"{long}\"}}"),
        chat(json!({"metadata": long.as_str()})),
        chat(json!({"tools": [{long.as_str(): 1}]})),
        chat(json!({"tools": long.as_str()})),
    ] {
        let (.., message) = refusal_of(Endpoint::ChatCompletions, body.as_bytes());
        assert!(message.len() < 1024, "{} bytes", message.len());
    }
    let (.., message) = refusal_of(Endpoint::ChatCompletions, b" \n 7");
    assert!(message.contains("does not begin with a brace at line 2 column 2"), "{message}");
}

#[test]
fn bytes_after_the_object_are_refused() {
    let body = chat(json!({}));
    for rest in ["x", "{}", ",", "\0", "]"] {
        assert_eq!(refused(&format!("{body}{rest}")), is("malformed_json", ""), "{rest}");
    }
    assert!(read(Endpoint::ChatCompletions, &format!(" {body}\r\n\t ")).is_ok());
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let body = format!("\u{feff}{}", chat(json!({})));
    assert_eq!(read(Endpoint::ChatCompletions, &body).unwrap().model(), Some("smart"));
    assert!(!written(Endpoint::ChatCompletions, &body).contains('\u{feff}'));
}

#[test]
fn no_name_stands_twice_however_it_is_written() {
    for endpoint in Endpoint::ALL {
        for twin in ["model", "mod\\u0065l", "\\u006d\\u006f\\u0064\\u0065\\u006c", "\\u006Dodel"] {
            let body = minimal(endpoint).to_string().replacen('{', &format!("{{\"{twin}\": \"other\", "), 1);
            assert_eq!(refusal_of(endpoint, body.as_bytes()).0, "malformed_json", "{endpoint} {twin}");
        }
    }
    let body = r#"{"model": "smart", "messages": [], "temperature": 1, "temperature": 1}"#;
    let (.., message) = refusal_of(Endpoint::ChatCompletions, body.as_bytes());
    assert!(message.contains("\"temperature\" stands twice"), "{message}");
}

#[test]
fn an_escaped_name_is_the_name() {
    let body = r#"{"mod\u0065l": "sm\u0061rt", "messages": [], "\u0061pi_base": 1}"#;
    assert_eq!(refused(body), is("unknown_parameter", "api_base"));
    let body = r#"{"mod\u0065l": "sm\u0061rt", "messages": []}"#;
    assert_eq!(read(Endpoint::ChatCompletions, body).unwrap().model(), Some("smart"));
    assert_eq!(written(Endpoint::ChatCompletions, body), r#"{"model":"openai/gpt-4o","messages":[]}"#);
}

#[test]
fn nesting_ends_at_64_levels() {
    let nested = |open: &str, close: &str, levels: usize| {
        format!(r#"{{"model": "smart", "messages": {}1{}}}"#, open.repeat(levels), close.repeat(levels))
    };
    assert!(read(Endpoint::ChatCompletions, &nested("[", "]", 63)).is_ok());
    for body in [
        nested("[", "]", 64),
        nested("[{\"a\":", "}]", 40),
        nested("[", "]", 100_000),
        nested("[", "", 100_000),
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
    ] {
        let (code, _, message) = refusal_of(Endpoint::ChatCompletions, body.as_bytes());
        assert_eq!(code, "malformed_json");
        assert!(message.contains("deeper than 64 levels at line 1 column"), "{message}");
    }
}

#[test]
fn brackets_in_texts_are_no_nesting() {
    let text = "[{\\\"".repeat(1000) + "\\\\";
    let body = format!(r#"{{"model": "smart", "messages": [{{"role": "user", "content": "{text}"}}]}}"#);
    assert!(read(Endpoint::ChatCompletions, &body).is_ok());
}

#[test]
fn an_object_of_endless_names_ends_early() {
    let names: Vec<String> = (0..100_000).map(|n| format!("\"k{n}\":1")).collect();
    let (code, _, message) =
        refusal_of(Endpoint::ChatCompletions, format!("{{{}}}", names.join(",")).as_bytes());
    assert_eq!(code, "malformed_json");
    assert!(message.contains("more than 256 names"), "{message}");
}

#[test]
fn a_lone_surrogate_is_no_name_of_a_model_and_stays_as_it_is_in_messages() {
    let body = r#"{"model": "smart\ud800", "messages": []}"#;
    assert_eq!(refused(body), is("invalid_value", "model"));
    let body = r#"{"model": "smart", "messages": ["\ud800", "\ude00x"]}"#;
    assert!(written(Endpoint::ChatCompletions, body).contains(r#""messages":["\ud800", "\ude00x"]"#));
    let body = r#"{"model": "smart", "messages": [], "tools": [{"type": "\udc00"}]}"#;
    assert_eq!(refused(body).0, "invalid_value");
}
