//! `/api/credits`: what teams were given, what they spent, and the ledger of both.

pub mod object;
pub mod policy;
pub mod refill;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::credits::{AccountId, Balance, Refill, TransferDraft};
use alias_core::money::MicroCredits;
use alias_core::repository::{CreditFault, CreditRepository, StoreError, TeamRepository};
use alias_core::team::{TeamDetails, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use self::object::{BalanceObject, Check, CreditsAddedObject, TransactionList, TransactionObject};
use crate::admin::idempotency::Once;
use crate::admin::list::ListRequest;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query, parsed};
use crate::admin::tables;
use crate::auth::Admin;
use crate::books::Books;
use crate::credit::Credit;
use crate::error::{ApiError, Code};
use crate::extract::JsonBody;

/// What keeps credits, and what of this server holds some.
type Parts = (web::Data<dyn CreditRepository>, web::Data<dyn TeamRepository>, web::Data<Credit>);

/// What balances are read from.
type Sources = (web::Data<dyn CreditRepository>, web::Data<dyn TeamRepository>, web::Data<Books>);

/// Add credits to a team.
///
/// With `type` `adjustment` and an amount below 0, or with `expiry`, credits are taken away: at most what is neither
/// spent nor held for calls.
///
/// # Errors
/// 404 for a team that does not exist, 409 for taking away more than there is, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/credits/add", tag = "credits", operation_id = "add_credits",
    params(Once),
    request_body(content = TransferDraft, example = json!({
        "team_id": "acme-prod", "amount": 500, "description": "Purchased 500 additional credits",
    })),
    responses(
        (status = 200, description = "What is left now.", body = CreditsAddedObject),
        (status = 404, description = "There is no such team."),
    ),
)]
pub async fn add(
    admin: Admin,
    once: Once,
    parts: Parts,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<TransferDraft>,
) -> Result<HttpResponse, ApiError> {
    transfer(admin, once, parts, draft).await
}

/// Credits to add to the team of the path, unchecked.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamTransfer {
    /// How many: more than 0.
    #[schema(value_type = f64, required, example = 500)]
    credits: Option<serde_json::Number>,
    /// Why, for the ledger.
    #[schema(max_length = 200, example = "Purchased 500 additional credits")]
    reason: Option<String>,
}

/// Add credits to the team of the path.
///
/// Another spelling of `POST /api/credits/add`.
///
/// # Errors
/// 404 for a team that does not exist, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/credits/teams/{team}/add", tag = "credits", operation_id = "add_team_credits",
    params(Named<TeamId>, Once),
    request_body(content = TeamTransfer, example = json!({"credits": 500, "reason": "Purchased 500 additional credits"})),
    responses((status = 200, description = "What is left now.", body = CreditsAddedObject)),
)]
pub async fn add_to_team(
    admin: Admin,
    once: Once,
    parts: Parts,
    Named(team): Named<TeamId>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(sent): JsonBody<TeamTransfer>,
) -> Result<HttpResponse, ApiError> {
    let draft = TransferDraft {
        team_id: team.to_string(),
        amount: sent.credits,
        kind: None,
        description: sent.reason,
    };
    transfer(admin, once, parts, draft).await
}

/// Replenish the credits of the team of the path.
///
/// The same as adding to them.
///
/// # Errors
/// 404 for a team that does not exist, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/credits/teams/{team}/replenish", tag = "credits", operation_id = "replenish_team_credits",
    params(Named<TeamId>, Once),
    request_body(content = TeamTransfer, example = json!({"credits": 1000, "reason": "Monthly plan"})),
    responses((status = 200, description = "What is left now.", body = CreditsAddedObject)),
)]
pub async fn replenish(
    admin: Admin,
    once: Once,
    parts: Parts,
    team: Named<TeamId>,
    none: Query<NoParameters>,
    sent: JsonBody<TeamTransfer>,
) -> Result<HttpResponse, ApiError> {
    add_to_team(admin, once, parts, team, none, sent).await
}

