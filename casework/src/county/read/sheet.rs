//! One CSV file of a pack: rows with their lines, and the mistakes of its form.

use crate::county::{Line, PackFiles, PackProblem, Problems};
use crate::dmn::lines::{line_of, line_starts};

/// The rows of a CSV file whose header is as expected.
pub(crate) struct Sheet<'p> {
    file: &'static str,
    rows: Vec<Row<'p>>,
}

/// The columns of a file; those behind the required ones are all there or all missing.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'p> {
    pub(crate) all: &'p [&'static str],
    pub(crate) required: usize,
}

impl<'p> Columns<'p> {
    /// No column may be missing.
    pub(crate) const fn exactly(all: &'p [&'static str]) -> Self {
        Self {
            all,
            required: all.len(),
        }
    }
}

/// One row: exactly as many cells as columns, trimmed.
pub(crate) struct Row<'p> {
    pub(crate) line: Line,
    columns: &'p [&'static str],
    cells: Vec<String>,
}

impl Row<'_> {
    /// The cell of a column; empty where nothing is written.
    pub(crate) fn get(&self, column: &str) -> &str {
        self.columns
            .iter()
            .position(|name| *name == column)
            .and_then(|index| self.cells.get(index))
            .map_or("", String::as_str)
    }
}

impl<'p> Sheet<'p> {
    /// Reads `file` of the pack. Rows that can't be used are reported and left out.
    pub(crate) fn read(
        files: &PackFiles,
        file: &'static str,
        columns: &'p [&'static str],
        problems: &mut Problems,
    ) -> Self {
        Self::read_with(files, file, Columns::exactly(columns), problems)
    }

    /// As [`Sheet::read`], where columns may be missing at the end.
    pub(crate) fn read_with(
        files: &PackFiles,
        file: &'static str,
        expected: Columns<'p>,
        problems: &mut Problems,
    ) -> Self {
        let mut columns = expected.all;
        let mut sheet = Self { file, rows: Vec::new() };
        let Some(text) = text_of(files, file, problems) else {
            return sheet;
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let lines = Lines::new(text);
        for (index, record) in reader.records().enumerate() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    problems.add(file, 0, format!("can't be read as CSV: {error}"));
                    return sheet;
                }
            };
            let line = record.position().map_or(0, |position| lines.at(position.byte()));
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            if index == 0 {
                if cells.len() == expected.required {
                    columns = &expected.all[..expected.required];
                }
                if cells != columns {
                    problems.add(file, line, format!("the first line must be {}", columns.join(",")));
                    return sheet;
                }
            } else if cells.len() == columns.len() {
                sheet.rows.push(Row { line, columns, cells });
            } else {
                let reason = format!(
                    "has {} cells, the header has {}; quote a cell that holds a comma",
                    cells.len(),
                    columns.len()
                );
                problems.add(file, line, reason);
            }
        }
        if sheet.rows.is_empty() {
            problems.add(file, 0, "has no rows");
        }
        sheet
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row<'p>> {
        self.rows.iter()
    }

    /// Reports every later row whose cells in `columns` repeat an earlier one's.
    pub(crate) fn unique(&self, columns: &[&str], problems: &mut Problems) {
        let mut seen: std::collections::HashMap<Vec<&str>, Line> = std::collections::HashMap::new();
        for row in &self.rows {
            let key: Vec<&str> = columns.iter().map(|column| row.get(column)).collect();
            if let Some(first) = seen.get(&key) {
                let reason = format!(
                    "duplicate {} {}; it is already on line {first}",
                    columns.join(" and "),
                    key.join(" ")
                );
                problems.add(self.file, row.line, reason);
            } else {
                seen.insert(key, row.line);
            }
        }
    }
}

/// The text of a file without a byte order mark; a missing file is a problem.
pub(crate) fn text_of<'f>(files: &'f PackFiles, file: &str, problems: &mut Problems) -> Option<&'f str> {
    let Some(text) = files.get(file) else {
        problems.add(file, 0, "the file is missing from the pack");
        return None;
    };
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Where lines start; the CSV reader's own count goes wrong at blank lines.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            starts: line_starts(text),
        }
    }

    fn at(&self, byte: u64) -> Line {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let blank = self.text.as_bytes()[byte..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        line_of(&self.starts, byte + blank)
    }
}

impl Problems {
    /// Reports what is not a code of `words`; `what` names the list for the reader.
    pub(crate) fn known(&mut self, at: (&str, Line), what: &str, word: &str, known: bool) {
        if !known {
            self.add(at.0, at.1, format!("{word} is not a known {what}"));
        }
    }
}

impl From<(&str, &crate::dmn::DmnError)> for PackProblem {
    fn from((file, error): (&str, &crate::dmn::DmnError)) -> Self {
        Self {
            file: file.to_owned(),
            line: error.line,
            reason: error.to_string(),
            zh: None,
        }
    }
}
