//! A grid says the same as its table, class by class.

use casework::dmn::grid::{Extent, Grid, NULL};
use casework::dmn::sfeel::{Bound, Kind, Test, Value, read_test};
use casework::dmn::{Column, HitPolicy, Rule, Table};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::tables::table_and_values;

proptest! {
    /// Row r matches a tuple of values exactly if it accepts the class of each.
    #[test]
    fn rows_accept_the_classes_of_what_they_match((table, values) in table_and_values()) {
        let grid = Grid::new(&table);
        for values in &values {
            let seen: Vec<&Value> = table.inputs.iter().zip(values).map(|(column, value)| column.seen(value)).collect();
            for (rule, accepted) in table.rules.iter().zip(&grid.rows) {
                for (c, test) in rule.tests.iter().enumerate() {
                    let class = grid.columns[c].class_of(&values[c]);
                    prop_assert_eq!(accepted[c].contains(class), test.matches(seen[c]), "{} on {}", test, values[c]);
                }
            }
        }
    }

    /// Each class holds its example, no two classes are told apart by nothing but their place on the line, and only
    /// null is outside.
    #[test]
    fn classes_are_few_and_hold_their_example((table, _) in table_and_values()) {
        for (c, (column, grid)) in table.inputs.iter().zip(Grid::new(&table).columns).enumerate() {
            for (index, class) in grid.classes.iter().enumerate() {
                prop_assert_eq!(grid.class_of(&class.example), index);
                prop_assert_eq!(class.inside, index != NULL);
                prop_assert_eq!(column.seen(&class.example), &class.example);
            }
            let tests: Vec<&Test> = table.rules.iter().map(|rule| &rule.tests[c]).chain(&column.allowed).collect();
            for pair in grid.classes.windows(2) {
                if let [Extent::Numbers(_, Some(high)), Extent::Numbers(Some(low), _)] = [&pair[0].extent, &pair[1].extent] {
                    let step = if column.kind == Kind::Whole { Decimal::ONE } else { Decimal::ZERO };
                    let touch = (low.included || high.included) && high.at + step == low.at;
                    let alike = tests.iter().all(|test| test.matches(&pair[0].example) == test.matches(&pair[1].example));
                    prop_assert!(!(touch && alike), "{:?}", pair);
                }
            }
        }
    }
}

fn one_column(kind: Kind, allowed: Option<&str>, cells: &[&str]) -> Grid {
    let rule = |(index, cell): (usize, &&str)| Rule {
        number: index + 1,
        tests: vec![read_test(cell, kind).unwrap()],
        outputs: Vec::new(),
        line: 1,
    };
    Grid::new(&Table {
        id: "t".into(),
        name: "t".into(),
        hit_policy: HitPolicy::Collect,
        inputs: vec![Column {
            name: "c".into(),
            label: String::new(),
            kind,
            allowed: allowed.map(|cell| read_test(cell, kind).unwrap()),
            line: 1,
        }],
        outputs: Vec::new(),
        rules: cells.iter().enumerate().map(rule).collect(),
        line: 1,
    })
}

fn examples(grid: &Grid) -> Vec<String> {
    grid.columns[0]
        .classes
        .iter()
        .map(|class| class.example.to_string())
        .collect()
}

fn numbers(low: Option<(i64, bool)>, high: Option<(i64, bool)>) -> Extent {
    let bound = |(at, included): (i64, bool)| Bound {
        at: at.into(),
        included,
    };
    Extent::Numbers(low.map(bound), high.map(bound))
}

#[test]
fn decimals_leave_a_gap_between_five_and_six_and_whole_numbers_do_not() {
    let decimal = one_column(Kind::Number, Some("[0..17]"), &["[0..5]", "[6..17]"]);
    assert_eq!(examples(&decimal), ["null", "0", "5.1", "6"]);
    assert_eq!(
        decimal.columns[0].classes[2].extent,
        numbers(Some((5, false)), Some((6, false)))
    );
    let whole = one_column(Kind::Whole, Some("[0..17]"), &["[0..5]", "[6..17]"]);
    assert_eq!(examples(&whole), ["null", "0", "6"]);
    assert_eq!(
        whole.columns[0].classes[1].extent,
        numbers(Some((0, true)), Some((5, true)))
    );
}

#[test]
fn the_simplest_value_of_each_class() {
    let whole = one_column(Kind::Whole, None, &["<-3", "[-2..4]", ">= 9, 6"]);
    assert_eq!(examples(&whole), ["null", "-4", "-3", "0", "5", "6", "7", "9"]);
    let decimal = one_column(Kind::Number, None, &["<= 0.25", "(0.25..0.5)", "> 1.75"]);
    assert_eq!(examples(&decimal), ["null", "0", "0.3", "1", "2"]);
    let text = one_column(Kind::Text, None, &["\"home\"", "not(\"other\")", "-"]);
    assert_eq!(examples(&text), ["null", "\"home\"", "\"other\"", "\"other-1\""]);
    let flag = one_column(Kind::Flag, None, &["true"]);
    assert_eq!(examples(&flag), ["null", "false", "true"]);
}

#[test]
fn what_is_not_declared_is_as_unknown_as_null() {
    let text = one_column(
        Kind::Text,
        Some("\"home\",\"school\""),
        &["\"home\"", "\"shop\"", "not(\"home\")", "-"],
    );
    assert_eq!(examples(&text), ["null", "\"home\"", "\"school\""]);
    assert_eq!(text.columns[0].class_of(&"shop".into()), NULL);
    let rows: Vec<Vec<usize>> = text.rows.iter().map(|row| row[0].iter().collect()).collect();
    assert_eq!(rows, [vec![1], vec![], vec![2], vec![0, 1, 2]]);
}
