//! A row as what it asks and what it answers; what asks nothing is left out.

use serde::Serialize;

use crate::dmn::sfeel::{Item, Test, Value};
use crate::dmn::{Column, Rule, Table};
use crate::pack::Pack;
use crate::zh::cells::{ANY_CASE, heading, says, test, value};

/// One cell that says something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The column's variable.
    pub column: String,
    /// What people read above it.
    pub heading: String,
    /// The cell in words.
    pub words: String,
    /// Its words one by one, where an input names several: long labels are easier to read as a list.
    pub list: Vec<String>,
    /// None of the list, rather than one of it.
    pub not: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// 1-based.
    pub row: usize,
    /// What must hold; empty = always.
    pub when: Vec<Said>,
    /// What follows.
    pub then: Vec<Said>,
}

/// A row of a table in words.
pub fn sentence(pack: &Pack, table: &Table, rule: &Rule) -> Sentence {
    of(pack, table, rule.number, &rule.tests, &rule.outputs)
}

/// The same for a row that is not in a table yet.
pub(super) fn of(pack: &Pack, table: &Table, row: usize, tests: &[Test], outputs: &[Value]) -> Sentence {
    let asks = table.inputs.iter().zip(tests).filter(|(_, cell)| **cell != Test::Any);
    let answers = table.outputs.iter().zip(outputs);
    let said = |column: &Column, words: String, list: Vec<String>, not: bool| Said {
        column: column.name.clone(),
        heading: heading(column).to_owned(),
        words,
        list,
        not,
    };
    let asked = |(column, cell): (&Column, &Test)| {
        let each = |item: &Item| test(pack, column, &Test::OneOf(vec![item.clone()]));
        let list = match cell.items() {
            [] | [_] => Vec::new(),
            items => items.iter().map(each).collect(),
        };
        said(column, test(pack, column, cell), list, matches!(cell, Test::Not(_)))
    };
    let answered = |(column, cell): (&Column, &Value)| said(column, value(pack, column, cell), Vec::new(), false);
    Sentence {
        row,
        when: asks.map(asked).collect(),
        then: answers.map(answered).collect(),
    }
}

impl Sentence {
    /// In one line: `情形为遗弃，年龄为小于8岁：应办事项为接报处置，……`.
    pub fn line(&self) -> String {
        let join = |cells: &[Said]| {
            let parts: Vec<String> = cells.iter().map(|cell| says(&cell.heading, &cell.words)).collect();
            parts.join("，")
        };
        let when = if self.when.is_empty() {
            ANY_CASE.to_owned()
        } else {
            join(&self.when)
        };
        format!("{when}：{}", join(&self.then))
    }
}
