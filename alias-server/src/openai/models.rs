//! `GET /v1/models`: what a key may call, by the rule that admits calls.

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::alias::{AliasName, Visibility};
use alias_core::catalog::CatalogAlias;
use alias_core::key::Entrance;
use alias_router::{Caller, Denied, Request, decide};
use serde_json::{Value, json};

use crate::error::{ApiError, Code, Member};

use super::notice;
use super::plane::DataPlane;

/// `GET /v1/models`: every alias that this key may call and that is listed, by name.
///
/// # Errors
/// A key that is not valid, of a team that is suspended or paused, or a replica that is behind.
pub async fn list(request: HttpRequest, plane: web::Data<DataPlane>) -> Result<HttpResponse, ApiError> {
    let caller = plane.caller(Entrance::Models, &request)?;
    plane.catch_up(request.headers()).await?;
    let table = plane.live.table();
    let data: Vec<Value> =
        table.visible_models(&caller).iter().map(|alias| model(&alias.alias, alias, &caller)).collect();
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("x-alias-revision", table.revision().to_string()));
    Ok(answer.json(json!({ "object": "list", "data": data })))
}

/// `GET /v1/models/{model}`: one of these.
///
/// # Errors
/// Those of [`list`]; 403 for a model that is not granted; 404 for one that is unknown, disabled or in no list.
pub async fn find(
    request: HttpRequest,
    name: web::Path<String>,
    plane: web::Data<DataPlane>,
) -> Result<HttpResponse, ApiError> {
    let caller = plane.caller(Entrance::Models, &request)?;
    plane.catch_up(request.headers()).await?;
    let table = plane.live.table();
    let notice = table.notice(&caller, &Request::new(&name));
    let told = |error: ApiError| match &notice {
        Some(notice) => notice::on_error(error, notice),
        None => error,
    };
    match decide(&table, &caller, &Request::new(&name)) {
        Ok(decision) if decision.alias().visibility == Visibility::Listed => {
            let mut answer = HttpResponse::Ok();
            answer.insert_header(("x-alias-revision", decision.revision().to_string()));
            for header in notice.iter().flat_map(notice::headers) {
                answer.insert_header(header);
            }
            Ok(answer.json(model(decision.name(), decision.alias(), &caller)))
        }
        Ok(_) => {
            let denied =
                Denied::UnknownModel { available: Vec::new(), suggestions: Vec::new(), removed: None };
            Err(ApiError::denied(denied, &name, plane.now()))
        }
        Err(denied @ (Denied::ModelSunset { .. } | Denied::ModelBrownout { .. })) => {
            Err(told(ApiError::denied(denied, &name, plane.now())))
        }
        Err(Denied::ModelDisabled { available, .. }) => {
            let error = ApiError::new(Code::ModelNotFound, format!("Model '{}' is disabled.", *name));
            Err(told(error.about("model").with(Member::AvailableModels, json!(available))))
        }
        Err(denied) => Err(ApiError::denied(denied, &name, plane.now())),
    }
}

fn model(name: &AliasName, alias: &CatalogAlias, caller: &Caller) -> Value {
    json!({
        "id": name.as_str(),
        "object": "model",
        "created": alias.created_at.micros() / 1_000_000,
        "owned_by": caller.organization_id().as_str(),
    })
}
