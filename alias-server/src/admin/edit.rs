//! Partial updates: what of a sent object differs from the stored one, and which version is expected.

mod counters;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};
use alias_core::repository::Expected;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use self::counters::Reading;
use crate::admin::answer::optional_header;
use crate::error::{ApiError, Code, FieldError};

/// The version that the caller read (`If-Match`): a number of ours, `*`, or no header at all.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Expected);

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![optional_header(
            "If-Match",
            "The `ETag` that was read; 412 where the object has moved on.",
            "\"7\"",
        )]
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut tags = request.headers().get_all(IF_MATCH);
        let expected = match (tags.next(), tags.next()) {
            (None, _) => None,
            (Some(tag), None) => tag.to_str().map_or(NO_VERSION, |tag| version(tag.trim())),
            (Some(_), Some(_)) => NO_VERSION,
        };
        ready(Ok(Self(expected)))
    }
}

/// What a tag that is none of ours stands for: versions count from 1, so that no object has it, and the 412
/// tells the tag that it has.
const NO_VERSION: Expected = Some(0);

/// The version that a tag names (weak ones never match); `None` for any.
fn version(tag: &str) -> Expected {
    if tag == "*" {
        return None;
    }
    let digits = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    let number = plain.then(|| digits.parse().ok()).flatten();
    number.map_or(NO_VERSION, Some)
}

/// Takes out of a sent object the fields that only the server sets, where they are as the stored one has
/// them, so that what a GET gave can be sent back. What can be written always stays: only the store, in its
/// transaction, knows whether it changes anything.
///
/// # Errors
/// 422 `immutable_field` for fields of the object that are none of `writable` and differ. Fields that the
/// object does not have stay in: reading the rest as an edit reports them.
pub fn changes(
    mut sent: Map<String, Value>,
    current: &impl Serialize,
    writable: &[&str],
) -> Result<Map<String, Value>, ApiError> {
    let current = serde_json::to_value(current).unwrap_or_default();
    let earlier = Reading::of(&sent, &current);
    sent.retain(|field, value| {
        writable.contains(&field.as_str())
            || current.get(field).is_none_or(|now| now != value && !earlier.allows(field, value, now))
    });
    let immutable: Vec<FieldError> = sent
        .keys()
        .filter(|field| current.get(field.as_str()).is_some() && !writable.contains(&field.as_str()))
        .map(|field| immutable(field))
        .collect();
    if immutable.is_empty() { Ok(sent) } else { Err(ApiError::fields(Code::ImmutableField, immutable)) }
}

/// An object without a name for people shows its own name there: sent back, that is still none.
pub fn no_label_of_its_own(sent: &mut Map<String, Value>, name: &str) {
    if let Some(label) = sent.get_mut("display_name").filter(|label| **label == name) {
        *label = Value::Null;
    }
}

