//! What an answer shows of the provider and of what the house pays it: known by name, and left out.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::copy::{Fate, copy};

/// What LiteLLM calls whatever only one provider says.
const SPECIFIC: &str = "provider_specific_fields";
/// What Azure says of its own filter: `content_filter_results`, and two more of that family.
const FILTER: &str = "content_filter_";

/// Made once: to make one takes longer than to search an answer.
static SPECIFICS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [SPECIFIC, FILTER].map(Finder::new));
static COST: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("cost"));

/// Whether a member of an answer tells who the provider is.
pub(super) fn names_provider(name: &str) -> bool {
    ["provider", SPECIFIC, "_hidden_params", "x_groq", "prompt_filter_results", "content_filters"]
        .contains(&name)
        || ["litellm", "x_litellm", "vertex_ai_"].iter().any(|family| name.starts_with(family))
}

/// Whether the JSON of a part of an answer holds something that only one provider has. Answers come in many small
/// pieces, and hardly any of them does: only those are read.
pub(super) fn has_specifics(value: &str) -> bool {
    SPECIFICS.iter().any(|word| word.find(value.as_bytes()).is_some())
}

/// Whether a member further within an answer is one that only one provider has.
pub(super) fn is_specific(name: &str) -> bool {
    name == SPECIFIC || name.starts_with(FILTER)
}

/// Appends a part of an answer without the members that only one provider has.
///
/// # Errors
/// `value` is not well-formed.
pub(super) fn specifics(value: &str, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    if !has_specifics(value) {
        out.extend_from_slice(value.as_bytes());
        return Ok(());
    }
    let mut decide = |name: &str, _: &str| {
        Ok(match name {
            // What a tool is called with has the caller's own names.
            "input" => Fate::Keep,
            name if is_specific(name) => Fate::LeaveOut,
            _ => Fate::Enter,
        })
    };
    copy(value, &mut decide, out)
}

/// Appends the usage of an answer without its cost: that is the provider's price for the house.
///
/// # Errors
/// `value` is not well-formed.
pub(super) fn usage(value: &str, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    if COST.find(value.as_bytes()).is_none() {
        out.extend_from_slice(value.as_bytes());
        return Ok(());
    }
    let mut decide =
        |name: &str, _: &str| Ok(if name.contains("cost") { Fate::LeaveOut } else { Fate::Enter });
    copy(value, &mut decide, out)
}
