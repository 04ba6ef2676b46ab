//! DMN decision tables: the open standard that Camunda Modeler and dmn-js edit.
//!
//! A closed subset is read: decision tables over strings, whole numbers and booleans, unary tests of S-FEEL
//! ([`sfeel`]), hit policies UNIQUE, FIRST and COLLECT. Whatever lies outside is refused with decision, row,
//! column, line and reason, never guessed: a table that is half understood would be a rule nobody wrote.
//!
//! The evaluator is naive on purpose. It tries each row in turn and so is easy to believe; faster ones are
//! measured against it. Nothing here knows what a report or a county is.

mod read;
pub mod sfeel;

use std::collections::HashMap;

pub use read::read;
use sfeel::{Kind, Test, Value};

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

/// How many rows may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitPolicy {
    /// At most one row may match.
    Unique,
    /// The first matching row answers.
    First,
    /// Every matching row answers.
    Collect,
}

/// One decision table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Id of the decision.
    pub id: String,
    /// Name of the decision, for people.
    pub name: String,
    /// How many rows may answer.
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
    /// The values that are declared as allowed; `None` = any of the kind.
    pub allowed: Option<Test>,
    /// Line in the file.
    pub line: u32,
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
#[error("decision {decision} is UNIQUE, but rows {rows:?} all match")]
pub struct Ambiguous {
    /// Id of the decision.
    pub decision: String,
    /// 1-based rows.
    pub rows: Vec<usize>,
}

/// Values by column name. An absent one is null, which only `-` matches.
pub type Inputs<'a> = HashMap<&'a str, Value>;

impl Table {
    /// The rows that answer for these inputs, in table order. Errors: several rows of a UNIQUE table match.
    pub fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Vec<&Rule>, Ambiguous> {
        let mut hits: Vec<&Rule> = self.rules.iter().filter(|rule| self.matches(rule, inputs)).collect();
        match self.hit_policy {
            HitPolicy::First => hits.truncate(1),
            HitPolicy::Unique if hits.len() > 1 => {
                let rows = hits.iter().map(|rule| rule.number).collect();
                return Err(Ambiguous {
                    decision: self.id.clone(),
                    rows,
                });
            }
            HitPolicy::Unique | HitPolicy::Collect => {}
        }
        Ok(hits)
    }

    fn matches(&self, rule: &Rule, inputs: &Inputs<'_>) -> bool {
        self.inputs
            .iter()
            .zip(&rule.tests)
            .all(|(column, test)| test.matches(inputs.get(column.name.as_str()).unwrap_or(&Value::Null)))
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
