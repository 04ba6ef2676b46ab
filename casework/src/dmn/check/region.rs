//! Regions and points in terms of values instead of classes.

use std::fmt;

use rust_decimal::Decimal;

use super::space::{Cells, Space};
use crate::dmn::Table;
pub(super) use crate::dmn::grid::Extent;
use crate::dmn::grid::{ClassSet, Grid, GridColumn};
use crate::dmn::sfeel::{Bound, Kind, Value};

/// A set of inputs: in each of some columns one of the values listed; anything in the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region(pub Vec<Part>);

/// The values of one column of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Index among the table's inputs.
    pub column: usize,
    /// Numbers as the fewest ranges, ascending; texts in the order of the grid.
    pub values: Vec<Extent>,
}

impl Region {
    /// A box as a region. Columns that it leaves free are left out.
    pub(super) fn new(table: &Table, grid: &Grid, space: &Space, cells: &Cells) -> Self {
        let part = |(column, cell): (usize, &ClassSet)| {
            if space.domain[column].within(cell) {
                return None;
            }
            let whole = table.inputs[column].kind == Kind::Whole;
            let mut values: Vec<Extent> = Vec::new();
            for class in cell.iter() {
                let next = grid.columns[column].classes[class].extent.clone();
                match values.last_mut().and_then(|last| joined(last, &next, whole)) {
                    Some(both) => {
                        values.pop();
                        values.push(both);
                    }
                    None => values.push(next),
                }
            }
            Some(Part { column, values })
        };
        Self(cells.iter().enumerate().filter_map(part).collect())
    }
}

impl Part {
    /// Its values as a cell would have them; what no cell can say is said in English.
    pub fn words(&self) -> Vec<String> {
        self.values.iter().map(|value| Cell(value).to_string()).collect()
    }
}

/// The values of a point, column by column.
pub(super) fn values(grid: &Grid, point: &[usize]) -> Vec<Value> {
    let value = |(column, class): (&GridColumn, &usize)| column.classes[*class].example.clone();
    grid.columns.iter().zip(point).map(value).collect()
}

/// Two ranges of which the second begins where the first ends, as one.
fn joined(last: &Extent, next: &Extent, whole: bool) -> Option<Extent> {
    let (Extent::Numbers(low, Some(end)), Extent::Numbers(Some(begin), high)) = (last, next) else {
        return None;
    };
    let touch = if whole {
        end.at.checked_add(Decimal::ONE) == Some(begin.at)
    } else {
        end.at == begin.at && (end.included || begin.included)
    };
    touch.then_some(Extent::Numbers(*low, *high))
}

/// S-FEEL as in a cell; what a cell can't say is said in English.
pub(crate) struct Cell<'e>(pub(crate) &'e Extent);

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Extent::Null => f.write_str("nothing"),
            Extent::Text(text) => write!(f, "{}", Value::from(text.as_str())),
            Extent::OtherText => f.write_str("any other text"),
            Extent::Flag(flag) => write!(f, "{flag}"),
            Extent::Numbers(None, None) => f.write_str("any number"),
            Extent::Numbers(Some(low), None) => write!(f, ">{} {}", equal(low), low.at.normalize()),
            Extent::Numbers(None, Some(high)) => write!(f, "<{} {}", equal(high), high.at.normalize()),
            Extent::Numbers(Some(low), Some(high)) if low.at == high.at => write!(f, "{}", low.at.normalize()),
            Extent::Numbers(Some(low), Some(high)) => {
                let open = if low.included { '[' } else { '(' };
                let close = if high.included { ']' } else { ')' };
                write!(f, "{open}{}..{}{close}", low.at.normalize(), high.at.normalize())
            }
        }
    }
}

const fn equal(bound: &Bound) -> &'static str {
    if bound.included { "=" } else { "" }
}
