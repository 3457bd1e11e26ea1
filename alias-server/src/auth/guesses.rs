//! Wrong keys and failed sign-ins, limited for each address. A right key is never refused for others' guesses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::{ApiError, Code};

/// Wrong keys of one address in a minute. Keys have 256 bits: this bounds noise, not luck.
const WRONG_KEYS: NonZeroU32 = NonZeroU32::new(300).unwrap();
/// Sign-ins of one address in a minute, failed or not: passwords can be guessed, and checking one takes its time.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// The most addresses that are told apart; beyond, whole regions of addresses are.
const MOST_ADDRESSES: usize = 10_000;
/// How many attempts pass between two looks for addresses that rested, which are forgotten.
const SWEEP_EVERY: usize = 1_000;

/// What is remembered of guessing.
#[derive(Debug)]
pub struct Guesses {
    wrong_keys: Limit,
    sign_ins: Limit,
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            wrong_keys: Limit::new(WRONG_KEYS, MOST_ADDRESSES),
            sign_ins: Limit::new(SIGN_INS, MOST_ADDRESSES),
        }
    }
}

impl Guesses {
    /// What somebody reads who is told `error`: that, or to wait, where a wrong key is one too many.
    pub fn judge(&self, error: ApiError, from: Option<IpAddr>) -> ApiError {
        match (error.code(), from) {
            (Code::Unauthenticated | Code::InvalidApiKey, Some(from)) => {
                self.wrong_keys.count(from).err().unwrap_or(error)
            }
            _ => error,
        }
    }

    /// Counts an attempt to sign in.
    ///
    /// # Errors
    /// 429 where it is one too many.
    pub fn sign_in(&self, from: Option<IpAddr>) -> Result<(), ApiError> {
        from.map_or(Ok(()), |from| self.sign_ins.count(from))
    }
}

/// So many attempts of an address in a minute.
struct Limit {
    attempts: DefaultKeyedRateLimiter<IpAddr>,
    most: usize,
    counted: AtomicUsize,
}

impl Limit {
    fn new(a_minute: NonZeroU32, most: usize) -> Self {
        let attempts = RateLimiter::keyed(Quota::per_minute(a_minute));
        Self { attempts, most, counted: AtomicUsize::new(0) }
    }

    /// Counts an attempt.
    fn count(&self, from: IpAddr) -> Result<(), ApiError> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.attempts.retain_recent();
        }
        let from = network(from);
        let who = if self.attempts.len() < self.most { from } else { region(from) };
        self.attempts.check_key(&who).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            ApiError::new(
                Code::RateLimited,
                format!("Too many failed attempts from your address. Wait {wait} s."),
            )
            .header("retry-after", wait.to_string())
        })
    }
}

impl std::fmt::Debug for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limit").field("addresses", &self.attempts.len()).finish_non_exhaustive()
    }
}

/// Who has one IPv6 address has the 64 bits behind it.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The 16 bits that an address begins with: there are so few that remembering all of them takes little.
fn region(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> 16))),
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & !(u32::MAX >> 16))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_too_often_waits_and_others_do_not() {
        let guesses = Guesses::default();
        let wrong = |from: &str| {
            let error = ApiError::new(Code::InvalidApiKey, "no");
            guesses.judge(error, Some(from.parse().unwrap())).code()
        };
        for _ in 0..WRONG_KEYS.get() {
            assert_eq!(wrong("192.0.2.1"), Code::InvalidApiKey);
        }
        assert_eq!(wrong("192.0.2.1"), Code::RateLimited);
        assert_eq!(wrong("::ffff:192.0.2.1"), Code::RateLimited, "the same address in other clothes");
        assert_eq!(wrong("192.0.2.2"), Code::InvalidApiKey);
        let other = ApiError::new(Code::ModelNotFound, "no");
        assert_eq!(guesses.judge(other, Some("192.0.2.1".parse().unwrap())).code(), Code::ModelNotFound);
    }

    #[test]
    fn a_whole_ipv6_network_is_one_guesser() {
        let guesses = Guesses::default();
        let sign_in = |n: u32| guesses.sign_in(Some(format!("2001:db8::{n:x}").parse().unwrap()));
        let refused = (1..=SIGN_INS.get() + 1).find(|n| sign_in(*n).is_err());
        assert_eq!(refused, Some(SIGN_INS.get() + 1));
        assert!(guesses.sign_in(Some("2001:db8:0:1::1".parse().unwrap())).is_ok());
    }
    #[test]
    fn a_crowd_of_guessers_takes_no_more_room_and_is_counted_together() {
        let limit = Limit::new(SIGN_INS, 50);
        let crowd = (0..5_000_u32)
            .map(|n| IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8_0000_0000 + u128::from(n)) << 64)));
        let refused = crowd.filter(|from| limit.count(*from).is_err()).count();
        assert!(refused > 4_000, "{refused}");
        assert!(limit.attempts.len() <= 51, "{limit:?}");
        assert!(limit.count([192, 0, 2, 1].into()).is_ok(), "elsewhere nobody waits");
    }
}
