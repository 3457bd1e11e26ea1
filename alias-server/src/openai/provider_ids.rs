//! Ids of the Responses API that carry their provider: sealed in answers, opened in requests (`docs/adr/0007`).
//!
//! LiteLLM writes the provider and its own deployment into the ids of responses and containers and, where its
//! operator turns that on, into encrypted outputs. It reads them there again, and follows them.

use std::sync::Arc;

use alias_core::team::TeamUid;
use memchr::memmem;

use super::copy::{Fate, copy};
use super::left_out::{has_specifics, is_specific};
use super::seal::Seal;

/// What the ids of responses start with.
const RESPONSE: &str = "resp_";

/// The members further within outputs, inputs and tools that carry the provider, and what they start with then.
const WITHIN: [(&str, &str); 4] = [
    ("container_id", "cntr_"),
    ("container", "cntr_"),
    ("id", "encitem_"),
    ("encrypted_content", "litellm_enc:"),
];

/// The ids that one team is shown.
#[derive(Debug, Clone)]
pub(super) struct ProviderIds {
    seal: Arc<Seal>,
    team: TeamUid,
}

/// Why a part of a request is refused: the end of a sentence that starts with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// A member holds an id that the team was not given.
    #[error("has a member `{0}` whose value your team was not given here")]
    NotGiven(&'static str),
    /// A name or an id cannot be read.
    #[error("has a text that is not Unicode")]
    Unreadable,
}

impl ProviderIds {
    pub(super) fn new(seal: Arc<Seal>, team: TeamUid) -> Self {
        Self { seal, team }
    }

    /// Appends the id of a response, sealed.
    ///
    /// # Errors
    /// `value` is not well-formed.
    pub(super) fn response(&self, value: &str, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        if let Some(id) = text(value) {
            return serde_json::to_writer(out, &self.sealed(RESPONSE, &id)?);
        }
        out.extend_from_slice(value.as_bytes());
        Ok(())
    }

    /// Appends a part of an answer that the model made, without what only one provider has.
    ///
    /// # Errors
    /// `value` is not well-formed.
    pub(super) fn output(&self, value: &str, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        self.within(value, has_specifics(value), out)
    }

    /// Appends the tools that the caller sent: the names in them are his own.
    ///
    /// # Errors
    /// `value` is not well-formed.
    pub(super) fn tools(&self, value: &str, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        self.within(value, false, out)
    }

    fn within(&self, value: &str, has_specifics: bool, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        if !has_specifics && !has_carrier(value) {
            out.extend_from_slice(value.as_bytes());
            return Ok(());
        }
        let mut decide = |name: &str, value: &str| match carrier(name, value)? {
            Some((_, prefix, id)) => self.sealed(prefix, &id).map(Fate::Text),
            None if has_specifics && is_specific(name) => Ok(Fate::LeaveOut),
            None => Ok(Fate::Enter),
        };
        copy(value, &mut decide, out)
    }

    fn sealed(&self, prefix: &str, id: &str) -> Result<String, serde_json::Error> {
        self.seal.close(self.team, prefix, id).map_err(|_| serde::de::Error::custom("it cannot be sealed"))
    }

    /// The JSON of the original of a response's id; `None` where this team was not given it.
    pub(super) fn open_response(&self, value: &str) -> Option<String> {
        let id = self.seal.open(self.team, RESPONSE, &text(value)?)?;
        serde_json::to_string(&id).ok()
    }

    /// A part of a request with the originals in it; `None` where it is to stay as it is.
    ///
    /// # Errors
    /// [`Refused`], for the first of its reasons.
    pub(super) fn open_within(&self, value: &str) -> Result<Option<String>, Refused> {
        // With an escape, a text need not look like what it is.
        if !has_carrier(value) && memmem::find(value.as_bytes(), b"\\u").is_none() {
            return Ok(None);
        }
        let (mut out, mut opened, mut refused) = (Vec::with_capacity(value.len()), false, None);
        let mut decide = |name: &str, value: &str| {
            let Some((member, prefix, sealed)) = carrier(name, value)? else { return Ok(Fate::Enter) };
            let Some(original) = self.seal.open(self.team, prefix, &sealed) else {
                refused.get_or_insert(Refused::NotGiven(member));
                return Ok(Fate::Keep);
            };
            opened = true;
            Ok(Fate::Text(original))
        };
        let copied = copy(value, &mut decide, &mut out);
        if let Some(refused) = refused {
            return Err(refused);
        }
        // The body is well-formed, but half a surrogate pair is no text. LiteLLM would read what we cannot.
        let copied = copied.ok().and_then(|()| String::from_utf8(out).ok()).ok_or(Refused::Unreadable)?;
        Ok(opened.then_some(copied))
    }
}

#[cfg(test)]
impl ProviderIds {
    /// Those of the team with this number.
    pub(super) fn of_team(number: u64) -> Self {
        let secret = alias_core::repository::ServiceSecret::new([7; 32]);
        Self::new(Arc::new(Seal::new(&secret).unwrap()), alias_core::testing::id(number))
    }
}

/// Whether a value may have one of [`WITHIN`] in it: hardly any has, and only those are read.
fn has_carrier(value: &str) -> bool {
    ["cntr_", "encitem_", "litellm_enc:"]
        .iter()
        .any(|word| memmem::find(value.as_bytes(), word.as_bytes()).is_some())
}

