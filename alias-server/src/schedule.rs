//! Makes versions of scheduled changes when their moment has come: in the background, on every server; whoever comes
//! first does it.

use std::sync::Arc;
use std::time::Duration;

use alias_core::repository::AliasScheduleRepository;
use alias_router::LiveRouter;
use tokio_util::sync::CancellationToken;

use crate::admin::answer::publish;

/// How often is looked. Calls do not wait for it: they go by the clock.
const PAUSE: Duration = Duration::from_secs(1);

/// How long is waited after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Settles what is due, until it is stopped.
pub async fn settle(kept: Arc<dyn AliasScheduleRepository>, live: Arc<LiveRouter>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match kept.settle().await {
            Ok(None) => PAUSE,
            Ok(Some(revision)) => {
                tracing::info!(%revision, "scheduled changes of aliases are made");
                publish(&live, revision).await;
                PAUSE
            }
            Err(why) => {
                tracing::warn!(%why, "scheduled changes cannot be looked for; trying again");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}
