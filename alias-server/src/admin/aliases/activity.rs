//! `/api/model-aliases/{alias}/enable` and `disable`: an update of `active`, with its reason.

use actix_web::{HttpResponse, web};
use alias_core::alias::{AliasChange, AliasName};
use alias_core::repository::AliasRepository;
use alias_router::LiveRouter;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::change::Changing;
use super::object::AliasObject;
use super::schedule::{Later, MomentParameters, ScheduledObject};
use crate::admin::edit::IfMatch;
use crate::admin::path::Named;
use crate::admin::what_if::WhatIf;
use crate::auth::Admin;
use crate::error::ApiError;
use crate::extract::JsonOrDefault;

/// What enabling or disabling is asked with.
type Asked = (
    (Admin, Later),
    web::Data<dyn AliasRepository>,
    web::Data<LiveRouter>,
    IfMatch,
    WhatIf<MomentParameters>,
    Named<AliasName>,
    JsonOrDefault<ActivityDraft>,
);

/// Why, and from when on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Activity)]
pub struct ActivityDraft {
    /// Up to 500 characters; in the place of the header `x-alias-reason`.
    #[schema(max_length = 500, example = "provider incident 4711")]
    pub reason: Option<String>,
    /// The moment from which on it counts; now where absent.
    #[schema(example = "2027-01-31T06:00:00Z")]
    pub effective_at: Option<String>,
}

/// Serves the alias's calls from now on, or refuses them.
async fn set(active: bool, asked: Asked) -> Result<HttpResponse, ApiError> {
    let ((admin, later), aliases, live, IfMatch(expected), what_if, Named(alias), JsonOrDefault(draft)) =
        asked;
    let moment = later.moment(&what_if.parameters, draft.effective_at.map(Value::String))?;
    let actor = admin.actor_because(draft.reason.as_deref())?;
    let change = AliasChange { active: Some(active), ..AliasChange::default() };
    let changing = Changing { alias, change, moment, expected };
    changing.make((&what_if, &later, &**aliases, &live), &actor).await
}

/// Serve calls of a model alias again.
///
/// As an update of `active` to true. The body is optional.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/model-aliases/{alias}/enable", tag = "model aliases", operation_id = "enable_model_alias",
    params(Named<AliasName>, WhatIf<MomentParameters>, IfMatch),
    request_body(content = Option<ActivityDraft>, example = json!({"reason": "the provider is back"})),
    responses(
        (status = 200, description = "The alias, active.", body = AliasObject),
        (status = 202, description = "With `effective_at`: the change that waits.", body = ScheduledObject),
    ),
)]
pub async fn enable(asked: Asked) -> Result<HttpResponse, ApiError> {
    set(true, asked).await
}

/// Refuse calls of a model alias.
///
/// As an update of `active` to false: it keeps its groups, its history and its figures. The body is optional.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/model-aliases/{alias}/disable", tag = "model aliases", operation_id = "disable_model_alias",
    params(Named<AliasName>, WhatIf<MomentParameters>, IfMatch),
    request_body(content = Option<ActivityDraft>, example = json!({"reason": "provider incident 4711"})),
    responses(
        (status = 200, description = "The alias, disabled.", body = AliasObject),
        (status = 202, description = "With `effective_at`: the change that waits.", body = ScheduledObject),
    ),
)]
pub async fn disable(asked: Asked) -> Result<HttpResponse, ApiError> {
    set(false, asked).await
}
