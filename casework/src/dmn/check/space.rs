//! A table as boxes in a space of classes.
//!
//! The space is the product of the classes that can be reported; each row is the box of those it accepts. Every
//! question of the check is one about boxes. Nothing is lost: no cell tells the values of one class apart.

use std::collections::HashMap;

use super::Scope;
use crate::dmn::grid::{ClassSet, Grid, NULL};
use crate::dmn::sfeel::Value;
use crate::dmn::{HitPolicy, Table};

/// One set of classes per column.
pub(super) type Cells = Vec<ClassSet>;

/// The boxes of a table.
pub(super) struct Space {
    /// Everything that can be reported.
    pub(super) domain: Cells,
    /// The rows, cut down to the domain.
    pub(super) boxes: Vec<Cells>,
    /// Rows of one group say the same where they match. In a UNIQUE table each row is its own group: there it
    /// counts which row answers.
    pub(super) group: Vec<u32>,
    /// Place of each row in the order in which rows win, 0 first.
    pub(super) rank: Vec<u32>,
    /// The class of each column that a counter-example has unless it must differ.
    pub(super) defaults: Vec<usize>,
}

impl Space {
    pub(super) fn new(table: &Table, grid: &Grid, scope: &Scope<'_>) -> Self {
        let domain: Cells = table
            .inputs
            .iter()
            .zip(&grid.columns)
            .map(|(column, classes)| {
                let mut set = ClassSet::empty(classes.classes.len());
                let known = classes.classes.iter().enumerate().filter(|(_, class)| class.inside);
                set.extend(known.map(|(class, _)| class));
                if scope.absent.contains(&column.name.as_str()) {
                    set.insert(NULL);
                }
                set
            })
            .collect();
        let clipped = |row: &Cells| row.iter().zip(&domain).map(|(cell, all)| cell.and(all)).collect();
        let boxes = grid.rows.iter().map(clipped).collect();
        let defaults = table
            .inputs
            .iter()
            .zip(&grid.columns)
            .zip(&domain)
            .map(|((column, classes), all)| {
                let wanted = scope.defaults.iter().find(|(name, _)| *name == column.name);
                let wanted = wanted.map(|(_, value)| classes.class_of(value));
                let first = || all.iter().next().unwrap_or(NULL);
                wanted.filter(|class| all.contains(*class)).unwrap_or_else(first)
            })
            .collect();
        Self {
            domain,
            boxes,
            group: groups(table),
            rank: ranks(table),
            defaults,
        }
    }

    /// Whether two boxes have a point in common.
    pub(super) fn meet(a: &[ClassSet], b: &[ClassSet]) -> bool {
        a.iter().zip(b).all(|(a, b)| a.meets(b))
    }

    /// Whether the first box lies in the second.
    pub(super) fn within(a: &[ClassSet], b: &[ClassSet]) -> bool {
        a.iter().zip(b).all(|(a, b)| a.within(b))
    }

    /// Whether a box has no point.
    pub(super) fn empty(cells: &[ClassSet]) -> bool {
        cells.iter().any(ClassSet::is_empty)
    }

    /// The points of both boxes.
    pub(super) fn common(a: &[ClassSet], b: &[ClassSet]) -> Cells {
        a.iter().zip(b).map(|(a, b)| a.and(b)).collect()
    }

    /// The fewest columns in which a point of a box differs from the defaults.
    pub(super) fn distance(&self, cells: &[ClassSet]) -> usize {
        let differs = |(cell, default): &(&ClassSet, &usize)| !cell.contains(**default);
        cells.iter().zip(&self.defaults).filter(differs).count()
    }

    /// The point of a box that differs from the defaults in the fewest columns.
    pub(super) fn nearest(&self, cells: &[ClassSet]) -> Vec<usize> {
        let class = |(cell, default): (&ClassSet, &usize)| {
            let first = || cell.iter().next().unwrap_or(NULL);
            Some(*default)
                .filter(|class| cell.contains(*class))
                .unwrap_or_else(first)
        };
        cells.iter().zip(&self.defaults).map(class).collect()
    }
}

fn groups(table: &Table) -> Vec<u32> {
    let mut known: HashMap<&[Value], u32> = HashMap::new();
    (0..)
        .zip(&table.rules)
        .map(|(row, rule)| match table.hit_policy {
            HitPolicy::Unique => row,
            _ => *known.entry(&rule.outputs).or_insert(row),
        })
        .collect()
}

fn ranks(table: &Table) -> Vec<u32> {
    let mut order: Vec<usize> = (0..table.rules.len()).collect();
    if table.hit_policy == HitPolicy::Priority {
        order.sort_by_cached_key(|row| table.priority(&table.rules[*row]));
    }
    let mut ranks = vec![0; order.len()];
    for (rank, row) in (0..).zip(order) {
        ranks[row] = rank;
    }
    ranks
}
