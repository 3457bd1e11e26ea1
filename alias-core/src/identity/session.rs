//! Sessions: what a browser holds after its user signed in. Only the digest of its secret is kept.

use crate::access::Authority;
use crate::clock::Timestamp;

use super::AccountId;

/// How long a session lives at most, in seconds: 12 hours.
pub const SESSION_SECONDS: i64 = 12 * 3_600;

/// How long a session lives without being used, in seconds: 30 minutes.
pub const IDLE_SECONDS: i64 = 30 * 60;

/// SHA-256 of a session's secret, which has 256 bits.
pub type SessionDigest = [u8; 32];

/// A session that was presented and lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub account: AccountId,
    /// What this account is called, in mails and in the audit log.
    pub email: String,
    /// What the account may do.
    pub authority: Authority,
    /// When the session began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

impl Session {
    /// Whether the session lives at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        let since = |then: Timestamp| (now.micros() - then.micros()) / 1_000_000;
        since(self.created_at) < SESSION_SECONDS && since(self.seen_at) < IDLE_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_session_ends_when_it_is_old_or_idle() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let session = |created: i64, seen: i64| Session {
            account: AccountId::new(Uuid::from_u128(1)),
            email: "a@b.example".into(),
            authority: Authority::owner(),
            created_at: at(created),
            seen_at: at(seen),
        };
        assert!(session(0, 0).is_live(at(IDLE_SECONDS - 1)));
        assert!(!session(0, 0).is_live(at(IDLE_SECONDS)));
        assert!(session(0, SESSION_SECONDS - 60).is_live(at(SESSION_SECONDS - 1)));
        assert!(!session(0, SESSION_SECONDS - 60).is_live(at(SESSION_SECONDS)));
    }
}
