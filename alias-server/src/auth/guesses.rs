//! Wrong keys and failed sign-ins, limited for each address. A right key is never refused for others' guesses.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::{ApiError, Code};

/// Wrong keys of one address in a minute. Keys have 256 bits: this bounds noise, not luck.
const WRONG_KEYS: NonZeroU32 = NonZeroU32::new(300).unwrap();
/// Sign-ins of one address in a minute, failed or not: passwords can be guessed, and checking one takes its time.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// The most addresses that are remembered; beyond, those that rested are forgotten.
const MOST_ADDRESSES: usize = 10_000;

/// What is remembered of guessing.
pub struct Guesses {
    wrong_keys: DefaultKeyedRateLimiter<IpAddr>,
    sign_ins: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            wrong_keys: RateLimiter::keyed(Quota::per_minute(WRONG_KEYS)),
            sign_ins: RateLimiter::keyed(Quota::per_minute(SIGN_INS)),
        }
    }
}

impl Guesses {
    /// What somebody reads who is told `error`: that, or to wait, where a wrong key is one too many.
    pub fn judge(&self, error: ApiError, from: Option<IpAddr>) -> ApiError {
        match (error.code(), from) {
            (Code::Unauthenticated | Code::InvalidApiKey, Some(from)) => {
                counted(&self.wrong_keys, from).err().unwrap_or(error)
            }
            _ => error,
        }
    }

    /// Counts an attempt to sign in.
    ///
    /// # Errors
    /// 429 where it is one too many.
    pub fn sign_in(&self, from: Option<IpAddr>) -> Result<(), ApiError> {
        from.map_or(Ok(()), |from| counted(&self.sign_ins, from))
    }
}

fn counted(limiter: &DefaultKeyedRateLimiter<IpAddr>, from: IpAddr) -> Result<(), ApiError> {
    if limiter.len() > MOST_ADDRESSES {
        limiter.retain_recent();
    }
    limiter.check_key(&network(from)).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        ApiError::new(
            Code::RateLimited,
            format!("Too many failed attempts from your address. Wait {wait} s."),
        )
        .header("retry-after", wait.to_string())
    })
}

/// Who has one IPv6 address has the 64 bits behind it.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl std::fmt::Debug for Guesses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guesses").field("addresses", &self.wrong_keys.len()).finish_non_exhaustive()
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
}
