//! `/api/teams`: who calls, what they are granted, and whether they may at present.

pub mod filters;
pub mod granted;
pub mod object;
pub mod standing;

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::access::Action;
use alias_core::clock::Clock;
use alias_core::credits::{Billing, BillingChange};
use alias_core::key::{KeySecret, NewKey};
use alias_core::limit::LimitsChange;
use alias_core::money::MicroCredits;
use alias_core::plan::Plan;
use alias_core::repository::{CreditRepository, GroupRepository, TeamRepository, Written};
use alias_core::team::{TeamDetails, TeamDraft, TeamEdit, TeamId};
use alias_router::LiveRouter;
use serde::Deserialize;
use utoipa::ToSchema;

use self::filters::{FindParameters, TeamListParameters};
pub use self::granted::models;
use self::object::{TeamDeleted, TeamFacts, TeamList, TeamObject, TeamShown, WRITABLE};
pub use self::standing::{pause, resume, suspend};
use crate::admin::answer::{Prefer, created, deleted, found, publish, segment, updated};
use crate::admin::edit::{IfMatch, changes};
use crate::admin::idempotency::Once;
use crate::admin::keys::draw_secret;
use crate::admin::list::ListRequest;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::admin::tables;
use crate::admin::what_if::{Weighed, WhatIf};
use crate::auth::Admin;
use crate::books::Books;
use crate::error::ApiError;
use crate::extract::{JsonBody, JsonObject, JsonValue, list_or_object, required, typed};

/// Create a team.
///
/// The answer shows its key, this once. Without access groups it may call nothing.
///
/// # Errors
/// 409 where it exists, 422 for wrong fields and for an organization or groups that do not exist.
#[utoipa::path(
    post, path = "/api/teams/create", tag = "teams", operation_id = "create_team",
    params(Once),
    request_body(content = TeamDraft, example = json!({
        "organization_id": "org_newclient", "team_id": "newclient-prod", "team_alias": "Production",
        "access_groups": ["starter-models"], "credits_allocated": 1000,
    })),
    responses(
        (status = 201, description = "Created; `virtual_key` is shown this once.", body = TeamObject),
        (status = 409, description = "Team already exists."),
    ),
)]
pub async fn create(
    admin: Admin,
    once: Once,
    teams: web::Data<dyn TeamRepository>,
    live: web::Data<LiveRouter>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<TeamDraft>,
) -> Result<HttpResponse, ApiError> {
    let (asker, actor) = (admin.clone(), admin.actor().clone());
    once.run(&admin, async move {
        let new = draft.parse()?;
        asker.reaches(&new.organization_id)?;
        check_fields(
            &asker,
            !new.access_groups.is_empty(),
            new.credits_allocated != MicroCredits::default(),
            new.billing != Billing::default(),
        )?;
        let (key, shown) = first_key()?;
        let Written { value, revision } = teams.create(new, key, &actor).await?;
        let object = TeamObject { virtual_key: Some(shown), ..TeamObject::from(value) };
        publish(&live, revision).await;
        let location = format!("/api/teams/{}", segment(object.facts.team_id.as_str()));
        Ok(created(&location, Some(object.facts.version), revision, &object))
    })
    .await
}

/// What not everybody may settle who may create or change a team.
fn check_fields(admin: &Admin, grants: bool, allocates: bool, bills: bool) -> Result<(), ApiError> {
    if grants {
        admin.may_set("access_groups", Action::GrantAccess)?;
    }
    if allocates {
        admin.may_set("credits_allocated", Action::AllocateCredits)?;
    }
    if bills {
        admin.may_set("budget_mode", Action::AllocateCredits)?;
    }
    Ok(())
}

/// Who belongs to an organization does not raise what its teams are limited to.
fn check_limits(admin: &Admin, change: LimitsChange) -> Result<(), ApiError> {
    let fields = [
        ("rpm_limit", change.rpm_limit),
        ("tpm_limit", change.tpm_limit),
        ("max_parallel_requests", change.max_parallel_requests),
    ];
    let mut changed = fields.iter().filter(|(_, limit)| limit.is_some());
    changed.try_for_each(|(field, _)| admin.may_set(field, Action::GrantAccess))
}

/// A new team's first key, and its text to show once.
///
/// # Errors
/// Those of the system's randomness.
pub fn first_key() -> Result<(NewKey, String), ApiError> {
    let secret = draw_secret(KeySecret::from_random)?;
    let shown = secret.expose().to_owned();
    Ok((NewKey::first(secret), shown))
}

/// List teams.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/teams", tag = "teams", operation_id = "list_teams",
    params(TeamListParameters),
    responses((status = 200, description = "A part of the list, sorted by `team_id`.", content((TeamList = "application/json"), (String = "text/csv")))),
)]
pub async fn list(
    admin: Admin,
    request: HttpRequest,
    teams: web::Data<dyn TeamRepository>,
    Query(parameters): Query<TeamListParameters>,
) -> Result<HttpResponse, ApiError> {
    let mut query = parameters.parse()?;
    if let Some(home) = admin.home() {
        admin.reaches(query.organization_id.as_ref().unwrap_or(home))?;
        query.organization_id = Some(home.clone());
    }
    let page = teams.list(&query).await?;
    let list = ListRequest::of(&parameters);
    let info = list.page_info(&page);
    let body = TeamList { teams: page.items.into_iter().map(TeamFacts::from).collect(), page: info };
    Ok(tables::answer(&request, list, &body))
}

