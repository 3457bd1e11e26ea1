//! `/api/catalog`: the models of providers, what they cost, and what they cost before.

pub mod back_rate;
pub mod import;
pub mod object;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::model_ref::ModelRef;
use alias_core::price::PriceListDraft;
use alias_core::provider_model::ModelChange;
use alias_core::repository::{ModelCatalogRepository, ModelQuery, Written};
use alias_router::LiveRouter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use self::object::{ModelDetails, ModelList, ModelObject, ProviderList};
use crate::admin::answer::{found, publish, updated};
use crate::admin::edit::IfMatch;
use crate::admin::list::ListRequest;
use crate::admin::query::{NoParameters, Query};
use crate::admin::tables;
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError};
use crate::extract::JsonBody;

/// List the providers in the catalogue.
///
/// # Errors
/// Those of the storage.
#[utoipa::path(
    get, path = "/api/catalog/providers", tag = "catalog", operation_id = "list_catalog_providers",
    responses((status = 200, description = "The providers, by name.", body = ProviderList)),
)]
pub async fn providers(
    _: Admin,
    catalog: web::Data<dyn ModelCatalogRepository>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(ProviderList { providers: catalog.providers().await? }))
}

/// Which models.
#[derive(Debug, Default, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ModelParameters {
    /// Only those of this provider.
    #[param(example = "openai")]
    provider: Option<String>,
    /// Only those of this mode: `chat`, `embedding`, …
    mode: Option<String>,
    /// Only those with this text in their reference, ignoring case.
    q: Option<String>,
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `next_cursor` of the answer before.
    cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    offset: Option<String>,
}

/// List the models in the catalogue.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/catalog/models", tag = "catalog", operation_id = "list_catalog_models",
    params(ModelParameters),
    responses((status = 200, description = "A part of the list, sorted by reference.", content((ModelList = "application/json"), (String = "text/csv")))),
)]
pub async fn list(
    _: Admin,
    request: HttpRequest,
    catalog: web::Data<dyn ModelCatalogRepository>,
    Query(parameters): Query<ModelParameters>,
) -> Result<HttpResponse, ApiError> {
    let list = ListRequest::of(&parameters);
    let ModelParameters { provider, mode, q, .. } = parameters;
    let q = q.filter(|text| !text.is_empty());
    let page = catalog.list(&ModelQuery { provider, mode, q, window: list.window()? }).await?;
    let info = list.page_info(&page);
    let body = ModelList { models: page.items.into_iter().map(ModelObject::from).collect(), page: info };
    Ok(tables::answer(&request, list, &body))
}

/// Which model.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfModel {
    /// Its reference; the slash as `%2F`, or as it is.
    #[expect(dead_code, reason = "what the document says of the path")]
    #[param(example = "openai%2Fgpt-4o")]
    model: String,
}

/// Show a model of the catalogue, with every price that it had.
///
/// # Errors
/// 404 for one that is not in it.
#[utoipa::path(
    get, path = "/api/catalog/models/{model}", tag = "catalog", operation_id = "get_catalog_model",
    params(OfModel),
    responses((status = 200, description = "The model.", body = ModelDetails)),
)]
pub async fn find(
    _: Admin,
    catalog: web::Data<dyn ModelCatalogRepository>,
    path: web::Path<String>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let model = reference(&path)?;
    let (known, prices) = catalog.find(&model).await?.ok_or_else(|| not_in_catalog(&model))?;
    Ok(found(known.version, &ModelDetails::new(known, prices)))
}

/// The most tokens that a model is believed to take or give.
const MOST: u64 = 1_000_000_000;

/// What an administrator says of a model. What is absent is kept.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelEdit {
    /// Its prices, all of them; null is unknown.
    #[serde(default, deserialize_with = "alias_core::validation::present")]
    #[schema(value_type = Option<Object>, example = json!({"input": 2.5, "output": 10}))]
    prices: Option<Option<PriceListDraft>>,
    /// The most input tokens that it takes.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 128_000)]
    max_input_tokens: Option<u64>,
    /// The most output tokens that it gives.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 16_384)]
    max_output_tokens: Option<u64>,
}

/// Set the prices and limits of a model.
///
/// An import does not replace what is set here. Calls from before keep the price that they were charged by. A model that
/// is not in the catalogue is added.
///
/// # Errors
/// 412 where it is not at the version of `If-Match`, 404 where it is not there at all, 422 for wrong prices.
#[utoipa::path(
    method(put, patch), path = "/api/catalog/models/{model}", tag = "catalog", operation_id = "set_catalog_model",
    params(OfModel, IfMatch),
    request_body(content = ModelEdit, example = json!({"prices": {"input": 2.5, "output": 10}, "max_output_tokens": 16384})),
    responses((status = 200, description = "The model as it is now.", body = ModelDetails)),
)]
pub async fn set(
    admin: Admin,
    catalog: web::Data<dyn ModelCatalogRepository>,
    live: web::Data<LiveRouter>,
    path: web::Path<String>,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(edit): JsonBody<ModelEdit>,
) -> Result<HttpResponse, ApiError> {
    let model = reference(&path)?;
    let Written { value, revision } = catalog.set(&model, edit.parse()?, expected, admin.actor()).await?;
    publish(&live, revision).await;
    let (known, prices) = value;
    Ok(updated(known.version, revision, &ModelDetails::new(known, prices)))
}

impl ModelEdit {
    fn parse(self) -> Result<ModelChange, ApiError> {
        let Self { prices, max_input_tokens, max_output_tokens } = self;
        let limits = [("max_input_tokens", max_input_tokens), ("max_output_tokens", max_output_tokens)];
        if let Some((field, _)) =
            limits.into_iter().find(|(_, most)| most.is_some_and(|most| !(1..=MOST).contains(&most)))
        {
            let why =
                format!("{field} must be at least 1 and at most {MOST}: leave it out where it is unknown");
            let error = FieldError::of(field, "invalid_value", why);
            return Err(ApiError::fields(Code::InvalidValue, vec![error]));
        }
        let wrong = |why| {
            let mut report = validator::ValidationErrors::new();
            report.add("prices", why);
            ApiError::from(report)
        };
        let prices = prices.map(|prices| prices.map(|draft| draft.parse()).transpose()).transpose();
        Ok(ModelChange { prices: prices.map_err(wrong)?, max_input_tokens, max_output_tokens })
    }
}

fn reference(text: &str) -> Result<ModelRef, ApiError> {
    text.parse().map_err(|why| {
        ApiError::new(Code::InvalidParameter, format!("The model in the path {why}.")).about("model")
    })
}

fn not_in_catalog(model: &ModelRef) -> ApiError {
    ApiError::new(
        Code::CatalogModelNotFound,
        format!(
            "The catalogue has no model '{model}'. Import LiteLLM's map with `alias-server catalog import`, or set its prices with PUT."
        ),
    )
}
