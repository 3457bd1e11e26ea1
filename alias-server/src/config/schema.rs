//! What kind each setting is of; and the settings file for editors: a JSON Schema, made from the list that reads it.

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
        properties.insert((*name).to_owned(), Kind::written(kind).property(&help));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of alias-server",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

/// What a setting may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// True or false.
    Switch,
    /// A whole number.
    Count,
    /// A list of texts, or one.
    Texts,
    /// A text.
    Text,
}

impl Kind {
    /// The kind of a setting; of one that there is not: a text.
    pub(super) fn of(name: &str) -> Self {
        let known = Settings::NAMES.iter().zip(Settings::TYPES).find(|(known, _)| **known == name);
        known.map_or(Self::Text, |(_, written)| Self::written(written))
    }

    /// That of a type as the list of settings has it.
    fn written(kind: &str) -> Self {
        match kind {
            "bool" => Self::Switch,
            "u8" | "u32" | "u64" | "usize" => Self::Count,
            "Vec<String>" => Self::Texts,
            _ => Self::Text,
        }
    }

    /// Whether it is a text, or several.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Texts | Self::Text)
    }

    /// What it must be, in words.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Switch => "true or false",
            Self::Count => "a whole number",
            Self::Texts => "a text or a list of texts",
            Self::Text => "a text, in quotes where it looks like something else",
        }
    }

    /// Its schema. Whatever its kind, it may be a variable of the environment.
    fn property(self, help: &str) -> Value {
        let variable = json!({ "type": "string", "pattern": r"^(os\.environ/.+|.*\$\{.+\}.*)$" });
        let text = json!({ "type": "string" });
        let types = match self {
            Self::Switch => vec![json!({ "type": "boolean" }), variable],
            Self::Count => vec![json!({ "type": "integer", "minimum": 0 }), variable],
            Self::Texts => vec![json!({ "type": "array", "items": text }), text],
            Self::Text => vec![text],
        };
        json!({ "description": help, "anyOf": types })
    }
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
            [types("listen"), types("workers"), types("trace_percent"), types("dev"), types("log")],
            ["array", "integer", "integer", "boolean", "string"].map(Value::from)
        );
    }
}
