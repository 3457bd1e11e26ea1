//! Reminders of the end of aliases: planned with the version that says when it is, queued once when their moment comes.

use alias_core::alias::{Deprecation, ModelAlias};
use alias_core::clock::{Clock, Timestamp};
use alias_core::repository::{StoreError, SunsetReminderRepository};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{AliasRow, current};
use crate::column::{moment, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::replicas;
use crate::schema::{model_aliases, sunset_reminders as r};
use crate::store::{SqlStore, Verdict};
use crate::webhooks;

/// The most reminders that one transaction looks at.
const AT_ONCE: i64 = 50;

/// A reminder: whose it is, how many days before the end, and when that is.
type Row = (String, i32, NaiveDateTime);

/// Plans the reminders of an alias. Where the end stays when it was, those that are planned stay, too: one that is due
/// at this moment is not lost.
pub(super) fn plan(
    conn: &mut AnyConnection,
    before: Option<&Deprecation>,
    after: &ModelAlias,
    now: Timestamp,
) -> Result<(), Failure> {
    let told = after.spec.routing.deprecation.as_ref();
    let end = |told: Option<&Deprecation>| told.and_then(|told| told.sunset_at);
    if end(before) == end(told) {
        return Ok(());
    }
    let id = after.id.to_string();
    diesel::delete(r::table.filter(r::alias_id.eq(&id))).execute(conn)?;
    let Some((told, sunset_at)) = told.zip(end(told)) else { return Ok(()) };
    let rows: Vec<_> = told
        .reminders(now)
        .map(|(days, at)| {
            (
                r::alias_id.eq(id.clone()),
                r::days.eq(days.cast_signed()),
                r::remind_at.eq(time(at)),
                r::sunset_at.eq(time(sunset_at)),
            )
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    on_each_backend!(conn, c => diesel::insert_into(r::table).values(&rows).execute(c))?;
    Ok(())
}

fn any_due(conn: &mut AnyConnection, until: Timestamp) -> Result<bool, Failure> {
    let due = r::table.filter(r::remind_at.le(time(until)));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

/// Queues some of the reminders that are due. A row is taken by one server alone, and the message is queued in the
/// transaction that takes it. Of several that were missed, the last one is sent.
fn remind_some(conn: &mut AnyConnection, clock: &dyn Clock) -> Result<Option<u32>, Failure> {
    // Where many machines write, the database's clock has its say, as with changes that come due.
    let now = clock.now().min(moment(replicas::now(conn, clock)?));
    let due: Vec<Row> = r::table
        .filter(r::remind_at.le(time(now)))
        .order((r::remind_at, r::alias_id))
        .limit(AT_ONCE)
        .select((r::alias_id, r::days, r::sunset_at))
        .load(conn)?;
    if due.is_empty() {
        return Ok(None);
    }
    let mut reminded = 0;
    for (alias, days, sunset_at) in due {
        let of_alias = r::table.filter(r::alias_id.eq(&alias));
        let missed = of_alias.filter(r::remind_at.le(time(now))).filter(r::days.ge(days));
        if diesel::delete(missed).execute(conn)? == 0 {
            continue;
        }
        let later = of_alias.filter(r::remind_at.le(time(now)));
        if diesel::select(diesel::dsl::exists(later)).get_result(conn)? {
            continue;
        }
        reminded += u32::from(remind(conn, &alias, moment(sunset_at), now)?);
    }
    Ok(Some(reminded))
}

/// Queues the reminder of an alias, if it is there, serves calls, and still ends then.
fn remind(conn: &mut AnyConnection, id: &str, end: Timestamp, now: Timestamp) -> Result<bool, Failure> {
    let found: Option<AliasRow> = current!().filter(model_aliases::id.eq(id)).first(conn).optional()?;
    let alias = match found.map(ModelAlias::try_from).transpose() {
        Ok(Some(alias)) => alias,
        Ok(None) => return Ok(false),
        Err(why) => {
            // No reminder of another alias may wait for what cannot be read.
            tracing::error!(%id, ?why, "an alias cannot be read: nobody is reminded of its sunset");
            return Ok(false);
        }
    };
    let told = alias.spec.routing.deprecation.as_ref().and_then(|told| told.sunset_at);
    if !alias.spec.active || told != Some(end) || end <= now {
        return Ok(false);
    }
    webhooks::sunset_approaching(conn, &alias, end, now)?;
    Ok(true)
}

#[async_trait]
impl SunsetReminderRepository for SqlStore {
    async fn remind(&self) -> Result<u32, StoreError> {
        let mut all = 0_u32;
        loop {
            let now = self.clock.now();
            if !self.read(move |conn| any_due(conn, now)).await? {
                return Ok(all);
            }
            let clock = std::sync::Arc::clone(&self.clock);
            let some = self.write(move |conn| remind_some(conn, &*clock).map(Verdict::Commit)).await?;
            let Some(some) = some else { return Ok(all) };
            all = all.saturating_add(some);
        }
    }
}
