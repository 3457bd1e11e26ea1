//! What of an upstream's error may be logged: words of known shape, and never its text.
//!
//! The text quotes what it likes: the provider's key, the caller's prompt. No pattern finds all of these, so none of
//! it is kept, at any level.

use std::fmt;

use serde_json::Value;

/// The most characters of a word: providers have none that is longer, and no key is shorter.
const MAX_WORD: usize = 36;

/// The words of one error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The error's `type`.
    kind: Option<String>,
    /// The error's `code`: a word, or a status.
    code: Option<String>,
    /// The class that LiteLLM names at the start of its message, such as `litellm.RateLimitError`.
    exception: Option<String>,
}

impl Said {
    /// Reads an error object; what is none says nothing.
    pub(crate) fn of(error: &Value) -> Self {
        let word_of = |name| match error.get(name) {
            Some(Value::String(text)) => word(text),
            Some(Value::Number(number)) => word(&number.to_string()),
            _ => None,
        };
        let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
        Self { kind: word_of("type"), code: word_of("code"), exception: exception(message) }
    }
}

fn word(text: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    ((1..=MAX_WORD).contains(&text.len()) && text.bytes().all(plain)).then(|| text.to_owned())
}

fn exception(message: &str) -> Option<String> {
    let (class, _) = message.split_once(':')?;
    let name = class.strip_prefix("litellm.")?;
    let is_class = name.len() <= MAX_WORD
        && name.bytes().all(|b| b.is_ascii_alphabetic())
        && ["Error", "Exception", "Timeout"].iter().any(|ending| name.ends_with(ending));
    is_class.then(|| class.to_owned())
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [("type", &self.kind), ("code", &self.code), ("exception", &self.exception)];
        let mut separator = "";
        for (name, word) in words {
            if let Some(word) = word {
                write!(f, "{separator}{name} {word}")?;
                separator = ", ";
            }
        }
        if separator.is_empty() { f.write_str("no type, no code") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_of_known_shape_are_said() {
        let error = json!({"type": "invalid_request_error", "code": 400,
            "message": "litellm.BadRequestError: OpenAIException - the prompt 'x' is bad"});
        assert_eq!(
            Said::of(&error).to_string(),
            "type invalid_request_error, code 400, exception litellm.BadRequestError"
        );
        assert_eq!(Said::of(&json!({"type": null, "code": "rate-limit.1"})).to_string(), "code rate-limit.1");
    }

    #[test]
    fn no_text_is_said_in_any_form() {
        let long = format!("SECRET{}", "x".repeat(40));
        let texts = [
            "key AIzaSyD-SECRET is bad",
            "AIzaSyD-SECRET-aaaaaaaaaaaaaaaaaaaaaaaa",
            "litellm.SECRET: no",
            "litellm.The SECRET Error: no",
            "SECRET\r\nError: no",
            &long,
            "",
        ];
        for text in texts {
            for error in [
                json!({"type": text, "code": text, "message": text, "param": "SECRET"}),
                json!({"type": {"SECRET": 1}, "code": ["SECRET"], "message": text}),
                json!([text]),
                json!(text),
                Value::Null,
            ] {
                let said = Said::of(&error);
                assert!(!format!("{said} {said:?}").contains("SECRET"), "{error}");
                assert_eq!(said.to_string(), "no type, no code", "{error}");
            }
        }
    }
}
