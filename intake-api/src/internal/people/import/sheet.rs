//! The spreadsheet of people: the template, and what somebody wrote into it, each mistake with its cell.

use std::collections::{BTreeMap, HashMap};

use casework::pack::Pack;
use casework::zh::sheets::{COLUMNS, GUIDE, PEOPLE, UNIT, UNITS};
use platform::{store::Role, text::Lang};
use rust_xlsxwriter::{Color, DataValidation, Format, Formula, Workbook, Worksheet, XlsxError};

use super::row::{MOST, Row};
use crate::internal::{
    people::fields::{self, role_name},
    sheet::{self, Cell, MISTAKES_MAX, Mistake, Unopened, open, read},
};

/// Why a file was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It can't be opened.
    Unopened(Unopened),
    /// It has not the sheet or the headings of the template.
    Foreign,
    /// Nobody stands in it.
    Empty,
    /// People made mistakes.
    Mistakes(Vec<Mistake>),
}

/// The template, with the units and roles to choose from.
pub(super) fn template(pack: &Pack, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold().set_background_color(Color::RGB(0xDD_E8_F2));
    let sheet = book.add_worksheet();
    sheet.set_name(PEOPLE)?.set_freeze_panes(1, 0)?;
    for (col, (heading, width)) in (0_u16..).zip(COLUMNS.iter().zip([14, 20, 26, 44, 14])) {
        sheet.write_string_with_format(0, col, *heading, &head)?;
        sheet.set_column_width(col, width)?;
        // Text, so that a spreadsheet keeps the zero in front of a phone.
        sheet.set_column_format(col, &Format::new().set_num_format("@"))?;
    }
    let units = fields::units(pack);
    let last = u32::try_from(MOST).unwrap_or(u32::MAX);
    let list = Formula::new(format!("='{UNITS}'!$A$2:$A${}", units.len() + 1));
    sheet.add_data_validation(
        1,
        3,
        last,
        3,
        &DataValidation::new().allow_list_formula(list).show_error_message(false),
    )?;
    let roles: Vec<_> = fields::roles(Lang::Zh).into_iter().map(|(_, name)| name).collect();
    sheet.add_data_validation(1, 4, last, 4, &DataValidation::new().allow_list_strings(&roles)?)?;
    let mut second = Worksheet::new();
    second
        .set_name(UNITS)?
        .set_column_width(0, 44)?
        .set_column_width(1, 24)?;
    second
        .write_string_with_format(0, 0, UNIT[0], &head)?
        .write_string_with_format(0, 1, UNIT[1], &head)?;
    for (row, (code, name)) in (1_u32..).zip(&units) {
        second.write_string(row, 0, name)?.write_string(row, 1, code)?;
    }
    book.push_worksheet(second);
    let guide = book.add_worksheet();
    guide.set_name(GUIDE)?.set_column_width(0, 100)?;
    for (row, key) in (0_u32..).zip([
        "accounts.import.guide.rows",
        "accounts.import.guide.login",
        "accounts.import.guide.unit",
        "accounts.import.guide.once",
    ]) {
        guide.write_string(row, 0, lang.t(key))?;
    }
    book.save_to_buffer()
}

/// The people of a file, each with the cell of its login; nothing is taken from a file with a mistake.
pub(super) fn read_people(file: &[u8], pack: &Pack, lang: Lang) -> Result<(Vec<Row>, Vec<String>), Refused> {
    let mut book = open(file).map_err(Refused::Unopened)?;
    let sheet = read(&mut book, PEOPLE).ok_or(Refused::Foreign)?;
    let mut columns = [0; 5];
    for (column, heading) in columns.iter_mut().zip(COLUMNS) {
        let found = sheet
            .cells
            .iter()
            .find(|((row, _), cell)| *row == 0 && matches!(cell, Cell::Words(words) if words.trim() == heading));
        *column = found.map(|((_, col), _)| *col).ok_or(Refused::Foreign)?;
    }
    let mut reader = Reader {
        pack,
        lang,
        cells: &sheet.cells,
        columns,
        names: names(pack),
        mistakes: Vec::new(),
        logins: HashMap::new(),
    };
    for (row, column) in &sheet.merged {
        reader.mistake(*row, *column, lang.t("rules.workbook.cell.merged").to_owned());
    }
    let (mut rows, mut places) = (Vec::new(), Vec::new());
    let mut used: Vec<u32> = sheet.cells.keys().map(|(row, _)| *row).filter(|row| *row > 0).collect();
    used.dedup();
    if used.len() > MOST || sheet.too_long {
        let said = lang.fill("accounts.import.too_many", &[("n", &MOST.to_string())]);
        reader.mistake(used.get(MOST).copied().unwrap_or(0), 0, said);
        used.truncate(MOST);
    }
    for row in used {
        if reader.mistakes.len() >= MISTAKES_MAX {
            break;
        }
        if let Some(person) = reader.row(row) {
            rows.push(person);
            places.push(place(row, columns[1]));
        }
    }
    match (reader.mistakes.is_empty(), rows.is_empty()) {
        (false, _) => Err(Refused::Mistakes(reader.mistakes)),
        (true, true) => Err(Refused::Empty),
        (true, false) => Ok((rows, places)),
    }
}

