//! Copying everything from one database to another, of whatever kinds: backups, restores, moves.
//!
//! Rows travel as JSON, a page at a time: the source makes an array of each, the target's own JSON functions take them
//! apart. Both have to be at the migrations of this program, and the target has to be empty. One state of the source
//! is read while its servers go on; in the target everything is there at the end, or nothing is.

mod column;
mod page;

use std::path::Path;

use alias_core::repository::StoreError;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;

use self::column::{Column, columns};
use crate::connection::{AnyConnection, Mode, connect, on_each_backend};
use crate::error::Failure;
use crate::migrate::{is_current, migrate};
use crate::store::{Verdict, blocking, make_folder, transaction, unavailable};
use crate::url::DatabaseUrl;

/// The table that is copied last: while it is empty, the triggers that note changes of the catalogue note nothing.
const CATALOGUE_ROW: &str = "catalogue";
/// All tables that are copied, each after those that it refers to.
pub(crate) const TABLES: [&str; 44] = [
    "model_aliases",
    "alias_versions",
    "scheduled_changes",
    "sunset_reminders",
    "access_groups",
    "group_aliases",
    "deleted_memberships",
    "organizations",
    "teams",
    "managed_objects",
    "team_groups",
    "team_keys",
    "key_models",
    "key_use",
    "budgets",
    "provider_models",
    "model_prices",
    "admin_tokens",
    "accounts",
    "sessions",
    "audit_head",
    "audit_log",
    "service_secrets",
    "idempotency",
    "webhooks",
    "webhook_deliveries",
    "notices",
    "notice_teams",
    "notice_organizations",
    "instances",
    "jobs",
    "usage_events",
    "job_calls",
    "usage_rollups",
    "usage_times",
    "usage_teams",
    "usage_rerates",
    "usage_quarantine",
    "credit_accounts",
    "credit_refills",
    "credit_leases",
    "credit_transactions",
    "budget_charges",
    CATALOGUE_ROW,
];
/// What deciding about calls needs, without what is past: the table, and which of its rows.
const CATALOGUE: [(&str, &str); 17] = [
    ("model_aliases", "TRUE"),
    (
        "alias_versions",
        "EXISTS (SELECT 1 FROM model_aliases a WHERE a.id = alias_versions.alias_id AND a.version = alias_versions.version)",
    ),
    ("scheduled_changes", "TRUE"),
    ("access_groups", "TRUE"),
    ("group_aliases", "TRUE"),
    ("organizations", "TRUE"),
    ("teams", "TRUE"),
    ("team_groups", "TRUE"),
    ("team_keys", "revoked_at IS NULL"),
    (
        "key_models",
        "EXISTS (SELECT 1 FROM team_keys k WHERE k.key_id = key_models.key_id AND k.revoked_at IS NULL)",
    ),
    ("budgets", "deleted_at IS NULL"),
    ("provider_models", "TRUE"),
    ("model_prices", "TRUE"),
    ("admin_tokens", "TRUE"),
    ("accounts", "TRUE"),
    ("service_secrets", "TRUE"),
    (CATALOGUE_ROW, "TRUE"),
];
/// Tables of what servers tell each other while they run, and of the schema itself: worth nothing elsewhere.
#[cfg(test)]
const PASSING: [&str; 7] = [
    "catalogue_changes",
    "catalogue_marks",
    "replicas",
    "limit_accounts",
    "limit_slots",
    "limit_instances",
    "schema_compatibility",
];
/// Tables that have a row from the first migration on, which the copy replaces.
const SEEDED: [&str; 2] = [CATALOGUE_ROW, "audit_head"];

/// What takes longer than a call may.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10s'; \
    SET LOCAL idle_in_transaction_session_timeout = 0";

/// How many rows of a table were copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
}

/// Where something is to be copied to, there is something.
#[derive(Debug, thiserror::Error)]
#[error("the table {table} of the target has rows: copy into an empty database")]
struct NotEmpty {
    table: &'static str,
}

