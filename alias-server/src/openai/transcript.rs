//! A stream of events, rewritten as it passes; its last event is kept back.

use std::sync::Arc;

use alias_core::alias::AliasName;
use alias_core::team::TeamUid;
use alias_core::usage::{CallId, Endpoint};
use uuid::Uuid;

use crate::metering::estimated_tokens;
use crate::upstream::UpstreamError;

use super::provider_ids::ProviderIds;
use super::rewrite::Rewriter;
use super::seal::Seal;
use super::sse::{EventReader, Item};

/// The rewriting of one stream.
#[derive(Debug)]
pub(super) struct Transcript {
    reader: EventReader,
    rewriter: Rewriter,
    finished: bool,
    failed: bool,
    /// The last event if the stream ends now; it goes out before whatever follows.
    held: Option<Vec<u8>>,
    last: Option<Vec<u8>>,
    passed: Passed,
}

/// What went by, for those who have to estimate.
#[derive(Debug, Default)]
struct Passed {
    events: u64,
    bytes: usize,
    /// The shortest event: what all of them have around their text.
    frame: Option<usize>,
}

impl Passed {
    fn count(&mut self, data: &[u8]) {
        self.events += 1;
        self.bytes += data.len();
        self.frame = Some(self.frame.map_or(data.len(), |frame| frame.min(data.len())));
    }

    /// An event carries a token at least, and more where it is longer than the shortest.
    fn tokens(&self) -> u64 {
        let events = usize::try_from(self.events).unwrap_or(usize::MAX);
        let text = self.bytes.saturating_sub(events.saturating_mul(self.frame.unwrap_or_default()));
        self.events.max(estimated_tokens(text))
    }
}

/// The rewriting of the stream of a chat completion, for measuring what it costs.
#[derive(Debug)]
pub struct Rewriting(Transcript);

impl Rewriting {
    /// Of a call of this alias.
    pub fn new(alias: &AliasName, seal: Seal) -> Self {
        let (call, team) = (CallId::new(Uuid::nil()), TeamUid::new(Uuid::nil()));
        let ids = ProviderIds::new(Arc::new(seal), team);
        Self(Transcript::new(Rewriter::new(Endpoint::ChatCompletions, alias, false, call, ids)))
    }

    /// Appends what a client reads of these bytes; tells whether they could be read.
    pub fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> bool {
        self.0.feed(chunk, out).is_ok()
    }
}

impl Transcript {
    /// A stream that has not begun.
    pub(super) fn new(rewriter: Rewriter) -> Self {
        let reader = EventReader::default();
        Self {
            reader,
            rewriter,
            finished: false,
            failed: false,
            held: None,
            last: None,
            passed: Passed::default(),
        }
    }

    /// What is known of the answer.
    pub(super) fn rewriter(&self) -> &Rewriter {
        &self.rewriter
    }

    /// Whether the model is done, so that only usage can follow.
    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Whether the provider reported a failure in the stream's own terms.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Whether the last event was read. What follows it is nothing.
    pub(super) fn is_over(&self) -> bool {
        self.last.is_some()
    }

    /// How many tokens went by, by estimation; `None` where nothing did.
    pub(super) fn estimated_tokens(&self) -> Option<u64> {
        (self.passed.events > 0).then(|| self.passed.tokens())
    }

    /// The last event, to be sent when the call is recorded.
    pub(super) fn take_last(&mut self) -> Vec<u8> {
        self.last.take().unwrap_or_default()
    }

