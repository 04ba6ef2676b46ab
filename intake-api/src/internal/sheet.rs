//! Cells of a workbook that somebody sent: with limits in front, because a small file can unpack to a large one and a
//! single cell can claim to stand a million rows down.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;

/// Largest content when unpacked. The county's rules are 400 KiB.
const UNPACKED_MAX: u64 = 20 * 1024 * 1024;
/// Parts of the file; a sheet is one.
const PARTS_MAX: usize = 1_000;
/// Rows of a sheet.
pub(crate) const ROWS_MAX: u32 = 5_000;
/// Columns that are looked at.
const COLUMNS_MAX: u32 = 200;

/// Merged cells that are named.
const MERGED_MAX: usize = 100;

/// A workbook in memory.
pub(crate) type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// A cell that holds something.
pub(crate) enum Cell {
    /// As a person typed it.
    Words(String),
    /// Something that no word is; key of what to do instead.
    Wrong(&'static str),
}

/// A sheet.
#[derive(Default)]
pub(crate) struct Sheet {
    /// By row and column, from 0.
    pub(crate) cells: BTreeMap<(u32, u32), Cell>,
    /// First cells of merged ones. Only the first of them has the content: the others would silently say "any".
    pub(crate) merged: Vec<(u32, u32)>,
    /// Something stands below the last row that is read.
    pub(crate) too_long: bool,
}

/// Something to mend in a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// `应办事项 C7`
    pub(crate) place: String,
    /// What is wrong, and what to write.
    pub(crate) said: String,
}

/// Mistakes of one sheet that are looked for; nobody mends more in one go.
pub(crate) const MISTAKES_MAX: usize = 500;

/// Why a file is not even opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unopened {
    /// It is no workbook.
    Unreadable,
    /// It unpacks to more than anybody wrote.
    TooLarge,
}

/// Opens a file that somebody sent.
pub(crate) fn open(file: &[u8]) -> Result<Book<'_>, Unopened> {
    match is_sensible(file) {
        Some(true) => Book::new(Cursor::new(file)).map_err(|_| Unopened::Unreadable),
        Some(false) => Err(Unopened::TooLarge),
        None => Err(Unopened::Unreadable),
    }
}

/// Where a cell stands, as spreadsheets say it: sheet and cell, both counted from 0 here.
pub(crate) fn place(sheet: &str, row: u32, column: u32) -> String {
    format!("{sheet} {}{}", letters(column), row + 1)
}

/// Whether the file unpacks to a sensible size; `None` = it can't be unpacked. What the file says of its own sizes is not
/// believed.
fn is_sensible(file: &[u8]) -> Option<bool> {
    let mut parts = ZipArchive::new(Cursor::new(file)).ok()?;
    if parts.len() > PARTS_MAX {
        return Some(false);
    }
    let mut left = UNPACKED_MAX;
    for index in 0..parts.len() {
        let part = parts.by_index(index).ok()?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).ok()?;
        match left.checked_sub(read) {
            Some(rest) => left = rest,
            None => return Some(false),
        }
    }
    Some(true)
}

/// Reads a sheet; `None` = there is none of this name, or it can't be read.
pub(crate) fn read(book: &mut Book<'_>, name: &str) -> Option<Sheet> {
    let mut sheet = Sheet::default();
    for merged in book.merge_cells_by_sheet_name(name).ok()? {
        if merged.start != merged.end && sheet.merged.len() < MERGED_MAX {
            sheet.merged.push(merged.start);
        }
    }
    let mut cells = book.worksheet_cells_reader(name).ok()?;
    while let Some(record) = cells.next_cell_with_formula_metadata().ok()? {
        let cell = if record.formula.is_some() {
            Some(Cell::Wrong("rules.workbook.cell.formula"))
        } else {
            cell(record.value)
        };
        let (row, column) = record.pos;
        match cell {
            Some(_) if row > ROWS_MAX => sheet.too_long = true,
            Some(cell) if column < COLUMNS_MAX => drop(sheet.cells.insert((row, column), cell)),
            _ => {}
        }
    }
    Some(sheet)
}

fn cell(value: DataRef<'_>) -> Option<Cell> {
    let words = match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => number.to_string(),
        // Spreadsheets keep 8 as 8.0; it is shown as 8 again.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text,
        DataRef::SharedString(text) => text.to_owned(),
        DataRef::Bool(flag) => casework::zh::cells::yes(flag).to_owned(),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            return Some(Cell::Wrong("rules.workbook.cell.date"));
        }
        DataRef::Error(_) => return Some(Cell::Wrong("rules.workbook.cell.error")),
    };
    (!words.trim().is_empty()).then_some(Cell::Words(words))
}

/// `A`, `Z`, `AA`: a column as spreadsheets name it, from 0.
pub(crate) fn letters(column: u32) -> String {
    let digit = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    let rest = column / 26;
    if rest == 0 {
        digit.to_string()
    } else {
        format!("{}{digit}", letters(rest - 1))
    }
}

/// A workbook as a browser saves it.
pub(crate) fn download(file: Vec<u8>, name: &str) -> Response {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, file).into_response()
}
