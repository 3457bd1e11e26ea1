//! A plan, done change by change with the code of the single writes.

use alias_core::audit::{Actor, AuditEntry};
use alias_core::clock::Timestamp;
use alias_core::credits::{Billing, BillingChange};
use alias_core::desired::{
    Change as Planned, Document, GroupContent, Operation, OrganizationContent, Plan, Subject, TeamContent,
};
use alias_core::group::{GroupChange, GroupName, NewGroup};
use alias_core::limit::LimitsChange;
use alias_core::organization::{NewOrganization, OrganizationChange, OrganizationId};
use alias_core::team::{NewTeam, TeamChange, TeamId};

use super::marks;
use super::state::Ids;
use crate::audit::{Change, entry};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::{aliases, groups, organizations, teams};

/// The records of what was done to one object.
type Entries = Vec<AuditEntry>;

/// Does all of a plan; answers what the audit log says of it.
pub(super) fn all(
    conn: &mut AnyConnection,
    now: Timestamp,
    plan: &Plan,
    document: &Document,
    mut ids: Ids,
    by: &Actor,
) -> Result<Entries, Failure> {
    let mut entries = Entries::new();
    for change in &plan.changes {
        let mut work = Work { conn, now, by, document, ids: &mut ids };
        entries.extend(work.one(change)?);
        if let Some(id) = ids.get(&change.subject) {
            match (change.operation, &change.subject) {
                // It may be restored, and is this document's again then.
                (Operation::Delete, Subject::Alias(_)) => {}
                (Operation::Delete, _) => marks::set(conn, id, None)?,
                _ => marks::set(conn, id, document.managed_by.as_ref())?,
            }
        }
    }
    Ok(entries)
}

struct Work<'a> {
    conn: &'a mut AnyConnection,
    now: Timestamp,
    by: &'a Actor,
    document: &'a Document,
    ids: &'a mut Ids,
}

/// What was done, without its answer.
fn told<T>(change: Change<T>) -> Entries {
    match change {
        Change::Made(_, entry) => vec![entry],
        Change::Nothing(_) => Vec::new(),
    }
}

