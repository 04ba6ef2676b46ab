//! Each kind of finding on tables made by hand, and all of them against brute force on random small tables.

mod brute;
mod by_hand;
mod hard;
mod many;
mod random;

use super::{Kind, Region, Report, Scope, check};
use crate::dmn::grid::{Extent, Grid};
use crate::dmn::sfeel::{Kind as ValueKind, Value, read_test, read_value};
use crate::dmn::{Column, HitPolicy, Rule, Table};

/// An input column: name, kind, declared values.
fn column(name: &str, kind: ValueKind, allowed: Option<&str>) -> Column {
    Column {
        name: name.to_owned(),
        label: String::new(),
        kind,
        allowed: allowed.map(|text| read_test(text, kind).unwrap()),
        line: 1,
    }
}

/// A table with one output; each row is its tests and its output, in S-FEEL.
fn table(hit_policy: HitPolicy, inputs: Vec<Column>, allowed: Option<&str>, rows: &[(Vec<String>, String)]) -> Table {
    let rule = |(index, (tests, output)): (usize, &(Vec<String>, String))| Rule {
        number: index + 1,
        tests: tests
            .iter()
            .zip(&inputs)
            .map(|(test, column)| read_test(test, column.kind).unwrap())
            .collect(),
        outputs: vec![read_value(output, ValueKind::Text).unwrap()],
        line: 1,
    };
    Table {
        id: "t".into(),
        name: "t".into(),
        hit_policy,
        outputs: vec![column("out", ValueKind::Text, allowed)],
        rules: rows.iter().enumerate().map(rule).collect(),
        inputs,
        line: 1,
    }
}

fn checked(table: &Table) -> Report {
    checked_for(table, &Scope::of(table), u32::MAX)
}

/// A check that may ask so often whether to go on.
fn checked_for(table: &Table, scope: &Scope<'_>, mut budget: u32) -> Report {
    let mut go_on = || {
        budget = budget.saturating_sub(1);
        budget > 0
    };
    check(table, &Grid::new(table), scope, &mut go_on)
}

/// Whether a region of a table holds these values.
fn holds(table: &Table, region: &Region, values: &[Value]) -> bool {
    let named = |column: usize, value| {
        table
            .rules
            .iter()
            .any(|rule| rule.tests[column].values().contains(&value))
    };
    let has = |column: usize, extent: &Extent| match (extent, &values[column]) {
        (Extent::Null, Value::Null) => true,
        (Extent::Text(text), Value::Text(other)) => text == other,
        (Extent::OtherText, value @ Value::Text(_)) => !named(column, value),
        (Extent::Flag(flag), Value::Flag(other)) => flag == other,
        (Extent::Numbers(low, high), Value::Number(number)) => {
            low.is_none_or(|low| low.at < *number || (low.included && low.at == *number))
                && high.is_none_or(|high| *number < high.at || (high.included && high.at == *number))
        }
        _ => false,
    };
    region
        .0
        .iter()
        .all(|part| part.values.iter().any(|extent| has(part.column, extent)))
}

/// The rows of each finding of a kind, in order.
fn rows_of(report: &Report, kind: Kind) -> Vec<Vec<usize>> {
    let mut rows: Vec<Vec<usize>> = report
        .findings
        .iter()
        .filter(|finding| finding.kind == kind)
        .map(|finding| finding.rows.clone())
        .collect();
    rows.sort();
    rows
}
