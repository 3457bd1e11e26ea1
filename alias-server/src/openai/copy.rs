//! A JSON value copied member by member, with some of them left out or replaced on the way.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::rewrite::MemberName;

/// What is nested deeper than this stays as it is: no dialect goes half as far.
const MAX_DEPTH: u8 = 16;

/// What becomes of a member.
pub(super) enum Fate {
    /// It is copied, and what is within it is looked at.
    Enter,
    /// It is copied as it stands.
    Keep,
    /// It is left out.
    LeaveOut,
    /// It gets this text for its value.
    Text(String),
}

/// Appends `value` to `out`; `decide` is asked about each member, at any level, by its name and its value's JSON.
///
/// # Errors
/// `value` is not well-formed, or one of `decide`.
pub(super) fn copy(
    value: &str,
    decide: &mut dyn FnMut(&str, &str) -> Result<Fate, serde_json::Error>,
    out: &mut Vec<u8>,
) -> Result<(), serde_json::Error> {
    Copy { decide, depth: 0, out }.copy(value)
}

struct Copy<'a> {
    decide: &'a mut dyn FnMut(&str, &str) -> Result<Fate, serde_json::Error>,
    depth: u8,
    out: &'a mut Vec<u8>,
}

impl Copy<'_> {
    fn copy(self, value: &str) -> Result<(), serde_json::Error> {
        if self.depth < MAX_DEPTH && value.starts_with(['{', '[']) {
            return self.deserialize(&mut serde_json::Deserializer::from_str(value));
        }
        self.out.extend_from_slice(value.as_bytes());
        Ok(())
    }

    fn inner(&mut self, value: &RawValue) -> Result<(), serde_json::Error> {
        Copy { decide: self.decide, depth: self.depth + 1, out: self.out }.copy(value.get())
    }

    fn member(&mut self, name: &str, value: &RawValue, first: bool) -> Result<bool, serde_json::Error> {
        let fate = (self.decide)(name, value.get())?;
        if matches!(fate, Fate::LeaveOut) {
            return Ok(false);
        }
        if !first {
            self.out.push(b',');
        }
        serde_json::to_writer(&mut *self.out, name)?;
        self.out.push(b':');
        match fate {
            Fate::Enter => self.inner(value)?,
            Fate::Text(text) => serde_json::to_writer(&mut *self.out, &text)?,
            _ => self.out.extend_from_slice(value.get().as_bytes()),
        }
        Ok(true)
    }
}

impl<'de> DeserializeSeed<'de> for Copy<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Copy<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.out.push(b'{');
        let mut first = true;
        while let Some((MemberName(name), value)) = members.next_entry::<MemberName<'de>, &'de RawValue>()? {
            first &= !self.member(&name, value, first).map_err(A::Error::custom)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        self.out.push(b'[');
        let mut first = true;
        while let Some(element) = elements.next_element::<&'de RawValue>()? {
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            self.inner(element).map_err(A::Error::custom)?;
        }
        self.out.push(b']');
        Ok(())
    }
}
