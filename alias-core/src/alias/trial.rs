//! Testing an alias: what is asked, and whom.

use serde::Deserialize;
use validator::{Validate, ValidationErrors};

use crate::model_ref::ModelRef;
use crate::validation::{self, parsed, parses};

/// What a model is asked where nothing is said.
const PROMPT: &str = "Reply with the single word: ready";

/// How to test an alias, unchecked. Nothing is required.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrialDraft {
    /// What to ask, up to 2,000 characters.
    #[validate(custom(function = validation::description))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 2000, example = "Reply with the single word: ready")
    )]
    pub prompt: Option<String>,
    /// Another target than the alias has, as `provider/model-name`. With one, the alias need not exist yet.
    #[validate(custom(function = parses::<ModelRef>))]
    #[cfg_attr(feature = "openapi", schema(example = "anthropic/claude-3-opus-20240229"))]
    pub litellm_model: Option<String>,
}

/// A checked test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTrial {
    /// What to ask.
    pub prompt: String,
    /// Another target than the alias has.
    pub litellm_model: Option<ModelRef>,
}

impl TrialDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<NewTrial, ValidationErrors> {
        self.validate()?;
        Ok(NewTrial {
            prompt: self.prompt.filter(|prompt| !prompt.trim().is_empty()).unwrap_or_else(|| PROMPT.into()),
            litellm_model: self.litellm_model.map(|text| parsed("litellm_model", &text)).transpose()?,
        })
    }
}
