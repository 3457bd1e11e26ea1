//! The accounts of rate limits: one transaction a question, which locks the account first.

use std::sync::Arc;

use alias_core::clock::Clock;
use alias_core::limit::{Account, Ask, Grant, SlotsLeased};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::column::{big, count};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{limit_accounts, limit_slots};

/// The database's own time, in microseconds since 1970: all instances go by it.
const NOW: &str = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT";

#[derive(Queryable, Selectable)]
#[diesel(table_name = limit_accounts)]
struct Row {
    minute: i64,
    requests: i64,
    tokens: i64,
    recall: i64,
}

/// Answers a question. SQLite has one server, whose own clock it goes by.
pub(super) fn ask(conn: &mut AnyConnection, ask: &Ask, clock: &Arc<dyn Clock>) -> Result<Grant, Failure> {
    let subject = ask.subject.to_string();
    let (mut account, now) = locked(conn, &subject, clock)?;
    let others = others(conn, &subject, ask)?;
    let grant = account.serve(ask, now, others);
    save(conn, &subject, &account)?;
    hold(conn, &subject, ask, grant.slots)?;
    Ok(grant)
}

/// The time that all instances go by.
pub(super) fn now(conn: &mut AnyConnection, clock: &Arc<dyn Clock>) -> Result<i64, Failure> {
    match conn {
        AnyConnection::Postgres(c) => Ok(diesel::select(sql::<BigInt>(NOW)).get_result(c)?),
        AnyConnection::Sqlite(_) => Ok(clock.now().micros()),
    }
}

/// The account, which stays ours until the transaction ends, and the time.
fn locked(
    conn: &mut AnyConnection,
    subject: &str,
    clock: &Arc<dyn Clock>,
) -> Result<(Account, i64), Failure> {
    if let Some(found) = find(conn, subject, clock)? {
        return Ok(found);
    }
    let new = (
        limit_accounts::subject.eq(subject),
        limit_accounts::minute.eq(0),
        limit_accounts::requests.eq(0),
        limit_accounts::tokens.eq(0),
        limit_accounts::recall.eq(0),
    );
    on_each_backend!(conn, c => diesel::insert_into(limit_accounts::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    find(conn, subject, clock)?.ok_or(Failure::Database(diesel::result::Error::NotFound))
}

fn find(
    conn: &mut AnyConnection,
    subject: &str,
    clock: &Arc<dyn Clock>,
) -> Result<Option<(Account, i64)>, Failure> {
    let row: Option<(Row, i64)> = match conn {
        AnyConnection::Postgres(c) => limit_accounts::table
            .find(subject)
            .select((Row::as_select(), sql::<BigInt>(NOW)))
            .for_update()
            .first(c)
            .optional()?,
        AnyConnection::Sqlite(c) => limit_accounts::table
            .find(subject)
            .select(Row::as_select())
            .first(c)
            .optional()?
            .map(|row| (row, clock.now().micros())),
    };
    Ok(row.map(|(row, now)| {
        let Row { minute, requests, tokens, recall } = row;
        (Account { window: minute, requests: count(requests), tokens: count(tokens), recall }, now)
    }))
}

fn save(conn: &mut AnyConnection, subject: &str, account: &Account) -> Result<(), Failure> {
    diesel::update(limit_accounts::table.find(subject))
        .set((
            limit_accounts::minute.eq(account.window),
            limit_accounts::requests.eq(big(account.requests)),
            limit_accounts::tokens.eq(big(account.tokens)),
            limit_accounts::recall.eq(account.recall),
        ))
        .execute(conn)?;
    Ok(())
}

/// What other instances hold of the calls at once.
fn others(conn: &mut AnyConnection, subject: &str, ask: &Ask) -> Result<u64, Failure> {
    if ask.limits.max_parallel_requests.is_none() {
        return Ok(0);
    }
    let held: Option<i64> = limit_slots::table
        .filter(limit_slots::subject.eq(subject))
        .filter(limit_slots::instance.ne(ask.instance.to_string()))
        .select(diesel::dsl::sum(limit_slots::held))
        .first(conn)?;
    Ok(count(held.unwrap_or(0)))
}

/// Writes what the instance holds of the calls at once, in absolute numbers: to write it again changes nothing.
fn hold(conn: &mut AnyConnection, subject: &str, ask: &Ask, leased: SlotsLeased) -> Result<(), Failure> {
    let instance = ask.instance.to_string();
    let held = i32::try_from(ask.slots.held.saturating_add(leased.granted)).unwrap_or(i32::MAX);
    if held == 0 {
        diesel::delete(limit_slots::table.find((subject, &instance))).execute(conn)?;
        return Ok(());
    }
    let row =
        (limit_slots::subject.eq(subject), limit_slots::instance.eq(&instance), limit_slots::held.eq(held));
    on_each_backend!(conn, c => diesel::insert_into(limit_slots::table)
        .values(row)
        .on_conflict((limit_slots::subject, limit_slots::instance))
        .do_update()
        .set(limit_slots::held.eq(held))
        .execute(c))?;
    Ok(())
}
