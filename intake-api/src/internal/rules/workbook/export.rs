//! The model as a workbook: a sheet per table, cells in the words of the rules page, drop-downs where one word is chosen.

use casework::dmn::sfeel::Kind;
use casework::dmn::{Column, Model, Table};
use casework::pack::Pack;
use casework::zh::cells;
use casework::zh::cells::{cells, choices};
use casework::zh::sheets::{self, NUMBER, TABLE};
use chrono::{DateTime, Utc};
use platform::text::Lang;
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError,
};

use super::headings::{GUIDE, headings};
use crate::internal::{
    rules::table::how,
    sheet::{ROWS_MAX, letters},
};

/// The hidden sheet that says which rules these are.
pub(super) const ABOUT: &str = "_";
/// Its first cell.
pub(super) const MARK: &str = "shouwang rules";
/// Its first row of decisions and their sheets.
pub(super) const DECISIONS: u32 = 3;
/// Its first column of words for drop-downs.
const LISTS: u16 = 5;
/// Longest name of a sheet.
const NAME_MAX: usize = 31;

/// Which rules a file holds.
pub(super) struct Stamp {
    pub(super) version: i32,
    pub(super) digest: String,
    pub(super) at: DateTime<Utc>,
}

/// The whole file.
pub(super) fn export(pack: &Pack, model: &Model, stamp: &Stamp, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_timestamp(stamp.at.timestamp())?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    guide(book.add_worksheet(), model, stamp.version, lang)?;
    let mut about = Worksheet::new();
    about.set_name(ABOUT)?.set_hidden(true);
    about.write_string(0, 0, MARK)?.write_string(1, 0, &stamp.digest)?;
    about.write_string(2, 0, stamp.version.to_string())?;
    let (mut names, mut lists) = (vec![ABOUT.to_owned(), sheets::GUIDE.to_owned()], LISTS);
    for (at, table) in (DECISIONS..).zip(&model.tables) {
        let name = sheet_name(&table.name, &names);
        about.write_string(at, 0, &table.id)?.write_string(at, 1, &name)?;
        let sheet = book.add_worksheet();
        sheet.set_name(&name)?;
        rows(sheet, pack, table)?;
        drop_downs(sheet, &mut about, &mut lists, pack, table)?;
        names.push(name);
    }
    book.push_worksheet(about);
    book.save_to_buffer()
}

fn guide(sheet: &mut Worksheet, model: &Model, version: i32, lang: Lang) -> Result<(), XlsxError> {
    let (bold, wrap) = (Format::new().set_bold(), Format::new().set_text_wrap());
    sheet.set_name(sheets::GUIDE)?.set_column_width(0, 100)?;
    let title = lang.fill("rules.workbook.guide.title", &[("n", &version.to_string())]);
    sheet.write_string_with_format(0, 0, title, &bold)?;
    for (row, key) in (1..).zip(GUIDE) {
        sheet.write_string_with_format(row, 0, lang.t(key), &wrap)?;
    }
    let below = u32::try_from(GUIDE.len() + 2).unwrap_or(u32::MAX);
    for (row, table) in (below..).zip(&model.tables) {
        let line = format!("{}：{}", table.name, lang.t(how(table)));
        sheet.write_string_with_format(row, 0, line, &wrap)?;
    }
    Ok(())
}

fn rows(sheet: &mut Worksheet, pack: &Pack, table: &Table) -> Result<(), XlsxError> {
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let asks = cell.clone().set_bold().set_background_color(Color::RGB(0xDD_E8_F2));
    let answers = cell.clone().set_bold().set_background_color(Color::RGB(0xE6_F0_E0));
    let grey = cell.clone().set_font_color(Color::Gray);
    sheet.set_freeze_panes(1, 1)?;
    sheet.write_string_with_format(0, 0, NUMBER, &grey)?;
    sheet.set_column_width(0, 6)?;
    let headings = headings(table);
    let mut widths: Vec<usize> = headings.iter().map(|heading| heading.chars().count()).collect();
    for (col, heading) in (1_u16..).zip(&headings) {
        let input = usize::from(col) <= table.inputs.len();
        sheet.write_string_with_format(0, col, heading, if input { &asks } else { &answers })?;
    }
    let kinds: Vec<Kind> = table
        .inputs
        .iter()
        .chain(&table.outputs)
        .map(|column| column.kind)
        .collect();
    for (row, rule) in (1_u32..).zip(&table.rules) {
        sheet.write_number_with_format(row, 0, f64::from(row), &grey)?;
        let words = cells(pack, table, &rule.tests, &rule.outputs);
        for ((col, words), (kind, width)) in (1_u16..).zip(words).zip(kinds.iter().zip(&mut widths)) {
            *width = (*width).max(words.chars().count());
            match words.parse::<i32>() {
                Ok(number) if matches!(kind, Kind::Whole | Kind::Number) => {
                    sheet.write_number_with_format(row, col, number, &cell)?
                }
                _ => sheet.write_string_with_format(row, col, words, &cell)?,
            };
        }
    }
    for (col, width) in (1_u16..).zip(widths) {
        // A Chinese sign is two wide; what is longer is wrapped.
        sheet.set_column_width(col, u32::try_from((2 * width + 3).clamp(9, 44)).unwrap_or(44))?;
    }
    Ok(())
}

/// Lists to choose from. An answer must be one of them; a question may also say several, which a drop-down can't.
fn drop_downs(
    sheet: &mut Worksheet,
    about: &mut Worksheet,
    lists: &mut u16,
    pack: &Pack,
    table: &Table,
) -> Result<(), XlsxError> {
    for (col, column) in (1_u16..).zip(table.inputs.iter().chain(&table.outputs)) {
        let input = usize::from(col) <= table.inputs.len();
        let Some(mut words) = words(pack, column) else { continue };
        if input {
            words.insert(0, cells::ANY.to_owned());
        }
        for (row, word) in (0_u32..).zip(&words) {
            about.write_string(row, *lists, word)?;
        }
        let letters = letters(u32::from(*lists));
        let list = Formula::new(format!("='{ABOUT}'!${letters}$1:${letters}${}", words.len()));
        let choice = DataValidation::new()
            .allow_list_formula(list)
            .show_error_message(!input);
        sheet.add_data_validation(1, col, ROWS_MAX, col, &choice)?;
        *lists += 1;
    }
    Ok(())
}

fn words(pack: &Pack, column: &Column) -> Option<Vec<String>> {
    if column.kind == Kind::Flag {
        return Some([true, false].map(|flag| cells::yes(flag).to_owned()).into());
    }
    let listed = choices(pack, column).filter(|listed| !listed.is_empty())?;
    Some(listed.into_iter().map(|choice| choice.label).collect())
}

/// A table's name as spreadsheets allow it, unlike all others.
fn sheet_name(table: &str, taken: &[String]) -> String {
    let plain: String = table
        .chars()
        .filter(|c| !r"[]:*?/\'".contains(*c) && !c.is_control())
        .collect();
    let plain = if plain.trim().is_empty() { TABLE } else { plain.trim() };
    let short = |length: usize| plain.chars().take(length).collect::<String>();
    let is_free = |name: &String| !taken.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    let numbered = (2..).map(|n| format!("{} {n}", short(NAME_MAX - 5)));
    std::iter::once(short(NAME_MAX))
        .chain(numbered)
        .find(is_free)
        .unwrap_or_default()
}
