//! What the examples are answered: recorded from a server by the black-box tests, which also compare the records with
//! what it answers now.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::Modify;
use utoipa::openapi::{OpenApi, RefOr};

/// By the names of operations.
const RECORDED: [&str; 2] = [include_str!("answers.json"), include_str!("answers_about_people.json")];

#[derive(Deserialize)]
struct Answer {
    status: u16,
    body: Value,
}

/// Adds them.
pub(super) struct Answers;

impl Modify for Answers {
    fn modify(&self, document: &mut OpenApi) {
        let mut recorded: BTreeMap<String, Answer> = BTreeMap::new();
        for one in RECORDED {
            recorded.extend(serde_json::from_str::<BTreeMap<String, Answer>>(one).unwrap_or_default());
        }
        for item in document.paths.paths.values_mut() {
            let methods = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            for operation in methods.into_iter().flatten() {
                let Some(answer) = operation.operation_id.as_ref().and_then(|name| recorded.remove(name))
                else {
                    continue;
                };
                let Some(RefOr::T(response)) =
                    operation.responses.responses.get_mut(&answer.status.to_string())
                else {
                    continue;
                };
                if let Some(RefOr::T(content)) = response.content.get_mut("application/json") {
                    content.example = Some(answer.body);
                }
            }
        }
    }
}
