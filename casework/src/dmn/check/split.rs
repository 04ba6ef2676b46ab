//! How a box is split: along a column that keeps the rows apart, else along the edge of a row.
//!
//! In a column that every row of the box restricts, classes that no row joins fall into parts, and each row touches
//! one of them: such a split repeats no row, and retraces the tree by which a person drew up the table. Without such
//! a column the row nearest to covering the box decides: inside its edge it comes nearer still, outside it is gone.

use super::node::{Node, Shortfall};
use super::space::Space;
use crate::dmn::grid::ClassSet;

/// Splits a box that no row settles into disjoint smaller ones.
pub(super) fn split(space: &Space, node: &Node, shortfall: &Shortfall) -> Vec<Node> {
    let width = node.columns.len();
    let everywhere = |place: usize| {
        shortfall
            .short
            .iter()
            .skip(place)
            .step_by(width.max(1))
            .take(node.rows.len())
    };
    let restricted = (0..width).filter(|place| everywhere(*place).all(|short| *short));
    let parts = restricted
        .map(|place| node.columns[place])
        .map(|column| (column, parts(space, node, column)))
        .filter(|(_, parts)| parts.len() > 1)
        .min_by_key(|(_, parts)| parts.iter().map(|part| part.rows.len()).max());
    match parts {
        Some((column, parts)) => parts
            .into_iter()
            .map(|part| node.child(column, part.classes, part.rows))
            .collect(),
        None => edge(space, node, shortfall),
    }
}

/// Classes of a column that hang together, and the rows that touch them.
struct Part {
    classes: ClassSet,
    rows: Vec<u32>,
}

/// The parts of a column; classes that no row touches are one part.
fn parts(space: &Space, node: &Node, column: usize) -> Vec<Part> {
    let region = &node.region[column];
    let none = || region.minus(region);
    let size = region.iter().last().map_or(0, |class| class + 1);
    // The part of each class, named by one of its classes. A part of one class is only written down when it grows.
    let mut part_of: Vec<usize> = (0..size).collect();
    let mut grown: Vec<Option<ClassSet>> = vec![None; size];
    let mut homes = Vec::with_capacity(node.rows.len());
    let mut touched = none();
    for &row in &node.rows {
        let cell = space.boxes[row as usize][column].and(region);
        let Some(first) = cell.iter().next() else { continue };
        homes.push((row, first));
        let home = part_of[first];
        let inside = grown[home]
            .as_ref()
            .map_or_else(|| cell.len() == 1, |part| cell.within(part));
        touched = touched.or(&cell);
        if inside {
            continue;
        }
        let mut whole = cell.clone();
        for class in cell.iter() {
            let other = part_of[class];
            if let Some(part) = grown[other].take() {
                whole = whole.or(&part);
            }
            whole.insert(other);
        }
        for class in whole.iter() {
            part_of[class] = home;
        }
        if whole.len() == region.len() {
            return Vec::new();
        }
        grown[home] = Some(whole);
    }
    let mut place = vec![usize::MAX; size];
    let mut parts: Vec<Part> = Vec::new();
    for class in touched.iter() {
        let home = part_of[class];
        if place[home] == usize::MAX {
            place[home] = parts.len();
            let (classes, rows) = (none(), Vec::new());
            parts.push(Part { classes, rows });
        }
        parts[place[home]].classes.insert(class);
    }
    for (row, class) in homes {
        parts[place[part_of[class]]].rows.push(row);
    }
    let untouched = region.minus(&touched);
    if !untouched.is_empty() {
        let (classes, rows) = (untouched, Vec::new());
        parts.push(Part { classes, rows });
    }
    parts
}

/// Splits along the edge of the row that is nearest to covering the box, in the column where most such rows have
/// an edge.
fn edge(space: &Space, node: &Node, shortfall: &Shortfall) -> Vec<Node> {
    let width = node.columns.len();
    let rows = shortfall.short.chunks(width.max(1)).zip(&shortfall.partial);
    let mut weight = vec![0.0_f64; width];
    for (short, partial) in rows.clone() {
        let share = 0.5_f64.powi(i32::try_from(*partial).unwrap_or(i32::MAX).min(60));
        for (weight, _) in weight.iter_mut().zip(short).filter(|(_, short)| **short) {
            *weight += share;
        }
    }
    let nearest = rows
        .zip(&node.rows)
        .filter(|((_, partial), _)| **partial > 0)
        .min_by_key(|((_, partial), _)| **partial);
    let Some(((short, _), &row)) = nearest else {
        return Vec::new();
    };
    let heaviest = (0..width)
        .filter(|place| short[*place])
        .max_by(|a, b| weight[*a].total_cmp(&weight[*b]));
    let Some(column) = heaviest.map(|place| node.columns[place]) else {
        return Vec::new();
    };
    let region = &node.region[column];
    let cell = &space.boxes[row as usize][column];
    [region.and(cell), region.minus(cell)]
        .into_iter()
        .map(|classes| {
            let touches = |row: &u32| space.boxes[*row as usize][column].meets(&classes);
            let rows = node.rows.iter().copied().filter(touches).collect();
            node.child(column, classes, rows)
        })
        .collect()
}
