//! An end to what is kept: old deliveries are forgotten, and what waits behind too many others is given up.

use alias_core::clock::Timestamp;
use alias_core::webhook::DeliveryStatus;
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::column::{CHUNK, time};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::webhook_deliveries;

/// The most messages that wait for one webhook; older ones are given up.
pub(super) const MOST_PENDING: i64 = 10_000;
const TOO_MANY: &str = "more than 10000 messages were waiting: the oldest were given up";
/// How long what came to an end is kept; what still waits then is older than all its attempts.
const KEPT: chrono::Duration = chrono::Duration::days(7);
/// The most deliveries that are forgotten in one transaction, and the most webhooks that are looked after.
const FORGOTTEN_AT_ONCE: i64 = 1_000;
const TRIMMED_AT_ONCE: i64 = 100;

const PENDING: &str = DeliveryStatus::Pending.as_str();

/// Gives up what waits for a webhook behind too many others.
pub(super) fn trim(conn: &mut AnyConnection, webhook: &str, now: Timestamp) -> Result<(), Failure> {
    let pending = || {
        webhook_deliveries::table
            .filter(webhook_deliveries::webhook_id.eq(webhook))
            .filter(webhook_deliveries::status.eq(PENDING))
    };
    let newest_beyond: Option<String> = pending()
        .order(webhook_deliveries::delivery_id.desc())
        .offset(MOST_PENDING)
        .select(webhook_deliveries::delivery_id)
        .first(conn)
        .optional()?;
    let Some(newest_beyond) = newest_beyond else { return Ok(()) };
    diesel::update(pending().filter(webhook_deliveries::delivery_id.le(newest_beyond)))
        .set((
            webhook_deliveries::status.eq(DeliveryStatus::Failed.as_str()),
            webhook_deliveries::last_error.eq(TOO_MANY),
            webhook_deliveries::finished_at.eq(time(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// [`trim`], for all webhooks that need it.
pub(super) fn trim_all(conn: &mut AnyConnection, now: Timestamp) -> Result<(), Failure> {
    let crowded: Vec<String> = webhook_deliveries::table
        .filter(webhook_deliveries::status.eq(PENDING))
        .group_by(webhook_deliveries::webhook_id)
        .having(count_star().gt(MOST_PENDING))
        .select(webhook_deliveries::webhook_id)
        .limit(TRIMMED_AT_ONCE)
        .load(conn)?;
    crowded.iter().try_for_each(|webhook| trim(conn, webhook, now))
}

/// Forgets what is older than its time; tells how much.
pub(super) fn forget(conn: &mut AnyConnection, now: Timestamp) -> Result<usize, Failure> {
    let before = time(Timestamp::from(now.utc() - KEPT));
    let old = webhook_deliveries::finished_at.lt(before);
    let stale = webhook_deliveries::status.eq(PENDING).and(webhook_deliveries::created_at.lt(before));
    let ids: Vec<String> = webhook_deliveries::table
        .filter(old.assume_not_null().or(stale))
        .limit(FORGOTTEN_AT_ONCE)
        .select(webhook_deliveries::delivery_id)
        .load(conn)?;
    let mut forgotten = 0;
    for chunk in ids.chunks(CHUNK) {
        let chosen = webhook_deliveries::table.filter(webhook_deliveries::delivery_id.eq_any(chunk));
        forgotten += diesel::delete(chosen).execute(conn)?;
    }
    Ok(forgotten)
}
