//! Plans as the API shows them, and why there is none.

use alias_core::desired::{AccessChange, Change, Fault, Operation, Plan, PlanError};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::weight::{PriceChange, Weight};
use crate::error::{ApiError, Code, FieldError, Member};

/// What applying a document changed, or would change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub struct PlanObject {
    /// Whether it was done.
    applied: bool,
    /// Names exactly this plan: send it back to do this and nothing else.
    #[schema(example = "0f343b0931126a20f133d67c2b018a3b")]
    fingerprint: String,
    /// How many objects of each kind of change.
    summary: Summary,
    /// The objects, in the order in which they are changed.
    changes: Vec<ChangeObject>,
    /// The teams that may call something else afterwards.
    #[schema(value_type = Vec<AccessObject>)]
    access: Vec<AccessChange>,
    /// What the document says without effect.
    notes: Vec<FieldError>,
}

/// How many objects.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = PlanSummary)]
pub struct Summary {
    /// Made.
    #[schema(example = 1)]
    create: usize,
    /// Changed.
    #[schema(example = 1)]
    update: usize,
    /// Deleted.
    #[schema(example = 0)]
    delete: usize,
    /// Marked as this document's, and not changed.
    #[schema(example = 0)]
    adopt: usize,
    /// So already.
    #[schema(example = 12)]
    unchanged: usize,
}

/// What becomes of one object.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedChange)]
pub struct ChangeObject {
    /// What is done.
    operation: Operation,
    /// To an object of which kind: `alias`, `access_group`, `organization` or `team`.
    #[schema(value_type = String, example = "alias")]
    kind: &'static str,
    /// Its name.
    #[schema(example = "smart")]
    name: String,
    /// The fields that differ: `{"field": {"from": …, "to": …}}`.
    #[schema(value_type = Object, example = json!({
        "litellm_model": {"from": "openai/gpt-4", "to": "anthropic/claude-3-opus-20240229"},
    }))]
    fields: Value,
    /// How many teams can call the alias, or hold the group, at present; 0 for other kinds.
    #[schema(example = 15)]
    teams: usize,
    /// The calls that an alias had in the last 7 days, today among them; only in plans.
    #[schema(example = 4120)]
    #[serde(skip_serializing_if = "Option::is_none")]
    calls_7_days: Option<u64>,
    /// What the targets cost, where the target changes; only in plans.
    #[schema(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    prices: Option<PriceChange>,
}

/// What a team gains and loses.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessChange)]
pub struct AccessObject {
    /// The team.
    #[schema(example = "acme-prod")]
    team_id: String,
    /// Aliases that it may call only afterwards.
    #[schema(example = json!(["gpt-4o"]))]
    gained: Vec<String>,
    /// Aliases that it may call no more.
    #[schema(example = json!(["gpt-4-vision"]))]
    lost: Vec<String>,
}

impl PlanObject {
    /// A plan, with what stands behind it.
    pub fn weighed(plan: &Plan, weight: &Weight) -> Self {
        let mut shown = Self::new(plan, false);
        for (shown, change) in shown.changes.iter_mut().zip(&plan.changes) {
            (shown.calls_7_days, shown.prices) = (weight.calls(change), weight.prices(change));
        }
        shown
    }

    /// A plan, done or not.
    pub fn new(plan: &Plan, applied: bool) -> Self {
        let count = |operation| plan.changes.iter().filter(|change| change.operation == operation).count();
        Self {
            applied,
            fingerprint: plan.fingerprint(),
            summary: Summary {
                create: count(Operation::Create),
                update: count(Operation::Update),
                delete: count(Operation::Delete),
                adopt: count(Operation::Adopt),
                unchanged: plan.unchanged,
            },
            changes: plan.changes.iter().map(ChangeObject::from).collect(),
            access: plan.access.clone(),
            notes: plan.notes.iter().map(field_error).collect(),
        }
    }
}

impl From<&Change> for ChangeObject {
    fn from(change: &Change) -> Self {
        Self {
            operation: change.operation,
            kind: change.subject.kind(),
            name: change.subject.name().to_owned(),
            fields: change.fields.clone(),
            teams: change.teams,
            calls_7_days: None,
            prices: None,
        }
    }
}

/// The answer to a document that cannot be read.
pub fn document_faults(faults: &[Fault]) -> ApiError {
    let code = match faults.first().map(|fault| fault.code.as_str()) {
        Some("unknown_field") => Code::UnknownField,
        Some("unknown_reference") => Code::UnknownReference,
        Some("immutable_field") => Code::ImmutableField,
        Some("invalid_type") => Code::InvalidType,
        Some("missing_field") => Code::MissingField,
        _ => Code::InvalidValue,
    };
    ApiError::fields(code, faults.iter().map(field_error).collect())
}

/// The answer to a document that cannot be applied.
pub fn refused(why: &PlanError) -> ApiError {
    match why {
        PlanError::ManagedByOthers(faults) => {
            ApiError::fields(Code::ManagedByAnother, faults.iter().map(field_error).collect())
        }
        // Whatever else is wrong with a document, its faults say what, and where.
        other => document_faults(other.faults()),
    }
}

/// The answer to a plan that is another one by now, with the one that it is.
pub fn outdated(plan: &Plan) -> ApiError {
    let detail = "The catalogue was changed since this plan was made: it would do something else now. Nothing was \
        changed. Look at the new plan, then apply it.";
    ApiError::new(Code::PlanOutdated, detail).with(Member::Plan, json!(PlanObject::new(plan, false)))
}

fn field_error(fault: &Fault) -> FieldError {
    let path = fault.path.join(".");
    let escaped = fault.path.iter().map(|name| name.replace('~', "~0").replace('/', "~1"));
    FieldError {
        field: if path.is_empty() { "document".into() } else { format!("document.{path}") },
        pointer: escaped.fold("#/document".to_owned(), |all, name| all + "/" + &name),
        code: fault.code.clone(),
        message: if path.is_empty() { fault.message.clone() } else { format!("{path}: {}", fault.message) },
        suggestion: fault.suggestion.clone(),
    }
}