/// Show a team.
///
/// With `expand`: what it is granted, besides.
///
/// # Errors
/// 400 for what cannot be expanded; 404 where there is none of that id.
#[utoipa::path(
    get, path = "/api/teams/{team}", tag = "teams", operation_id = "get_team",
    params(Named<TeamId>, FindParameters),
    responses((status = 200, description = "The team; its key is masked. With `expand=models` also `models`, as `/api/teams/{team}/models` lists them.", body = TeamShown)),
)]
pub async fn find(
    _: Admin,
    (teams, credits, books): (
        web::Data<dyn TeamRepository>,
        web::Data<dyn CreditRepository>,
        web::Data<Books>,
    ),
    groups: web::Data<dyn GroupRepository>,
    live: web::Data<LiveRouter>,
    clock: web::Data<dyn Clock>,
    Query(parameters): Query<FindParameters>,
    Named(team): Named<TeamId>,
) -> Result<HttpResponse, ApiError> {
    let with_models = parameters.models()?;
    books.settled().await;
    credits.refilled(&team).await?;
    let details = existing(&**teams, &team).await?;
    let models = if with_models {
        Some(granted::served(&**groups, &live, &**clock, &details.access_groups).await?)
    } else {
        None
    };
    let team = TeamObject::from(details);
    Ok(found(team.facts.version, &TeamShown { team, models }))
}

async fn existing(teams: &dyn TeamRepository, team: &TeamId) -> Result<TeamDetails, ApiError> {
    teams.find(team).await?.ok_or_else(|| not_found::<TeamId>(team.as_str()))
}

/// Update a team.
///
/// A field that is absent is kept; `access_groups` replaces all groups.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields and unknown groups.
#[utoipa::path(
    method(put, patch), path = "/api/teams/{team}", tag = "teams", operation_id = "update_team",
    params(Named<TeamId>, WhatIf<NoParameters>, IfMatch),
    request_body(content = TeamEdit, example = json!({"team_alias": "Production", "access_groups": ["starter-models"]})),
    responses((status = 200, description = "The team as it is now.", body = TeamObject)),
)]
pub async fn update(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    live: web::Data<LiveRouter>,
    IfMatch(expected): IfMatch,
    what_if: WhatIf<NoParameters>,
    Named(team): Named<TeamId>,
    JsonObject(sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let details = existing(&**teams, &team).await?;
    let limits = details.team.limits;
    let (held, billing): (BTreeSet<_>, _) =
        (details.access_groups.iter().cloned().collect(), details.team.billing);
    let edit: TeamEdit = typed(changes(sent, &TeamObject::from(details), WRITABLE)?)?;
    let mut change = edit.parse()?;
    // What a GET gave may be sent back by who may not change all of it. It is not written: it may have changed since.
    let wanted = change.access_groups.as_ref().map(|names| names.iter().cloned().collect::<BTreeSet<_>>());
    if wanted.is_some_and(|wanted| wanted == held) {
        change.access_groups = None;
    }
    if change.billing.applied_to(billing) == billing {
        change.billing = BillingChange::default();
    }
    if change.limits.of(limits) == limits {
        change.limits = LimitsChange::default();
    }
    let bills = change.billing != BillingChange::default();
    check_fields(&admin, change.access_groups.is_some(), false, bills)?;
    check_limits(&admin, change.limits)?;
    let plan = || Plan::UpdateTeam { team: team.clone(), change: Box::new(change.clone()), expected };
    let actor = match what_if.weigh(admin.actor(), plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    Ok(answer(teams.update(&team, change, expected, &actor).await?, &live).await)
}

async fn answer(written: Written<TeamDetails>, live: &LiveRouter) -> HttpResponse {
    publish(live, written.revision).await;
    let object = TeamObject::from(written.value);
    updated(object.facts.version, written.revision, &object)
}

/// All groups of a team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TeamAccessGroups)]
struct Groups {
    /// The groups from now on; none means that the team may call nothing.
    #[schema(required, example = json!(["starter-models"]))]
    access_groups: Option<Vec<String>>,
}

/// Replace the access groups of a team.
///
/// The body is the object, or the bare list.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields and unknown groups.
#[utoipa::path(
    put, path = "/api/teams/{team}/access-groups", tag = "teams", operation_id = "replace_team_access_groups",
    params(Named<TeamId>, WhatIf<NoParameters>, IfMatch),
    request_body(content = Groups, example = json!({"access_groups": ["starter-models"]})),
    responses((status = 200, description = "The team as it is now.", body = TeamObject)),
)]
pub async fn replace_access_groups(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    live: web::Data<LiveRouter>,
    IfMatch(expected): IfMatch,
    what_if: WhatIf<NoParameters>,
    Named(team): Named<TeamId>,
    JsonValue(sent): JsonValue,
) -> Result<HttpResponse, ApiError> {
    let groups: Groups = typed(list_or_object(sent, "access_groups")?)?;
    let access_groups = Some(required("access_groups", groups.access_groups)?);
    let change = TeamEdit { access_groups, ..TeamEdit::default() }.parse()?;
    let plan = || Plan::UpdateTeam { team: team.clone(), change: Box::new(change.clone()), expected };
    let actor = match what_if.weigh(admin.actor(), plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    Ok(answer(teams.update(&team, change, expected, &actor).await?, &live).await)
}

/// Delete a team.
///
/// Its keys stop working at once; what it used stays in the books.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`.
#[utoipa::path(
    delete, path = "/api/teams/{team}", tag = "teams", operation_id = "delete_team",
    params(Named<TeamId>, IfMatch, Prefer),
    responses((status = 200, description = "What went with it.", body = TeamDeleted)),
)]
pub async fn delete(
    admin: Admin,
    teams: web::Data<dyn TeamRepository>,
    live: web::Data<LiveRouter>,
    prefer: Prefer,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
) -> Result<HttpResponse, ApiError> {
    let written = teams.delete(&team, expected, admin.actor()).await?;
    publish(&live, written.revision).await;
    Ok(deleted(prefer, written.revision, &TeamDeleted::from(written.value)))
}
