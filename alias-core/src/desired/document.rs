//! Documents as they are written: read with every fault named at once, and written so that they read the same.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use validator::ValidationErrors;

use super::{Content, Document, GroupContent, OrganizationContent, Subject, TeamContent};
use crate::alias::{AliasDraft, AliasKind, AliasSpec};
use crate::group::{GroupDraft, GroupKind};
use crate::name::{Name, NameKind, nearest};
use crate::organization::{OrganizationDraft, OrganizationKind};
use crate::provider;
use crate::team::{TeamDraft, TeamKind};
use crate::validation::WITHIN;

/// The version of the format.
pub const VERSION: u64 = 1;
/// The most objects of a document.
pub const MAX_OBJECTS: usize = 100_000;
/// The most faults that are named at once.
const MOST_FAULTS: usize = 100;
/// What a document may have.
const MEMBERS: [&str; 7] =
    ["version", "managed_by", "aliases", "access_groups", "organizations", "teams", "$schema"];

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: the names of members down to it, like `aliases`, `gpt-4`, `litellm_model`.
    pub path: Vec<String>,
    /// A stable word.
    pub code: String,
    /// What, and what to do about it.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl Fault {
    /// A fault at a place of a document.
    pub fn at(path: &[&str], code: &str, message: impl Into<String>) -> Self {
        Self {
            path: path.iter().map(|&name| name.to_owned()).collect(),
            code: code.to_owned(),
            message: message.into(),
            suggestion: None,
        }
    }

    fn near<'a>(mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(near) = nearest(name, known).first() {
            self.message = format!("{}: did you mean `{near}`?", self.message);
            self.suggestion = Some((*near).to_owned());
        }
        self
    }
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// What is wrong with it, up to 100 faults.
    pub fn read(value: Value) -> Result<Self, Vec<Fault>> {
        let Value::Object(mut members) = value else {
            return Err(vec![Fault::at(&[], "invalid_type", "a document must be an object")]);
        };
        let mut faults = Vec::new();
        for name in members.keys().filter(|name| !MEMBERS.contains(&name.as_str())) {
            let fault = Fault::at(&[name], "unknown_field", format!("a document has no `{name}`"));
            faults.push(fault.near(name, MEMBERS));
        }
        if members.get("version").and_then(Value::as_u64) != Some(VERSION) {
            faults.push(Fault::at(&["version"], "invalid_value", "version is required, and must be 1"));
        }
        let managed_by = match members.remove("managed_by") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => text
                .parse()
                .map_err(|why| faults.push(Fault::at(&["managed_by"], "invalid_format", format!("{why}"))))
                .ok(),
            Some(_) => {
                faults.push(Fault::at(&["managed_by"], "invalid_type", "managed_by must be a text"));
                None
            }
        };
        let mut section = |name: &'static str| Section::take(&mut members, name, &mut faults);
        let (aliases, groups) = (section("aliases"), section("access_groups"));
        let (organizations, teams) = (section("organizations"), section("teams"));
        let content = Content {
            aliases: aliases.read(&mut faults, read_alias),
            access_groups: groups.read(&mut faults, read_group),
            organizations: organizations.read(&mut faults, read_organization),
            teams: teams.read(&mut faults, read_team),
        };
        if content.len() > MAX_OBJECTS {
            faults.push(Fault::at(
                &[],
                "invalid_value",
                format!("a document has at most {MAX_OBJECTS} objects"),
            ));
        }
        faults.truncate(MOST_FAULTS);
        if faults.is_empty() { Ok(Self { managed_by, content }) } else { Err(faults) }
    }

    /// Writes the document: what is as it would be anyway is left out, and an alias that says nothing but its target is
    /// written as that alone.
    pub fn write(&self) -> Value {
        let mut all = Map::from_iter([("version".to_owned(), json!(VERSION))]);
        if let Some(manager) = &self.managed_by {
            all.insert("managed_by".into(), json!(manager));
        }
        let Content { aliases, access_groups, organizations, teams } = &self.content;
        let mut add = |subjects: Vec<Subject>| {
            let Some(section) = subjects.first().map(Subject::section) else { return };
            let entries = subjects.iter().filter_map(|one| Some((one.name().to_owned(), self.entry(one)?)));
            all.insert(section.to_owned(), Value::Object(entries.collect()));
        };
        add(aliases.keys().cloned().map(Subject::Alias).collect());
        add(access_groups.keys().cloned().map(Subject::AccessGroup).collect());
        add(organizations.keys().cloned().map(Subject::Organization).collect());
        add(teams.keys().cloned().map(Subject::Team).collect());
        Value::Object(all)
    }

    fn entry(&self, subject: &Subject) -> Option<Value> {
        let mut entry = subject.of(&self.content)?;
        if let Some(members) = entry.as_object_mut() {
            members.retain(|name, value| !is_default(subject, name, value));
            match subject {
                Subject::Alias(name)
                    if self.content.aliases.get(name).is_some_and(names_unknown_provider) =>
                {
                    members.insert("allow_unknown_provider".into(), Value::Bool(true));
                }
                Subject::Alias(_) if members.len() == 1 => return members.remove("litellm_model"),
                _ => {}
            }
        }
        Some(entry)
    }
}

