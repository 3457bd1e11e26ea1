//! Catalogues of other programs, read as documents: what is taken, what a person has to do, what cannot be.

mod bifrost;
mod litellm;
mod mapping;
mod rows;
mod teams;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use alias_core::desired::Document;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::document;
use crate::failure::Failure;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Source {
    /// `LiteLLM`'s config.yaml, or what its /team/list and /key/list answer.
    Litellm,
    /// Mappings of models, as one-api and new-api keep them in their channels.
    OneApi,
    /// `Bifrost`'s config.json.
    Bifrost,
    /// A table with a head.
    Csv,
    /// A list of aliases, or our own list, with or without comments.
    Aliases,
}

/// What becomes of a part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// It is in the document, or stays where it is with the same effect.
    Exact,
    /// A person has to look at it.
    Manual,
    /// It is not in the document.
    Unsupported,
}

/// What became of one part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    /// Where in the file.
    pub(crate) path: String,
    pub(crate) message: String,
}

/// What the file does not say.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// The provider of models that name none.
    pub(crate) provider: Option<String>,
    /// The organization of teams that name none.
    pub(crate) organization: String,
}

/// What was read of a file.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    aliases: BTreeMap<String, Value>,
    groups: BTreeMap<String, BTreeSet<String>>,
    organizations: BTreeMap<String, Value>,
    teams: BTreeMap<String, Value>,
    pub(crate) findings: Vec<Finding>,
}

impl Imported {
    fn find(&mut self, level: Level, path: impl Into<String>, message: impl Into<String>) {
        self.findings.push(Finding { level, path: path.into(), message: message.into() });
    }

    /// Takes an alias; answers whether it is there afterwards, as it was to be.
    fn alias(&mut self, path: &str, name: &str, entry: Value) -> bool {
        let known = self.aliases.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned();
        if let Some(known) = known {
            if self.aliases[&known]["litellm_model"] != entry["litellm_model"] {
                let message = format!(
                    "there is an alias {known} to {} already: this target is left out",
                    crate::table::cell(&self.aliases[&known], "litellm_model")
                );
                self.find(Level::Manual, path, message);
                return false;
            }
            return true;
        }
        let alone = json!({ "version": 1, "aliases": { name: entry } });
        match Document::read(alone) {
            Ok(_) => {
                self.aliases.insert(name.to_owned(), entry);
                true
            }
            Err(faults) => {
                let said: Vec<String> = faults.into_iter().map(|fault| fault.message).collect();
                self.find(Level::Unsupported, path, format!("no alias {name:?}: {}", said.join("; ")));
                false
            }
        }
    }

    /// Puts an alias into a group; answers whether there can be such a group.
    fn grant(&mut self, path: &str, group: &str, alias: &str) -> bool {
        if let Err(why) = group.parse::<alias_core::group::GroupName>() {
            self.find(Level::Unsupported, path, format!("no access group {group:?}: {why}"));
            return false;
        }
        self.groups.entry(group.to_ascii_lowercase()).or_default().insert(alias.to_owned());
        true
    }

    /// The document that was read.
    pub(crate) fn document(&self, managed_by: Option<&str>) -> Value {
        let mut all = json!({ "version": 1 });
        if let Some(manager) = managed_by {
            all["managed_by"] = json!(manager);
        }
        let section = |of: &BTreeMap<String, Value>| of.clone().into_iter().collect::<Map<_, _>>();
        let groups: Map<_, _> =
            self.groups.iter().map(|(name, held)| (name.clone(), json!({ "model_aliases": held }))).collect();
        for (name, section) in [
            ("aliases", section(&self.aliases)),
            ("access_groups", groups),
            ("organizations", section(&self.organizations)),
            ("teams", section(&self.teams)),
        ] {
            if !section.is_empty() {
                all[name] = Value::Object(section);
            }
        }
        all
    }

