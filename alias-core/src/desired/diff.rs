//! A document against what there is: what would change, for whom, and whether it may.

use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::access::{self, Access, AccessChange};
use super::{Content, Document, Fault, Manager, State, Subject, chains, references};
use crate::audit;

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
    /// The fields that differ: `{"field": {"from": …, "to": …}}`; of an object that is made or deleted, all. Of
    /// one that changes hands, `managed_by` is among them.
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// It names what there is not, or asks for what cannot be.
    #[error("the document cannot be applied: {}", listed(.0))]
    Wrong(Vec<Fault>),
    /// It would change what other documents manage.
    #[error("the document would change what others manage: {}", listed(.0))]
    ManagedByOthers(Vec<Fault>),
}

impl PlanError {
    /// What is wrong, and where.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Wrong(faults) | Self::ManagedByOthers(faults) => faults,
        }
    }
}

fn listed(faults: &[Fault]) -> String {
    let told: Vec<String> =
        faults.iter().map(|fault| format!("{}: {}", fault.path.join("."), fault.message)).collect();
    told.join("; ")
}

/// What applying `document` would make of `state`.
///
/// # Errors
/// All names that nothing has; or all objects that belong to other documents.
pub fn plan(state: &State, document: &Document, options: Options) -> Result<Plan, PlanError> {
    let (present, said) = (&state.content, &document.content);
    let pruned = if options.prune { pruned(state, document) } else { Vec::new() };
    let after = after(present, said, &pruned);
    let mut wrong = references::dangling(present, said, &after);
    wrong.extend(chains::endless(present, said, &after));
    wrong.extend(references::moved(present, said));
    wrong.extend(references::homeless(&after, &pruned));
    wrong.extend(references::needed_by_others(state, document, &after, &pruned));
    if !wrong.is_empty() {
        return Err(PlanError::Wrong(wrong));
    }
    let (old, new) = (Access::of(present, state.at), Access::of(&after, state.at));
    let notes = chains::ends_nowhere(said, &after);
    let mut plan = Plan { access: access::changes(&old, &new), notes, ..Plan::default() };
    let mut foreign = Vec::new();
    let wanted = references::spelled(said, &after);
    let by = By { wanted: &wanted, manager: document.managed_by.as_ref(), options };
    for subject in subjects(&wanted) {
        plan.notes.extend(note(present, &wanted, &subject));
        match by.verdict(state, subject) {
            Verdict::Same => plan.unchanged += 1,
            Verdict::Changes(change) => plan.changes.push(change),
            Verdict::Foreign(fault) => foreign.push(fault),
        }
    }
    if !foreign.is_empty() {
        return Err(PlanError::ManagedByOthers(foreign));
    }
    plan.notes.extend(pruned.iter().flat_map(|subject| references::gone_with(present, &after, subject)));
    plan.changes.extend(pruned.into_iter().map(|subject| deletion(present, subject)));
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

/// What a document says, and how it is applied.
#[derive(Clone, Copy)]
struct By<'a> {
    wanted: &'a Content,
    manager: Option<&'a Manager>,
    options: Options,
}

impl By<'_> {
    fn verdict(self, state: &State, subject: Subject) -> Verdict {
        let owner = state.managers.get(&subject).filter(|owner| Some(*owner) != self.manager);
        match (self.change(state, &subject), owner) {
            (None, _) => Verdict::Same,
            (Some(change), None) => Verdict::Changes(change),
            (Some(change), Some(_)) if self.options.take_over => Verdict::Changes(change),
            (Some(change), Some(_)) if change.operation == Operation::Adopt => Verdict::Same,
            (Some(_), Some(owner)) => Verdict::Foreign(managed(&subject, owner)),
        }
    }

    /// What becomes of an object of the document, if anything does.
    fn change(self, state: &State, subject: &Subject) -> Option<Change> {
        let change =
            |operation, fields| Some(Change { operation, subject: subject.clone(), fields, teams: 0 });
        let to = subject.of(self.wanted).unwrap_or_default();
        let Some(mut from) = subject.of(&state.content) else {
            return change(Operation::Create, audit::diff(&Value::Null, &to));
        };
        // A team is given credits when it is made; afterwards its ledger says what it has.
        if let (Subject::Team(_), Some(present)) = (subject, from.as_object_mut()) {
            present.insert("credits_allocated".into(), to["credits_allocated"].clone());
        }
        let mut fields = audit::diff(&from, &to);
        let owner = state.managers.get(subject);
        match fields.as_object_mut().filter(|fields| !fields.is_empty()) {
            Some(changed) => {
                if owner != self.manager {
                    changed.insert("managed_by".into(), json!({ "from": owner, "to": self.manager }));
                }
                change(Operation::Update, fields)
            }
            None if self.manager.is_some() && owner != self.manager => change(Operation::Adopt, fields),
            None => None,
        }
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
