//! The workbook of a roster: written from its rows, and what somebody wrote into it, each mistake with its cell.

use std::collections::BTreeMap;

use casework::{
    calendar::shanghai,
    roster::{Exception, Minute, Pattern, PersonId, Shift, Week, Window},
    typed::plain,
    words::Seat,
    zh::sheets::{COLUMNS, EXCEPTION_COLUMNS, EXCEPTIONS, GUIDE, NOBODY, PEOPLE, WEEK_COLUMNS, WEEKDAYS, WEEKS},
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use platform::text::Lang;
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use super::written::{MOST_EXCEPTIONS, Written, times};
use crate::internal::{
    duty::{
        scope::Colleague,
        weeks::{DAYS, MOST_TIMES, MOST_WEEKS, of_day, put},
    },
    sheet::{Cell, MISTAKES_MAX, Mistake, Sheet, Unopened, open, place, read},
};

/// Rows of the sheet of weeks: four weeks of nine days with four shifts, for some patterns.
const MOST_ROWS: usize = 1_000;

/// How a moment stands in a cell.
const MOMENT: &str = "%Y-%m-%d %H:%M";

/// Why a file was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It can't be opened.
    Unopened(Unopened),
    /// It has not the sheets or the headings of the one that goes down.
    Foreign,
    /// People made mistakes.
    Mistakes(Vec<Mistake>),
}

/// The workbook of a roster.
pub(super) fn write(written: &Written, people: &[Colleague], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let name = |person: Option<&PersonId>| match person {
        // Two of one name are told apart by the logins in their names.
        Some(person) => people
            .iter()
            .find(|known| known.login == person.0)
            .map_or(person.0.clone(), |known| known.name.clone()),
        None => String::new(),
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for pattern in &written.patterns {
        for (number, week) in pattern.weeks.iter().enumerate() {
            for (day, word) in DAYS.iter().zip(WEEKDAYS) {
                for shift in of_day(week, day) {
                    let [duty, deputy, leader] =
                        [Seat::Duty, Seat::Deputy, Seat::Leader].map(|seat| name(shift.seat(seat)));
                    rows.push(vec![
                        pattern.from.to_string(),
                        (number + 1).to_string(),
                        word.to_owned(),
                        shift.from.to_string(),
                        shift.to.to_string(),
                        duty,
                        deputy,
                        leader,
                    ]);
                }
            }
        }
    }
    sheet(book.add_worksheet(), WEEKS, &WEEK_COLUMNS, &rows)?;
    let moment = |at: DateTime<Utc>| at.with_timezone(&shanghai()).format(MOMENT).to_string();
    let rows: Vec<Vec<String>> = written
        .exceptions
        .iter()
        .map(|exception| {
            let who = exception.person.as_ref();
            vec![
                moment(exception.during.from),
                moment(exception.during.to),
                exception.seat.zh().to_owned(),
                who.map_or(NOBODY.to_owned(), |person| name(Some(person))),
            ]
        })
        .collect();
    sheet(book.add_worksheet(), EXCEPTIONS, &EXCEPTION_COLUMNS, &rows)?;
    let rows: Vec<Vec<String>> = people
        .iter()
        .map(|person| vec![person.name.clone(), person.login.clone()])
        .collect();
    sheet(book.add_worksheet(), PEOPLE, &COLUMNS[..2], &rows)?;
    let guide = book.add_worksheet();
    guide.set_name(GUIDE)?.set_column_width(0, 100)?;
    let keys = ["weeks", "days", "times", "people", "stays"];
    for (row, key) in (0_u32..).zip(keys) {
        guide.write_string(row, 0, lang.t(&format!("duty.import.guide.{key}")))?;
    }
    book.save_to_buffer()
}

fn sheet(sheet: &mut Worksheet, name: &str, columns: &[&str], rows: &[Vec<String>]) -> Result<(), XlsxError> {
    let head = Format::new().set_bold().set_background_color(Color::RGB(0xDD_E8_F2));
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (col, heading) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, col, *heading, &head)?;
        sheet.set_column_width(col, 18)?;
        // Text, so that a spreadsheet makes no date of what is one.
        sheet.set_column_format(col, &Format::new().set_num_format("@"))?;
    }
    for (row, cells) in (1_u32..).zip(rows) {
        for (col, text) in (0_u16..).zip(cells) {
            if !text.is_empty() {
                sheet.write_string(row, col, text)?;
            }
        }
    }
    Ok(())
}

