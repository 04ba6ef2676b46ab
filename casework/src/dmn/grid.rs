//! A decision table over classes instead of values.
//!
//! The domain of each input column (its kind, cut down to its declared values) is cut into the fewest *classes* that
//! no cell tells apart: each text that a cell names and one class for all others; the numbers between two bounds
//! that appear. A row is then a set of classes per column, and matches exactly the values whose classes it holds.
//! So finitely many tuples of classes stand for all inputs: the compiled matcher ([`super::compiled`]) looks rows up
//! by class, and a check over the classes is a check over everything that can be reported.
//!
//! Class 0 of each column is [`NULL`]: nothing known, of another kind, or outside the declared values
//! ([`Column::seen`]).

mod cuts;
mod set;
mod wholes;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use cuts::Line;
pub use set::ClassSet;
use wholes::Wholes;

use super::sfeel::{Bound, Item, Kind, Test, Value};
use super::{Column, Table};

/// The class of null in each column.
pub const NULL: usize = 0;

/// A table over classes.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Input columns.
    pub columns: Vec<GridColumn>,
    /// `rows[r][c]` = the classes of column c that row r accepts.
    pub rows: Vec<Vec<ClassSet>>,
}

/// The classes of one input column.
#[derive(Debug, Clone)]
pub struct GridColumn {
    /// [`NULL`] first; then texts in the order in which they are declared or named, numbers from low to high, or
    /// `false` before `true`; "any other text" last.
    pub classes: Vec<Class>,
    index: Index,
}

/// Values that no cell of a column tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The simplest value of the class.
    pub example: Value,
    /// Which values these are.
    pub extent: Extent,
    /// Within the column's declared values, or within its kind where none are declared; false for null alone.
    pub inside: bool,
}

/// Which values a class holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// Nothing known, or nothing that the column knows.
    Null,
    /// One text.
    Text(String),
    /// Each text that is allowed and has no class of its own.
    OtherText,
    /// One truth value.
    Flag(bool),
    /// The numbers between two bounds; `None` = no bound. In a column of whole numbers the bounds are whole and
    /// included. One number alone has itself as both bounds.
    Numbers(Option<Bound>, Option<Bound>),
}

/// From a value to its class.
#[derive(Debug, Clone)]
enum Index {
    /// Texts that are named somewhere, and the class of all others.
    Texts(FxHashMap<String, usize>, usize),
    /// The number line, the class of each of its stretches, and the same once more for whole numbers, faster.
    Numbers(Line, Vec<usize>, Wholes),
    /// The classes of false and true.
    Flags([usize; 2]),
}

impl Grid {
    /// Cuts a table into classes.
    pub fn new(table: &Table) -> Self {
        let columns: Vec<GridColumn> = table
            .inputs
            .iter()
            .enumerate()
            .map(|(c, column)| GridColumn::new(column, table.rules.iter().filter_map(|rule| rule.tests.get(c))))
            .collect();
        let accepted = |tests: &[Test]| {
            columns
                .iter()
                .zip(tests)
                .map(|(column, test)| column.accepted(test))
                .collect()
        };
        let rows = table.rules.iter().map(|rule| accepted(&rule.tests)).collect();
        Self { columns, rows }
    }
}

impl GridColumn {
    /// The class of a value. What is of another kind or outside the declared values is [`NULL`].
    pub fn class_of(&self, value: &Value) -> usize {
        match value {
            Value::Null => NULL,
            Value::Flag(flag) => self.class_of_flag(*flag),
            Value::Number(number) => self.class_of_number(*number),
            Value::Text(text) => self.class_of_text(text),
        }
    }

    pub(super) fn class_of_flag(&self, flag: bool) -> usize {
        match &self.index {
            Index::Flags(classes) => classes[usize::from(flag)],
            _ => NULL,
        }
    }

    pub(super) fn class_of_text(&self, text: &str) -> usize {
        match &self.index {
            Index::Texts(known, other) => known.get(text).copied().unwrap_or(*other),
            _ => NULL,
        }
    }

    pub(super) fn class_of_whole(&self, number: i64) -> usize {
        match &self.index {
            Index::Numbers(_, _, wholes) => wholes.class_of(number),
            _ => NULL,
        }
    }

