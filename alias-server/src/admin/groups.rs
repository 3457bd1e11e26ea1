//! `/api/model-access-groups`: bundles of aliases that teams are granted.

pub mod history;
pub mod object;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::group::{GroupDetails, GroupDraft, GroupEdit, GroupName, MembersDraft};
use alias_core::plan::Plan;
use alias_core::repository::{GroupRepository, NameQuery, Written};
use alias_router::LiveRouter;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use self::object::{
    GroupDeleted, GroupFacts, GroupList, GroupObject, ModelsAdded, ModelsRemoved, NewGroupObject, WRITABLE,
};
use crate::admin::answer::{Prefer, created, deleted, found, publish, segment, updated};
use crate::admin::edit::{IfMatch, changes, no_label_of_its_own};
use crate::admin::idempotency::Once;
use crate::admin::list::{ListRequest, NameListParameters};
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query, flag};
use crate::admin::tables;
use crate::admin::what_if::{Weighed, WhatIf};
use crate::auth::Admin;
use crate::error::ApiError;
use crate::extract::{JsonBody, JsonObject, JsonValue, list_or_object, required, typed};

/// Create an access group.
///
/// # Errors
/// 409 where it exists, 422 for wrong fields and unknown aliases: nothing is created then.
#[utoipa::path(
    post, path = "/api/model-access-groups/create", tag = "access groups", operation_id = "create_access_group",
    params(WhatIf<NoParameters>, Once),
    request_body(content = GroupDraft, example = json!({
        "group_name": "starter-models", "description": "Models for starter plan", "model_aliases": ["gpt-3.5-turbo"],
    })),
    responses(
        (status = 201, description = "Created.", body = NewGroupObject),
        (status = 409, description = "Access group already exists."),
    ),
)]
pub async fn create(
    admin: Admin,
    once: Once,
    groups: web::Data<dyn GroupRepository>,
    live: web::Data<LiveRouter>,
    what_if: WhatIf<NoParameters>,
    JsonBody(draft): JsonBody<GroupDraft>,
) -> Result<HttpResponse, ApiError> {
    let new = draft.parse()?;
    let actor = match what_if.weigh(admin.actor(), || Plan::CreateGroup(new.clone())).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    once.run(&admin, async move {
        let written = groups.create(new, &actor).await?;
        publish(&live, written.revision).await;
        let object = NewGroupObject::from(written.value);
        let location = format!("/api/model-access-groups/{}", segment(object.facts.group_name.as_str()));
        Ok(created(&location, Some(object.facts.version), written.revision, &object))
    })
    .await
}

/// List access groups.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/model-access-groups", tag = "access groups", operation_id = "list_access_groups",
    params(NameListParameters),
    responses((status = 200, description = "A part of the list, sorted by `group_name`.", content((GroupList = "application/json"), (String = "text/csv")))),
)]
pub async fn list(
    _: Admin,
    request: HttpRequest,
    groups: web::Data<dyn GroupRepository>,
    Query(parameters): Query<NameListParameters>,
) -> Result<HttpResponse, ApiError> {
    let query: NameQuery = parameters.parse("group_name")?;
    let page = groups.list(&query).await?;
    let list = ListRequest::of(&parameters);
    let info = list.page_info(&page);
    let body =
        GroupList { access_groups: page.items.into_iter().map(GroupFacts::from).collect(), page: info };
    Ok(tables::answer(&request, list, &body))
}

/// Show an access group.
///
/// # Errors
/// 404 where there is none of that name.
#[utoipa::path(
    get, path = "/api/model-access-groups/{group}", tag = "access groups", operation_id = "get_access_group",
    params(Named<GroupName>),
    responses((status = 200, description = "The group, its members, and the teams that hold it.", body = GroupObject)),
)]
pub async fn find(
    _: Admin,
    groups: web::Data<dyn GroupRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(group): Named<GroupName>,
) -> Result<HttpResponse, ApiError> {
    let details = groups.find(&group).await?.ok_or_else(|| not_found::<GroupName>(group.as_str()))?;
    let object = GroupObject::from(details);
    Ok(found(object.facts.version, &object))
}

