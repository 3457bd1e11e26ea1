//! `/api/budgets`: how much may be spent through an organization, team, key, alias or tag in a window of time.

pub mod object;

use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use alias_core::budget::{Budget, BudgetDraft, BudgetEdit, BudgetId};
use alias_core::clock::Clock;
use alias_core::credits::AccountId;
use alias_core::repository::{BudgetQuery, BudgetRepository, Written};
use alias_router::LiveRouter;

use self::object::{BudgetDeleted, BudgetList, BudgetListParameters, WRITABLE};
use crate::admin::answer::{Prefer, created, deleted, found, publish, updated};
use crate::admin::edit::{IfMatch, changes};
use crate::admin::idempotency::Once;
use crate::admin::list::ListRequest;
use crate::admin::path::{InPath, Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::admin::tables;
use crate::auth::Admin;
use crate::books::Books;
use crate::credit::Credit;
use crate::error::ApiError;
use crate::extract::{JsonBody, JsonObject, typed};
use crate::refusals::OutOfReach;

/// What keeps budgets, what of this server holds some, and what may still be on its way to them.
type Parts = (web::Data<dyn BudgetRepository>, web::Data<Credit>, web::Data<Books>, web::Data<dyn Clock>);

impl InPath for BudgetId {
    const PLACEHOLDER: &'static str = "budget";
    const KIND: &'static str = "budget";
    const EXAMPLE: &'static str = "bud_0192f0a1b2c37d4e8f90a1b2c3d4e5f6";
}

/// The budget of an id, if it is in reach: who belongs to an organization reaches its own, its teams' and its keys'.
async fn existing(
    admin: &Admin,
    budgets: &dyn BudgetRepository,
    id: &BudgetId,
    request: &HttpRequest,
) -> Result<Budget, ApiError> {
    let missing = || not_found::<BudgetId>(&id.to_string());
    let budget = budgets.find(id).await?.ok_or_else(missing)?;
    match admin.home() {
        Some(home) if budget.organization_id.as_ref() != Some(home) => {
            request.extensions_mut().insert(OutOfReach);
            Err(missing())
        }
        _ => Ok(budget),
    }
}

/// Create a budget.
///
/// It limits what clients are charged, in USD, over all calls that fall under it. Every budget that a call falls under
/// applies: the tightest wins. Under `hard_limit`, calls need a known price and a bound on their answer.
///
/// # Errors
/// 409 where there are too many, 422 for wrong fields and for what does not exist.
#[utoipa::path(
    post, path = "/api/budgets", tag = "budgets", operation_id = "create_budget",
    params(Once),
    request_body(content = BudgetDraft, example = json!({
        "scope": {"team_id": "newclient-prod"}, "limit_usd": 100,
        "window": {"type": "calendar", "period": "month", "time_zone": "Europe/Berlin"},
        "description": "The plan's monthly allowance",
    })),
    responses(
        (status = 201, description = "Created.", body = Budget),
        (status = 409, description = "There are too many budgets."),
    ),
)]
pub async fn create(
    admin: Admin,
    once: Once,
    budgets: web::Data<dyn BudgetRepository>,
    live: web::Data<LiveRouter>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<BudgetDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor().clone();
    once.run(&admin, async move {
        let Written { value, revision } = budgets.create(draft.parse()?, &actor).await?;
        publish(&live, revision).await;
        let location = format!("/api/budgets/{}", value.budget_id);
        Ok(created(&location, Some(value.version), revision, &value))
    })
    .await
}

/// List budgets, the oldest first, with what was spent of each in its current window.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/budgets", tag = "budgets", operation_id = "list_budgets",
    params(BudgetListParameters),
    responses((status = 200, description = "A part of the list.", content((BudgetList = "application/json"), (String = "text/csv")))),
)]
pub async fn list(
    admin: Admin,
    request: HttpRequest,
    budgets: web::Data<dyn BudgetRepository>,
    books: web::Data<Books>,
    Query(parameters): Query<BudgetListParameters>,
) -> Result<HttpResponse, ApiError> {
    books.settled().await;
    let query = BudgetQuery { organization_id: admin.home().cloned(), ..parameters.parse()? };
    let page = budgets.list(&query).await?;
    let list = ListRequest::of(&parameters);
    let body = BudgetList { page: list.page_info(&page), budgets: page.items };
    Ok(tables::answer(&request, list, &body))
}

/// Show a budget, and what was spent of it in its current window.
///
/// # Errors
/// 404 where there is none of that id.
#[utoipa::path(
    get, path = "/api/budgets/{budget}", tag = "budgets", operation_id = "get_budget",
    params(Named<BudgetId>),
    responses((status = 200, description = "The budget.", body = Budget)),
)]
pub async fn find(
    admin: Admin,
    request: HttpRequest,
    budgets: web::Data<dyn BudgetRepository>,
    books: web::Data<Books>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<BudgetId>,
) -> Result<HttpResponse, ApiError> {
    books.settled().await;
    let budget = existing(&admin, &**budgets, &id, &request).await?;
    Ok(found(budget.version, &budget))
}

/// Change a budget: its limit, what happens there, what it is for.
///
/// A field that is absent is kept. What it is of, and its window, stay what they are: what was spent is summed by them.
/// Servers give back what they hold of it, so that a lower limit holds at once.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    method(put, patch), path = "/api/budgets/{budget}", tag = "budgets", operation_id = "update_budget",
    params(Named<BudgetId>, IfMatch),
    request_body(content = BudgetEdit, example = json!({"limit_usd": 250})),
    responses((status = 200, description = "The budget as it is now.", body = Budget)),
)]
#[expect(clippy::too_many_arguments, reason = "what the request consists of")]
pub async fn update(
    admin: Admin,
    request: HttpRequest,
    parts: Parts,
    live: web::Data<LiveRouter>,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<BudgetId>,
    JsonObject(sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let (budgets, credit, books, clock) = parts;
    books.settled_before_a_write().await;
    let current = existing(&admin, &**budgets, &id, &request).await?;
    let edit: BudgetEdit = typed(changes(sent, &current, WRITABLE)?)?;
    let change = edit.parse()?;
    let limited = change.limit_usd.is_some();
    let Written { value, revision } = budgets.update(&id, change, expected, admin.actor()).await?;
    publish(&live, revision).await;
    let account: AccountId = value.window.account(id, clock.now());
    credit.forget_refusal(account);
    if limited {
        credit.gather(account).await;
    }
    Ok(updated(value.version, revision, &value))
}

/// Delete a budget: it limits nothing from now on. What was spent stays in the books.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`.
#[utoipa::path(
    delete, path = "/api/budgets/{budget}", tag = "budgets", operation_id = "delete_budget",
    params(Named<BudgetId>, IfMatch, Prefer),
    responses((status = 200, description = "It is gone.", body = BudgetDeleted)),
)]
#[expect(clippy::too_many_arguments, reason = "what the request consists of")]
pub async fn delete(
    admin: Admin,
    request: HttpRequest,
    budgets: web::Data<dyn BudgetRepository>,
    live: web::Data<LiveRouter>,
    prefer: Prefer,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<BudgetId>,
) -> Result<HttpResponse, ApiError> {
    existing(&admin, &**budgets, &id, &request).await?;
    let Written { value, revision } = budgets.delete(&id, expected, admin.actor()).await?;
    publish(&live, revision).await;
    Ok(deleted(prefer, revision, &BudgetDeleted::from(value)))
}
