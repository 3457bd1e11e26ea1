//! A document against what there is: what would change, for whom, and whether it may.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::access::{self, Access, AccessChange};
use super::{Content, Document, Fault, Manager, State, Subject};
use crate::audit;
use crate::name::{Name, NameKind, nearest};

/// How a document is applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Delete what the document does not name, of the objects with the same manager (or, of a document without one, of
    /// those without a mark).
    pub prune: bool,
    /// Change what other documents manage, which makes it this one's.
    pub take_over: bool,
}

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is deleted.
    Delete,
    /// It stays as it is, and belongs to this document from now on.
    Adopt,
}

/// What becomes of one object.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What is done.
    pub operation: Operation,
    /// To what.
    pub subject: Subject,
    /// The fields that differ: `{"field": {"from": …, "to": …}}`; of an object that is made or deleted, all.
    pub fields: Value,
    /// How many teams can call the alias, or hold the group, at present.
    pub teams: usize,
}

/// What applying a document would do, in the order in which it is done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The objects that change.
    pub changes: Vec<Change>,
    /// How many objects of the document are so already.
    pub unchanged: usize,
    /// The teams that may call something else afterwards.
    pub access: Vec<AccessChange>,
    /// What the document says without effect.
    pub notes: Vec<Fault>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// A short word for exactly this plan: another state of what it changes, or another document, has another one.
    pub fn fingerprint(&self) -> String {
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|change| {
                json!([change.operation, change.subject.kind(), change.subject.name(), change.fields])
            })
            .collect();
        let digest = Sha256::digest(json!([changes, self.access]).to_string());
        HEXLOWER.encode(digest.get(..16).unwrap_or_default())
    }
}

/// Why a document cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// It names what there is not, or asks for what cannot be.
    Wrong(Vec<Fault>),
    /// It would change what other documents manage.
    ManagedByOthers(Vec<Fault>),
}

/// What applying `document` would make of `state`.
///
/// # Errors
/// All names that nothing has; or all objects that belong to other documents.
pub fn plan(state: &State, document: &Document, options: Options) -> Result<Plan, PlanError> {
    let wanted = &document.content;
    let pruned = if options.prune { pruned(state, document) } else { Vec::new() };
    let after = after(&state.content, wanted, &pruned);
    let mut wrong = dangling(&state.content, wanted, &after);
    wrong.extend(moved(&state.content, wanted));
    wrong.extend(homeless(&after, &pruned));
    if !wrong.is_empty() {
        return Err(PlanError::Wrong(wrong));
    }
    let (old, new) = (Access::of(&state.content), Access::of(&after));
    let mut plan = Plan { access: access::changes(&old, &new), ..Plan::default() };
    let mut foreign = Vec::new();
    for subject in subjects(wanted) {
        plan.notes.extend(note(&state.content, wanted, &subject));
        match verdict(state, document, options, subject) {
            Verdict::Same => plan.unchanged += 1,
            Verdict::Changes(change) => plan.changes.push(change),
            Verdict::Foreign(fault) => foreign.push(fault),
        }
    }
    if !foreign.is_empty() {
        return Err(PlanError::ManagedByOthers(foreign));
    }
    plan.changes.extend(pruned.into_iter().map(|subject| deletion(&state.content, subject)));
    for change in &mut plan.changes {
        change.teams = match &change.subject {
            Subject::Alias(name) => old.teams_with(name),
            Subject::AccessGroup(name) => old.holders(name),
            _ => 0,
        };
    }
    Ok(plan)
}

/// What becomes of an object of the document.
enum Verdict {
    Same,
    Changes(Change),
    /// It belongs to another document, and would change.
    Foreign(Fault),
}

fn verdict(state: &State, document: &Document, options: Options, subject: Subject) -> Verdict {
    let owner = state.managers.get(&subject).filter(|owner| Some(*owner) != document.managed_by.as_ref());
    match (change(state, document, &subject), owner) {
        (None, _) => Verdict::Same,
        (Some(change), None) => Verdict::Changes(change),
        (Some(change), Some(_)) if options.take_over => Verdict::Changes(change),
        (Some(change), Some(_)) if change.operation == Operation::Adopt => Verdict::Same,
        (Some(_), Some(owner)) => Verdict::Foreign(managed(&subject, owner)),
    }
}

