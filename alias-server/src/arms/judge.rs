//! Looks after canaries: every second, on every server, and takes back what is worse than its guardrails allow.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::audit::Actor;
use alias_core::clock::Clock;
use alias_core::repository::{CanaryRepository, StoreError};
use alias_router::LiveRouter;
use tokio_util::sync::CancellationToken;

use super::{Arms, Broken};
use crate::admin::answer::publish;

/// How often is looked.
const PAUSE: Duration = Duration::from_secs(1);

/// Judges canaries, until it is stopped.
pub async fn judge(
    arms: Arms,
    kept: Arc<dyn CanaryRepository>,
    live: Arc<LiveRouter>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        let broken = arms.broken(&live.table(), clock.now(), Instant::now());
        for canary in broken {
            take_back(&*kept, &live, canary).await;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Takes a canary back, at the version that was judged: where another server did so at the same moment, or an operator
/// changed the alias, this one looks again by what it says then.
async fn take_back(kept: &dyn CanaryRepository, live: &LiveRouter, broken: Broken) {
    let Broken { name, version, canary, breach } = broken;
    let by = Actor::guardrail(format!("guardrail of {canary} broken: {breach}"));
    match kept.take_back(&name, &canary, Some(version), &by).await {
        Ok(written) => {
            tracing::warn!(alias = %name, %canary, why = %breach, "a canary is taken back");
            publish(live, written.revision).await;
        }
        Err(StoreError::Conflict { .. } | StoreError::NotFound { .. }) => {
            tracing::info!(alias = %name, %canary, "an alias changed while its canary was judged");
            if let Err(why) = live.poll().await {
                tracing::warn!(%why, "cannot read the catalogue; going on with what is known");
            }
        }
        Err(why) => {
            tracing::warn!(alias = %name, %canary, %why, "a canary cannot be taken back; trying again");
        }
    }
}
