//! What comes due: versions of scheduled changes, and reminders of sunsets. In the background, on every server; whoever
//! comes first does it.

use std::sync::Arc;
use std::time::Duration;

use alias_core::repository::{AliasScheduleRepository, StoreError, SunsetReminderRepository};
use alias_router::LiveRouter;
use tokio::time::Instant;
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use alias_core::catalog::{Catalog, CatalogChange, CatalogSource, Known};
    use alias_core::repository::{MockAliasScheduleRepository, MockSunsetReminderRepository};
    use alias_router::RouterPolicy;

    use super::*;

    /// A catalogue of nothing.
    struct Empty;

    #[async_trait::async_trait]
    impl CatalogSource for Empty {
        async fn changes_since(&self, known: Option<Known>) -> Result<CatalogChange, StoreError> {
            Ok(if known.is_none() { CatalogChange::Full(Catalog::default()) } else { CatalogChange::None })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn reminders_that_fail_hold_up_no_change() {
        let (looked, tried) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let (mut kept, mut reminders) =
            (MockAliasScheduleRepository::new(), MockSunsetReminderRepository::new());
        let (count, stop) = (Arc::clone(&looked), CancellationToken::new());
        kept.expect_settle().returning(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(None)
        });
        let count = Arc::clone(&tried);
        reminders.expect_remind().returning(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Err(StoreError::Unavailable("away".into()))
        });
        let live = Arc::new(LiveRouter::start(Arc::new(Empty), RouterPolicy::default()).await.unwrap());
        let settling = settle(Arc::new(kept), Arc::new(reminders), live, stop);
        let seconds = tokio::time::timeout(Duration::from_millis(25_500), settling).await;
        assert!(seconds.is_err(), "it goes on until it is stopped");
        assert_eq!((looked.load(Ordering::Relaxed), tried.load(Ordering::Relaxed)), (26, 3));
    }
}
