//! The answers of a check by trying every input with the naive evaluator. Knows nothing of classes or boxes.

use super::Kind;
use crate::dmn::sfeel::Value;
use crate::dmn::{HitPolicy, Inputs, Table};

pub(super) type Point = Vec<Value>;

/// Every input that can be reported.
pub(super) fn points(domain: &[Vec<Value>]) -> Vec<Point> {
    domain.iter().fold(vec![Vec::new()], |points, values| {
        let longer = |point: Point| {
            values
                .iter()
                .map(move |value| [&point[..], std::slice::from_ref(value)].concat())
        };
        points.into_iter().flat_map(longer).collect()
    })
}

fn inputs<'t>(table: &'t Table, point: &Point) -> Inputs<'t> {
    table
        .inputs
        .iter()
        .map(|column| column.name.as_str())
        .zip(point.iter().cloned())
        .collect()
}

/// The rows that match, each evaluated as a table of its own.
pub(super) fn matching(table: &Table, point: &Point) -> Vec<usize> {
    let alone = alone(table);
    matching_of(&alone, &inputs(table, point))
}

fn alone(table: &Table) -> Vec<Table> {
    let alone = |rule: &crate::dmn::Rule| Table {
        rules: vec![rule.clone()],
        ..table.clone()
    };
    table.rules.iter().map(alone).collect()
}

fn matching_of(alone: &[Table], inputs: &Inputs<'_>) -> Vec<usize> {
    (0..alone.len())
        .filter(|row| !alone[*row].evaluate(inputs).unwrap().is_empty())
        .collect()
}

/// What a table answers: outputs, or that it can't tell. Where several rows answer their outputs are a set.
fn answer(table: &Table, point: &Point) -> Option<Vec<Vec<Value>>> {
    let rows = table.evaluate(&inputs(table, point)).ok()?;
    let mut outputs: Vec<Vec<Value>> = rows.iter().map(|rule| rule.outputs.clone()).collect();
    outputs.sort();
    outputs.dedup();
    Some(outputs)
}

/// What brute force finds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) gaps: Vec<Point>,
    /// Pairs, 1-based, with where they overlap.
    pub(super) overlaps: Vec<(Vec<usize>, Vec<Point>)>,
    pub(super) never: Vec<Vec<usize>>,
    pub(super) hidden: Vec<Vec<usize>>,
    pub(super) redundant: Vec<Vec<usize>>,
}

pub(super) fn check(table: &Table, points: &[Point]) -> Found {
    let policy = table.hit_policy;
    let rows_alone = alone(table);
    let matching: Vec<Vec<usize>> = points
        .iter()
        .map(|point| matching_of(&rows_alone, &inputs(table, point)))
        .collect();
    let mut found = Found::default();
    let empty = points.iter().zip(&matching).filter(|(_, rows)| rows.is_empty());
    found.gaps = empty.map(|(point, _)| point.clone()).collect();
    for row in 0..table.rules.len() {
        if matches!(policy, HitPolicy::Unique | HitPolicy::Any) {
            for other in row + 1..table.rules.len() {
                let same = table.rules[row].outputs == table.rules[other].outputs;
                let both = |rows: &Vec<usize>| rows.contains(&row) && rows.contains(&other);
                let common: Vec<Point> = points
                    .iter()
                    .zip(&matching)
                    .filter(|(_, rows)| both(rows))
                    .map(|(point, _)| point.clone())
                    .collect();
                let matters = policy == HitPolicy::Unique || !same;
                if matters && !common.is_empty() {
                    found.overlaps.push((vec![row + 1, other + 1], common));
                }
            }
        }
        let number = table.rules[row].number;
        let answers = |point: &Point| {
            let rows = table.evaluate(&inputs(table, point));
            rows.is_ok_and(|rows| rows.iter().any(|rule| rule.number == number))
        };
        let mut without = table.clone();
        without.rules.remove(row);
        if !matching.iter().any(|rows| rows.contains(&row)) {
            found.never.push(vec![row + 1]);
        } else if matches!(policy, HitPolicy::First | HitPolicy::Priority) && !points.iter().any(answers) {
            found.hidden.push(vec![row + 1]);
        } else if points
            .iter()
            .all(|point| answer(table, point) == answer(&without, point))
        {
            found.redundant.push(vec![row + 1]);
        }
    }
    found
}

pub(super) fn overlap_kind(table: &Table) -> Kind {
    if table.hit_policy == HitPolicy::Unique {
        Kind::Overlap
    } else {
        Kind::Conflict
    }
}

/// In how many columns a point differs from the defaults.
pub(super) fn distance(point: &Point, defaults: &Point) -> usize {
    point
        .iter()
        .zip(defaults)
        .filter(|(value, default)| value != default)
        .count()
}
