//! A box that is being searched, with the rows that touch it.

use super::space::{Cells, Space};
use crate::dmn::grid::ClassSet;

/// A box and the rows that touch it.
pub(super) struct Node {
    pub(super) region: Cells,
    /// Best first.
    pub(super) rows: Vec<u32>,
    /// Columns in which some row may fall short of covering the region.
    pub(super) columns: Vec<usize>,
}

impl Node {
    /// The part of the box with these classes in a column.
    pub(super) fn child(&self, column: usize, classes: ClassSet, rows: Vec<u32>) -> Self {
        let mut region = self.region.clone();
        region[column] = classes;
        Self {
            region,
            rows,
            columns: self.columns.clone(),
        }
    }
}

/// For the rows and columns of a node: who falls short where.
#[derive(Default)]
pub(super) struct Shortfall {
    /// Row by row, one flag per column of the node.
    pub(super) short: Vec<bool>,
    /// In how many columns each row falls short.
    pub(super) partial: Vec<u32>,
}

impl Shortfall {
    /// Measures the rows of a node, and drops the columns that all its rows cover.
    pub(super) fn measure(&mut self, space: &Space, node: &mut Node) {
        let region = &node.region;
        let covers = |row: u32, column: usize| region[column].within(&space.boxes[row as usize][column]);
        node.columns
            .retain(|&column| node.rows.iter().any(|&row| !covers(row, column)));
        self.short.clear();
        self.partial.clear();
        for &row in &node.rows {
            let before = self.short.len();
            self.short
                .extend(node.columns.iter().map(|&column| !covers(row, column)));
            let partial = (0_u32..)
                .zip(self.short[before..].iter().filter(|short| **short))
                .count();
            self.partial.push(u32::try_from(partial).unwrap_or(u32::MAX));
        }
    }
}
