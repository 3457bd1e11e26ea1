//! The audit log: an entry for every write of the catalogue, and the unit of work that leaves it.

use alias_core::audit::{Actor, AuditEntry};
use alias_core::catalog::Revision;
use alias_core::clock::Timestamp;
use alias_core::repository::{StoreError, Written};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::column::{count, json, storable, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::notify;
use crate::schema::{audit_log, catalogue};
use crate::store::{SqlStore, Verdict};

/// What a write of the catalogue did.
pub(crate) enum Change<T> {
    /// This, which the entry records.
    Made(T, AuditEntry),
    /// Nothing: all was so already.
    Nothing(T),
}

impl SqlStore {
    /// Changes the catalogue in one transaction: raises the revision first, which lets in one writer at a time;
    /// then the change, its entry, and the word to the other replicas.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        by: &Actor,
        work: impl FnOnce(&mut AnyConnection, Timestamp) -> Result<Change<T>, Failure> + Send + 'static,
    ) -> Result<Written<T>, StoreError> {
        let (by, clock) = (by.clone(), std::sync::Arc::clone(&self.clock));
        self.write(move |conn| {
            let revision = raise_revision(conn)?;
            let now = clock.now();
            match work(conn, now)? {
                Change::Made(value, entry) => {
                    record(conn, revision, now, &by, &entry)?;
                    notify::tell(conn, revision)?;
                    Ok(Verdict::Commit(Written { value, revision: Revision(count(revision)) }))
                }
                Change::Nothing(value) => {
                    Ok(Verdict::RollBack(Written { value, revision: Revision(count(revision - 1)) }))
                }
            }
        })
        .await
    }
}

fn raise_revision(conn: &mut AnyConnection) -> Result<i64, Failure> {
    let raise = diesel::update(catalogue::table)
        .set(catalogue::revision.eq(catalogue::revision + 1))
        .returning(catalogue::revision);
    Ok(on_each_backend!(conn, c => raise.get_result(c))?)
}

fn record(
    conn: &mut AnyConnection,
    revision: i64,
    now: Timestamp,
    by: &Actor,
    entry: &AuditEntry,
) -> Result<(), Failure> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(format!("aud_{}", Uuid::now_v7().as_simple())),
            audit_log::revision.eq(revision),
            audit_log::at.eq(time(now)),
            audit_log::actor.eq(by.kind.as_str()),
            audit_log::address.eq(by.address.map(|address| address.to_string())),
            audit_log::request_id.eq(by.request_id.as_deref().map(storable)),
            audit_log::reason.eq(by.reason.as_deref().map(storable)),
            audit_log::action.eq(entry.action),
            audit_log::object.eq(entry.object),
            audit_log::name.eq(&entry.name),
            audit_log::diff.eq(json(&entry.diff)?),
        ))
        .execute(conn)?;
    Ok(())
}

/// The entry of a write that made `to` of `from`; `()` stands for what is not there.
pub(crate) fn entry(
    action: &'static str,
    object: &'static str,
    name: impl ToString,
    from: &impl Serialize,
    to: &impl Serialize,
) -> Result<AuditEntry, Failure> {
    let (from, to) = (fields(from)?, fields(to)?);
    Ok(AuditEntry { action, object, name: name.to_string(), diff: alias_core::audit::diff(&from, &to) })
}

/// What an object says; when it was written is the entry's own time.
fn fields(of: &impl Serialize) -> Result<Value, Failure> {
    let mut value = serde_json::to_value(of).map_err(|why| Failure::corrupt("a value to record", why))?;
    if let Some(object) = value.as_object_mut() {
        object.remove("updated_at");
    }
    Ok(value)
}
