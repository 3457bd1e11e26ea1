//! What an answer about an alias has where it is asked for: with `?expand=teams,history` what otherwise takes requests of
//! its own, with `?at` which version it is.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use alias_core::alias::{AliasDetails, AliasName, AliasThen};
use alias_core::clock::Timestamp;
use alias_core::group::GroupName;
use alias_core::repository::{AliasHistoryRepository, GroupRepository, Start, Window};
use alias_core::team::TeamId;
use serde::Serialize;
use utoipa::ToSchema;

use super::object::AliasObject;
use super::versions::{AsOf, VersionObject};
use crate::admin::answer::found;
use crate::admin::query::invalid;
use crate::error::ApiError;

/// The newest versions that an answer holds; `/history` has all of them.
const MOST_VERSIONS: u32 = 20;
/// The most teams that an answer holds; `teams_with_access` counts all of them.
const MOST_TEAMS: usize = 1_000;

/// Where what is added comes from.
pub type Sources = (web::Data<dyn GroupRepository>, web::Data<dyn AliasHistoryRepository>);

/// What is to be added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expand {
    teams: bool,
    history: bool,
}

impl Expand {
    /// Reads the parameter.
    ///
    /// # Errors
    /// 400 for a word that is none of ours.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let mut expand = Self::default();
        for part in text.split(',') {
            match part {
                "teams" => expand.teams = true,
                "history" => expand.history = true,
                // They are always there.
                "stats" => {}
                _ => return Err(invalid("expand", "must be teams, history or stats, with commas between")),
            }
        }
        Ok(expand)
    }
}

/// A team that has an alias.
#[derive(Debug, Serialize, ToSchema)]
pub struct AliasTeam {
    /// The team.
    #[schema(value_type = String, example = "acme-prod")]
    pub team_id: TeamId,
    /// Its active groups that hold the alias.
    #[schema(value_type = Vec<String>, example = json!(["gpt-models"]))]
    pub via_groups: Vec<GroupName>,
}

/// An alias with what was asked for besides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelAliasShown)]
pub struct AliasShown {
    /// The alias. With `at`, what it says is of then; its groups, its counters and what is known of its target are of now.
    #[serde(flatten)]
    pub alias: AliasObject,
    /// With `at`: which version that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub as_of: Option<AsOf>,
    /// With `expand=teams`: the first 1,000 teams that have it, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub teams: Option<Vec<AliasTeam>>,
    /// With `expand=history`: its newest 20 versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub history: Option<Vec<VersionObject>>,
}

impl AliasShown {
    /// What an alias said at `at`.
    pub fn as_of(then: AliasThen, at: Timestamp) -> Self {
        let AliasThen { details, version, until } = then;
        let as_of = AsOf { at, kind: version.kind, from: version.effective_at, until, by: version.by };
        Self { alias: AliasObject::from(details), as_of: Some(as_of), teams: None, history: None }
    }
}

/// 200 with the alias and what is to be added.
///
/// # Errors
/// Those of the store.
pub async fn answer(
    expand: Expand,
    details: AliasDetails,
    (groups, versions): Sources,
) -> Result<HttpResponse, ApiError> {
    let teams = if expand.teams { Some(teams(&**groups, &details.access_groups).await?) } else { None };
    let history = if expand.history { Some(newest(&**versions, &details.alias.alias).await?) } else { None };
    let alias = AliasObject::from(details);
    Ok(found(alias.version, &AliasShown { alias, as_of: None, teams, history }))
}

async fn teams(groups: &dyn GroupRepository, holding: &[GroupName]) -> Result<Vec<AliasTeam>, ApiError> {
    let mut teams: BTreeMap<TeamId, Vec<GroupName>> = BTreeMap::new();
    for name in holding {
        let Some(details) = groups.find(name).await?.filter(|found| found.group.active) else { continue };
        for team in details.teams {
            teams.entry(team).or_default().push(name.clone());
        }
    }
    let all = teams.into_iter().map(|(team_id, via_groups)| AliasTeam { team_id, via_groups });
    Ok(all.take(MOST_TEAMS).collect())
}

async fn newest(
    versions: &dyn AliasHistoryRepository,
    alias: &AliasName,
) -> Result<Vec<VersionObject>, ApiError> {
    let window = Window { limit: MOST_VERSIONS, start: Start::First };
    let history = versions.history(alias, &window).await?;
    let entries = history.map(|history| history.page.items).unwrap_or_default();
    Ok(entries.into_iter().map(VersionObject::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn words_are_read_one_by_one_and_others_refused() {
        assert_eq!(Expand::parse("teams").unwrap(), Expand { teams: true, history: false });
        assert_eq!(Expand::parse("stats,history,teams").unwrap(), Expand { teams: true, history: true });
        for bad in ["", "team", "teams,", "teams;history", "keys"] {
            assert_eq!(Expand::parse(bad).unwrap_err().code(), Code::InvalidParameter, "{bad:?}");
        }
    }
}
