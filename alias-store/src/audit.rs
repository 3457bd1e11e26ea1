//! The audit log: a record for every write, and the units of work that leave it.

mod chain;
mod read;

use alias_core::audit::{Actor, AuditEntry, Outcome};
use alias_core::catalog::{Known, LEAP, Revision};
use alias_core::clock::{Clock, Timestamp};
use alias_core::repository::{AliasScheduleRepository, StoreError, Written};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::aliases::{self, Settled};
use crate::audit::chain::{Link, Saying};
use crate::catalog;
use crate::column::{big, count};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::identities::standing;
use crate::notify;
use crate::schema::catalogue;
use crate::store::{SqlStore, Verdict};

/// What a write did.
pub(crate) enum Change<T> {
    /// This, which the entry records.
    Made(T, AuditEntry),
    /// Nothing: all was so already.
    Nothing(T),
}

/// What a write of several objects did.
pub(crate) enum Changes<T> {
    /// This, which an entry for every object records.
    Made(T, Vec<AuditEntry>),
    /// Nothing: all was so already, or it was refused.
    Nothing(T),
}

impl<T> From<Change<T>> for Changes<T> {
    fn from(change: Change<T>) -> Self {
        match change {
            Change::Made(value, entry) => Self::Made(value, vec![entry]),
            Change::Nothing(value) => Self::Nothing(value),
        }
    }
}

impl SqlStore {
    /// [`SqlStore::change_all`], for a write of one object.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        by: &Actor,
        work: impl FnOnce(&mut AnyConnection, Timestamp) -> Result<Change<T>, Failure> + Send + 'static,
    ) -> Result<Written<T>, StoreError> {
        self.change_all(by, move |conn, now| work(conn, now).map(Changes::from)).await
    }

    /// Changes the catalogue in one transaction: raises the revision first, which lets in one writer at a time;
    /// then, if who acts still may, the changes, their entries, and the word to the other replicas. What was scheduled
    /// and is due comes before, in transactions of its own.
    pub(crate) async fn change_all<T: Send + 'static>(
        &self,
        by: &Actor,
        work: impl FnOnce(&mut AnyConnection, Timestamp) -> Result<Changes<T>, Failure> + Send + 'static,
    ) -> Result<Written<T>, StoreError> {
        let mut work = work;
        loop {
            match self.change_or_settle(by, work).await? {
                Turn::Done(written) => return Ok(written),
                Turn::Settled(left) => work = left,
            }
        }
    }

    async fn change_or_settle<T: Send + 'static, W>(
        &self,
        by: &Actor,
        work: W,
    ) -> Result<Turn<T, W>, StoreError>
    where
        W: FnOnce(&mut AnyConnection, Timestamp) -> Result<Changes<T>, Failure> + Send + 'static,
    {
        let (by, clock) = (by.clone(), std::sync::Arc::clone(&self.clock));
        self.write(move |conn| {
            let revision = raise_revision(conn)?;
            if settle(conn, &*clock, revision)? {
                return Ok(Verdict::Commit(Turn::Settled(work)));
            }
            check_seen(&by, revision)?;
            let (link, now) = (Link::take(conn)?, clock.now());
            standing::check(conn, &by, now)?;
            match work(conn, now)? {
                Changes::Made(value, entries) => {
                    let mut link = Some(link);
                    for entry in entries {
                        let place = link.take().map_or_else(|| Link::take(conn), Ok)?;
                        place.append(conn, now, &by, made(entry, Some(revision)))?;
                    }
                    tell(conn, revision)?;
                    let revision = Revision(count(revision));
                    Ok(Verdict::Commit(Turn::Done(Written { value, revision })))
                }
                Changes::Nothing(value) => {
                    let revision = Revision(count(revision - 1));
                    Ok(Verdict::RollBack(Turn::Done(Written { value, revision })))
                }
            }
        })
        .await
    }

    /// Makes versions of some of what was scheduled and is due; `None` where nothing is.
    pub(crate) async fn settle_some(&self) -> Result<Option<Revision>, StoreError> {
        let clock = std::sync::Arc::clone(&self.clock);
        self.write(move |conn| {
            let revision = raise_revision(conn)?;
            let any = settle(conn, &*clock, revision)?;
            Ok(if any { Verdict::Commit(Some(Revision(count(revision)))) } else { Verdict::RollBack(None) })
        })
        .await
    }

    /// Raises the revision to [`LEAP`] beyond `known`, where that is no earlier state of this: the database was put back to
    /// an earlier state of itself, and may have been written to since.
    pub(crate) async fn leap(&self, known: Known) -> Result<Revision, StoreError> {
        let clock = std::sync::Arc::clone(&self.clock);
        self.write(move |conn| {
            // The same lock as every write of the catalogue has.
            let before = raise_revision(conn)? - 1;
            let there = Revision(count(before));
            if there >= known.revision && !catalog::is_other(conn, &known, there)? {
                return Ok(Verdict::RollBack(there));
            }
            let revision = big(known.revision.max(there).0.saturating_add(LEAP));
            diesel::update(catalogue::table).set(catalogue::revision.eq(revision)).execute(conn)?;
            let (from, to) = (json!({ "revision": before }), json!({ "revision": revision }));
            let entry = entry("catalogue.restored", "catalogue", known.revision, &from, &to)?;
            let (link, now) = (Link::take(conn)?, clock.now());
            link.append(conn, now, &Actor::system(), made(entry, Some(revision)))?;
            tell(conn, revision)?;
            Ok(Verdict::Commit(Revision(count(revision))))
        })
        .await
    }

    /// Has `work` try something out as if it were a change of the catalogue, at the revision that it gets; nothing of it
    /// stays.
    pub(crate) async fn try_out<T: Send + 'static>(
        &self,
        by: &Actor,
        work: impl FnOnce(&mut AnyConnection, Timestamp, Revision) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        AliasScheduleRepository::settle(self).await?;
        let (by, clock) = (by.clone(), std::sync::Arc::clone(&self.clock));
        self.write(move |conn| {
            let revision = raise_revision(conn)?;
            let now = clock.now();
            standing::check(conn, &by, now)?;
            Ok(Verdict::RollBack(work(conn, now, Revision(count(revision - 1)))?))
        })
        .await
    }

    /// Changes what is not part of the catalogue, and so does not raise its revision: in one transaction with
    /// its record.
    pub(crate) async fn change_apart<T: Send + 'static>(
        &self,
        by: &Actor,
        work: impl FnOnce(&mut AnyConnection, Timestamp) -> Result<Change<T>, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (by, clock) = (by.clone(), std::sync::Arc::clone(&self.clock));
        self.write(move |conn| {
            let (link, now) = (Link::take(conn)?, clock.now());
            standing::check(conn, &by, now)?;
            match work(conn, now)? {
                Change::Made(value, entry) => {
                    link.append(conn, now, &by, made(entry, None))?;
                    Ok(Verdict::Commit(value))
                }
                Change::Nothing(value) => Ok(Verdict::RollBack(value)),
            }
        })
        .await
    }
}