/// What a file says; nothing is taken from a file with a mistake.
pub(super) fn read_roster(
    file: &[u8],
    people: &[Colleague],
    (lang, now): (Lang, DateTime<Utc>),
) -> Result<Written, Refused> {
    let mut book = open(file).map_err(Refused::Unopened)?;
    let weeks = read(&mut book, WEEKS).ok_or(Refused::Foreign)?;
    let exceptions = read(&mut book, EXCEPTIONS).ok_or(Refused::Foreign)?;
    let mut mistakes = Vec::new();
    let mut reader = Reader::new((WEEKS, &weeks), &WEEK_COLUMNS, people, lang)?;
    let patterns = reader.patterns();
    mistakes.append(&mut reader.mistakes);
    let mut reader = Reader::new((EXCEPTIONS, &exceptions), &EXCEPTION_COLUMNS, people, lang)?;
    let exceptions = reader.exceptions(now);
    mistakes.append(&mut reader.mistakes);
    if !mistakes.is_empty() {
        return Err(Refused::Mistakes(mistakes));
    }
    Ok(Written { patterns, exceptions })
}

/// Reads one sheet.
struct Reader<'r> {
    name: &'static str,
    sheet: &'r Sheet,
    columns: Vec<u32>,
    people: &'r [Colleague],
    lang: Lang,
    mistakes: Vec<Mistake>,
}

impl<'r> Reader<'r> {
    fn new(
        (name, sheet): (&'static str, &'r Sheet),
        headings: &[&str],
        people: &'r [Colleague],
        lang: Lang,
    ) -> Result<Self, Refused> {
        let column = |heading: &&str| {
            let mut cells = sheet.cells.iter();
            let found = cells
                .find(|((row, _), cell)| *row == 0 && matches!(cell, Cell::Words(words) if words.trim() == *heading));
            found.map(|((_, column), _)| *column).ok_or(Refused::Foreign)
        };
        let columns = headings.iter().map(column).collect::<Result<_, _>>()?;
        let mut reader = Self {
            name,
            sheet,
            columns,
            people,
            lang,
            mistakes: Vec::new(),
        };
        for (row, column) in &sheet.merged {
            let said = lang.t("rules.workbook.cell.merged").to_owned();
            reader.mistakes.push(Mistake {
                place: place(name, *row, *column),
                said,
            });
        }
        Ok(reader)
    }

    fn say(&mut self, row: u32, field: usize, key: &str) {
        self.mistakes.push(Mistake {
            place: place(self.name, row, self.columns[field]),
            said: self.lang.t(key).to_owned(),
        });
    }

    /// The rows that hold something, below the headings.
    fn rows(&mut self, most: usize) -> Vec<u32> {
        let mut used: Vec<u32> = self
            .sheet
            .cells
            .keys()
            .map(|(row, _)| *row)
            .filter(|row| *row > 0)
            .collect();
        used.dedup();
        if used.len() > most || self.sheet.too_long {
            let row = used.get(most).copied().unwrap_or(0);
            self.say(row, 0, "duty.import.wrong.too_many");
            used.truncate(most);
        }
        used
    }

    /// The text of a cell; nothing is an empty one, and what no text is a mistake.
    fn text(&mut self, row: u32, field: usize) -> String {
        match self.sheet.cells.get(&(row, self.columns[field])) {
            None => String::new(),
            Some(Cell::Words(words)) => plain(words.trim()).trim().to_owned(),
            Some(Cell::Wrong(key)) => {
                self.say(row, field, key);
                String::new()
            }
        }
    }

    /// A cell that must hold something of a kind.
    fn need<T>(&mut self, row: u32, field: usize, key: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let before = self.mistakes.len();
        let text = self.text(row, field);
        let value = read(&text);
        if value.is_none() && self.mistakes.len() == before {
            self.say(row, field, key);
        }
        value
    }

    /// One of the unit's people by name or login.
    fn person(&mut self, row: u32, field: usize) -> Option<PersonId> {
        let typed = self.text(row, field);
        if typed.is_empty() {
            return None;
        }
        let is = |person: &&Colleague| plain(&person.name) == typed || person.login == typed.to_lowercase();
        match self.people.iter().find(is) {
            Some(person) => Some(PersonId(person.login.clone())),
            None => {
                self.say(row, field, "duty.import.wrong.person");
                None
            }
        }
    }

