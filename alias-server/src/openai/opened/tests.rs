//! Ids that the team was given reach LiteLLM as it made them, and no others do.

use alias_core::model_ref::ModelRef;
use serde_json::{Value, json};

use super::*;
use crate::error::Dialect;
use crate::openai::fields::ExtraFields;

const ORIGINAL: &str = "resp_bGl0ZWxsbTpjdXN0b21fbGxtX3Byb3ZpZGVyOm9wZW5haQ==";

fn target() -> ModelRef {
    "openai/gpt-4o".parse().unwrap()
}

fn read(body: &str) -> Result<CallBody<'_>, ApiError> {
    CallBody::parse(Endpoint::Responses, body.as_bytes(), &ExtraFields::default())
}

fn sealed(team: u64, id: &str) -> String {
    let mut out = Vec::new();
    ProviderIds::of_team(team).response(&json!(id).to_string(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// What the team with the number 1 sends.
fn sent(fields: Value) -> Result<String, ApiError> {
    let mut body = json!({"model": "smart", "input": "hi"});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let body = body.to_string();
    let mut call = read(&body)?;
    open(&mut call, &ProviderIds::of_team(1))?;
    Ok(String::from_utf8(call.write_for(&target())).unwrap())
}

#[test]
fn an_id_that_the_team_was_given_is_sent_as_litellm_made_it() {
    let out = sent(json!({"previous_response_id": sealed(1, ORIGINAL), "store": true})).unwrap();
    let out: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&out["previous_response_id"], &out["store"]), (&json!(ORIGINAL), &json!(true)));
    assert!(sent(json!({"previous_response_id": null})).unwrap().contains(r#""previous_response_id":null"#));
}

#[test]
fn a_foreign_forged_or_unsealed_id_is_refused_and_named() {
    let given = sealed(1, ORIGINAL);
    for id in [
        json!(ORIGINAL),
        json!("resp_1"),
        json!(""),
        json!(sealed(2, ORIGINAL)),
        json!(given[..90]),
        json!(7),
        json!({}),
        json!([given]),
    ] {
        let refusal = sent(json!({"previous_response_id": id})).unwrap_err();
        let body = refusal.body(Dialect::OpenAi, "/", "req");
        assert_eq!(
            (&body["error"]["code"], &body["error"]["param"]),
            (&json!("invalid_value"), &json!("previous_response_id")),
            "{id}"
        );
        assert_eq!(refusal.code().status().as_u16(), 400);
    }
}

#[test]
fn containers_in_inputs_and_tools_are_opened_or_refused() {
    let raw = r#"[{"type":"code_interpreter","container":"cntr_bGl0ZWxsbTo="}]"#;
    let mut given = Vec::new();
    ProviderIds::of_team(1).tools(raw, &mut given).unwrap();
    let given: Value = serde_json::from_slice(&given).unwrap();
    let out: Value = serde_json::from_str(&sent(json!({ "tools": given })).unwrap()).unwrap();
    assert_eq!(out["tools"], serde_json::from_str::<Value>(raw).unwrap());
    let call = json!([{"type": "code_interpreter_call", "container_id": given[0]["container"]}]);
    assert!(sent(json!({ "input": call })).unwrap().contains(r#""container_id":"cntr_bGl0ZWxsbTo=""#));
    for (field, value) in [
        ("tools", json!([{"type": "code_interpreter", "container": "cntr_bGl0ZWxsbTo="}])),
        ("input", json!([{"type": "code_interpreter_call", "container_id": "cntr_bGl0ZWxsbTo="}])),
    ] {
        let refusal = sent(json!({ field: value })).unwrap_err();
        assert_eq!(refusal.body(Dialect::OpenAi, "/", "req")["error"]["param"], field);
    }
}

#[test]
fn an_input_without_such_ids_is_sent_as_the_same_bytes() {
    let input = r#""input":[ {"role":"user", "content":"caf\u00e9 \"cntr_"} ]"#;
    let body = format!(r#"{{"model":"smart",{input}}}"#);
    let mut call = read(&body).unwrap();
    open(&mut call, &ProviderIds::of_team(1)).unwrap();
    assert!(String::from_utf8(call.write_for(&target())).unwrap().contains(input));
}
