//! The commands, one file a noun, and what they have in common.

pub(crate) mod alias;
pub(crate) mod audit;
pub(crate) mod catalog;
pub(crate) mod completion;
pub(crate) mod credits;
pub(crate) mod documents;
pub(crate) mod explain;
pub(crate) mod group;
pub(crate) mod impact;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod organization;
pub(crate) mod resolve;
pub(crate) mod standing;
pub(crate) mod team;
pub(crate) mod trial;
pub(crate) mod usage;
pub(crate) mod versions;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::client::Request;
use crate::context::Context;
use crate::failure::Failure;

/// What is written out in one segment of a path (RFC 3986: unreserved).
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'@');

/// Where objects of a kind are, what lists of them are called, and which member names them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// The word of the command line.
    noun: &'static str,
    /// The path of the list.
    path: &'static str,
    /// The member of an answer that has the list.
    list: &'static str,
    /// The member of an object that has its name.
    name: &'static str,
}

impl Kind {
    /// The path of an object, with what comes behind it.
    fn at(&self, name: &str, behind: &str) -> String {
        format!("{}/{}{behind}", self.path, utf8_percent_encode(name, SEGMENT))
    }

    /// One object of a name. Where there is none, names that are near are told.
    async fn find(&self, context: &Context, name: &str) -> Result<Value, Failure> {
        self.about(context, name, Request::get(self.at(name, ""))).await
    }

    /// A request about an object of a name.
    async fn about(&self, context: &Context, name: &str, request: Request) -> Result<Value, Failure> {
        match context.client.send(request).await {
            Err(Failure::Refused(mut refusal)) if refusal.status == 404 => {
                refusal.near = self.near(context, name).await;
                refusal.next = Some(format!("aliasctl {} list", self.noun));
                Err(Failure::Refused(refusal))
            }
            done => done,
        }
    }

    /// Names that are near; none where the list cannot be read, for that is not what was asked.
    async fn near(&self, context: &Context, name: &str) -> Vec<String> {
        let list = context.client.send(Request::get(self.path)).await.unwrap_or_default();
        let names = list[self.list].as_array().into_iter().flatten();
        let names: Vec<&str> = names.filter_map(|object| object[self.name].as_str()).collect();
        alias_core::name::nearest(name, names.iter().copied()).into_iter().map(str::to_owned).collect()
    }
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
