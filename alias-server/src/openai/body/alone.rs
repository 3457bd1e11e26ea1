//! Whether a call is all in its body, so that another model can be asked the same.

use alias_core::usage::Endpoint;

use super::{ANY_SEARCHING, CallBody};

/// What refers to things that a provider keeps.
const KEPT_THERE: [&str; 4] = ["previous_response_id", "conversation", "container", "prompt_id"];
/// What has the provider search, besides its tools.
const SEARCHES: [&str; 3] = ["web_search_options", "search_parameters", "enable_search"];

impl CallBody<'_> {
    /// Whether a copy of the call can go to another model: it refers to nothing that a provider keeps, has nothing kept,
    /// and uses no tools that the provider runs, for these would do things twice.
    pub fn stands_alone(&self) -> bool {
        if self.endpoint == Endpoint::ImagesGenerations {
            return false;
        }
        let stored = self.value("store");
        let keeps = match self.endpoint {
            // Kept unless it is said otherwise.
            Endpoint::Responses => stored != Some("false"),
            _ => stored == Some("true"),
        };
        let says = |name: &str| self.value(name).is_some_and(|value| !matches!(value, "null" | "false"));
        let refers = KEPT_THERE.iter().chain(&SEARCHES).any(|name| says(name))
            // A template; elsewhere it is the input.
            || self.endpoint == Endpoint::Responses && says("prompt");
        let holds = |name: &str, words: &[&str]| {
            self.value(name).is_some_and(|value| words.iter().any(|word| value.contains(word)))
        };
        let runs = self.value("tools").is_some_and(|tools| ANY_SEARCHING.is_in(tools))
            || holds("tools", &["\"mcp\"", "mcp_toolset", "local_shell", "\\u00"]);
        let names = ["messages", "input", "system"]
            .iter()
            .any(|name| holds(name, &["\"file_id\"", "\"item_reference\"", "\\u00"]));
        !(keeps || refers || runs || names)
    }

    /// What is sent under this name, if something is.
    fn value(&self, name: &str) -> Option<&str> {
        let own = self.members.0.iter().position(|(known, _)| known == name).map(|place| self.sent(place));
        own.or_else(|| self.added.iter().find(|(added, _)| added == name).map(|(_, value)| value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openai::fields::ExtraFields;

    #[test]
    fn what_a_provider_keeps_or_runs_is_not_asked_of_another_model() {
        let alone = |endpoint, body: &str| {
            CallBody::parse(endpoint, body.as_bytes(), &ExtraFields::default()).unwrap().stands_alone()
        };
        let (chat, responses) = (Endpoint::ChatCompletions, Endpoint::Responses);
        assert!(alone(chat, r#"{"model": "m", "messages": []}"#));
        assert!(alone(
            chat,
            r#"{"model": "m", "messages": [], "tools": [{"type": "function", "function": {"name": "f"}}]}"#
        ));
        assert!(alone(responses, r#"{"model": "m", "input": "x", "store": false}"#));
        for body in [
            r#"{"model": "m", "messages": [], "store": true}"#,
            r#"{"model": "m", "messages": [], "web_search_options": {}}"#,
            r#"{"model": "m", "messages": [], "enable_search": true}"#,
            r#"{"model": "m", "messages": [], "tools": [{"type": "web\u005fsearch"}]}"#,
            r#"{"model": "m", "messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}]}"#,
        ] {
            assert!(!alone(chat, body), "{body}");
        }
        for body in [
            r#"{"model": "m", "input": "x"}"#,
            r#"{"model": "m", "input": "x", "store": false, "previous_response_id": "resp_1"}"#,
            r#"{"model": "m", "input": "x", "store": false, "tools": [{"type": "web_search"}]}"#,
            r#"{"model": "m", "input": "x", "store": false, "prompt": {"id": "pmpt_1"}}"#,
        ] {
            assert!(!alone(responses, body), "{body}");
        }
        assert!(!alone(Endpoint::ImagesGenerations, r#"{"model": "m", "prompt": "x"}"#));
    }
}
