//! For tests: a clock that stands still until it is moved, ids that count, and documents of every kind.

pub mod documents;

use std::sync::atomic::{AtomicI64, Ordering};

use uuid::Uuid;

use crate::clock::{Clock, Timestamp};
use crate::id::{Id, IdKind};
use crate::key::{ID_BYTES, KeySecret, SECRET_BYTES};

/// A clock that shows the guide's own moment, 2024-10-14 12:00:00 UTC, until it is moved.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl Default for FixedClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_728_907_200_000_000))
    }
}

impl FixedClock {
    /// Moves the clock, forward or back.
    pub fn advance(&self, by: chrono::Duration) {
        self.0.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// The id with the number `n`.
pub fn id<K: IdKind>(n: u64) -> Id<K> {
    Id::new(Uuid::from_u128(0x0192_8b00_0000_7000_8000_0000_0000_0000 | u128::from(n)))
}

/// The key with the number `n`.
pub fn key(n: u64) -> KeySecret {
    let (id, secret) = drawn(n);
    KeySecret::from_random(id, secret)
}

/// The admin token with the number `n`.
pub fn admin_token(n: u64) -> KeySecret {
    let (id, secret) = drawn(n);
    KeySecret::admin_from_random(id, secret)
}

fn drawn(n: u64) -> ([u8; ID_BYTES], [u8; SECRET_BYTES]) {
    let (mut id, mut secret) = ([0; ID_BYTES], [0; SECRET_BYTES]);
    id[..8].copy_from_slice(&n.to_be_bytes());
    secret[..8].copy_from_slice(&n.to_be_bytes());
    (id, secret)
}
