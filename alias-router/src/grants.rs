//! Sorted sets of groups, and the question whether they meet.

use smallvec::SmallVec;

/// Ascending numbers of groups; up to four, which is the most common case, take no memory of their own.
pub(crate) type Numbers = SmallVec<[u32; 4]>;

/// From this ratio of lengths on, looking up each item of the shorter list beats walking both.
const LOOK_UP_FROM: usize = 8;

/// Whether two ascending lists have an item in common.
pub(crate) fn meet(a: &[u32], b: &[u32]) -> bool {
    let (short, mut long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() / LOOK_UP_FROM < short.len() {
        return walk(short, long);
    }
    for item in short {
        let place = long.partition_point(|other| other < item);
        long = long.get(place..).unwrap_or_default();
        if long.first() == Some(item) {
            return true;
        }
    }
    false
}

fn walk(mut a: &[u32], mut b: &[u32]) -> bool {
    while let ([first_a, rest_a @ ..], [first_b, rest_b @ ..]) = (a, b) {
        if first_a == first_b {
            return true;
        }
        if first_a < first_b { a = rest_a } else { b = rest_b }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lists_meet_exactly_if_they_share_an_item(
            few in btree_set(0_u32..500, 0..6),
            many in btree_set(0_u32..500, 0..120),
        ) {
            let list = |set: &BTreeSet<u32>| set.iter().copied().collect::<Vec<_>>();
            let shared = few.intersection(&many).next().is_some();
            prop_assert_eq!(meet(&list(&few), &list(&many)), shared);
            prop_assert_eq!(meet(&list(&many), &list(&few)), shared);
            prop_assert_eq!(walk(&list(&few), &list(&many)), shared);
        }
    }
}
