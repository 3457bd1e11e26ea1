//! `/api/organizations`: the customers that teams belong to.

mod default_team;
pub mod object;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::audit::Actor;
use alias_core::clock::Clock;
use alias_core::organization::{
    OrganizationChange, OrganizationDetails, OrganizationDraft, OrganizationEdit, OrganizationId, StatusDraft,
};
use alias_core::repository::{OrganizationQuery, OrganizationRepository, Written};
use alias_router::LiveRouter;
use serde::Deserialize;
use utoipa::IntoParams;

use self::object::{
    NewOrganizationObject, OrganizationDeleted, OrganizationFacts, OrganizationList, OrganizationObject,
    OrganizationTeam, OrganizationTeams, WRITABLE,
};
use crate::admin::answer::{Prefer, created, deleted, found, publish, segment, updated};
use crate::admin::edit::{IfMatch, changes};
use crate::admin::idempotency::Once;
use crate::admin::list::{ListRequest, NameListParameters};
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::admin::tables;
use crate::auth::Admin;
use crate::error::{ApiError, Code};
use crate::extract::{JsonBody, JsonObject, typed};

/// Create an organization.
///
/// # Errors
/// 409 where it exists, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/organizations/create", tag = "organizations", operation_id = "create_organization",
    params(Once),
    request_body(content = OrganizationDraft, example = json!({"organization_id": "org_newclient", "name": "New Client Inc"})),
    responses(
        (status = 201, description = "Created.", body = NewOrganizationObject),
        (status = 409, description = "Organization already exists."),
    ),
)]
pub async fn create(
    admin: Admin,
    once: Once,
    organizations: web::Data<dyn OrganizationRepository>,
    live: web::Data<LiveRouter>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<OrganizationDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor().clone();
    once.run(&admin, async move {
        let Written { value, revision } = store(&**organizations, draft, &actor).await?;
        publish(&live, revision).await;
        let facts = &value.organization.facts;
        let location = format!("/api/organizations/{}", segment(facts.organization_id.as_str()));
        Ok(created(&location, Some(facts.version), revision, &value))
    })
    .await
}

async fn store(
    organizations: &dyn OrganizationRepository,
    draft: OrganizationDraft,
    actor: &Actor,
) -> Result<Written<NewOrganizationObject>, ApiError> {
    let with_team = draft.create_default_team == Some(true);
    let new = draft.parse()?;
    if with_team {
        return default_team::create(organizations, new, actor).await;
    }
    let Written { value, revision } = organizations.create(new, None, actor).await?;
    Ok(Written {
        value: NewOrganizationObject { organization: value.organization.into(), default_team: None },
        revision,
    })
}

/// List organizations.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/organizations", tag = "organizations", operation_id = "list_organizations",
    params(NameListParameters),
    responses((status = 200, description = "A part of the list, sorted by `organization_id`.", content((OrganizationList = "application/json"), (String = "text/csv")))),
)]
pub async fn list(
    admin: Admin,
    request: HttpRequest,
    organizations: web::Data<dyn OrganizationRepository>,
    Query(parameters): Query<NameListParameters>,
) -> Result<HttpResponse, ApiError> {
    let names = parameters.parse("organization_id")?;
    let page = organizations.list(&OrganizationQuery { only: admin.home().cloned(), names }).await?;
    let list = ListRequest::of(&parameters);
    let info = list.page_info(&page);
    let body = OrganizationList {
        organizations: page.items.into_iter().map(OrganizationFacts::from).collect(),
        page: info,
    };
    Ok(tables::answer(&request, list, &body))
}

/// Show an organization.
///
/// # Errors
/// 404 where there is none of that id.
#[utoipa::path(
    get, path = "/api/organizations/{organization}", tag = "organizations", operation_id = "get_organization",
    params(Named<OrganizationId>),
    responses((status = 200, description = "The organization, its teams, and what they used.", body = OrganizationObject)),
)]
pub async fn find(
    _: Admin,
    organizations: web::Data<dyn OrganizationRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(organization): Named<OrganizationId>,
) -> Result<HttpResponse, ApiError> {
    let object = OrganizationObject::from(existing(&**organizations, &organization).await?);
    Ok(found(object.facts.version, &object))
}

async fn existing(
    organizations: &dyn OrganizationRepository,
    id: &OrganizationId,
) -> Result<OrganizationDetails, ApiError> {
    organizations.find(id).await?.ok_or_else(|| not_found::<OrganizationId>(id.as_str()))
}

