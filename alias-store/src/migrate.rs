//! The embedded migrations: forward only, and of a database that is newer only what says that it may be used.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{AnyConnection, Mode, on_each_backend};
use crate::error::Failure;
use crate::schema::schema_compatibility;
use crate::store::{Verdict, transaction};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// One replica migrates at a time, however long that takes; the others wait a minute for it.
const ALONE: &str = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0; \
     SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock(5065784021);";

fn embedded(conn: &AnyConnection) -> EmbeddedMigrations {
    if matches!(conn, AnyConnection::Postgres(_)) { POSTGRES } else { SQLITE }
}

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
        let embedded = embedded(conn);
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

/// Checks that the database is at this program's migrations, or at newer ones that it may use; changes nothing.
pub(crate) fn is_current(conn: &mut AnyConnection, mode: Mode) -> Result<(), Failure> {
    transaction(conn, mode, |conn| {
        let (known, applied) = versions(conn)?;
        may_be_used(conn, &known, &applied)?;
        if known.iter().all(|version| applied.contains(version)) {
            Ok(Verdict::RollBack(()))
        } else {
            Err(Failure::corrupt("the schema", OlderSchema))
        }
    })
}

type Versions = Vec<MigrationVersion<'static>>;

/// The migrations that this program knows, and those that the database has.
fn versions(conn: &mut AnyConnection) -> Result<(Versions, Versions), Failure> {
    let embedded = embedded(conn);
    on_each_backend!(conn, c => versions_on(c, embedded))
}

fn versions_on<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    embedded: EmbeddedMigrations,
) -> Result<(Versions, Versions), Failure> {
    let broken = |why| Failure::corrupt("the schema", why);
    let known: Vec<Box<dyn Migration<DB>>> = embedded.migrations().map_err(broken)?;
    let known = known.iter().map(|migration| migration.name().version().as_owned()).collect();
    Ok((known, conn.applied_migrations().map_err(broken)?))
}

/// Checks that the database has no migration that this program does not know, or says that it may be used all the same.
fn may_be_used(
    conn: &mut AnyConnection,
    known: &[MigrationVersion<'static>],
    applied: &[MigrationVersion<'static>],
) -> Result<(), Failure> {
    let Some(found) = applied.iter().find(|version| !known.contains(version)) else { return Ok(()) };
    let newest = known.iter().max().map(ToString::to_string).unwrap_or_default();
    match oldest(conn)? {
        Some(oldest) if oldest <= newest => {
            tracing::info!(%found, "the database was migrated by a newer version, and may be used by this one");
            Ok(())
        }
        _ => Err(Failure::corrupt("the schema", NewerSchema { found: found.to_string() })),
    }
}

/// The oldest migration that a program must know to use this database; none where that is not said.
fn oldest(conn: &mut AnyConnection) -> Result<Option<String>, Failure> {
    let there = match conn {
        AnyConnection::Postgres(_) => "SELECT to_regclass('schema_compatibility') IS NOT NULL AS there",
        AnyConnection::Sqlite(_) => {
            "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'schema_compatibility') AS there"
        }
    };
    let there: There = on_each_backend!(conn, c => diesel::sql_query(there).get_result(c))?;
    if !there.there {
        return Ok(None);
    }
    Ok(schema_compatibility::table.select(schema_compatibility::oldest).first(conn).optional()?)
}

#[derive(QueryableByName)]
struct There {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    there: bool,
}

/// Runs what is pending, all or nothing, unless the database is newer than this program may use.
pub(crate) fn migrate(conn: &mut AnyConnection) -> Result<(), Failure> {
    transaction(conn, Mode::Write, |conn| {
        if let AnyConnection::Postgres(c) = conn {
            c.batch_execute(ALONE)?;
        }
        let (known, applied) = versions(conn)?;
        may_be_used(conn, &known, &applied)?;
        let embedded = embedded(conn);
        let run = on_each_backend!(conn, c => catch_up(c, embedded))?;
        if let Some(version) = run.last() {
            tracing::info!(version, migrations = run.len(), "the database was migrated");
        }
        Ok(Verdict::Commit(()))
    })
}

fn catch_up<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    embedded: EmbeddedMigrations,
) -> Result<Vec<String>, Failure> {
    let run = conn.run_pending_migrations(embedded).map_err(|why| Failure::corrupt("the schema", why))?;
    Ok(run.iter().map(MigrationVersion::to_string).collect())
}
