//! `/api/teams/{team}/models`: what a team is granted, and through which of its groups.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use alias_core::alias::AliasName;
use alias_core::clock::Clock;
use alias_core::group::GroupName;
use alias_core::repository::{GroupRepository, StoreError, TeamRepository};
use alias_core::team::TeamId;
use alias_router::LiveRouter;

use super::existing;
use super::object::{TeamModel, TeamModels};
use crate::admin::answer::found;
use crate::admin::path::Named;
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::ApiError;

/// Show what a team is granted, and through which groups.
///
/// # Errors
/// 404 where there is none of that id.
#[utoipa::path(
    get, path = "/api/teams/{team}/models", tag = "teams", operation_id = "list_team_models",
    params(Named<TeamId>),
    responses((status = 200, description = "The aliases of its active groups that serve calls, by name.", body = TeamModels)),
)]
pub async fn models(
    _: Admin,
    teams: web::Data<dyn TeamRepository>,
    groups: web::Data<dyn GroupRepository>,
    live: web::Data<LiveRouter>,
    clock: web::Data<dyn Clock>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
) -> Result<HttpResponse, ApiError> {
    let details = existing(&**teams, &team).await?;
    let models = served(&**groups, &live, &**clock, &details.access_groups).await?;
    let body = TeamModels { team_id: details.team.team_id, status: details.team.status.status, models };
    Ok(found(details.team.version, &body))
}

/// What calls of a team are served of, through the groups that it holds.
pub(super) async fn served(
    groups: &dyn GroupRepository,
    live: &LiveRouter,
    clock: &dyn Clock,
    held: &[GroupName],
) -> Result<Vec<TeamModel>, StoreError> {
    let mut models = granted(groups, held).await?;
    // What calls are refused whoever makes them, as the rule of calls has it.
    let (table, now) = (live.table(), clock.now());
    models.retain(|model| !table.is_over(model.alias.as_str(), now));
    Ok(models)
}

/// The union of what active groups hold. A group that is deleted meanwhile grants nothing.
async fn granted(groups: &dyn GroupRepository, held: &[GroupName]) -> Result<Vec<TeamModel>, StoreError> {
    let mut models: BTreeMap<AliasName, TeamModel> = BTreeMap::new();
    for name in held {
        let Some(details) = groups.find(name).await?.filter(|details| details.group.active) else { continue };
        for member in details.members.into_iter().filter(|member| member.active) {
            let model = models.entry(member.alias.clone()).or_insert_with(|| TeamModel {
                alias: member.alias,
                litellm_model: member.litellm_model,
                description: member.description,
                via_groups: Vec::new(),
            });
            model.via_groups.push(name.clone());
        }
    }
    Ok(models.into_values().collect())
}
