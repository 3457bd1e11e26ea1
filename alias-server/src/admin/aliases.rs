//! `/api/model-aliases`: simple names that map to LiteLLM's `provider/model`.

pub mod activity;
pub mod arms;
pub mod bulk;
pub mod callers;
mod change;
pub mod deprecate;
mod existing;
pub mod expand;
mod filters;
pub mod history;
pub mod object;
pub mod parameters;
pub mod rename;
pub mod schedule;
pub mod trial;
pub mod versions;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::alias::{AliasDraft, AliasEdit, AliasName, ScheduledAction};
use alias_core::clock::{Clock, Timestamp};
use alias_core::lint;
use alias_core::plan::Plan;
use alias_core::price::Pricing;
use alias_core::repository::{AliasHistoryRepository, AliasRepository, ModelCatalogRepository, StoreError};
use alias_router::LiveRouter;

use self::change::Changing;
use self::expand::{AliasShown, Sources};
use self::filters::{AliasListParameters, CreateParameters, FindParameters, NameParameter};
use self::object::{AliasDeleted, AliasList, AliasObject, Validation, WRITABLE, one_form_of_price};
use self::parameters::TakenParameters;
use self::schedule::{Later, MomentParameters, ScheduledObject, take_moment};
use crate::admin::answer::{Prefer, created, deleted, found, publish, segment};
use crate::admin::edit::{IfMatch, changes, no_label_of_its_own};
use crate::admin::idempotency::Once;
use crate::admin::list::ListRequest;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query, invalid};
use crate::admin::tables;
use crate::admin::what_if::{Weighed, WhatIf};
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError, field_errors};
use crate::extract::{JsonBody, JsonObject, form, typed};

/// Where an alias is.
fn location(alias: &AliasName) -> String {
    format!("/api/model-aliases/{}", segment(alias.as_str()))
}

/// Create a model alias.
///
/// Clients can call it as soon as this is answered, if an access group of their team holds it.
///
/// # Errors
/// 409 where the alias exists, 422 for wrong fields and unknown access groups.
#[utoipa::path(
    post, path = "/api/model-aliases/create", tag = "model aliases", operation_id = "create_model_alias",
    params(WhatIf<CreateParameters>, Once),
    request_body(content = AliasDraft, example = json!({
        "alias": "gpt-4", "litellm_model": "openai/gpt-4",
        "description": "OpenAI GPT-4 - Most capable model", "active": true,
    })),
    responses(
        (status = 201, description = "Created.", body = AliasObject),
        (status = 200, description = "It existed, and `if_exists` says that this is no error.", body = AliasObject),
        (status = 409, description = "Alias already exists."),
    ),
)]
pub async fn create(
    admin: Admin,
    taken: TakenParameters,
    once: Once,
    aliases: web::Data<dyn AliasRepository>,
    live: web::Data<LiveRouter>,
    what_if: WhatIf<CreateParameters>,
    JsonBody(draft): JsonBody<AliasDraft>,
) -> Result<HttpResponse, ApiError> {
    let if_exists = what_if.parameters.if_exists()?;
    if what_if.is_dry() && what_if.parameters.if_exists.is_some() {
        return Err(invalid("if_exists", "goes without dry_run: try out the PUT that it would be"));
    }
    let new = draft.clone().parse()?;
    taken.check(&new.spec.routing.parameters)?;
    let actor = match what_if.weigh(admin.actor(), || Plan::CreateAlias(Box::new(new))).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    let work = async move {
        let new = draft.clone().parse()?;
        let name = new.alias.clone();
        match aliases.create(new, &actor).await {
            Ok(written) => {
                publish(&live, written.revision).await;
                let object = AliasObject::from(written.value);
                Ok(created(&location(&object.alias), Some(object.version), written.revision, &object))
            }
            Err(StoreError::AlreadyExists { .. }) => {
                existing::answer(&name, draft, if_exists, &**aliases, &live, &actor).await
            }
            Err(why) => Err(why.into()),
        }
    };
    // Boxed: drafts are large.
    once.run(&admin, Box::pin(work)).await
}

/// List model aliases.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/model-aliases", tag = "model aliases", operation_id = "list_model_aliases",
    params(AliasListParameters),
    responses((status = 200, description = "A part of the list, sorted by alias unless asked otherwise.", content((AliasList = "application/json"), (String = "text/csv")))),
)]
pub async fn list(
    _: Admin,
    request: HttpRequest,
    aliases: web::Data<dyn AliasRepository>,
    Query(parameters): Query<AliasListParameters>,
) -> Result<HttpResponse, ApiError> {
    let page = aliases.list(&parameters.parse()?).await?;
    let list = ListRequest::of(&parameters);
    let info = list.page_info(&page);
    let body = AliasList { aliases: page.items.into_iter().map(AliasObject::from).collect(), page: info };
    Ok(tables::answer(&request, list, &body))
}

