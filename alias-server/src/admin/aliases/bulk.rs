//! `/api/model-aliases/bulk`: several changes of aliases, made together or not at all.

use actix_web::{HttpResponse, web};
use alias_core::alias::{AliasDraft, AliasEdit, AliasName};
use alias_core::plan::{Outcome, Plan};
use alias_core::repository::{BulkRepository, Written};
use alias_router::LiveRouter;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::object::{AliasDeleted, AliasObject};
use super::parameters::TakenParameters;
use crate::admin::answer::{REVISION, publish};
use crate::admin::idempotency::Once;
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError, Member, field_errors};
use crate::extract::{JsonBody, form};

/// The most changes at once.
const MOST: usize = 1_000;

/// Several changes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Bulk)]
pub struct BulkDraft {
    /// 1 to 1,000 changes, made in this order. `op` is `create` (with what a new alias takes), `update` (`alias`, what
    /// is to be different, and `if_version`) or `delete` (`alias`, `if_version`).
    #[serde(default)]
    #[schema(value_type = Vec<Object>, required, min_items = 1, max_items = 1000)]
    pub operations: Vec<Map<String, Value>>,
}

/// What came of several changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkResults)]
pub struct BulkObject {
    /// One for each change, in the same order.
    results: Vec<Done>,
}

/// What came of one change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkResult)]
pub struct Done {
    /// What was done.
    #[schema(example = "create")]
    op: &'static str,
    /// The alias as it is now; null where it was deleted.
    alias: Option<Box<AliasObject>>,
    /// What went with the alias; null where it was not deleted.
    deleted: Option<AliasDeleted>,
}

/// Change several model aliases at once.
///
/// All of them, in one transaction, or none: the error names the first that is refused, or everything that is wrong.
///
/// # Errors
/// 404, 409, 412 and 422 as the single changes have them, with `operation`, the place of the change from 0 on.
#[utoipa::path(
    post, path = "/api/model-aliases/bulk", tag = "model aliases", operation_id = "change_model_aliases",
    params(Once),
    request_body(content = BulkDraft, example = json!({"operations": [
        {"op": "create", "alias": "gpt-4o-mini", "litellm_model": "openai/gpt-4o-mini", "access_groups": ["starter-models"]},
        {"op": "update", "alias": "smart", "litellm_model": "anthropic/claude-3-opus-20240229"},
        {"op": "delete", "alias": "gpt-4"},
    ]})),
    responses(
        (status = 200, description = "What came of each.", body = BulkObject),
        (status = 404, description = "One of the aliases is not there."),
        (status = 412, description = "One of the aliases is not at the version that was named."),
    ),
)]
pub async fn change(
    admin: Admin,
    once: Once,
    bulk: web::Data<dyn BulkRepository>,
    live: web::Data<LiveRouter>,
    taken: TakenParameters,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<BulkDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor().clone();
    once.run(&admin, async move {
        let plans = plans(draft.operations, &taken)?;
        let ops: Vec<&'static str> = plans.iter().map(op).collect();
        let Written { value, revision } = bulk.make_all(plans, &actor).await?;
        let outcomes = value.map_err(|(at, why)| ApiError::from(why).with(Member::Operation, at.into()))?;
        publish(&live, revision).await;
        let results = outcomes.into_iter().zip(ops).map(|(outcome, op)| done(outcome, op)).collect();
        Ok(HttpResponse::Ok().insert_header((REVISION, revision.to_string())).json(BulkObject { results }))
    })
    .await
}

/// All changes, checked; or everything that is wrong with any of them.
fn plans(operations: Vec<Map<String, Value>>, taken: &TakenParameters) -> Result<Vec<Plan>, ApiError> {
    if operations.is_empty() || operations.len() > MOST {
        let error =
            FieldError::of("operations", "invalid_value", format!("operations must be 1 to {MOST} changes"));
        return Err(ApiError::fields(Code::InvalidValue, vec![error]));
    }
    let (mut all, mut wrong) = (Vec::with_capacity(operations.len()), Vec::new());
    for (at, operation) in operations.into_iter().enumerate() {
        match plan(operation).and_then(|plan| can_take_effect(plan, taken)) {
            Ok(plan) => all.push(plan),
            Err(errors) => wrong.extend(errors.into_iter().map(|error| FieldError {
                field: format!("operations[{at}].{}", error.field),
                pointer: format!("#/operations/{at}{}", error.pointer.trim_start_matches('#')),
                message: format!("operations[{at}]: {}", error.message),
                ..error
            })),
        }
    }
    wrong.truncate(crate::extract::MOST_ERRORS);
    if wrong.is_empty() { Ok(all) } else { Err(ApiError::fields(Code::InvalidValue, wrong)) }
}

fn plan(mut operation: Map<String, Value>) -> Result<Plan, Vec<FieldError>> {
    let op = operation.remove("op");
    let op = op.as_ref().and_then(Value::as_str).unwrap_or_default();
    if op == "create" {
        let new = form::<AliasDraft>(operation)?.parse().map_err(|report| field_errors(&report))?;
        return Ok(Plan::CreateAlias(Box::new(new)));
    }
    if op != "update" && op != "delete" {
        return Err(vec![FieldError::of("op", "invalid_value", "op must be create, update or delete")]);
    }
    let alias = name(operation.remove("alias"))?;
    let expected = match operation.remove("if_version") {
        None | Some(Value::Null) => None,
        Some(version) => match version.as_u64().and_then(|version| u32::try_from(version).ok()) {
            Some(version) => Some(version),
            None => {
                return Err(vec![FieldError::of(
                    "if_version",
                    "invalid_type",
                    "if_version must be a version",
                )]);
            }
        },
    };
    if op == "update" {
        let change = form::<AliasEdit>(operation)?.parse().map_err(|report| field_errors(&report))?;
        return Ok(Plan::UpdateAlias { alias, change: Box::new(change), expected });
    }
    match operation.keys().next() {
        Some(more) => Err(vec![FieldError::of(more, "unknown_field", format!("delete takes no {more}"))]),
        None => Ok(Plan::DeleteAlias { alias, expected }),
    }
}

/// Refuses a change whose rules on parameters could have no effect.
fn can_take_effect(plan: Plan, taken: &TakenParameters) -> Result<Plan, Vec<FieldError>> {
    let rules = match &plan {
        Plan::CreateAlias(new) => Some(&new.spec.routing.parameters),
        Plan::UpdateAlias { change, .. } => change.parameters.as_ref(),
        _ => None,
    };
    rules.and_then(|rules| taken.fault(rules)).map_or(Ok(plan), |fault| Err(vec![fault]))
}

/// The word of a change.
fn op(plan: &Plan) -> &'static str {
    match plan {
        Plan::CreateAlias(_) => "create",
        Plan::DeleteAlias { .. } => "delete",
        _ => "update",
    }
}

fn name(sent: Option<Value>) -> Result<AliasName, Vec<FieldError>> {
    let text = sent.as_ref().and_then(Value::as_str).unwrap_or_default();
    text.parse().map_err(|why| vec![FieldError::of("alias", "invalid_format", format!("{why}"))])
}

fn done(outcome: Outcome, op: &'static str) -> Done {
    match outcome {
        Outcome::Alias(details) => Done { op, alias: Some(Box::new((*details).into())), deleted: None },
        Outcome::AliasDeleted(deleted) => Done { op, alias: None, deleted: Some((*deleted).into()) },
        _ => Done { op, alias: None, deleted: None },
    }
}
