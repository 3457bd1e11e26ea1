//! Reading the audit log, and checking that it is as it was written.

use alias_core::audit::{Actor, AuditEntry, AuditQuery, AuditRecord, ChainReport, Refusal};
use alias_core::repository::{AuditRepository, Page, Position, StoreError};
use async_trait::async_trait;
use diesel::prelude::*;
use serde_json::json;

use super::Change;
use super::chain::{Link, Row, Saying};
use crate::column::{containing, count, from_json, moment, parse, storable, time, word};
use crate::connection::{AnyBackend, AnyConnection};
use crate::error::Failure;
use crate::schema::{audit_head, audit_log};
use crate::store::{SqlStore, Verdict};
use crate::window;

/// How many records are checked at a time.
const BATCH: i64 = 1_000;

impl TryFrom<Row> for AuditRecord {
    type Error = Failure;

    fn try_from(row: Row) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id,
            seq: count(row.seq.unwrap_or_default()),
            at: moment(row.at),
            action: row.action,
            outcome: word("audit_log.outcome", &row.outcome)?,
            object: row.object,
            name: row.name,
            actor: row.actor,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            source: row.source,
            address: row.address.map(|address| parse("audit_log.address", &address)).transpose()?,
            request_id: row.request_id,
            reason: row.reason,
            diff: from_json("audit_log.diff", &row.diff)?,
            revision: row.revision.map(count),
            count: count(row.count),
            hash: row.hash.unwrap_or_default(),
        })
    }
}

/// The records that the query is about, in no order.
fn chosen(query: &AuditQuery) -> audit_log::BoxedQuery<'static, AnyBackend> {
    let mut rows = audit_log::table.filter(audit_log::seq.is_not_null()).into_boxed();
    if let Some(actor) = query.actor.as_deref().map(storable) {
        let is_named = audit_log::actor_name.eq(actor.clone());
        let has_id = audit_log::actor_id.eq(actor.clone());
        rows = rows.filter(audit_log::actor.eq(actor).nullable().or(has_id).or(is_named));
    }
    if let Some(action) = query.action.as_deref().map(storable) {
        // `containing` escapes what LIKE would read as a pattern; its first sign finds everything.
        let below = containing(&format!("{action}.")).split_off(1);
        rows = rows.filter(audit_log::action.eq(action).or(audit_log::action.like(below).escape('\\')));
    }
    if let Some(target) = query.target.as_deref().map(storable) {
        rows = rows.filter(audit_log::name.eq(target));
    }
    if let Some(outcome) = query.outcome {
        rows = rows.filter(audit_log::outcome.eq(outcome.as_str()));
    }
    if let Some(from) = query.from {
        rows = rows.filter(audit_log::at.ge(time(from)));
    }
    if let Some(to) = query.to {
        rows = rows.filter(audit_log::at.lt(time(to)));
    }
    rows
}

fn page(conn: &mut AnyConnection, query: &AuditQuery) -> Result<Page<AuditRecord>, Failure> {
    let window = &query.window;
    let total = chosen(query).count().get_result(conn)?;
    let mut rows = chosen(query);
    if let Some(after) = window::after(window) {
        // A position that was not given out by this list is behind the last record.
        rows = rows.filter(audit_log::seq.lt(after.name.parse::<i64>().unwrap_or_default()));
    }
    let rows: Vec<Row> = rows
        .order(audit_log::seq.desc())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .select(Row::as_select())
        .load(conn)?;
    let finish = |rows: Vec<Row>| rows.into_iter().map(AuditRecord::try_from).collect();
    window::page(rows, window, total, finish, |last| Position { value: None, name: last.seq.to_string() })
}

/// Where checking stands: the newest record that is as it was written, and its hash.
struct Checked {
    seq: i64,
    hash: String,
}

impl Checked {
    /// Goes on through one batch; tells the first record that is missing or changed.
    fn advance(&mut self, conn: &mut AnyConnection) -> Result<Option<i64>, Failure> {
        let rows: Vec<Row> = audit_log::table
            .filter(audit_log::seq.gt(self.seq))
            .order(audit_log::seq)
            .limit(BATCH)
            .select(Row::as_select())
            .load(conn)?;
        for row in rows {
            let expected = row.linked(&self.hash)?;
            if row.seq != Some(self.seq + 1) || row.hash.as_deref() != Some(&expected) {
                return Ok(Some(self.seq + 1));
            }
            (self.seq, self.hash) = (self.seq + 1, expected);
        }
        Ok(None)
    }
}

/// The newest record, by what the head says of it.
fn head(conn: &mut AnyConnection) -> Result<(i64, String), Failure> {
    Ok(audit_head::table.select((audit_head::seq, audit_head::hash)).first(conn)?)
}

fn report(checked: Checked, first_broken: Option<i64>) -> ChainReport {
    ChainReport {
        valid: first_broken.is_none(),
        records: count(checked.seq),
        head: Some(checked.hash).filter(|hash| !hash.is_empty()),
        first_broken: first_broken.map(count),
    }
}

#[async_trait]
impl AuditRepository for SqlStore {
    async fn done(&self, entry: AuditEntry, by: &Actor) -> Result<(), StoreError> {
        self.change_apart(by, move |_, _| Ok(Change::Made((), entry))).await
    }

    async fn refused(&self, refused: &[(Refusal, Actor)]) -> Result<(), StoreError> {
        let (refused, clock) = (refused.to_vec(), std::sync::Arc::clone(&self.clock));
        self.write(move |conn| {
            for (refusal, by) in refused {
                let link = Link::take(conn)?;
                let saying = Saying {
                    revision: None,
                    outcome: alias_core::audit::Outcome::Refused,
                    action: refusal.action,
                    object: refusal.object,
                    name: refusal.name,
                    diff: json!({ "code": refusal.code }),
                    count: refusal.count.max(1),
                };
                link.append(conn, clock.now(), &by, saying)?;
            }
            Ok(Verdict::Commit(()))
        })
        .await
    }

    async fn list(&self, query: &AuditQuery) -> Result<Page<AuditRecord>, StoreError> {
        let query = query.clone();
        self.read(move |conn| page(conn, &query)).await
    }

    async fn verify(&self) -> Result<ChainReport, StoreError> {
        // Up to where the log reached at the start: one that grows all the time is checked to an end, too.
        let (end, hash) = self.read(head).await?;
        let mut checked = Checked { seq: 0, hash: String::new() };
        while checked.seq < end {
            let before = checked.seq;
            let (now, broken) = self
                .read(move |conn| {
                    let broken = checked.advance(conn)?;
                    Ok((checked, broken))
                })
                .await?;
            checked = now;
            let stuck = (checked.seq == before).then_some(before + 1);
            if let Some(broken) = broken.or(stuck) {
                return Ok(report(checked, Some(broken)));
            }
        }
        let rewritten = checked.seq == end && checked.hash != hash;
        Ok(report(checked, rewritten.then_some(end)))
    }
}
