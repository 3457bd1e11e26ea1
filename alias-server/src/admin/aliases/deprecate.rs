//! `/api/model-aliases/{alias}/deprecate` and `undeprecate`: an update of `deprecation`, since now.

use actix_web::{HttpResponse, web};
use alias_core::alias::{AliasChange, AliasName, AtSunset, Brownout, Deprecation};
use alias_core::clock::{Clock, Timestamp};
use alias_core::repository::{AliasRepository, StoreError};
use alias_router::LiveRouter;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::activity::ActivityDraft;
use super::change::Changing;
use super::object::AliasObject;
use super::schedule::{Later, MomentParameters, ScheduledObject};
use crate::admin::edit::IfMatch;
use crate::admin::path::{InPath, Named, not_found};
use crate::admin::what_if::WhatIf;
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError};
use crate::extract::JsonOrDefault;

/// What both are asked with, besides their bodies.
type Asked = (
    (Admin, Later, web::Data<dyn Clock>),
    web::Data<dyn AliasRepository>,
    web::Data<LiveRouter>,
    IfMatch,
    WhatIf<MomentParameters>,
    Named<AliasName>,
);

/// How an alias ends.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeprecationDraft)]
pub struct DeprecationDraft {
    /// When its time is over; never by itself where absent.
    pub sunset_at: Option<Timestamp>,
    /// The alias to use in its place.
    #[schema(value_type = Option<String>, example = "smart")]
    pub replacement: Option<AliasName>,
    /// What callers are told besides, in one line of up to 200 characters.
    #[schema(max_length = 200, example = "Prompts need no change.")]
    pub message: Option<String>,
    /// What becomes of calls from `sunset_at` on; `block` where absent.
    pub at_sunset: Option<AtSunset>,
    /// Windows before the sunset in which calls are refused, so that who still calls finds out in time: up to 16 of up to
    /// 24 hours each.
    #[schema(max_items = 16)]
    pub brownouts: Option<Vec<Brownout>>,
    /// Up to 500 characters; in the place of the header `x-alias-reason`.
    #[schema(max_length = 500, example = "the provider retires it")]
    pub reason: Option<String>,
    /// The moment from which on it is deprecated; now where absent.
    #[schema(example = "2027-01-31T06:00:00Z")]
    pub effective_at: Option<String>,
}

/// Deprecate a model alias.
///
/// Calls are served as before, and every answer says so (`Deprecation`, `Sunset`, `Link`). From `sunset_at` on they are
/// refused (`block`), go where those of the replacement go (`redirect`), or are served all the same (`keep`). Within
/// `brownouts` they are refused before. Of an alias that is deprecated already, the date stays since when. The body is
/// optional.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields, an unknown replacement, and redirects
/// that lead in a circle.
#[utoipa::path(
    post, path = "/api/model-aliases/{alias}/deprecate", tag = "model aliases", operation_id = "deprecate_model_alias",
    params(Named<AliasName>, WhatIf<MomentParameters>, IfMatch),
    request_body(content = Option<DeprecationDraft>, example = json!({
        "sunset_at": "2099-01-31T06:00:00Z", "message": "Ask the platform team.", "at_sunset": "block",
    })),
    responses(
        (status = 200, description = "The alias, deprecated.", body = AliasObject),
        (status = 202, description = "With `effective_at`: the change that waits.", body = ScheduledObject),
    ),
)]
pub async fn deprecate(
    asked: Asked,
    JsonOrDefault(draft): JsonOrDefault<DeprecationDraft>,
) -> Result<HttpResponse, ApiError> {
    let ((_, later, clock), aliases, _, _, what_if, Named(alias)) = &asked;
    let moment = later.moment(&what_if.parameters, draft.effective_at.map(Value::String))?;
    let current = aliases.find(alias).await?.ok_or_else(|| not_found::<AliasName>(alias.as_str()))?;
    let from = moment.unwrap_or_else(|| clock.now()).second();
    let since = current.alias.spec.routing.deprecation.map_or(from, |told| told.deprecated_at.min(from));
    let deprecation = Deprecation {
        deprecated_at: since,
        sunset_at: draft.sunset_at.map(Timestamp::second),
        replacement: draft.replacement,
        message: draft.message,
        at_sunset: draft.at_sunset.unwrap_or_default(),
        brownouts: draft.brownouts.unwrap_or_default(),
    };
    if deprecation.sunset_at.is_some_and(|sunset| sunset <= from) {
        return Err(wrong(
            "sunset_at",
            "invalid_value",
            "sunset_at has passed: name a moment that is yet to come",
        ));
    }
    if let Some(other) = &deprecation.replacement
        && aliases.find(other).await?.is_none()
    {
        let kind = AliasName::KIND;
        let (names, suggestions) = (vec![other.to_string()], Vec::new());
        return Err(StoreError::UnknownReference { kind, field: "replacement", names, suggestions }.into());
    }
    set(Some(deprecation), moment, draft.reason.as_deref(), asked).await
}

/// Take the deprecation of a model alias back.
///
/// Calls are served as if it had never been deprecated. The body is optional.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/model-aliases/{alias}/undeprecate", tag = "model aliases", operation_id = "undeprecate_model_alias",
    params(Named<AliasName>, WhatIf<MomentParameters>, IfMatch),
    request_body(content = Option<ActivityDraft>, example = json!({"reason": "the provider keeps it"})),
    responses(
        (status = 200, description = "The alias, deprecated no more.", body = AliasObject),
        (status = 202, description = "With `effective_at`: the change that waits.", body = ScheduledObject),
    ),
)]
pub async fn undeprecate(
    asked: Asked,
    JsonOrDefault(draft): JsonOrDefault<ActivityDraft>,
) -> Result<HttpResponse, ApiError> {
    let ((_, later, _), _, _, _, what_if, _) = &asked;
    let moment = later.moment(&what_if.parameters, draft.effective_at.map(Value::String))?;
    set(None, moment, draft.reason.as_deref(), asked).await
}

async fn set(
    deprecation: Option<Deprecation>,
    moment: Option<Timestamp>,
    reason: Option<&str>,
    asked: Asked,
) -> Result<HttpResponse, ApiError> {
    let ((admin, later, _), aliases, live, IfMatch(expected), what_if, Named(alias)) = asked;
    let actor = admin.actor_because(reason)?;
    let change = AliasChange { deprecation: Some(deprecation), ..AliasChange::default() };
    let changing = Changing { alias, change, moment, expected };
    changing.make((&what_if, &later, &**aliases, &live), &actor).await
}

fn wrong(field: &str, code: &str, why: &str) -> ApiError {
    ApiError::fields(Code::InvalidValue, vec![FieldError::of(field, code, why)])
}