/// Whether one of the alias's targets is of a provider that LiteLLM is not known to have.
fn names_unknown_provider(spec: &AliasSpec) -> bool {
    let mut targets = std::iter::once(&spec.litellm_model).chain(spec.routing.targets());
    targets.any(|target| !provider::is_known(target.provider()))
}

/// Whether a member says what it would say if it were left out.
fn is_default(subject: &Subject, member: &str, value: &Value) -> bool {
    let usual = match (subject, member) {
        (_, "active") => json!(true),
        (_, "visibility") => json!("listed"),
        (_, "on_disconnect") => json!("cancel"),
        (_, "pricing") => json!({ "basis": "catalog" }),
        (_, "budget_mode") => json!("job_based"),
        (_, "limit_mode") => json!("hard_limit"),
        (_, "tokens_per_credit") => json!(10_000),
        (Subject::Team(id), "team_alias") => json!(id),
        (_, "credits_allocated" | "cost_markup_percentage") => return value.as_f64() == Some(0.0),
        (_, "credits_per_dollar") => return value.as_f64() == Some(10.0),
        _ => return is_empty(value),
    };
    *value == usual
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// An entry that was read: its name, and what is said of it.
type Entry<K, T> = Result<(Name<K>, T), Vec<Fault>>;

/// The objects of one kind, unread.
struct Section {
    name: &'static str,
    entries: Map<String, Value>,
}

impl Section {
    fn take(members: &mut Map<String, Value>, name: &'static str, faults: &mut Vec<Fault>) -> Self {
        let entries = match members.remove(name) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(entries)) => entries,
            Some(_) => {
                let message = format!("{name} must be an object: names, and what is said of each");
                faults.push(Fault::at(&[name], "invalid_type", message));
                Map::new()
            }
        };
        Self { name, entries }
    }

    /// Reads every entry; what is wrong becomes faults, up to the most that are named.
    fn read<K: NameKind, T>(
        self,
        faults: &mut Vec<Fault>,
        read: fn(&str, Value) -> Entry<K, T>,
    ) -> BTreeMap<Name<K>, T> {
        let mut all = BTreeMap::new();
        for (name, entry) in self.entries {
            if faults.len() >= MOST_FAULTS {
                break;
            }
            match read(&name, entry) {
                Ok((key, content)) => {
                    if all.insert(key, content).is_some() {
                        let message = format!("`{name}` stands twice: names are equal ignoring case");
                        faults.push(Fault::at(&[self.name, &name], "invalid_value", message));
                    }
                }
                Err(wrong) => faults.extend(wrong.into_iter().map(|mut fault| {
                    fault.path.splice(0..0, [self.name.to_owned(), name.clone()]);
                    fault
                })),
            }
        }
        all
    }
}

