//! Answers to requests with an `Idempotency-Key`, and claims of those that are under way.

use alias_core::clock::Timestamp;
use alias_core::repository::{Attempt, IdempotencyRepository, IdempotentRequest, RecordedAnswer, StoreError};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::column::{from_json, json, moment, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::idempotency;
use crate::store::{SqlStore, Verdict};

/// How long an answer is kept, and a claim without one.
const KEPT: chrono::Duration = chrono::Duration::hours(24);
/// After what time a claim without an answer belongs to a process that died.
const ANSWERED_WITHIN: chrono::Duration = chrono::Duration::seconds(60);

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = idempotency)]
struct AttemptRow {
    body: Vec<u8>,
    created_at: NaiveDateTime,
    status: Option<i32>,
    headers: Option<String>,
    answer: Option<String>,
}

impl AttemptRow {
    /// What a repetition with this body is told.
    fn for_body(self, body: &[u8], now: Timestamp) -> Result<Attempt, Failure> {
        if self.body != body {
            return Ok(Attempt::OtherBody);
        }
        let Some(status) = self.status else {
            let waited = now.utc() - moment(self.created_at).utc();
            return Ok(if waited > ANSWERED_WITHIN { Attempt::Unanswered } else { Attempt::InProgress });
        };
        Ok(Attempt::Answered(RecordedAnswer {
            status: u16::try_from(status).map_err(|why| Failure::corrupt("idempotency.status", why))?,
            headers: from_json("idempotency.headers", self.headers.as_deref().unwrap_or("[]"))?,
            body: self.answer.unwrap_or_default(),
        }))
    }
}

/// Forgets what is older than its time.
fn forget(conn: &mut AnyConnection, now: Timestamp) -> Result<(), Failure> {
    let old = idempotency::created_at.lt(time(Timestamp::from(now.utc() - KEPT)));
    diesel::delete(idempotency::table.filter(old)).execute(conn)?;
    Ok(())
}

/// Claims the request; false where it is there already.
fn claim(conn: &mut AnyConnection, request: &IdempotentRequest, now: Timestamp) -> Result<bool, Failure> {
    let row = (
        idempotency::scope.eq(request.scope.to_vec()),
        idempotency::body.eq(request.body.to_vec()),
        idempotency::created_at.eq(time(now)),
    );
    let inserted = on_each_backend!(conn, c => diesel::insert_into(idempotency::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

#[async_trait]
impl IdempotencyRepository for SqlStore {
    async fn begin(&self, request: &IdempotentRequest) -> Result<Attempt, StoreError> {
        let (request, clock) = (request.clone(), std::sync::Arc::clone(&self.clock));
        self.write(move |conn| {
            let now = clock.now();
            forget(conn, now)?;
            if claim(conn, &request, now)? {
                return Ok(Verdict::Commit(Attempt::First));
            }
            let row: Option<AttemptRow> = idempotency::table
                .find(request.scope.to_vec())
                .select(AttemptRow::as_select())
                .first(conn)
                .optional()?;
            // Gone again between the two statements: its process gave up; the client asks once more.
            let attempt = row.map_or(Ok(Attempt::InProgress), |row| row.for_body(&request.body, now))?;
            Ok(Verdict::Commit(attempt))
        })
        .await
    }

    async fn finish(
        &self,
        request: &IdempotentRequest,
        answer: Option<RecordedAnswer>,
    ) -> Result<(), StoreError> {
        let request = request.clone();
        self.write(move |conn| {
            let claimed = idempotency::table
                .filter(idempotency::scope.eq(request.scope.to_vec()))
                .filter(idempotency::body.eq(request.body.to_vec()))
                .filter(idempotency::status.is_null());
            match answer {
                Some(answer) => diesel::update(claimed)
                    .set((
                        idempotency::status.eq(i32::from(answer.status)),
                        idempotency::headers.eq(json(&answer.headers)?),
                        idempotency::answer.eq(answer.body),
                    ))
                    .execute(conn)?,
                None => diesel::delete(claimed).execute(conn)?,
            };
            Ok(Verdict::Commit(()))
        })
        .await
    }
}
