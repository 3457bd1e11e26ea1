//! What documents name: that it is there, or will be, and that nobody is left without what he stands on.

use std::collections::BTreeMap;

use super::{Content, Document, Fault, Manager, State, Subject};
use crate::alias::AliasName;
use crate::group::GroupName;
use crate::name::{Name, NameKind, nearest};

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

/// A name that none of these has.
pub(super) fn unknown<K: NameKind, T>(
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
pub(super) fn moved(present: &Content, wanted: &Content) -> Vec<Fault> {
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
pub(super) fn homeless(after: &Content, pruned: &[Subject]) -> Vec<Fault> {
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

/// What prune would take from objects of other documents, which could not be applied any more then.
pub(super) fn needed_by_others(
    state: &State,
    document: &Document,
    after: &Content,
    pruned: &[Subject],
) -> Vec<Fault> {
    let manager = |of: Subject| {
        let is_other = of.of(&document.content).is_none() && !pruned.contains(&of);
        let manager = state
            .managers
            .get(&of)
            .filter(|manager| is_other && Some(*manager) != document.managed_by.as_ref());
        manager.map(|manager| (of, manager))
    };
    let fault = |subject: &Subject| {
        let (by, manager) = users(&state.content, after, subject).into_iter().find_map(manager)?;
        Some(needed(subject, &by, manager))
    };
    pruned.iter().filter_map(fault).collect()
}

fn needed(subject: &Subject, by: &Subject, manager: &Manager) -> Fault {
    let (kind, name) = (by.kind().replace('_', " "), by.name());
    let message = format!(
        "prune would delete it, and the {kind} `{name}`, which {manager} manages, needs it: change that one first, or keep it in the document"
    );
    Fault::at(&[subject.section(), subject.name()], "resource_in_use", message)
}

/// The objects that name this one at present.
pub(super) fn users(present: &Content, after: &Content, subject: &Subject) -> Vec<Subject> {
    let of_alias = |name: &AliasName| {
        let aliases = after.aliases.iter().filter(|(_, spec)| spec.target_alias().as_ref() == Some(name));
        let groups = present.access_groups.iter().filter(|(_, group)| group.model_aliases.contains(name));
        let teams = present.teams.iter().filter(|(_, team)| team.default_model.as_ref() == Some(name));
        let aliases = aliases.map(|(name, _)| Subject::Alias(name.clone()));
        let groups = groups.map(|(name, _)| Subject::AccessGroup(name.clone()));
        aliases.chain(groups).chain(teams.map(|(id, _)| Subject::Team(id.clone()))).collect()
    };
    let of_group = |name: &GroupName| {
        let teams = present.teams.iter().filter(|(_, team)| team.access_groups.contains(name));
        teams.map(|(id, _)| Subject::Team(id.clone())).collect()
    };
    match subject {
        Subject::Alias(name) => of_alias(name),
        Subject::AccessGroup(name) => of_group(name),
        Subject::Organization(_) | Subject::Team(_) => Vec::new(),
    }
}

/// What goes with an object that prune deletes, as far as the plan does not tell it anyway.
pub(super) fn gone_with(present: &Content, after: &Content, subject: &Subject) -> Vec<Fault> {
    let note = |message: String| Fault::at(&[subject.section(), subject.name()], "goes_with_it", message);
    match subject {
        Subject::Team(_) => vec![note("its keys stop working, and its credits are gone".to_owned())],
        Subject::Organization(_) => vec![note("its accounts and tokens go with it".to_owned())],
        Subject::AccessGroup(_) => Vec::new(),
        Subject::Alias(_) => {
            let told = |by: &Subject| match by {
                Subject::Alias(by) => Some(note(format!("calls of `{by}`, which leads to it, are refused"))),
                Subject::Team(id) if after.teams.contains_key(id) => {
                    Some(note(format!("the team `{id}` has no default model any more")))
                }
                _ => None,
            };
            users(present, after, subject).iter().filter_map(told).collect()
        }
    }
}

/// The document with every name spelled as the object has it that it names: names are equal whatever their case, and a
/// spelling is no change.
pub(super) fn spelled(wanted: &Content, after: &Content) -> Content {
    fn spell<K: NameKind, T>(name: &mut Name<K>, all: &BTreeMap<Name<K>, T>) {
        if let Some((known, _)) = all.get_key_value(name) {
            name.clone_from(known);
        }
    }
    let mut all = wanted.clone();
    for group in all.access_groups.values_mut() {
        group.model_aliases.iter_mut().for_each(|name| spell(name, &after.aliases));
    }
    for team in all.teams.values_mut() {
        spell(&mut team.organization_id, &after.organizations);
        team.access_groups.iter_mut().for_each(|name| spell(name, &after.access_groups));
        team.default_model.iter_mut().for_each(|name| spell(name, &after.aliases));
    }
    all
}