/// Reads an entry as the draft of its kind, with its name as the member that names it.
fn draft<T: DeserializeOwned>(named: &str, name: &str, entry: Value) -> Result<T, Vec<Fault>> {
    let Value::Object(mut members) = entry else {
        return Err(vec![Fault::at(&[], "invalid_type", "must be an object")]);
    };
    if members.contains_key(named) {
        let message = format!("the name stands before the colon already: leave {named} out");
        return Err(vec![Fault::at(&[named], "unknown_field", message)]);
    }
    members.insert(named.to_owned(), json!(name));
    serde_json::from_value(Value::Object(members)).map_err(|why| vec![form_fault(&why.to_string())])
}

/// What serde says of a wrong member, in our words.
fn form_fault(why: &str) -> Fault {
    let unknown = why.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'));
    match unknown {
        Some((name, rest)) => {
            let known = rest.split('`').skip(1).step_by(2);
            Fault::at(&[name], "unknown_field", format!("there is no field `{name}`")).near(name, known)
        }
        None => Fault::at(&[], "invalid_type", why),
    }
}

fn report_faults(report: &ValidationErrors) -> Vec<Fault> {
    let of = |(field, errors): (std::borrow::Cow<'_, str>, &Vec<validator::ValidationError>)| {
        let faults = errors.iter().map(|error| {
            let message =
                error.message.as_ref().map_or_else(|| format!("{field} is not valid"), ToString::to_string);
            let mut fault = Fault::at(&[&field], &error.code, message);
            if let Some(path) = error.params.get(WITHIN).and_then(Value::as_str) {
                fault.path.extend(path.split('.').map(str::to_owned));
            }
            fault.suggestion = error.params.get("suggestion").and_then(Value::as_str).map(str::to_owned);
            fault
        });
        faults.collect::<Vec<_>>()
    };
    let mut all: Vec<Fault> = report.field_errors().into_iter().flat_map(of).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort();
    all.dedup();
    all
}

fn read_alias(name: &str, entry: Value) -> Entry<AliasKind, AliasSpec> {
    let entry = match entry {
        Value::String(model) => json!({ "litellm_model": model }),
        entry => entry,
    };
    if entry.get("access_groups").is_some() {
        let message = "say it in access_groups: a group names its aliases";
        return Err(vec![Fault::at(&["access_groups"], "unknown_field", message)]);
    }
    let new = draft::<AliasDraft>("alias", name, entry)?.parse().map_err(|report| report_faults(&report))?;
    Ok((new.alias, new.spec))
}

fn read_group(name: &str, mut entry: Value) -> Entry<GroupKind, GroupContent> {
    let active = match entry.as_object_mut().and_then(|members| members.remove("active")) {
        None => true,
        Some(Value::Bool(active)) => active,
        Some(_) => return Err(vec![Fault::at(&["active"], "invalid_type", "active must be true or false")]),
    };
    let new =
        draft::<GroupDraft>("group_name", name, entry)?.parse().map_err(|report| report_faults(&report))?;
    let content = GroupContent {
        description: new.description,
        display_name: new.display_name,
        active,
        model_aliases: sorted(new.model_aliases),
    };
    Ok((new.group_name, content))
}

fn read_organization(name: &str, entry: Value) -> Entry<OrganizationKind, OrganizationContent> {
    if entry.get("create_default_team").is_some() {
        let message = "say it in teams: a document names every team";
        return Err(vec![Fault::at(&["create_default_team"], "unknown_field", message)]);
    }
    let draft: OrganizationDraft = draft("organization_id", name, entry)?;
    let new = draft.parse().map_err(|report| report_faults(&report))?;
    Ok((new.organization_id, OrganizationContent { name: new.name, metadata: new.metadata }))
}

fn read_team(name: &str, entry: Value) -> Entry<TeamKind, TeamContent> {
    let new = draft::<TeamDraft>("team_id", name, entry)?.parse().map_err(|report| report_faults(&report))?;
    let content = TeamContent {
        organization_id: new.organization_id,
        team_alias: new.team_alias,
        access_groups: sorted(new.access_groups),
        default_model: new.default_model,
        credits_allocated: new.credits_allocated,
        limits: new.limits,
        billing: new.billing,
        metadata: new.metadata,
    };
    Ok((new.team_id, content))
}
