//! Tables made to be hard: the check may give up, and never calls them complete.

use super::{Kind, Scope, ValueKind, checked_for, column, table};
use crate::dmn::{HitPolicy, Table};

/// A fixed sequence of numbers that look random.
pub(super) fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 11).unwrap() % below
    }
}

/// Random 3-SAT as a table: each row is a clause, covering the assignments that break it. The table has a gap if and
/// only if the formula can be satisfied.
fn clauses(columns: usize, rows: usize, seed: u64) -> Table {
    let mut next = numbers(seed);
    let inputs = (0..columns)
        .map(|index| column(&format!("c{index}"), ValueKind::Flag, None))
        .collect();
    let mut row = || {
        let mut tests = vec!["-".to_owned(); columns];
        for _ in 0..3 {
            tests[next(columns)] = ["true", "false"][next(2)].to_owned();
        }
        (tests, "\"p\"".to_owned())
    };
    let rows: Vec<_> = (0..rows).map(|_| row()).collect();
    table(HitPolicy::Collect, inputs, None, &rows)
}

fn gaps_only() -> Scope<'static> {
    Scope {
        gaps: true,
        ..Scope::default()
    }
}

#[test]
fn hard_tables_end_undecided_and_never_complete() {
    for seed in 1..=5 {
        let table = clauses(150, 150 * 5, seed);
        let report = checked_for(&table, &gaps_only(), 300);
        let gap = report.findings.iter().any(|finding| finding.kind == Kind::Gap);
        let open = report.undecided.iter().find(|open| open.kind == Kind::Gap).unwrap();
        assert!(
            !report.sound() && !gap && open.regions > 0 && !open.left.is_empty(),
            "{report:?}"
        );
    }
}

#[test]
fn with_time_they_are_settled_as_brute_force_would() {
    let mut complete = 0;
    for seed in 1..=30 {
        let table = clauses(12, 50, seed);
        let breaks = |point: u32, row: &crate::dmn::Rule| {
            row.tests
                .iter()
                .enumerate()
                .all(|(index, test)| test.matches(&(point >> index & 1 == 1).into()))
        };
        let gaps = (0..1 << 12_u32)
            .filter(|point| !table.rules.iter().any(|row| breaks(*point, row)))
            .count();
        let report = checked_for(&table, &gaps_only(), u32::MAX);
        assert_eq!(report.undecided, []);
        assert_eq!(
            report.findings.iter().any(|finding| finding.kind == Kind::Gap),
            gaps > 0,
            "seed {seed}"
        );
        complete += usize::from(gaps == 0);
    }
    assert!(
        (1..30).contains(&complete),
        "{complete} of 30 complete: the test must see both"
    );
}

/// More gaps than are listed: the nearest is sought among all.
#[test]
fn the_nearest_of_many_gaps_is_found() {
    let columns = 12;
    let inputs = (0..columns)
        .map(|index| column(&format!("c{index}"), ValueKind::Whole, Some("[0..9]")))
        .collect();
    let row = |tests: Vec<&str>| (tests.into_iter().map(str::to_owned).collect(), "\"p\"".to_owned());
    let mut rows = Vec::new();
    // Even numbers are covered, but for the last three columns together.
    for index in 0..columns - 3 {
        let mut tests = vec!["-"; columns];
        tests[index] = "0,2,4,6,8";
        rows.push(row(tests));
    }
    let mut tests = vec!["-"; columns];
    tests[columns - 1] = "0,1";
    rows.push(row(tests));
    // Tells numbers apart without covering much.
    for number in 0..10 {
        let word = number.to_string();
        rows.push(row(vec![word.as_str(); columns]));
    }
    let table = table(HitPolicy::First, inputs, None, &rows);
    let report = checked_for(&table, &Scope::of(&table), u32::MAX);
    let first = &report.findings[0];
    assert_eq!((first.kind, first.distance), (Kind::Gap, columns - 3 + 1), "{first:?}");
    assert!(table.rules.iter().all(|rule| {
        !rule
            .tests
            .iter()
            .zip(&first.example)
            .all(|(test, value)| test.matches(value))
    }));
}
