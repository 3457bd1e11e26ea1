//! Changes that are tried out: done by the code of their writes, looked at, and undone in the same transaction.

mod bulk;
mod scope;
mod switch;
pub(crate) mod used;

use alias_core::audit::{Actor, AuditEntry};
use alias_core::catalog::Revision;
use alias_core::clock::Timestamp;
use alias_core::plan::{Outcome, Plan, Rehearsal};
use alias_core::repository::{PlanRepository, StoreError};
use async_trait::async_trait;
use diesel::Connection;
use serde_json::{Value, json};

use self::scope::Scope;
use crate::audit::Change;
use crate::catalog::load_part;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::reports::patient;
use crate::store::SqlStore;
use crate::{aliases, groups, teams};

/// What a write would have answered, and what the audit log would have said of it.
type Done = (Outcome, Option<AuditEntry>);

fn done<T>(change: Change<T>, outcome: impl FnOnce(Box<T>) -> Outcome) -> Done {
    match change {
        Change::Made(value, entry) => (outcome(Box::new(value)), Some(entry)),
        Change::Nothing(value) => (outcome(Box::new(value)), None),
    }
}

/// Does what is planned.
fn carry_out(conn: &mut AnyConnection, now: Timestamp, plan: Plan, by: &Actor) -> Result<Done, Failure> {
    Ok(match plan {
        Plan::CreateAlias(new) => done(aliases::create(conn, now, *new, by)?, Outcome::Alias),
        Plan::UpdateAlias { alias, change, expected } => {
            done(aliases::update(conn, now, &alias, *change, expected, by)?, Outcome::Alias)
        }
        Plan::DeleteAlias { alias, expected } => {
            done(aliases::delete(conn, now, &alias, expected, by)?, Outcome::AliasDeleted)
        }
        Plan::RollBackAlias { alias, version, expected } => {
            done(aliases::roll_back(conn, now, &alias, version, expected, by)?, Outcome::Alias)
        }
        Plan::RestoreAlias { alias } => done(aliases::restore(conn, now, &alias, by)?, Outcome::Alias),
        Plan::RenameAlias { alias, renaming, expected } => {
            let renamed = aliases::rename(conn, now, &alias, &renaming, expected, by)?;
            done(aliases::first(renamed), Outcome::Alias)
        }
        Plan::CreateGroup(new) => done(groups::create(conn, now, new)?, Outcome::Group),
        Plan::UpdateGroup { group, change, expected } => {
            done(groups::update(conn, now, &group, change, expected)?, Outcome::Group)
        }
        Plan::AddModels { group, aliases } => {
            done(groups::add_models(conn, now, &group, &aliases)?, Outcome::ModelsAdded)
        }
        Plan::RemoveModels { group, aliases } => {
            done(groups::remove_models(conn, now, &group, aliases)?, Outcome::ModelsRemoved)
        }
        Plan::DeleteGroup { group, if_unused, expected } => {
            done(groups::delete(conn, now, &group, if_unused, expected)?, Outcome::GroupDeleted)
        }
        Plan::UpdateTeam { team, change, expected } => {
            done(teams::update(conn, now, &team, *change, expected)?, Outcome::Team)
        }
    })
}

/// What came of a trial; how much was spent is looked up apart, for nobody has to wait for that.
fn rehearse(
    conn: &mut AnyConnection,
    now: Timestamp,
    revision: Revision,
    plan: &Plan,
    by: &Actor,
) -> Result<(Rehearsal, Scope), Failure> {
    let mut scope = Scope::default();
    scope.take_in(conn, plan)?;
    let ((outcome, entry), scope, after) = undone(conn, |conn| {
        let done = carry_out(conn, now, plan.clone(), by)?;
        scope.take_in(conn, plan)?;
        let part = scope.part(conn)?;
        Ok((done, scope, load_part(conn, &part)?))
    })?;
    let part = scope.part(conn)?;
    let rehearsal = Rehearsal {
        revision,
        action: entry.as_ref().map(|entry| entry.action),
        change: entry.map_or_else(|| json!({}), content),
        outcome,
        concerned: scope.concerned()?,
        before: load_part(conn, &part)?,
        after,
        used: Vec::new(),
        callers: Vec::new(),
        switch: None,
    };
    Ok((rehearsal, scope))
}

/// What differs but for the number of the version.
fn content(mut entry: AuditEntry) -> Value {
    if let Some(fields) = entry.diff.as_object_mut() {
        fields.remove("version");
    }
    entry.diff
}

/// Adds what was spent on what the change is about.
fn value(
    conn: &mut AnyConnection,
    now: Timestamp,
    scope: Scope,
    mut rehearsal: Rehearsal,
) -> Result<Rehearsal, Failure> {
    let only = scope.only_teams();
    (rehearsal.used, rehearsal.callers) = used::lately(conn, now, &rehearsal.concerned, only.as_ref())?;
    if let Some(alias) = rehearsal.outcome.alias() {
        let target = rehearsal.before.aliases.iter().find(|old| old.id == alias.id);
        let other = target.filter(|old| old.litellm_model != alias.spec.litellm_model);
        rehearsal.switch =
            other.map(|old| switch::weigh(conn, now, alias, &old.litellm_model)).transpose()?;
    }
    Ok(rehearsal)
}

/// How something that is undone ends, always.
enum Undone<T> {
    Seen(T),
    Failed(Failure),
}

impl<T> From<diesel::result::Error> for Undone<T> {
    fn from(why: diesel::result::Error) -> Self {
        Self::Failed(why.into())
    }
}

/// Does something within the transaction, and undoes it.
fn undone<T>(
    conn: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let seen = conn.transaction::<(), Undone<T>, _>(|conn| match work(conn) {
        Ok(seen) => Err(Undone::Seen(seen)),
        Err(why) => Err(Undone::Failed(why)),
    });
    match seen {
        Err(Undone::Seen(seen)) => Ok(seen),
        Err(Undone::Failed(why)) => Err(why),
        Ok(()) => Err(Failure::corrupt("a trial", "it was not undone")),
    }
}

#[async_trait]
impl PlanRepository for SqlStore {
    async fn rehearse(&self, plan: &Plan, by: &Actor) -> Result<Rehearsal, StoreError> {
        let (plan, actor) = (plan.clone(), by.clone());
        let (rehearsal, scope) = self
            .try_out(by, move |conn, now, revision| {
                patient(conn)?;
                rehearse(conn, now, revision, &plan, &actor)
            })
            .await?;
        let now = self.clock.now();
        self.read(move |conn| {
            patient(conn)?;
            value(conn, now, scope, rehearsal)
        })
        .await
    }
}
