//! Is a decision table sound? Gaps, overlaps that matter, rows that can never answer, rows that change nothing.
//!
//! Exact, by splitting boxes of classes (`space`, `search`) rather than trying inputs. The problems are hard in
//! general, so the caller decides how long to go on: what is not settled then is named in [`Report::undecided`], and
//! only a report with neither findings nor undecided questions says that a table is sound.
//!
//! What counts under which hit policy (docs/decisions/0012-what-a-check-proves.md):
//! - UNIQUE: every overlap; ANY: overlaps of rows that say different things.
//! - FIRST, PRIORITY: rows hidden by the union of better ones.
//! - COLLECT, RULE ORDER: the answer is the set of outputs. An empty set is an answer, hence no gaps unless asked.
//! - all: rows that match nothing, rows whose removal changes no answer, cells outside their declared values.

mod claim;
mod finding;
mod merge;
mod node;
mod overlaps;
mod questions;
mod region;
mod scope;
mod search;
mod space;
mod split;
#[cfg(test)]
mod tests;
mod touching;
mod turns;

use super::Table;
use super::grid::Grid;
pub use finding::{Finding, Kind, Report, Undecided};
pub(crate) use region::Cell;
pub use region::{Part, Region};
pub use scope::Scope;

/// Checks a table for as long as `go_on` allows; it is asked every few microseconds.
pub fn check(table: &Table, grid: &Grid, scope: &Scope<'_>, go_on: &mut dyn FnMut() -> bool) -> Report {
    questions::answer(table, grid, scope, go_on)
}
