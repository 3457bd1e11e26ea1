//! The parameters of the alias API: filters and sorting of the list, and what to do with a name that exists.

use alias_core::clock::Timestamp;
use alias_core::repository::{AliasQuery, AliasSort};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::expand::Expand;
use crate::admin::list::{ListRequest, sorting};
use crate::admin::query::{flag, invalid, parsed};
use crate::error::ApiError;

/// In microseconds.
const SECOND: i64 = 1_000_000;

const SORT_KEYS: [(&str, AliasSort); 5] = [
    ("alias", AliasSort::Alias),
    ("litellm_model", AliasSort::LitellmModel),
    ("usage_count", AliasSort::UsageCount),
    ("created_at", AliasSort::CreatedAt),
    ("updated_at", AliasSort::UpdatedAt),
];

/// Filters combine with "and".
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AliasListParameters {
    /// Only enabled, or only disabled ones.
    #[param(value_type = Option<bool>)]
    pub active: Option<String>,
    /// Only those whose target has this provider.
    #[param(example = "openai")]
    pub provider: Option<String>,
    /// Only members of this access group.
    pub access_group: Option<String>,
    /// Only those that this team can reach.
    pub team: Option<String>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those that are deprecated, or only the others.
    #[param(value_type = Option<bool>)]
    pub deprecated: Option<String>,
    /// Only those with a price, their own or their target's, or only those without.
    #[param(value_type = Option<bool>)]
    pub priced: Option<String>,
    /// Only those whose target is in the catalog of providers' models, or only the others.
    #[param(value_type = Option<bool>)]
    pub in_catalog: Option<String>,
    /// Only those that are in an access group, or only those in none.
    #[param(value_type = Option<bool>)]
    pub in_group: Option<String>,
    /// Only those not called since this day or moment (UTC).
    #[param(example = "2024-10-01")]
    pub unused_since: Option<String>,
    /// Only those with this text in alias, target or description, ignoring case.
    #[param(example = "gpt")]
    pub q: Option<String>,
    /// `alias`, `litellm_model`, `usage_count`, `created_at` or `updated_at`; with `-` in front: descending. Several with
    /// commas between them: where one ties, the next decides, and the alias at the end.
    #[param(example = "-usage_count,alias")]
    pub sort: Option<String>,
    /// The same keys, in place of `sort`.
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

impl AliasListParameters {
    /// Checks every parameter.
    ///
    /// # Errors
    /// 400 for the first wrong one.
    pub fn parse(&self) -> Result<AliasQuery, ApiError> {
        let sort = sorting(self.sort.as_deref(), self.sort_by.as_deref(), self.order.as_deref(), &SORT_KEYS)?;
        Ok(AliasQuery {
            active: flag("active", self.active.as_deref())?,
            provider: self.provider.clone(),
            access_group: parsed("access_group", self.access_group.as_deref())?,
            team: parsed("team", self.team.as_deref())?,
            tag: self.tag.clone(),
            unused_since: self
                .unused_since
                .as_deref()
                .map(|text| moment("unused_since", text))
                .transpose()?,
            deprecated: flag("deprecated", self.deprecated.as_deref())?,
            priced: flag("priced", self.priced.as_deref())?,
            in_catalog: flag("in_catalog", self.in_catalog.as_deref())?,
            in_group: flag("in_group", self.in_group.as_deref())?,
            q: self.q.clone().filter(|text| !text.is_empty()),
            sort,
            window: ListRequest::of(self).window()?,
        })
    }
}

/// A day (its beginning), or a moment with its offset from UTC.
fn moment(name: &str, text: &str) -> Result<Timestamp, ApiError> {
    let day = || format!("{text}T00:00:00Z").parse();
    text.parse().or_else(|_| day()).map_err(|_| {
        invalid(name, "must be like 2024-10-14 or 2024-10-14T12:00:00Z, of the years 0001 to 9999")
    })
}

/// Parameters of a look-up.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindParameters {
    /// Show what was served at this moment (UTC), or at the beginning of this day. A moment without a fraction of a second
    /// stands for the end of its second, so that the times which answers show can be asked for.
    #[param(example = "2024-10-14T12:00:00Z")]
    pub at: Option<String>,
    /// What to add, with commas between: `teams` (those that have the alias, and through which groups), `history` (its
    /// newest versions); `stats` are always there.
    #[param(example = "teams,history")]
    pub expand: Option<String>,
}

impl FindParameters {
    /// What is to be added, if anything.
    ///
    /// # Errors
    /// 400 for another word, and together with `at`, of which nothing else is known.
    pub fn expand(&self) -> Result<Option<Expand>, ApiError> {
        match (&self.expand, &self.at) {
            (Some(_), Some(_)) => Err(invalid("expand", "goes without at")),
            (Some(text), None) => Expand::parse(text).map(Some),
            (None, _) => Ok(None),
        }
    }

    /// Reads the one parameter.
    ///
    /// # Errors
    /// 400 for what is no moment, and for one that is yet to come.
    pub fn at(&self, now: Timestamp) -> Result<Option<Timestamp>, ApiError> {
        let Some(text) = self.at.as_deref() else { return Ok(None) };
        let at = moment("at", text)?;
        if at > now {
            return Err(invalid("at", "must not be in the future"));
        }
        let whole = at.micros() % SECOND == 0 && text.contains('T');
        Ok(Some(if whole { Timestamp::from_micros(at.micros() + SECOND - 1) } else { at }))
    }
}

/// Parameters of a creation.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreateParameters {
    /// What to do where the alias exists: `error` (the default), `ignore`, or `update` with the fields sent.
    pub if_exists: Option<String>,
}

/// What to do where a name exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfExists {
    /// Refuse.
    Error,
    /// Answer what is there.
    Ignore,
    /// Change it as an update would.
    Update,
}

impl CreateParameters {
    /// Reads the one parameter.
    ///
    /// # Errors
    /// 400 for another word.
    pub fn if_exists(&self) -> Result<IfExists, ApiError> {
        match self.if_exists.as_deref() {
            None | Some("error") => Ok(IfExists::Error),
            Some("ignore") => Ok(IfExists::Ignore),
            Some("update") => Ok(IfExists::Update),
            Some(_) => Err(invalid("if_exists", "must be error, ignore or update")),
        }
    }
}

/// The parameter of a look-up by name.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NameParameter {
    /// The alias.
    #[param(required, example = "anthropic/claude-3-opus")]
    pub alias: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_beginning_and_a_moment_is_read_in_utc() {
        let at = |text: &str| moment("at", text).unwrap().to_string();
        assert_eq!(at("2024-10-14"), "2024-10-14T00:00:00Z");
        assert_eq!(at("2024-10-14T14:00:00+02:00"), "2024-10-14T12:00:00Z");
        for bad in ["yesterday", "2024-13-01", "", "2024-10-14T12:00:00", "0000-01-01", "+10000-01-01"] {
            assert!(moment("at", bad).is_err(), "{bad}");
        }
    }
}