/// Show a model alias.
///
/// With `at`: what the alias that had this name at that time said then. Its groups and counters are those of now.
/// With `expand`: teams that have it, and its newest versions, besides.
///
/// # Errors
/// 400 for a time that is none or is yet to come, and for what cannot be expanded; 404 where there is, or was then, none of that name.
#[utoipa::path(
    get, path = "/api/model-aliases/{alias}", tag = "model aliases", operation_id = "get_model_alias",
    params(Named<AliasName>, FindParameters),
    responses((status = 200, description = "The alias, with its groups and usage; with `at`, it has `as_of`, with `expand` also `teams` and `history`.", body = AliasShown)),
)]
pub async fn find(
    _: Admin,
    aliases: web::Data<dyn AliasRepository>,
    (groups, versions): Sources,
    clock: web::Data<dyn Clock>,
    Query(parameters): Query<FindParameters>,
    Named(alias): Named<AliasName>,
) -> Result<HttpResponse, ApiError> {
    let expand = parameters.expand()?;
    if let Some(at) = parameters.at(clock.now())? {
        return then(&**versions, &alias, at).await;
    }
    let Some(expand) = expand else { return show(&**aliases, &alias).await };
    let details = aliases.find(&alias).await?.ok_or_else(|| not_found::<AliasName>(alias.as_str()))?;
    expand::answer(expand, details, (groups, versions)).await
}

async fn show(aliases: &dyn AliasRepository, alias: &AliasName) -> Result<HttpResponse, ApiError> {
    let details = aliases.find(alias).await?.ok_or_else(|| not_found::<AliasName>(alias.as_str()))?;
    let object = AliasObject::from(details);
    Ok(found(object.version, &object))
}

/// What the alias that had this name said at `at`.
async fn then(
    versions: &dyn AliasHistoryRepository,
    alias: &AliasName,
    at: Timestamp,
) -> Result<HttpResponse, ApiError> {
    let nobody = || ApiError::new(Code::ModelNotFound, format!("No alias was called '{alias}' at {at}."));
    let then = versions.then(alias, at).await?.ok_or_else(nobody)?;
    Ok(HttpResponse::Ok().json(AliasShown::as_of(then, at)))
}

/// Show a model alias whose name does not get through a proxy as part of a path.
///
/// # Errors
/// 404 where there is none of that name.
#[utoipa::path(
    get, path = "/api/model-aliases/by-name", tag = "model aliases", operation_id = "get_model_alias_by_name",
    params(NameParameter),
    responses(
        (status = 200, description = "The alias, with its groups and usage.", body = AliasObject),
        (status = 404, description = "Model not found."),
    ),
)]
pub async fn find_by_query(
    _: Admin,
    aliases: web::Data<dyn AliasRepository>,
    Query(parameter): Query<NameParameter>,
) -> Result<HttpResponse, ApiError> {
    let name = parameter.alias.ok_or_else(|| invalid("alias", "is required"))?;
    let alias = name.parse().map_err(|_| not_found::<AliasName>(&name))?;
    show(&**aliases, &alias).await
}

