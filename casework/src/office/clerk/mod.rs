//! A rule table as a clerk reads and changes it: no codes, no brackets, no hit policies.
//!
//! `words` says what a cell means, `sentence` what a whole row asks and answers, `field` turns a cell into drop-downs and
//! ticks and back, `parse` reads a cell's words back, `change` writes a changed row into the model's text, `differences`
//! compares two versions row by row. All words are Chinese, as the county's rules are; the labels come from the pack.

mod change;
mod differences;
mod field;
mod sentence;

pub use change::{Change, change};
pub use differences::{CellDifference, RowDifference, RowKind, TableDifference, differences};
pub(crate) use field::same;
pub use field::{Field, FieldProblem, Mode, NamedField, fields, row_from};
pub use sentence::{Said, Sentence, sentence};