    /// Appends what `chunk` brings to `out`, without the last event. Events are whole in it or not there at all.
    ///
    /// # Errors
    /// An event that is too long, not JSON, or reports a failure.
    pub(super) fn feed(&mut self, mut chunk: &[u8], out: &mut Vec<u8>) -> Result<(), UpstreamError> {
        let too_long = |_| UpstreamError::Invalid("an event is too long");
        while self.last.is_none() {
            match self.reader.next(&mut chunk).map_err(too_long)? {
                None => break,
                Some(Item::Comment) => out.extend_from_slice(b":\n\n"),
                Some(Item::Event { data, .. }) if data.trim_ascii() == b"[DONE]" => {
                    out.extend(self.held.take().unwrap_or_default());
                    self.last = Some(b"data: [DONE]\n\n".to_vec());
                }
                Some(Item::Event { name, data }) => {
                    out.extend(self.held.take().unwrap_or_default());
                    self.passed.count(data);
                    let start = out.len();
                    if !name.is_empty() {
                        out.extend_from_slice(b"event: ");
                        out.extend_from_slice(name);
                        out.push(b'\n');
                    }
                    out.extend_from_slice(b"data: ");
                    let seen = self.rewriter.object(data, out).inspect_err(|_| out.truncate(start))?;
                    out.extend_from_slice(b"\n\n");
                    self.finished |= seen.finished;
                    self.failed |= seen.failed;
                    if seen.hidden {
                        out.truncate(start);
                    } else if seen.last {
                        self.last = Some(out.split_off(start));
                    } else if seen.may_be_last {
                        self.held = Some(out.split_off(start));
                    }
                }
            }
        }
        Ok(())
    }

    /// The upstream's end: an event that lacks only its last line end counts.
    ///
    /// # Errors
    /// Those of [`Self::feed`], or the stream ends before its last event.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) -> Result<(), UpstreamError> {
        self.feed(b"\n\n", out)?;
        self.last = self.last.take().or(self.held.take());
        if self.is_over() { Ok(()) } else { Err(UpstreamError::Cut) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openai::provider_ids::ProviderIds;
    use alias_core::testing::id;
    use alias_core::usage::{Endpoint, TokenUsage};
    use proptest::prelude::*;

    const CHAT: &str = concat!(
        ": OPENROUTER PROCESSING\n\n",
        "data: {\"id\":\"1\",\"model\":\"gpt-4-0613\",\"choices\":[{\"delta\":{\"content\":\"caf\u{e9}\"},\"finish_reason\":null}],\"usage\":null}\n\n",
        "data: {\"id\":\"1\",\"model\":\"gpt-4-0613\",\r\ndata: \"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\n",
        "data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\n",
        "data: [DONE]\n\ndata: {\"never\":\"seen\"}\n\n",
    );

    const MESSAGES: &str = concat!(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-x\",\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\n\n",
        "event: ping\ndata: {\"type\": \"ping\"}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":12}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    );

    struct Read {
        out: String,
        last: String,
        error: Option<String>,
        tokens: Option<TokenUsage>,
    }

    fn pass(endpoint: Endpoint, hide_usage: bool, chunks: &[&[u8]]) -> Read {
        let mut transcript = Transcript::new(Rewriter::new(
            endpoint,
            &"smart".parse().unwrap(),
            hide_usage,
            id(7),
            ProviderIds::of_team(1),
        ));
        let mut out = Vec::new();
        let fed = chunks.iter().try_for_each(|chunk| transcript.feed(chunk, &mut out));
        let error = fed.and_then(|()| transcript.end(&mut out)).err().map(|why| why.to_string());
        Read {
            tokens: transcript.rewriter().reported().tokens(endpoint),
            last: String::from_utf8(transcript.take_last()).unwrap(),
            out: String::from_utf8(out).unwrap(),
            error,
        }
    }

