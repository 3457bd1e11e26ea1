//! `/api/explain`: why a call is served or refused, for any team or key and any name, or for a request of the past.

mod fixes;
mod object;
mod parameters;
mod past;
mod words;

use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::key::Entrance;
use alias_core::repository::CallRepository;
use alias_core::team::TeamId;
use alias_core::usage::Endpoint;
use alias_router::{Arrival, Caller, Explanation, Request, RoutingTable};

use self::fixes::Fixes;
pub use self::object::ExplainObject;
use self::parameters::{Asked, ExplainParameters, Who};
use self::words::Told;
use crate::admin::path::not_found;
use crate::admin::query::Query;
use crate::auth::{Admin, Exposure};
use crate::books::Books;
use crate::error::ApiError;
use crate::explain::RecentRefusals;
use crate::openai::DataPlane;
use crate::openai::probe::probe;

/// What a request of the past is looked up in.
type Records = (web::Data<dyn CallRepository>, web::Data<RecentRefusals>, web::Data<Books>);

/// Explain why a call is served or refused.
///
/// Ask about a `team` or a `key` and a `model`, or about the `request_id` that an answer carried. The checks stand in
/// the order in which a call meets them, each with what to do where it fails; all that can be told is told at once. A
/// call that would be served is also held, as the smallest one of its kind, against rate limits, credits and budgets:
/// nothing is taken for it. A refusal is known for a while to the server that gave it; a call that was sent, for ever
/// and to every server.
///
/// # Errors
/// 400 for parameters that are wrong or do not go together; 404 for a team, a key or a request that is not known.
#[utoipa::path(
    get, path = "/api/explain", tag = "explain", operation_id = "explain",
    params(ExplainParameters),
    responses(
        (status = 200, description = "What is decided, and why.", body = ExplainObject),
        (status = 404, description = "There is no such team, key or request."),
    ),
)]
pub async fn explain(
    admin: Admin,
    request: HttpRequest,
    plane: web::Data<DataPlane>,
    exposure: web::Data<Exposure>,
    records: Records,
    Query(parameters): Query<ExplainParameters>,
) -> Result<HttpResponse, ApiError> {
    let fixes = Fixes::for_client_of(&request, exposure.is_open());
    let object = match parameters.parse()? {
        Asked::Past(id) => past::explained(&admin, &records, &id, &fixes).await?,
        Asked::Present { who, model, entrance, address } => {
            let arrival = Arrival { at: plane.now(), entrance, address };
            let table = plane.live.table();
            let (explanation, decided_in) = present(&admin, &table, &who, model.as_deref(), arrival)?;
            let barriers = match (&explanation.decision, entrance) {
                (Ok(decision), Entrance::Call(endpoint)) => {
                    probe(&plane, explanation.caller(), decision, endpoint).await
                }
                _ => Vec::new(),
            };
            let told = Told {
                explanation: &explanation,
                table: Some(&table),
                model: model.as_deref(),
                at: arrival.at,
                whole: admin.home().is_none(),
                of_key: matches!(who, Who::Key(_)),
            };
            let nanos = u64::try_from(decided_in.as_nanos()).ok();
            ExplainObject { decided_in_ns: nanos, ..ExplainObject::of(&told, barriers, &fixes) }
        }
    };
    Ok(HttpResponse::Ok().json(object))
}

/// What the table says about this caller and model, and how long the decision alone takes. Who reaches one organization only learns no more than its teams.
fn present(
    admin: &Admin,
    table: &RoutingTable,
    who: &Who,
    model: Option<&str>,
    arrival: Arrival,
) -> Result<(Explanation, Duration), ApiError> {
    let caller = caller(table, who, arrival).filter(|caller| admin.reaches(caller.organization_id()).is_ok());
    let caller = caller.ok_or_else(|| match who {
        Who::Team(team) => not_found::<TeamId>(team),
        Who::Key(key) => not_found::<alias_core::key::KeyId>(key.as_str()),
    })?;
    let request = Request::of(model);
    let began = Instant::now();
    let _ = std::hint::black_box(alias_router::decide(table, &caller, &request));
    let decided_in = began.elapsed();
    let explanation = alias_router::explain(table, &caller, &request);
    let shown = if admin.home().is_some() { explanation.as_the_caller_sees_it() } else { explanation };
    Ok((shown, decided_in))
}

/// Who is asked about. A key that is for some networks is taken to call from one of them, where nothing else is said.
fn caller(table: &RoutingTable, who: &Who, arrival: Arrival) -> Option<Caller> {
    match who {
        Who::Team(team) => table.caller_of_team(team, arrival),
        Who::Key(key) => {
            let caller = table.caller_of_key(key, arrival)?;
            let assumed = table.scope_of(&caller).and_then(alias_core::key::KeyScope::some_address);
            match (arrival.address, assumed) {
                (None, Some(address)) => {
                    table.caller_of_key(key, Arrival { address: Some(address), ..arrival })
                }
                _ => Some(caller),
            }
        }
    }
}

/// The endpoint that is asked about where nothing is said.
const USUAL: Entrance = Entrance::Call(Endpoint::ChatCompletions);
