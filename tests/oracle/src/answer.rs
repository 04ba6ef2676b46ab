//! What a table answers, in the terms of neither engine.

use casework::dmn::compiled::{Hits, Input, Matcher};
use casework::dmn::sfeel::Value;
use casework::dmn::{HitPolicy, Inputs, Table};

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// No row matches.
    Nothing,
    /// Rows match that the hit policy forbids.
    Clash,
    /// The outputs of the rows that answer.
    Rows(Vec<Vec<Value>>),
}

/// Whether an answer is a list of rows.
pub fn many(policy: HitPolicy) -> bool {
    matches!(policy, HitPolicy::Collect | HitPolicy::RuleOrder)
}

/// What casework says.
pub fn ours(table: &Table, inputs: &Inputs<'_>) -> Answer {
    match table.evaluate(inputs) {
        Err(_) => Answer::Clash,
        Ok(rules) if rules.is_empty() => Answer::Nothing,
        Ok(rules) => Answer::Rows(rules.iter().map(|rule| rule.outputs.clone()).collect()),
    }
}

/// casework's other evaluator, which live reports meet beside the first.
pub struct Compiled {
    matcher: Matcher,
    hits: Hits,
}

impl Compiled {
    pub fn new(table: &Table) -> Self {
        let matcher = Matcher::new(table);
        let hits = matcher.hits();
        Self { matcher, hits }
    }

    /// What it says.
    pub fn answer(&mut self, table: &Table, inputs: &Inputs<'_>) -> Answer {
        let given = table.inputs.iter().map(|column| inputs.get(column.name.as_str()));
        let given: Vec<Input<'_>> = given.map(|value| Input::from(value.unwrap_or(&Value::Null))).collect();
        match self.matcher.evaluate(&given, &mut self.hits) {
            Err(_) => Answer::Clash,
            Ok([]) => Answer::Nothing,
            Ok(rows) => Answer::Rows(rows.iter().map(|row| table.rules[*row].outputs.clone()).collect()),
        }
    }
}
