//! Aliases as rows: tables with a head, and lists of objects.

use serde_json::{Map, Value, json};

use super::{Given, Imported, Level};
use crate::failure::Failure;
use Level::{Exact, Manual, Unsupported};

/// What an alias is created with.
const FIELDS: [&str; 20] = [
    "description",
    "active",
    "display_name",
    "pricing",
    "pricing_input",
    "pricing_output",
    "tags",
    "visibility",
    "on_disconnect",
    "metadata",
    "allow_unknown_provider",
    "match",
    "split",
    "sticky",
    "fallbacks",
    "overrides",
    "shadow",
    "parameters",
    "response_model",
    "deprecation",
];
/// What our own lists tell besides.
const FIGURES: [&str; 14] = [
    "id",
    "provider",
    "status",
    "version",
    "usage_count",
    "teams_with_access",
    "usage_stats",
    "created_at",
    "updated_at",
    "pricing_source",
    "warnings",
    "model_info",
    "bar",
    "catalog",
];

/// What they say of a deprecation in members of their own.
const DEPRECATED: [&str; 3] = ["deprecated_at", "sunset_at", "replacement"];

/// Reads a list of aliases, or an answer that has one.
pub(super) fn list(value: &Value, given: &Given, into: &mut Imported) {
    let items = if value.is_array() { value } else { &value["aliases"] };
    into.find_no_list("aliases", items);
    if value["has_more"] == true {
        let message = "it is one page of a longer list: what is on the others is not in it";
        into.find(Manual, "has_more", message);
    }
    for (at, item) in items.as_array().into_iter().flatten().enumerate() {
        match item.as_object() {
            Some(row) => alias(&format!("[{at}]"), row, given, into),
            None => {
                into.find(Unsupported, format!("[{at}]"), "must be an object with alias and litellm_model");
            }
        }
    }
}

/// Reads a table: the columns of its head are the fields of aliases.
pub(super) fn csv(text: &str, given: &Given, into: &mut Imported) -> Result<(), Failure> {
    let wrong = |why: csv::Error| Failure::Failed(format!("no CSV: {why}"));
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let head: Vec<String> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').to_owned())
        .collect();
    if !head.iter().any(|name| name == "alias") {
        let message = "the first line must name the columns, of which `alias` and `litellm_model` are needed";
        return Err(Failure::Failed(message.to_owned()));
    }
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(wrong)?;
        let cells = head.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        let row = cells.map(|(name, cell)| (name.clone(), typed(name, cell))).collect();
        alias(&format!("line {}", at + 2), &row, given, into);
    }
    Ok(())
}

/// A cell as the field that it is of.
fn typed(name: &str, cell: &str) -> Value {
    match name {
        "active" | "allow_unknown_provider" => match cell.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => json!(true),
            "false" | "no" | "0" => json!(false),
            _ => json!(cell),
        },
        "pricing" | "pricing_input" | "pricing_output" | "metadata" | "split" | "fallbacks" | "overrides"
        | "shadow" | "parameters" | "deprecation" => {
            serde_json::from_str(cell).unwrap_or_else(|_| json!(cell))
        }
        "tags" | "access_groups" => {
            json!(cell.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect::<Vec<_>>())
        }
        _ => json!(cell),
    }
}

fn alias(path: &str, row: &Map<String, Value>, given: &Given, into: &mut Imported) {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (name, model) = (text("alias"), text("litellm_model"));
    if name.is_empty() || model.is_empty() {
        into.find(Unsupported, path, "it needs alias and litellm_model");
        return;
    }
    let target =
        if model.contains('/') { model } else { into.target(path, &model, given.provider.as_deref()) };
    let mut entry = json!({ "litellm_model": target });
    for (field, value) in row.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("{path}.{field}");
        match field.as_str() {
            "alias" | "litellm_model" | "access_groups" => {}
            known if FIELDS.contains(&known) => entry[known] = value.clone(),
            figure if FIGURES.contains(&figure) => {}
            told if DEPRECATED.contains(&told) => {
                if row.get("deprecation").is_none_or(Value::is_null) && super::says_something(value) {
                    entry["deprecation"][told] = value.clone();
                }
            }
            "scheduled" => {
                if super::says_something(value) {
                    into.find(
                        Manual,
                        at,
                        "changes that wait for their moment are left out: schedule them here",
                    );
                }
            }
            _ => into.find(Unsupported, at, format!("aliases have no {field}")),
        }
    }
    // A list shows the price that counts; where it is the target's, the alias has none of its own.
    if !entry["pricing"].is_null() {
        for field in ["pricing_input", "pricing_output"] {
            entry.as_object_mut().and_then(|entry| entry.remove(field));
        }
    }
    if !into.alias(path, &name, entry) {
        return;
    }
    for group in super::litellm::strings(row.get("access_groups").unwrap_or(&Value::Null)) {
        into.grant(&format!("{path}.access_groups"), group, &name);
    }
    into.find(Exact, path, format!("{name} -> {target}"));
}
