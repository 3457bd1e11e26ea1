//! Refused calls, counted in memory until the shipper takes them.

use std::collections::HashMap;

use alias_core::alias::AliasId;
use alias_core::team::TeamUid;
use alias_core::usage::Denials;
use chrono::NaiveDate;
use parking_lot::Mutex;

/// The most pairs of an alias and a team that are counted between two takes. Refusals beyond them are not counted.
const MAX_PAIRS: usize = 10_000;

/// Counts by day, alias and team.
#[derive(Debug, Default)]
pub(super) struct Denied(Mutex<HashMap<(NaiveDate, AliasId, TeamUid), u64>>);

impl Denied {
    pub(super) fn count(&self, day: NaiveDate, alias: AliasId, team: TeamUid) {
        let mut counts = self.0.lock();
        let key = (day, alias, team);
        if counts.len() < MAX_PAIRS || counts.contains_key(&key) {
            *counts.entry(key).or_default() += 1;
        }
    }

    pub(super) fn take(&self) -> Vec<Denials> {
        let counts = std::mem::take(&mut *self.0.lock());
        let denials = |((day, alias_id, team_uid), count)| Denials { day, alias_id, team_uid, count };
        counts.into_iter().map(denials).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alias_core::testing::id;

    #[test]
    fn refusals_are_counted_once_by_team_and_alias_and_memory_is_bounded() {
        let denied = Denied::default();
        let day = NaiveDate::default();
        for _ in 0..3 {
            denied.count(day, id(1), id(1));
        }
        for team in 0..20_000 {
            denied.count(day, id(2), id(team));
        }
        denied.count(day, id(1), id(1));
        let taken = denied.take();
        assert_eq!(taken.len(), MAX_PAIRS);
        assert!(taken.contains(&Denials { day, alias_id: id(1), team_uid: id(1), count: 4 }));
        assert!(denied.take().is_empty());
    }
}