/// The target has another number of rows than were read.
#[derive(Debug, thiserror::Error)]
#[error("{read} rows of {table} were read, and {written} are there")]
struct Lost {
    table: &'static str,
    read: u64,
    written: u64,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

fn count(conn: &mut AnyConnection, table: &str) -> Result<u64, Failure> {
    let query = sql_query(format!("SELECT COUNT(*) AS rows FROM {table}"));
    let counted: Counted = on_each_backend!(conn, c => query.get_result(c))?;
    Ok(crate::column::count(counted.rows))
}

/// Copies everything. `from` is not changed; `to` is made and migrated where that is still to be done, and has to be
/// empty. `progress` is told of each page: the table, and how many of its rows are there.
///
/// # Errors
/// [`StoreError::Unavailable`] where one cannot be reached, [`StoreError::Corrupt`] where the source is at other
/// migrations than this program, or the target is not empty. The target is as it was then.
pub async fn copy(
    from: &DatabaseUrl,
    to: &DatabaseUrl,
    progress: impl FnMut(&'static str, u64) + Send + 'static,
) -> Result<Vec<Copied>, StoreError> {
    copy_some(from, to, TABLES.map(|table| (table, "TRUE")).to_vec(), progress).await
}

async fn copy_some(
    from: &DatabaseUrl,
    to: &DatabaseUrl,
    tables: Vec<(&'static str, &'static str)>,
    progress: impl FnMut(&'static str, u64) + Send + 'static,
) -> Result<Vec<Copied>, StoreError> {
    let (from, to) = (from.clone(), to.clone());
    blocking(move || {
        if let Some(file) = from.file() {
            std::fs::metadata(file).map_err(unavailable)?;
        }
        let mut source = connect(&from).map_err(unavailable)?;
        is_current(&mut source, Mode::Write)?;
        make_folder(&to)?;
        let mut target = connect(&to).map_err(unavailable)?;
        migrate(&mut target)?;
        transaction(&mut source, Mode::Read, |source| {
            let copied = transaction(&mut target, Mode::Write, |target| {
                copy_tables(source, target, &tables, progress).map(Verdict::Commit)
            })?;
            Ok(Verdict::RollBack(copied))
        })
    })
    .await
}

/// Backs everything up into one file, which must not be there yet: a SQLite database, for its owner only.
///
/// # Errors
/// Those of [`copy`]; there is no file then.
pub async fn backup(
    from: &DatabaseUrl,
    file: &Path,
    progress: impl FnMut(&'static str, u64) + Send + 'static,
) -> Result<Vec<Copied>, StoreError> {
    into_file(from, file, TABLES.map(|table| (table, "TRUE")).to_vec(), progress).await
}

/// Writes what deciding about calls needs into one file, which must not be there yet: a SQLite database, for its owner
/// only, that a server can start from while the database is away.
///
/// # Errors
/// Those of [`copy`]; there is no file then.
pub async fn snapshot(from: &DatabaseUrl, file: &Path) -> Result<(), StoreError> {
    into_file(from, file, CATALOGUE.to_vec(), |_, _| ()).await.map(drop)
}

async fn into_file(
    from: &DatabaseUrl,
    file: &Path,
    tables: Vec<(&'static str, &'static str)>,
    progress: impl FnMut(&'static str, u64) + Send + 'static,
) -> Result<Vec<Copied>, StoreError> {
    let made = file.to_owned();
    blocking(move || column::create_private(&made).map_err(|why| unavailable(why).into())).await?;
    let copied = copy_some(from, &DatabaseUrl::sqlite(file.to_owned()), tables, progress).await;
    let (path, failed) = (file.to_owned(), copied.is_err());
    let finished = blocking(move || {
        if failed {
            column::remove(&path);
            return Ok(());
        }
        column::settle(&path)
    })
    .await;
    copied.and_then(|copied| finished.map(|()| copied))
}

fn copy_tables(
    source: &mut AnyConnection,
    target: &mut AnyConnection,
    tables: &[(&'static str, &str)],
    mut progress: impl FnMut(&'static str, u64),
) -> Result<Vec<Copied>, Failure> {
    for conn in [&mut *source, &mut *target] {
        if let AnyConnection::Postgres(c) = conn {
            c.batch_execute(PATIENT)?;
        }
    }
    clear(target)?;
    let mut all = Vec::with_capacity(tables.len());
    for (table, rows) in tables.iter().copied() {
        let columns = columns(target, table)?;
        let pages = page::Pages::of(source, (table, rows), &columns)?;
        let read = copy_table(source, target, (table, &columns), pages, |rows| progress(table, rows))?;
        let written = count(target, table)?;
        if written != read {
            return Err(Failure::corrupt("the copy", Lost { table, read, written }));
        }
        all.push(Copied { table, rows: read });
    }
    Ok(all)
}

/// Sees to it that the target has nothing but what every database has from the start, and takes that away.
fn clear(target: &mut AnyConnection) -> Result<(), Failure> {
    for table in TABLES {
        if !SEEDED.contains(&table) && count(target, table)? > 0 {
            return Err(Failure::corrupt("the target", NotEmpty { table }));
        }
    }
    for table in SEEDED {
        let query = sql_query(format!("DELETE FROM {table}"));
        on_each_backend!(target, c => query.execute(c))?;
    }
    Ok(())
}

fn copy_table(
    source: &mut AnyConnection,
    target: &mut AnyConnection,
    (table, columns): (&str, &[Column]),
    mut pages: page::Pages,
    mut progress: impl FnMut(u64),
) -> Result<u64, Failure> {
    let mut rows = 0;
    while let Some(page) = pages.next(source)? {
        rows += page.rows;
        page::insert(target, table, columns, &page.json)?;
        progress(rows);
    }
    page::Pages::end(source)?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_copied_or_known_not_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = connect(&DatabaseUrl::sqlite(folder.path().join("a.db"))).unwrap();
        migrate(&mut conn).unwrap();
        let mut there = column::tables(&mut conn).unwrap();
        there.retain(|table| !table.starts_with("__diesel") && !table.starts_with("sqlite_"));
        there.sort();
        let mut known: Vec<String> = TABLES.iter().chain(&PASSING).map(|table| (*table).to_owned()).collect();
        known.sort();
        assert_eq!(there, known);
    }
}
