//! The settings file for editors: a JSON Schema, made from the very list that reads it.

use clap::CommandFactory;
use serde_json::{Map, Value, json};

use super::commands::Command;
use super::settings::Settings;

/// JSON Schema (draft 2020-12) of the settings file.
pub fn schema() -> Value {
    let command = Command::command();
    let mut properties = Map::new();
    for (name, kind) in Settings::NAMES.iter().zip(Settings::TYPES) {
        let flag = command.get_arguments().find(|argument| argument.get_id() == name);
        let help = flag.and_then(clap::Arg::get_help).map(ToString::to_string).unwrap_or_default();
        properties.insert((*name).to_owned(), property(kind, &help));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of alias-server",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

/// One setting. Whatever its type, it may be a variable of the environment.
fn property(kind: &str, help: &str) -> Value {
    let variable = json!({ "type": "string", "pattern": r"^(os\.environ/.+|.*\$\{.+\}.*)$" });
    let text = json!({ "type": "string" });
    let types = match kind {
        "bool" => vec![json!({ "type": "boolean" }), variable],
        "u64" | "u32" | "usize" => vec![json!({ "type": "integer", "minimum": 0 }), variable],
        "Vec<String>" => vec![json!({ "type": "array", "items": text }), text],
        _ => vec![text],
    };
    json!({ "description": help, "anyOf": types })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_in_it_with_its_type_and_its_help() {
        let schema = schema();
        let all = schema["properties"].as_object().unwrap();
        assert_eq!(all.len(), Settings::NAMES.len());
        for (name, said) in all {
            assert!(!said["description"].as_str().unwrap().is_empty(), "{name}");
        }
        let types = |name: &str| schema["properties"][name]["anyOf"][0]["type"].clone();
        assert_eq!(
            [types("listen"), types("workers"), types("dev"), types("log")],
            ["array", "integer", "boolean", "string"].map(Value::from)
        );
    }
}
