//! `/api/model-aliases/{alias}/rename`: another name for the same alias, with the old one leading on to it.

use actix_web::{HttpResponse, web};
use alias_core::alias::{AliasName, OldName, Renaming};
use alias_core::clock::{Clock, Timestamp};
use alias_core::plan::Plan;
use alias_core::repository::AliasHistoryRepository;
use alias_router::LiveRouter;
use serde::Deserialize;
use utoipa::ToSchema;

use super::object::AliasObject;
use crate::admin::answer::{publish, updated};
use crate::admin::edit::IfMatch;
use crate::admin::path::Named;
use crate::admin::query::NoParameters;
use crate::admin::what_if::{Weighed, WhatIf};
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError};
use crate::extract::{JsonBody, required};

/// Another name for an alias.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RenamingDraft)]
pub struct RenamingDraft {
    /// The name that it has then.
    #[schema(value_type = String, example = "gpt-4-classic")]
    pub new_alias: Option<AliasName>,
    /// Whether calls of the old name are served as before, and told to use the new one; true where absent.
    #[schema(example = true)]
    pub keep_old_as_redirect: Option<bool>,
    /// When calls of the old name are not served any more; always where absent.
    #[schema(example = "2099-01-31T06:00:00Z")]
    pub sunset_at: Option<Timestamp>,
    /// Up to 500 characters; in the place of the header `x-alias-reason`.
    #[schema(max_length = 500, example = "one naming pattern for all")]
    pub reason: Option<String>,
}

impl RenamingDraft {
    fn parse(self, now: Timestamp) -> Result<Renaming, ApiError> {
        let new_alias = required("new_alias", self.new_alias)?;
        let keeps = self.keep_old_as_redirect.unwrap_or(true);
        match self.sunset_at {
            Some(_) if !keeps => Err(wrong("sunset_at is of the old name: leave it out, or keep that one")),
            Some(end) if end.second() <= now.second() => {
                Err(wrong("sunset_at has passed: name a moment that is yet to come"))
            }
            sunset_at => Ok(Renaming { new_alias, old: keeps.then_some(OldName { sunset_at }) }),
        }
    }
}

fn wrong(why: &str) -> ApiError {
    ApiError::fields(Code::InvalidValue, vec![FieldError::of("sunset_at", "invalid_value", why)])
}

/// Rename a model alias.
///
/// It stays the same alias: its id, its versions, its access groups, its usage, and whatever is limited to it. The old
/// name becomes an alias of its own that leads on to it, in the same access groups, and is deprecated: its calls are
/// served, and every answer says to use the new name. From `sunset_at` on they are refused.
///
/// # Errors
/// 404, 409 where another alias has the name, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/model-aliases/{alias}/rename", tag = "model aliases", operation_id = "rename_model_alias",
    params(Named<AliasName>, WhatIf<NoParameters>, IfMatch),
    request_body(content = RenamingDraft, example = json!({
        "new_alias": "gpt-4-classic", "keep_old_as_redirect": false, "reason": "one naming pattern for all",
    })),
    responses(
        (status = 200, description = "The alias by its new name.", body = AliasObject),
        (status = 409, description = "Another alias has the name."),
    ),
)]
pub async fn rename(
    (admin, clock): (Admin, web::Data<dyn Clock>),
    aliases: web::Data<dyn AliasHistoryRepository>,
    live: web::Data<LiveRouter>,
    IfMatch(expected): IfMatch,
    what_if: WhatIf<NoParameters>,
    Named(alias): Named<AliasName>,
    JsonBody(draft): JsonBody<RenamingDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor_because(draft.reason.as_deref())?;
    let renaming = draft.parse(clock.now())?;
    let plan = || Plan::RenameAlias { alias: alias.clone(), renaming: renaming.clone(), expected };
    let actor = match what_if.weigh(&actor, plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    let written = aliases.rename(&alias, &renaming, expected, &actor).await?;
    publish(&live, written.revision).await;
    let object = AliasObject::from(written.value);
    Ok(updated(object.version, written.revision, &object))
}
