//! Catalogues of other programs, read as documents: what is taken, what a person has to do, what cannot be.

mod bifrost;
mod catalogue;
mod litellm;
mod mapping;
mod rows;
mod teams;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use alias_core::desired::{Document, Fault};
use alias_core::model_ref::{ModelRef, REST};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::document;
use crate::failure::Failure;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Source {
    /// `LiteLLM`'s config.yaml, or what its /team/list and /key/list answer.
    Litellm,
    /// Mappings of models, as one-api keeps them in its channels.
    OneApi,
    /// The same of new-api, which numbers providers in its own way.
    NewApi,
    /// `Bifrost`'s config.json.
    Bifrost,
    /// A table with a head.
    Csv,
    /// A list of aliases, or our own list, with or without comments.
    Aliases,
    /// Our own file, as export writes it.
    Catalogue,
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
    /// A document that was one already.
    whole: Option<Value>,
    pub(crate) findings: Vec<Finding>,
}

impl Imported {
    fn find(&mut self, level: Level, path: impl Into<String>, message: impl Into<String>) {
        self.findings.push(Finding { level, path: path.into(), message: message.into() });
    }

    /// Takes an alias; answers whether it is there afterwards, as it was to be.
    fn alias(&mut self, path: &str, name: &str, entry: Value) -> bool {
        let meant = match alone("aliases", name, &entry) {
            Ok(meant) => meant,
            Err(why) => {
                self.find(Level::Unsupported, path, format!("no alias {name:?}: {why}"));
                return false;
            }
        };
        let Some(known) = self.named(name) else {
            self.aliases.insert(name.to_owned(), entry);
            return true;
        };
        let there = alone("aliases", &known, &self.aliases[&known]).unwrap_or_default();
        if there == meant {
            return true;
        }
        let message = if there["litellm_model"] == meant["litellm_model"] {
            let members =
                there.as_object().into_iter().chain(meant.as_object()).flatten().map(|(name, _)| name);
            let other: BTreeSet<&String> =
                members.filter(|name| there.get(*name) != meant.get(*name)).collect();
            let other: Vec<&str> = other.into_iter().map(String::as_str).collect();
            format!(
                "there is an alias {known} already, which says otherwise in {}: this one is left out",
                other.join(", ")
            )
        } else {
            let target = crate::table::cell(&there, "litellm_model");
            format!("there is an alias {known} to {target} already: this target is left out")
        };
        self.find(Level::Manual, path, message);
        false
    }

    /// The alias of this name, in its own spelling.
    fn named(&self, name: &str) -> Option<String> {
        self.aliases.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned()
    }

    /// Takes what was read of one name, if its alias can be taken.
    fn absorb(&mut self, path: &str, own: Self) {
        if own.aliases.into_iter().all(|(name, entry)| self.alias(path, &name, entry)) {
            self.findings.extend(own.findings);
            for (group, held) in own.groups {
                for alias in held {
                    self.grant(path, &group, &alias);
                }
            }
        }
    }

    /// Finds a list that is none: nothing of it is read.
    fn find_no_list(&mut self, path: impl Into<String>, list: &Value) {
        if !list.is_null() && !list.is_array() {
            self.find(Level::Unsupported, path, "it must be a list: nothing of it is read");
        }
    }

    /// Finds what is said beside what is read; what says nothing is not told.
    fn find_left(&mut self, path: &str, entry: &Value, read: &[&str], message: &str) {
        let said = entry.as_object().into_iter().flatten().filter(|(_, value)| says_something(value));
        let left: Vec<&str> =
            said.map(|(name, _)| name.as_str()).filter(|name| !read.contains(name)).collect();
        if !left.is_empty() {
            self.find(Level::Manual, format!("{path}.{{{}}}", left.join(",")), message);
        }
    }

    /// Says more of an alias that is there; or why that is no alias.
    fn amend(&mut self, name: &str, more: &Value) -> Result<(), String> {
        let name = &self.named(name).unwrap_or_else(|| name.to_owned());
        let mut entry = self.aliases.get(name).cloned().unwrap_or_default();
        for (member, value) in more.as_object().into_iter().flatten() {
            entry[member] = value.clone();
        }
        let_strangers_in(&mut entry);
        alone("aliases", name, &entry)?;
        self.aliases.insert(name.clone(), entry);
        Ok(())
    }

    /// Gives an alias a fallback, or one that is there further conditions.
    fn fall_back(&mut self, name: &str, target: &str, on: &[&str]) -> Result<(), String> {
        let there = self.aliases.get(name).and_then(|alias| alias["fallbacks"].as_array());
        let mut all = there.cloned().unwrap_or_default();
        match all.iter_mut().find(|fallback| fallback["litellm_model"] == target) {
            Some(known) => {
                let had = known["on"].as_array().cloned().unwrap_or_default();
                let new = on.iter().map(|word| json!(word)).filter(|word| !had.contains(word));
                known["on"] = had.iter().cloned().chain(new).collect();
            }
            None => all.push(json!({ "litellm_model": target, "on": on })),
        }
        self.amend(name, &json!({ "fallbacks": all }))
    }

    /// The alias of one name that only a prefix serves: what the prefix says, for this name. `None` where none does.
    fn of_prefix(&self, name: &str) -> Option<Value> {
        let is_beginning = |(alias, entry): &(&String, &Value)| {
            entry["match"] == "prefix" && name.len() > alias.len() && name.starts_with(alias.as_str())
        };
        let (prefix, entry) =
            self.aliases.iter().filter(is_beginning).max_by_key(|(alias, _)| alias.len())?;
        let target: ModelRef = entry["litellm_model"].as_str()?.parse().ok()?;
        let rest = name.get(prefix.len()..)?;
        target.filled(rest).ok()?;
        let mut filled: Value = serde_json::from_str(&entry.to_string().replace(REST, rest)).ok()?;
        filled.as_object_mut()?.remove("match");
        Some(filled)
    }

