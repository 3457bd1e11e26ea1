//! Whatever comes: no panic, and nothing on its way to LiteLLM that is not on a list.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("function")),
        Just(json!("mcp")),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any_name(), inner), 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Names of which some are on the lists, some are members of what is read, and some are neither.
fn any_name() -> impl Strategy<Value = String> {
    let listed: Vec<&str> = Endpoint::ALL.into_iter().flat_map(crate::openai::fields::names).collect();
    prop_oneof![
        4 => prop::sample::select(listed).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["type", "function", "name", "custom", "include_usage", "api_base", "tools"])
            .prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn any_endpoint() -> impl Strategy<Value = Endpoint> {
    prop::sample::select(Endpoint::ALL.to_vec())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(endpoint in any_endpoint(), bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let _ = CallBody::parse(endpoint, &bytes, &ExtraFields::default());
    }

    #[test]
    fn a_body_that_is_cut_anywhere_is_refused(cut in 0_usize..1000) {
        let body = chat(json!({"tools": [{"type": "function"}], "metadata": {"a": "b"}, "stream": true, "user": "\"[é\\"}));
        let bytes = body.as_bytes();
        let cut = cut % bytes.len();
        prop_assert!(CallBody::parse(Endpoint::ChatCompletions, &bytes[..cut], &ExtraFields::default()).is_err());
    }

    #[test]
    fn what_is_written_holds_allowed_names_only_each_with_its_own_value(
        endpoint in any_endpoint(),
        fields in prop::collection::btree_map(any_name(), any_json(), 0..6),
    ) {
        let mut body = minimal(endpoint);
        body.as_object_mut().unwrap().extend(fields);
        let text = body.to_string();
        let body: Value = serde_json::from_str(&text).unwrap();
        let Ok(call) = read(endpoint, &text) else { return Ok(()) };
        let sent: Value = serde_json::from_slice(&call.write_for(&target())).unwrap();
        for (name, value) in sent.as_object().unwrap() {
            prop_assert!(crate::openai::fields::rule(endpoint, name).is_some());
            match name.as_str() {
                "model" => prop_assert_eq!(value, &json!("openai/gpt-4o")),
                "stream_options" => {}
                _ => prop_assert_eq!(value, &body[name]),
            }
        }
        for name in body.as_object().unwrap().keys() {
            prop_assert!(sent.get(name).is_some());
        }
        let again = call.write_for(&target());
        let again = CallBody::parse(endpoint, &again, &ExtraFields::default()).unwrap();
        prop_assert_eq!((again.model(), again.stream()), (Some("openai/gpt-4o"), call.stream()));
    }
}
