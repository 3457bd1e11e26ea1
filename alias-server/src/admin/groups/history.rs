//! `/api/model-access-groups/{group}/history`: what was done to a group, from the audit log.

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::audit::{AuditQuery, Outcome};
use alias_core::group::GroupName;
use alias_core::repository::{AuditRepository, GroupRepository};

use crate::admin::audit::AuditList;
use crate::admin::list::ListRequest;
use crate::admin::notices::object::PartParameters;
use crate::admin::path::{Named, not_found};
use crate::admin::query::Query;
use crate::error::ApiError;

/// The word that actions on groups begin with.
const ACTIONS: &str = "group";

/// List what was done to an access group, the newest first.
///
/// Groups have no versions: this is what the audit log has of the group, that of its members included where these were
/// added or taken away. That of a group which was deleted can still be read under its name.
///
/// # Errors
/// 400 for parameters that are unknown or wrong, 404 for a group that never was.
#[utoipa::path(
    get, path = "/api/model-access-groups/{group}/history", tag = "access groups",
    operation_id = "get_access_group_history",
    params(Named<GroupName>, PartParameters),
    responses((status = 200, description = "A part of its records.", body = AuditList)),
)]
pub async fn list(
    request: HttpRequest,
    (groups, log): (web::Data<dyn GroupRepository>, web::Data<dyn AuditRepository>),
    Named(group): Named<GroupName>,
    Query(parameters): Query<PartParameters>,
) -> Result<HttpResponse, ApiError> {
    let list = ListRequest::of(&parameters);
    let there = groups.find(&group).await?;
    let name = there.as_ref().map_or(&group, |found| &found.group.group_name);
    let query = AuditQuery {
        action: Some(ACTIONS.into()),
        target: Some(name.to_string()),
        outcome: Some(Outcome::Done),
        window: list.window()?,
        ..AuditQuery::default()
    };
    let page = log.list(&query).await?;
    if there.is_none() && page.total == 0 {
        return Err(not_found::<GroupName>(group.as_str()));
    }
    let body = AuditList { page: list.page_info(&page), records: page.items };
    Ok(list.answer(request.path(), body.page.next_cursor.as_deref(), &body))
}
