//! The compiled matcher answers as the naive evaluator does, and allocates nothing.

use casework::dmn::compiled::{Clash, Input, Matcher};
use casework::dmn::sfeel::{Kind, Test, Value, read_test};
use casework::dmn::{Ambiguous, HitPolicy, Inputs, Table};
use proptest::prelude::*;

use crate::tables::{long_table_and_values, plain, table, table_and_values};

/// Rows as the matcher counts them, from 0; those that clash in the error.
type Answer = Result<Vec<usize>, Vec<usize>>;

fn naively(table: &Table, values: &[Value]) -> Answer {
    let names = table.inputs.iter().map(|column| column.name.as_str());
    let inputs: Inputs<'_> = names.zip(values.iter().cloned()).collect();
    let place = |number: usize| number - 1;
    match table.evaluate(&inputs) {
        Ok(rules) => Ok(rules.into_iter().map(|rule| place(rule.number)).collect()),
        Err(Ambiguous { rows, .. }) => Err(rows.into_iter().map(place).collect()),
    }
}

fn compiled(matcher: &Matcher, inputs: &[Input<'_>]) -> Answer {
    let mut hits = matcher.hits();
    match matcher.evaluate(inputs, &mut hits) {
        Ok(rows) => Ok(rows.to_vec()),
        Err(Clash) => Err(hits.rows().to_vec()),
    }
}

proptest! {
    /// All kinds, all hit policies, values that nobody declared, values at each bound, nothing known.
    #[test]
    fn answers_as_the_naive_evaluator_does((table, asked) in table_and_values()) {
        let matcher = Matcher::new(&table);
        for values in &asked {
            let inputs: Vec<Input<'_>> = values.iter().map(Input::from).collect();
            let right = naively(&table, values);
            prop_assert_eq!(compiled(&matcher, &inputs), right.clone());
            let whole: Vec<Input<'_>> = values.iter().map(|value| match value.as_whole() {
                Some(number) => Input::Whole(number),
                None => value.into(),
            }).collect();
            prop_assert_eq!(compiled(&matcher, &whole), right);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// More rows than one word, one chunk, one head hold, with vectors from sparse to dense.
    #[test]
    fn answers_in_long_tables((table, asked) in long_table_and_values()) {
        let matcher = Matcher::new(&table);
        for values in &asked {
            let inputs: Vec<Input<'_>> = values.iter().map(Input::from).collect();
            prop_assert_eq!(compiled(&matcher, &inputs), naively(&table, values));
        }
    }

    #[test]
    fn allocates_nothing((table, asked) in long_table_and_values()) {
        let matcher = Matcher::new(&table);
        let mut hits = matcher.hits();
        for values in &asked {
            let inputs: Vec<Input<'_>> = values.iter().map(Input::from).collect();
            let mut rows = 0;
            let counted = allocation_counter::measure(|| {
                rows = matcher.evaluate(&inputs, &mut hits).map_or(0, <[usize]>::len);
            });
            prop_assert_eq!((counted.count_total, rows), (0, compiled(&matcher, &inputs).map_or(0, |rows| rows.len())));
        }
    }
}

#[test]
fn a_table_without_rows_or_columns_answers_too() {
    let mut table = table(HitPolicy::First, vec![plain(Kind::Whole, None)], vec![vec![Test::Any]]);
    assert_eq!(compiled(&Matcher::new(&table), &[]), Ok(vec![0]));
    table.inputs.clear();
    assert_eq!(compiled(&Matcher::new(&table), &[]), Ok(vec![0]));
    table.rules.clear();
    assert_eq!(compiled(&Matcher::new(&table), &[]), Ok(Vec::new()));
}

/// Too far apart for a place each, up to the last whole number that fits.
#[test]
fn whole_numbers_far_apart() {
    for cells in [
        vec!["<= 0", "5000", "> 1000000"],
        vec!["< -9223372036854775807", "[0..9223372036854775807]"],
    ] {
        let rows = cells
            .iter()
            .map(|cell| vec![read_test(cell, Kind::Whole).unwrap()])
            .collect();
        let table = table(HitPolicy::Unique, vec![plain(Kind::Whole, None)], rows);
        let matcher = Matcher::new(&table);
        for number in [
            i64::MIN,
            i64::MIN + 1,
            -1,
            0,
            1,
            4999,
            5000,
            5001,
            1_000_000,
            1_000_001,
            i64::MAX,
        ] {
            let right = naively(&table, &[number.into()]);
            assert_eq!(compiled(&matcher, &[Input::Whole(number)]), right, "{cells:?} {number}");
            assert_eq!(
                compiled(&matcher, &[Input::Decimal(number.into())]),
                right,
                "{cells:?} {number}"
            );
        }
    }
}
