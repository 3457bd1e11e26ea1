//! The checks of single fields of a call.

use std::borrow::Cow;

use alias_core::name;
use alias_core::usage::Endpoint;
use serde_json::value::RawValue;

use super::reader::{Members, Name, shortened};
use super::shape::{self, Shape};
use crate::error::{ApiError, Code};
use crate::openai::fields::{self, ExtraFields};
use crate::openai::steering::steers;

/// The most entries of `metadata`.
const MAX_METADATA: usize = 16;
/// The longest name in `metadata`, in characters.
const MAX_METADATA_NAME: usize = 64;
/// The longest value in `metadata`, in characters.
const MAX_METADATA_VALUE: usize = 512;

/// A field that is read and wrong: `what` completes the sentence that starts with its name.
pub(super) fn invalid(param: &str, what: &str) -> ApiError {
    ApiError::new(Code::InvalidParameter, format!("'{param}' {what}.")).about(param)
}

/// A field that the endpoint does not take.
pub(super) fn unknown(endpoint: Endpoint, param: &str, extra: &ExtraFields) -> ApiError {
    let shown = shortened(param);
    let hint = if steers(param) {
        " It steers the gateway behind this one and is never passed on.".into()
    } else if let Some(near) = nearest(endpoint, &shown, extra) {
        format!(" Did you mean '{near}'?")
    } else if ExtraFields::new([param]).is_ok() {
        " Leave it out; the operator can allow a provider's own parameters with the setting extra_fields."
            .into()
    } else {
        " Leave it out: this endpoint does not take it.".into()
    };
    ApiError::new(Code::UnknownParameter, format!("Unknown parameter: '{shown}'.{hint}")).about(shown)
}

fn nearest<'a>(endpoint: Endpoint, param: &str, extra: &'a ExtraFields) -> Option<&'a str> {
    let mut known: Vec<&str> = fields::names(endpoint).collect();
    known.extend(extra.iter());
    name::nearest(param, known).first().copied()
}

pub(super) fn model(value: &RawValue) -> Result<Cow<'_, str>, ApiError> {
    let Name(model) = serde_json::from_str(value.get())
        .map_err(|why| invalid("model", "must be a string: the name of a model").caused_by(why))?;
    if model.is_empty() { Err(invalid("model", "must not be empty")) } else { Ok(model) }
}

/// A boolean; null is `None`.
pub(super) fn flag(param: &str, value: &RawValue) -> Result<Option<bool>, ApiError> {
    match value.get() {
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
        "null" => Ok(None),
        _ => Err(invalid(param, "must be true or false")),
    }
}

/// False or null: an answer in the background could be fetched by nobody, and counted for nobody.
pub(super) fn foreground(param: &str, value: &RawValue) -> Result<(), ApiError> {
    match flag(param, value)? {
        Some(true) => Err(invalid(param, "must be false: answers in the background are not supported")),
        _ => Ok(()),
    }
}

/// The kind of a value, told by its first byte.
pub(super) fn starts(param: &str, value: &RawValue, first: &[u8], what: &str) -> Result<(), ApiError> {
    let fits = value.get().bytes().next().is_some_and(|byte| first.contains(&byte));
    if fits { Ok(()) } else { Err(invalid(param, what)) }
}

/// A positive integer up to `most`, or null.
pub(super) fn count(param: &str, value: &RawValue, most: u64) -> Result<Option<u64>, ApiError> {
    if value.get() == "null" {
        return Ok(None);
    }
    let number = value.get().parse().ok().filter(|number| (1..=most).contains(number));
    number.map(Some).ok_or_else(|| invalid(param, &format!("must be an integer from 1 to {most}")))
}

/// A value of a shape, or null.
pub(super) fn shaped(param: &str, value: &RawValue, shape: Shape) -> Result<(), ApiError> {
    if value.get() == "null" { Ok(()) } else { shape.check(param, value) }
}

/// The tools that the endpoint's dialect has.
pub(super) fn tools(endpoint: Endpoint) -> Shape {
    match endpoint {
        Endpoint::Responses => shape::RESPONSES_TOOLS,
        Endpoint::Messages => shape::MESSAGES_TOOLS,
        _ => shape::CHAT_TOOLS,
    }
}

/// A flat map of strings within `OpenAI`'s limits, and no name in it that LiteLLM would obey.
pub(super) fn metadata(value: &RawValue) -> Result<(), ApiError> {
    if value.get() == "null" {
        return Ok(());
    }
    let Members(entries) = serde_json::from_str(value.get()).map_err(|why| {
        invalid("metadata", "must be a flat map of strings, with no name twice").caused_by(why)
    })?;
    if entries.len() > MAX_METADATA {
        return Err(invalid("metadata", &format!("must have at most {MAX_METADATA} entries")));
    }
    for (name, value) in &entries {
        let param = format!("metadata.{}", shortened(name));
        if name.chars().count() > MAX_METADATA_NAME {
            return Err(invalid(
                &param,
                &format!("must have a name of at most {MAX_METADATA_NAME} characters"),
            ));
        }
        if steers(name) {
            return Err(invalid(
                &param,
                "steers the gateway behind this one and is never passed on: choose another name",
            ));
        }
        let Name(text) = serde_json::from_str(value.get())
            .map_err(|why| invalid(&param, "must be a string").caused_by(why))?;
        if text.chars().count() > MAX_METADATA_VALUE {
            return Err(invalid(&param, &format!("must have at most {MAX_METADATA_VALUE} characters")));
        }
    }
    Ok(())
}
