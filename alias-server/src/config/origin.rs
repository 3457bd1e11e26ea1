//! Every setting, what it comes to, and where that was taken from.

use clap::CommandFactory;
use clap::parser::ValueSource;
use serde::Serialize;
use serde_json::Value;

use super::commands::Command;
use super::settings::{Layers, Settings};

/// Settings that nobody is shown.
const SECRETS: [&str; 4] = ["admin_key", "upstream_key", "oidc_client_secret", "jwt_secret"];

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// As a file spells it.
    pub name: &'static str,
    /// Its value, as text.
    pub value: String,
    /// Where it was taken from.
    pub from: String,
}

/// All settings, in the order of the help. `flag` says how the command line has one.
pub(super) fn of(layers: &Layers, flag: impl Fn(&str) -> Option<ValueSource>, file: &str) -> Vec<Origin> {
    let command = Command::command();
    let one = |name: &'static str| {
        let said = |of: &Settings| {
            serde_json::to_value(of).ok().map(|mut all| all[name].take()).filter(|v| !v.is_null())
        };
        let sources = [
            (said(&layers.own), format!("flag --{}", name.replace('_', "-"))),
            (said(&layers.flags), clap_source(name, flag(name))),
            (said(&layers.secrets), format!("variable ALIAS_{}", name.to_ascii_uppercase())),
            (said(&layers.compatible), "variable of an older set-up".to_owned()),
            (said(&layers.file), file.to_owned()),
        ];
        match sources.into_iter().find_map(|(value, from)| Some((value?, from))) {
            Some((value, from)) => Origin { name, value: shown(name, &value), from },
            None => Origin { name, value: usual(&command, name), from: "default".to_owned() },
        }
    };
    Settings::NAMES.iter().copied().map(one).collect()
}

fn clap_source(name: &str, source: Option<ValueSource>) -> String {
    match source {
        Some(ValueSource::EnvVariable) => format!("variable ALIAS_{}", name.to_ascii_uppercase()),
        _ => format!("flag --{}", name.replace('_', "-")),
    }
}

fn shown(name: &str, value: &Value) -> String {
    if SECRETS.contains(&name) {
        return "(secret)".to_owned();
    }
    match value {
        Value::String(text) if name == "database_url" => text
            .parse::<alias_store::DatabaseUrl>()
            .map_or_else(|_| "(not valid)".to_owned(), |url| url.to_string()),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// What the help says that it is otherwise.
fn usual(command: &clap::Command, name: &str) -> String {
    let help = command.get_arguments().find(|one| one.get_id() == name).and_then(clap::Arg::get_help);
    let help = help.map(ToString::to_string).unwrap_or_default();
    help.split_once("[default: ")
        .and_then(|(_, rest)| rest.split_once(']'))
        .map_or_else(|| "-".to_owned(), |(usual, _)| usual.to_owned())
}