    /// A name of its own comes before a prefix, and decides: whatever holds the prefix is to hold the name, too.
    fn keep_reach(&mut self) {
        let names: Vec<String> = self.aliases.keys().cloned().collect();
        let is_prefix = |name: &&String| self.aliases[*name]["match"] == "prefix";
        let prefixes: Vec<String> = names.iter().filter(is_prefix).cloned().collect();
        for prefix in &prefixes {
            let begins = |name: &&String| *name != prefix && name.starts_with(prefix.as_str());
            for name in names.iter().filter(begins) {
                let mut more = Vec::new();
                for (group, held) in self.groups.iter_mut().filter(|(_, held)| held.contains(prefix)) {
                    if held.insert(name.clone()) {
                        more.push(group.clone());
                    }
                }
                if !more.is_empty() {
                    let message = format!(
                        "{name} is in {}, too, which {prefix} does not reach any more",
                        more.join(", ")
                    );
                    self.find(Level::Exact, format!("access_groups.{prefix}"), message);
                }
            }
        }
    }

    /// Whether some alias has several targets.
    fn has_splits(&self) -> bool {
        self.aliases.values().any(|alias| alias["split"].is_array())
    }

    /// Puts an alias into a group; answers whether there can be such a group.
    fn grant(&mut self, path: &str, group: &str, alias: &str) -> bool {
        if let Err(why) = group.parse::<alias_core::group::GroupName>() {
            self.find(Level::Unsupported, path, format!("no access group {group:?}: {why}"));
            return false;
        }
        let alias = self.named(alias).unwrap_or_else(|| alias.to_owned());
        self.groups.entry(group.to_ascii_lowercase()).or_default().insert(alias);
        true
    }

    /// Whether there is nothing to take.
    pub(crate) fn is_empty(&self) -> bool {
        let sections = [&self.aliases, &self.organizations, &self.teams];
        self.whole.is_none() && self.groups.is_empty() && sections.iter().all(|section| section.is_empty())
    }

    /// The document that was read.
    pub(crate) fn document(&self, managed_by: Option<&str>) -> Value {
        let mut all = self.whole.clone().unwrap_or_else(|| json!({ "version": 1 }));
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
                .parse::<ModelRef>()
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

/// Accepts providers that `LiteLLM` is not known to have; answers the targets that are theirs.
fn let_strangers_in(entry: &mut Value) -> Vec<String> {
    let others = ["split", "fallbacks"].map(|member| entry[member].as_array().cloned().unwrap_or_default());
    let others = others.iter().flatten().map(|target| &target["litellm_model"]);
    let all = std::iter::once(&entry["litellm_model"]).chain(others).filter_map(Value::as_str);
    let is_strange = |target: &&str| {
        target.split_once('/').is_some_and(|(provider, _)| !alias_core::provider::is_known(provider))
    };
    let strange: Vec<String> = all.filter(is_strange).map(str::to_owned).collect();
    if !strange.is_empty() {
        entry["allow_unknown_provider"] = json!(true);
    }
    strange
}

/// One entry of a section as a document means it; or why no document can have it.
fn alone(section: &str, name: &str, entry: &Value) -> Result<Value, String> {
    let sentence = |fault: &Fault| match fault.path.get(2) {
        Some(member) if !fault.message.contains(member.as_str()) => format!("{member} {}", fault.message),
        _ => fault.message.clone(),
    };
    let read = Document::read(json!({ "version": 1, section: { name: entry } }));
    let read = read.map_err(|faults| faults.iter().map(sentence).collect::<Vec<_>>().join("; "))?;
    let mut written = read.write();
    let entry = written[section].as_object_mut().and_then(|all| all.values_mut().next()).map(Value::take);
    Ok(match entry.unwrap_or_default() {
        Value::String(target) => json!({ "litellm_model": target }),
        entry => entry,
    })
}

/// Whether a member is more than the place for one.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(true) => true,
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
    let value = document::value(path, &text)?;
    match source.or_else(|| guess(&value)) {
        Some(Source::Litellm) => litellm::read(&value, given, &mut imported),
        Some(Source::OneApi | Source::NewApi) => mapping::read(&value, source, given, &mut imported),
        Some(Source::Bifrost) => bifrost::read(&value, &mut imported),
        Some(Source::Aliases) => rows::list(&value, given, &mut imported),
        Some(Source::Catalogue) => catalogue::read(path, value, &mut imported)?,
        Some(Source::Csv) | None => {
            let message = "it is none of the files that are known by their form: say with --from what it is";
            return Err(Failure::Failed(format!("{}: {message}", path.display())));
        }
    }
    Ok(imported)
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
    if ["aliases", "access_groups", "organizations", "teams"]
        .iter()
        .any(|section| value[*section].is_object())
    {
        return Some(Source::Catalogue);
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
    // Names of the environment are no names of models, and their values secrets.
    let is_variable = |name: &str| name.contains('_') && !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_mapped = |(name, to): (&String, &Value)| to.is_string() && !is_variable(name);
    let flat = value.as_object().is_some_and(|all| !all.is_empty() && all.iter().all(is_mapped));
    flat.then_some(Source::OneApi)
}
