//! A hash table in shards that copies share: to change an entry of a copy takes a copy of its shard.

use std::sync::Arc;

use hashbrown::HashTable;

/// How many shards there are: a change copies one in as many of the entries.
const SHARDS: usize = 256;

/// Entries that are found by a hash and a comparison, as in [`HashTable`].
pub(crate) struct Shards<T>(Box<[Arc<HashTable<T>>]>);

impl<T: Clone> Shards<T> {
    /// The first entry of this hash that `is` accepts.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is: impl FnMut(&T) -> bool) -> Option<&T> {
        self.0.get(shard_of(hash))?.find(hash, is)
    }

    /// The same, to change it in this copy alone. What it is found by must stay.
    pub(crate) fn find_mut(&mut self, hash: u64, is: impl FnMut(&T) -> bool) -> Option<&mut T> {
        Arc::make_mut(self.0.get_mut(shard_of(hash))?).find_mut(hash, is)
    }

    /// Adds an entry; `hasher` tells the hashes of entries that are there.
    pub(crate) fn insert(&mut self, hash: u64, entry: T, hasher: impl Fn(&T) -> u64) {
        if let Some(shard) = self.0.get_mut(shard_of(hash)) {
            Arc::make_mut(shard).insert_unique(hash, entry, hasher);
        }
    }

    /// Takes the first entry of this hash away that `is` accepts.
    pub(crate) fn remove(&mut self, hash: u64, mut is: impl FnMut(&T) -> bool) -> Option<T> {
        let shard = self.0.get_mut(shard_of(hash))?;
        // Not even a copy where there is nothing to take away.
        shard.find(hash, &mut is)?;
        Arc::make_mut(shard).find_entry(hash, is).ok().map(|entry| entry.remove().0)
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|shard| shard.len()).sum()
    }

    /// All entries, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flat_map(|shard| shard.iter())
    }
}

/// The shard of a hash: by bits that [`HashTable`] goes by last.
#[inline]
fn shard_of(hash: u64) -> usize {
    usize::try_from((hash >> 40) % SHARDS as u64).unwrap_or_default()
}

impl<T> Clone for Shards<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Shards<T> {
    fn default() -> Self {
        // One empty shard stands for all until they are written to.
        Self(vec![Arc::default(); SHARDS].into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u64) -> u64 {
        n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[test]
    fn a_change_of_a_copy_leaves_the_original_and_copies_one_shard() {
        let mut first = Shards::default();
        for n in 0..10_000_u64 {
            first.insert(hash(n), (n, n), |entry| hash(entry.0));
        }
        let mut second = first.clone();
        assert_eq!(second.remove(hash(77), |entry| entry.0 == 77), Some((77, 77)));
        assert_eq!(second.remove(hash(10_001), |entry| entry.0 == 10_001), None);
        assert_eq!((first.len(), second.len()), (10_000, 9_999));
        assert!(first.find(hash(77), |entry| entry.0 == 77).is_some());
        assert!(second.find(hash(77), |entry| entry.0 == 77).is_none());
        assert_eq!(first.0.iter().zip(&second.0).filter(|(a, b)| !Arc::ptr_eq(a, b)).count(), 1);
        if let Some(entry) = second.find_mut(hash(5), |entry| entry.0 == 5) {
            entry.1 = 0;
        }
        assert_eq!(first.iter().map(|entry| entry.1).sum::<u64>(), 49_995_000);
        assert_eq!(second.iter().map(|entry| entry.1).sum::<u64>(), 49_995_000 - 77 - 5);
    }
}