/// Update a model alias.
///
/// A field that is absent is kept. What a GET answered can be sent back. The next call uses the new target.
/// With `effective_at`, the change is made at that moment; what the alias says else then stays.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    method(put, patch), path = "/api/model-aliases/{alias}", tag = "model aliases", operation_id = "update_model_alias",
    params(Named<AliasName>, WhatIf<MomentParameters>, IfMatch),
    request_body(content = AliasEdit, example = json!({
        "litellm_model": "anthropic/claude-3-opus-20240229",
        "description": "Smart model for complex tasks (now using Claude)",
    })),
    responses(
        (status = 200, description = "The alias as it is now.", body = AliasObject),
        (status = 202, description = "With `effective_at`: the change that waits.", body = ScheduledObject),
    ),
)]
pub async fn update(
    (admin, taken, later): (Admin, TakenParameters, Later),
    (aliases, live): (web::Data<dyn AliasRepository>, web::Data<LiveRouter>),
    IfMatch(expected): IfMatch,
    what_if: WhatIf<MomentParameters>,
    Named(alias): Named<AliasName>,
    JsonObject(mut sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let moment = later.moment(&what_if.parameters, take_moment(&mut sent))?;
    let current = aliases.find(&alias).await?.ok_or_else(|| not_found::<AliasName>(alias.as_str()))?;
    let (before, current) = (current.alias.spec.clone(), AliasObject::from(current));
    no_label_of_its_own(&mut sent, current.alias.as_str());
    one_form_of_price(&mut sent, &current);
    let mut edit: AliasEdit = typed(changes(sent, &current, WRITABLE)?)?;
    if edit.litellm_model.as_deref() == Some(current.litellm_model.as_str()) {
        // Its provider was accepted before.
        edit.allow_unknown_provider = Some(true);
    }
    let mut change = edit.parse()?;
    if moment.is_some() {
        // A whole object says it, too.
        change.matching = change.matching.filter(|matching| *matching != before.routing.matching);
    }
    let after = change.clone().applied_to(&before);
    after.check(&current.alias)?;
    taken.check(&after.routing.parameters)?;
    let changing = Changing { alias, change, moment, expected };
    changing.make((&what_if, &later, &**aliases, &live), admin.actor()).await
}

/// Delete a model alias.
///
/// It is taken out of all access groups; teams lose it at once.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`.
#[utoipa::path(
    delete, path = "/api/model-aliases/{alias}", tag = "model aliases", operation_id = "delete_model_alias",
    params(Named<AliasName>, WhatIf<MomentParameters>, IfMatch, Prefer),
    responses(
        (status = 200, description = "What went with it.", body = AliasDeleted),
        (status = 202, description = "With `effective_at`: the deletion that waits.", body = ScheduledObject),
    ),
)]
pub async fn delete(
    (admin, later): (Admin, Later),
    aliases: web::Data<dyn AliasRepository>,
    live: web::Data<LiveRouter>,
    prefer: Prefer,
    IfMatch(expected): IfMatch,
    what_if: WhatIf<MomentParameters>,
    Named(alias): Named<AliasName>,
) -> Result<HttpResponse, ApiError> {
    let moment = later.moment(&what_if.parameters, None)?;
    let plan = || Plan::DeleteAlias { alias: alias.clone(), expected };
    let actor = match what_if.weigh(admin.actor(), plan).await? {
        Weighed::Tried(answer) => return Ok(answer),
        Weighed::Write(actor) => actor,
    };
    if let Some(at) = moment {
        return later.schedule(&alias, ScheduledAction::Delete, at, expected, &actor).await;
    }
    let written = aliases.delete(&alias, expected, &actor).await?;
    publish(&live, written.revision).await;
    Ok(deleted(prefer, written.revision, &AliasDeleted::from(written.value)))
}

/// Check a model alias without creating it.
///
/// Names of access groups are checked for their form only.
///
/// # Errors
/// 400 for what is no JSON; wrong fields are part of the answer.
#[utoipa::path(
    post, path = "/api/model-aliases/validate", tag = "model aliases", operation_id = "validate_model_alias",
    request_body(content = AliasDraft, example = json!({"alias": "gpt-4o", "litellm_model": "opnai/gpt-4o"})),
    responses((status = 200, description = "Whether it would be created, and advice.", body = Validation)),
)]
pub async fn validate(
    _: Admin,
    aliases: web::Data<dyn AliasRepository>,
    catalog: web::Data<dyn ModelCatalogRepository>,
    taken: TakenParameters,
    Query(NoParameters {}): Query<NoParameters>,
    JsonObject(sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let checked =
        form::<AliasDraft>(sent).and_then(|draft| draft.parse().map_err(|report| field_errors(&report)));
    let (errors, warnings) = match checked {
        Err(errors) => (errors, Vec::new()),
        Ok(new) => {
            let there = aliases.find(&new.alias).await?.map(|there| FieldError {
                field: "alias".into(),
                pointer: "#/alias".into(),
                code: "alias_already_exists".into(),
                message: existing::sentence(&there),
                suggestion: None,
            });
            let known = catalog.find(&new.spec.litellm_model).await?.map(|(known, _)| known.facts());
            let mut warnings = lint::warnings(&new.alias, &new.spec, known.as_ref());
            let priced = known.is_some_and(|known| known.prices.is_some());
            let is_last = new.spec.litellm_model.alias().is_none();
            if matches!(new.spec.pricing, Pricing::Catalog { .. }) && is_last && !priced {
                warnings.push(lint::unpriced(&new.spec.litellm_model));
            }
            let no_effect = taken.fault(&new.spec.routing.parameters);
            (there.into_iter().chain(no_effect).collect(), warnings)
        }
    };
    Ok(HttpResponse::Ok().json(Validation { valid: errors.is_empty(), errors, warnings }))
}
