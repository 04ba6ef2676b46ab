//! DMN decision tables: the open standard that Camunda Modeler and dmn-js edit.
//!
//! A closed subset is read: decision tables over strings, numbers and booleans, unary tests of S-FEEL ([`sfeel`]),
//! hit policies UNIQUE, FIRST, PRIORITY, ANY, COLLECT without aggregation, and RULE ORDER. Whatever lies outside is
//! refused with decision, row, column, line and reason, never guessed: a table that is half understood would be a
//! rule nobody wrote.
//!
//! The evaluator is naive on purpose. It tries each row in turn and so is easy to believe; faster ones are
//! measured against it. Nothing here knows what a report or a county is.

pub mod check;
pub mod compiled;
pub mod grid;
pub(crate) mod lines;
mod read;
pub mod sfeel;
mod write;
mod xml;

use std::collections::HashMap;

pub use read::read;
use sfeel::{Kind, Test, Value};
pub use write::{Draft, Row, write};

/// The tables of one DMN file.
#[derive(Debug, Clone)]
pub struct Model {
    /// The model's name, for people.
    pub name: String,
    /// Its decision tables in file order.
    pub tables: Vec<Table>,
}

impl Model {
    /// The table whose decision has this id or, failing that, this name.
    pub fn table(&self, decision: &str) -> Option<&Table> {
        let by = |name: fn(&Table) -> &str| self.tables.iter().find(|table| name(table) == decision);
        by(|table| &table.id).or_else(|| by(|table| &table.name))
    }
}

/// Which of the matching rows answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HitPolicy {
    /// At most one row may match.
    Unique,
    /// The first matching row answers.
    First,
    /// The matching row whose outputs stand first among the declared ones answers.
    Priority,
    /// Several rows may match if they say the same; the first of them answers.
    Any,
    /// Every matching row answers; their order means nothing.
    Collect,
    /// Every matching row answers, in table order.
    RuleOrder,
}

impl HitPolicy {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Unique,
        Self::First,
        Self::Priority,
        Self::Any,
        Self::Collect,
        Self::RuleOrder,
    ];

    /// As DMN writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unique => "UNIQUE",
            Self::First => "FIRST",
            Self::Priority => "PRIORITY",
            Self::Any => "ANY",
            Self::Collect => "COLLECT",
            Self::RuleOrder => "RULE ORDER",
        }
    }

    /// The policy of a word of DMN.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == word)
    }
}

/// One decision table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Id of the decision.
    pub id: String,
    /// Name of the decision, for people.
    pub name: String,
    /// Which of the matching rows answer.
    pub hit_policy: HitPolicy,
    /// Input columns.
    pub inputs: Vec<Column>,
    /// Output columns.
    pub outputs: Vec<Column>,
    /// Rows.
    pub rules: Vec<Rule>,
    /// Line of the decision in the file.
    pub line: u32,
}

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    /// The variable's name.
    pub name: String,
    /// What a person reads above it.
    pub label: String,
    /// What its cells hold.
    pub kind: Kind,
    /// The values that are declared as allowed; `None` = any of the kind. In the outputs of a PRIORITY table their
    /// order is the priority, highest first.
    pub allowed: Option<Test>,
    /// Line in the file.
    pub line: u32,
}

impl Column {
    /// What people read above it: its label, or its name.
    pub fn heading(&self) -> &str {
        if self.label.is_empty() { &self.name } else { &self.label }
    }
}

/// One row.
#[derive(Debug, Clone)]
pub struct Rule {
    /// 1-based.
    pub number: usize,
    /// One test per input column.
    pub tests: Vec<Test>,
    /// One value per output column.
    pub outputs: Vec<Value>,
    /// Line in the file.
    pub line: u32,
}

/// Something in a DMN file that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", self.place())]
pub struct DmnError {
    /// Id of the decision; empty = the file.
    pub decision: String,
    /// 1-based row; `None` = the table.
    pub row: Option<usize>,
    /// Name of the column; `None` = the row.
    pub column: Option<String>,
    /// 1-based line of the file.
    pub line: u32,
    /// What is wrong and what is allowed.
    pub reason: String,
}

impl DmnError {
    /// Something about the file as a whole.
    pub(crate) fn of_file(line: u32, reason: impl Into<String>) -> Self {
        Self {
            decision: String::new(),
            row: None,
            column: None,
            line,
            reason: reason.into(),
        }
    }

    fn place(&self) -> String {
        if self.decision.is_empty() {
            return String::new();
        }
        let row = self.row.map_or(String::new(), |row| format!(", row {row}"));
        let column = self
            .column
            .as_ref()
            .map_or(String::new(), |column| format!(", column {column}"));
        format!("decision {}{row}{column}: ", self.decision)
    }
}

