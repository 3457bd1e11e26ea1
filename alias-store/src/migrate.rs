//! The embedded migrations: forward only, and never past what this program knows.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{AnyConnection, Mode, on_each_backend};
use crate::error::Failure;
use crate::store::{Verdict, transaction};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// One replica migrates at a time, however long that takes; the others wait a minute for it.
const ALONE: &str = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0; \
     SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock(5065784021);";

/// The database was migrated by a newer program.
#[derive(Debug, thiserror::Error)]
#[error(
    "the database has the migration {found}, which this version does not know: use the version that wrote it, or a newer one"
)]
struct NewerSchema {
    found: String,
}

/// The database was migrated by an older program, or never.
#[derive(Debug, thiserror::Error)]
#[error("the database lacks migrations of this version: start the server on it once, which runs them")]
struct OlderSchema;

/// A migration of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its number and name.
    pub name: String,
    /// Whether the database has it.
    pub run: bool,
}

/// This program's migrations, and which of them the database has; those that it has besides come last.
pub(crate) fn status(conn: &mut AnyConnection) -> Result<Vec<MigrationStatus>, Failure> {
    transaction(conn, Mode::Write, |conn| {
        let embedded = if matches!(conn, AnyConnection::Postgres(_)) { POSTGRES } else { SQLITE };
        on_each_backend!(conn, c => list(c, embedded)).map(Verdict::RollBack)
    })
}

fn list<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    embedded: EmbeddedMigrations,
) -> Result<Vec<MigrationStatus>, Failure> {
    let broken = |why| Failure::corrupt("the schema", why);
    let known: Vec<Box<dyn Migration<DB>>> = embedded.migrations().map_err(broken)?;
    let mut applied = conn.applied_migrations().map_err(broken)?;
    let mut all = Vec::with_capacity(known.len());
    for migration in &known {
        let version = migration.name().version();
        let before = applied.len();
        applied.retain(|one| *one != version);
        all.push(MigrationStatus { name: migration.name().to_string(), run: applied.len() < before });
    }
    applied.sort();
    all.extend(
        applied
            .iter()
            .map(|version| MigrationStatus { name: format!("{version} (of a newer version)"), run: true }),
    );
    Ok(all)
}

/// Checks that the database is at this program's migrations, and changes nothing.
pub(crate) fn is_current(conn: &mut AnyConnection) -> Result<(), Failure> {
    transaction(conn, Mode::Write, |conn| {
        let embedded = if matches!(conn, AnyConnection::Postgres(_)) { POSTGRES } else { SQLITE };
        on_each_backend!(conn, c => compare(c, embedded))?;
        Ok(Verdict::RollBack(()))
    })
}

fn compare<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    embedded: EmbeddedMigrations,
) -> Result<(), Failure> {
    let broken = |why| Failure::corrupt("the schema", why);
    let known: Vec<Box<dyn Migration<DB>>> = embedded.migrations().map_err(broken)?;
    let known: Vec<_> = known.iter().map(|migration| migration.name().version()).collect();
    let applied = conn.applied_migrations().map_err(broken)?;
    if let Some(found) = applied.iter().find(|version| !known.contains(version)) {
        return Err(broken(Box::new(NewerSchema { found: found.to_string() })));
    }
    if known.iter().all(|version| applied.contains(version)) {
        Ok(())
    } else {
        Err(broken(Box::new(OlderSchema)))
    }
}

/// Runs what is pending, all or nothing, unless the database is newer than this program.
pub(crate) fn migrate(conn: &mut AnyConnection) -> Result<(), Failure> {
    transaction(conn, Mode::Write, |conn| {
        if let AnyConnection::Postgres(c) = conn {
            c.batch_execute(ALONE)?;
        }
        let embedded = if matches!(conn, AnyConnection::Postgres(_)) { POSTGRES } else { SQLITE };
        let run = on_each_backend!(conn, c => catch_up(c, embedded))?;
        for version in &run {
            tracing::info!(%version, "the database was migrated");
        }
        Ok(Verdict::Commit(()))
    })
}

fn catch_up<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    embedded: EmbeddedMigrations,
) -> Result<Vec<String>, Failure> {
    let broken = |why| Failure::corrupt("the schema", why);
    let known: Vec<Box<dyn Migration<DB>>> = embedded.migrations().map_err(broken)?;
    let known: Vec<_> = known.iter().map(|migration| migration.name().version()).collect();
    let applied = conn.applied_migrations().map_err(broken)?;
    if let Some(found) = applied.iter().find(|version| !known.contains(version)) {
        return Err(broken(Box::new(NewerSchema { found: found.to_string() })));
    }
    let run = conn.run_pending_migrations(embedded).map_err(broken)?;
    Ok(run.iter().map(MigrationVersion::to_string).collect())
}
