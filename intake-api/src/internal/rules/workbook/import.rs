//! A workbook back into the model: all of it or nothing, each mistake with its sheet, its cell and what to write there.

use std::collections::HashSet;

use calamine::Reader;
use casework::dmn::{self, Draft, Row, Table};
use casework::office::clerk::{Change, change};
use casework::pack::Pack;
use casework::zh::parse::row_from_words;
use casework::zh::sheets::NUMBER;
use platform::text::Lang;

use super::{
    export::{ABOUT, DECISIONS, MARK},
    headings::headings,
};
use crate::internal::sheet::{Book, Cell, MISTAKES_MAX, Mistake, ROWS_MAX, Sheet, Unopened, open, place, read};

/// Why a file was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It can't be opened.
    Unopened(Unopened),
    /// It was not made from rules of this service.
    Foreign,
    /// It was made from other rules than these: this version, as it was then.
    Other(String),
    /// People made mistakes.
    Mistakes(Vec<Mistake>),
}

/// The model with what the file says; `None` = it says the same. `digest` is that of the rules that the model belongs to.
pub(super) fn import(
    file: &[u8],
    pack: &Pack,
    text: &str,
    digest: &str,
    lang: Lang,
) -> Result<Option<String>, Refused> {
    let mut book = open(file).map_err(Refused::Unopened)?;
    let model = dmn::read(text).map_err(|_| Refused::Unopened(Unopened::Unreadable))?;
    let sheets = belongs(&mut book, digest)?;
    let (mut changed, mut mistakes) = (Vec::new(), Vec::new());
    for table in &model.tables {
        let name = sheets
            .iter()
            .find(|(id, _)| *id == table.id)
            .map_or(&table.name, |(_, name)| name);
        let Some(sheet) = read(&mut book, name) else {
            mistakes.push(Mistake {
                place: name.clone(),
                said: lang.t("rules.workbook.no_sheet").to_owned(),
            });
            continue;
        };
        let mut reader = SheetReader {
            pack,
            table,
            name,
            lang,
            sheet,
            mistakes: Vec::new(),
        };
        let rows = reader.rows();
        mistakes.append(&mut reader.mistakes);
        if rows != Draft::of(table).rows {
            changed.push((table.id.clone(), rows));
        }
    }
    if !mistakes.is_empty() {
        return Err(Refused::Mistakes(mistakes));
    }
    let mut written = None;
    for (decision, rows) in changed {
        let before = written.as_deref().unwrap_or(text);
        let after = change(before, &decision, Change::All(rows)).map_err(|errors| refused(&decision, &errors))?;
        written = Some(after);
    }
    Ok(written)
}

fn refused(decision: &str, errors: &[dmn::DmnError]) -> Refused {
    let mistake = |error: &dmn::DmnError| Mistake {
        place: decision.to_owned(),
        said: error.to_string(),
    };
    Refused::Mistakes(errors.iter().map(mistake).collect())
}

/// Decisions and their sheets, where the file was made from these rules.
fn belongs(book: &mut Book<'_>, digest: &str) -> Result<Vec<(String, String)>, Refused> {
    if !book.sheet_names().iter().any(|name| name == ABOUT) {
        return Err(Refused::Foreign);
    }
    let about = read(book, ABOUT).ok_or(Refused::Foreign)?;
    let words = |row: u32, column: u32| match about.cells.get(&(row, column)) {
        Some(Cell::Words(words)) => Some(words.as_str()),
        _ => None,
    };
    if words(0, 0) != Some(MARK) {
        return Err(Refused::Foreign);
    }
    if words(1, 0) != Some(digest) {
        return Err(Refused::Other(words(2, 0).unwrap_or("?").to_owned()));
    }
    let pairs = (DECISIONS..).map_while(|row| Some((words(row, 0)?.to_owned(), words(row, 1)?.to_owned())));
    Ok(pairs.collect())
}

struct SheetReader<'r> {
    pack: &'r Pack,
    table: &'r Table,
    name: &'r str,
    lang: Lang,
    sheet: Sheet,
    mistakes: Vec<Mistake>,
}

