//! `/api/model-aliases/{alias}/impact`: who loses what if an alias is deleted, disabled, enabled, or goes elsewhere.

use actix_web::HttpResponse;
use alias_core::alias::{AliasEdit, AliasName};
use alias_core::plan::Plan;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Asking;
use super::object::Impact;
use crate::admin::path::Named;
use crate::admin::query::{Query, invalid};
use crate::error::ApiError;

/// What is to be tried out.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AliasImpactParameters {
    /// `delete`, `disable`, `enable`, or `switch` to `litellm_model`.
    #[param(required, example = "delete")]
    pub action: Option<String>,
    /// Where calls would go, with `switch`.
    #[param(example = "anthropic/claude-3-opus-20240229")]
    pub litellm_model: Option<String>,
}

impl AliasImpactParameters {
    fn plan(self, alias: AliasName) -> Result<Plan, ApiError> {
        let update = |edit: AliasEdit| {
            let change = Box::new(edit.parse()?);
            Ok(Plan::UpdateAlias { alias: alias.clone(), change, expected: None })
        };
        let is_active = |active| AliasEdit { active: Some(active), ..AliasEdit::default() };
        match (self.action.as_deref(), self.litellm_model) {
            (Some("delete"), None) => Ok(Plan::DeleteAlias { alias, expected: None }),
            (Some("disable"), None) => update(is_active(false)),
            (Some("enable"), None) => update(is_active(true)),
            (Some("switch"), Some(model)) => update(AliasEdit {
                litellm_model: Some(model),
                // What nobody knows is told of, and is no reason not to.
                allow_unknown_provider: Some(true),
                ..AliasEdit::default()
            }),
            (Some("switch"), None) => Err(invalid("litellm_model", "is required with action=switch")),
            (Some("delete" | "disable" | "enable"), Some(_)) => {
                Err(invalid("litellm_model", "goes with action=switch only"))
            }
            _ => Err(invalid("action", "must be delete, disable, enable or switch")),
        }
    }
}

/// Show what would come of a change of a model alias.
///
/// The change is made, looked at and undone: these teams and keys would lose or gain names, these calls it is about. For
/// a switch: what the calls of 30 days would have cost on the other target, and what that cannot do. Nothing is
/// changed. Other changes can be tried out with `dry_run`.
///
/// # Errors
/// 400 for wrong parameters, 404 where there is none of that name.
#[utoipa::path(
    get, path = "/api/model-aliases/{alias}/impact", tag = "model aliases", operation_id = "get_model_alias_impact",
    params(Named<AliasName>, AliasImpactParameters),
    responses(
        (status = 200, description = "What would come of it, and a token to make it with.", body = Impact),
        (status = 422, description = "Wrong values."),
    ),
)]
pub async fn show(
    asking: Asking,
    Query(parameters): Query<AliasImpactParameters>,
    Named(alias): Named<AliasName>,
) -> Result<HttpResponse, ApiError> {
    asking.answer(&parameters.plan(alias)?).await
}
