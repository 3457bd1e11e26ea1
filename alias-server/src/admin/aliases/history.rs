//! `/api/model-aliases/{alias}/history`, `rollback` and `restore`: what an alias was, and going back to it.

use std::num::NonZeroU32;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::alias::AliasName;
use alias_core::plan::Plan;
use alias_core::repository::{AliasHistoryRepository, StoreError};
use alias_router::LiveRouter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::object::AliasObject;
use super::versions::{AliasVersions, VersionObject};
use crate::admin::answer::{publish, updated};
use crate::admin::edit::IfMatch;
use crate::admin::list::ListRequest;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::admin::what_if::{Weighed, WhatIf};
use crate::auth::Admin;
use crate::error::{ApiError, Code, Member};
use crate::extract::{JsonBody, JsonOrDefault, required};

/// Which part of a history.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryParameters {
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    pub offset: Option<String>,
}

/// Why something is done.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Reason)]
pub struct ReasonDraft {
    /// Up to 500 characters; in the place of the header `x-alias-reason`.
    #[schema(max_length = 500, example = "provider incident 4711")]
    pub reason: Option<String>,
}

/// Which version to go back to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Rollback)]
pub struct RollbackDraft {
    /// The version whose content is to count again.
    #[schema(value_type = Option<i64>, required, minimum = 1, maximum = 4_294_967_295_i64, example = 5)]
    pub version: Option<NonZeroU32>,
    /// Why, up to 500 characters; in the place of the header `x-alias-reason`.
    #[schema(max_length = 500, example = "the new target answers too slowly")]
    pub reason: Option<String>,
}

/// Show the versions of a model alias.
///
/// From the newest on: who made each, when and why, and which fields it changed. Of an alias that is deleted, where no
/// other has its name, the versions can still be read.
///
/// # Errors
/// 400 for wrong parameters, 404 where there is and was none of that name.
#[utoipa::path(
    get, path = "/api/model-aliases/{alias}/history", tag = "model aliases", operation_id = "get_model_alias_history",
    params(Named<AliasName>, HistoryParameters),
    responses((status = 200, description = "A part of the versions, from the newest on.", body = AliasVersions)),
)]
pub async fn list(
    _: Admin,
    request: HttpRequest,
    aliases: web::Data<dyn AliasHistoryRepository>,
    Query(parameters): Query<HistoryParameters>,
    Named(alias): Named<AliasName>,
) -> Result<HttpResponse, ApiError> {
    let list = ListRequest::of(&parameters);
    let history = aliases.history(&alias, &list.window()?).await?;
    let history = history.ok_or_else(|| not_found::<AliasName>(alias.as_str()))?;
    let info = list.page_info(&history.page);
    let body = AliasVersions {
        id: history.id,
        deleted_at: history.deleted_at,
        versions: history.page.items.into_iter().map(VersionObject::from).collect(),
        page: info,
    };
    Ok(list.answer(request.path(), body.page.next_cursor.as_deref(), &body))
}

/// Go back to an earlier version of a model alias.
///
/// Its content becomes that of the earlier version, as a new version that says which one it brought back; the next call
/// goes by it. The name and the access groups are not touched. Where the content is the same already, nothing changes.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for a version that it never had.
#[utoipa::path(
    post, path = "/api/model-aliases/{alias}/rollback", tag = "model aliases", operation_id = "roll_back_model_alias",
    params(Named<AliasName>, WhatIf<NoParameters>, IfMatch),
    request_body(content = RollbackDraft, example = json!({"version": 5, "reason": "the new target answers too slowly"})),
    responses((status = 200, description = "The alias as it is now.", body = AliasObject)),
)]
pub async fn roll_back(
    admin: Admin,
    aliases: web::Data<dyn AliasHistoryRepository>,
    live: web::Data<LiveRouter>,
    IfMatch(expected): IfMatch,
    what_if: WhatIf<NoParameters>,
    Named(alias): Named<AliasName>,
    JsonBody(draft): JsonBody<RollbackDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor_because(draft.reason.as_deref())?;
    let version = required("version", draft.version)?.get();
    let plan = || Plan::RollBackAlias { alias: alias.clone(), version, expected };
    let actor = match what_if.weigh(&actor, plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    let written = aliases.rollback(&alias, version, expected, &actor).await?;
    publish(&live, written.revision).await;
    let object = AliasObject::from(written.value);
    Ok(updated(object.version, written.revision, &object))
}

/// Bring back a model alias that was deleted.
///
/// For 30 days: the one of this name that was deleted last, with its id, its versions, its usage, and its place in those
/// of its access groups that are still there. The body is optional.
///
/// # Errors
/// 404 where none of that name was deleted, 409 where another alias has the name, 410 after 30 days.
#[utoipa::path(
    post, path = "/api/model-aliases/{alias}/restore", tag = "model aliases", operation_id = "restore_model_alias",
    params(Named<AliasName>, WhatIf<NoParameters>),
    request_body(content = Option<ReasonDraft>, example = json!({"reason": "team acme still needs it"})),
    responses(
        (status = 200, description = "The alias as it is now.", body = AliasObject),
        (status = 409, description = "Another alias has the name."),
        (status = 410, description = "It was deleted more than 30 days ago."),
    ),
)]
pub async fn restore(
    admin: Admin,
    aliases: web::Data<dyn AliasHistoryRepository>,
    live: web::Data<LiveRouter>,
    what_if: WhatIf<NoParameters>,
    Named(alias): Named<AliasName>,
    JsonOrDefault(draft): JsonOrDefault<ReasonDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor_because(draft.reason.as_deref())?;
    let weighed = what_if.weigh(&actor, || Plan::RestoreAlias { alias: alias.clone() }).await?;
    let actor = match weighed {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    let written = aliases.restore(&alias, &actor).await.map_err(|why| name_taken(&alias, why))?;
    publish(&live, written.revision).await;
    let object = AliasObject::from(written.value);
    Ok(updated(object.version, written.revision, &object))
}

/// A restoration cannot choose another name: the one that is there has to go.
fn name_taken(alias: &AliasName, why: StoreError) -> ApiError {
    match why {
        StoreError::AlreadyExists { .. } => ApiError::new(
            Code::AliasAlreadyExists,
            format!(
                "The name '{alias}' is that of an alias which is not deleted. Delete that one first, if the deleted \
                 one is to come back."
            ),
        )
        .with(Member::Existing, serde_json::json!(super::location(alias))),
        why => why.into(),
    }
}