async fn transfer(
    admin: Admin,
    once: Once,
    parts: Parts,
    draft: TransferDraft,
) -> Result<HttpResponse, ApiError> {
    let ((credits, teams, credit), actor) = (parts, admin.actor().clone());
    once.run(&admin, async move {
        let (team, transfer) = draft.parse()?;
        let added = match credits.transfer(&team, transfer.clone(), &actor).await {
            Err(StoreError::Credits(CreditFault::Held { .. })) => {
                // Servers hold some for calls to come: what they do not need is given back.
                credit.gather(account_of(&**teams, &team).await?).await;
                credits.transfer(&team, transfer, &actor).await?
            }
            added => added?,
        };
        credit.forget_refusal(AccountId::of_team(added.team_uid));
        Ok(HttpResponse::Ok().json(CreditsAddedObject::from(added)))
    })
    .await
}

/// Which team.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfTeam {
    /// The team.
    #[param(value_type = String, required, example = "acme-prod")]
    team_id: Option<String>,
}

/// Show a team's balance.
///
/// # Errors
/// 404 for a team that does not exist.
#[utoipa::path(
    get, path = "/api/credits/balance", tag = "credits", operation_id = "get_credit_balance",
    params(OfTeam),
    responses(
        (status = 200, description = "The balance.", body = BalanceObject),
        (status = 404, description = "There is no such team."),
    ),
)]
pub async fn balance(
    admin: Admin,
    sources: Sources,
    Query(of): Query<OfTeam>,
) -> Result<HttpResponse, ApiError> {
    let (team, refill) = settled(&sources, &admin, &named(of.team_id.as_deref())?).await?;
    Ok(HttpResponse::Ok().json(BalanceObject::of(&team, refill)))
}

/// Show the balance of the team of the path.
///
/// # Errors
/// 404 for a team that does not exist.
#[utoipa::path(
    get, path = "/api/credits/teams/{team}/balance", tag = "credits", operation_id = "get_team_credit_balance",
    params(Named<TeamId>),
    responses((status = 200, description = "The balance.", body = BalanceObject)),
)]
pub async fn balance_of_team(
    admin: Admin,
    sources: Sources,
    Named(team): Named<TeamId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let (team, refill) = settled(&sources, &admin, &team).await?;
    Ok(HttpResponse::Ok().json(BalanceObject::of(&team, refill)))
}

/// How many credits are needed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Needed {
    /// How many; 1 where absent.
    #[param(value_type = Option<f64>, example = 1)]
    credits_needed: Option<String>,
}

/// Tell whether a team has so many credits left.
///
/// Nothing is held: by the time of a call they may be gone.
///
/// # Errors
/// 404 for a team that does not exist.
#[utoipa::path(
    post, path = "/api/credits/teams/{team}/check", tag = "credits", operation_id = "check_team_credits",
    params(Named<TeamId>, Needed),
    responses((status = 200, description = "Whether it has.", body = Check)),
)]
pub async fn check(
    admin: Admin,
    sources: Sources,
    Named(team): Named<TeamId>,
    Query(needed): Query<Needed>,
) -> Result<HttpResponse, ApiError> {
    let needed = parsed("credits_needed", needed.credits_needed.as_deref())?;
    let (team, _) = settled(&sources, &admin, &team).await?;
    Ok(HttpResponse::Ok().json(Check::of(&team, needed.unwrap_or(alias_core::money::MicroCredits::ONE))))
}

/// Which part of a team's ledger.
#[derive(Debug, Default, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TransactionParameters {
    /// The team.
    #[param(value_type = Option<String>, example = "acme-prod")]
    team_id: Option<String>,
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `next_cursor` of the answer before.
    cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    offset: Option<String>,
}

