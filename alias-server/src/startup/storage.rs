//! The database, and what stands in for one that is away at the start.

use std::sync::Arc;
use std::time::Duration;

use alias_core::audit::Actor;
use alias_core::causes::WithCauses;
use alias_core::clock::Clock;
use alias_core::provider_model::{ModelSource, builtin};
use alias_core::repository::{ModelCatalogRepository, StoreError};
use alias_store::{DatabaseUrl, SqlStore, turns_away};
use tokio_util::sync::CancellationToken;

use super::StartError;
use crate::clock::SteadyClock;
use crate::config::Config;
use crate::migrate;
use crate::snapshot::{Saved, Snapshots};

/// How often a database that was away at the start is tried.
const AGAIN: Duration = Duration::from_secs(1);

/// The database; where it is a server that cannot be reached, what it last said, too.
pub(super) async fn open(
    config: &Config,
    steady: &Arc<SteadyClock>,
    snapshots: &Snapshots,
) -> Result<(SqlStore, Option<Saved>), StartError> {
    let clock = &(Arc::clone(steady) as Arc<dyn Clock>);
    match opened(config, clock).await {
        Ok(store) => {
            // Where there are many servers, their database's time counts.
            match store.time().await {
                Ok(Some(time)) => steady.begin(time),
                Ok(None) => {}
                Err(away) => return without(config, steady, snapshots, away).await,
            }
            Ok((store, None))
        }
        Err(away) => without(config, steady, snapshots, away).await,
    }
}

/// What stands in for a database that is away. One that turns this server away is there: who set it up has to know.
pub(super) async fn without(
    config: &Config,
    steady: &Arc<SteadyClock>,
    snapshots: &Snapshots,
    away: StoreError,
) -> Result<(SqlStore, Option<Saved>), StartError> {
    // One that is locked for long, such as by a replica that migrates it, is away for a while, too.
    let may_come_back = matches!(away, StoreError::Unavailable(_) | StoreError::Busy) && !turns_away(&away);
    if config.database.file().is_some() || !may_come_back {
        return Err(away.into());
    }
    let clock = &(Arc::clone(steady) as Arc<dyn Clock>);
    let saved = match snapshots.load(clock).await {
        Ok(saved) => saved,
        Err(why) => return Err(StartError::Away { snapshot: Box::new(why), away }),
    };
    let age = humantime::format_duration(Duration::from_secs(saved.age.as_secs())).to_string();
    tracing::warn!(
        error = %WithCauses(&away),
        age,
        "the database cannot be reached: calls are decided by the snapshot on this machine's disk"
    );
    Ok((SqlStore::unconfirmed(&config.database, config.pool_size, Arc::clone(clock)), Some(saved)))
}

/// A database that was away at the start.
pub(super) struct Away {
    store: SqlStore,
    steady: Arc<SteadyClock>,
    /// Its address, where others run its migrations.
    unchanged: Option<DatabaseUrl>,
}

impl Away {
    pub(super) fn of(config: &Config, store: &SqlStore, steady: &Arc<SteadyClock>) -> Self {
        let unchanged = config.no_migrate.then(|| config.database.clone());
        Self { store: store.clone(), steady: Arc::clone(steady), unchanged }
    }

    async fn confirm(&self) -> Result<(), StoreError> {
        if let Some(database) = &self.unchanged {
            migrate::all_ran(database).await?;
        }
        self.store.confirm().await?;
        enter_models(&self.store).await
    }

    /// Reaches it.
    pub(super) async fn reach(self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await.is_some() {
            let reached = self.confirm().await;
            match reached {
                Ok(()) => {
                    if let Ok(Some(time)) = self.store.time().await {
                        self.steady.begin(time);
                    }
                    tracing::info!("the database is reached");
                    return;
                }
                Err(why @ (StoreError::Unavailable(_) | StoreError::Busy)) => {
                    tracing::debug!(%why, "the database is still away");
                }
                Err(why) => {
                    tracing::error!(error = %WithCauses(&why), "the database cannot be used");
                }
            }
        }
    }
}

/// Opens the database, and enters the models that come with the server where the catalogue does not have them yet.
async fn opened(config: &Config, clock: &Arc<dyn Clock>) -> Result<SqlStore, StoreError> {
    if config.no_migrate {
        migrate::all_ran(&config.database).await?;
    }
    let store = SqlStore::open(&config.database, config.pool_size, Arc::clone(clock)).await?;
    enter_models(&store).await?;
    Ok(store)
}

async fn enter_models(store: &SqlStore) -> Result<(), StoreError> {
    let (models, by) = (builtin(), Actor::system());
    let planned = store.import(models.clone(), ModelSource::Builtin, true, &by).await?.value;
    if planned.added > 0 {
        store.import(models, ModelSource::Builtin, false, &by).await?;
    }
    Ok(())
}