fn place(row: u32, column: u32) -> String {
    sheet::place(PEOPLE, row, column)
}

/// Units by name; a name of two units says nothing.
fn names(pack: &Pack) -> HashMap<&str, Option<&str>> {
    let mut names: HashMap<&str, Option<&str>> = HashMap::new();
    for unit in pack.units().iter() {
        names
            .entry(unit.name.as_str())
            .and_modify(|code| *code = None)
            .or_insert(Some(unit.code.as_str()));
    }
    names
}

struct Reader<'r> {
    pack: &'r Pack,
    lang: Lang,
    cells: &'r BTreeMap<(u32, u32), Cell>,
    columns: [u32; 5],
    names: HashMap<&'r str, Option<&'r str>>,
    mistakes: Vec<Mistake>,
    /// Logins of the file and the rows that they stand in.
    logins: HashMap<String, u32>,
}

impl Reader<'_> {
    fn mistake(&mut self, row: u32, column: u32, said: String) {
        self.mistakes.push(Mistake {
            place: place(row, column),
            said,
        });
    }

    fn say(&mut self, row: u32, field: usize, key: &str) {
        let said = self.lang.t(key).to_owned();
        self.mistake(row, self.columns[field], said);
    }

    /// The text of a cell; one that holds something else is a mistake.
    fn text(&mut self, row: u32, field: usize) -> Option<String> {
        match self.cells.get(&(row, self.columns[field])) {
            None => Some(String::new()),
            Some(Cell::Words(words)) => Some(words.trim().to_owned()),
            Some(Cell::Wrong(key)) => {
                self.say(row, field, key);
                None
            }
        }
    }

    fn row(&mut self, row: u32) -> Option<Row> {
        let texts: Vec<Option<String>> = (0..COLUMNS.len()).map(|field| self.text(row, field)).collect();
        if texts.iter().all(|text| text.as_deref() == Some("")) {
            return None;
        }
        let [name, login, phone, unit, role] = <[Option<String>; 5]>::try_from(texts).ok()?;
        let name = self.read(row, 0, name, fields::name);
        let login = self.read(row, 1, login, fields::login);
        let phone = self.read(row, 2, phone, fields::phone);
        let unit = unit.and_then(|unit| self.unit(row, &unit));
        let role = role.and_then(|typed| self.role(row, &typed));
        if let (Some(unit), Some(role)) = (&unit, role)
            && let Err((_, key)) = fields::fits(self.pack, unit, role)
        {
            self.say(row, 4, key);
            return None;
        }
        if let Some(login) = &login
            && let Some(first) = self.logins.insert(login.clone(), row)
        {
            let said = self
                .lang
                .fill("accounts.import.twice", &[("n", &(first + 1).to_string())]);
            self.mistake(row, self.columns[1], said);
            return None;
        }
        Some(Row {
            name: name?,
            login: login?,
            phone: phone?,
            unit: unit?,
            role: role?,
        })
    }

    fn read<T>(
        &mut self,
        row: u32,
        field: usize,
        text: Option<String>,
        reader: fn(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        match reader(&text?) {
            Ok(read) => Some(read),
            Err(key) => {
                self.say(row, field, key);
                None
            }
        }
    }

    /// A unit by its code or its whole name.
    fn unit(&mut self, row: u32, typed: &str) -> Option<String> {
        if self.pack.units().get(typed).is_some() {
            return Some(typed.to_owned());
        }
        match self.names.get(typed) {
            Some(Some(code)) => Some((*code).to_owned()),
            Some(None) => {
                self.say(row, 3, "accounts.import.two_units");
                None
            }
            None => {
                self.say(row, 3, "accounts.import.no_unit");
                None
            }
        }
    }

    /// A role by its word in either language, or its code.
    fn role(&mut self, row: u32, typed: &str) -> Option<Role> {
        let is_meant = |role: &&Role| {
            role.as_str() == typed
                || [Lang::Zh, Lang::En]
                    .iter()
                    .any(|lang| role_name(*lang, **role) == typed)
        };
        let found = Role::ALL.iter().find(is_meant).copied();
        if found.is_none() {
            self.say(row, 4, "accounts.import.no_role");
        }
        found
    }
}

#[cfg(test)]
mod tests;
