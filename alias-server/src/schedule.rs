//! What comes due: versions of scheduled changes, and reminders of sunsets. In the background, on every server; whoever
//! comes first does it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::repository::{AliasScheduleRepository, StoreError, SunsetReminderRepository};
use alias_router::LiveRouter;
use tokio_util::sync::CancellationToken;

use crate::admin::answer::publish;

/// How often is looked. Calls do not wait for it: they go by the clock.
const PAUSE: Duration = Duration::from_secs(1);

/// How long is waited after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Settles what is due, until it is stopped.
pub async fn settle(
    kept: Arc<dyn AliasScheduleRepository>,
    reminders: Arc<dyn SunsetReminderRepository>,
    live: Arc<LiveRouter>,
    stop: CancellationToken,
) {
    let mut remind_from = Instant::now();
    while !stop.is_cancelled() {
        let pause = match make(&*kept, &live).await {
            Ok(()) => PAUSE,
            Err(why) => {
                tracing::warn!(%why, "what comes due cannot be looked for; trying again");
                AFTER_FAILURE
            }
        };
        // Changes first, and none waits for reminders: they may put off an end that webhooks would be reminded of.
        if pause == PAUSE
            && Instant::now() >= remind_from
            && let Err(why) = remind(&*reminders).await
        {
            tracing::warn!(%why, "webhooks cannot be reminded of sunsets; trying again");
            remind_from = Instant::now() + AFTER_FAILURE;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn make(kept: &dyn AliasScheduleRepository, live: &LiveRouter) -> Result<(), StoreError> {
    if let Some(revision) = kept.settle().await? {
        tracing::info!(%revision, "scheduled changes of aliases are made");
        publish(live, revision).await;
    }
    Ok(())
}

async fn remind(reminders: &dyn SunsetReminderRepository) -> Result<(), StoreError> {
    match reminders.remind().await? {
        0 => {}
        aliases => tracing::info!(aliases, "webhooks are reminded of sunsets"),
    }
    Ok(())
}
