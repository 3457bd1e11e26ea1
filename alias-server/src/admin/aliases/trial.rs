//! `/api/model-aliases/{alias}/test`: a small call of an alias, or of a target that is not saved yet, at the house's cost.

mod hints;

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::alias::{AliasId, AliasName, OnDisconnect, TrialDraft, Visibility};
use alias_core::audit::AuditEntry;
use alias_core::catalog::CatalogAlias;
use alias_core::clock::Timestamp;
use alias_core::key::Entrance;
use alias_core::model_ref::ModelRef;
use alias_core::money::NanoUsd;
use alias_core::price::Pricing;
use alias_core::provider_model::KnownModel;
use alias_core::repository::{AuditRepository, CallRepository, ModelCatalogRepository};
use alias_core::usage::{Endpoint, RecordedCall};
use alias_router::Arrival;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::books::Books;
use crate::error::{ApiError, Code, FieldError};
use crate::extract::JsonOrDefault;
use crate::openai::DataPlane;
use crate::openai::trial::{Tried, tried};

/// How long the call's record is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// What a model with this mode in the catalogue is asked for.
const EMBEDDING: &str = "embedding";

/// What a test came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestObject {
    /// Whether the model answered.
    #[schema(example = true)]
    ok: bool,
    /// The alias.
    #[schema(value_type = String, example = "gpt-4")]
    alias: AliasName,
    /// Where the call went.
    #[schema(value_type = String, example = "openai/gpt-4")]
    litellm_model: ModelRef,
    /// How long it took, in milliseconds.
    #[schema(example = 840)]
    latency_ms: u64,
    /// How long it took until the first word, in milliseconds; `null` where none came.
    #[schema(example = 310)]
    first_token_ms: Option<u64>,
    /// The tokens that it used; `null` where nobody counted them.
    usage: Option<TestUsage>,
    /// What the provider took, in USD, and the house pays; `null` where that is not known.
    #[schema(value_type = Option<f64>, example = 0.00042)]
    cost_usd: Option<NanoUsd>,
    /// What the model said, at most 500 characters.
    #[schema(example = "ready")]
    reply: Option<String>,
    /// What went wrong.
    error: Option<TestError>,
    /// The id of the call, as the usage log has it; `null` where nothing was sent.
    call_id: Option<String>,
}

/// Tokens of a test.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestUsage {
    /// Of the prompt.
    #[serde(rename = "prompt_tokens")]
    prompt: u64,
    /// Of the answer.
    #[serde(rename = "completion_tokens")]
    completion: u64,
    /// Together.
    #[serde(rename = "total_tokens")]
    total: u64,
}

/// What went wrong with a test.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestError {
    /// The code that a client would read.
    #[schema(example = "provider_authentication_failed")]
    code: String,
    /// The sentence that it would read.
    message: String,
    /// What to check, the likeliest first.
    hint: String,
}

/// What the answer is put together from.
type Parts = (
    web::Data<dyn ModelCatalogRepository>,
    web::Data<dyn CallRepository>,
    web::Data<dyn AuditRepository>,
    web::Data<Books>,
);

/// Test a model alias, or a target before it is saved.
///
/// A small call that goes the way of every call, whether the alias is active or not. No team pays for it: what the
/// provider takes is recorded as the house's, under the team `alias-server`. The body is optional.
///
/// # Errors
/// 404 where there is no such alias, and no `litellm_model` is given; 422 for wrong fields; 503 where too many tests run.
/// What goes wrong with the call is part of the answer.
#[utoipa::path(
    post, path = "/api/model-aliases/{alias}/test", tag = "model aliases", operation_id = "test_model_alias",
    params(Named<AliasName>),
    request_body(content = Option<TrialDraft>, example = json!({"litellm_model": "anthropic/claude-3-opus-20240229"})),
    responses((status = 200, description = "How it went.", body = TestObject)),
)]
pub async fn test(
    admin: Admin,
    request: HttpRequest,
    plane: web::Data<DataPlane>,
    parts: Parts,
    Query(NoParameters {}): Query<NoParameters>,
    Named(name): Named<AliasName>,
    JsonOrDefault(draft): JsonOrDefault<TrialDraft>,
) -> Result<HttpResponse, ApiError> {
    let (catalog, calls, log, books) = parts;
    let asked = draft.parse()?;
    let (alias, mode) = subject(&plane, &**catalog, &name, asked.litellm_model).await?;
    let arrival =
        Arrival { at: plane.now(), entrance: Entrance::Call(Endpoint::ChatCompletions), address: None };
    let by = admin.actor().kind.name().unwrap_or_else(|| admin.actor().kind.as_str());
    let trial = plane.live.table().trial(&alias, by, arrival);
    let embedding = mode.as_deref() == Some(EMBEDDING);
    let tried = tried(plane, trial, embedding, &asked.prompt, &request).await?;
    let recorded = recorded(&tried, &**calls, &books).await?;
    let object = TestObject::of(&alias, tried, recorded.as_ref());
    log.done(object.entry(), admin.actor()).await?;
    Ok(HttpResponse::Ok().json(object))
}

