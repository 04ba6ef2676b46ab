//! What the check found, as lines beside the rows that they concern.

use casework::pack::PackFiles;
use platform::text::Lang;

/// One finding.
pub(super) struct FindingLine {
    /// Id and name of the table it is about, where it is about one.
    pub(super) table: Option<(String, String)>,
    /// The first row, for the link.
    pub(super) row: usize,
    /// `第 3、5 行`
    pub(super) rows: String,
    pub(super) sentence: String,
    /// A report that would fall through: fact and value in words.
    pub(super) example: Vec<(String, String)>,
}