impl SheetReader<'_> {
    fn rows(&mut self) -> Vec<Row> {
        for (row, column) in std::mem::take(&mut self.sheet.merged) {
            self.mistake(row, column, self.lang.t("rules.workbook.cell.merged").to_owned());
        }
        if self.sheet.too_long {
            let said = self
                .lang
                .fill("rules.workbook.too_many", &[("n", &ROWS_MAX.to_string())]);
            self.mistake(ROWS_MAX + 1, 0, said);
        }
        let numbers = self.column(NUMBER);
        let columns: Vec<Option<u32>> = headings(self.table)
            .iter()
            .map(|heading| self.column(heading))
            .collect();
        let (Some(numbers), Some(columns)) = (numbers, columns.into_iter().collect::<Option<Vec<u32>>>()) else {
            return Vec::new();
        };
        let last = self.sheet.cells.keys().map(|(row, _)| *row).max().unwrap_or_default();
        let (mut rows, mut used) = (Vec::new(), HashSet::new());
        for at in 1..=last {
            if self.mistakes.len() >= MISTAKES_MAX {
                break;
            }
            let filled = |column: &u32| self.sheet.cells.contains_key(&(at, *column));
            if !columns.iter().chain([&numbers]).any(filled) {
                continue;
            }
            let was = self.number(at, numbers);
            let Some(cells) = self.cells(at, &columns) else {
                continue;
            };
            match row_from_words(self.pack, self.table, was, &cells) {
                Ok(mut row) => {
                    // A row that was copied with its number: the first is the row that it was, the others are new.
                    row.was = row.was.filter(|number| used.insert(*number));
                    rows.push(row);
                }
                Err(problems) => {
                    for (index, problem) in problems {
                        let said = if self.lang == Lang::Zh { problem.zh } else { problem.en };
                        self.mistake(at, columns[index], said);
                    }
                }
            }
        }
        if rows.is_empty() && self.mistakes.is_empty() && !self.table.rules.is_empty() {
            self.mistake(1, 0, self.lang.t("rules.workbook.no_rows").to_owned());
        }
        rows
    }

    /// Where a heading stands; people move columns.
    fn column(&mut self, heading: &str) -> Option<u32> {
        let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let heads = self.sheet.cells.range((0, 0)..(1, 0));
        let found: Vec<u32> = heads
            .filter(|(_, cell)| matches!(cell, Cell::Words(words) if plain(words) == plain(heading)))
            .map(|((_, column), _)| *column)
            .collect();
        let key = match found.as_slice() {
            [only] => return Some(*only),
            [] => "rules.workbook.no_heading",
            _ => "rules.workbook.two_headings",
        };
        let said = self.lang.fill(key, &[("heading", heading)]);
        self.mistake(0, found.last().copied().unwrap_or_default(), said);
        None
    }

    /// The number of the row that this was.
    fn number(&mut self, at: u32, column: u32) -> Option<usize> {
        let rows = self.table.rules.len();
        match self.sheet.cells.get(&(at, column))? {
            Cell::Words(words) => {
                let number = words.trim().parse().ok().filter(|number| (1..=rows).contains(number));
                if number.is_some() {
                    return number;
                }
            }
            Cell::Wrong(_) => {}
        }
        let said = self
            .lang
            .fill("rules.workbook.cell.number", &[("n", &rows.to_string())]);
        self.mistake(at, column, said);
        None
    }

    /// The words of a row; `None` = some cell holds none.
    fn cells(&mut self, at: u32, columns: &[u32]) -> Option<Vec<String>> {
        let mut wrong = Vec::new();
        let mut words = Vec::new();
        for column in columns {
            words.push(match self.sheet.cells.get(&(at, *column)) {
                None => String::new(),
                Some(Cell::Words(words)) => words.clone(),
                Some(Cell::Wrong(key)) => {
                    wrong.push((*column, *key));
                    String::new()
                }
            });
        }
        for (column, key) in &wrong {
            self.mistake(at, *column, self.lang.t(key).to_owned());
        }
        wrong.is_empty().then_some(words)
    }

    fn mistake(&mut self, row: u32, column: u32, said: String) {
        self.mistakes.push(Mistake {
            place: place(self.name, row, column),
            said,
        });
    }
}