/// The alias that is tested, with its target or another one, and what kind of model that is.
async fn subject(
    plane: &DataPlane,
    catalog: &dyn ModelCatalogRepository,
    name: &AliasName,
    instead: Option<ModelRef>,
) -> Result<(CatalogAlias, Option<String>), ApiError> {
    let table = plane.live.table();
    let known = table.alias(name.as_str()).and_then(|alias| alias.at(plane.now())).cloned();
    let target = instead.or_else(|| known.as_ref().map(|alias| alias.litellm_model.clone()));
    let target = target.ok_or_else(|| not_found::<AliasName>(name.as_str()))?;
    let target = at_the_end(plane, target)?;
    if target.has_rest() {
        let message = "litellm_model is required: a prefix alone has no model; say which one to test";
        let error = FieldError::of("litellm_model", "missing_field", message);
        return Err(ApiError::fields(Code::MissingField, vec![error]));
    }
    let model: Option<KnownModel> = catalog.find(&target).await?.map(|(model, _)| model);
    let mode = model.as_ref().and_then(|model| model.model.mode.clone());
    let alias = known.unwrap_or_else(|| unsaved(name, &target, plane.now()));
    let facts = if target == alias.litellm_model {
        alias.model.clone()
    } else {
        model.map(|model| model.facts().into())
    };
    Ok((CatalogAlias { litellm_model: target, model: facts, ..alias }, mode))
}

/// The model that a target leads to, where it leads on to an alias.
fn at_the_end(plane: &DataPlane, target: ModelRef) -> Result<ModelRef, ApiError> {
    let Some(next) = target.alias() else { return Ok(target) };
    let table = plane.live.table();
    if let Some(alias) = table.serving(next, plane.now()) {
        return Ok(alias.litellm_model.clone());
    }
    let message = format!(
        "alias '{next}', which calls go on to, is not there or serves none: enable it, or name another"
    );
    Err(ApiError::fields(Code::InvalidValue, vec![FieldError::of("litellm_model", "invalid_value", message)]))
}

/// An alias that nobody has created yet.
fn unsaved(name: &AliasName, target: &ModelRef, now: Timestamp) -> CatalogAlias {
    CatalogAlias {
        id: AliasId::new(Uuid::nil()),
        alias: name.clone(),
        version: 0,
        litellm_model: target.clone(),
        active: true,
        visibility: Visibility::Hidden,
        on_disconnect: OnDisconnect::Cancel,
        pricing: Pricing::Free,
        model: None,
        tags: Vec::new(),
        created_at: now,
        routing: None,
        scheduled: None,
        next: None,
    }
}

/// What the books have of the call: of what the answer says about money, nothing is computed apart from them.
async fn recorded(
    tried: &Tried,
    calls: &dyn CallRepository,
    books: &Books,
) -> Result<Option<RecordedCall>, ApiError> {
    let Some(id) = tried.call_id else { return Ok(None) };
    books.settled_within(PATIENCE).await;
    Ok(calls.find_call(id).await?)
}

impl TestObject {
    fn of(alias: &CatalogAlias, tried: Tried, recorded: Option<&RecordedCall>) -> Self {
        let Tried { took, first, reply, .. } = tried;
        let usage = recorded.and_then(|recorded| recorded.tokens).map(|tokens| TestUsage {
            prompt: tokens.all_input(),
            completion: tokens.all_output(),
            total: tokens.total(),
        });
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let error = reply.as_ref().err().map(|error| TestError {
            code: error.word().to_owned(),
            message: error.detail().to_owned(),
            hint: hints::of(error, &alias.litellm_model),
        });
        Self {
            ok: error.is_none(),
            alias: alias.alias.clone(),
            litellm_model: alias.litellm_model.clone(),
            latency_ms: millis(took),
            first_token_ms: first.map(millis),
            usage,
            cost_usd: recorded.and_then(|recorded| recorded.provider_cost),
            reply: reply.ok(),
            error,
            call_id: recorded.map(|recorded| recorded.call.call_id.to_string()),
        }
    }

    /// What the audit log says of it. What was asked and answered is nobody's business there.
    fn entry(&self) -> AuditEntry {
        let code = self.error.as_ref().map(|error| &error.code);
        let done = json!({
            "litellm_model": self.litellm_model,
            "ok": self.ok,
            "error_code": code,
            "cost_usd": self.cost_usd,
            "call_id": self.call_id,
        });
        let diff = alias_core::audit::diff(&serde_json::Value::Null, &done);
        AuditEntry { action: "alias.test", object: "model_alias", name: self.alias.to_string(), diff }
    }
}