/// List a team's transactions.
///
/// The ledger, newest first: what was given, and one entry for each batch of calls that was charged.
///
/// # Errors
/// 404 for a team that does not exist.
#[utoipa::path(
    get, path = "/api/credits/transactions", tag = "credits", operation_id = "list_credit_transactions",
    params(TransactionParameters),
    responses(
        (status = 200, description = "A part of the ledger, newest first.", content((TransactionList = "application/json"), (String = "text/csv"))),
        (status = 404, description = "There is no such team."),
    ),
)]
pub async fn transactions(
    admin: Admin,
    request: HttpRequest,
    sources: Sources,
    Query(parameters): Query<TransactionParameters>,
) -> Result<HttpResponse, ApiError> {
    let (team, _) = settled(&sources, &admin, &named(parameters.team_id.as_deref())?).await?;
    ledger(&request, &**sources.0, &team, &parameters).await
}

/// List the transactions of the team of the path.
///
/// # Errors
/// 404 for a team that does not exist.
#[utoipa::path(
    get, path = "/api/credits/teams/{team}/transactions", tag = "credits", operation_id = "list_team_credit_transactions",
    params(Named<TeamId>, TransactionParameters),
    responses((status = 200, description = "A part of the ledger, newest first.", content((TransactionList = "application/json"), (String = "text/csv")))),
)]
pub async fn transactions_of_team(
    admin: Admin,
    request: HttpRequest,
    sources: Sources,
    Named(team): Named<TeamId>,
    Query(parameters): Query<TransactionParameters>,
) -> Result<HttpResponse, ApiError> {
    if parameters.team_id.is_some() {
        return Err(ApiError::new(Code::InvalidParameter, "team_id stands in the path: leave it out.")
            .about("team_id"));
    }
    let (team, _) = settled(&sources, &admin, &team).await?;
    ledger(&request, &**sources.0, &team, &parameters).await
}

async fn ledger(
    request: &HttpRequest,
    credits: &dyn CreditRepository,
    team: &TeamDetails,
    parameters: &TransactionParameters,
) -> Result<HttpResponse, ApiError> {
    let (list, id) = (ListRequest::of(parameters), &team.team.team_id);
    let page = credits.transactions(id, &list.window()?).await?;
    let page = page.ok_or_else(|| not_found::<TeamId>(id.as_str()))?;
    let info = list.page_info(&page);
    let transactions = page.items.into_iter().map(TransactionObject::from).collect();
    let body = TransactionList { team_id: id.clone(), transactions, page: info };
    Ok(tables::answer(request, list, &body))
}

fn named(team: Option<&str>) -> Result<TeamId, ApiError> {
    parsed("team_id", team)?.ok_or_else(|| {
        ApiError::new(Code::InvalidParameter, "team_id is required: the id of a team.").about("team_id")
    })
}

async fn account_of(teams: &dyn TeamRepository, id: &TeamId) -> Result<AccountId, ApiError> {
    let team = teams.find(id).await?.ok_or_else(|| not_found::<TeamId>(id.as_str()))?;
    Ok(AccountId::of_team(team.team.uid))
}

/// The team as its calls and its refill have left it until now, if the administrator reaches it.
async fn settled(
    (credits, teams, books): &Sources,
    admin: &Admin,
    id: &TeamId,
) -> Result<(TeamDetails, Option<Refill>), ApiError> {
    books.settled().await;
    let refill = credits.refilled(id).await?;
    Ok((team_of(&***teams, admin, id).await?, refill))
}

/// The team, if the administrator reaches it.
async fn team_of(teams: &dyn TeamRepository, admin: &Admin, id: &TeamId) -> Result<TeamDetails, ApiError> {
    let team = teams.find(id).await?.ok_or_else(|| not_found::<TeamId>(id.as_str()))?;
    admin.reaches(&team.team.organization_id)?;
    Ok(team)
}

/// What is left of what a balance was given, in a word.
fn standing(balance: &Balance) -> &'static str {
    if balance.remaining() <= MicroCredits::ZERO {
        "exhausted"
    } else if balance.is_low() {
        "low"
    } else {
        "active"
    }
}
