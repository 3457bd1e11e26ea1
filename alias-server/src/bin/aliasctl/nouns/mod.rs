//! The commands, one file a noun, and what they have in common.

pub(crate) mod alias;
mod arms;
pub(crate) mod audit;
pub(crate) mod bench;
pub(crate) mod budget;
pub(crate) mod catalog;
pub(crate) mod completion;
pub(crate) mod credits;
pub(crate) mod deprecation;
pub(crate) mod documents;
pub(crate) mod explain;
pub(crate) mod group;
pub(crate) mod impact;
pub(crate) mod import;
pub(crate) mod job;
pub(crate) mod key;
mod kind;
pub(crate) mod notice;
pub(crate) mod organization;
pub(crate) mod resolve;
mod routing;
pub(crate) mod standing;
pub(crate) mod team;
pub(crate) mod token;
pub(crate) mod trial;
pub(crate) mod usage;
pub(crate) mod user;
pub(crate) mod versions;
pub(crate) mod webhook;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Column;

use self::kind::{IfExists, Kind};

/// What is written out in one segment of a path (RFC 3986: unreserved).
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'@');

/// A name as one segment of a path.
pub(crate) fn segment(name: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(name, SEGMENT)
}

/// A body of the members that were given.
#[derive(Debug, Default)]
pub(crate) struct Body(Map<String, Value>);

impl Body {
    /// Adds a member where it was given.
    #[must_use]
    fn with(mut self, member: &str, value: Option<impl Into<Value>>) -> Self {
        self.0.extend(value.map(|value| (member.to_owned(), value.into())));
        self
    }

    /// Adds a list where it has entries.
    #[must_use]
    fn with_list(self, member: &str, values: &[String]) -> Self {
        let values = (!values.is_empty()).then(|| values.to_vec());
        self.with(member, values)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The body of a change, which must change something.
    fn change(self) -> Result<Value, Failure> {
        if self.is_empty() {
            return Err(Failure::Usage("nothing to change was given".to_owned()));
        }
        Ok(Value::Object(self.0))
    }
}

impl From<Body> for Value {
    fn from(body: Body) -> Self {
        Self::Object(body.0)
    }
}

/// Says what was done, with the secret that this answer alone shows: what it is called, and the member that has it.
fn shown_once(
    context: &Context,
    answer: &Value,
    (what, member): (&str, &str),
    sentence: &str,
    columns: &[Column],
) -> Result<(), Failure> {
    let Some(secret) = answer[member].as_str() else {
        return context.output.done(answer, sentence, columns);
    };
    context.note(&format!("The {what} is shown this once: keep it now."));
    context.output.done(answer, &format!("{sentence}\n{what} {secret}"), columns)
}

/// A number as it was typed, so that no digit of it is lost.
fn number(text: &str) -> Result<serde_json::Number, String> {
    let number: serde_json::Number = serde_json::from_str(text).map_err(|_| "must be a number".to_owned())?;
    Ok(number)
}

/// How many of a list, in words.
fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// How many teams lose something.
fn teams_lose(count: usize, what: &str) -> String {
    format!("{} {} {what}", counted(count, "team", "teams"), if count == 1 { "loses" } else { "lose" })
}
