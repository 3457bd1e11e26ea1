//! The body of a call: read once, refused where it is not understood, and rebuilt from an allow-list.
//!
//! What LiteLLM gets is written from the fields that were checked, never from the caller's bytes as a whole: a field
//! that is not on the list, or that two readers could read in two ways, has no way through.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use alias_core::model_ref::ModelRef;
use alias_core::usage::{Endpoint, MAX_TOKENS};
use alias_router::Bounds;
use serde_json::value::RawValue;

use crate::error::{ApiError, Code};
use crate::openai::fields::{self, ExtraFields, Rule};

mod alone;
mod any_of;
pub(crate) mod job;
mod reader;
mod rules;
mod shape;
#[cfg(test)]
mod tests;
mod values;

pub use rules::Effect;

use any_of::AnyOf;
use reader::Members;
use values::{count, flag, foreground, invalid, metadata, model, shaped, starts, tools, unknown};

/// The most answers that one call may ask for.
pub const MAX_COUNT: u64 = 128;

/// Tokens of input that a provider may add to what the body says: the frame of messages, tools and formats.
const INPUT_ALLOWANCE: u64 = 1_024;

/// Input that stands elsewhere, as the endpoints' content parts name it.
const REFERENCES: &[&str] = &[
    "\"image_url\"",
    "\"input_image\"",
    "\"file_id\"",
    "\"file_url\"",
    "\"file_data\"",
    "\"input_file\"",
    "\"file\"",
    "\"url\"",
    "\"item_reference\"",
    "\"source\"",
    "\"input_audio\"",
    "\"document\"",
    // A name that is written with escapes could be any of these.
    "\\u00",
];

/// Tools that bring input of their own.
const SEARCHING: &[&str] = &[
    "web_search",
    "web_fetch",
    "file_search",
    "code_interpreter",
    "image_generation",
    "computer",
    "code_execution",
];

static ANY_REFERENCE: LazyLock<AnyOf> = LazyLock::new(|| AnyOf::new(REFERENCES));
static ANY_SEARCHING: LazyLock<AnyOf> = LazyLock::new(|| AnyOf::new(SEARCHING));

/// A call's body, borrowed from the bytes that arrived.
pub struct CallBody<'a> {
    endpoint: Endpoint,
    members: Members<'a>,
    /// None where the request names none.
    model: Option<Cow<'a, str>>,
    stream: bool,
    include_usage: bool,
    include_obfuscation: Option<bool>,
    /// The caps on the answer that the request has: the smallest.
    max_output: Option<u64>,
    /// How many answers are asked for.
    answers: u64,
    /// A cap to be added, under its name.
    cap: Option<(&'static str, u64)>,
    /// Fields that the alias adds.
    added: Vec<(String, String)>,
    /// What is sent in the place of some values, by the places of their fields.
    replaced: Vec<(usize, String)>,
    size: usize,
}

impl<'a> CallBody<'a> {
    /// Reads a body in one pass over its top level; values that are only passed on stay slices of `bytes`.
    ///
    /// # Errors
    /// 400, each naming what it is about: `malformed_json` for what is no JSON object, holds a name twice or is nested
    /// deeper than 64 levels; `unknown_parameter` for a field that the endpoint does not take;
    /// `missing_required_parameter`; `invalid_value` for a field that is read and wrong.
    pub fn parse(endpoint: Endpoint, bytes: &'a [u8], extra: &ExtraFields) -> Result<Self, ApiError> {
        let mut body = Self {
            endpoint,
            members: reader::members(bytes)?,
            model: None,
            stream: false,
            include_usage: false,
            include_obfuscation: None,
            max_output: None,
            answers: 1,
            cap: None,
            added: Vec::new(),
            replaced: Vec::new(),
            size: bytes.len(),
        };
        for index in 0..body.members.0.len() {
            body.read(index, extra)?;
        }
        body.check_presence()?;
        Ok(body)
    }

    /// Has other values sent in the place of those that `other` names something for.
    ///
    /// # Errors
    /// Those of `other`.
    pub fn replace(
        &mut self,
        mut other: impl FnMut(&str, &str) -> Result<Option<String>, ApiError>,
    ) -> Result<(), ApiError> {
        for (place, (name, value)) in self.members.0.iter().enumerate() {
            self.replaced.extend(other(name, value.get())?.map(|value| (place, value)));
        }
        Ok(())
    }

    /// How many bytes it had.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Where it is sent.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// The name of the model that the client asked for, if it named one.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// The user that the client named: `user`, or `metadata.user_id` where the endpoint has that.
    pub fn user(&self) -> Option<String> {
        let find =
            |name: &str| self.members.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        if let Some(user) = find("user") {
            return rules::text(user);
        }
        let metadata = find("metadata").filter(|_| self.endpoint == Endpoint::Messages)?;
        let Members(entries) = serde_json::from_str(metadata.get()).ok()?;
        entries.into_iter().find(|(name, _)| name == "user_id").and_then(|(_, value)| rules::text(value))
    }

