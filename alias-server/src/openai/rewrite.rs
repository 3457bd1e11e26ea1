//! The JSON of answers: the alias's name for the model's, usage read, and what shows the provider left out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use alias_core::alias::{AliasName, ResponseModel};
use alias_core::usage::{CallId, Endpoint};
use memchr::memmem::Finder;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::metering::Reported;
use crate::upstream::{Said, UpstreamError};

use super::left_out;
use super::provider_ids::ProviderIds;

#[cfg(test)]
mod tests;

/// What clients read where a provider puts its own words about an error.
const ERROR: &[u8] = br#"{"code":"upstream_rejected","message":"The provider reported an error."}"#;

/// Rewrites the objects of one answer. Values are copied as they stand: only the names at the top are read, and
/// those of the one object in which the endpoint's events carry the answer.
#[derive(Debug)]
pub(super) struct Rewriter {
    endpoint: Endpoint,
    /// The name that was called as JSON; none where the provider's own stays.
    model: Option<String>,
    /// The client did not ask for usage in its stream; we did.
    hide_usage: bool,
    call: CallId,
    ids: ProviderIds,
    reported: Reported,
}

/// What an object turned out to be.
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// The provider says that it ends here: the model is done, usage may follow.
    pub(super) finished: bool,
    /// The last event of the stream.
    pub(super) last: bool,
    /// The last event of the stream if nothing follows it: each image ends with one, and no other end is sent.
    pub(super) may_be_last: bool,
    /// The provider reported a failure, in a form that the endpoint has for it.
    pub(super) failed: bool,
    /// Nothing of it is for the client.
    pub(super) hidden: bool,
    has_usage: bool,
    error: Option<Said>,
}

impl Rewriter {
    /// A rewriter for one answer. `hide_usage`: the client did not ask for usage within the stream.
    pub(super) fn new(
        endpoint: Endpoint,
        alias: &AliasName,
        hide_usage: bool,
        call: CallId,
        ids: ProviderIds,
    ) -> Self {
        // A name is ASCII without quotes, backslashes and control characters.
        Self {
            endpoint,
            model: Some(format!("\"{alias}\"")),
            hide_usage,
            call,
            ids,
            reported: Reported::default(),
        }
    }

    /// The same, which leaves the provider's own name of the model as it is where that is wanted.
    pub(super) fn showing(self, shown: ResponseModel) -> Self {
        let model = self.model.filter(|_| shown == ResponseModel::Alias);
        Self { model, ..self }
    }

    /// What the provider reported so far.
    pub(super) fn reported(&self) -> &Reported {
        &self.reported
    }

    /// The endpoint whose answers are rewritten.
    pub(super) fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// Appends the rewritten object to `out`; on an error, and where it is hidden, `out` stays as it was.
    ///
    /// # Errors
    /// `json` is not one well-formed object, or says that the call failed.
    pub(super) fn object(&mut self, json: &[u8], out: &mut Vec<u8>) -> Result<Seen, UpstreamError> {
        let (start, mut seen) = (out.len(), Seen::default());
        let nested = match self.endpoint {
            Endpoint::Messages => Some("message"),
            Endpoint::Responses => Some("response"),
            _ => None,
        };
        let mut reader = serde_json::Deserializer::from_slice(json);
        let members = Members { rewriter: self, out, seen: &mut seen, nested };
        let read = members.deserialize(&mut reader).and_then(|()| reader.end());
        seen.hidden = self.hide_usage && seen.has_usage && says_nothing(json);
        if read.is_err() || seen.hidden || seen.error.is_some() {
            out.truncate(start);
        }
        match seen.error.take() {
            _ if read.is_err() => Err(UpstreamError::Invalid("it is not JSON")),
            Some(error) => Err(UpstreamError::Reported(error)),
            None => Ok(seen),
        }
    }
}

/// The members of one object, on their way from the reader to `out`.
struct Members<'a> {
    rewriter: &'a mut Rewriter,
    out: &'a mut Vec<u8>,
    seen: &'a mut Seen,
    nested: Option<&'static str>,
}

/// A member's name, with its escapes read.
#[derive(Deserialize)]
pub(super) struct MemberName<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.out.push(b'{');
        let start = self.out.len();
        while let Some((MemberName(name), value)) = members.next_entry::<MemberName<'de>, &'de RawValue>()? {
            let value = value.get();
            self.note(&name, value);
            if self.leaves_out(&name) {
                continue;
            }
            if self.out.len() > start {
                self.out.push(b',');
            }
            serde_json::to_writer(&mut *self.out, &*name).map_err(A::Error::custom)?;
            self.out.push(b':');
            self.value(&name, value).map_err(A::Error::custom)?;
        }
        self.out.push(b'}');
        Ok(())
    }
}

