//! What a workbook of the rules says to people: the guide, and what stands above the columns.

use casework::dmn;

/// What people must know, on the page and on the first sheet.
pub(super) const GUIDE: [&str; 8] = [
    "rules.workbook.guide.cells",
    "rules.workbook.guide.any",
    "rules.workbook.guide.several",
    "rules.workbook.guide.numbers",
    "rules.workbook.guide.rows",
    "rules.workbook.guide.order",
    "rules.workbook.guide.sheets",
    "rules.workbook.guide.once",
];

/// What people read above the columns of a table. Where two are alike, the second is numbered: columns are found by it.
pub(super) fn headings(table: &dmn::Table) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for column in table.inputs.iter().chain(&table.outputs) {
        let heading = casework::zh::cells::heading(column);
        let alike = all
            .iter()
            .filter(|known| known.split('（').next() == Some(heading))
            .count();
        all.push(if alike == 0 {
            heading.to_owned()
        } else {
            format!("{heading}（{}）", alike + 1)
        });
    }
    all
}
