//! Ends jobs of which nothing was heard for too long, in the background, on every server.

use std::sync::Arc;
use std::time::Duration;

use alias_core::repository::JobRepository;
use tokio_util::sync::CancellationToken;

/// How often is looked at most, and at least.
const OFTEN: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_mins(1);
/// The most steps of one look.
const STEPS: usize = 100;

/// Ends what was silent for `ttl`, until it is stopped.
pub async fn sweep(kept: Arc<dyn JobRepository>, ttl: Duration, stop: CancellationToken) {
    let pause = (ttl / 4).clamp(OFTEN, SELDOM);
    while !stop.is_cancelled() {
        for _ in 0..STEPS {
            match kept.expire(ttl).await {
                Ok(0) => break,
                Ok(ended) => tracing::info!(ended, "jobs of which nothing was heard were ended"),
                Err(why) => {
                    tracing::warn!(%why, "silent jobs cannot be ended; trying again");
                    break;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}
