//! Answers that come bit by bit.

use serde_json::Value;

use crate::error::{ClientError, Refusal};

/// The longest event, in bytes.
const LONGEST: usize = 16 << 20;

/// An answer that is on its way: a `chat.completion.chunk` each.
#[derive(Debug)]
pub struct Chunks {
    answer: reqwest::Response,
    events: Events,
}

impl Chunks {
    pub(crate) fn new(answer: reqwest::Response) -> Self {
        Self { answer, events: Events::default() }
    }

    /// The next part; `None` after the last.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where the provider failed amid the answer, [`ClientError::Unreachable`] where the
    /// connection broke, [`ClientError::Unreadable`] where it ended without saying so.
    pub async fn next(&mut self) -> Result<Option<Value>, ClientError> {
        loop {
            if let Some(event) = self.events.next() {
                return event;
            }
            match self.answer.chunk().await.map_err(ClientError::Unreachable)? {
                Some(bytes) => self.events.push(&bytes)?,
                None => return Err(ClientError::Unreadable("it ended before its end")),
            }
        }
    }

    /// What the next part says; parts that say nothing are passed over. `None` after the last.
    ///
    /// # Errors
    /// Those of [`Self::next`].
    pub async fn next_text(&mut self) -> Result<Option<String>, ClientError> {
        while let Some(chunk) = self.next().await? {
            if let Some(text) =
                chunk["choices"][0]["delta"]["content"].as_str().filter(|text| !text.is_empty())
            {
                return Ok(Some(text.to_owned()));
            }
        }
        Ok(None)
    }
}

/// Server-sent events, as far as they have come.
#[derive(Debug, Default)]
struct Events {
    bytes: Vec<u8>,
    ended: bool,
}

impl Events {
    fn push(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > LONGEST { Err(ClientError::Unreadable("an event is too long")) } else { Ok(()) }
    }

    /// The next whole event, or the end.
    fn next(&mut self) -> Option<Result<Option<Value>, ClientError>> {
        if self.ended {
            return Some(Ok(None));
        }
        while let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.bytes.drain(..=end).collect();
            let Some(data) = line.trim_ascii().strip_prefix(b"data:").map(<[u8]>::trim_ascii) else {
                continue;
            };
            if data == b"[DONE]" {
                self.ended = true;
                return Some(Ok(None));
            }
            return Some(match serde_json::from_slice::<Value>(data) {
                Ok(event) if event["error"].is_object() => {
                    Err(ClientError::Refused(Box::new(Refusal::read(0, &event))))
                }
                Ok(event) => Ok(Some(event)),
                Err(_) => Err(ClientError::Unreadable("an event is no JSON")),
            });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_however_they_are_cut() {
        let whole = b": hello\n\ndata: {\"n\": 1}\r\n\r\ndata:{\"n\": 2}\n\ndata: [DONE]\n\n";
        for size in 1..whole.len() {
            let (mut events, mut seen) = (Events::default(), Vec::new());
            for part in whole.chunks(size) {
                events.push(part).unwrap();
                while let Some(event) = events.next() {
                    match event.unwrap() {
                        Some(event) => seen.push(event["n"].as_u64().unwrap()),
                        None => break,
                    }
                }
            }
            assert!(events.ended && seen == [1, 2], "in parts of {size}: {seen:?}");
        }
    }

    #[test]
    fn an_error_amid_a_stream_is_an_error() {
        let mut events = Events::default();
        events.push(b"data: {\"error\": {\"message\": \"gone\", \"code\": \"upstream_error\"}}\n\n").unwrap();
        let Some(Err(ClientError::Refused(why))) = events.next() else { panic!("it is one") };
        assert_eq!((why.status, why.code.as_str()), (0, "upstream_error"));
    }
}
