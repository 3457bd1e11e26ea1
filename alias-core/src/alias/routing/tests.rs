//! What is refused of where calls go, and what becomes of parameters.

use serde_json::json;

use super::*;
use crate::alias::AliasDraft;

fn wrong(fields: serde_json::Value) -> Vec<String> {
    let mut draft = json!({"alias": "a", "litellm_model": "openai/gpt-4"});
    draft.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    match serde_json::from_value::<AliasDraft>(draft).unwrap().parse() {
        Ok(_) => vec![],
        Err(report) => report.field_errors().into_keys().map(|field| field.to_string()).collect(),
    }
}

#[test]
fn a_portion_is_per_cent_with_two_decimals() {
    for (text, hundredths) in [("5", 500), ("0.01", 1), ("100", 10_000), ("12.5", 1_250), ("99.99", 9_999)] {
        assert_eq!(text.parse::<Portion>().unwrap().hundredths(), hundredths, "{text}");
    }
    for text in ["0", "-1", "100.01", "0.001", "x", "1e9"] {
        assert!(text.parse::<Portion>().is_err(), "{text}");
    }
    assert_eq!(serde_json::to_value(Portion::new(1_250)).unwrap(), json!(12.5));
}

#[test]
fn what_does_not_go_together_is_refused_by_its_field() {
    let split = |model: &str, share: u8| json!({"split": [{"litellm_model": model, "share": share}]});
    assert!(wrong(split("openai/gpt-4o", 5)).is_empty());
    assert_eq!(wrong(split("openai/gpt-4", 5)), ["split"]);
    assert_eq!(wrong(split("openai/{rest}", 5)), ["split"]);
    let two = json!({"split": [
        {"litellm_model": "openai/a", "share": 60}, {"litellm_model": "openai/b", "share": 41},
    ]});
    assert_eq!(wrong(two), ["split"]);
    assert_eq!(wrong(json!({"fallbacks": [{"litellm_model": "openai/b", "on": []}]})), ["fallbacks"]);
    assert_eq!(wrong(json!({"fallbacks": [{"litellm_model": "openai/gpt-4"}]})), ["fallbacks"]);
    assert!(wrong(json!({"fallbacks": [{"litellm_model": "openai/b"}]})).is_empty());
    let overrides = |one: serde_json::Value| {
        let mut one = one;
        one["litellm_model"] = json!("openai/gpt-4o");
        wrong(json!({"overrides": [one.clone(), {"team_id": "other", "litellm_model": "openai/x"}]}))
    };
    assert!(overrides(json!({"team_id": "a"})).is_empty());
    assert!(overrides(json!({"organization_id": "a"})).is_empty());
    for one in [json!({}), json!({"team_id": "a", "organization_id": "b"}), json!({"team_id": "OTHER"})] {
        assert_eq!(overrides(one), ["overrides"]);
    }
    let shadow = |model: &str| wrong(json!({"shadow": {"litellm_model": model, "share": 10}}));
    assert!(shadow("openai/gpt-4o").is_empty());
    for vain in ["openai/gpt-4", "openai/{rest}", "alias/other", "nobody/x"] {
        assert_eq!(shadow(vain), ["shadow"], "{vain}");
    }
    assert_eq!(wrong(json!({"match": "prefix"})), ["litellm_model"]);
    assert_eq!(wrong(json!({"litellm_model": "openai/{rest}"})), ["litellm_model"]);
    assert!(wrong(json!({"alias": "a-", "match": "prefix", "litellm_model": "openai/{rest}"})).is_empty());
    assert_eq!(wrong(json!({"alias": "a-"})), ["alias"]);
}

#[test]
fn one_target_of_a_split_has_guardrails_that_can_take_effect() {
    let canary =
        |rails: serde_json::Value| json!({"litellm_model": "openai/new", "share": 5, "guardrails": rails});
    let split = |rails: serde_json::Value| wrong(json!({"split": [canary(rails)]}));
    assert!(split(json!({"error_rate": 5})).is_empty());
    assert!(split(json!({"error_rate": 0, "cost": 10000, "min_calls": 1, "window_seconds": 10})).is_empty());
    for vain in [
        json!({}),
        json!({"min_calls": 10}),
        json!({"error_rate": 100}),
        json!({"cost": 1, "min_calls": 0}),
        json!({"cost": 1, "window_seconds": 9}),
        json!({"cost": 1, "window_seconds": 86_401}),
    ] {
        assert_eq!(split(vain.clone()), ["split"], "{vain}");
    }
    let mut two = canary(json!({"cost": 1}));
    two["litellm_model"] = json!("openai/other");
    assert_eq!(wrong(json!({"split": [canary(json!({"cost": 1})), two]})), ["split"]);
    for text in ["-1", "10000.01", "0.001", "x"] {
        assert!(text.parse::<Tolerance>().is_err(), "{text}");
    }
    let rails: Guardrails = serde_json::from_value(json!({"error_rate": 2.5})).unwrap();
    assert_eq!((rails.min_calls, rails.window_seconds), (USUAL_MIN_CALLS, USUAL_WINDOW));
    assert_eq!(
        serde_json::to_value(&rails).unwrap(),
        json!({"error_rate": 2.5, "min_calls": 50, "window_seconds": 300})
    );
}

#[test]
fn a_rule_says_one_thing_about_a_parameter_that_is_the_clients() {
    let rule = |name: &str, rule: serde_json::Value| wrong(json!({"parameters": {name: rule}}));
    for right in [
        json!({"default": 0.7, "max": 1}),
        json!({"override": {"type": "json_object"}}),
        json!({"min": 0, "max": 1}),
        json!({"forbid": true}),
    ] {
        assert!(rule("temperature", right.clone()).is_empty(), "{right}");
    }
    for wrong in [
        json!({}),
        json!({"forbid": true, "max": 1}),
        json!({"override": 1, "default": 1}),
        json!({"default": 2, "max": 1}),
        json!({"default": "hot", "max": 1}),
        json!({"min": 2, "max": 1}),
        json!({"override": null, "default": null}),
        json!({"override": "x".repeat(5_000)}),
    ] {
        assert_eq!(rule("temperature", wrong.clone()), ["parameters"], "{wrong}");
    }
    for name in ["model", "stream", "messages", "background", "previous_response_id", "Temperature", ""] {
        assert_eq!(rule(name, json!({"forbid": true})), ["parameters"], "{name}");
    }
    // What calls are held for is counted from these.
    for (name, one, fits) in [
        ("n", json!({"max": 4}), true),
        ("n", json!({"override": 1000}), false),
        ("n", json!({"default": "5"}), false),
        ("max_tokens", json!({"override": 4000}), true),
        ("max_tokens", json!({"default": 5.5}), false),
        ("max_output_tokens", json!({"min": 0}), false),
        ("n", json!({"forbid": true}), true),
    ] {
        assert_eq!(rule(name, one.clone()).is_empty(), fits, "{name}: {one}");
    }
}

#[test]
fn a_number_outside_is_sent_as_the_bound() {
    let rule: ParameterRule = serde_json::from_value(json!({"min": 0.1, "max": 1})).unwrap();
    let sent = |text: &str| {
        let number = serde_json::from_str(text).unwrap();
        rule.bound_for(&number).map(ToString::to_string)
    };
    assert_eq!((sent("0.5"), sent("1.0"), sent("0.1")), (None, None, None));
    assert_eq!(
        (sent("1.5"), sent("0"), sent("1e300")),
        (Some("1".into()), Some("0.1".into()), Some("1".into()))
    );
}
