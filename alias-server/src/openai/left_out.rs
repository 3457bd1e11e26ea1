//! What an answer shows of the provider and of what the house pays it: known by name, and left out.

use std::fmt;

use memchr::memmem;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::rewrite::MemberName;

/// What LiteLLM calls whatever only one provider says.
const SPECIFIC: &str = "provider_specific_fields";
/// What is nested deeper than this stays as it is: no dialect goes half as far.
const MAX_DEPTH: u8 = 16;

/// Whether a member of an answer tells who the provider is.
pub(super) fn names_provider(name: &str) -> bool {
    ["provider", SPECIFIC, "_hidden_params"].contains(&name)
        || ["litellm", "x_litellm", "vertex_ai_"].iter().any(|family| name.starts_with(family))
}

/// Appends the choices of an answer without the members that only one provider has.
///
/// # Errors
/// `value` is not well-formed.
pub(super) fn choices(value: &str, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    without(value, SPECIFIC, |name| name == SPECIFIC, out)
}

/// Appends the usage of an answer without its cost: that is the provider's price for the house.
///
/// # Errors
/// `value` is not well-formed.
pub(super) fn usage(value: &str, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    without(value, "cost", |name| name.contains("cost"), out)
}

/// Copies `value` without the members of these names, at any level. It is read only if `word` is in it at all:
/// answers come in many small pieces, and hardly any of them has it.
fn without(
    value: &str,
    word: &str,
    left_out: fn(&str) -> bool,
    out: &mut Vec<u8>,
) -> Result<(), serde_json::Error> {
    if memmem::find(value.as_bytes(), word.as_bytes()).is_none() {
        out.extend_from_slice(value.as_bytes());
        return Ok(());
    }
    Without { left_out, depth: 0, out }.copy(value)
}

struct Without<'a> {
    left_out: fn(&str) -> bool,
    depth: u8,
    out: &'a mut Vec<u8>,
}

impl Without<'_> {
    fn copy(self, value: &str) -> Result<(), serde_json::Error> {
        if self.depth < MAX_DEPTH && value.starts_with(['{', '[']) {
            return self.deserialize(&mut serde_json::Deserializer::from_str(value));
        }
        self.out.extend_from_slice(value.as_bytes());
        Ok(())
    }

    fn inner(&mut self, value: &RawValue) -> Result<(), serde_json::Error> {
        Without { left_out: self.left_out, depth: self.depth + 1, out: self.out }.copy(value.get())
    }
}

impl<'de> DeserializeSeed<'de> for Without<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Without<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.out.push(b'{');
        let start = self.out.len();
        while let Some((MemberName(name), value)) = members.next_entry::<MemberName<'de>, &'de RawValue>()? {
            if (self.left_out)(&name) {
                continue;
            }
            if self.out.len() > start {
                self.out.push(b',');
            }
            serde_json::to_writer(&mut *self.out, &*name).map_err(A::Error::custom)?;
            self.out.push(b':');
            self.inner(value).map_err(A::Error::custom)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        self.out.push(b'[');
        let start = self.out.len();
        while let Some(element) = elements.next_element::<&'de RawValue>()? {
            if self.out.len() > start {
                self.out.push(b',');
            }
            self.inner(element).map_err(A::Error::custom)?;
        }
        self.out.push(b']');
        Ok(())
    }
}
