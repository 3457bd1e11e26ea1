//! What is read of drafts and changes, and what is refused of them.

use super::*;

#[test]
fn a_draft_of_the_user_guide_becomes_an_active_alias() {
    let draft: AliasDraft = serde_json::from_str(
        r#"{"alias":"gpt-4","litellm_model":"openai/gpt-4","description":"GPT-4 model"}"#,
    )
    .unwrap();
    let new = draft.parse().unwrap();
    assert_eq!(new.alias.as_str(), "gpt-4");
    assert_eq!(new.spec.litellm_model.provider(), "openai");
    assert!(new.spec.active);
}

#[test]
fn every_wrong_field_is_reported_at_once() {
    let draft = AliasDraft {
        description: Some("d".repeat(2001)),
        pricing_input: serde_json::Number::from_f64(1.0),
        ..AliasDraft::new("", "gpt-4")
    };
    let report = draft.parse().unwrap_err();
    let mut fields: Vec<_> = report.field_errors().into_keys().collect();
    fields.sort_unstable();
    assert_eq!(fields, ["alias", "description", "litellm_model", "pricing_output"]);
}

#[test]
fn an_unknown_provider_needs_a_word() {
    let draft = AliasDraft::new("a", "opnai/gpt-4");
    let report = draft.clone().parse().unwrap_err();
    let error = &report.field_errors()["litellm_model"][0];
    assert_eq!(error.code, "unknown_provider");
    assert_eq!(error.params["suggestion"], "openai/gpt-4");
    assert!(AliasDraft { allow_unknown_provider: Some(true), ..draft }.parse().is_ok());
}

#[test]
fn absent_null_and_empty_are_three_things() {
    let edit = |json: &str| serde_json::from_str::<AliasEdit>(json).unwrap().parse().unwrap();
    assert_eq!(edit("{}"), AliasChange::default());
    assert_eq!(edit(r#"{"display_name":null}"#).display_name, Some(None));
    let cleared = edit(r#"{"tags":null,"metadata":null}"#);
    assert_eq!((cleared.tags, cleared.metadata), (Some(vec![]), Some(Metadata::new())));
    for field in ["litellm_model", "active", "visibility"] {
        let why = serde_json::from_value::<AliasEdit>(serde_json::json!({ field: null })).unwrap_err();
        assert!(why.to_string().contains("leave the field out"), "{field}: {why}");
    }
    assert_eq!(edit(r#"{"description":null}"#).description, Some(String::new()));
    assert_eq!(edit(r#"{"tags":[]}"#).tags, Some(vec![]));
    assert_eq!(edit(r#"{"pricing_input":null,"pricing_output":null}"#).pricing, Some(Pricing::UNSAID),);
}