    /// Whether the client wants the answer as a stream.
    pub fn stream(&self) -> bool {
        self.stream
    }

    /// Whether the client itself asked for the usage chunk of a stream: without it, the chunk is not for the client.
    pub fn include_usage(&self) -> bool {
        self.include_usage
    }

    /// About how many tokens the call will use at most: a quarter of the body's bytes, and the output that it asks
    /// for, if it names a bound.
    pub fn token_estimate(&self) -> u64 {
        let input = u64::try_from(self.size.div_ceil(4)).unwrap_or(u64::MAX);
        input.saturating_add(self.max_output.unwrap_or(0))
    }

    /// How large the call can become.
    pub fn bounds(&self, default_output: Option<u64>) -> Bounds {
        let images = self.endpoint == Endpoint::ImagesGenerations;
        let no_output =
            matches!(self.endpoint, Endpoint::Embeddings | Endpoint::Moderations | Endpoint::Rerank);
        Bounds {
            input: (!self.refers_elsewhere()).then_some(self.size as u64 + INPUT_ALLOWANCE),
            output: self.max_output.or(default_output),
            answers: self.answers.saturating_mul(self.prompts()),
            images: if images { self.answers } else { 0 },
            no_output: no_output || images,
            in_job: false,
        }
    }

    /// How many prompts are answered, each as often as asked: a list of texts or of lists of tokens holds several.
    fn prompts(&self) -> u64 {
        let prompt = self
            .members
            .0
            .iter()
            .find(|(name, _)| name == "prompt" && self.endpoint == Endpoint::Completions);
        let list: Option<Vec<&RawValue>> =
            prompt.and_then(|(_, value)| serde_json::from_str(value.get()).ok());
        let several = list.filter(|list| list.iter().any(|item| item.get().starts_with(['"', '['])));
        several.map_or(1, |list| list.len() as u64)
    }

    /// Whether some of the input is not in the body: it is bounded by what the model takes.
    fn refers_elsewhere(&self) -> bool {
        self.members.0.iter().any(|(name, value)| match &**name {
            "previous_response_id" | "prompt_id" | "prompt" if self.endpoint == Endpoint::Responses => {
                value.get() != "null"
            }
            "conversation" | "container" | "image" | "web_search_options" | "search_parameters"
            | "enable_search" => value.get() != "null",
            "tools" => ANY_SEARCHING.is_in(value.get()),
            "messages" | "input" | "system" => ANY_REFERENCE.is_in(value.get()),
            _ => false,
        })
    }

