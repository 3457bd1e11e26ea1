//! The members of a `usage` object: the names of all dialects, and of a name that stands twice the last value.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::reported::whole;

/// What is looked for, in the object and in the details within it.
const NAMES: [&str; 24] = [
    "prompt_tokens",
    "input_tokens",
    "completion_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cache_creation",
    "cache_creation_token_details",
    "ephemeral_5m_input_tokens",
    "ephemeral_1h_input_tokens",
    "prompt_tokens_details",
    "input_tokens_details",
    "completion_tokens_details",
    "output_tokens_details",
    "prompt_cache_hit_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "cache_creation_tokens",
    "tool_use_tokens",
    "reasoning_tokens",
    "thinking_tokens",
    "audio_tokens",
    "cost",
];

/// The values of one object, unread.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts<'a>([Option<&'a str>; NAMES.len()]);

impl<'a> Counts<'a> {
    /// Reads an object.
    ///
    /// # Errors
    /// `json` is none.
    pub(super) fn read(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The value of one of [`NAMES`]; `None` where it is not there or null.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        NAMES.iter().zip(self.0).find(|(known, _)| **known == name).and_then(|(_, value)| value)
    }

    /// The number under the first of these names that has one.
    pub(super) fn first(&self, names: &[&str]) -> Option<u64> {
        names.iter().find_map(|name| self.get(name).and_then(whole))
    }

    /// The largest number under these names: where one thing has two, it may be 0 under the one that is not used.
    pub(super) fn most(&self, names: &[&str]) -> Option<u64> {
        names.iter().filter_map(|name| self.get(name).and_then(whole)).max()
    }

    /// The first object under these names.
    pub(super) fn object(&self, names: &[&str]) -> Option<Self> {
        names.iter().find_map(|name| Self::read(self.get(name)?).ok())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Counts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Last).map(Self)
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

struct Last;

impl<'de> Visitor<'de> for Last {
    type Value = [Option<&'de str>; NAMES.len()];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut values = [None; NAMES.len()];
        while let Some((Name(name), value)) = members.next_entry::<Name<'de>, &'de RawValue>()? {
            if let Some((_, last)) = NAMES.iter().zip(&mut values).find(|(known, _)| **known == name) {
                *last = Some(value.get()).filter(|value| *value != "null");
            }
        }
        Ok(values)
    }
}
