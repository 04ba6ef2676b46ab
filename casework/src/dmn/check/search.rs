//! Settles a claim for every point of a box by splitting it, never by going through its points.
//!
//! Boxes wait on a stack of our own, so a search may pause and go on later, and what is left when the time is over
//! can be named. A box is done when the rows that touch it tell ([`Claim::weigh`]), or when rows that overlap
//! nowhere fill its volume. Otherwise it is split ([`super::split`]).

use std::collections::BTreeSet;

use super::claim::{Claim, Told};
use super::node::{Node, Shortfall};
use super::overlaps::Overlaps;
use super::space::{Cells, Space};
use super::split;

/// What the search is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// Whether the claim fails anywhere: stops at the first such box.
    Any,
    /// All boxes where it fails, up to so many.
    All(usize),
    /// A box where it fails with a point as near to the defaults as any.
    Nearest,
}

pub(super) struct Search<'s> {
    space: &'s Space,
    claim: Claim,
    goal: Goal,
    stack: Vec<Node>,
    shortfall: Shortfall,
    /// Disjoint boxes where the claim fails.
    pub(super) failed: Vec<Cells>,
    /// Rows that made it hold elsewhere.
    pub(super) by: BTreeSet<u32>,
    /// Whether the search ended at its cap.
    pub(super) capped: bool,
}

impl<'s> Search<'s> {
    /// A search of a box; `rows` = those that touch it and count, best first.
    pub(super) fn new(space: &'s Space, claim: Claim, goal: Goal, region: Cells, rows: Vec<u32>) -> Self {
        let columns = (0..region.len()).collect();
        let whole = Node { region, rows, columns };
        Self {
            space,
            claim,
            goal,
            stack: if Space::empty(&whole.region) {
                Vec::new()
            } else {
                vec![whole]
            },
            shortfall: Shortfall::default(),
            failed: Vec::new(),
            by: BTreeSet::new(),
            capped: false,
        }
    }

    /// Goes on for about so many steps, each the work of one row at one box. Whether the search is over.
    pub(super) fn run(&mut self, overlaps: Option<&Overlaps>, steps: u64, go_on: &mut dyn FnMut() -> bool) -> bool {
        let mut left = steps;
        while let Some(node) = self.stack.pop() {
            if left == 0 || !go_on() {
                self.stack.push(node);
                return false;
            }
            left = left.saturating_sub(1 + node.rows.len() as u64);
            self.visit(node, overlaps);
        }
        true
    }

    /// The boxes for which nothing is known yet.
    pub(super) fn left(&self) -> impl Iterator<Item = &Cells> {
        self.stack.iter().map(|node| &node.region)
    }

    fn visit(&mut self, mut node: Node, overlaps: Option<&Overlaps>) {
        let far = |failed: &Cells| self.space.distance(failed) <= self.space.distance(&node.region);
        if self.goal == Goal::Nearest && self.failed.first().is_some_and(far) {
            return;
        }
        self.shortfall.measure(self.space, &mut node);
        let told = self
            .claim
            .weigh(self.space, &node.rows, &self.shortfall.partial, &mut self.by);
        match told {
            Told::Holds => {}
            Told::Fails(row) => {
                let region = match row {
                    Some(row) => Space::common(&node.region, &self.space.boxes[row as usize]),
                    None => node.region,
                };
                self.fail(region);
            }
            Told::Open(rows) => {
                if let Some(overlaps) = overlaps
                    && matches!(self.claim, Claim::Covered)
                    && overlaps.disjoint(&node.rows)
                    && filled(self.space, &node)
                {
                    return;
                }
                node.rows.truncate(rows);
                self.shortfall.partial.truncate(rows);
                match split::split(self.space, &node, &self.shortfall) {
                    // Rows that don't tell always leave an edge to split at. Should none be found, the box counts as
                    // failed: a mistake of ours must not pass for proof.
                    children if children.is_empty() => self.fail(node.region),
                    children => self.push(children),
                }
            }
        }
    }

    fn fail(&mut self, region: Cells) {
        match self.goal {
            Goal::Any => self.stack.clear(),
            Goal::All(cap) if self.failed.len() + 1 >= cap => {
                self.capped = !self.stack.is_empty();
                self.stack.clear();
            }
            Goal::All(_) => {}
            Goal::Nearest => self.failed.clear(),
        }
        self.failed.push(region);
    }

    fn push(&mut self, mut children: Vec<Node>) {
        // The last one is looked at first: the nearest to the defaults, or the one with the fewest rows.
        match self.goal {
            Goal::Nearest => children.sort_by_key(|child| std::cmp::Reverse(self.space.distance(&child.region))),
            _ => children.sort_by_key(|child| std::cmp::Reverse(child.rows.len())),
        }
        self.stack.extend(children);
    }
}

/// Whether rows that overlap nowhere fill a region. A volume too large to count is not proof.
fn filled(space: &Space, node: &Node) -> bool {
    let volume = |cells: &dyn Fn(usize) -> usize| {
        let mut lengths = node.columns.iter().map(|&column| cells(column) as u128);
        lengths.try_fold(1_u128, u128::checked_mul)
    };
    let Some(whole) = volume(&|column| node.region[column].len()) else {
        return false;
    };
    let mut sum = 0_u128;
    for &row in &node.rows {
        let cells = &space.boxes[row as usize];
        // No part is larger than the whole, so the sum of disjoint ones can't overflow before it is full.
        let Some(part) = volume(&|column| node.region[column].and(&cells[column]).len()) else {
            return false;
        };
        sum = sum.saturating_add(part);
    }
    sum == whole
}
