//! What a version changes against the one it was drawn from, row by row, as a page shows it.

use casework::county::PackFiles;
use casework::office::clerk::{CellDifference, RowDifference, RowKind, differences};
use casework::pack::Pack;
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
    /// `修改 第 5 行`
    pub(super) what: String,
    pub(super) sentence: String,
    pub(super) cells: Vec<CellDifference>,
}

/// All differences.
pub(super) fn changes(old: &PackFiles, new: &PackFiles, pack: &Pack, lang: Lang) -> Vec<TableChanges> {
    let tables = differences(old, new, pack).into_iter().map(|table| TableChanges {
        name: table.name,
        rows: table.rows.into_iter().map(|difference| row(difference, lang)).collect(),
    });
    tables.collect()
}

fn row(difference: RowDifference, lang: Lang) -> RowChange {
    let kind = match difference.kind {
        RowKind::Added => "added",
        RowKind::Removed => "removed",
        RowKind::Changed => "changed",
        RowKind::Moved => "moved",
    };
    let number = difference.is.or(difference.was).unwrap_or_default().to_string();
    let place = lang.fill("rules.check.rows", &[("n", &number)]);
    RowChange {
        kind,
        what: format!("{} {place}", lang.t(&format!("rules.change.{kind}"))),
        sentence: difference.sentence,
        cells: difference.cells,
    }
}
