//! The end of an alias: since when it is deprecated, when calls of it are not served any more, and what takes its place.

use super::{AliasName, AliasSpec};
use crate::clock::Timestamp;
use crate::validation;
use serde::{Deserialize, Deserializer, Serialize};

/// How often a call is passed on at most, from an alias whose time is over to what takes its place.
pub const MAX_HOPS: usize = 8;

/// What becomes of calls once the sunset has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AtSunset {
    /// They are refused, and the refusal names the replacement.
    #[default]
    Block,
    /// They go where calls of the replacement go then; whoever was granted the alias stays so.
    Redirect,
    /// They are served as before.
    Keep,
}

impl AtSunset {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Redirect => "redirect",
            Self::Keep => "keep",
        }
    }
}

/// That an alias is on its way out. A part of its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Deprecation {
    /// Since when, or from when on. In whole seconds, as all answers show times.
    #[serde(deserialize_with = "second")]
    pub deprecated_at: Timestamp,
    /// When its time is over, in whole seconds; never by itself where absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "second_or_none")]
    #[cfg_attr(feature = "openapi", schema(example = "2027-01-31T06:00:00Z"))]
    pub sunset_at: Option<Timestamp>,
    /// The alias to use in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "smart"))]
    pub replacement: Option<AliasName>,
    /// What callers are told besides, in one line of up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, example = "Prompts need no change."))]
    pub message: Option<String>,
    /// What becomes of calls from `sunset_at` on; `block` where absent.
    #[serde(default)]
    pub at_sunset: AtSunset,
}

fn second<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    Timestamp::deserialize(from).map(Timestamp::second)
}

fn second_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(Option::<Timestamp>::deserialize(from)?.map(Timestamp::second))
}

impl Deprecation {
    /// When calls cease to be served as before: `None` where they never do by themselves.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.sunset_at.filter(|_| self.at_sunset != AtSunset::Keep)
    }

    /// What is wrong with it for an alias of this name, if something is.
    pub(super) fn fault(&self, name: &AliasName) -> Option<String> {
        let itself = |other: &AliasName| other.folded() == name.folded();
        if self.replacement.as_ref().is_some_and(itself) {
            return Some("replacement must be another alias than this one".into());
        }
        if self.replacement.as_ref().is_some_and(AliasName::has_open_end) {
            return Some(
                "replacement must be an alias of its own, and not one of all names that begin so".into(),
            );
        }
        if self.sunset_at.is_some_and(|sunset| sunset <= self.deprecated_at) {
            return Some("sunset_at must be later than deprecated_at".into());
        }
        if self.at_sunset == AtSunset::Redirect && (self.sunset_at.is_none() || self.replacement.is_none()) {
            return Some("at_sunset `redirect` needs sunset_at and replacement".into());
        }
        let why = self.message.as_deref().map(validation::label)?.err()?;
        Some(format!("message {}", why.message.unwrap_or_default()))
    }
}

/// How an alias stands at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AliasStatus {
    /// Calls are served.
    Active,
    /// Calls are refused until it is enabled.
    Disabled,
    /// Calls are served, and told to go elsewhere.
    Deprecated,
    /// Its time is over: calls are refused, or go where the replacement goes.
    Sunset,
}

impl AliasStatus {
    /// How an alias that says this stands at `now`.
    pub fn of(spec: &AliasSpec, now: Timestamp) -> Self {
        let deprecation = spec.routing.deprecation.as_ref();
        match deprecation {
            _ if !spec.active => Self::Disabled,
            Some(told) if told.ends_at().is_some_and(|end| end <= now) => Self::Sunset,
            Some(told) if told.deprecated_at <= now => Self::Deprecated,
            _ => Self::Active,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::AliasStatus::{Active, Deprecated, Disabled, Sunset};
    use super::*;
    use crate::alias::AliasDraft;

    fn draft(deprecation: Value) -> Result<AliasSpec, String> {
        let draft = json!({"alias": "gpt-4", "litellm_model": "openai/gpt-4", "deprecation": deprecation});
        let draft: AliasDraft = serde_json::from_value(draft).map_err(|why| why.to_string())?;
        draft.parse().map(|new| new.spec).map_err(|report| report.to_string())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_status_follows_the_clock() {
        let spec = |at_sunset: &str| {
            draft(json!({"deprecated_at": "2024-10-01T00:00:00Z", "sunset_at": "2024-11-01T00:00:00Z",
                "replacement": "smart", "at_sunset": at_sunset}))
            .unwrap()
        };
        let then = |spec: &AliasSpec| {
            ["2024-09-30T23:59:59Z", "2024-10-01T00:00:00Z", "2024-10-31T23:59:59Z", "2024-11-01T00:00:00Z"]
                .map(|time| AliasStatus::of(spec, at(time)))
        };
        for ends in ["block", "redirect"] {
            assert_eq!(then(&spec(ends)), [Active, Deprecated, Deprecated, Sunset]);
        }
        assert_eq!(then(&spec("keep")), [Active, Deprecated, Deprecated, Deprecated]);
        assert_eq!(then(&AliasSpec { active: false, ..spec("block") }), [Disabled; 4]);
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let since = "2024-10-01T00:00:00Z";
        for (wrong, why) in [
            (json!({"deprecated_at": since, "sunset_at": since}), "sunset_at must be later"),
            (json!({"deprecated_at": since, "replacement": "GPT-4"}), "another alias"),
            (json!({"deprecated_at": since, "replacement": "claude-"}), "an alias of its own"),
            (json!({"deprecated_at": since, "replacement": "a b"}), "letters, digits"),
            (json!({"deprecated_at": since, "at_sunset": "redirect"}), "needs sunset_at"),
            (json!({"deprecated_at": since, "message": "a\nb"}), "control character"),
            (json!({"deprecated_at": since, "message": "x".repeat(201)}), "at most 200"),
            (json!({"sunset_at": since}), "deprecated_at"),
            (json!({"deprecated_at": since, "at_sunset": "explode"}), "explode"),
        ] {
            let error = draft(wrong.clone()).unwrap_err();
            assert!(error.contains(why), "{wrong}: {error}");
        }
        assert!(draft(json!({"deprecated_at": since})).is_ok());
    }
}
