//! Reads a JSON object into its members, each value a borrowed slice, and refuses what could be read in two ways.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{ApiError, Code, Member};

/// The deepest nesting of a body, counted from its outer object.
pub(super) const MAX_DEPTH: usize = 64;
/// The most members of an object that is read.
const MAX_MEMBERS: usize = 256;

/// The name of a member, without its escapes.
#[derive(serde::Deserialize)]
pub(super) struct Name<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// The members of an object in the order in which they stand, with no name twice.
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor).map(Members)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Self::Value = Vec::with_capacity(16);
        while let Some(Name(name)) = map.next_key()? {
            if members.iter().any(|(known, _)| *known == name) {
                return Err(de::Error::custom(format_args!("the name {:?} stands twice", shortened(&name))));
            }
            if members.len() == MAX_MEMBERS {
                return Err(de::Error::custom(format_args!("more than {MAX_MEMBERS} names in one object")));
            }
            members.push((name, map.next_value()?));
        }
        Ok(members)
    }
}

/// The members of the body.
///
/// # Errors
/// 400 `malformed_json` with line and column.
pub(super) fn members(bytes: &[u8]) -> Result<Members<'_>, ApiError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(malformed("it is empty: send a JSON object", 1, 0));
    }
    if let Some(offset) = too_deep(bytes) {
        return Err(malformed_at(&format!("it is nested deeper than {MAX_DEPTH} levels"), bytes, offset));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|why| malformed_at("it is not UTF-8", bytes, why.valid_up_to()).caused_by(why))?;
    let start = bytes.len() - bytes.trim_ascii_start().len();
    if bytes.get(start) != Some(&b'{') {
        // A reader of objects would put all of the value that stands there into its message.
        return Err(malformed_at("it does not begin with a brace", bytes, start));
    }
    serde_json::from_str(text).map_err(|why| malformed(&why.to_string(), why.line(), why.column()))
}

fn malformed(why: &str, line: usize, column: usize) -> ApiError {
    ApiError::new(Code::MalformedJson, format!("The body is not a valid JSON object: {why}."))
        .with(Member::Line, line.into())
        .with(Member::Column, column.into())
}

fn malformed_at(why: &str, bytes: &[u8], offset: usize) -> ApiError {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let line = 1 + memchr::memchr_iter(b'\n', before).count();
    let column = 1 + before.len() - memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    malformed(&format!("{why} at line {line} column {column}"), line, column)
}

/// Where JSON is nested deeper than [`MAX_DEPTH`]. Exact for what is well-formed: the rest is refused anyway.
fn too_deep(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = end_of_string(bytes, at + 1),
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(at);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The closing quote of the string whose content starts at `at`, or the end.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes.get(at) == Some(&b'"') {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// A caller's text, short enough for a message.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}