fn immutable(field: &str) -> FieldError {
    let message = match field {
        "alias" | "group_name" | "organization_id" | "team_id" => {
            format!("{field} cannot be changed here: create another with the new name, then delete this one")
        }
        "access_groups" => "access_groups is not changed here: use POST \
             /api/model-access-groups/{group}/add-models and remove-models, or leave it out"
            .into(),
        "credits_allocated" => {
            "credits_allocated is not changed here: credits are given when a team is created; leave it out"
                .into()
        }
        "deprecated_at" | "sunset_at" | "replacement" => format!(
            "{field} is not changed here: set deprecation, which holds it, or use POST /api/model-aliases/{{alias}}/deprecate"
        ),
        _ => format!("{field} is set by the server: leave it out, or send it as a GET answered it"),
    };
    FieldError {
        field: field.into(),
        pointer: format!("#/{field}"),
        code: "immutable_field".into(),
        message,
        suggestion: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_one_strong_tag_of_ours_or_a_star_is_a_version() {
        assert_eq!(version("\"7\""), Some(7));
        assert_eq!(version("*"), None);
        for tag in
            ["7", "W/\"7\"", "\"7\", \"8\"", "\"\"", "\"x\"", "\"+7\"", "\"07\"", "\"99999999999\"", ""]
        {
            assert_eq!(version(tag), NO_VERSION, "{tag}");
        }
    }

    fn current() -> Value {
        json!({
            "alias": "a", "active": true, "access_groups": [], "usage_count": 5,
            "usage_stats": {"total_calls": 5, "total_cost_usd": 1.5, "avg_tokens_per_call": 7, "denied_calls": 1,
                "last_used_at": "2024-10-14T12:00:00Z"},
            "usage_summary": {"total_cost_usd": 1.5},
        })
    }

    fn sent(value: Value) -> Result<Value, ApiError> {
        let Value::Object(sent) = value else { panic!("{value} is no object") };
        changes(sent, &current(), &["active"]).map(Value::Object)
    }

    #[test]
    fn what_can_be_written_goes_to_the_store_also_where_it_equals_what_was_read() {
        assert_eq!(sent(json!({"active": true})).unwrap(), json!({"active": true}));
        assert_eq!(sent(json!({"active": false, "new": 1})).unwrap(), json!({"active": false, "new": 1}));
    }

    #[test]
    fn what_a_get_gave_can_be_sent_back_also_where_counters_have_moved_on() {
        assert_eq!(sent(current()).unwrap(), json!({"active": true}));
        let mut earlier = current();
        earlier["usage_count"] = json!(4);
        earlier["usage_stats"] = json!({"total_calls": 4, "total_cost_usd": 1.2, "avg_tokens_per_call": 9,
            "denied_calls": 0, "last_used_at": null});
        earlier["usage_summary"]["total_cost_usd"] = json!(1.2);
        assert_eq!(sent(earlier).unwrap(), json!({"active": true}));
        let mut refused_since = current();
        refused_since["usage_stats"]["denied_calls"] = json!(0);
        assert_eq!(sent(refused_since).unwrap(), json!({"active": true}));
    }

    #[test]
    fn an_earlier_balance_is_believed_where_it_adds_up_and_is_not_ahead() {
        let now = json!({"credits_allocated": 110, "credits_used": 8.5, "credits_remaining": 101.5});
        let balance = |given: Value, used: Value, left: Value| {
            let sent = json!({"credits_allocated": given, "credits_used": used, "credits_remaining": left});
            let Value::Object(sent) = sent else { panic!() };
            changes(sent, &now, &[]).map(Value::Object).map_err(|error| error.code())
        };
        for (given, used, left) in [(json!(100), json!(7.5), json!(92.5)), (json!(5), json!(8), json!(-3))] {
            assert_eq!(balance(given, used, left), Ok(json!({})));
        }
        for (given, used, left) in [
            (json!(100), json!(7), json!(92)),
            (json!(500), json!(7), json!(493)),
            (json!(100), json!(9), json!(91)),
            (json!("100"), json!(7), json!(93)),
        ] {
            assert_eq!(balance(given, used, left), Err(Code::ImmutableField));
        }
    }

    #[test]
    fn what_only_the_server_sets_is_refused_where_it_was_changed() {
        let stats = |member: &str, value: Value| {
            let mut forged = current();
            forged["usage_stats"][member] = value;
            forged
        };
        for forged in [
            json!({"alias": "b"}),
            json!({"access_groups": ["g"]}),
            json!({"usage_count": 6}),
            json!({"usage_stats": 0}),
            json!({"usage_count": "4"}),
            stats("total_calls", json!(6)),
            stats("total_cost_usd", json!(0.5)),
            stats("avg_tokens_per_call", json!(8)),
            stats("denied_calls", json!(2)),
            stats("last_used_at", json!(null)),
            stats("new", json!(1)),
            json!({"usage_stats": current()["usage_stats"], "usage_summary": {"total_cost_usd": 0.5}}),
        ] {
            assert_eq!(sent(forged.clone()).unwrap_err().code(), Code::ImmutableField, "{forged}");
        }
    }
}