    /// Has the answer capped, where the request does not cap it as low itself.
    pub fn cap_output(&mut self, cap: u64) {
        let caps = |name: &str| matches!(fields::rule(self.endpoint, name), Some(Rule::Tokens));
        let low = |said: &str| said.parse().is_ok_and(|asked: u64| asked <= cap);
        let places: Vec<usize> = self
            .members
            .0
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| caps(name))
            .map(|(place, _)| place)
            .collect();
        for place in &places {
            if !low(self.sent(*place)) {
                self.replaced.retain(|(replaced, _)| replaced != place);
                self.replaced.push((*place, cap.to_string()));
            }
        }
        let mut added = false;
        for (_, value) in self.added.iter_mut().filter(|(name, _)| caps(name)) {
            added = true;
            if !low(value) {
                *value = cap.to_string();
            }
        }
        if places.is_empty() && !added {
            let name = if self.endpoint == Endpoint::Responses { "max_output_tokens" } else { "max_tokens" };
            self.cap = Some((name, cap));
        }
    }

    /// The body for LiteLLM: the caller's fields in the caller's order, with our model, and with usage reported
    /// where the endpoint's streams do so on request only.
    pub fn write_for(&self, model: &ModelRef) -> Vec<u8> {
        self.write_with_place(model).0
    }

    /// The same, and where in it the name of the model stands.
    pub fn write_with_place(&self, model: &ModelRef) -> (Vec<u8>, Range<usize>) {
        let mut place = 0..0;
        let mut write_model = |out: &mut Vec<u8>| {
            write_member(out, "model", &["\"", model.as_str(), "\""]);
            // Before the quote that ends it.
            let end = out.len() - 1;
            place = end - model.as_str().len()..end;
        };
        let mut metered = self.stream && fields::reports_usage_on_request(self.endpoint);
        let mut out = Vec::with_capacity(self.size + model.as_str().len() + 64);
        for (number, (name, _)) in self.members.0.iter().enumerate() {
            // Names on the lists need no escapes, and neither does a model reference.
            match &**name {
                "model" => write_model(&mut out),
                "stream_options" if metered => {
                    self.write_stream_options(&mut out);
                    metered = false;
                }
                _ => write_member(&mut out, name, &[self.sent(number)]),
            }
        }
        if metered {
            self.write_stream_options(&mut out);
        }
        if let Some((name, cap)) = self.cap {
            write_member(&mut out, name, &[&cap.to_string()]);
        }
        for (name, value) in &self.added {
            write_member(&mut out, name, &[value]);
        }
        if self.model.is_none() {
            write_model(&mut out);
        }
        out.push(b'}');
        (out, place)
    }

    fn write_stream_options(&self, out: &mut Vec<u8>) {
        let obfuscation = match self.include_obfuscation {
            Some(true) => r#","include_obfuscation":true"#,
            Some(false) => r#","include_obfuscation":false"#,
            None => "",
        };
        write_member(out, "stream_options", &[r#"{"include_usage":true"#, obfuscation, "}"]);
    }

    fn read(&mut self, index: usize, extra: &ExtraFields) -> Result<(), ApiError> {
        let Some((name, value)) = self.members.0.get(index) else { return Ok(()) };
        let (name, value): (&str, &'a RawValue) = (name, value);
        let Some(rule) = fields::rule(self.endpoint, name) else {
            return if extra.contains(name) { Ok(()) } else { Err(unknown(self.endpoint, name, extra)) };
        };
        match rule {
            Rule::Opaque => {}
            Rule::Model => self.model = Some(model(value)?),
            Rule::Stream => self.stream = flag(name, value)?.unwrap_or(false),
            Rule::StreamOptions => self.read_stream_options(value)?,
            Rule::Metadata => metadata(value)?,
            Rule::Tools => shaped(name, value, tools(self.endpoint))?,
            Rule::Functions => shaped(name, value, shape::FUNCTIONS)?,
            Rule::Foreground => foreground(name, value)?,
            Rule::ResponseId => starts(name, value, b"\"n", "must be the id of a response, or null")?,
            Rule::Text => starts(name, value, b"\"", "must be a string")?,
            Rule::List => starts(name, value, b"[", "must be a list")?,
            Rule::TextOrList => starts(name, value, b"\"[", "must be a string or a list")?,
            Rule::Tokens => {
                let asked = count(name, value, MAX_TOKENS)?;
                self.max_output = [self.max_output, asked].into_iter().flatten().min();
            }
            Rule::Count => self.answers = self.answers.max(count(name, value, MAX_COUNT)?.unwrap_or(1)),
        }
        Ok(())
    }

    fn read_stream_options(&mut self, value: &'a RawValue) -> Result<(), ApiError> {
        if value.get() == "null" {
            return Ok(());
        }
        let metered = fields::reports_usage_on_request(self.endpoint);
        let options = if metered { shape::STREAM_OPTIONS } else { shape::RESPONSES_STREAM_OPTIONS };
        options.check("stream_options", value)?;
        let options: StreamOptions = serde_json::from_str(value.get())
            .map_err(|why| invalid("stream_options", "is not valid").caused_by(why))?;
        self.include_usage = options.include_usage.unwrap_or(false);
        self.include_obfuscation = options.include_obfuscation;
        Ok(())
    }

    /// What can be checked only when all fields are known.
    fn check_presence(&self) -> Result<(), ApiError> {
        let find =
            |name: &str| self.members.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.get());
        for name in fields::required(self.endpoint) {
            match find(name) {
                Some("null") => return Err(invalid(name, "is required and must not be null")),
                Some(_) => {}
                None => {
                    let detail = format!("Missing required parameter: '{name}'.");
                    return Err(ApiError::new(Code::MissingParameter, detail).about(*name));
                }
            }
        }
        if !self.stream && find("stream_options").is_some_and(|options| options != "null") {
            return Err(invalid(
                "stream_options",
                "is for streams only: leave it out, or set \"stream\": true",
            ));
        }
        Ok(())
    }
}

/// Shows names only: the values are the caller's own.
impl fmt::Debug for CallBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallBody")
            .field("endpoint", &self.endpoint)
            .field("model", &self.model)
            .field("stream", &self.stream)
            .field("fields", &self.members.0.iter().map(|(name, _)| &**name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

#[derive(serde::Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
    include_obfuscation: Option<bool>,
}

fn write_member(out: &mut Vec<u8>, name: &str, value: &[&str]) {
    out.extend_from_slice(if out.is_empty() { b"{\"" } else { b",\"" });
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    for part in value {
        out.extend_from_slice(part.as_bytes());
    }
}
