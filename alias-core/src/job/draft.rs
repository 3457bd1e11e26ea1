//! What clients say of jobs, unchecked: a new one, its end, and facts about it.

use serde::Deserialize;
use serde_json::Value;
use validator::{Validate, ValidationErrors};

use super::{Finish, JobStatus, NewJob};
use crate::alias::Metadata;
use crate::team::TeamId;
use crate::validation::{self, parsed, parses};

/// A new job, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JobDraft {
    /// The team: that of the key, which it is where absent.
    #[validate(custom(function = parses::<TeamId>))]
    #[cfg_attr(feature = "openapi", schema(max_length = 128, example = "acme-prod"))]
    pub team_id: Option<String>,
    /// What kind of work it is, in your own words.
    #[serde(default)]
    #[validate(custom(function = validation::required_label))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, min_length = 1, max_length = 200, example = "document_analysis")
    )]
    pub job_type: String,
    /// Whose work it is, in your own words.
    #[validate(custom(function = validation::label))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, example = "user-42"))]
    pub user_id: Option<String>,
    /// Free-form facts, up to 16 KiB.
    #[validate(custom(function = validation::metadata))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<Metadata>,
}

impl JobDraft {
    /// Checks every field. The team is what the client named, if it named one.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<(Option<TeamId>, NewJob), ValidationErrors> {
        self.validate()?;
        let team = self.team_id.map(|id| parsed("team_id", &id)).transpose()?;
        let metadata = self.metadata.unwrap_or_default();
        Ok((team, NewJob { job_type: self.job_type, user_id: self.user_id, metadata }))
    }
}

/// How a job ends, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FinishDraft {
    /// `completed` or `failed`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required, example = "completed"))]
    pub status: String,
    /// Facts that are added to the job's; those of the same name are replaced.
    #[validate(custom(function = validation::metadata))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<Metadata>,
    /// What came of it: kept as `result` in the job's metadata.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub result: Option<Value>,
    /// Why it failed.
    #[validate(custom(function = validation::description))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub error_message: Option<String>,
}

impl FinishDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<Finish, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        let status = match self.status.as_str() {
            "completed" => JobStatus::Completed,
            "failed" => JobStatus::Failed,
            word => {
                let code = if word.is_empty() { "missing_field" } else { "invalid_value" };
                report.add("status", validation::error(code, "status must be completed or failed"));
                JobStatus::Failed
            }
        };
        let mut metadata = self.metadata.unwrap_or_default();
        if let Some(result) = self.result {
            metadata.insert("result".into(), result);
            if let Err(why) = validation::metadata(&metadata) {
                report.add("result", why);
            }
        }
        validation::clean(report)?;
        Ok(Finish { status, metadata, error_message: self.error_message })
    }
}

/// Facts to be added to a job's, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MetadataDraft {
    /// The facts; those of the same name are replaced, and null takes one away.
    #[serde(default)]
    #[validate(custom(function = validation::metadata))]
    #[cfg_attr(feature = "openapi", schema(value_type = Object, required))]
    pub metadata: Metadata,
}

impl MetadataDraft {
    /// Checks the facts.
    ///
    /// # Errors
    /// Too many of them, or a NUL among them.
    pub fn parse(self) -> Result<Metadata, ValidationErrors> {
        self.validate()?;
        Ok(self.metadata)
    }
}

/// What `more` makes of `metadata`; `None` where that is more than a job may have.
pub fn merged(mut metadata: Metadata, more: Metadata) -> Option<Metadata> {
    for (name, value) in more {
        if value.is_null() {
            metadata.remove(&name);
        } else {
            metadata.insert(name, value);
        }
    }
    validation::metadata(&metadata).is_ok().then_some(metadata)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_end_names_every_wrong_field_at_once() {
        let draft = FinishDraft {
            status: "done".into(),
            result: Some("x".repeat(20_000).into()),
            error_message: Some("\u{1}".into()),
            ..FinishDraft::default()
        };
        let report = draft.parse().unwrap_err();
        let mut fields: Vec<_> = report.field_errors().into_keys().collect();
        fields.sort_unstable();
        assert_eq!(fields, ["error_message", "result", "status"]);
        let done = FinishDraft {
            status: "completed".into(),
            result: Some(json!({"pages": 3})),
            ..FinishDraft::default()
        };
        assert_eq!(done.parse().unwrap().metadata["result"], json!({"pages": 3}));
    }

    #[test]
    fn facts_are_added_replaced_and_taken_away_up_to_a_bound() {
        let of = |value: Value| -> Metadata { serde_json::from_value(value).unwrap() };
        let after = merged(of(json!({"a": 1, "b": 2})), of(json!({"a": null, "b": 3, "c": 4})));
        assert_eq!(after, Some(of(json!({"b": 3, "c": 4}))));
        let half = "x".repeat(9_000);
        assert_eq!(merged(of(json!({"a": half})), of(json!({"b": half}))), None);
    }
}
