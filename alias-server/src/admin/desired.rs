//! `/api/apply` and `/api/export`: the catalogue as one document.

pub mod object;
pub mod schema;
mod weight;

use actix_web::{HttpResponse, web};
use alias_core::audit::{Actor, Source};
use alias_core::clock::Clock;
use alias_core::desired::{Document, Fault, Manager, Options, Plan, State, plan};
use alias_core::repository::{Applied, DesiredRepository, ModelCatalogRepository, ReportRepository, Written};
use alias_router::LiveRouter;
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use self::object::{PlanObject, document_faults, outdated, refused};
use self::weight::Weight;
use crate::admin::aliases::parameters::TakenParameters;
use crate::admin::answer::{REVISION, publish};
use crate::admin::idempotency::Once;
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError};
use crate::extract::{JsonBody, MOST_ERRORS, required};

/// A document, and how it is applied.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Apply)]
pub struct ApplyDraft {
    /// What there shall be: `version` 1, `managed_by`, and by name `aliases`, `access_groups`, `organizations`, `teams`.
    /// `/schema/aliases-v1.json` describes it.
    #[schema(value_type = Object, required)]
    pub document: Option<Value>,
    /// Only tell what would change.
    #[serde(default)]
    pub dry_run: bool,
    /// Delete what the document does not name, of the objects with the same `managed_by`; of a document without one, of
    /// those that no document manages.
    #[serde(default)]
    pub prune: bool,
    /// Change what other documents manage, too.
    #[serde(default)]
    pub take_over: bool,
    /// `fingerprint` of the plan that was agreed to: where the plan is another one by now, nothing is changed.
    #[schema(example = "0f343b0931126a20f133d67c2b018a3b")]
    pub fingerprint: Option<String>,
}

/// A document that is only looked at.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanRequest)]
pub struct PlanDraft {
    /// What there shall be, as in `/api/apply`.
    #[schema(value_type = Object, required)]
    pub document: Option<Value>,
    /// As if what the document does not name were deleted, of the objects with the same `managed_by`.
    #[serde(default)]
    pub prune: bool,
    /// As if what other documents manage might be changed, too.
    #[serde(default)]
    pub take_over: bool,
}

/// Where plans come from, and what is told besides: calls, prices, and the time that they are of.
type Sources = (
    web::Data<dyn DesiredRepository>,
    web::Data<dyn ReportRepository>,
    web::Data<dyn ModelCatalogRepository>,
    web::Data<dyn Clock>,
);

/// Tell what applying a document would change.
///
/// The same as `/api/apply` with `dry_run`, for everybody who may read the catalogue.
///
/// # Errors
/// 409 where other documents manage what it would change; 422 for what is wrong in the document, all at once.
#[utoipa::path(
    post, path = "/api/plan", tag = "documents", operation_id = "plan_document",
    request_body(content = PlanDraft, example = json!({
        "document": {"version": 1, "aliases": {"smart": "anthropic/claude-3-opus-20240229"}}
    })),
    responses(
        (status = 200, description = "What would change.", body = PlanObject),
        (status = 409, description = "Other documents manage what it would change."),
    ),
)]
pub async fn plan_document(
    _: Admin,
    sources: Sources,
    taken: TakenParameters,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<PlanDraft>,
) -> Result<HttpResponse, ApiError> {
    let document =
        Document::read(required("document", draft.document)?).map_err(|faults| document_faults(&faults))?;
    can_take_effect(&document, &taken)?;
    let options = Options { prune: draft.prune, take_over: draft.take_over };
    planned(&sources, &document, options, None).await
}