    fn patterns(&mut self) -> Vec<Pattern> {
        let mut weeks: BTreeMap<NaiveDate, BTreeMap<(usize, usize), Vec<Shift>>> = BTreeMap::new();
        let mut first: BTreeMap<NaiveDate, u32> = BTreeMap::new();
        for row in self.rows(MOST_ROWS) {
            if self.mistakes.len() >= MISTAKES_MAX {
                break;
            }
            let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
            let from_day = self.need(row, 0, "duty.import.wrong.day", day);
            let week = |text: &str| text.parse().ok().filter(|n| (1..=MOST_WEEKS).contains(n));
            let week: Option<usize> = self.need(row, 1, "duty.import.wrong.week", week);
            let weekday = |text: &str| WEEKDAYS.iter().position(|word| *word == text);
            let weekday = self.need(row, 2, "duty.import.wrong.weekday", weekday);
            let start = |text: &str| text.parse::<Minute>().ok().filter(|at| *at < Minute::END);
            let from = self.need(row, 3, "duty.wrong.clock", start);
            let to = self.need(row, 4, "duty.wrong.clock", |text| text.parse::<Minute>().ok());
            let [duty, deputy, leader] = [5, 6, 7].map(|field| self.person(row, field));
            let (Some(day), Some(week), Some(weekday), Some(from), Some(to)) = (from_day, week, weekday, from, to)
            else {
                continue;
            };
            first.entry(day).or_insert(row);
            let shifts = weeks.entry(day).or_default().entry((week - 1, weekday)).or_default();
            if shifts.iter().any(|shift| (shift.from, shift.to) == (from, to)) {
                self.say(row, 3, "duty.import.wrong.twice");
                continue;
            }
            let shift = Shift {
                from,
                to,
                duty,
                deputy,
                leader,
            };
            shifts.push(shift);
        }
        let patterns = weeks.into_iter().map(|(from, days)| pattern(from, days));
        let patterns: Vec<Pattern> = patterns.collect();
        for pattern in &patterns {
            let row = first.get(&pattern.from).copied().unwrap_or(0);
            if times(pattern) > MOST_TIMES {
                self.say(row, 3, "duty.import.wrong.times");
            }
            if pattern.weeks.iter().any(|week| week.shifts().next().is_none()) {
                self.say(row, 1, "duty.import.wrong.gap");
            }
        }
        patterns
    }

    fn exceptions(&mut self, now: DateTime<Utc>) -> Vec<Exception> {
        let mut exceptions = Vec::new();
        let moment = |text: &str| {
            let local = NaiveDateTime::parse_from_str(text, MOMENT)
                .ok()?
                .and_local_timezone(shanghai());
            local.single().map(|at| at.to_utc())
        };
        for row in self.rows(MOST_EXCEPTIONS) {
            if self.mistakes.len() >= MISTAKES_MAX {
                break;
            }
            let from = self.need(row, 0, "duty.import.wrong.moment", moment);
            let to = self.need(row, 1, "duty.import.wrong.moment", moment);
            let seat = |text: &str| Seat::ALL.iter().copied().find(|seat| seat.zh() == text);
            let seat = self.need(row, 2, "duty.import.wrong.seat", seat);
            let nobody = self.text(row, 3) == NOBODY;
            let before = self.mistakes.len();
            let person = if nobody { None } else { self.person(row, 3) };
            if !nobody && person.is_none() && self.mistakes.len() == before {
                self.say(row, 3, "duty.import.wrong.person");
            }
            let (Some(from), Some(to), Some(seat)) = (from, to, seat) else {
                continue;
            };
            if to <= from {
                self.say(row, 1, "duty.wrong.order");
            } else if to <= now {
                self.say(row, 1, "duty.wrong.over");
            }
            exceptions.push(Exception {
                during: Window { from, to },
                seat,
                person,
            });
        }
        exceptions
    }
}

/// A pattern from its days; weeks that no row names are empty.
fn pattern(from: NaiveDate, days: BTreeMap<(usize, usize), Vec<Shift>>) -> Pattern {
    let count = days.keys().map(|(week, _)| week + 1).max().unwrap_or(1);
    let mut weeks = vec![Week::default(); count];
    for ((week, day), shifts) in days {
        if let Some(week) = weeks.get_mut(week) {
            put(week, DAYS[day], shifts);
        }
    }
    Pattern { from, weeks }
}