/// A table that gives no one answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("decision {decision} is {}, but rows {rows:?} {}", self.hit_policy.as_str(), self.clash())]
pub struct Ambiguous {
    /// Id of the decision.
    pub decision: String,
    /// UNIQUE or ANY.
    pub hit_policy: HitPolicy,
    /// 1-based rows.
    pub rows: Vec<usize>,
}

impl Ambiguous {
    const fn clash(&self) -> &'static str {
        match self.hit_policy {
            HitPolicy::Any => "match and say different things",
            _ => "all match",
        }
    }
}

/// Values by column name. An absent one is null, which only `-` matches.
pub type Inputs<'a> = HashMap<&'a str, Value>;

impl Column {
    /// What the column's cells see of a value: one of another kind, or outside the declared values, is as unknown
    /// as null. Then only rows that ask nothing of this column can match, as with a fact that nobody gave.
    pub fn seen<'v>(&self, value: &'v Value) -> &'v Value {
        let known = self.kind.holds(value) && self.allowed.as_ref().is_none_or(|allowed| allowed.matches(value));
        if known { value } else { &Value::Null }
    }
}

impl Table {
    /// The rows that answer for these inputs, in table order. Errors: several rows of a UNIQUE table match, or
    /// rows of an ANY table that say different things.
    pub fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Vec<&Rule>, Ambiguous> {
        let value = |column: &Column| inputs.get(column.name.as_str()).unwrap_or(&Value::Null);
        let seen: Vec<&Value> = self.inputs.iter().map(|column| column.seen(value(column))).collect();
        let matches = |rule: &&Rule| rule.tests.iter().zip(&seen).all(|(test, value)| test.matches(value));
        let mut hits: Vec<&Rule> = self.rules.iter().filter(matches).collect();
        let same = || hits.windows(2).all(|pair| pair[0].outputs == pair[1].outputs);
        match self.hit_policy {
            HitPolicy::Unique if hits.len() > 1 => return Err(self.ambiguous(&hits)),
            HitPolicy::Any if !same() => return Err(self.ambiguous(&hits)),
            // The earliest of equals: sorting is stable.
            HitPolicy::Priority => {
                hits.sort_by_cached_key(|rule| self.priority(rule));
                hits.truncate(1);
            }
            HitPolicy::First | HitPolicy::Any => hits.truncate(1),
            HitPolicy::Unique | HitPolicy::Collect | HitPolicy::RuleOrder => {}
        }
        Ok(hits)
    }

    fn ambiguous(&self, hits: &[&Rule]) -> Ambiguous {
        Ambiguous {
            decision: self.id.clone(),
            hit_policy: self.hit_policy,
            rows: hits.iter().map(|rule| rule.number).collect(),
        }
    }

    /// The rank of a row in a PRIORITY table, the least first: the places of its outputs among the declared ones,
    /// compared from left to right. Columns without declared values take no part; what is not declared comes last.
    pub fn priority(&self, rule: &Rule) -> Vec<usize> {
        let place = |(column, value): (&Column, &Value)| {
            let declared = column.allowed.as_ref()?.values();
            Some(
                declared
                    .iter()
                    .position(|allowed| *allowed == value)
                    .unwrap_or(usize::MAX),
            )
        };
        self.outputs.iter().zip(&rule.outputs).filter_map(place).collect()
    }

    /// The value of an output column in a row; null when there is no such column.
    pub fn output<'r>(&self, rule: &'r Rule, column: &str) -> &'r Value {
        self.outputs
            .iter()
            .position(|output| output.name == column)
            .and_then(|index| rule.outputs.get(index))
            .unwrap_or(&Value::Null)
    }

    /// Cells that say something outside their column's declared values: as an input such a row can never match,
    /// as an output it would answer what nobody expects.
    pub fn outside_allowed(&self) -> Vec<DmnError> {
        let mut found = Vec::new();
        for rule in &self.rules {
            let tests = self.inputs.iter().zip(rule.tests.iter().map(Test::values));
            let outputs = self.outputs.iter().zip(rule.outputs.iter().map(|value| vec![value]));
            for (column, values) in tests.chain(outputs) {
                let Some(allowed) = &column.allowed else {
                    continue;
                };
                for value in values {
                    if *value != Value::Null && !allowed.matches(value) {
                        found.push(DmnError {
                            decision: self.id.clone(),
                            row: Some(rule.number),
                            column: Some(column.name.clone()),
                            line: rule.line,
                            reason: format!("{value} is not among the allowed values of this column"),
                        });
                    }
                }
            }
        }
        found
    }
}