impl Work<'_> {
    fn one(&mut self, change: &Planned) -> Result<Entries, Failure> {
        let wanted = &self.document.content;
        let missing = || Failure::corrupt("a plan", format!("{:?} is not in the document", change.subject));
        match (&change.subject, change.operation) {
            (_, Operation::Adopt) => self.adopt(&change.subject),
            (subject, Operation::Delete) => self.delete(subject),
            (Subject::Organization(id), operation) => {
                let content = wanted.organizations.get(id).ok_or_else(missing)?.clone();
                self.organization(id, content, operation)
            }
            (Subject::Alias(name), operation) => {
                let spec = wanted.aliases.get(name).ok_or_else(missing)?.clone();
                if operation == Operation::Update {
                    return aliases::set(self.conn, self.now, name, spec, self.by).map(told);
                }
                let new =
                    alias_core::alias::NewAlias { alias: name.clone(), spec, access_groups: Vec::new() };
                let made = aliases::make(self.conn, self.now, new, self.by)?;
                self.note(&change.subject, &made, |alias| alias.id.to_string());
                Ok(told(made))
            }
            (Subject::AccessGroup(name), operation) => {
                let content = wanted.access_groups.get(name).ok_or_else(missing)?.clone();
                self.group(name, content, operation)
            }
            (Subject::Team(id), operation) => {
                let content = wanted.teams.get(id).ok_or_else(missing)?.clone();
                self.team(id, content, operation)
            }
        }
    }

    fn note<T>(&mut self, subject: &Subject, made: &Change<T>, id: impl FnOnce(&T) -> String) {
        let (Change::Made(object, _) | Change::Nothing(object)) = made;
        self.ids.insert(subject.clone(), id(object));
    }

    /// Nothing but the mark changes; the log says whose it is now.
    fn adopt(&mut self, subject: &Subject) -> Result<Entries, Failure> {
        let to = serde_json::json!({ "managed_by": self.document.managed_by });
        let object = match subject {
            Subject::Alias(_) => "model_alias",
            other => other.kind(),
        };
        let action = match subject {
            Subject::Organization(_) => "organization.adopt",
            Subject::Alias(_) => "alias.adopt",
            Subject::AccessGroup(_) => "group.adopt",
            Subject::Team(_) => "team.adopt",
        };
        Ok(vec![entry(action, object, subject.name(), &(), &to)?])
    }

    fn delete(&mut self, subject: &Subject) -> Result<Entries, Failure> {
        let (conn, now) = (&mut *self.conn, self.now);
        match subject {
            Subject::Organization(id) => organizations::delete(conn, id, None).map(told),
            Subject::Alias(name) => aliases::delete(conn, now, name, None, self.by).map(told),
            Subject::AccessGroup(name) => groups::delete(conn, now, name, false, None).map(told),
            Subject::Team(id) => teams::delete(conn, id, None).map(told),
        }
    }

    fn organization(
        &mut self,
        id: &OrganizationId,
        content: OrganizationContent,
        operation: Operation,
    ) -> Result<Entries, Failure> {
        let OrganizationContent { name, metadata } = content;
        if operation == Operation::Update {
            let change =
                OrganizationChange { name: Some(name), metadata: Some(metadata), ..Default::default() };
            return organizations::update(self.conn, self.now, id, change, None).map(told);
        }
        let new = NewOrganization { organization_id: id.clone(), name, metadata };
        let made = organizations::create_alone(self.conn, self.now, new)?;
        self.note(&Subject::Organization(id.clone()), &made, |organization| organization.uid.to_string());
        Ok(told(made))
    }

    fn group(
        &mut self,
        name: &GroupName,
        content: GroupContent,
        operation: Operation,
    ) -> Result<Entries, Failure> {
        let GroupContent { description, display_name, active, model_aliases } = content;
        let mut entries = Entries::new();
        if operation == Operation::Create {
            let new = NewGroup {
                group_name: name.clone(),
                description: description.clone(),
                display_name: display_name.clone(),
                model_aliases: model_aliases.clone(),
            };
            let made = groups::create(self.conn, self.now, new)?;
            self.note(&Subject::AccessGroup(name.clone()), &made, |details| details.group.id.to_string());
            entries = told(made);
        }
        let change = GroupChange {
            description: Some(description),
            display_name: Some(display_name),
            active: Some(active),
            model_aliases: Some(model_aliases),
        };
        entries.extend(told(groups::update(self.conn, self.now, name, change, None)?));
        Ok(entries)
    }

    fn team(&mut self, id: &TeamId, content: TeamContent, operation: Operation) -> Result<Entries, Failure> {
        if operation == Operation::Update {
            return teams::update(self.conn, self.now, id, changed(content), None).map(told);
        }
        let new = NewTeam {
            organization_id: content.organization_id,
            team_id: id.clone(),
            team_alias: content.team_alias,
            access_groups: content.access_groups,
            default_model: content.default_model,
            credits_allocated: content.credits_allocated,
            limits: content.limits,
            billing: content.billing,
            metadata: content.metadata,
        };
        // Without a key: a secret is made for who is shown it, and nobody is.
        let made = teams::create_recorded(self.conn, self.now, new, None)?;
        self.note(&Subject::Team(id.clone()), &made, |details| details.team.uid.to_string());
        Ok(told(made))
    }
}

/// The change that makes a team so, whatever it is.
fn changed(content: TeamContent) -> TeamChange {
    let Billing { budget_mode, limit_mode, credits_per_dollar, tokens_per_credit, markup } = content.billing;
    TeamChange {
        team_alias: Some(content.team_alias),
        access_groups: Some(content.access_groups),
        default_model: Some(content.default_model),
        billing: BillingChange {
            budget_mode: Some(budget_mode),
            limit_mode: Some(limit_mode),
            credits_per_dollar: Some(credits_per_dollar),
            tokens_per_credit: Some(tokens_per_credit),
            markup: Some(markup),
        },
        metadata: Some(content.metadata),
        limits: LimitsChange {
            rpm_limit: Some(content.limits.rpm_limit),
            tpm_limit: Some(content.limits.tpm_limit),
            max_parallel_requests: Some(content.limits.max_parallel_requests),
        },
        status: None,
    }
}
