//! Closes instances that are gone: what they hold goes back to the teams.
//!
//! Clocks and suspended machines lie, so nothing rests on what time an instance says: its beat must have stood still for
//! longer than it would use its leases itself, while this one saw the database without a break. To close one that lives
//! after all is safe: it goes on under a new id.

use std::collections::HashMap;
use std::time::Duration;

use alias_core::repository::{InstanceState, LeaseRepository};
use alias_core::usage::InstanceId;
use tokio::time::Instant;

use super::OFFLINE_LIMIT;

/// How long a beat has to stand still.
const GONE: Duration = OFFLINE_LIMIT.saturating_add(Duration::from_mins(1));

/// The beats of all instances, and since when they stand still.
#[derive(Debug, Default)]
pub(super) struct Watch(HashMap<InstanceId, (i64, Instant)>);

impl Watch {
    /// Looks at all beats, and closes the instances whose beat has stood still for too long.
    pub(super) async fn look(&mut self, leases: &dyn LeaseRepository) {
        let Ok(instances) = leases.instances().await else {
            // The database was away: who did not beat may have had no chance to.
            self.0.clear();
            return;
        };
        for (instance, beat) in self.gone(&instances, Instant::now()) {
            match leases.close(instance, Some(beat)).await {
                Ok(true) => tracing::warn!(%instance, "an instance was silent for too long: it is closed"),
                Ok(false) => {}
                Err(why) => tracing::warn!(%instance, %why, "a silent instance could not be closed"),
            }
        }
    }

    /// Those whose beat has stood still for too long, and where it stands.
    fn gone(&mut self, instances: &[InstanceState], now: Instant) -> Vec<(InstanceId, i64)> {
        let mut seen = HashMap::with_capacity(instances.len());
        for state in instances {
            let since = match self.0.get(&state.instance) {
                Some((beat, since)) if *beat == state.beat => *since,
                _ => now,
            };
            seen.insert(state.instance, (state.beat, since));
        }
        self.0 = seen;
        let silent = |(_, since): &(i64, Instant)| now.saturating_duration_since(*since) > GONE;
        self.0
            .iter()
            .filter(|(_, seen)| silent(seen))
            .map(|(instance, (beat, _))| (*instance, *beat))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use alias_core::repository::{MockLeaseRepository, StoreError};
    use alias_core::testing::id;

    use super::*;

    fn state(number: u64, beat: i64) -> InstanceState {
        InstanceState { instance: id(number), beat, closed: false, held: 0 }
    }

    #[test]
    fn only_a_beat_that_stands_still_for_longer_than_leases_are_used_is_gone() {
        let (mut watch, start) = (Watch::default(), Instant::now());
        assert_eq!(watch.gone(&[state(1, 7), state(2, 7)], start), []);
        let later = start + GONE;
        assert_eq!(watch.gone(&[state(1, 7), state(2, 8)], later), []);
        let latest = later + Duration::from_secs(1);
        assert_eq!(watch.gone(&[state(1, 7), state(2, 8)], latest), [(id(1), 7)]);
    }

    #[tokio::test]
    async fn a_database_that_was_away_begins_the_time_anew() {
        let mut watch = Watch::default();
        watch.gone(&[state(1, 7)], Instant::now());
        let mut leases = MockLeaseRepository::new();
        leases.expect_instances().return_once(|| Err(StoreError::Unavailable("away".into())));
        watch.look(&leases).await;
        assert!(watch.0.is_empty());
    }
}