/// What came of a turn at the catalogue.
enum Turn<T, W> {
    /// The work is done.
    Done(Written<T>),
    /// Some of what was due is made instead. The work is still to be done.
    Settled(W),
}

/// The most changes that come due which one transaction makes: others wait for it.
const SETTLED_AT_ONCE: usize = 50;

/// Makes versions of some of what was scheduled and is due; tells whether there was any.
fn settle(conn: &mut AnyConnection, clock: &dyn Clock, revision: i64) -> Result<bool, Failure> {
    let Some(now) = aliases::due(conn, clock)? else { return Ok(false) };
    for _ in 0..SETTLED_AT_ONCE {
        let link = Link::take(conn)?;
        let Some(Settled { by, entry }) = aliases::settle_next(conn, now)? else {
            link.leave(conn)?;
            break;
        };
        link.append(conn, now, &by, made(entry, Some(revision)))?;
    }
    tell(conn, revision)?;
    Ok(true)
}

/// Keeps what this revision changed, for routers, and tells the other replicas.
fn tell(conn: &mut AnyConnection, revision: i64) -> Result<(), Failure> {
    catalog::note(conn, revision)?;
    notify::tell(conn, revision)
}

/// Whether the catalogue was, before `raised`, as the writer has seen it.
fn check_seen(by: &Actor, raised: i64) -> Result<(), Failure> {
    let current = Revision(count(raised - 1));
    match by.seen {
        Some(seen) if seen != current => Err(StoreError::Moved { seen, current }.into()),
        _ => Ok(()),
    }
}

fn raise_revision(conn: &mut AnyConnection) -> Result<i64, Failure> {
    let raise = diesel::update(catalogue::table)
        .set(catalogue::revision.eq(catalogue::revision + 1))
        .returning(catalogue::revision);
    Ok(on_each_backend!(conn, c => raise.get_result(c))?)
}

/// What the log says of a write.
fn made(entry: AuditEntry, revision: Option<i64>) -> Saying {
    Saying {
        revision,
        outcome: Outcome::Done,
        action: entry.action.into(),
        object: entry.object.into(),
        name: entry.name,
        diff: entry.diff,
        count: 1,
    }
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
