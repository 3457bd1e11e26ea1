//! What an alias points to: LiteLLM's `provider/model` name.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::alias::AliasName;
use crate::text::serde_as_text;

/// What stands in the place of the provider where calls go on to another alias, as in `alias/smart`.
pub const ALIAS: &str = "alias";

/// The longest model reference, in characters.
pub const MAX_MODEL_REF: usize = 256;

/// What stands for the rest of a name in the target of a prefix; once, and not in the provider.
pub const REST: &str = "{rest}";

/// A model in LiteLLM's format, `provider/model-name`, split at the first slash.
///
/// The provider is lower case letters, digits, `_`, `-` and `.`; the rest is ASCII without spaces and may
/// hold further slashes, dots and colons (Bedrock's ids do). Whether LiteLLM knows the provider is a
/// separate question: see [`crate::provider`].
///
/// ```
/// use alias_core::model_ref::ModelRef;
///
/// let model: ModelRef = "bedrock/anthropic.claude-3-opus-20240229-v1:0".parse()?;
/// assert_eq!(model.provider(), "bedrock");
/// assert_eq!(model.model(), "anthropic.claude-3-opus-20240229-v1:0");
/// assert!("gpt-4".parse::<ModelRef>().is_err(), "there is no provider");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ModelRef {
    /// Shared: every call carries its target along.
    text: Arc<str>,
    slash: usize,
}

serde_as_text!(ModelRef);

impl ModelRef {
    /// The whole reference, as LiteLLM takes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The one that leads on to an alias.
    pub fn of_alias(name: &AliasName) -> Self {
        // A name is no longer than a reference may be, and has none of the characters that it may not hold.
        Self { slash: ALIAS.len(), text: format!("{ALIAS}/{name}").into() }
    }

    /// The name of the alias that it leads on to, where it is no model of a provider.
    pub fn alias(&self) -> Option<&str> {
        (self.provider() == ALIAS).then(|| self.model())
    }

    /// Whether a part of it is left open: what follows the prefix that was called takes the place of [`REST`].
    pub fn has_rest(&self) -> bool {
        self.text.contains(REST)
    }

    /// The same with `rest` in the place of what is left open.
    ///
    /// # Errors
    /// Those of parsing: what was called is no part of a model reference.
    pub fn filled(&self, rest: &str) -> Result<Self, InvalidModelRef> {
        let filled: Self = self.text.replacen(REST, rest, 1).parse()?;
        if filled.has_rest() { Err(InvalidModelRef::Character('{')) } else { Ok(filled) }
    }

    /// The part before the first slash.
    pub fn provider(&self) -> &str {
        self.text.get(..self.slash).unwrap_or_default()
    }

    /// The part after the first slash.
    pub fn model(&self) -> &str {
        self.text.get(self.slash + 1..).unwrap_or_default()
    }
}

/// Why a text is not a model reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidModelRef {
    /// Nothing at all.
    #[error("litellm_model is required, for example `openai/gpt-4`")]
    Empty,
    /// No slash, or nothing on one side of it.
    #[error("litellm_model must look like provider/model-name, for example `openai/gpt-4`")]
    Shape,
    /// A provider in other than lower case letters, digits, `_`, `-` and `.`.
    #[error(
        "the provider of litellm_model must be lower case letters, digits, `_`, `-` or `.`, for example `openai/gpt-4`"
    )]
    Provider,
    /// A space, control or non-ASCII character.
    #[error("litellm_model must not contain {0:?}")]
    Character(char),
    /// More than [`MAX_MODEL_REF`] characters.
    #[error("litellm_model has more than {MAX_MODEL_REF} characters")]
    TooLong,
}

impl FromStr for ModelRef {
    type Err = InvalidModelRef;

    fn from_str(text: &str) -> Result<Self, InvalidModelRef> {
        if text.is_empty() {
            return Err(InvalidModelRef::Empty);
        }
        if text.len() > MAX_MODEL_REF {
            return Err(InvalidModelRef::TooLong);
        }
        let (before, after) = text.split_once(REST).unwrap_or((text, ""));
        if let Some(bad) = before.chars().chain(after.chars()).find(|c| !is_model_char(*c)) {
            return Err(InvalidModelRef::Character(bad));
        }
        let (provider, _) = text.split_once('/').ok_or(InvalidModelRef::Shape)?;
        if text.split('/').any(|part| ["", ".", ".."].contains(&part)) {
            return Err(InvalidModelRef::Shape);
        }
        if !provider.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '.')) {
            return Err(InvalidModelRef::Provider);
        }
        Ok(Self { slash: provider.len(), text: text.into() })
    }
}