/// Make the catalogue as a document says.
///
/// All of it in one transaction, or nothing. What the document does not name stays, unless `prune` is set. An object is
/// as the document says afterwards: a field that it leaves out is as in a new one. Credits are given to teams that are
/// new; balances, standings and keys are not touched. New teams have no key: create one.
///
/// # Errors
/// 409 where the plan is not the one of `fingerprint` any more, or where other documents manage what it would change;
/// 422 for what is wrong in the document, all at once.
#[utoipa::path(
    post, path = "/api/apply", tag = "documents", operation_id = "apply_document",
    params(Once),
    request_body(content = ApplyDraft, example = json!({
        "dry_run": true,
        "document": {
            "version": 1,
            "managed_by": "platform-repo",
            "aliases": {"gpt-4": {"litellm_model": "openai/gpt-4", "description": "Most capable GPT-4 model"}, "smart": "openai/gpt-4"},
            "access_groups": {"starter-models": {"description": "Models for starter plan", "model_aliases": ["smart"]}},
            "organizations": {"org_newclient": {"name": "New Client Inc"}},
            "teams": {"newclient-prod": {"organization_id": "org_newclient", "access_groups": ["starter-models"], "credits_allocated": 1000}}
        }
    })),
    responses(
        (status = 200, description = "What changed; or, of a dry run, would change.", body = PlanObject),
        (status = 409, description = "The plan is another one by now, or other documents manage what it would change."),
    ),
)]
pub async fn apply(
    admin: Admin,
    once: Once,
    sources: Sources,
    live: web::Data<LiveRouter>,
    taken: TakenParameters,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<ApplyDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = Actor { source: Source::Apply, ..admin.actor().clone() };
    once.run(&admin, async move {
        let document = Document::read(required("document", draft.document)?)
            .map_err(|faults| document_faults(&faults))?;
        can_take_effect(&document, &taken)?;
        let options = Options { prune: draft.prune, take_over: draft.take_over };
        if draft.dry_run {
            return planned(&sources, &document, options, draft.fingerprint.as_deref()).await;
        }
        let Written { value, revision } =
            sources.0.apply(&document, options, draft.fingerprint, &actor).await?;
        let plan = match value {
            Applied::Done(plan) => plan,
            Applied::Refused(why) => return Err(refused(&why)),
            Applied::Outdated(plan) => return Err(outdated(&plan)),
        };
        publish(&live, revision).await;
        let answer = PlanObject::new(&plan, true);
        Ok(HttpResponse::Ok().insert_header((REVISION, revision.to_string())).json(answer))
    })
    .await
}

/// Refuses a document with rules on parameters that could have no effect.
fn can_take_effect(document: &Document, taken: &TakenParameters) -> Result<(), ApiError> {
    let faults = document.content.aliases.iter().filter_map(|(name, spec)| {
        let fault = taken.fault(&spec.routing.parameters)?;
        let place = ["aliases", name.as_str(), "parameters"];
        Some(Fault { suggestion: fault.suggestion, ..Fault::at(&place, &fault.code, fault.message) })
    });
    let faults: Vec<Fault> = faults.take(MOST_ERRORS).collect();
    if faults.is_empty() { Ok(()) } else { Err(document_faults(&faults)) }
}

/// What would change at present, where it is what was seen.
async fn planned(
    (desired, reports, models, clock): &Sources,
    document: &Document,
    options: Options,
    fingerprint: Option<&str>,
) -> Result<HttpResponse, ApiError> {
    let plan = seen(&desired.state().await?, document, options, fingerprint)?;
    let weight = Weight::of(&plan, document, &***reports, &***models, clock.now()).await?;
    Ok(HttpResponse::Ok().json(PlanObject::weighed(&plan, &weight)))
}

/// The plan at present, where it is the one that was seen.
fn seen(
    state: &State,
    document: &Document,
    options: Options,
    fingerprint: Option<&str>,
) -> Result<Plan, ApiError> {
    let plan = plan(state, document, options).map_err(|why| refused(&why))?;
    if fingerprint.is_some_and(|seen| seen != plan.fingerprint()) {
        return Err(outdated(&plan));
    }
    Ok(plan)
}

/// Which part of the catalogue.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportParameters {
    /// Only what the document of this `managed_by` manages.
    #[param(example = "platform-repo")]
    managed_by: Option<String>,
}

/// Show the catalogue as a document.
///
/// Applied to an empty server it makes the same catalogue, and that server shows the same document.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/export", tag = "documents", operation_id = "export_document",
    params(ExportParameters),
    responses((status = 200, description = "The document.", body = Object, example = json!({
        "version": 1,
        "aliases": {"smart": "openai/gpt-4"},
        "access_groups": {"starter-models": {"description": "Models for starter plan", "model_aliases": ["smart"]}}
    }))),
)]
pub async fn export(
    _: Admin,
    desired: web::Data<dyn DesiredRepository>,
    Query(parameters): Query<ExportParameters>,
) -> Result<HttpResponse, ApiError> {
    let managed_by = parameters.managed_by.as_deref().map(manager).transpose()?;
    let State { mut content, managers, .. } = desired.state().await?;
    content.leave_out_overrides_of_nobody();
    if let Some(manager) = &managed_by {
        content.retain(|subject| managers.get(subject) == Some(manager));
    }
    Ok(HttpResponse::Ok().json(Document { managed_by, content }.write()))
}

fn manager(text: &str) -> Result<Manager, ApiError> {
    text.parse().map_err(|why| {
        let error = FieldError::of("managed_by", "invalid_value", format!("{why}"));
        ApiError::fields(Code::InvalidParameter, vec![error])
    })
}
