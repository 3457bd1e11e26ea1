//! Partial updates: what of a sent object differs from the stored one, and which version is expected.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};
use alias_core::repository::Expected;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

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
            (None, _) => Some(None),
            (Some(tag), None) => tag.to_str().ok().and_then(|tag| version(tag.trim())),
            (Some(_), Some(_)) => None,
        };
        ready(expected.map(Self).ok_or_else(|| {
            let detail =
                "If-Match takes one ETag as a GET answered it, for example \"7\", or *. Nothing was changed.";
            ApiError::new(Code::VersionConflict, detail)
        }))
    }
}

/// `None`: no tag of ours (weak ones never match); `Some(None)`: any version.
fn version(tag: &str) -> Option<Expected> {
    if tag == "*" {
        return Some(None);
    }
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    plain.then(|| digits.parse().ok()).flatten().map(Some)
}

/// Takes out of a sent object what equals the stored one, so that what a GET gave can be sent back.
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
    sent.retain(|field, value| {
        is_pair(field) || current.get(field) != Some(value) && !counted(field, value, &current)
    });
    let immutable: Vec<FieldError> = sent
        .keys()
        .filter(|field| current.get(field.as_str()).is_some() && !writable.contains(&field.as_str()))
        .map(|field| immutable(field))
        .collect();
    if immutable.is_empty() { Ok(sent) } else { Err(ApiError::fields(Code::ImmutableField, immutable)) }
}

/// The two prices are one value: they are kept together, for the store to compare.
fn is_pair(field: &str) -> bool {
    field.starts_with("pricing_") && field != "pricing_source"
}

/// Counters move between a GET and the PUT that sends it back: an earlier reading is no change.
fn counted(field: &str, sent: &Value, current: &Value) -> bool {
    let (sent, now) = match field {
        "usage_count" => (Some(sent), current.get(field)),
        "usage_stats" => (sent.get("total_calls"), current.pointer("/usage_stats/total_calls")),
        "usage_summary" => (sent.get("total_cost_usd"), current.pointer("/usage_summary/total_cost_usd")),
        _ => return false,
    };
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    number(sent).zip(number(now)).is_some_and(|(sent, now)| sent <= now)
}

fn immutable(field: &str) -> FieldError {
    let message = match field {
        "alias" | "group_name" | "organization_id" | "team_id" => {
            format!("{field} cannot be changed here: create another with the new name, then delete this one")
        }
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
        assert_eq!(version("\"7\""), Some(Some(7)));
        assert_eq!(version("*"), Some(None));
        for tag in
            ["7", "W/\"7\"", "\"7\", \"8\"", "\"\"", "\"x\"", "\"+7\"", "\"07\"", "\"99999999999\"", ""]
        {
            assert_eq!(version(tag), None, "{tag}");
        }
    }

    #[test]
    fn what_a_get_gave_can_be_sent_back_and_counters_may_have_moved_on() {
        let current =
            json!({"alias": "a", "active": true, "usage_count": 5, "usage_stats": {"total_calls": 5}});
        let sent = |value: Value| changes(value.as_object().unwrap().clone(), &current, &["active"]);
        assert_eq!(sent(current.clone()).unwrap(), Map::new());
        assert_eq!(sent(json!({"usage_count": 4, "usage_stats": {"total_calls": 4}})).unwrap(), Map::new());
        assert_eq!(
            Value::Object(sent(json!({"active": false, "new": 1})).unwrap()),
            json!({"active": false, "new": 1})
        );
        for forged in [
            json!({"alias": "b"}),
            json!({"usage_count": 6}),
            json!({"usage_stats": 0}),
            json!({"usage_count": "4"}),
        ] {
            assert_eq!(sent(forged.clone()).unwrap_err().code(), Code::ImmutableField, "{forged}");
        }
    }
}