impl Members<'_> {
    /// Takes what we need of a member.
    fn note(&mut self, name: &str, value: &str) {
        match name {
            "usage" if value != "null" => {
                self.seen.has_usage = true;
                self.rewriter.reported.merge(value);
            }
            "data" if self.rewriter.endpoint == Endpoint::ImagesGenerations => self.note_images(value),
            "meta" if self.rewriter.endpoint == Endpoint::Rerank => self.note_rerank(value),
            "choices" => self.seen.finished |= has_finish_reason(value),
            "type" => self.note_type(value),
            "error" if value != "null" => {
                if self.rewriter.endpoint == Endpoint::Responses {
                    self.seen.failed = true;
                } else {
                    self.seen.error = Some(Said::of(&serde_json::from_str(value).unwrap_or_default()));
                }
            }
            _ => {}
        }
    }

    fn note_type(&mut self, value: &str) {
        match (self.rewriter.endpoint, value) {
            (Endpoint::Messages, "\"message_delta\"")
            | (Endpoint::Responses, "\"response.output_item.done\"") => self.seen.finished = true,
            (Endpoint::ImagesGenerations, "\"image_generation.completed\"") => {
                self.seen.may_be_last = true;
                self.rewriter.reported.one_more_image();
            }
            (Endpoint::Messages, "\"message_stop\"")
            | (
                Endpoint::Responses,
                "\"response.completed\"" | "\"response.incomplete\"" | "\"response.failed\"",
            ) => self.seen.last = true,
            (Endpoint::Responses, "\"error\"") => self.seen.error = Some(Said::default()),
            _ => {}
        }
    }

    /// Counts the images of a whole answer: their bytes are passed over.
    fn note_images(&mut self, value: &str) {
        let images = serde_json::from_str::<Vec<IgnoredAny>>(value).map_or(0, |images| images.len());
        self.rewriter.reported.has_images(images as u64);
    }

    /// Cohere's dialect, which LiteLLM keeps for rerank, counts within `meta`: tokens, or only what is billed.
    fn note_rerank(&mut self, value: &str) {
        #[derive(Deserialize)]
        struct Meta<'a> {
            #[serde(borrow)]
            billed_units: Option<&'a RawValue>,
            #[serde(borrow)]
            tokens: Option<&'a RawValue>,
        }
        let Ok(Meta { billed_units, tokens }) = serde_json::from_str(value) else { return };
        for counts in [billed_units, tokens].into_iter().flatten() {
            self.rewriter.reported.merge(counts.get());
        }
    }

    fn leaves_out(&self, name: &str) -> bool {
        left_out::names_provider(name) || (name == "usage" && self.rewriter.hide_usage)
    }

    /// What carries the provider in the Responses API.
    fn of_response(&mut self, name: &str, value: &str) -> Result<(), serde_json::Error> {
        match name {
            "id" | "previous_response_id" => self.rewriter.ids.response(value, self.out),
            "tools" => self.rewriter.ids.tools(value, self.out),
            _ => self.rewriter.ids.output(value, self.out),
        }
    }

    /// Providers' own ids tell whose they are, as `msg_vrtx_…` does. Nothing refers to a message by its id.
    fn message_id(&mut self) {
        self.out.extend_from_slice(format!("\"msg_{}\"", self.rewriter.call.uuid().as_simple()).as_bytes());
    }

    /// Whether the model's answer, or a part of it, is in a member.
    fn answers_in(&self, name: &str) -> bool {
        match self.rewriter.endpoint {
            Endpoint::Messages => ["content", "content_block", "delta"].contains(&name),
            _ => name == "choices",
        }
    }

    fn value(&mut self, name: &str, value: &str) -> Result<(), serde_json::Error> {
        match name {
            "model" => {
                self.out.extend_from_slice(self.rewriter.model.as_deref().unwrap_or(value).as_bytes());
            }
            "error" if value != "null" => self.out.extend_from_slice(ERROR),
            "id" | "previous_response_id" | "output" | "item" | "part" | "annotation" | "tools"
                if self.rewriter.endpoint == Endpoint::Responses =>
            {
                self.of_response(name, value)?;
            }
            "id" if self.rewriter.endpoint == Endpoint::Messages => self.message_id(),
            nested if self.nested == Some(nested) && value.starts_with('{') => {
                let inner = Members { rewriter: self.rewriter, out: self.out, seen: self.seen, nested: None };
                inner.deserialize(&mut serde_json::Deserializer::from_str(value))?;
            }
            "usage" => left_out::usage(value, self.out)?,
            name if self.answers_in(name) => left_out::specifics(value, self.out)?,
            _ => self.out.extend_from_slice(value.as_bytes()),
        }
        Ok(())
    }
}

/// Whether a chunk has no choices, or only empty ones: OpenAI reports usage in the one form, LiteLLM in the other.
fn says_nothing(chunk: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Chunk<'a> {
        #[serde(borrow)]
        choices: Vec<BTreeMap<&'a str, &'a RawValue>>,
    }
    let empty = |(name, value): (&&str, &&RawValue)| {
        *name == "index" || ["null", "{}", "\"\""].contains(&value.get())
    };
    serde_json::from_slice(chunk).is_ok_and(|Chunk { choices }| choices.iter().flatten().all(empty))
}

/// Whether a chunk's choices say why the model ended. Within a JSON text the quotes would be escaped.
fn has_finish_reason(choices: &str) -> bool {
    const NAME: &str = "\"finish_reason\"";
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(NAME));
    FINDER
        .find(choices.as_bytes())
        .and_then(|at| choices.get(at + NAME.len()..))
        .is_some_and(|rest| rest.trim_start().trim_start_matches(':').trim_start().starts_with('"'))
}
