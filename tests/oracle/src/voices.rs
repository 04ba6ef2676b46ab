//! All that speak about one table: the independent engine, casework's two evaluators, and its check.

use casework::dmn::check::{Kind, Scope, check};
use casework::dmn::grid::Grid;
use casework::dmn::sfeel::Value;
use casework::dmn::{Inputs, Table};

use crate::answer::{Answer, Compiled, ours};
use crate::ask::{Dice, candidates, inputs};
use crate::engine::Engine;

/// How often a check may ask whether to go on.
const PATIENCE: usize = 2_000_000;

/// What was asked of a table, and how it was answered.
#[derive(Default)]
pub struct Count {
    pub asked: usize,
    pub rows: usize,
    pub nothing: usize,
    pub clashes: usize,
    /// Claims of the check that were put to the engine.
    pub claims: usize,
    pub differences: usize,
}

/// Asks random inputs, then what the check claims; stops at the first difference and prints it.
pub fn compare(engine: &Engine, table: &Table, times: usize, dice: &mut Dice, count: &mut Count) {
    let mut compiled = Compiled::new(table);
    let candidates = candidates(table);
    // A table without gaps, and one without overlaps, must never be caught out.
    let promised = claims(engine, table, count);
    for _ in 0..times {
        let Some(inputs) = inputs(table, &candidates, dice) else {
            return;
        };
        let (naive, compiled) = (ours(table, &inputs), compiled.answer(table, &inputs));
        let theirs = engine.answer(table, &inputs);
        count.asked += 1;
        match &naive {
            Answer::Rows(_) => count.rows += 1,
            Answer::Nothing => count.nothing += 1,
            Answer::Clash => count.clashes += 1,
        }
        let known = inputs.values().all(|value| *value != Value::Null);
        let broken = known && promised.contains(&theirs.as_ref().ok());
        if theirs.as_ref() != Ok(&naive) || compiled != naive || broken {
            count.differences += 1;
            println!("{} differs for {inputs:?}", table.id);
            println!("  naive    {naive:?}\n  compiled {compiled:?}\n  engine   {theirs:?}\n  never    {promised:?}");
            return;
        }
    }
}

/// Puts the check's counter-examples to the engine; what it proved can't happen is returned.
fn claims(engine: &Engine, table: &Table, count: &mut Count) -> Vec<Option<&'static Answer>> {
    let mut left = PATIENCE;
    let scope = Scope {
        gaps: true,
        ..Scope::of(table)
    };
    let report = check(table, &Grid::new(table), &scope, &mut || {
        left = left.saturating_sub(1);
        left > 0
    });
    for finding in &report.findings {
        let wanted = match finding.kind {
            Kind::Gap => Answer::Nothing,
            Kind::Overlap | Kind::Conflict => Answer::Clash,
            _ => continue,
        };
        let columns = table.inputs.iter().map(|column| column.name.as_str());
        let example: Inputs<'_> = columns.zip(finding.example.iter().cloned()).collect();
        count.claims += 1;
        let theirs = engine.answer(table, &example);
        if theirs.as_ref() != Ok(&wanted) {
            count.differences += 1;
            println!(
                "{}: the check says {wanted:?} for {example:?}, the engine {theirs:?}",
                table.id
            );
        }
    }
    let none = |kinds: &[Kind]| {
        let found = report.findings.iter().map(|finding| finding.kind);
        let open = report.undecided.iter().map(|open| open.kind);
        !found
            .chain(open)
            .chain(report.more.iter().copied())
            .any(|kind| kinds.contains(&kind))
    };
    let mut never = Vec::new();
    if none(&[Kind::Gap]) {
        never.push(Some(&Answer::Nothing));
    }
    if none(&[Kind::Overlap, Kind::Conflict]) {
        never.push(Some(&Answer::Clash));
    }
    never
}
