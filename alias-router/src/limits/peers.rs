//! Who of the instances lives: told by beats that rise, and by no clock but one's own.

use std::collections::HashMap;

use alias_core::repository::Peer;
use alias_core::usage::InstanceId;

use super::Millis;

/// An instance whose beat did not rise for this long, as seen without a break, is dead: its slots come back.
pub const BURIED_AFTER: Millis = 30_000;
/// An instance that gave no sign of life for this long uses its slots no more.
pub const SILENT_AFTER: Millis = 20_000;

/// The instances, and since when their beats stand.
#[derive(Debug, Default)]
pub struct Peers(HashMap<InstanceId, (i64, Millis)>);

impl Peers {
    /// Takes what the ledger says of all instances; gives those that are dead.
    pub fn see(&mut self, peers: &[Peer], now: Millis) -> Vec<Peer> {
        let before = std::mem::take(&mut self.0);
        let mut dead = Vec::new();
        for peer in peers {
            let since = match before.get(&peer.instance) {
                Some((beat, since)) if *beat == peer.beat => *since,
                _ => now,
            };
            self.0.insert(peer.instance, (peer.beat, since));
            if now.saturating_sub(since) >= BURIED_AFTER {
                dead.push(*peer);
            }
        }
        dead
    }

    /// The ledger could not be read: nobody can be said to have been silent meanwhile.
    pub fn lose_sight(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn peer(n: u128, beat: i64) -> Peer {
        Peer { instance: InstanceId::new(Uuid::from_u128(n)), beat }
    }

    #[test]
    fn an_instance_is_dead_when_its_beat_stood_for_half_a_minute_without_a_break() {
        let mut peers = Peers::default();
        assert!(peers.see(&[peer(1, 5), peer(2, 9)], 0).is_empty());
        assert!(peers.see(&[peer(1, 6), peer(2, 9)], BURIED_AFTER - 1).is_empty());
        assert_eq!(peers.see(&[peer(1, 7), peer(2, 9)], BURIED_AFTER), [peer(2, 9)]);
        peers.lose_sight();
        assert!(peers.see(&[peer(1, 7), peer(2, 9)], BURIED_AFTER * 9).is_empty());
    }
}