fn deletion(present: &Content, subject: Subject) -> Change {
    let fields = audit::diff(&subject.of(present).unwrap_or_default(), &Value::Null);
    Change { operation: Operation::Delete, subject, fields, teams: 0 }
}

/// All objects, in the order in which they can be made.
fn subjects(content: &Content) -> impl Iterator<Item = Subject> {
    let organizations = content.organizations.keys().cloned().map(Subject::Organization);
    let aliases = content.aliases.keys().cloned().map(Subject::Alias);
    let groups = content.access_groups.keys().cloned().map(Subject::AccessGroup);
    let teams = content.teams.keys().cloned().map(Subject::Team);
    organizations.chain(aliases).chain(groups).chain(teams)
}

/// What becomes of an object of the document, if anything does.
fn change(state: &State, document: &Document, subject: &Subject) -> Option<Change> {
    let to = subject.of(&document.content).unwrap_or_default();
    let Some(mut from) = subject.of(&state.content) else {
        let fields = audit::diff(&Value::Null, &to);
        return Some(Change { operation: Operation::Create, subject: subject.clone(), fields, teams: 0 });
    };
    // A team is given credits when it is made; afterwards its ledger says what it has.
    if let (Subject::Team(_), Some(present)) = (subject, from.as_object_mut()) {
        present.insert("credits_allocated".into(), to["credits_allocated"].clone());
    }
    let fields = audit::diff(&from, &to);
    let operation = if fields.as_object().is_some_and(|fields| !fields.is_empty()) {
        Operation::Update
    } else if document.managed_by.is_some() && state.managers.get(subject) != document.managed_by.as_ref() {
        Operation::Adopt
    } else {
        return None;
    };
    Some(Change { operation, subject: subject.clone(), fields, teams: 0 })
}

fn managed(subject: &Subject, owner: &Manager) -> Fault {
    let message = format!(
        "the {} is managed by {owner}: change it there, or apply with take_over",
        subject.kind().replace('_', " ")
    );
    Fault::at(&[subject.section(), subject.name()], "managed_by_another", message)
}

fn note(present: &Content, wanted: &Content, subject: &Subject) -> Option<Fault> {
    let Subject::Team(id) = subject else { return None };
    let (there, said) = (present.teams.get(id)?, wanted.teams.get(id)?);
    let ignored = said.credits_allocated.micros() != 0 && said.credits_allocated != there.credits_allocated;
    ignored.then(|| {
        let message = format!(
            "counts when the team is made; it has been given {} credits since: add or take some with credits/add",
            there.credits_allocated
        );
        Fault::at(&["teams", id.as_str(), "credits_allocated"], "no_effect", message)
    })
}

/// What the document does not name, and is its own to delete: teams first, organizations last.
fn pruned(state: &State, document: &Document) -> Vec<Subject> {
    let mut all: Vec<Subject> = subjects(&state.content)
        .filter(|subject| subject.of(&document.content).is_none())
        .filter(|subject| state.managers.get(subject) == document.managed_by.as_ref())
        .collect();
    all.sort_by_key(|subject| match subject {
        Subject::Team(_) => 0,
        Subject::AccessGroup(_) => 1,
        Subject::Alias(_) => 2,
        Subject::Organization(_) => 3,
    });
    all
}

/// Everything there will be. What is deleted is named by nobody any more.
fn after(present: &Content, wanted: &Content, pruned: &[Subject]) -> Content {
    let mut all = present.clone();
    for subject in pruned {
        match subject {
            Subject::Organization(id) => drop(all.organizations.remove(id)),
            Subject::Alias(name) => drop(all.aliases.remove(name)),
            Subject::AccessGroup(name) => drop(all.access_groups.remove(name)),
            Subject::Team(id) => drop(all.teams.remove(id)),
        }
    }
    for group in all.access_groups.values_mut() {
        group.model_aliases.retain(|name| all.aliases.contains_key(name));
    }
    for team in all.teams.values_mut() {
        team.access_groups.retain(|name| all.access_groups.contains_key(name));
    }
    all.aliases.extend(wanted.aliases.clone());
    all.access_groups.extend(wanted.access_groups.clone());
    all.organizations.extend(wanted.organizations.clone());
    all.teams.extend(wanted.teams.clone());
    all
}

