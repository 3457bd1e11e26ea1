//! `/api/model-access-groups/{group}/impact`: who loses and gains what if a group goes, or holds other aliases.

use actix_web::HttpResponse;
use alias_core::group::{GroupChange, GroupName, MembersDraft};
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
pub struct GroupImpactParameters {
    /// `delete`, `disable`, `enable`, or `add` or `remove` these `model_aliases`.
    #[param(required, example = "remove")]
    pub action: Option<String>,
    /// Aliases, with commas between, with `add` and `remove`.
    #[param(example = "gpt-4,gpt-4o")]
    pub model_aliases: Option<String>,
}

impl GroupImpactParameters {
    fn plan(self, group: GroupName) -> Result<Plan, ApiError> {
        let is_active = |active| GroupChange { active: Some(active), ..GroupChange::default() };
        let update = |group, change| Ok(Plan::UpdateGroup { group, change, expected: None });
        let Some(names) = self.model_aliases else {
            return match self.action.as_deref() {
                Some("delete") => Ok(Plan::DeleteGroup { group, if_unused: false, expected: None }),
                Some("disable") => update(group, is_active(false)),
                Some("enable") => update(group, is_active(true)),
                Some("add" | "remove") => {
                    Err(invalid("model_aliases", "is required with action=add and action=remove"))
                }
                _ => Err(invalid("action", "must be delete, disable, enable, add or remove")),
            };
        };
        let aliases =
            MembersDraft { model_aliases: names.split(',').map(str::to_owned).collect() }.parse()?;
        match self.action.as_deref() {
            Some("add") => Ok(Plan::AddModels { group, aliases }),
            Some("remove") => Ok(Plan::RemoveModels { group, aliases }),
            Some("delete" | "disable" | "enable") => {
                Err(invalid("model_aliases", "goes with action=add and action=remove only"))
            }
            _ => Err(invalid("action", "must be delete, disable, enable, add or remove")),
        }
    }
}

/// Show what would come of a change of an access group.
///
/// The change is made, looked at and undone: these teams and keys would lose or gain names. A team that is granted a
/// name through another group, too, does not lose it. Nothing is changed. Other changes can be tried out with
/// `dry_run`.
///
/// # Errors
/// 400 for wrong parameters, 404 where there is none of that name, 422 for unknown aliases.
#[utoipa::path(
    get, path = "/api/model-access-groups/{group}/impact", tag = "access groups", operation_id = "get_access_group_impact",
    params(Named<GroupName>, GroupImpactParameters),
    responses(
        (status = 200, description = "What would come of it, and a token to make it with.", body = Impact),
        (status = 422, description = "Wrong values."),
    ),
)]
pub async fn show(
    asking: Asking,
    Query(parameters): Query<GroupImpactParameters>,
    Named(group): Named<GroupName>,
) -> Result<HttpResponse, ApiError> {
    asking.answer(&parameters.plan(group)?).await
}