/// Printable ASCII without the characters that end or quote a text elsewhere (URLs, headers, shells).
fn is_model_char(c: char) -> bool {
    let quotes = matches!(
        c,
        '"' | '\'' | '`' | '\\' | '<' | '>' | '{' | '}' | '|' | '^' | '?' | '#' | '%' | '&' | ';' | '$' | '!'
    );
    c.is_ascii_graphic() && !quotes
}

impl TryFrom<String> for ModelRef {
    type Error = InvalidModelRef;

    fn try_from(text: String) -> Result<Self, InvalidModelRef> {
        text.parse()
    }
}

impl From<ModelRef> for String {
    fn from(model: ModelRef) -> Self {
        model.as_str().to_owned()
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_of_the_user_guide_splits_at_the_first_slash() {
        for (text, provider, model) in [
            ("openai/gpt-4", "openai", "gpt-4"),
            ("azure/gpt-35-turbo-deployment-name", "azure", "gpt-35-turbo-deployment-name"),
            (
                "bedrock/anthropic.claude-3-opus-20240229-v1:0",
                "bedrock",
                "anthropic.claude-3-opus-20240229-v1:0",
            ),
            ("openrouter/meta/llama-3@x+y", "openrouter", "meta/llama-3@x+y"),
        ] {
            let parsed: ModelRef = text.parse().unwrap();
            assert_eq!((parsed.provider(), parsed.model(), parsed.as_str()), (provider, model, text));
        }
    }

    #[test]
    fn the_rest_of_a_name_takes_the_place_that_is_left_for_it_and_no_other() {
        let open: ModelRef = "anthropic/claude-{rest}".parse().unwrap();
        assert!(open.has_rest());
        assert_eq!(open.filled("3-opus").unwrap().as_str(), "anthropic/claude-3-opus");
        for hostile in ["", "/../x", "a b", "a//b", "{rest}", "x\r\n", "é", "a/"] {
            let filled = open.filled(hostile);
            assert!(filled.is_err() || hostile.is_empty(), "{hostile:?}: {filled:?}");
        }
        for wrong in ["{rest}/x", "openai/{rest}{rest}", "openai/{x}"] {
            assert!(wrong.parse::<ModelRef>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_alias_in_the_place_of_a_model_is_known_by_its_first_word() {
        for name in ["smart", "anthropic/claude-3", "GPT-4", &"x".repeat(128)] {
            let to = ModelRef::of_alias(&name.parse().unwrap());
            assert_eq!((to.alias(), to.as_str().parse()), (Some(name), Ok(to.clone())));
        }
        assert_eq!("openai/alias/smart".parse::<ModelRef>().unwrap().alias(), None);
    }

    #[test]
    fn what_is_not_a_model_is_refused() {
        for (text, fault) in [
            ("", InvalidModelRef::Empty),
            ("gpt-4", InvalidModelRef::Shape),
            ("/gpt-4", InvalidModelRef::Shape),
            ("openai/", InvalidModelRef::Shape),
            ("openai/../../admin", InvalidModelRef::Shape),
            ("../gpt-4", InvalidModelRef::Shape),
            ("openai/./gpt-4", InvalidModelRef::Shape),
            ("OpenAI/gpt-4", InvalidModelRef::Provider),
            ("openai/gpt 4", InvalidModelRef::Character(' ')),
            ("openai/gpt-4\r\nX-Evil: 1", InvalidModelRef::Character('\r')),
            ("openai/gpt-4?x=1#y", InvalidModelRef::Character('?')),
        ] {
            assert_eq!(text.parse::<ModelRef>(), Err(fault), "{text:?}");
        }
        assert_eq!(format!("openai/{}", "m".repeat(300)).parse::<ModelRef>(), Err(InvalidModelRef::TooLong));
    }
}