    #[test]
    fn a_chat_stream_passes_without_provider_usage_chunk_and_premature_end() {
        let read = pass(Endpoint::ChatCompletions, true, &[CHAT.as_bytes()]);
        assert_eq!(
            read.out,
            ":\n\ndata: {\"id\":\"1\",\"model\":\"smart\",\"choices\":[{\"delta\":{\"content\":\"caf\u{e9}\"},\"finish_reason\":null}]}\n\n\
             data: {\"id\":\"1\",\"model\":\"smart\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        );
        assert_eq!((read.last.as_str(), read.error), ("data: [DONE]\n\n", None));
        assert_eq!(read.tokens.unwrap().total(), 10);
    }

    #[test]
    fn an_anthropic_stream_keeps_its_event_names_and_its_last_event_back() {
        let read = pass(Endpoint::Messages, false, &[MESSAGES.as_bytes()]);
        assert!(read.out.starts_with(
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"smart\""
        ));
        assert!(!read.out.contains("message_stop"));
        assert_eq!(read.last, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        assert_eq!(read.tokens, Some(TokenUsage { input: 5, output: 12, ..TokenUsage::default() }));
    }

    #[test]
    fn a_stream_of_images_is_whole_when_it_ends_after_an_image() {
        let partial = "data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"YQ==\"}\n\n";
        let image = "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"YQ==\",\"usage\":{\"input_tokens\":5,\"output_tokens\":9}}\n\n";
        let whole = pass(Endpoint::ImagesGenerations, false, &[partial.as_bytes(), image.as_bytes()]);
        assert_eq!((whole.out.as_str(), whole.last.as_str(), whole.error), (partial, image, None));
        assert_eq!(whole.tokens.unwrap().total(), 14);
        let two = pass(Endpoint::ImagesGenerations, false, &[image.as_bytes(), image.as_bytes()]);
        assert_eq!((two.out.as_str(), two.last.as_str(), two.error), (image, image, None));
        let done = pass(Endpoint::ImagesGenerations, false, &[image.as_bytes(), b"data: [DONE]\n\n"]);
        assert_eq!((done.out.as_str(), done.last.as_str(), done.error), (image, "data: [DONE]\n\n", None));
        assert!(pass(Endpoint::ImagesGenerations, false, &[partial.as_bytes()]).error.is_some());
    }

    #[test]
    fn a_stream_comes_out_the_same_wherever_it_is_split() {
        for (endpoint, stream) in [(Endpoint::ChatCompletions, CHAT), (Endpoint::Messages, MESSAGES)] {
            let whole = pass(endpoint, true, &[stream.as_bytes()]);
            for at in 0..=stream.len() {
                let (a, b) = stream.as_bytes().split_at(at);
                let parts = pass(endpoint, true, &[a, b]);
                assert_eq!(
                    (&parts.out, &parts.last, parts.tokens),
                    (&whole.out, &whole.last, whole.tokens),
                    "split at {at}"
                );
            }
        }
    }

    #[test]
    fn a_cut_a_garbled_and_a_failing_stream_are_errors_and_show_nothing_of_it() {
        let chunk = "data: {\"choices\":[{}]}\n\n";
        for (rest, why) in [
            ("", "before its last event"),
            ("data: {\"choi", "not JSON"),
            ("data: {oops\n\n\u{0}\n\n", "not JSON"),
            ("data: {\"error\":{\"message\":\"SECRET\"}}\n\ndata: [DONE]\n\n", "reported an error"),
        ] {
            let read = pass(Endpoint::ChatCompletions, true, &[chunk.as_bytes(), rest.as_bytes()]);
            assert_eq!(read.out, chunk, "{rest}");
            assert!(read.error.as_ref().is_some_and(|error| error.contains(why)), "{rest}: {:?}", read.error);
        }
        let unended = pass(Endpoint::ChatCompletions, true, &[chunk.as_bytes(), b"data: [DONE]"]);
        assert_eq!((unended.last.as_str(), unended.error), ("data: [DONE]\n\n", None));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic_and_only_whole_events_come_out(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let read = pass(Endpoint::ChatCompletions, false, &[CHAT.as_bytes().get(..100).unwrap(), b"\n\n", &bytes]);
            prop_assert!(read.out.is_empty() || read.out.ends_with("\n\n"));
        }
    }
}
