//! The calendar among a pack's files: `holidays.csv`, and the last published day in `pack.toml`.

use crate::calendar::{Calendar, NamedDay};
use crate::county::read::tables;
use crate::county::{HOLIDAYS, PackFiles, PackProblem, Problems};

use super::read::{PACK, through_span};

/// `holidays.csv` of a calendar.
pub fn holidays_csv(calendar: &Calendar) -> String {
    let mut text = String::from("date,kind,name\n");
    for named in calendar.named_days() {
        let kind = if named.off { "off" } else { "work" };
        // A comma or a quote in a name would make two cells of it.
        let name = named.name.replace([',', '"', '\n', '\r'], " ");
        text.push_str(&format!("{},{kind},{name}\n", named.day));
    }
    text
}

/// The days of a table in the form of `holidays.csv`. Errors: every mistake with its line.
pub fn days_of_table(text: &str) -> Result<Vec<NamedDay>, Vec<PackProblem>> {
    let files = PackFiles::from([(HOLIDAYS.to_owned(), text.replace("\r\n", "\n"))]);
    let mut problems = Problems::default();
    let calendar = tables::calendar(&files, chrono::NaiveDate::MIN, &mut problems);
    let problems = problems.finish();
    if problems.is_empty() {
        Ok(calendar.named_days().collect())
    } else {
        Err(problems)
    }
}

/// The same files with this calendar. `None` where `pack.toml` can't be read.
pub fn with_calendar(files: &PackFiles, calendar: &Calendar) -> Option<PackFiles> {
    let mut files = files.clone();
    let head = files.get_mut(PACK)?;
    let span = through_span(head)?;
    head.replace_range(span, &calendar.published_through().to_string());
    files.insert(HOLIDAYS.to_owned(), holidays_csv(calendar));
    Some(files)
}
