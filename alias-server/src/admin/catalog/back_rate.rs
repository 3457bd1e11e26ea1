//! `POST /api/catalog/back-rate`: calls of unknown price, valued at the price that the catalogue has now.

use actix_web::{HttpResponse, web};
use alias_core::back_rate::{BackRate, BackRated, ValuedModel};
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::money::NanoUsd;
use alias_core::repository::{BackRateRepository, ModelCatalogRepository};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::not_in_catalog;
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError};
use crate::extract::JsonBody;

/// The most batches of one request; each is a transaction of its own, so that calls are recorded meanwhile.
const MOST_BATCHES: usize = 40;

/// Which calls to value.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackRateDraft {
    /// Say what would come of it, and change nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Only calls that began then or later.
    pub from: Option<Timestamp>,
    /// Only calls that began before.
    pub to: Option<Timestamp>,
    /// Only calls of this model.
    #[schema(example = "openai/gpt-4o")]
    pub model: Option<String>,
}

/// What the calls came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BackRate)]
pub struct BackRateObject {
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// How many calls were valued.
    #[schema(example = 1_204)]
    pub events: u64,
    /// What their providers took.
    #[schema(value_type = f64, example = 3.41)]
    pub cost_usd: NanoUsd,
    /// What clients would have been charged. Their credits are not touched.
    #[schema(value_type = f64, example = 4.092)]
    pub billed_usd: NanoUsd,
    /// The same by model and price.
    pub by_model: Vec<ValuedModel>,
    /// Whether all such calls were looked at.
    pub complete: bool,
    /// Where not: what to ask for next as `from`.
    pub next_from: Option<Timestamp>,
}

impl BackRateObject {
    fn new(dry_run: bool, rated: &BackRated) -> Self {
        Self {
            dry_run,
            events: rated.events(),
            cost_usd: rated.cost(),
            billed_usd: rated.billed(),
            by_model: rated.models().cloned().collect(),
            complete: rated.last.is_none(),
            next_from: rated.last.as_ref().map(|last| last.started_at),
        }
    }
}

/// Value calls of unknown price.
///
/// Calls whose tokens are known, but neither their cost nor their charge, are valued at the price that the catalogue
/// has for their model now, with the markup that was in force. Sums and reports rise by it. What the calls themselves
/// recorded stays, and no credits are taken for them. Each call is valued once: repeating it changes nothing. One
/// request looks at 200,000 calls at most, the oldest first, and says in `complete` whether that was all.
///
/// # Errors
/// 404 for a model that is not in the catalogue, 422 for one without a price and for a time that ends before it begins.
#[utoipa::path(
    post, path = "/api/catalog/back-rate", tag = "catalog", operation_id = "back_rate_usage",
    request_body(content = BackRateDraft, example = json!({"dry_run": true, "model": "openai/gpt-4o"})),
    responses(
        (status = 200, description = "What the calls came to.", body = BackRateObject),
        (status = 404, description = "The model is not in the catalogue."),
    ),
)]
pub async fn back_rate(
    admin: Admin,
    catalog: web::Data<dyn ModelCatalogRepository>,
    usage: web::Data<dyn BackRateRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<BackRateDraft>,
) -> Result<HttpResponse, ApiError> {
    let (dry_run, of) = (draft.dry_run, checked(draft, &**catalog).await?);
    let mut all = usage.back_rate(&of, None, dry_run, admin.actor()).await?;
    for _ in 1..MOST_BATCHES {
        let Some(last) = all.last.clone() else { break };
        tracing::info!(calls = all.events(), dry_run, "valuing calls of unknown price");
        all.follow(usage.back_rate(&of, Some(last), dry_run, admin.actor()).await?);
    }
    Ok(HttpResponse::Ok().json(BackRateObject::new(dry_run, &all)))
}

fn wrong(field: &str, code: &str, why: impl Into<String>) -> ApiError {
    ApiError::fields(Code::InvalidValue, vec![FieldError::of(field, code, why)])
}

async fn checked(draft: BackRateDraft, catalog: &dyn ModelCatalogRepository) -> Result<BackRate, ApiError> {
    let BackRateDraft { from, to, model, .. } = draft;
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return Err(wrong("to", "invalid_value", "to must be later than from"));
    }
    let read = |text: String| {
        text.parse::<ModelRef>().map_err(|why| wrong("model", "invalid_format", format!("the model: {why}")))
    };
    let model = model.map(read).transpose()?;
    if let Some(model) = &model {
        let (known, _) = catalog.find(model).await?.ok_or_else(|| not_in_catalog(model))?;
        if known.model.prices.is_none() {
            let why = format!(
                "{model} has no price in the catalogue: set it with PUT /api/catalog/models/{model}, or import one"
            );
            return Err(wrong("model", "invalid_value", why));
        }
    }
    Ok(BackRate { from, to, model })
}
