//! A decision table made ready to answer fast.
//!
//! Each column turns a value into its class ([`super::grid`]), each class names the rows that accept it as a vector
//! of bits, and the rows that match are the conjunction of one vector per column. A vector of bits over the words of
//! each vector says which words are worth reading, and a class that few rows accept lists them, so that the time grows
//! slower than the table. Nothing is allocated while a table is asked: the caller holds the buffer ([`Hits`]).
//!
//! This shares classes and nothing else with [`Table::evaluate`]: each applies the hit policy in its own way, since
//! both run on every live report and a mistake of one must not be the other's.

mod rows;

use std::collections::HashMap;
use std::ops::Range;

use rust_decimal::Decimal;

use rows::{Accepting, Vectors};

use super::grid::{Grid, GridColumn, NULL};
use super::sfeel::Value;
use super::{HitPolicy, Table};

/// One input, in the order of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<'a> {
    /// Nothing known.
    Null,
    /// A truth value.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A number.
    Decimal(Decimal),
    /// A text.
    Text(&'a str),
}

impl<'a> From<&'a Value> for Input<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Flag(flag) => Self::Flag(*flag),
            Value::Number(number) => Self::Decimal(*number),
            Value::Text(text) => Self::Text(text),
        }
    }
}

/// A compiled table.
#[derive(Debug, Clone)]
pub struct Matcher {
    columns: Vec<Column>,
    vectors: Vectors,
    policy: Policy,
    rows: usize,
}

#[derive(Debug, Clone)]
struct Column {
    grid: GridColumn,
    /// By class.
    accepting: Vec<Accepting>,
}

/// How the rows that match become those that answer.
#[derive(Debug, Clone)]
enum Policy {
    First,
    Unique,
    /// What each row says: rows that say the same have the same number.
    Any(Vec<usize>),
    /// The rank of each row, the least first.
    Priority(Vec<usize>),
    All,
}

/// Rows match that may not do so together. They are in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash;

/// A buffer for the rows that match. Made by [`Matcher::hits`], and large enough for that matcher.
#[derive(Debug, Clone)]
pub struct Hits {
    /// The vectors of the columns that do not accept everything.
    picked: Vec<usize>,
    rows: Vec<usize>,
}

impl Hits {
    /// What answered last, or clashed: places in [`Table::rules`], ascending.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }
}

impl Matcher {
    /// Compiles a table.
    pub fn new(table: &Table) -> Self {
        let grid = Grid::new(table);
        let mut vectors = Vectors::new(table.rules.len());
        let column = |(c, column): (usize, GridColumn)| Column {
            accepting: vectors.add(column.classes.len(), grid.rows.iter().map(|row| row[c].iter())),
            grid: column,
        };
        Self {
            columns: grid.columns.into_iter().enumerate().map(column).collect(),
            vectors,
            policy: Policy::new(table),
            rows: table.rules.len(),
        }
    }

    /// A buffer for this matcher.
    pub fn hits(&self) -> Hits {
        Hits {
            picked: Vec::with_capacity(self.columns.len()),
            rows: Vec::with_capacity(self.rows),
        }
    }

    /// The rows that answer: places in [`Table::rules`], ascending. Inputs come in the order of the columns; those that
    /// are absent are null.
    pub fn evaluate<'h>(&self, inputs: &[Input<'_>], hits: &'h mut Hits) -> Result<&'h [usize], Clash> {
        hits.picked.clear();
        hits.rows.clear();
        // The shortest list of a column whose class is rare; the vectors of the others are asked for its rows.
        let mut rarest: Option<(usize, Range<usize>)> = None;
        for (index, column) in self.columns.iter().enumerate() {
            let class = column.class_of(inputs.get(index).copied().unwrap_or(Input::Null));
            match column.accepting.get(class) {
                Some(Accepting::All) => {}
                Some(Accepting::Some(vector)) => hits.picked.push(*vector),
                Some(Accepting::Few(vector, list)) => match &rarest {
                    Some((_, shortest)) if shortest.len() <= list.len() => hits.picked.push(*vector),
                    _ => {
                        let before = rarest.replace((*vector, list.clone()));
                        hits.picked.extend(before.map(|(vector, _)| vector));
                    }
                },
                Some(Accepting::None) | None => return Ok(&hits.rows),
            }
        }
        let Hits { picked, rows } = hits;
        let visit = |row| {
            rows.push(row);
            !matches!(self.policy, Policy::First)
        };
        match rarest {
            Some((_, list)) => self.vectors.each_of(list, picked, visit),
            None => self.vectors.each(picked, visit),
        }
        self.policy.apply(rows)?;
        Ok(rows)
    }
}

impl Column {
    fn class_of(&self, input: Input<'_>) -> usize {
        match input {
            Input::Null => NULL,
            Input::Flag(flag) => self.grid.class_of_flag(flag),
            Input::Whole(number) => self.grid.class_of_whole(number),
            Input::Decimal(number) => self.grid.class_of_number(number),
            Input::Text(text) => self.grid.class_of_text(text),
        }
    }
}

impl Policy {
    fn new(table: &Table) -> Self {
        match table.hit_policy {
            HitPolicy::First => Self::First,
            HitPolicy::Unique => Self::Unique,
            HitPolicy::Any => {
                let mut said = HashMap::new();
                let said = table.rules.iter().map(|rule| {
                    let next = said.len();
                    *said.entry(&rule.outputs).or_insert(next)
                });
                Self::Any(said.collect())
            }
            HitPolicy::Priority => {
                let ranks: Vec<Vec<usize>> = table.rules.iter().map(|rule| table.priority(rule)).collect();
                let mut order: Vec<&Vec<usize>> = ranks.iter().collect();
                order.sort_unstable();
                Self::Priority(
                    ranks
                        .iter()
                        .map(|rank| order.partition_point(|other| *other < rank))
                        .collect(),
                )
            }
            HitPolicy::Collect | HitPolicy::RuleOrder => Self::All,
        }
    }

    fn apply(&self, rows: &mut Vec<usize>) -> Result<(), Clash> {
        match self {
            Self::Unique if rows.len() > 1 => Err(Clash),
            Self::All | Self::First | Self::Unique => Ok(()),
            Self::Any(said) => {
                if rows.iter().any(|row| said[*row] != said[rows[0]]) {
                    return Err(Clash);
                }
                rows.truncate(1);
                Ok(())
            }
            Self::Priority(ranks) => {
                if let Some(best) = rows.iter().copied().min_by_key(|row| (ranks[*row], *row)) {
                    rows.clear();
                    rows.push(best);
                }
                Ok(())
            }
        }
    }
}
