//! The JSON of answers: the alias's name for the model's, usage read, and what shows the provider left out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use alias_core::alias::AliasName;
use alias_core::usage::{CallId, Endpoint};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::metering::Reported;
use crate::upstream::{Said, UpstreamError};

use super::left_out;

/// What clients read where a provider puts its own words about an error.
const ERROR: &[u8] = br#"{"code":"upstream_rejected","message":"The provider reported an error."}"#;

/// Rewrites the objects of one answer. Values are copied as they stand: only the names at the top are read, and
/// those of the one object in which the endpoint's events carry the answer.
#[derive(Debug)]
pub(super) struct Rewriter {
    endpoint: Endpoint,
    /// The alias's name as JSON.
    model: String,
    /// The client did not ask for usage in its stream; we did.
    hide_usage: bool,
    call: CallId,
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
    pub(super) fn new(endpoint: Endpoint, alias: &AliasName, hide_usage: bool, call: CallId) -> Self {
        // A name is ASCII without quotes, backslashes and control characters.
        Self { endpoint, model: format!("\"{alias}\""), hide_usage, call, reported: Reported::default() }
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
            (Endpoint::ImagesGenerations, "\"image_generation.completed\"") => self.seen.may_be_last = true,
            (Endpoint::Messages, "\"message_stop\"")
            | (
                Endpoint::Responses,
                "\"response.completed\"" | "\"response.incomplete\"" | "\"response.failed\"",
            ) => self.seen.last = true,
            (Endpoint::Responses, "\"error\"") => self.seen.error = Some(Said::default()),
            _ => {}
        }
    }

    /// Cohere's dialect, which LiteLLM keeps for rerank, counts within `meta`.
    fn note_rerank(&mut self, value: &str) {
        #[derive(Deserialize)]
        struct Meta<'a> {
            #[serde(borrow)]
            tokens: Option<&'a RawValue>,
        }
        if let Ok(Meta { tokens: Some(tokens) }) = serde_json::from_str(value) {
            self.rewriter.reported.merge(tokens.get());
        }
    }

    fn leaves_out(&self, name: &str) -> bool {
        left_out::names_provider(name) || (name == "usage" && self.rewriter.hide_usage)
    }

    /// Providers' own ids tell whose they are, as `msg_vrtx_…` does. Nothing refers to a message by its id.
    fn message_id(&mut self) {
        self.out.extend_from_slice(format!("\"msg_{}\"", self.rewriter.call.uuid().as_simple()).as_bytes());
    }

    /// Whether the model's answer, or a part of it, is in a member.
    fn answers_in(&self, name: &str) -> bool {
        match self.rewriter.endpoint {
            Endpoint::Messages => ["content", "content_block", "delta"].contains(&name),
            Endpoint::Responses => ["output", "item", "part"].contains(&name),
            _ => name == "choices",
        }
    }

    fn value(&mut self, name: &str, value: &str) -> Result<(), serde_json::Error> {
        match name {
            "model" => self.out.extend_from_slice(self.rewriter.model.as_bytes()),
            "error" if value != "null" => self.out.extend_from_slice(ERROR),
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
    memchr::memmem::find(choices.as_bytes(), NAME.as_bytes())
        .and_then(|at| choices.get(at + NAME.len()..))
        .is_some_and(|rest| rest.trim_start().trim_start_matches(':').trim_start().starts_with('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alias_core::testing::id;

    fn rewrite(endpoint: Endpoint, hide_usage: bool, json: &str) -> (Result<Seen, String>, String, Rewriter) {
        let mut rewriter = Rewriter::new(endpoint, &"smart".parse().unwrap(), hide_usage, id(7));
        let mut out = b"before ".to_vec();
        let seen = rewriter.object(json.as_bytes(), &mut out).map_err(|why| why.to_string());
        let out = String::from_utf8(out).unwrap();
        (seen, out.strip_prefix("before ").unwrap().to_owned(), rewriter)
    }

    #[test]
    fn the_alias_stands_for_the_model_and_nothing_names_the_provider() {
        let json = r#"{"id":"x", "mod\u0065l":"gpt-4-0613","provider":"OpenAI","_hidden_params":{"api_base":"h"},
            "litellm_x":1,"litellmMeta":1,"x_litellm_y":2,"vertex_ai_safety_results":[],
            "provider_specific_fields":{"a":1},"choices":[ {"a":"\u00e9"} ],"system_fingerprint":"fp"}"#;
        let (seen, out, _) = rewrite(Endpoint::ChatCompletions, false, json);
        assert_eq!(
            out,
            r#"{"id":"x","model":"smart","choices":[ {"a":"\u00e9"} ],"system_fingerprint":"fp"}"#
        );
        assert_eq!(seen.unwrap(), Seen::default());
    }

    #[test]
    fn nothing_names_the_provider_or_its_price_further_within() {
        let json = r#"{"choices":[ {"index":0,"message":{"content":"provider_specific_fields","provider_specific_fields":{"x":[1]},
            "tool_calls":[{"id":"t","provider_specific_fields":null}]},"logprob":-0.10000000000000000001} ,null],
            "usage":{"prompt_tokens":7, "cost":0.00012,"cost_details":{"upstream_inference_cost":null},"completion_tokens":3}}"#;
        let (_, out, rewriter) = rewrite(Endpoint::ChatCompletions, false, json);
        assert_eq!(
            out,
            r#"{"choices":[{"index":0,"message":{"content":"provider_specific_fields","tool_calls":[{"id":"t"}]},"logprob":-0.10000000000000000001},null],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#
        );
        assert_eq!(rewriter.reported().cost().unwrap().nanos(), 120_000);
        let json =
            r#"{"type":"response.completed","response":{"model":"m","usage":{"cost":1,"input_tokens":2}}}"#;
        let (_, out, _) = rewrite(Endpoint::Responses, false, json);
        assert!(out.ends_with(r#""usage":{"input_tokens":2}}}"#), "{out}");
    }

    #[test]
    fn nothing_names_the_provider_within_the_answers_of_other_dialects() {
        let fields = r#""provider_specific_fields":{"citation":"vertex"}"#;
        for (endpoint, json, expected) in [
            (
                Endpoint::Responses,
                r#"{"output":[{"type":"function_call","arguments":"{}",FIELDS},{"content":[{"text":"a",FIELDS}]}]}"#,
                r#"{"output":[{"type":"function_call","arguments":"{}"},{"content":[{"text":"a"}]}]}"#,
            ),
            (
                Endpoint::Responses,
                r#"{"type":"response.output_item.done","item":{"id":"fc_1",FIELDS}}"#,
                r#"{"type":"response.output_item.done","item":{"id":"fc_1"}}"#,
            ),
            (
                Endpoint::Responses,
                r#"{"type":"response.content_part.done","part":{FIELDS,"text":"a"}}"#,
                r#"{"type":"response.content_part.done","part":{"text":"a"}}"#,
            ),
            (
                Endpoint::Responses,
                r#"{"type":"response.completed","response":{"output":[{FIELDS}],FIELDS}}"#,
                r#"{"type":"response.completed","response":{"output":[{}]}}"#,
            ),
            (
                Endpoint::Messages,
                r#"{"content":[{"type":"tool_use","input":{FIELDS},FIELDS}]}"#,
                r#"{"content":[{"type":"tool_use","input":{FIELDS}}]}"#,
            ),
            (
                Endpoint::Messages,
                r#"{"type":"content_block_start","content_block":{"type":"text","text":"",FIELDS}}"#,
                r#"{"type":"content_block_start","content_block":{"type":"text","text":""}}"#,
            ),
            (
                Endpoint::Messages,
                r#"{"type":"message_delta","delta":{"stop_reason":"end_turn",FIELDS}}"#,
                r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#,
            ),
        ] {
            let with = |json: &str| json.replace("FIELDS", fields);
            let (seen, out, _) = rewrite(endpoint, false, &with(json));
            assert!(seen.is_ok());
            assert_eq!(out, with(expected));
        }
    }

    #[test]
    fn a_message_has_an_id_of_ours_and_its_tools_keep_theirs() {
        let ours = format!("msg_{}", id::<alias_core::usage::CallKind>(7).uuid().as_simple());
        let plain =
            r#"{"id":"msg_vrtx_01X","type":"message","content":[{"type":"tool_use","id":"toolu_vrtx_1"}]}"#;
        let (_, out, _) = rewrite(Endpoint::Messages, false, plain);
        assert_eq!(out, plain.replace("msg_vrtx_01X", &ours));
        let start = r#"{"type":"message_start","message":{"id":"msg_bdrk_01X","role":"assistant"}}"#;
        let (_, out, _) = rewrite(Endpoint::Messages, false, start);
        assert_eq!(out, start.replace("msg_bdrk_01X", &ours));
    }

    #[test]
    fn what_azure_and_groq_alone_say_is_left_out() {
        let json = r#"{"x_groq":{"id":"req_1"},"prompt_filter_results":[{"prompt_index":0}],"choices":[{"index":0,
            "content_filter_results":{"hate":{"filtered":false}},"content_filter_offsets":{},"delta":{"content":"content_filter_results"},
            "finish_reason":"content_filter"}]}"#;
        let (_, out, _) = rewrite(Endpoint::ChatCompletions, false, json);
        assert_eq!(
            out,
            r#"{"choices":[{"index":0,"delta":{"content":"content_filter_results"},"finish_reason":"content_filter"}]}"#
        );
    }

    #[test]
    fn the_model_is_replaced_within_the_events_of_other_dialects() {
        let json = r#"{"type":"message_start","message":{"model":"claude-3-opus-20240229","usage":{"input_tokens":9}}}"#;
        let (_, out, rewriter) = rewrite(Endpoint::Messages, false, json);
        assert_eq!(out, r#"{"type":"message_start","message":{"model":"smart","usage":{"input_tokens":9}}}"#);
        assert_eq!(rewriter.reported().tokens(Endpoint::Messages).unwrap().input, 9);
        let json = r#"{"type":"response.failed","response":{"model":"m","error":{"code":"x","message":"key sk-1"}}}"#;
        let (seen, out, _) = rewrite(Endpoint::Responses, false, json);
        assert!(
            out.contains(r#""model":"smart","error":{"code":"upstream_rejected""#) && !out.contains("sk-1"),
            "{out}"
        );
        let seen = seen.unwrap();
        assert!(seen.last && seen.failed);
    }

    #[test]
    fn a_usage_chunk_is_hidden_from_a_client_that_did_not_ask_and_counted_all_the_same() {
        let json = r#"{"model":"m","choices":[ ],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#;
        let (seen, out, rewriter) = rewrite(Endpoint::ChatCompletions, true, json);
        assert!(seen.unwrap().hidden && out.is_empty());
        assert_eq!(rewriter.reported().tokens(Endpoint::ChatCompletions).unwrap().total(), 10);
        let (seen, out, _) = rewrite(Endpoint::ChatCompletions, false, json);
        assert!(!seen.unwrap().hidden && out.contains("prompt_tokens"));
        let (_, out, _) = rewrite(Endpoint::ChatCompletions, true, r#"{"choices":[{}],"usage":null}"#);
        assert_eq!(out, r#"{"choices":[{}]}"#);
    }

    #[test]
    fn a_usage_chunk_with_an_empty_choice_as_litellm_sends_it_is_hidden_and_one_that_says_something_is_not() {
        let hidden = |choice: &str| {
            let json = format!(r#"{{"model":"m","choices":[{choice}],"usage":{{"prompt_tokens":7}}}}"#);
            rewrite(Endpoint::ChatCompletions, true, &json).0.unwrap().hidden
        };
        assert!(hidden(r#"{"index":0,"delta":{}}"#));
        assert!(hidden(r#"{"index":0,"delta":{},"finish_reason":null}"#));
        assert!(hidden(r#"{"index":0}"#));
        assert!(!hidden(r#"{"index":0,"delta":{"content":"a"}}"#));
        assert!(!hidden(r#"{"index":0,"delta":{},"finish_reason":"stop"}"#));
    }

    #[test]
    fn the_end_of_the_model_is_seen() {
        let finished = |json| rewrite(Endpoint::ChatCompletions, true, json).0.unwrap().finished;
        assert!(finished(r#"{"choices":[{"finish_reason": "stop"}]}"#));
        assert!(!finished(r#"{"choices":[{"finish_reason":null}]}"#));
        assert!(!finished(r#"{"choices":[{"delta":{"content":"\"finish_reason\":\"stop\""}}]}"#));
    }

    #[test]
    fn a_finished_output_of_a_response_tells_that_usage_follows() {
        let json = r#"{"type":"response.output_item.done","item":{}}"#;
        let seen = rewrite(Endpoint::Responses, false, json).0.unwrap();
        assert!(seen.finished && !seen.last);
    }

    #[test]
    fn garbage_and_reported_errors_leave_nothing_behind() {
        for json in [
            "",
            "{",
            "[]",
            "7",
            r#"{"a":1} x"#,
            r#"{"a":}"#,
            "<html>",
            "{\"a\":\"\u{0}\"}",
            r#"{"model":"m","x":[1,}"#,
        ] {
            let (seen, out, _) = rewrite(Endpoint::ChatCompletions, false, json);
            assert!(seen.is_err() && out.is_empty(), "{json}");
        }
        let (seen, out, _) =
            rewrite(Endpoint::ChatCompletions, false, r#"{"error":{"message":"no: sk-SECRET"}}"#);
        assert!(!seen.unwrap_err().contains("SECRET") && out.is_empty());
        assert!(rewrite(Endpoint::ChatCompletions, false, r#"{"error":null}"#).0.is_ok());
    }
}
