//! The parameters of the list of teams.

use alias_core::organization::Standing;
use alias_core::repository::{NameQuery, TeamQuery};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::admin::list::{ListRequest, sorting};
use crate::admin::query::{invalid, parsed};
use crate::error::ApiError;

/// Parameters of a look-up.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindParameters {
    /// What to add: `models` (what the team is granted, and through which groups).
    #[param(example = "models")]
    pub expand: Option<String>,
}

impl FindParameters {
    /// Whether what the team is granted is to be added.
    ///
    /// # Errors
    /// 400 for another word.
    pub fn models(&self) -> Result<bool, ApiError> {
        match self.expand.as_deref() {
            None => Ok(false),
            Some("models") => Ok(true),
            Some(_) => Err(invalid("expand", "must be models")),
        }
    }
}

/// Filters combine with "and".
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TeamListParameters {
    /// Only those of this organization.
    pub organization_id: Option<String>,
    /// Only those of this standing: `active`, `paused` or `suspended`.
    pub status: Option<String>,
    /// Only those with this text in id or name, ignoring case.
    pub q: Option<String>,
    /// `team_id`; with `-` in front: descending.
    pub sort: Option<String>,
    /// `team_id`, in place of `sort`.
    pub sort_by: Option<String>,
    /// `asc` or `desc`, with `sort_by`.
    pub order: Option<String>,
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    pub offset: Option<String>,
}

impl TeamListParameters {
    /// Checks every parameter.
    ///
    /// # Errors
    /// 400 for the first wrong one.
    pub fn parse(&self) -> Result<TeamQuery, ApiError> {
        let standings = [Standing::Active, Standing::Paused, Standing::Suspended];
        let standing = |word: &String| standings.into_iter().find(|standing| standing.as_str() == word);
        let status = self.status.as_ref().map(|word| {
            standing(word).ok_or_else(|| invalid("status", "must be active, paused or suspended"))
        });
        let keys = [("team_id", ())];
        let sorted = sorting(self.sort.as_deref(), self.sort_by.as_deref(), self.order.as_deref(), &keys)?;
        Ok(TeamQuery {
            organization_id: parsed("organization_id", self.organization_id.as_deref())?,
            status: status.transpose()?,
            names: NameQuery {
                q: self.q.clone().filter(|text| !text.is_empty()),
                descending: sorted.first().is_some_and(|((), descends)| *descends),
                window: ListRequest::of(self).window()?,
            },
        })
    }
}
