//! What a table answers, in the terms of neither engine.

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
