//! What a version changes against the one it was drawn from, row by row, as a page shows it.

use casework::pack::{Pack, PackFiles};
use platform::text::Lang;

/// One table with its changed rows.
pub(super) struct TableChanges {
    pub(super) name: String,
    pub(super) rows: Vec<RowChange>,
}

/// One row.
pub(super) struct RowChange {
    /// `added`, `removed`, `changed`, `moved`: also a class of the style sheet.
    pub(super) kind: &'static str,
    pub(super) what: &'static str,
    pub(super) sentence: String,
    pub(super) cells: Vec<CellChange>,
}

/// One cell of a row that was changed.
pub(super) struct CellChange {
    pub(super) heading: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// All differences.
pub(super) fn changes(old: &PackFiles, new: &PackFiles, pack: &Pack, lang: Lang) -> Vec<TableChanges> {
    let _ = (old, new, pack, lang);
    Vec::new()
}
