//! Findings as sentences: in English for whoever draws up a DMN file, in Chinese for the office that owns a table.

mod chinese;
mod english;

use crate::dmn::check::{Finding, Part, Region, Undecided};
use crate::dmn::grid::Extent;
use crate::dmn::sfeel::Value;
use crate::dmn::{Column, Table};
pub use chinese::chinese;
pub use english::english;

/// Of longer lists only the first values are read out.
const READ_OUT: usize = 6;

/// What people call a text value of a column; `None` = by itself.
pub type Named<'n> = dyn Fn(&Column, &str) -> Option<String> + 'n;

/// Something that a report says about a table.
#[derive(Debug, Clone, Copy)]
pub enum Said<'r> {
    /// A finding.
    Finding(&'r Finding),
    /// An open question.
    Undecided(&'r Undecided),
}

impl<'r> From<&'r Finding> for Said<'r> {
    fn from(finding: &'r Finding) -> Self {
        Self::Finding(finding)
    }
}

impl<'r> From<&'r Undecided> for Said<'r> {
    fn from(undecided: &'r Undecided) -> Self {
        Self::Undecided(undecided)
    }
}

/// The input column of a part and its values, each as `say` has it.
fn read_out<'t>(table: &'t Table, part: &Part, say: impl Fn(&Column, &Extent) -> String) -> (&'t Column, Vec<String>) {
    let column = &table.inputs[part.column];
    (column, part.values.iter().map(|value| say(column, value)).collect())
}

/// The facts of an example in the columns that its region restricts: in the others any would do.
fn facts<'t>(table: &'t Table, region: &Region, example: &'t [Value]) -> Vec<(&'t Column, &'t Value)> {
    let fact = |part: &Part| Some((&table.inputs[part.column], example.get(part.column)?));
    region.0.iter().filter_map(fact).collect()
}

/// Something wrong with what tickets show, on a list with what else is wrong.
pub fn of_disclosure(sentence: &str) -> String {
    format!("显示内容：{sentence}")
}

/// There are more findings of a kind than are listed.
pub fn more(kind: &str) -> String {
    format!("同类问题（{kind}）还有更多，未全部列出")
}