/// Names in the document that nothing will have.
pub(super) fn dangling(present: &Content, wanted: &Content, after: &Content) -> Vec<Fault> {
    let mut faults = overridden(present, wanted, after);
    for (name, group) in &wanted.access_groups {
        for alias in &group.model_aliases {
            let path = ["access_groups", name.as_str(), "model_aliases"];
            faults.extend(unknown(&path, "model alias", alias, &after.aliases));
        }
    }
    for (id, team) in &wanted.teams {
        let at = |field| ["teams", id.as_str(), field];
        for group in &team.access_groups {
            faults.extend(unknown(&at("access_groups"), "access group", group, &after.access_groups));
        }
        if let Some(alias) = &team.default_model {
            faults.extend(unknown(&at("default_model"), "model alias", alias, &after.aliases));
        }
        let organization = &team.organization_id;
        faults.extend(unknown(&at("organization_id"), "organization", organization, &after.organizations));
    }
    faults
}

/// Teams and organizations of overrides that nothing will have. One that went since it was said may stay there.
fn overridden(present: &Content, wanted: &Content, after: &Content) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, spec) in &wanted.aliases {
        let path = ["aliases", name.as_str(), "overrides"];
        let said = present.aliases.get(name).map_or(&[][..], |there| &there.routing.overrides);
        for one in &spec.routing.overrides {
            let is_old = said.iter().any(|old| old.is_of_whom(one));
            if let Some(team) = one.team_id.as_ref().filter(|id| !is_old || present.teams.contains_key(*id)) {
                faults.extend(unknown(&path, "team", team, &after.teams));
            }
            let organization = one.organization_id.as_ref();
            if let Some(id) = organization.filter(|id| !is_old || present.organizations.contains_key(*id)) {
                faults.extend(unknown(&path, "organization", id, &after.organizations));
            }
        }
    }
    faults
}

fn unknown<K: NameKind, T>(
    path: &[&str],
    kind: &str,
    name: &Name<K>,
    all: &BTreeMap<Name<K>, T>,
) -> Option<Fault> {
    if all.contains_key(name) {
        return None;
    }
    let message = format!("there is no {kind} `{name}`, and the document makes none");
    let mut fault = Fault::at(path, "unknown_reference", message);
    if let Some(near) = nearest(name.as_str(), all.keys().map(Name::as_str)).first() {
        fault.message = format!("{}: did you mean `{near}`?", fault.message);
        fault.suggestion = Some((*near).to_owned());
    }
    Some(fault)
}

/// Teams that the document has in another organization than they are in.
fn moved(present: &Content, wanted: &Content) -> Vec<Fault> {
    let fault = |(id, team): (&crate::team::TeamId, &super::TeamContent)| {
        let there = &present.teams.get(id)?.organization_id;
        (*there != team.organization_id).then(|| {
            let message = format!("a team stays in its organization, which is `{there}`: make another team");
            Fault::at(&["teams", id.as_str(), "organization_id"], "immutable_field", message)
        })
    };
    wanted.teams.iter().filter_map(fault).collect()
}

/// Organizations that would go although teams of them stay.
fn homeless(after: &Content, pruned: &[Subject]) -> Vec<Fault> {
    let fault = |subject: &Subject| {
        let Subject::Organization(id) = subject else { return None };
        let (team, _) = after.teams.iter().find(|(_, team)| team.organization_id == *id)?;
        let message = format!(
            "prune would delete it, and its team `{team}` is not this document's: keep it in the document, or delete the team"
        );
        Some(Fault::at(&["organizations", id.as_str()], "resource_in_use", message))
    };
    pruned.iter().filter_map(fault).collect()
}
