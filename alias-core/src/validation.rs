//! The bridge between newtypes, which own the rules, and `validator`, which owns the report.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use validator::{ValidationError, ValidationErrors};

use crate::alias::Metadata;
use crate::desired::MAX_OBJECTS;
use crate::money::{MicroCredits, TokenPrice};
use crate::price::{PriceList, Pricing, PricingDraft};
use crate::provider;

/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 2_000;
/// The longest text in one line (names for people, reasons), in characters.
pub const MAX_LABEL: usize = 200;
/// The most names in one list: as many as a document has objects, so that what is exported can be sent back.
pub const MAX_LIST: usize = MAX_OBJECTS;
/// The most tags.
pub const MAX_TAGS: usize = 32;
/// The most metadata, in bytes of JSON.
pub const MAX_METADATA: usize = 16 * 1024;

/// An entry of a report: a stable code and a sentence that says what to do.
pub fn error(code: &'static str, message: impl Into<Cow<'static, str>>) -> ValidationError {
    ValidationError::new(code).with_message(message.into())
}

/// Names the member, further within a field that is an object, that an error is about.
pub(crate) fn within(member: &str, mut error: ValidationError) -> ValidationError {
    let path = match error.params.get(WITHIN).and_then(|path| path.as_str()) {
        Some(further) => format!("{member}.{further}"),
        None => member.to_owned(),
    };
    error.add_param(WITHIN.into(), &path);
    error
}

/// The parameter of an error that names the member it is about, with dots between the names.
pub const WITHIN: &str = "within";

/// Runs a newtype's own rule for a report.
pub(crate) fn parses<T: FromStr<Err: Display>>(text: &str) -> Result<(), ValidationError> {
    let code = if text.is_empty() { "missing_field" } else { "invalid_format" };
    text.parse::<T>().map(drop).map_err(|why| error(code, why.to_string()))
}

/// Converts after the report was clean; the error cannot occur then, and is a report all the same.
pub(crate) fn parsed<T: FromStr<Err: Display>>(
    field: &'static str,
    text: &str,
) -> Result<T, ValidationErrors> {
    text.parse().map_err(|why: T::Err| {
        let mut report = ValidationErrors::new();
        report.add(field, error("invalid_format", why.to_string()));
        report
    })
}

/// [`parsed`] for a list. Names that stand twice stay once.
pub(crate) fn all_parsed<T: FromStr<Err: Display> + PartialEq>(
    field: &'static str,
    texts: &[String],
) -> Result<Vec<T>, ValidationErrors> {
    let mut all: Vec<T> = Vec::with_capacity(texts.len());
    let mut seen = std::collections::HashSet::new();
    for text in texts {
        if seen.insert(text.to_ascii_lowercase()) {
            all.push(parsed(field, text)?);
        }
    }
    Ok(all)
}

/// Ok where nothing was reported.
pub(crate) fn clean(report: ValidationErrors) -> Result<(), ValidationErrors> {
    if report.is_empty() { Ok(()) } else { Err(report) }
}

/// What was made, where neither the report nor its making found anything wrong; else all that was found.
pub(crate) fn merged<T>(
    mut report: ValidationErrors,
    made: Result<T, ValidationErrors>,
) -> Result<T, ValidationErrors> {
    match made {
        Ok(made) => clean(report).map(|()| made),
        Err(more) => {
            report.0.extend(more.0);
            Err(report)
        }
    }
}

/// Tells a field that is `null` from one that is absent.
///
/// # Errors
/// Those of the deserializer.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A field that may be absent, which keeps it, and has no meaning as `null`.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let refused = || D::Error::custom("null says nothing here; leave the field out to keep what is there");
    Option::deserialize(deserializer)?.ok_or_else(refused).map(Some)
}

/// A collection that may be absent, which keeps it, or `null`, which empties it.
pub(crate) fn or_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer).map(|sent| Some(sent.unwrap_or_default()))
}

pub(crate) fn names<T: FromStr<Err: Display>>(texts: &[String]) -> Result<(), ValidationError> {
    if texts.len() > MAX_LIST {
        return Err(error("invalid_value", format!("at most {MAX_LIST} names at once")));
    }
    match texts.iter().find_map(|text| Some((text, text.parse::<T>().err()?))) {
        Some((text, why)) => Err(error("invalid_format", format!("{:?}: {why}", shortened(text)))),
        None => Ok(()),
    }
}

