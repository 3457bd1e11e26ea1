//! The chain of audit records: each one's hash covers its fields and the hash of the record before.

use std::fmt::Write as _;

use alias_core::audit::{Actor, Outcome};
use alias_core::clock::Timestamp;
use diesel::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::column::{big, json, moment, storable, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{audit_head, audit_log};

/// The place of the next record. Who has it is the only writer of the log until its transaction ends: take it
/// before any row is written, so that two units of work cannot wait for each other.
pub(super) struct Link {
    seq: i64,
    previous: String,
}

/// What a record says besides who and when.
pub(super) struct Saying {
    pub(super) revision: Option<i64>,
    pub(super) outcome: Outcome,
    pub(super) action: String,
    pub(super) object: String,
    pub(super) name: String,
    pub(super) diff: serde_json::Value,
    pub(super) count: u64,
}

/// A record as the table keeps it.
#[derive(Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub(super) seq: Option<i64>,
    pub(super) id: String,
    pub(super) revision: Option<i64>,
    #[serde(serialize_with = "micros")]
    pub(super) at: chrono::NaiveDateTime,
    pub(super) outcome: String,
    pub(super) actor: String,
    pub(super) actor_id: Option<String>,
    pub(super) actor_name: Option<String>,
    pub(super) source: String,
    pub(super) address: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) action: String,
    pub(super) object: String,
    pub(super) name: String,
    pub(super) diff: String,
    pub(super) count: i64,
    #[serde(skip)]
    pub(super) hash: Option<String>,
}

impl Row {
    /// The hash of this record behind one of the hash `previous`: SHA-256 over that hash, a line break, and the
    /// fields as a JSON object in the order of their declaration. JSON's quoting keeps fields apart, whatever
    /// they hold; the time counts in microseconds, which is what both databases keep.
    pub(super) fn linked(&self, previous: &str) -> Result<String, Failure> {
        let digest = Sha256::digest(format!("{previous}\n{}", json(self)?));
        Ok(digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        }))
    }
}

impl Link {
    /// Takes the place behind the newest record.
    pub(super) fn take(conn: &mut AnyConnection) -> Result<Self, Failure> {
        let next = diesel::update(audit_head::table)
            .set(audit_head::seq.eq(audit_head::seq + 1))
            .returning((audit_head::seq, audit_head::hash));
        let (seq, previous) = on_each_backend!(conn, c => next.get_result(c))?;
        Ok(Self { seq, previous })
    }

    /// Leaves the place to whoever writes next.
    pub(super) fn leave(self, conn: &mut AnyConnection) -> Result<(), Failure> {
        diesel::update(audit_head::table).set(audit_head::seq.eq(self.seq - 1)).execute(conn)?;
        Ok(())
    }

    /// Writes the record that belongs there.
    pub(super) fn append(
        self,
        conn: &mut AnyConnection,
        now: Timestamp,
        by: &Actor,
        saying: Saying,
    ) -> Result<(), Failure> {
        let mut row = Row {
            seq: Some(self.seq),
            id: format!("aud_{}", Uuid::now_v7().as_simple()),
            revision: saying.revision,
            at: time(now),
            outcome: saying.outcome.as_str().into(),
            actor: by.kind.as_str().into(),
            actor_id: by.kind.id(),
            actor_name: by.kind.name().map(storable),
            source: by.source.as_str().into(),
            address: by.address.map(|address| address.to_string()),
            request_id: by.request_id.as_deref().map(storable),
            reason: by.reason.as_deref().map(storable),
            action: storable(&saying.action),
            object: storable(&saying.object),
            name: storable(&saying.name),
            diff: json(&saying.diff)?,
            count: big(saying.count),
            hash: None,
        };
        let hash = row.linked(&self.previous)?;
        row.hash = Some(hash.clone());
        diesel::insert_into(audit_log::table).values(&row).execute(conn)?;
        diesel::update(audit_head::table).set(audit_head::hash.eq(hash)).execute(conn)?;
        Ok(())
    }
}

fn micros<S: serde::Serializer>(at: &chrono::NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(moment(*at).micros())
}