/// Update an access group.
///
/// A field that is absent is kept; `model_aliases` replaces all members.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields and unknown aliases.
#[utoipa::path(
    method(put, patch), path = "/api/model-access-groups/{group}", tag = "access groups", operation_id = "update_access_group",
    params(Named<GroupName>, WhatIf<NoParameters>, IfMatch),
    request_body(content = GroupEdit, example = json!({"description": "All OpenAI models", "model_aliases": ["gpt-4", "gpt-4o"]})),
    responses((status = 200, description = "The group as it is now.", body = GroupObject)),
)]
pub async fn update(
    admin: Admin,
    groups: web::Data<dyn GroupRepository>,
    live: web::Data<LiveRouter>,
    IfMatch(expected): IfMatch,
    what_if: WhatIf<NoParameters>,
    Named(group): Named<GroupName>,
    JsonObject(mut sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let current = groups.find(&group).await?.ok_or_else(|| not_found::<GroupName>(group.as_str()))?;
    let current = GroupObject::from(current);
    no_label_of_its_own(&mut sent, current.facts.group_name.as_str());
    current.name_members(&mut sent);
    let edit: GroupEdit = typed(changes(sent, &current, WRITABLE)?)?;
    let change = edit.parse()?;
    let plan = || Plan::UpdateGroup { group: group.clone(), change: change.clone(), expected };
    let actor = match what_if.weigh(admin.actor(), plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    Ok(answer(groups.update(&group, change, expected, &actor).await?, &live).await)
}

async fn answer(written: Written<GroupDetails>, live: &LiveRouter) -> HttpResponse {
    publish(live, written.revision).await;
    let object = GroupObject::from(written.value);
    updated(object.facts.version, written.revision, &object)
}

/// All members of a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccessGroupModels)]
struct Members {
    /// The members from now on; none are allowed.
    #[schema(required, example = json!(["gpt-4", "gpt-4o"]))]
    model_aliases: Option<Vec<String>>,
}

/// Replace the members of an access group.
///
/// The body is the object, or the bare list.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields and unknown aliases.
#[utoipa::path(
    put, path = "/api/model-access-groups/{group}/models", tag = "access groups", operation_id = "replace_access_group_models",
    params(Named<GroupName>, WhatIf<NoParameters>, IfMatch),
    request_body(content = Members, example = json!({"model_aliases": ["gpt-4", "gpt-4o"]})),
    responses((status = 200, description = "The group as it is now.", body = GroupObject)),
)]
pub async fn replace_models(
    admin: Admin,
    groups: web::Data<dyn GroupRepository>,
    live: web::Data<LiveRouter>,
    IfMatch(expected): IfMatch,
    what_if: WhatIf<NoParameters>,
    Named(group): Named<GroupName>,
    JsonValue(sent): JsonValue,
) -> Result<HttpResponse, ApiError> {
    let members: Members = typed(list_or_object(sent, "model_aliases")?)?;
    let model_aliases = Some(required("model_aliases", members.model_aliases)?);
    let change = GroupEdit { model_aliases, ..GroupEdit::default() }.parse()?;
    let plan = || Plan::UpdateGroup { group: group.clone(), change: change.clone(), expected };
    let actor = match what_if.weigh(admin.actor(), plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    Ok(answer(groups.update(&group, change, expected, &actor).await?, &live).await)
}

/// Add aliases to an access group.
///
/// All or nothing; aliases that are in it already are no error.
///
/// # Errors
/// 404, 422 for unknown aliases, all of them named.
#[utoipa::path(
    post, path = "/api/model-access-groups/{group}/add-models", tag = "access groups", operation_id = "add_models_to_access_group",
    params(Named<GroupName>, WhatIf<NoParameters>),
    request_body(content = MembersDraft, example = json!({"model_aliases": ["gpt-4o"]})),
    responses((status = 200, description = "The group, and what became of the aliases.", body = ModelsAdded)),
)]
pub async fn add_models(
    admin: Admin,
    groups: web::Data<dyn GroupRepository>,
    live: web::Data<LiveRouter>,
    what_if: WhatIf<NoParameters>,
    Named(group): Named<GroupName>,
    JsonBody(draft): JsonBody<MembersDraft>,
) -> Result<HttpResponse, ApiError> {
    let names = draft.parse()?;
    let plan = || Plan::AddModels { group: group.clone(), aliases: names.clone() };
    let actor = match what_if.weigh(admin.actor(), plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    let written = groups.add_models(&group, &names, &actor).await?;
    publish(&live, written.revision).await;
    let object = ModelsAdded::from(written.value);
    Ok(updated(object.group.facts.version, written.revision, &object))
}

/// Take aliases out of an access group.
///
/// Aliases that are not in it are no error.
///
/// # Errors
/// 404, 422 for what cannot be names.
#[utoipa::path(
    post, path = "/api/model-access-groups/{group}/remove-models", tag = "access groups", operation_id = "remove_models_from_access_group",
    params(Named<GroupName>, WhatIf<NoParameters>),
    request_body(content = MembersDraft, example = json!({"model_aliases": ["gpt-4o"]})),
    responses((status = 200, description = "The group, and what became of the aliases.", body = ModelsRemoved)),
)]
pub async fn remove_models(
    admin: Admin,
    groups: web::Data<dyn GroupRepository>,
    live: web::Data<LiveRouter>,
    what_if: WhatIf<NoParameters>,
    Named(group): Named<GroupName>,
    JsonBody(draft): JsonBody<MembersDraft>,
) -> Result<HttpResponse, ApiError> {
    let names = draft.parse()?;
    let plan = || Plan::RemoveModels { group: group.clone(), aliases: names.clone() };
    let actor = match what_if.weigh(admin.actor(), plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    let written = groups.remove_models(&group, &names, &actor).await?;
    publish(&live, written.revision).await;
    let object = ModelsRemoved::from(written.value);
    Ok(updated(object.group.facts.version, written.revision, &object))
}

/// Parameters of a deletion.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeleteParameters {
    /// Delete only where no team holds it.
    #[param(value_type = Option<bool>)]
    if_unused: Option<String>,
}

