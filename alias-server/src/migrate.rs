//! `alias-server migrate`: the database's migrations, backups, and moves to another database.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use alias_core::report::Verification;
use alias_core::repository::StoreError;
use alias_store::transfer::{self, Copied};
use alias_store::{DatabaseUrl, InvalidDatabaseUrl, SqlStore};

use crate::clock::SystemClock;
use crate::config::Config;

/// What the process ends with where migrations are pending, or the books of a copy differ.
const NOT_YET: u8 = 1;

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database cannot be used.
    #[error("cannot use the database {0}")]
    Store(String, #[source] StoreError),
    /// The other database's URL.
    #[error("--to: {0}")]
    To(#[from] InvalidDatabaseUrl),
    /// The copy did not succeed.
    #[error("cannot copy {from} into {to}: nothing was changed there")]
    Copy {
        /// The original.
        from: String,
        /// The copy.
        to: String,
        /// Why.
        #[source]
        why: StoreError,
    },
    /// Nobody takes what is said.
    #[error("cannot write what was done")]
    Output(#[from] io::Error),
}

/// The database lacks migrations, and the settings say to leave them to others.
#[derive(Debug, thiserror::Error)]
enum Pending {
    #[error("migrations are pending ({0}), and no_migrate is set: run them with alias-server migrate up")]
    Some(usize),
    #[error("there is no database yet, and no_migrate is set: make it with alias-server migrate up")]
    All,
}

/// Refuses a database that lacks migrations, which somebody else is to run.
///
/// # Errors
/// [`StoreError::Corrupt`] where some are pending, [`StoreError::Unavailable`] where it cannot be reached.
pub async fn all_ran(database: &DatabaseUrl) -> Result<(), StoreError> {
    let pending = if database.file().is_some_and(|file| !file.exists()) {
        Pending::All
    } else {
        match SqlStore::migrations(database).await?.iter().filter(|one| !one.run).count() {
            0 => return Ok(()),
            count => Pending::Some(count),
        }
    };
    Err(StoreError::Corrupt(Box::new(pending)))
}

/// Says which migrations were run, and which are pending.
///
/// # Errors
/// [`MigrateError`].
pub async fn status(config: &Config) -> Result<ExitCode, MigrateError> {
    let listed = SqlStore::migrations(&config.database).await.map_err(store(config))?;
    let mut out = io::stdout().lock();
    for one in &listed {
        writeln!(out, "{:<10}{}", if one.run { "run" } else { "pending" }, one.name)?;
    }
    let pending = listed.iter().filter(|one| !one.run).count();
    writeln!(out, "{pending} of {} pending", listed.len())?;
    Ok(if pending == 0 { ExitCode::SUCCESS } else { ExitCode::from(NOT_YET) })
}

/// Runs the migrations that are pending.
///
/// # Errors
/// [`MigrateError`]: none was run.
pub async fn up(config: &Config) -> Result<ExitCode, MigrateError> {
    SqlStore::open(&config.database, 1, Arc::new(SystemClock)).await.map_err(store(config))?;
    status(config).await
}

/// Writes everything into one file.
///
/// # Errors
/// [`MigrateError`]: there is no such file then, or it is the one that was there.
pub async fn backup(config: &Config, file: &Path) -> Result<ExitCode, MigrateError> {
    let copied = transfer::backup(&config.database, file, progress()).await;
    let to = file.display().to_string();
    let copied = copied.map_err(|why| MigrateError::Copy {
        from: config.database.to_string(),
        to: to.clone(),
        why,
    })?;
    said(&copied, &to)?;
    Ok(ExitCode::SUCCESS)
}

/// Reads a backup into the configured database, which has to be empty.
///
/// # Errors
/// [`MigrateError`]: the database is as it was.
pub async fn restore(config: &Config, file: &Path) -> Result<ExitCode, MigrateError> {
    copy(&DatabaseUrl::sqlite(file), &config.database).await
}

/// Copies everything into another database, which has to be empty.
///
/// # Errors
/// [`MigrateError`]: the other database is as it was.
pub async fn move_to(config: &Config, to: &str) -> Result<ExitCode, MigrateError> {
    copy(&config.database, &to.parse()?).await
}

/// Copies, and computes the books of both again: they have to say the same.
async fn copy(from: &DatabaseUrl, to: &DatabaseUrl) -> Result<ExitCode, MigrateError> {
    let failed = |why| MigrateError::Copy { from: from.to_string(), to: to.to_string(), why };
    let copied = transfer::copy(from, to, progress()).await.map_err(failed)?;
    said(&copied, &to.to_string())?;
    let (original, copy) = (books(from).await?, books(to).await?);
    let mut out = io::stdout().lock();
    let same = original == copy;
    writeln!(
        out,
        "the books of both: {} calls, {} accounts, {} ledger lines, {} differences; they {}",
        copy.events,
        copy.accounts,
        copy.transactions,
        copy.found,
        if same { "say the same" } else { "do not say the same" },
    )?;
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::from(NOT_YET) })
}

async fn books(of: &DatabaseUrl) -> Result<Verification, MigrateError> {
    let failed = |why| MigrateError::Store(of.to_string(), why);
    let store = SqlStore::attach(of, Arc::new(SystemClock)).await.map_err(failed)?;
    store.recompute(|_| true).await.map_err(failed)
}

fn store(config: &Config) -> impl Fn(StoreError) -> MigrateError {
    |why| MigrateError::Store(config.database.to_string(), why)
}

/// Tells a person how far it is; nobody else.
fn progress() -> impl FnMut(&'static str, u64) + Send + 'static {
    let shown = io::stderr().is_terminal();
    move |table, rows| {
        if shown {
            // Who sees no progress still gets the result.
            let _ = write!(io::stderr(), "\r{table:<24}{rows:>12}");
        }
    }
}

fn said(copied: &[Copied], to: &str) -> io::Result<()> {
    let rows: u64 = copied.iter().map(|one| one.rows).sum();
    writeln!(io::stdout(), "{rows} rows of {} tables are in {to}", copied.len())
}