    /// `provider/model` of a name that may lack its provider.
    fn target(&mut self, path: &str, model: &str, provider: Option<&str>) -> String {
        if model.contains('/')
            && model
                .parse::<alias_core::model_ref::ModelRef>()
                .is_ok_and(|model| provider.is_none() || alias_core::provider::is_known(model.provider()))
        {
            return model.to_owned();
        }
        if let Some(provider) = provider {
            return format!("{provider}/{model}");
        }
        let guess = guessed(model);
        let message =
            format!("{model} names no provider: {guess}/{model} is assumed (--provider says another one)");
        self.find(Level::Manual, path, message);
        format!("{guess}/{model}")
    }
}

/// The provider that a bare name is of, most likely.
fn guessed(model: &str) -> &'static str {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| model.starts_with(prefix));
    if starts(&["claude"]) {
        "anthropic"
    } else if starts(&["gemini"]) {
        "gemini"
    } else if starts(&["mistral", "codestral", "ministral"]) {
        "mistral"
    } else if starts(&["deepseek"]) {
        "deepseek"
    } else if starts(&["command"]) {
        "cohere"
    } else {
        "openai"
    }
}

/// Reads a file.
pub(crate) fn read(path: &Path, source: Option<Source>, given: &Given) -> Result<Imported, Failure> {
    let text = document::text(path)?;
    let named_csv = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    let mut imported = Imported::default();
    if source == Some(Source::Csv) || (source.is_none() && named_csv) {
        rows::csv(&text, given, &mut imported)?;
        return Ok(imported);
    }
    let value = with_comments(path, &text)?;
    match source.or_else(|| guess(&value)) {
        Some(Source::Litellm) => litellm::read(&value, given, &mut imported),
        Some(Source::OneApi) => mapping::read(&value, given, &mut imported),
        Some(Source::Bifrost) => bifrost::read(&value, &mut imported),
        Some(Source::Aliases) => rows::list(&value, given, &mut imported),
        Some(Source::Csv) | None => {
            let message = "it is none of the files that are known by their form: say with --from what it is";
            return Err(Failure::Failed(format!("{}: {message}", path.display())));
        }
    }
    Ok(imported)
}

/// YAML, or JSON with comments, in a fence of Markdown if it was copied with one.
fn with_comments(path: &Path, text: &str) -> Result<Value, Failure> {
    let bare = text.trim();
    let bare = bare.strip_prefix("```json").or_else(|| bare.strip_prefix("```")).unwrap_or(bare);
    let bare = bare.strip_suffix("```").unwrap_or(bare).trim();
    if !bare.starts_with(['[', '{', '/']) {
        return document::value(path, bare);
    }
    let options = jsonc_parser::ParseOptions::default();
    match jsonc_parser::parse_to_serde_value::<Value>(bare, &options) {
        Ok(value) => Ok(value),
        // It may be YAML all the same.
        Err(why) => {
            document::value(path, bare).map_err(|_| Failure::Failed(format!("{}: {why}", path.display())))
        }
    }
}

/// What a file is, by its form.
fn guess(value: &Value) -> Option<Source> {
    let has = |member: &str| value.get(member).is_some();
    let first = value.as_array().and_then(|items| items.first());
    let first = first.or_else(|| value.get("data").and_then(Value::as_array).and_then(|items| items.first()));
    if ["model_list", "router_settings", "litellm_settings"].into_iter().any(has) {
        return Some(Source::Litellm);
    }
    if has("providers") {
        return Some(Source::Bifrost);
    }
    if has("aliases") && value["aliases"].is_array() {
        return Some(Source::Aliases);
    }
    if has("model_mapping") || first.is_some_and(|first| first.get("model_mapping").is_some()) {
        return Some(Source::OneApi);
    }
    if first.is_some_and(|first| first.get("alias").is_some()) {
        return Some(Source::Aliases);
    }
    if first.is_some_and(|first| first.get("team_id").is_some()) || has("teams") || has("keys") {
        return Some(Source::Litellm);
    }
    let flat = value.as_object().is_some_and(|all| !all.is_empty() && all.values().all(Value::is_string));
    flat.then_some(Source::OneApi)
}