/// Delete an access group.
///
/// Teams that hold it lose it; its aliases stay.
///
/// # Errors
/// 404, 409 where it is in use and `if_unused` is true, 412 where it is not at the version of `If-Match`.
#[utoipa::path(
    delete, path = "/api/model-access-groups/{group}", tag = "access groups", operation_id = "delete_access_group",
    params(Named<GroupName>, WhatIf<DeleteParameters>, IfMatch, Prefer),
    responses(
        (status = 200, description = "What went with it.", body = GroupDeleted),
        (status = 409, description = "It is in use, and `if_unused` is true."),
    ),
)]
pub async fn delete(
    admin: Admin,
    groups: web::Data<dyn GroupRepository>,
    live: web::Data<LiveRouter>,
    prefer: Prefer,
    IfMatch(expected): IfMatch,
    what_if: WhatIf<DeleteParameters>,
    Named(group): Named<GroupName>,
) -> Result<HttpResponse, ApiError> {
    let if_unused = flag("if_unused", what_if.parameters.if_unused.as_deref())?.unwrap_or(false);
    let plan = || Plan::DeleteGroup { group: group.clone(), if_unused, expected };
    let actor = match what_if.weigh(admin.actor(), plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    let written = groups.delete(&group, if_unused, expected, &actor).await?;
    publish(&live, written.revision).await;
    Ok(deleted(prefer, written.revision, &GroupDeleted::from(written.value)))
}
