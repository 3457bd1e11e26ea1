//! A list in pieces that copies share: to change an item of a copy takes a copy of its piece, and of the list of pieces.

use std::sync::Arc;

use arrayvec::ArrayVec;

/// How many items a piece holds: a change copies that many, and a list of 100,000 has 400 pieces.
const PIECE: usize = 256;

/// Numbered items. Numbers are given in order and stay.
#[derive(Debug)]
pub(crate) struct Chunks<T>(Vec<Arc<ArrayVec<T, PIECE>>>);

impl<T: Clone> Chunks<T> {
    /// The item of this number.
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        let number = number as usize;
        self.0.get(number / PIECE)?.get(number % PIECE)
    }

    /// The item of this number, to change it in this copy alone.
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let number = number as usize;
        Arc::make_mut(self.0.get_mut(number / PIECE)?).get_mut(number % PIECE)
    }

    /// Adds an item and gives it the next number.
    pub(crate) fn push(&mut self, item: T) -> u32 {
        let number = self.len();
        match self.0.last_mut() {
            Some(last) if !last.is_full() => Arc::make_mut(last).push(item),
            _ => self.0.push(Arc::new(ArrayVec::from_iter([item]))),
        }
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// How many numbers were given.
    pub(crate) fn len(&self) -> usize {
        let last = self.0.last().map_or(0, |last| last.len());
        self.0.len().saturating_sub(1) * PIECE + last
    }

    /// All items with their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..).zip(self.0.iter().flat_map(|piece| piece.iter()))
    }
}

impl<T> Clone for Chunks<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_a_copy_leaves_the_original_and_shares_every_other_piece() {
        let mut first = Chunks::default();
        let count = u32::try_from(PIECE * 3 + 5).unwrap_or_default();
        for n in 0..count {
            assert_eq!(first.push(n), n);
        }
        assert_eq!(first.len(), PIECE * 3 + 5);
        let mut second = first.clone();
        if let Some(item) = second.get_mut(300) {
            *item = 0;
        }
        assert_eq!(second.push(7), count);
        assert_eq!((first.get(300), second.get(300)), (Some(&300), Some(&0)));
        assert_eq!((first.get(count), second.get(count)), (None, Some(&7)));
        let shared = first.0.iter().zip(&second.0).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!(shared, 2);
        assert!(
            second.iter().filter(|(number, item)| number != *item).map(|(number, _)| number).eq([300, count])
        );
    }
}
