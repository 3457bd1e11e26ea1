//! Which of several targets serves a caller: settled by who calls, alike on every server and at every time.
//!
//! Targets are gone through in their order, each with a draw of its own for the caller: whoever is drawn for one stays
//! with it while its share grows, and those that leave the target of the alias do not come back to it.

use alias_core::alias::{AliasId, Portion, Routing};
use alias_core::model_ref::ModelRef;

/// One of the other targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arm {
    seed: u64,
    share: u64,
}

/// The other targets of an alias. The same target has the same draws wherever it stands, and after it was away.
pub(crate) fn arms(alias: AliasId, routing: &Routing) -> Box<[Arm]> {
    let seed = |model: &ModelRef| hash(alias.uuid().as_bytes()) ^ hash(model.as_str().as_bytes());
    let arm = |target: &alias_core::alias::SplitTarget| Arm {
        seed: mix(seed(&target.litellm_model)),
        share: u64::from(target.share.hundredths()),
    };
    routing.split.iter().map(arm).collect()
}

/// Which of the other targets serves this caller; `None` for the alias's own.
pub(crate) fn choose(arms: &[Arm], caller: u64) -> Option<usize> {
    let mut left = u64::from(Portion::ALL);
    for (place, arm) in arms.iter().enumerate() {
        let draw = (u128::from(mix(caller ^ arm.seed)) * u128::from(left)) >> 64;
        if draw < u128::from(arm.share) {
            return Some(place);
        }
        left = left.saturating_sub(arm.share);
    }
    None
}

/// What a caller is drawn by. It must never change: callers would change their targets with it (FNV-1a, 64 bits).
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Spreads a number over all of 64 bits (the finalizer of `MurmurHash3`).
fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    number = (number ^ (number >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    number ^ (number >> 33)
}

#[cfg(test)]
mod tests {
    use alias_core::alias::SplitTarget;
    use alias_core::testing::id;

    use super::*;

    fn of(shares: &[(&str, u16)]) -> Box<[Arm]> {
        let split = shares.iter().map(|(model, share)| SplitTarget {
            litellm_model: model.parse().unwrap(),
            share: Portion::new(*share).unwrap(),
            guardrails: None,
        });
        arms(id(7), &Routing { split: split.collect(), ..Routing::default() })
    }

    fn callers() -> impl Iterator<Item = u64> {
        (0..10_000_u32).map(|n| hash(format!("key-{n}").as_bytes()))
    }

    /// Within five standard deviations of a binomial distribution.
    fn is_near(count: usize, hundredths: u16) -> bool {
        let expected = usize::from(hundredths);
        let variance = expected * (10_000 - expected) / 10_000;
        count.abs_diff(expected).pow(2) <= 25 * variance.max(1)
    }

    #[test]
    fn each_target_gets_its_share_of_the_callers() {
        for shares in
            [&[("a/x", 500)][..], &[("a/x", 5_000), ("a/y", 2_500)], &[("a/x", 3_333), ("a/y", 6_667)]]
        {
            let arms = of(shares);
            for (place, (_, share)) in shares.iter().enumerate() {
                let count = callers().filter(|caller| choose(&arms, *caller) == Some(place)).count();
                assert!(is_near(count, *share), "{shares:?}: {count}");
            }
        }
        assert!(callers().all(|caller| choose(&of(&[("a/x", 10_000)]), caller) == Some(0)));
        assert!(callers().all(|caller| choose(&[], caller).is_none()));
    }

    #[test]
    fn raising_a_share_moves_callers_to_its_target_and_nobody_back() {
        let (before, after) = (of(&[("a/x", 500), ("a/y", 1_000)]), of(&[("a/x", 2_000), ("a/y", 1_000)]));
        let mut moved = 0;
        for caller in callers() {
            match (choose(&before, caller), choose(&after, caller)) {
                (Some(0), now) => assert_eq!(now, Some(0)),
                (Some(1), now) => assert_ne!(now, None),
                (_, now) => moved += usize::from(now == Some(0)),
            }
        }
        assert!(moved > 1_000, "{moved}");
    }

    #[test]
    fn a_placement_is_the_same_for_ever() {
        let arms = of(&[("anthropic/claude-3-haiku", 5_000)]);
        let placed: String = (0..32)
            .map(|n| if choose(&arms, hash(format!("user-{n}").as_bytes())).is_some() { '1' } else { '0' })
            .collect();
        assert_eq!(placed, "01000001000110100000001011011010");
    }
}