    pub(super) fn class_of_number(&self, number: Decimal) -> usize {
        match &self.index {
            Index::Numbers(line, stretches, _) if line.holds(number) => stretches[line.stretch_of(number)],
            _ => NULL,
        }
    }

    /// The classes of which a test accepts each value.
    pub fn accepted(&self, test: &Test) -> ClassSet {
        let all = ClassSet::full(self.classes.len());
        match test {
            Test::Any => all,
            Test::OneOf(items) => self.among(items),
            Test::Not(items) => {
                let mut left = all.minus(&self.among(items));
                left.remove(NULL);
                left
            }
        }
    }

    /// The classes whose values are one of these.
    fn among(&self, items: &[Item]) -> ClassSet {
        let mut classes = ClassSet::empty(self.classes.len());
        match &self.index {
            Index::Numbers(line, stretches, _) => {
                for range in line.ranges(items) {
                    classes.extend(stretches[line.stretches(range)].iter().copied());
                }
            }
            Index::Texts(known, _) => {
                let text = |item: &Item| match item {
                    Item::Is(Value::Text(text)) => known.get(text).copied(),
                    _ => None,
                };
                classes.extend(items.iter().filter_map(text));
            }
            Index::Flags(flags) => {
                let flag = |item: &Item| match item {
                    Item::Is(Value::Flag(flag)) => Some(flags[usize::from(*flag)]),
                    _ => None,
                };
                classes.extend(items.iter().filter_map(flag));
            }
        }
        classes.remove(NULL);
        classes
    }

    fn new<'t>(column: &'t Column, tests: impl Iterator<Item = &'t Test>) -> Self {
        let null = Class {
            example: Value::Null,
            extent: Extent::Null,
            inside: false,
        };
        let mut grid = Self {
            classes: vec![null],
            index: Index::Flags([NULL; 2]),
        };
        let tests = column.allowed.iter().chain(tests);
        match column.kind {
            Kind::Text => grid.texts(column, tests),
            Kind::Whole | Kind::Number => grid.numbers(column, tests),
            Kind::Flag => grid.index = Index::Flags([false, true].map(|flag| grid.flag(column, flag))),
        }
        grid
    }

    /// Adds a class unless the column does not know its values.
    fn add(&mut self, column: &Column, example: Value, extent: Extent) -> usize {
        if *column.seen(&example) == Value::Null {
            return NULL;
        }
        self.classes.push(Class {
            example,
            extent,
            inside: true,
        });
        self.classes.len() - 1
    }

    fn flag(&mut self, column: &Column, flag: bool) -> usize {
        self.add(column, Value::Flag(flag), Extent::Flag(flag))
    }

    fn texts<'t>(&mut self, column: &Column, tests: impl Iterator<Item = &'t Test>) {
        let mut known = FxHashMap::default();
        for value in tests.flat_map(Test::values) {
            if let Value::Text(text) = value
                && !known.contains_key(text)
            {
                let class = self.add(column, value.clone(), Extent::Text(text.clone()));
                known.insert(text.clone(), class);
            }
        }
        let names = (0_u32..).map(|n| {
            if n == 0 {
                "other".to_owned()
            } else {
                format!("other-{n}")
            }
        });
        let other = names
            .into_iter()
            .find(|name| !known.contains_key(name))
            .map(Value::Text);
        let other = other.map(|example| self.add(column, example, Extent::OtherText));
        self.index = Index::Texts(known, other.unwrap_or(NULL));
    }

    fn numbers<'t>(&mut self, column: &Column, tests: impl Iterator<Item = &'t Test>) {
        let line = Line::new(column.kind == Kind::Whole, tests);
        let mut stretches = Vec::new();
        let mut lows = Vec::new();
        for (low, high, example) in line.each() {
            // A stretch without numbers, as one beyond the largest, is met by none.
            let class = example.map(|example| self.add(column, Value::Number(example), Extent::Numbers(low, high)));
            stretches.push(class.unwrap_or(NULL));
            lows.push(low);
        }
        let wholes = Wholes::new(lows.into_iter().zip(stretches.iter().copied()));
        self.index = Index::Numbers(line, stretches, wholes);
    }
}
