//! Reports on usage: over time, by what calls have in common, for one alias, and whether the books are right.

pub mod costs;
pub mod dashboard;
pub mod denied;
pub mod object;
pub mod parameters;
pub mod summary;

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::alias::AliasName;
use alias_core::clock::Clock;
use alias_core::report::{Grouping, ReportQuery, Verification};
use alias_core::repository::{AliasRepository, Page, Position, ReportRepository};
use tokio::sync::Semaphore;

use self::object::{COLUMNS, UsageReport, UsageRow};
use self::parameters::{AliasUsageParameters, Asked, UsageParameters};
use crate::admin::csv;
use crate::admin::list::ListRequest;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query, invalid};
use crate::auth::Admin;
use crate::books::Books;
use crate::error::{ApiError, Code};

/// How long the books may be checked while somebody waits; `alias-server verify` has all the time there is.
const CHECK: Duration = Duration::from_mins(1);

/// Report on usage.
///
/// A row for each part of the time (`interval`) and each value of `group_by`; without either, all calls together.
/// Days and months by alias, access group, team or organization may be up to 400 days, everything else up to 31. A date counts
/// whole, in UTC. With `Accept: text/csv` or `format=csv` the same rows come as CSV; the header `Link` leads to more.
///
/// # Errors
/// 400 for wrong parameters and for too long a time, 404 for an alias, a team or an organization that never was.
#[utoipa::path(
    get, path = "/api/usage", tag = "usage", operation_id = "report_usage",
    params(UsageParameters),
    responses((status = 200, description = "A part of the report.", content(
        (UsageReport = "application/json"), (String = "text/csv"),
    ))),
)]
pub async fn report(
    admin: Admin,
    request: HttpRequest,
    reports: web::Data<dyn ReportRepository>,
    books: web::Data<Books>,
    clock: web::Data<dyn Clock>,
    Query(parameters): Query<UsageParameters>,
) -> Result<HttpResponse, ApiError> {
    let list = ListRequest::of(&parameters);
    let mut asked = parameters.parse(&list, clock.now())?;
    if let Some(home) = admin.home() {
        admin.reaches(asked.query.scope.organization.as_ref().unwrap_or(home))?;
        asked.query.scope.organization = Some(home.clone());
    }
    books.settled().await;
    answer(&request, &**reports, asked, list).await
}

async fn answer(
    request: &HttpRequest,
    reports: &dyn ReportRepository,
    asked: Asked,
    list: ListRequest,
) -> Result<HttpResponse, ApiError> {
    let ReportQuery { scope, interval, group_by, .. } = asked.query.clone();
    let found = reports.report(&asked.query).await?;
    let next = found.next.map(|place| Position { value: Some(place.period), name: place.key });
    let page = Page { items: found.rows, total: found.total, next };
    let info = list.page_info(&page);
    let rows: Vec<UsageRow> = page.items.into_iter().map(UsageRow::from).collect();
    let next = info.next_cursor.clone();
    if asked.csv || csv::is_wanted(request.headers()) {
        return Ok(csv::answer(list.link(request.path(), next.as_deref()), &COLUMNS, &rows));
    }
    let body = UsageReport { from: scope.from, to: scope.to, interval, group_by, rows, page: info };
    Ok(list.answer(request.path(), next.as_deref(), &body))
}

/// Report on the usage of an alias.
///
/// As `GET /api/usage`, of the alias that has the name now.
///
/// # Errors
/// 400 for wrong parameters and for too long a time, 404 where there is no alias of that name.
#[utoipa::path(
    get, path = "/api/model-aliases/{alias}/usage", tag = "usage", operation_id = "report_model_alias_usage",
    params(Named<AliasName>, AliasUsageParameters),
    responses((status = 200, description = "A part of the report.", content(
        (UsageReport = "application/json"), (String = "text/csv"),
    ))),
)]
#[expect(clippy::too_many_arguments, reason = "extractors")]
pub async fn of_alias(
    _: Admin,
    request: HttpRequest,
    aliases: web::Data<dyn AliasRepository>,
    reports: web::Data<dyn ReportRepository>,
    books: web::Data<Books>,
    clock: web::Data<dyn Clock>,
    Named(alias): Named<AliasName>,
    Query(parameters): Query<AliasUsageParameters>,
) -> Result<HttpResponse, ApiError> {
    if aliases.find(&alias).await?.is_none() {
        return Err(not_found::<AliasName>(alias.as_str()));
    }
    let list = ListRequest::of(&parameters);
    let mut asked = UsageParameters::from(parameters).parse(&list, clock.now())?;
    if !matches!(asked.query.group_by, None | Some(Grouping::Team | Grouping::Outcome)) {
        return Err(invalid("group_by", "must be team or outcome"));
    }
    asked.query.scope.alias = Some(alias);
    books.settled().await;
    answer(&request, &**reports, asked, list).await
}

/// Check that every number of the books follows from the calls.
///
/// All charges, sums, accounts and the ledger are computed again, for at most a minute: `complete` says whether that
/// was enough. `alias-server verify` does the same for as long as it takes.
///
/// # Errors
/// 409 while another check runs.
#[utoipa::path(
    get, path = "/api/usage/verify", tag = "usage", operation_id = "verify_usage",
    responses((status = 200, description = "What was found.", body = Verification, example = json!({
        "clean": true, "complete": true, "events": 1543, "unpinned": 0, "rollups": 12, "instances": 1, "accounts": 2,
        "leases": 2, "transactions": 31, "found": 0, "differences": [],
    }))),
)]
pub async fn verify(
    reports: web::Data<dyn ReportRepository>,
    books: web::Data<Books>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    static ONE: Semaphore = Semaphore::const_new(1);
    let Ok(_turn) = ONE.try_acquire() else {
        return Err(ApiError::new(
            Code::RequestInProgress,
            "The books are being checked: wait for that answer.",
        ));
    };
    books.settled().await;
    Ok(HttpResponse::Ok().json(reports.verify_books(CHECK).await?))
}
