//! `alias-server catalog import`: takes LiteLLM's map of models into the catalogue.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use alias_core::audit::Actor;
use alias_core::provider_model::{Imported, ModelSource, NotAMap, read_litellm};
use alias_core::repository::{ModelCatalogRepository, StoreError};
use alias_store::SqlStore;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::migrate::all_ran;

/// The largest map that is read, in bytes; LiteLLM's has 3 MiB.
const MAX_MAP: u64 = 64 << 20;
/// The most entries that are named.
const MAX_NAMED: usize = 1_000;

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot read {0}")]
    File(String, #[source] io::Error),
    /// It is too large to be a map.
    #[error("{0} has more than {MAX_MAP} bytes: that is no map of models")]
    TooLarge(String),
    /// It is no map.
    #[error("cannot read {0}")]
    Map(String, #[source] NotAMap),
    /// The database cannot be read or written.
    #[error("cannot use the database {0}")]
    Store(String, #[source] StoreError),
    /// Nobody takes what is said.
    #[error("cannot write what was done")]
    Output(#[from] io::Error),
}

/// Reads the map and takes it in; with `dry_run` it says what that would change.
///
/// # Errors
/// [`ImportError`]: nothing was changed.
pub async fn run(config: &Config, file: &Path, dry_run: bool) -> Result<ExitCode, ImportError> {
    let Imported { models, unread } = read(file)?;
    let failed = |why| ImportError::Store(config.database.to_string(), why);
    let clock = Arc::new(SystemClock);
    if config.no_migrate {
        all_ran(&config.database).await.map_err(failed)?;
    }
    let store = if dry_run {
        SqlStore::attach(&config.database, clock).await
    } else {
        SqlStore::open(&config.database, 1, clock).await
    }
    .map_err(failed)?;
    let read = models.len();
    let by = Actor::system();
    let summary = store.import(models, ModelSource::Litellm, dry_run, &by).await.map_err(failed)?.value;
    let mut out = io::stdout().lock();
    let verb = if dry_run { "would be" } else { "were" };
    writeln!(out, "{read} models read, {} entries could not be", unread.len())?;
    for (key, why) in unread.iter().take(MAX_NAMED) {
        writeln!(out, "  {key}: {why}")?;
    }
    if unread.len() > MAX_NAMED {
        writeln!(out, "  and {} more", unread.len() - MAX_NAMED)?;
    }
    writeln!(
        out,
        "{} {verb} added, {} changed, {} of both with a new price; {} are as they were, {} were set by hand and are kept",
        summary.added, summary.changed, summary.repriced, summary.unchanged, summary.kept
    )?;
    if summary.gone > 0 {
        writeln!(out, "{} of an earlier import are not in it any more, and stay as they were", summary.gone)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Imported, ImportError> {
    let name = file.display().to_string();
    let failed = |why| ImportError::File(name.clone(), why);
    let mut text = String::new();
    File::open(file).map_err(failed)?.take(MAX_MAP + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > MAX_MAP {
        return Err(ImportError::TooLarge(name));
    }
    read_litellm(&text).map_err(|why| ImportError::Map(name, why))
}
