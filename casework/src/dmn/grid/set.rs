//! A set of the classes of one column: one word for up to 64 classes, more where there are more.

use std::fmt;

const BITS: usize = u64::BITS as usize;

/// A set of classes of one column. Two sets go together only if both were made for as many classes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassSet(Bits);

/// Bits beyond the last class are never set.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Bits {
    One(u64),
    Many(Box<[u64]>),
}

impl ClassSet {
    /// None of `classes` classes.
    pub fn empty(classes: usize) -> Self {
        Self(if classes <= BITS {
            Bits::One(0)
        } else {
            Bits::Many(vec![0; classes.div_ceil(BITS)].into())
        })
    }

    /// All of `classes` classes.
    pub fn full(classes: usize) -> Self {
        let mut set = Self::empty(classes);
        for (index, word) in set.words_mut().iter_mut().enumerate() {
            let left = classes - index * BITS;
            *word = if left >= BITS { u64::MAX } else { (1 << left) - 1 };
        }
        set
    }

    /// Adds a class.
    pub fn insert(&mut self, class: usize) {
        self.words_mut()[class / BITS] |= 1 << (class % BITS);
    }

    /// Takes a class out.
    pub fn remove(&mut self, class: usize) {
        self.words_mut()[class / BITS] &= !(1 << (class % BITS));
    }

    /// Whether a class is in.
    pub fn contains(&self, class: usize) -> bool {
        self.words()[class / BITS] >> (class % BITS) & 1 == 1
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// What is in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// What is here and not there.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    /// Whether the two have a class in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.pairs(other).any(|(a, b)| a & b != 0)
    }

    /// Whether everything here is there too.
    pub fn within(&self, other: &Self) -> bool {
        self.pairs(other).all(|(a, b)| a & !b == 0)
    }

    /// Whether no class is in.
    pub fn is_empty(&self) -> bool {
        self.words().iter().all(|word| *word == 0)
    }

    /// How many classes are in.
    pub fn len(&self) -> usize {
        self.words().iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The classes in it, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words()
            .iter()
            .enumerate()
            .flat_map(|(index, &word)| ones(word).map(move |bit| index * BITS + bit))
    }

    fn zip(&self, other: &Self, with: impl Fn(u64, u64) -> u64) -> Self {
        match (&self.0, &other.0) {
            (Bits::One(a), Bits::One(b)) => Self(Bits::One(with(*a, *b))),
            _ => Self(Bits::Many(self.pairs(other).map(|(a, b)| with(a, b)).collect())),
        }
    }

    fn pairs<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = (u64, u64)> + 's {
        debug_assert_eq!(self.words().len(), other.words().len(), "sets of one column");
        self.words().iter().copied().zip(other.words().iter().copied())
    }

    fn words(&self) -> &[u64] {
        match &self.0 {
            Bits::One(word) => std::slice::from_ref(word),
            Bits::Many(words) => words,
        }
    }

    fn words_mut(&mut self) -> &mut [u64] {
        match &mut self.0 {
            Bits::One(word) => std::slice::from_mut(word),
            Bits::Many(words) => words,
        }
    }
}

impl Extend<usize> for ClassSet {
    fn extend<T: IntoIterator<Item = usize>>(&mut self, classes: T) {
        for class in classes {
            self.insert(class);
        }
    }
}

impl fmt::Debug for ClassSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The places of the ones of a word, ascending.
pub(in crate::dmn) fn ones(word: u64) -> impl Iterator<Item = usize> {
    let rest = |word: &u64| Some(word & (word - 1)).filter(|rest| *rest != 0);
    std::iter::successors(Some(word).filter(|word| *word != 0), rest).map(|word| word.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The same as sets of numbers, on both sides of the border between one word and many.
        #[test]
        fn behaves_as_a_set(
            classes in 1_usize..200,
            a in prop::collection::btree_set(0_usize..200, 0..40),
            b in prop::collection::btree_set(0_usize..200, 0..40),
        ) {
            let cut = |set: BTreeSet<usize>| set.into_iter().filter(|class| *class < classes).collect::<BTreeSet<_>>();
            let (a, b) = (cut(a), cut(b));
            let made = |set: &BTreeSet<usize>| {
                let mut made = ClassSet::empty(classes);
                made.extend(set.iter().copied());
                made
            };
            let (x, y) = (made(&a), made(&b));
            prop_assert_eq!(x.and(&y), made(&(&a & &b)));
            prop_assert_eq!(x.or(&y), made(&(&a | &b)));
            prop_assert_eq!(x.minus(&y), made(&(&a - &b)));
            prop_assert_eq!(ClassSet::full(classes).minus(&x).len(), classes - a.len());
            prop_assert_eq!(x.meets(&y), !a.is_disjoint(&b));
            prop_assert_eq!(x.within(&y), a.is_subset(&b));
            prop_assert_eq!(x.is_empty(), a.is_empty());
            prop_assert_eq!(x.len(), a.len());
            prop_assert!(x.iter().eq(a.iter().copied()));
            prop_assert!((0..classes).all(|class| x.contains(class) == a.contains(&class)));
        }
    }
}
