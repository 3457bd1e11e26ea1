//! The servers over one database. Times are the database's own: the servers' clocks may differ.

use std::sync::Arc;
use std::time::Duration;

use alias_core::catalog::Revision;
use alias_core::clock::{Clock, Timestamp};
use alias_core::replica::{KNOWN_FOR, Replica, ReplicaId, ReplicaReport, Replicas};
use alias_core::repository::{ReplicaRepository, StoreError};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Timestamp as SqlTimestamp;

use crate::column::{big, count, moment, parse, storable, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{catalogue, replicas as r};
use crate::store::{SqlStore, Verdict};

/// The most servers that are listed.
const MOST: i64 = 1_000;

/// What time it is: PostgreSQL's own, for it is asked by many machines; of a file, this machine's.
pub(crate) fn now(conn: &mut AnyConnection, clock: &dyn Clock) -> Result<NaiveDateTime, Failure> {
    Ok(match conn {
        AnyConnection::Postgres(c) => {
            diesel::select(sql::<SqlTimestamp>("clock_timestamp() AT TIME ZONE 'UTC'")).get_result(c)?
        }
        AnyConnection::Sqlite(_) => time(clock.now()),
    })
}

fn report(conn: &mut AnyConnection, of: &ReplicaReport, now: NaiveDateTime) -> Result<(), Failure> {
    let said = (
        r::address.eq(storable(&of.address)),
        r::version.eq(storable(&of.version)),
        r::revision.eq(big(of.revision.0)),
        r::seen_at.eq(now),
    );
    on_each_backend!(conn, c => diesel::insert_into(r::table)
        .values((r::replica_id.eq(of.replica_id.to_string()), r::started_at.eq(now), said.clone()))
        .on_conflict(r::replica_id)
        .do_update()
        .set(said)
        .execute(c))?;
    let forgotten = now.checked_sub_signed(chrono::Duration::seconds(KNOWN_FOR.as_secs().cast_signed()));
    if let Some(forgotten) = forgotten {
        diesel::delete(r::table.filter(r::seen_at.lt(forgotten))).execute(conn)?;
    }
    Ok(())
}

type Row = (String, String, String, i64, NaiveDateTime, NaiveDateTime);

fn all(conn: &mut AnyConnection, clock: &dyn Clock) -> Result<Replicas, Failure> {
    let now = now(conn, clock)?;
    let newest: i64 = catalogue::table.select(catalogue::revision).first(conn)?;
    let rows: Vec<Row> = r::table
        .order(r::replica_id)
        .limit(MOST)
        .select((r::replica_id, r::address, r::version, r::revision, r::started_at, r::seen_at))
        .load(conn)?;
    let replica = |(id, address, version, revision, started_at, seen_at): Row| {
        let report = ReplicaReport {
            replica_id: parse("replicas.replica_id", &id)?,
            address,
            version,
            revision: Revision(count(revision)),
        };
        let silent_for = (now - seen_at).to_std().unwrap_or(Duration::ZERO);
        Ok(Replica { report, started_at: moment(started_at), silent_for })
    };
    let all = rows.into_iter().map(replica).collect::<Result<_, Failure>>()?;
    Ok(Replicas { newest: Revision(count(newest)), all })
}

impl SqlStore {
    /// What time it is by the database's own clock; `None` for a file, which has none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be reached.
    pub async fn time(&self) -> Result<Option<Timestamp>, StoreError> {
        if self.url().file().is_some() {
            return Ok(None);
        }
        let clock = Arc::clone(&self.clock);
        self.read(move |conn| now(conn, &*clock).map(|now| Some(moment(now)))).await
    }
}

#[async_trait]
impl ReplicaRepository for SqlStore {
    async fn report(&self, of: &ReplicaReport) -> Result<(), StoreError> {
        let (of, clock) = (of.clone(), Arc::clone(&self.clock));
        self.write(move |conn| {
            let now = now(conn, &*clock)?;
            report(conn, &of, now).map(Verdict::Commit)
        })
        .await
    }

    async fn leave(&self, replica: ReplicaId) -> Result<(), StoreError> {
        self.write(move |conn| {
            diesel::delete(r::table.find(replica.to_string())).execute(conn)?;
            Ok(Verdict::Commit(()))
        })
        .await
    }

    async fn replicas(&self) -> Result<Replicas, StoreError> {
        let clock = Arc::clone(&self.clock);
        self.read(move |conn| all(conn, &*clock)).await
    }
}