/// A member of [`WITHIN`]: its name, what its text starts with, and the text.
///
/// # Errors
/// It is one by its name, and its text cannot be read.
fn carrier(
    name: &str,
    value: &str,
) -> Result<Option<(&'static str, &'static str, String)>, serde_json::Error> {
    match WITHIN.iter().find(|(member, _)| *member == name) {
        Some((member, prefix)) if value.starts_with('"') => {
            let text: String = serde_json::from_str(value)?;
            Ok(text.starts_with(prefix).then_some((*member, *prefix, text)))
        }
        _ => Ok(None),
    }
}

/// The text that a JSON value is.
fn text(value: &str) -> Option<String> {
    if value.starts_with('"') { serde_json::from_str(value).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(team: u64) -> ProviderIds {
        ProviderIds::of_team(team)
    }

    fn written(write: impl FnOnce(&mut Vec<u8>) -> Result<(), serde_json::Error>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_id_of_a_response_comes_back_to_the_team_that_was_given_it_and_to_no_other() {
        for original in [r#""resp_bGl0ZWxsbTo+/w==""#, r#""resp_68ab""#, r#""chatcmpl-\"1""#, r#""""#] {
            let sealed = written(|out| ids(1).response(original, out));
            assert_eq!(ids(1).open_response(&sealed).as_deref(), Some(original));
            assert_eq!(ids(2).open_response(&sealed), None);
            assert_eq!(ids(1).open_response(original), None);
        }
        assert_eq!(written(|out| ids(1).response("null", out)), "null");
        for other in ["7", "{}", "true", "null"] {
            assert_eq!(ids(1).open_response(other), None);
        }
    }

    const OUTPUT: &str = r#"[{"type":"code_interpreter_call","id":"ci_1","container_id":"cntr_bGl0ZWxsbTo="},
        {"type":"message","content":[{"text":"cntr_bGl0","annotations":[{"container_id":"cntr_bGl0ZWxsbTo=","file_id":"f"}]}]},
        {"type":"reasoning","id":"encitem_bGl0","encrypted_content":"litellm_enc:bW9k;gAAA"}]"#;

    #[test]
    fn containers_and_encrypted_outputs_are_sealed_and_come_back_as_input() {
        let sealed = written(|out| ids(1).output(OUTPUT, out));
        for original in ["cntr_bGl0ZWxsbTo=", "encitem_bGl0", "litellm_enc:bW9k"] {
            assert!(!sealed.contains(original) && OUTPUT.contains(original), "{sealed}");
        }
        assert!(sealed.contains(r#""text":"cntr_bGl0""#) && sealed.contains(r#""id":"ci_1""#), "{sealed}");
        let opened: serde_json::Value =
            serde_json::from_str(&ids(1).open_within(&sealed).unwrap().unwrap()).unwrap();
        assert_eq!(opened, serde_json::from_str::<serde_json::Value>(OUTPUT).unwrap());
        assert_eq!(ids(2).open_within(&sealed), Err(Refused::NotGiven("container_id")));
    }

    #[test]
    fn what_a_caller_made_up_is_refused_however_it_is_written() {
        for (input, member) in [
            (r#"[{"container_id":"cntr_bGl0ZWxsbTo="}]"#, "container_id"),
            (r#"[{"conta\u0069ner_id":"\u0063ntr_1"}]"#, "container_id"),
            (r#"[{"type":"code_interpreter","container":"cntr_1"}]"#, "container"),
            (r#"[{"id":"encitem_1"}]"#, "id"),
            (r#"[{"a":[{"encrypted_content":"litellm_enc:a;b"}]}]"#, "encrypted_content"),
            (r#"[{"id":"encitem_1","id":"x"}]"#, "id"),
            (r#"[{"container_id":"cntr_1","\ud800":1}]"#, "container_id"),
        ] {
            assert_eq!(ids(1).open_within(input), Err(Refused::NotGiven(member)), "{input}");
        }
    }

    #[test]
    fn what_we_cannot_read_is_not_left_to_litellm() {
        for input in [r#"[{"\ud800":1,"container_id":"cntr_1"}]"#, r#"[{"container_id":"cntr_1\ud800"}]"#] {
            assert_eq!(ids(1).open_within(input), Err(Refused::Unreadable), "{input}");
        }
        assert_eq!(ids(1).open_within(r#"[{"content":"half a pair: \ud83d"}]"#), Ok(None));
    }

    #[test]
    fn what_carries_no_provider_stays_as_it_is() {
        for input in [
            r#""a text about cntr_""#,
            r#"[ {"role":"user","content":"hi"} ]"#,
            r#"[{"type":"item_reference","id":"msg_1"},{"type":"code_interpreter","container":{"type":"auto"}}]"#,
            r#"[{"type":"reasoning","encrypted_content":"gAAAA"}]"#,
            r#"[ {"content":"caf\u00e9"} ]"#,
        ] {
            assert_eq!(ids(1).open_within(input), Ok(None), "{input}");
        }
        let tools = r#"[{"type":"function","parameters":{"provider_specific_fields":{}}}]"#;
        assert_eq!(written(|out| ids(1).tools(tools, out)), tools);
    }
}
