//! The members of a `usage` object: the names of all dialects, and of a name that stands twice the last value.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::reported::whole;

/// What is looked for, in the object and in the details within it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
pub(super) enum Member {
    PromptTokens,
    InputTokens,
    CompletionTokens,
    OutputTokens,
    TotalTokens,
    CacheReadInputTokens,
    CacheCreationInputTokens,
    CacheCreation,
    CacheCreationTokenDetails,
    #[serde(rename = "ephemeral_5m_input_tokens")]
    Ephemeral5m,
    #[serde(rename = "ephemeral_1h_input_tokens")]
    Ephemeral1h,
    PromptTokensDetails,
    InputTokensDetails,
    CompletionTokensDetails,
    OutputTokensDetails,
    PromptCacheHitTokens,
    CachedTokens,
    CacheWriteTokens,
    CacheCreationTokens,
    ToolUseTokens,
    ReasoningTokens,
    ThinkingTokens,
    AudioTokens,
    Cost,
    #[serde(other)]
    Other,
}

/// How many of them there are.
const MEMBERS: usize = Member::Other as usize;

/// The values of one object, unread.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts<'a>([Option<&'a str>; MEMBERS]);

impl<'a> Counts<'a> {
    /// Reads an object.
    ///
    /// # Errors
    /// `json` is none.
    pub(super) fn read(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The value of a member; `None` where it is not there or null.
    pub(super) fn get(&self, member: Member) -> Option<&'a str> {
        self.0.get(member as usize).copied().flatten()
    }

    /// The number of the first of these members that has one.
    pub(super) fn first(&self, members: &[Member]) -> Option<u64> {
        members.iter().find_map(|member| self.get(*member).and_then(whole))
    }

    /// The largest number of these members: where one thing has two names, it may be 0 under the one that is not used.
    pub(super) fn most(&self, members: &[Member]) -> Option<u64> {
        members.iter().filter_map(|member| self.get(*member).and_then(whole)).max()
    }

    /// The first object among these members.
    pub(super) fn object(&self, members: &[Member]) -> Option<Self> {
        members.iter().find_map(|member| Self::read(self.get(*member)?).ok())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Counts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Last).map(Self)
    }
}

struct Last;

impl<'de> Visitor<'de> for Last {
    type Value = [Option<&'de str>; MEMBERS];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut values = [None; MEMBERS];
        while let Some((member, value)) = members.next_entry::<Member, &'de RawValue>()? {
            if let Some(last) = values.get_mut(member as usize) {
                *last = Some(value.get()).filter(|value| *value != "null");
            }
        }
        Ok(values)
    }
}
