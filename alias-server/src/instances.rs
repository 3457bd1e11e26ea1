//! `alias-server instances`: the servers that hold credit, and retiring those that are gone.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use alias_core::audit::Actor;
use alias_core::money::MicroCredits;
use alias_core::repository::{LeaseRepository, StoreError};
use alias_core::usage::InstanceId;
use alias_store::SqlStore;

use crate::clock::SystemClock;
use crate::config::Config;

/// What the process ends with where there is no such instance.
const NOT_FOUND: u8 = 1;

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum InstancesError {
    /// The database cannot be used.
    #[error("cannot use the database {0}")]
    Store(String, #[source] StoreError),
    /// Nobody takes what is said.
    #[error("cannot write what was done")]
    Output(#[from] io::Error),
}

async fn store(config: &Config) -> Result<SqlStore, InstancesError> {
    let attached = SqlStore::attach(&config.database, Arc::new(SystemClock)).await;
    attached.map_err(|why| InstancesError::Store(config.database.to_string(), why))
}

/// Says which instances are open, and what they hold.
///
/// # Errors
/// [`InstancesError`].
pub async fn list(config: &Config) -> Result<ExitCode, InstancesError> {
    let failed = |why| InstancesError::Store(config.database.to_string(), why);
    let instances = store(config).await?.instances().await.map_err(failed)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{:<38} {:>12} {:>16}", "INSTANCE", "BEAT", "CREDITS HELD")?;
    for state in instances {
        writeln!(
            out,
            "{:<38} {:>12} {:>16}",
            state.instance.to_string(),
            state.beat,
            MicroCredits::new(state.held).to_string()
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Closes an instance that will not come back: what it holds goes back to the teams.
///
/// # Errors
/// [`InstancesError`]: nothing was changed.
pub async fn retire(config: &Config, instance: InstanceId) -> Result<ExitCode, InstancesError> {
    let failed = |why| InstancesError::Store(config.database.to_string(), why);
    let was_open = store(config).await?.retire(instance, &Actor::system()).await.map_err(failed)?;
    let mut out = io::stdout().lock();
    if was_open {
        writeln!(out, "{instance} is retired: what it held is the teams' again")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(
        out,
        "there is no open instance {instance}: `alias-server instances list` shows those that are"
    )?;
    Ok(ExitCode::from(NOT_FOUND))
}
