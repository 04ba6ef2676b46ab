//! Rows as they shall be.

use crate::dmn::sfeel::{Test, Value};
use crate::dmn::{Rule, Table};

/// A table's rows as they shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Id or name of the decision.
    pub decision: String,
    /// Its rows in order.
    pub rows: Vec<Row>,
}

/// One row as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row of the original that this is, 1-based: it keeps its ids, description and annotations. `None` = new.
    pub was: Option<usize>,
    /// One test per input column.
    pub tests: Vec<Test>,
    /// One value per output column.
    pub outputs: Vec<Value>,
}

impl Draft {
    /// A table as it is.
    pub fn of(table: &Table) -> Self {
        Self {
            decision: table.id.clone(),
            rows: table.rules.iter().map(Row::of).collect(),
        }
    }
}

impl Row {
    /// A row as it is.
    pub fn of(rule: &Rule) -> Self {
        Self {
            was: Some(rule.number),
            tests: rule.tests.clone(),
            outputs: rule.outputs.clone(),
        }
    }

    pub(super) fn says(&self, rule: &Rule) -> bool {
        self.tests == rule.tests && self.outputs == rule.outputs
    }
}
