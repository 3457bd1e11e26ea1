//! Looks for refills that are due, in the background, on every server: whoever comes first enters one.

use std::sync::Arc;
use std::time::Duration;

use alias_core::repository::CreditRepository;
use tokio_util::sync::CancellationToken;

/// How often is looked. Who asks for credit, or for a balance, does not wait for it.
const PAUSE: Duration = Duration::from_mins(1);

/// Enters what is due, until it is stopped.
pub async fn refill(kept: Arc<dyn CreditRepository>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match kept.refill_all().await {
            Ok(0) => {}
            Ok(entered) => tracing::info!(entered, "teams were refilled"),
            Err(why) => tracing::warn!(%why, "teams cannot be refilled; trying again"),
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stop.cancelled() => {}
        }
    }
}