/// Show the teams of an organization.
///
/// # Errors
/// 404 where there is none of that id.
#[utoipa::path(
    get, path = "/api/organizations/{organization}/teams", tag = "organizations", operation_id = "list_organization_teams",
    params(Named<OrganizationId>),
    responses((status = 200, description = "Its teams, by id.", body = OrganizationTeams)),
)]
pub async fn teams(
    _: Admin,
    organizations: web::Data<dyn OrganizationRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(organization): Named<OrganizationId>,
) -> Result<HttpResponse, ApiError> {
    let details = existing(&**organizations, &organization).await?;
    let teams: Vec<_> = details.teams.into_iter().map(OrganizationTeam::from).collect();
    let organization_id = details.organization.organization_id;
    Ok(HttpResponse::Ok().json(OrganizationTeams { organization_id, team_count: teams.len() as u64, teams }))
}

/// Update an organization.
///
/// A field that is absent is kept.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    method(put, patch), path = "/api/organizations/{organization}", tag = "organizations", operation_id = "update_organization",
    params(Named<OrganizationId>, IfMatch),
    request_body(content = OrganizationEdit, example = json!({"name": "New Client GmbH"})),
    responses((status = 200, description = "The organization as it is now.", body = OrganizationObject)),
)]
pub async fn update(
    admin: Admin,
    organizations: web::Data<dyn OrganizationRepository>,
    live: web::Data<LiveRouter>,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(organization): Named<OrganizationId>,
    JsonObject(sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let current = OrganizationObject::from(existing(&**organizations, &organization).await?);
    let edit: OrganizationEdit = typed(changes(sent, &current, WRITABLE)?)?;
    let written = organizations.update(&organization, edit.parse()?, expected, admin.actor()).await?;
    Ok(answer(written, &live).await)
}

async fn answer(written: Written<OrganizationDetails>, live: &LiveRouter) -> HttpResponse {
    publish(live, written.revision).await;
    let object = OrganizationObject::from(written.value);
    updated(object.facts.version, written.revision, &object)
}

/// Change whether the teams of an organization may call.
///
/// Of the organization's standing and the team's, the stricter wins.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    put, path = "/api/organizations/{organization}/status", tag = "organizations", operation_id = "set_organization_status",
    params(Named<OrganizationId>, IfMatch),
    request_body(content = StatusDraft, example = json!({"status": "suspended", "reason": "invoice overdue"})),
    responses((status = 200, description = "The organization as it is now.", body = OrganizationObject)),
)]
pub async fn set_status(
    admin: Admin,
    organizations: web::Data<dyn OrganizationRepository>,
    (live, clock): (web::Data<LiveRouter>, web::Data<dyn Clock>),
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(organization): Named<OrganizationId>,
    JsonBody(draft): JsonBody<StatusDraft>,
) -> Result<HttpResponse, ApiError> {
    let status = Some(draft.parse(None, clock.now())?);
    let change = OrganizationChange { status, ..OrganizationChange::default() };
    Ok(answer(organizations.update(&organization, change, expected, admin.actor()).await?, &live).await)
}

/// Parameters of a deletion.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeleteParameters {
    /// The organization's id once more, because its teams and their keys go with it.
    #[param(required, example = "org_newclient")]
    confirm: Option<String>,
}

/// Delete an organization with its teams and their keys.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 without `confirm`.
#[utoipa::path(
    delete, path = "/api/organizations/{organization}", tag = "organizations", operation_id = "delete_organization",
    params(Named<OrganizationId>, DeleteParameters, IfMatch, Prefer),
    responses(
        (status = 200, description = "What went with it.", body = OrganizationDeleted),
        (status = 422, description = "`confirm` does not name the organization."),
    ),
)]
pub async fn delete(
    admin: Admin,
    organizations: web::Data<dyn OrganizationRepository>,
    live: web::Data<LiveRouter>,
    prefer: Prefer,
    IfMatch(expected): IfMatch,
    Query(parameters): Query<DeleteParameters>,
    Named(organization): Named<OrganizationId>,
) -> Result<HttpResponse, ApiError> {
    let id = existing(&**organizations, &organization).await?.organization.organization_id;
    if !parameters.confirm.is_some_and(|confirmed| confirmed.eq_ignore_ascii_case(id.as_str())) {
        let detail = format!(
            "This deletes the teams of '{id}' and their keys, too. To go on, repeat it with ?confirm={id}."
        );
        return Err(ApiError::new(Code::InvalidValue, detail).about("confirm"));
    }
    let written = organizations.delete(&organization, expected, admin.actor()).await?;
    publish(&live, written.revision).await;
    Ok(deleted(prefer, written.revision, &OrganizationDeleted::from(written.value)))
}
