//! Which rows touch a box, by bit vectors over the rows.
//!
//! A column has one vector per class: the rows that accept it. Their AND over the columns leaves the rows that
//! touch the box in every column, 64 rows per step. Neighbours among many classes share a vector, and where a box has
//! many classes in a column, two vectors bound the rows by their lowest and highest class instead; what these let
//! through in vain is sorted out row by row.

use super::space::{Cells, Space};
use crate::dmn::grid::ClassSet;

/// Vectors per column: enough to tell rows apart, and few enough for memory.
const VECTORS: usize = 64;

/// Up to so many are looked up one by one.
const FEW: usize = 16;

type Rows = Box<[u64]>;

pub(super) struct Touching {
    words: usize,
    columns: Vec<Column>,
}

/// Vector v stands for the classes from v times `share` on.
struct Column {
    share: usize,
    /// Rows that accept a class of the vector.
    accept: Vec<Rows>,
    /// Rows whose lowest class is in this vector or a lower one; empty where there are few vectors.
    low_upto: Vec<Rows>,
    /// Rows whose highest class is in this vector or a higher one.
    high_from: Vec<Rows>,
}

impl Touching {
    pub(super) fn new(space: &Space) -> Self {
        let words = space.boxes.len().div_ceil(64);
        let column = |(index, all): (usize, &ClassSet)| {
            let classes = all.iter().last().map_or(0, |class| class + 1);
            let share = classes.div_ceil(VECTORS).max(1);
            let vectors = classes.div_ceil(share);
            let none = |vectors| vec![vec![0; words].into_boxed_slice(); vectors];
            let bounds = if vectors > FEW { vectors } else { 0 };
            let (mut accept, mut low_upto, mut high_from) = (none(vectors), none(bounds), none(bounds));
            for (row, cells) in space.boxes.iter().enumerate() {
                let (word, bit) = (row / 64, 1 << (row % 64));
                for class in cells[index].iter() {
                    accept[class / share][word] |= bit;
                }
                if let (true, Some(low), Some(high)) =
                    (bounds > 0, cells[index].iter().next(), cells[index].iter().last())
                {
                    low_upto[low / share][word] |= bit;
                    high_from[high / share][word] |= bit;
                }
            }
            for vector in 1..bounds {
                let (lower, higher) = low_upto.split_at_mut(vector);
                or(&mut higher[0], &lower[vector - 1]);
                let (lower, higher) = high_from.split_at_mut(bounds - vector);
                or(&mut lower[bounds - vector - 1], &higher[0]);
            }
            Column {
                share,
                accept,
                low_upto,
                high_from,
            }
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
            let share = column.share;
            if column.low_upto.is_empty() || cell.len() <= FEW {
                any.fill(0);
                for class in cell.iter() {
                    or(&mut any, &column.accept[class / share][first..]);
                }
                and(&mut left, &any);
            } else if let (Some(low), Some(high)) = (cell.iter().next(), cell.iter().last()) {
                and(&mut left, &column.low_upto[high / share][first..]);
                and(&mut left, &column.high_from[low / share][first..]);
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
