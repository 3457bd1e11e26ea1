//! `POST /api/catalog/import`: what LiteLLM's map of models says, or a part of it.

use actix_web::{HttpResponse, web};
use alias_core::provider_model::{Imported, ModelSource, read_litellm};
use alias_core::repository::{ModelCatalogRepository, Written};
use alias_router::LiveRouter;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::admin::answer::{REVISION, publish};
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError};
use crate::extract::{JsonBody, required};

/// The most entries that are named where they could not be read.
const MOST_NAMED: usize = 100;

/// A map of models, or a part of one.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelMap {
    /// Entries of LiteLLM's `model_prices_and_context_window.json`, by their keys.
    #[schema(value_type = Object, required)]
    pub models: Option<Value>,
    /// Say what would change, and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What came of a map of models.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogImport)]
pub struct ImportObject {
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// The models that were read.
    #[schema(example = 2)]
    pub read: usize,
    /// How many entries could not be read.
    #[schema(example = 0)]
    pub unread: usize,
    /// The first 100 of these, each with why.
    pub unread_entries: Vec<UnreadEntry>,
    /// Models that were not known.
    #[schema(example = 1)]
    pub added: u64,
    /// Models that were known otherwise.
    #[schema(example = 1)]
    pub changed: u64,
    /// Those of both that have a new price.
    #[schema(example = 2)]
    pub repriced: u64,
    /// Models that were known so.
    #[schema(example = 0)]
    pub unchanged: u64,
    /// Models that were set by hand, and are kept.
    #[schema(example = 0)]
    pub kept: u64,
}

/// An entry that could not be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreadEntry {
    /// Its key.
    #[schema(example = "somewhere/model")]
    pub key: String,
    /// Why.
    pub why: String,
}

/// Take in what LiteLLM's map of models says.
///
/// The map is larger than a request may be: send it in parts of some hundred entries. What was set by hand is kept, and
/// so are models that are not in it. Calls from before keep the price that they were charged by. Repeating it changes
/// nothing.
///
/// # Errors
/// 422 for what is no map of models.
#[utoipa::path(
    post, path = "/api/catalog/import", tag = "catalog", operation_id = "import_catalog_models",
    request_body(content = ModelMap, example = json!({
        "dry_run": true,
        "models": {"gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2.5e-6, "output_cost_per_token": 1e-5}}
    })),
    responses((status = 200, description = "What was changed; or, of a dry run, would be.", body = ImportObject)),
)]
pub async fn import(
    admin: Admin,
    catalog: web::Data<dyn ModelCatalogRepository>,
    live: web::Data<LiveRouter>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(map): JsonBody<ModelMap>,
) -> Result<HttpResponse, ApiError> {
    let ModelMap { models, dry_run } = map;
    let Imported { models, unread } =
        read_litellm(&required("models", models)?.to_string()).map_err(|why| {
            ApiError::fields(
                Code::InvalidValue,
                vec![FieldError::of("models", "invalid_type", format!("models: {why}"))],
            )
        })?;
    let read = models.len();
    let Written { value, revision } =
        catalog.import(models, ModelSource::Litellm, dry_run, admin.actor()).await?;
    let mut answer = HttpResponse::Ok();
    if !dry_run {
        publish(&live, revision).await;
        answer.insert_header((REVISION, revision.to_string()));
    }
    let named = unread.iter().take(MOST_NAMED);
    Ok(answer.json(ImportObject {
        dry_run,
        read,
        unread: unread.len(),
        unread_entries: named.map(|(key, why)| UnreadEntry { key: key.clone(), why: why.clone() }).collect(),
        added: value.added,
        changed: value.changed,
        repriced: value.repriced,
        unchanged: value.unchanged,
        kept: value.kept,
    }))
}