pub(crate) fn some_names<T: FromStr<Err: Display>>(texts: &[String]) -> Result<(), ValidationError> {
    if texts.is_empty() {
        return Err(error("missing_field", "model_aliases is required: a list of one or more alias names"));
    }
    names::<T>(texts)
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Plain text of several lines: control characters other than tabs and line breaks are refused.
pub(crate) fn description(text: &str) -> Result<(), ValidationError> {
    long_text(text, MAX_DESCRIPTION)
}

/// Plain text of several lines and of up to so many characters.
pub(crate) fn long_text(text: &str, most: usize) -> Result<(), ValidationError> {
    plain(text, most, |c| !c.is_control() || "\n\r\t".contains(c))
}

/// Plain text in one line.
pub(crate) fn label(text: &str) -> Result<(), ValidationError> {
    plain(text, MAX_LABEL, |c| !c.is_control())
}

pub(crate) fn required_label(text: &str) -> Result<(), ValidationError> {
    if text.trim().is_empty() {
        return Err(error("missing_field", "a text of at least one character is required"));
    }
    label(text)
}

fn plain(text: &str, most: usize, allowed: fn(char) -> bool) -> Result<(), ValidationError> {
    if text.chars().count() > most {
        return Err(error("invalid_value", format!("must have at most {most} characters")));
    }
    match text.chars().find(|c| !allowed(*c)) {
        Some(bad) => Err(error("invalid_value", format!("must not contain the control character {bad:?}"))),
        None => Ok(()),
    }
}

pub(crate) fn tags(tags: &[String]) -> Result<(), ValidationError> {
    let fits = |tag: &String| {
        (1..=64).contains(&tag.len())
            && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
    };
    if tags.len() <= MAX_TAGS && tags.iter().all(fits) {
        return Ok(());
    }
    Err(error("invalid_value", format!("at most {MAX_TAGS} tags of 1 to 64 letters, digits and `._:-`")))
}

pub(crate) fn metadata(metadata: &Metadata) -> Result<(), ValidationError> {
    let bytes = serde_json::to_string(metadata).map_or(usize::MAX, |json| json.len());
    if bytes > MAX_METADATA {
        return Err(error(
            "invalid_value",
            format!("metadata must have at most {MAX_METADATA} bytes of JSON"),
        ));
    }
    if metadata.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)) {
        return Err(error("invalid_value", "metadata must not contain the character NUL"));
    }
    Ok(())
}

/// PostgreSQL keeps no NUL in a text.
fn holds_nul(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

pub(crate) fn credits(number: &serde_json::Number) -> Result<(), ValidationError> {
    parses::<MicroCredits>(&number.to_string())
}

pub(crate) fn price(number: &serde_json::Number) -> Result<(), ValidationError> {
    parses::<TokenPrice>(&number.to_string())
}

/// What a call is charged by, in one of two forms: `pricing`, or the pair of prices that most price pages have.
pub(crate) fn pricing(
    report: &mut ValidationErrors,
    pricing: Option<&PricingDraft>,
    input: Option<&serde_json::Number>,
    output: Option<&serde_json::Number>,
) -> Option<Pricing> {
    let Some(draft) = pricing else {
        return price_pair(report, input, output).map(|list| Pricing::Fixed(Arc::new(list)));
    };
    for (given, field) in [(input, "pricing_input"), (output, "pricing_output")] {
        if given.is_some() {
            report.add(field, error("invalid_value", "goes without pricing: give one or the other"));
        }
    }
    draft.parse().map_err(|why| report.add("pricing", why)).ok()
}

/// Both prices or neither; half a price would charge half a call.
fn price_pair(
    report: &mut ValidationErrors,
    input: Option<&serde_json::Number>,
    output: Option<&serde_json::Number>,
) -> Option<PriceList> {
    let missing = match (input, output) {
        (None, None) => return None,
        (Some(input), Some(output)) => {
            return Some(PriceList::new(input.to_string().parse().ok()?, output.to_string().parse().ok()?));
        }
        (None, Some(_)) => "pricing_input",
        (Some(_), None) => "pricing_output",
    };
    report.add(missing, error("missing_field", "pricing_input and pricing_output go together: give both"));
    None
}

/// What a part of the input says, whose own report becomes part of `report`.
pub(crate) fn part<T: Default>(report: &mut ValidationErrors, parsed: Result<T, ValidationErrors>) -> T {
    parsed.unwrap_or_else(|part| {
        report.errors_mut().extend(part.into_errors());
        T::default()
    })
}

/// Refuses a provider that LiteLLM is not known to have, unless told otherwise.
pub(crate) fn provider(report: &mut ValidationErrors, model: &str, allow_unknown: Option<bool>) {
    provider_of(report, "litellm_model", model, allow_unknown);
}

/// The same for a target that another field names.
pub(crate) fn provider_of(
    report: &mut ValidationErrors,
    field: &'static str,
    model: &str,
    allow_unknown: Option<bool>,
) {
    let Some((name, rest)) = model.split_once('/') else { return };
    let reported = report.field_errors().contains_key(field);
    if reported || allow_unknown == Some(true) || provider::is_known(name) {
        return;
    }
    let mut fault = error(
        "unknown_provider",
        format!("LiteLLM has no provider {name:?}: correct it, or send \"allow_unknown_provider\": true"),
    );
    if let Some(near) = provider::nearest(name) {
        fault.add_param("suggestion".into(), &format!("{near}/{rest}"));
    }
    report.add(field, fault);
}
