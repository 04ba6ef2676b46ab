//! Which rows touch a box, by bit vectors over the rows.
//!
//! A column has one vector per class: the rows that accept it. ANDed over the columns they leave the rows that
//! touch the box in every column, 64 rows per step. Where a box has many classes in a column, two vectors bound the
//! rows by their lowest and highest class instead; what these let through in vain is sorted out row by row.

use super::space::{Cells, Space};
use crate::dmn::grid::ClassSet;

/// Up to so many classes are looked up one by one.
const FEW: usize = 16;

type Rows = Box<[u64]>;

pub(super) struct Touching {
    words: usize,
    columns: Vec<Column>,
}

struct Column {
    /// Rows that accept the class.
    of_class: Vec<Rows>,
    /// Rows whose lowest class is this one or a lower one; empty where there are few classes.
    low_upto: Vec<Rows>,
    /// Rows whose highest class is this one or a higher one.
    high_from: Vec<Rows>,
}

impl Touching {
    pub(super) fn new(space: &Space) -> Self {
        let words = space.boxes.len().div_ceil(64);
        let column = |(index, all): (usize, &ClassSet)| {
            let classes = all.iter().last().map_or(0, |class| class + 1);
            let none = || vec![vec![0; words].into_boxed_slice(); classes];
            let few = all.len() <= FEW;
            let mut column = Column {
                of_class: none(),
                low_upto: if few { Vec::new() } else { none() },
                high_from: if few { Vec::new() } else { none() },
            };
            for (row, cells) in space.boxes.iter().enumerate() {
                let (word, bit) = (row / 64, 1 << (row % 64));
                let (mut low, mut high) = (None, None);
                for class in cells[index].iter() {
                    column.of_class[class][word] |= bit;
                    low = low.or(Some(class));
                    high = Some(class);
                }
                if let (false, Some(low), Some(high)) = (few, low, high) {
                    column.low_upto[low][word] |= bit;
                    column.high_from[high][word] |= bit;
                }
            }
            for class in 1..column.low_upto.len() {
                let (lower, rest) = column.low_upto.split_at_mut(class);
                or(&mut rest[0], &lower[class - 1]);
                let (lower, rest) = column.high_from.split_at_mut(classes - class);
                or(&mut lower[classes - class - 1], &rest[0]);
            }
            column
        };
        Self {
            words,
            columns: space.domain.iter().enumerate().map(column).collect(),
        }
    }

    /// The rows from `from` on that touch a box, ascending.
    pub(super) fn rows(&self, space: &Space, cells: &Cells, from: usize) -> Vec<u32> {
        let first = from / 64;
        let mut left = vec![u64::MAX; self.words.saturating_sub(first)];
        let mut any = vec![0; left.len()];
        for ((column, cell), all) in self.columns.iter().zip(cells).zip(&space.domain) {
            // A box that takes the whole column rules out no row but those that match nothing.
            if all.within(cell) {
                continue;
            }
            if column.low_upto.is_empty() || cell.len() <= FEW {
                any.fill(0);
                for class in cell.iter() {
                    or(&mut any, &column.of_class[class][first..]);
                }
                and(&mut left, &any);
            } else if let (Some(low), Some(high)) = (cell.iter().next(), cell.iter().last()) {
                and(&mut left, &column.low_upto[high][first..]);
                and(&mut left, &column.high_from[low][first..]);
            }
            if left.iter().all(|word| *word == 0) {
                return Vec::new();
            }
        }
        let rows = left.iter().enumerate().flat_map(|(index, word)| {
            let ones = (0..64).filter(move |bit| word >> bit & 1 == 1);
            ones.map(move |bit| (first + index) * 64 + bit)
        });
        rows.filter(|row| *row >= from && *row < space.boxes.len())
            .filter(|row| Space::meet(&space.boxes[*row], cells))
            .filter_map(|row| u32::try_from(row).ok())
            .collect()
    }
}

fn or(into: &mut [u64], from: &[u64]) {
    for (into, from) in into.iter_mut().zip(from) {
        *into |= from;
    }
}

fn and(into: &mut [u64], from: &[u64]) {
    for (into, from) in into.iter_mut().zip(from) {
        *into &= from;
    }
}
